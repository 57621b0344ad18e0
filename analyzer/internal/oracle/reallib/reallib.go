// Package reallib lets tests compare with the real libraries, which the module of
// testdata/libs requires: a text of Go is compiled as if it stood there, and run.
package reallib

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// libs is the module with the real libraries, above the folder of the test.
func libs(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		at := filepath.Join(dir, "testdata", "libs")
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at
		}
		require.NotEqual(t, dir, filepath.Dir(dir), "no module of the real libraries")
		dir = filepath.Dir(dir)
	}
}

// Compiled is the unit of a package main without its function main.
func Compiled(t *testing.T, source []byte) *unit.Unit {
	t.Helper()
	root := libs(t)
	pkgs, err := packages.Load(&packages.Config{
		Dir: root, Overlay: map[string][]byte{filepath.Join(root, "golden", "golden.go"): slices.Concat(source, []byte("\nfunc main() {}\n"))},
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedExportFile | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedModule,
	}, "./golden")
	require.NoError(t, err)
	require.Len(t, pkgs, 1)
	require.Empty(t, pkgs[0].Errors)
	p := pkgs[0]
	return compile.Package(compile.Input{Fset: p.Fset, Files: p.Syntax, Pkg: p.Types, Info: p.TypesInfo, ModulePath: "example.com/libs"})
}

// Executed is what a package main prints that a file with its function main completes.
func Executed(t *testing.T, source []byte, main string) []byte {
	t.Helper()
	dir := t.TempDir()
	root := libs(t)
	overlay := map[string]string{}
	for name, text := range map[string][]byte{"golden.go": source, "main.go": []byte(main)} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, text, 0o600))
		overlay[filepath.Join(root, "golden", name)] = file
	}
	list, err := json.Marshal(map[string]any{"Replace": overlay})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "overlay.json"), list, 0o600))
	cmd := exec.Command("go", "run", "-overlay", filepath.Join(dir, "overlay.json"), "./golden")
	cmd.Dir, cmd.Stderr = root, os.Stderr
	data, err := cmd.Output()
	require.NoError(t, err)
	return data
}

// Units are the units of packages of the module.
func Units(t *testing.T, patterns ...string) []*unit.Unit {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{
		Dir: libs(t), Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedExportFile | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedModule,
	}, patterns...)
	require.NoError(t, err)
	var out []*unit.Unit
	for _, p := range pkgs {
		require.Empty(t, p.Errors)
		out = append(out, compile.Package(compile.Input{Fset: p.Fset, Files: p.Syntax, Pkg: p.Types, Info: p.TypesInfo, ModulePath: "example.com/libs"}))
	}
	return out
}
