package project

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

func none(string) string { return "" }

func write(t *testing.T, file, text string) {
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
}

func TestModuleIsFoundAbove(t *testing.T) {
	top := t.TempDir()
	write(t, filepath.Join(top, "go.mod"), "module example.com/m\n")
	write(t, filepath.Join(top, "a", "b", "x.go"), "package b\n")
	p, err := Find(filepath.Join(top, "a", "b"), none)
	require.NoError(t, err)
	assert.Equal(t, top, p.Root)
	assert.Equal(t, []Module{{"example.com/m", top}}, p.Modules)
	assert.True(t, p.Holds("example.com/m/a/b"))
	assert.False(t, p.Holds("example.com/many"))
	assert.True(t, p.Own("example.com/m"))
	assert.False(t, p.Own("example.com/n"))
	assert.Equal(t, "a/b/x.go", p.Rel(filepath.Join(top, "a", "b", "x.go")))
	assert.Equal(t, filepath.Join(top, "a", "b", "x.go"), p.Abs("a/b/x.go"))
}

func TestWorkspaceHoldsItsModules(t *testing.T) {
	top := t.TempDir()
	write(t, filepath.Join(top, "go.work"), "go 1.26\nuse (\n\t./b\n\t./a\n\t./gone\n)\n")
	write(t, filepath.Join(top, "a", "go.mod"), "module example.com/a\n")
	write(t, filepath.Join(top, "b", "go.mod"), "module example.com/b\n")
	p, err := Find(filepath.Join(top, "b"), none)
	require.NoError(t, err)
	assert.Equal(t, top, p.Root)
	assert.Equal(t, []Module{{"example.com/a", filepath.Join(top, "a")}, {"example.com/b", filepath.Join(top, "b")}}, p.Modules)

	off := func(name string) string { return map[string]string{"GOWORK": "off"}[name] }
	p, err = Find(filepath.Join(top, "b"), off)
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(top, "b"), p.Root)
}

func TestNoModule(t *testing.T) {
	_, err := Find(t.TempDir(), none)
	assert.ErrorIs(t, err, ErrNone)
}

// A key of a partition is an object of its own: a name that is made relative to
// the root twice leads nowhere.
func TestRebaseNamesEveryFileOnce(t *testing.T) {
	d := schema.Replay("migrations", []schema.Text{{File: "migrations/1.sql", Text: `
CREATE TABLE orgs (id int PRIMARY KEY);
CREATE TABLE events (id int, org_id int REFERENCES orgs (id), PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (2);
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (2) TO (3);`}})
	require.Empty(t, d.Problems)
	rebase(d, "services/api")
	for _, table := range d.Tables {
		for _, k := range table.Keys {
			assert.Equal(t, "services/api/migrations/1.sql", k.File, table.Name)
		}
		for _, f := range table.ForeignKeys {
			assert.Equal(t, "services/api/migrations/1.sql", f.File, table.Name)
		}
	}
}
