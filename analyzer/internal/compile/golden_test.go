package compile_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/unittext"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

var update = flag.Bool("update", false, "write the units that are made into the cases")

// libs is the module with the real libraries; the packages of a case lie in it.
const libs = "../../../testdata/libs"

type testCase struct {
	name, file string
	archive    *txtar.Archive
}

func cases(t *testing.T) []testCase {
	t.Helper()
	files, err := filepath.Glob("../../../testdata/compile/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var out []testCase
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		require.NoError(t, err)
		out = append(out, testCase{name: strings.TrimSuffix(filepath.Base(f), ".txtar"), file: f, archive: a})
	}
	return out
}

// load type-checks the packages of all cases, as if they lay in the module libs.
func load(t *testing.T, all []testCase) map[string][]*packages.Package {
	t.Helper()
	root, err := filepath.Abs(libs)
	require.NoError(t, err)
	cfg := &packages.Config{
		Dir: root, Overlay: map[string][]byte{},
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedExportFile | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedModule,
	}
	patterns := map[string]bool{}
	for _, c := range all {
		for _, f := range c.archive.Files {
			if strings.HasSuffix(f.Name, ".go") {
				cfg.Overlay[filepath.Join(root, c.name, f.Name)] = f.Data
				patterns["./"+c.name+"/"+filepath.Dir(f.Name)] = true
			}
		}
	}
	var list []string
	for p := range patterns {
		list = append(list, p)
	}
	sort.Strings(list)
	pkgs, err := packages.Load(cfg, list...)
	require.NoError(t, err)
	out := map[string][]*packages.Package{}
	byPath := map[string]*packages.Package{}
	for _, p := range pkgs {
		byPath[p.PkgPath] = p
	}
	done := map[string]bool{}
	var visit func(p *packages.Package)
	visit = func(p *packages.Package) { // imports first
		if p == nil || done[p.PkgPath] {
			return
		}
		done[p.PkgPath] = true
		for _, f := range p.Syntax {
			for _, imp := range f.Imports {
				visit(byPath[strings.Trim(imp.Path.Value, `"`)])
			}
		}
		rest := strings.TrimPrefix(p.PkgPath, "example.com/libs/")
		name, _, _ := strings.Cut(rest, "/")
		out[name] = append(out[name], p)
	}
	for _, p := range pkgs {
		visit(p)
	}
	return out
}

// units compiles the packages of a case, imports first.
func units(t *testing.T, pkgs []*packages.Package) []*unit.Unit {
	t.Helper()
	lib, err := library.Load()
	require.NoError(t, err)
	root, err := filepath.Abs(libs)
	require.NoError(t, err)
	done := map[string]*unit.Unit{}
	var out []*unit.Unit
	for _, p := range pkgs {
		u := compile.Package(compile.Input{
			Fset: p.Fset, Files: p.Syntax, Pkg: p.Types, Info: p.TypesInfo,
			ModulePath: "example.com/libs", ModuleDir: root, TypeErrors: p.TypeErrors, Library: lib,
			Imports: func(path string) *unit.Unit { return done[path] },
		})
		done[p.PkgPath] = u
		out = append(out, u)
	}
	return out
}

// siteText is what the text form says of sites.
var siteText = regexp.MustCompile(`( args)?( @ ("[^"]*":\d+:\d+-\d+:\d+|-))+`)

func text(c testCase, us []*unit.Unit) string {
	var b strings.Builder
	for _, u := range us {
		s := unittext.Text(u)
		if !strings.HasPrefix(string(c.archive.Comment), "sites:") {
			s = siteText.ReplaceAllString(s, "")
		}
		b.WriteString(strings.ReplaceAll(s, "example.com/libs/"+c.name+"/", ""))
	}
	return b.String()
}

func TestUnits(t *testing.T) {
	all := cases(t)
	loaded := load(t, all)
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			have := text(c, units(t, loaded[c.name]))
			if *update {
				c.archive.Files = append(sources(c.archive), txtar.File{Name: "want", Data: []byte(have)})
				require.NoError(t, os.WriteFile(c.file, txtar.Format(c.archive), 0o644))
				return
			}
			assert.Equal(t, want(c.archive), have)
		})
	}
}

func sources(a *txtar.Archive) []txtar.File {
	var out []txtar.File
	for _, f := range a.Files {
		if f.Name != "want" {
			out = append(out, f)
		}
	}
	return out
}

func want(a *txtar.Archive) string {
	for _, f := range a.Files {
		if f.Name == "want" {
			return string(f.Data)
		}
	}
	return ""
}

func TestUnitsAreTheSameEveryTime(t *testing.T) {
	all := cases(t)
	loaded := load(t, all)
	for _, c := range all {
		first := text(c, units(t, loaded[c.name]))
		for range 9 {
			require.Equal(t, first, text(c, units(t, loaded[c.name])), c.name)
		}
	}
}

func TestTextFormIsReadBack(t *testing.T) {
	all := cases(t)
	loaded := load(t, all)
	for _, c := range all {
		for _, u := range units(t, loaded[c.name]) {
			again, err := unittext.Parse(c.name, unittext.Text(u))
			require.NoError(t, err, unittext.Text(u))
			require.Len(t, again, 1)
			assert.Equal(t, unittext.Text(u), unittext.Text(again[0]))
		}
	}
}
