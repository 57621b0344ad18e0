package project

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/index"
)

func digestOf(t *testing.T, files map[string]string) string {
	top := t.TempDir()
	write(t, filepath.Join(top, "go.mod"), "module example.com/m\n")
	write(t, filepath.Join(top, ".git", "HEAD"), "")
	for name, text := range files {
		write(t, filepath.Join(top, name), text)
	}
	p, err := Find(top, none)
	require.NoError(t, err)
	d, err := p.Decide()
	require.NoError(t, err)
	return d.Digest()
}

// The digest keys the caches of go vet and golangci-lint: it must change when
// anything that decides changes, and should not when nothing does.
func TestDigestIsOfTheDecision(t *testing.T) {
	const table = "CREATE TABLE tickets (id uuid PRIMARY KEY, org_id uuid NOT NULL);\n"
	first := digestOf(t, map[string]string{"migrations/1_a.up.sql": table})
	same := map[string]map[string]string{
		"comment": {"migrations/1_a.up.sql": "-- why\n\n" + table},
		"Go file": {"migrations/1_a.up.sql": table, "x.go": "package x\n"},
		"remark":  {"migrations/1_a.up.sql": table, ".tenantvet.yml": "# nothing\n"},
	}
	for name, files := range same {
		assert.Equal(t, first, digestOf(t, files), name)
	}
	other := map[string]map[string]string{
		"null":     {"migrations/1_a.up.sql": "CREATE TABLE tickets (id uuid PRIMARY KEY, org_id uuid);\n"},
		"key":      {"migrations/1_a.up.sql": "CREATE TABLE tickets (id uuid, org_id uuid NOT NULL);\n"},
		"column":   {"migrations/1_a.up.sql": table, "migrations/2_b.up.sql": "ALTER TABLE tickets ADD COLUMN note text;\n"},
		"broken":   {"migrations/1_a.up.sql": table, "migrations/2_b.up.sql": "ALTER TABEL tickets;\n"},
		"settings": {"migrations/1_a.up.sql": table, ".tenantvet.yml": "shared: [tickets]\n"},
	}
	for name, files := range other {
		assert.NotEqual(t, first, digestOf(t, files), name)
	}
}

func TestWrongGlobIsAnErrorOfTheSettings(t *testing.T) {
	top := t.TempDir()
	write(t, filepath.Join(top, "go.mod"), "module example.com/m\n")
	write(t, filepath.Join(top, ".tenantvet.yml"), "# where\nschema: [sql/*.sql]\n")
	p, err := Find(top, none)
	require.NoError(t, err)
	_, err = p.Decide()
	assert.ErrorContains(t, err, ".tenantvet.yml:2: ")
}

// What the index gives back decides the same, and not after an edit.
func TestIndexKeepsTheDecision(t *testing.T) {
	top := t.TempDir()
	require.NoError(t, os.CopyFS(top, os.DirFS(filepath.Join("..", "..", "..", "testdata", "example"))))
	migrations, err := filepath.Glob(filepath.Join(top, "migrations", "*.up.sql"))
	require.NoError(t, err)
	long := time.Now().Add(-time.Hour)
	require.NoError(t, filepath.WalkDir(top, func(name string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chtimes(name, long, long))
	}))
	store := t.TempDir()
	decide := func(s index.Store) string {
		p, err := Find(top, none)
		require.NoError(t, err)
		p.Index = s
		d, err := p.Decide()
		require.NoError(t, err)
		return d.Digest()
	}
	first := decide(index.Store{})
	assert.Equal(t, first, decide(index.At(store, "tool")), "made")
	kept, err := os.ReadDir(store)
	require.NoError(t, err)
	require.Len(t, kept, 1)
	assert.Equal(t, first, decide(index.At(store, "tool")), "kept")
	require.NotEmpty(t, migrations)
	write(t, migrations[0], "CREATE TABLE other (id uuid);\n")
	assert.NotEqual(t, first, decide(index.At(store, "tool")), "edited")
}
