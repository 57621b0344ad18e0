package compile_test

import (
	"cmp"
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// What the data says of a database's library, some case shows: else a wrong word in it
// would be seen by nobody. How much of each library is known is told in docs/libraries.md.
func TestLinesOfDatabasesAreExercised(t *testing.T) {
	lib, err := library.Load()
	require.NoError(t, err)
	called, packages := calledIn(t, lib, cases(t))
	for _, m := range lib.Models() {
		if p := lib.Package(m.Package); p.Database && !p.Unmodelled && p.Fork == "" && touches(m.Verb) {
			assert.Truef(t, called[m], "%s:%d: %s is called in no case", m.File, m.Line, m.Key)
		}
	}
	inTexts, more := calledIn(t, lib, writtenCases(t))
	for m := range inTexts {
		called[m] = true
	}
	for path, p := range more {
		packages[path] = p
	}
	section(t, "../../../docs/libraries.md", "table", table(lib, called, packages))
}

// calledIn are the lines of the data for what cases call, and the real packages.
func calledIn(t *testing.T, lib *library.Set, all []testCase) (called map[*library.Model]bool, of map[string]*types.Package) {
	t.Helper()
	called, of = map[*library.Model]bool{}, map[string]*types.Package{}
	for _, pkgs := range load(t, all) {
		for _, p := range pkgs {
			for _, obj := range p.TypesInfo.Uses {
				f, ok := obj.(*types.Func)
				if !ok {
					continue
				}
				if m := lib.Find(f); m != nil {
					called[m], of[m.Package] = true, f.Pkg()
				}
			}
		}
	}
	return called, of
}

// writtenCases are the programs whose statements are held against what the libraries write.
func writtenCases(t *testing.T) []testCase {
	t.Helper()
	files, err := filepath.Glob("../../../testdata/sqlwrite/*.txtar")
	require.NoError(t, err)
	var out []testCase
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		require.NoError(t, err)
		source := slices.Concat(a.Files[0].Data, []byte("\nfunc main() {}\n"))
		out = append(out, testCase{
			name: "written-" + strings.TrimSuffix(filepath.Base(f), ".txtar"), file: f,
			archive: &txtar.Archive{Files: []txtar.File{{Name: "a/golden.go", Data: source}}},
		})
	}
	return out
}

// table says how much of each library that runs SQL is known, and shown by some case.
func table(lib *library.Set, called map[*library.Model]bool, packages map[string]*types.Package) string {
	lines, shown := map[string]int{}, map[string]int{}
	for _, m := range lib.Models() {
		lines[m.Package]++
		if called[m] {
			shown[m.Package]++
		}
	}
	var b strings.Builder
	b.WriteString("| package | types in full | functions and methods | lines | exercised |\n|---|---|---|---|---|\n")
	for _, path := range lib.Packages() {
		p := lib.Package(path)
		if !p.Database || p.Unmodelled || p.Fork != "" || lines[path] == 0 || packages[path] == nil {
			continue
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d |\n", path, cmp.Or(strings.Join(p.Complete, ", "), "all"), functionsOf(packages[path]), lines[path], shown[path])
	}
	return b.String()
}

// functionsOf counts the exported functions and methods of a package.
func functionsOf(pkg *types.Package) int {
	n := 0
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if _, ok := obj.(*types.Func); ok && obj.Exported() {
			n++
		}
		tn, ok := obj.(*types.TypeName)
		if !ok || !obj.Exported() || tn.IsAlias() {
			continue
		}
		named, ok := tn.Type().(*types.Named)
		if !ok {
			continue
		}
		for m := range named.Methods() {
			if m.Exported() {
				n++
			}
		}
		if i, ok := named.Underlying().(*types.Interface); ok {
			n += i.NumExplicitMethods()
		}
	}
	return n
}

// section holds that the part of a file between the comments <!-- NAME --> and
// <!-- end of NAME --> is as given.
func section(t *testing.T, file, name, have string) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
	before, rest, ok := strings.Cut(string(text), begin)
	require.Truef(t, ok, "%s has no section %s", file, name)
	wanted, after, ok := strings.Cut(rest, end)
	require.Truef(t, ok, "%s has no end of section %s", file, name)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(before+begin+have+end+after), 0o600))
		return
	}
	assert.Equal(t, wanted, have, "the section %s of %s is stale: run go test with -update, and read the difference", name, file)
}

// touches tells the verbs of functions that run statements or read their rows.
func touches(v library.Verb) bool {
	switch v {
	case library.Runs, library.Binds, library.Scans, library.Rows, library.Row, library.Refuses, library.Plays:
		return true
	}
	return false
}
