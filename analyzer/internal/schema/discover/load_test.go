package discover

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// TestLoad replays the files of every archive and compares with its file
// "want". Lines of the comment of the form "glob: X" are the settings' globs.
func TestLoad(t *testing.T) {
	golden.Cases(t, "testdata/load/*.txtar", func(t *testing.T, in *txtar.Archive) string {
		diagrams, err := Load(golden.Unpack(t, in), globsOf(in))
		if err != nil {
			return "error: " + err.Error() + "\n"
		}
		return drawing(diagrams)
	})
}

func globsOf(archive *txtar.Archive) []string {
	var globs []string
	for line := range strings.Lines(string(archive.Comment)) {
		if g, ok := strings.CutPrefix(strings.TrimSpace(line), "glob: "); ok {
			globs = append(globs, g)
		}
	}
	return globs
}

// drawing prints diagrams for people.
func drawing(diagrams []*schema.Diagram) string {
	var b strings.Builder
	for _, d := range diagrams {
		fmt.Fprintf(&b, "== %s\n", d.Name)
		fmt.Fprintf(&b, "files %s\n", strings.Join(d.Files, " "))
		if len(d.Packages) > 0 {
			fmt.Fprintf(&b, "packages %s\n", strings.Join(d.Packages, " "))
		}
		for _, t := range d.Tables {
			drawTable(&b, t)
		}
		for _, v := range d.Views {
			fmt.Fprintf(&b, "view %s %v %s:%d: %s\n", (&schema.Table{Schema: v.Schema, Name: v.Name}).FullName(), v.Columns, v.File, v.Line, v.Query)
		}
		for _, f := range d.Functions {
			fmt.Fprintf(&b, "function %s%v %s definer=%v trigger=%v: %s\n", (&schema.Table{Schema: f.Schema, Name: f.Name}).FullName(), f.Args, f.Language, f.Definer, f.Trigger, strings.Join(strings.Fields(f.Body), " "))
		}
		for _, t := range d.Triggers {
			fmt.Fprintf(&b, "trigger %s on %s: %s before=%v %v\n", t.Name, t.Table, t.Function, t.Before, t.Events)
		}
		for _, r := range d.Rules {
			fmt.Fprintf(&b, "rule %s on %s: %s\n", r.Name, r.Table, r.Event)
		}
		for _, n := range d.Notes {
			fmt.Fprintf(&b, "note %s:%d: %s\n", n.File, n.Line, n.Message)
		}
		for _, p := range d.Problems {
			fmt.Fprintf(&b, "problem %s:%d: %s\n", p.File, p.Line, p.Message)
		}
	}
	return b.String()
}

func drawTable(b *strings.Builder, t *schema.Table) {
	fmt.Fprintf(b, "table %s %s:%d", t.FullName(), t.File, t.Line)
	if t.PartitionOf != "" {
		fmt.Fprintf(b, " partition of %s", t.PartitionOf)
	}
	if len(t.Inherits) > 0 {
		fmt.Fprintf(b, " inherits %s", strings.Join(t.Inherits, " "))
	}
	b.WriteString("\n")
	for _, c := range t.Columns {
		fmt.Fprintf(b, "  %s %s", c.Name, c.Type)
		for _, f := range []struct {
			is   bool
			text string
		}{{c.NotNull, " not null"}, {c.Identity, " identity"}, {c.Generated, " generated"}, {c.Default != "", " default " + c.Default}} {
			if f.is {
				b.WriteString(f.text)
			}
		}
		fmt.Fprintf(b, " :%d\n", c.Line)
	}
	for _, k := range t.Keys {
		kind := "unique"
		if k.Primary {
			kind = "primary"
		}
		fmt.Fprintf(b, "  %s %s %v", kind, k.Name, k.Columns)
		if k.Expressions {
			b.WriteString(" expressions")
		}
		if k.Where != "" {
			b.WriteString(" where " + k.Where)
		}
		if k.NullsNotDistinct {
			b.WriteString(" nulls not distinct")
		}
		fmt.Fprintf(b, " :%d\n", k.Line)
	}
	for _, c := range t.Checks {
		fmt.Fprintf(b, "  check %s %v not zero, not valid=%v: %s\n", c.Name, c.NonZero, c.NotValid, c.Text)
	}
	for _, f := range t.ForeignKeys {
		fmt.Fprintf(b, "  foreign %s %v -> %s %v", f.Name, f.Columns, (&schema.Table{Schema: f.RefSchema, Name: f.RefTable}).FullName(), f.RefColumns)
		if f.OnDelete != 0 || f.OnUpdate != 0 {
			actions := [...]string{"no action", "cascade", "set null", "set default"}
			fmt.Fprintf(b, " on delete %s, on update %s", actions[f.OnDelete], actions[f.OnUpdate])
		}
		if f.MatchFull {
			b.WriteString(" match full")
		}
		if f.NotValid {
			b.WriteString(" not valid")
		}
		fmt.Fprintf(b, " :%d\n", f.Line)
	}
}

func TestLoadFailsForAMissingRoot(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "nowhere"), nil)
	assert.ErrorContains(t, err, "looking for schema files")
}

// TestDiskNotesWhatIsLookedAt holds that everything is noted that could change
// what a load gives: files, folders, and what is not there yet.
func TestDiskNotesWhatIsLookedAt(t *testing.T) {
	looked := func(files string, globs ...string) []string {
		root := golden.Unpack(t, txtar.Parse([]byte(files)))
		d := index.NewDisk(root)
		_, err := LoadFrom(d, globs)
		require.NoError(t, err)
		var out []string
		for _, name := range d.Looked() {
			if rel, err := filepath.Rel(root, name); err == nil && !strings.HasPrefix(rel, "..") {
				out = append(out, filepath.ToSlash(rel))
			}
		}
		return out
	}
	const outside = "-- vendor/a.sql --\n-- other/go.mod --\n-- other/a.sql --\n-- testdata/b.sql --\nCREATE TABLE b (id int);\n-- main.go --\n-- main_test.go --\n"
	assert.Equal(t, []string{".", ".git", "db", "db/001_a.sql", "db/002_b.go", "main.go", "other"},
		looked("-- db/001_a.sql --\nCREATE TABLE a (id int);\n-- db/002_b.go --\npackage db\n"+outside))
	assert.Equal(t, []string{".", ".git", "main.go", "other"}, looked(outside), "tables may be defined in Go")
	assert.Equal(t, []string{".", ".git", "db", "main.go", "other", "schema", "schema/*.sql", "sqlc.yaml", "testdata", "testdata/*.sql", "testdata/b.sql"},
		looked("-- db/x --\n-- sqlc.yaml --\nversion: \"2\"\nsql: [{engine: postgresql, schema: \"testdata/*.sql\", queries: \"schema/*.sql\"}]\n"+outside),
		"sqlc may name what a search would not")
	assert.Equal(t, []string{"db", "db/*/x.sql", "db/a", "db/a/x.sql", "db/b"}, looked("-- db/a/x.sql --\n-- db/b/y.sql --\n", "db/*/x.sql"))
}

// TestLoadAboveTheModule holds that a module without SQL finds the database's
// folder beside it, but nothing above the repository.
func TestLoadAboveTheModule(t *testing.T) {
	root := golden.Unpack(t, txtar.Parse([]byte("-- repo/.git --\n-- repo/backend/api/go.mod --\n-- repo/backend/api/main.go --\n-- repo/db/migrations/001_a.sql --\nCREATE TABLE a (id int);\n-- repo/frontend/x.sql --\nCREATE TABLE b (id int);\n-- sql/y.sql --\nCREATE TABLE c (id int);\n")))
	diagrams, err := Load(filepath.Join(root, "repo/backend/api"), nil)
	require.NoError(t, err)
	require.Len(t, diagrams, 1)
	assert.Equal(t, []string{"../../db/migrations/001_a.sql"}, diagrams[0].Files)
	diagrams, err = Load(filepath.Join(root, "repo"), nil)
	require.NoError(t, err)
	require.Len(t, diagrams, 2)
}

// TestLoadBesideTheModule holds where a module's neighbours are looked into for its database:
// in folders whose names say so, and below those that are for all.
func TestLoadBesideTheModule(t *testing.T) {
	for folder, found := range map[string]bool{
		"schema-migrator/migrations": true, "packages/db": true, "infra/postgres": true, "libs/Database/sql": true,
		"frontend/db": false, "packages/web/db": false, "packages/shared/db": false, "dashboard": false,
	} {
		root := golden.Unpack(t, txtar.Parse([]byte("-- .git --\n-- services/api/go.mod --\n-- services/api/main.go --\n-- "+folder+"/001_a.sql --\nCREATE TABLE a (id int);\n")))
		diagrams, err := Load(filepath.Join(root, "services/api"), nil)
		require.NoError(t, err)
		assert.Equal(t, found, len(diagrams) == 1, folder)
	}
}

// TestLoadIsDeterministic holds that the same files give the same diagram.
func TestLoadIsDeterministic(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/load/golang_migrate.txtar")
	require.NoError(t, err)
	root := golden.Unpack(t, archive)
	first, err := Load(root, nil)
	require.NoError(t, err)
	for range 5 {
		again, err := Load(root, nil)
		require.NoError(t, err)
		assert.Equal(t, drawing(first), drawing(again))
	}
}
