// Package gofiles reads the project's own sources, for tests that hold a rule of how it
// is written.
package gofiles

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A File is one file of Go, parsed without comments.
type File struct {
	Name string // with slashes, beginning with the folder that was named
	*ast.File
	Fset *token.FileSet
}

// Position is where a node of the file stands.
func (f File) Position(n ast.Node) token.Position { return f.Fset.Position(n.Pos()) }

// Each calls f for every file of Go at and below a folder, in the order of their names,
// without tests and without what is in a folder that is called testdata or has one of
// the names in skip. A file that does not parse fails the test.
func Each(t *testing.T, dir string, f func(File), skip ...string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || slices.Contains(skip, d.Name())):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			return err
		}
		f(File{Name: filepath.ToSlash(name), File: file, Fset: fset})
		return nil
	})
	require.NoError(t, err)
}
