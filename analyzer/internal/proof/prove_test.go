package proof_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
)

var update = flag.Bool("update", false, "write what the proof says into the cases; read the difference against the rules")

// A suite is one archive of testdata/proof: a schema, perhaps settings, and
// cases. A case is a statement, a line "----", and what the proof says of it.
type suite struct {
	file    string
	archive *txtar.Archive
	cat     *catalogue.Catalogue
}

// A specimen is one case of a suite.
type specimen struct {
	name, sql, want string
}

const rule = "----\n"

func loadSuites(t testing.TB) []*suite {
	files, err := filepath.Glob("../../../testdata/proof/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var out []*suite
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		require.NoError(t, err, f)
		out = append(out, &suite{file: f, archive: a, cat: readCatalogue(t, a, dialectOf(f))})
	}
	return out
}

// dialectOf is the dialect that the name of a file begins with.
func dialectOf(file string) sqltree.Dialect {
	switch base := filepath.Base(file); {
	case strings.HasPrefix(base, "mysql"):
		return sqltree.MySQL
	case strings.HasPrefix(base, "sqlite"):
		return sqltree.SQLite
	}
	return sqltree.Postgres
}

func readCatalogue(t testing.TB, a *txtar.Archive, dialect sqltree.Dialect) *catalogue.Catalogue {
	var settings config.Settings
	var text string
	for _, f := range a.Files {
		switch f.Name {
		case "schema.sql":
			text = string(f.Data)
		case "settings.yml":
			s, err := config.Read(f.Name, f.Data)
			require.NoError(t, err)
			settings = *s
		}
	}
	d := schema.ReplayIn(dialect, "test", []schema.Text{{File: "schema.sql", Text: text}})
	require.Empty(t, d.Problems)
	return catalogue.Decide([]*schema.Diagram{d}, settings)[0]
}

func (s *suite) cases() []specimen {
	var out []specimen
	for _, f := range s.archive.Files {
		if f.Name == "schema.sql" || f.Name == "settings.yml" {
			continue
		}
		sql, want, _ := strings.Cut(string(f.Data), rule)
		out = append(out, specimen{f.Name, strings.TrimSpace(sql), strings.TrimSpace(want)})
	}
	return out
}

func (s *suite) label() string { return strings.TrimSuffix(filepath.Base(s.file), ".txtar") }

// TestProve compares what the proof says of every case with what is written there.
func TestProve(t *testing.T) {
	for _, s := range loadSuites(t) {
		t.Run(s.label(), func(t *testing.T) {
			got := map[string]string{}
			for _, c := range s.cases() {
				stmt, err := sqlparse.Parse(c.sql, s.cat.Diagram.Dialect)
				require.NoError(t, err, c.name)
				got[c.name] = verdict(proof.Prove(stmt, s.cat))
				if !*update {
					assert.Equal(t, c.want, got[c.name], "%s\n%s", c.name, c.sql)
				}
			}
			if *update {
				s.rewrite(t, got)
			}
		})
	}
}

func (s *suite) rewrite(t *testing.T, got map[string]string) {
	for i, f := range s.archive.Files {
		if want, ok := got[f.Name]; ok {
			sql, _, _ := strings.Cut(string(f.Data), rule)
			s.archive.Files[i].Data = []byte(strings.TrimSpace(sql) + "\n" + rule + want + "\n\n")
		}
	}
	require.NoError(t, os.WriteFile(s.file, txtar.Format(s.archive), 0o644))
}

// verdict writes a result as the cases do: the alternatives of the statement,
// or each relation that is not tied.
func verdict(r *proof.Result) string {
	var b strings.Builder
	for _, u := range r.Unproven {
		fmt.Fprintln(&b, "unproven:", u)
	}
	for _, a := range r.Alternatives {
		fmt.Fprintln(&b, "tied:", alternative(a))
	}
	for _, rel := range r.Relations {
		if rel.Gap == nil {
			continue
		}
		partial := ""
		if rel.Gap.Partial {
			partial = "partial, "
		}
		fmt.Fprintf(&b, "gap: %s%s: %s\n", partial, rel.Gap.Reason, rel.Gap.Detail)
	}
	for _, w := range r.Writes {
		fmt.Fprintf(&b, "stores: %s.%s = %s\n", w.Table.Name, w.Column, written(w))
	}
	for _, m := range r.Moves {
		fmt.Fprintf(&b, "moves: %s\n", move(r, m))
	}
	for _, n := range r.Notes {
		fmt.Fprintln(&b, "note:", n)
	}
	for _, c := range r.Capped {
		fmt.Fprintln(&b, "capped:", c)
	}
	return strings.TrimSpace(b.String())
}

// written is a stored reference: the value, what else makes the row that it names
// the caller's, and whether a proof may rest on that.
func written(w proof.Written) string {
	out := [...]string{need(w.Need), "no key", "constant", "computed", "part of " + need(w.Need)}[w.Value]
	for _, a := range w.Alternatives {
		if text := needs(a); text != "{"+need(w.Need)+"}" {
			out += " or " + text
		}
	}
	if !w.Rests {
		out += ", no proof rests on it"
	}
	return out
}

func move(r *proof.Result, m proof.Move) string {
	out := [...]string{"sets", "overwrites by"}[m.Kind] + " " + strings.Join(m.Columns, ", ") + " of " + r.Relations[m.Relation].Table.Name
	for _, h := range m.Holes {
		out += fmt.Sprintf(" $%d", h)
	}
	ways := []string{}
	for _, a := range m.Alternatives {
		ways = append(ways, needs(a))
	}
	if len(ways) == 0 {
		return out + ", and nothing keeps it"
	}
	return out + ", kept by " + strings.Join(ways, " or ")
}

func needs(a proof.Alternative) string {
	var list []string
	for _, n := range a.Needs {
		list = append(list, need(n))
	}
	return "{" + strings.Join(list, ", ") + "}"
}

func alternative(a proof.Alternative) string {
	out := needs(a) + " " + strings.Join(a.Rules, " ")
	for _, x := range a.Assumes {
		out += "; " + assumption(x)
	}
	if a.Excuse != proof.NoExcuse {
		out += "; excused: " + string(a.Excuse)
	}
	return out
}

func need(n proof.Need) string {
	hole := fmt.Sprintf("$%d", n.Hole)
	if n.Element {
		hole += "[]"
	}
	level := ""
	if n.Second {
		level = "2"
	}
	switch n.Kind {
	case proof.Tenant:
		return "tenant" + level + "@" + hole
	case proof.Principal:
		return "principal@" + hole
	case proof.Key:
		return "key(" + n.Table + "." + n.Column + ")@" + hole
	case proof.NonZero:
		return "nonzero@" + hole
	}
	if n.Null {
		return "null@" + hole
	}
	return "zero@" + hole
}

func assumption(x proof.Assumption) string {
	kind := [...]string{"ref", "fix", "uniq", "null-share", "trigger", "public", "secret"}[x.Kind]
	out := kind + " " + x.Table
	if len(x.Columns) > 0 {
		out += "(" + strings.Join(x.Columns, ", ") + ")"
	}
	if x.Hard {
		out += " hard"
	}
	if x.Inferred {
		out += " by name"
	}
	return out
}
