package project

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
