// Package snippet shows what flow makes of a piece of Go, for the tests of flow and
// eval.
//
// In goes an archive (txtar) with one Go file; out comes a line for each call of the
// function show in it: the terms of the arguments, and the facts in force there. Each
// return that gives something, or writes to what a parameter leads to, is a line, too: its ways.
//
// It cannot see what compile makes of the same code: numbers of calls are those of the
// frame, before dull calls are dropped.
package snippet

import (
	"fmt"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/value"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// path is the import path of a snippet; symbols are shown without it.
const path = "example.com/libs/snippet"

// Text is what flow makes of the Go file of an archive. The libraries are those of the
// module in dir.
func Text(t *testing.T, dir string, in *txtar.Archive, eval value.Evaluator) string {
	t.Helper()
	lib, err := library.Load()
	require.NoError(t, err)
	pkg := load(t, dir, in)
	prog := ssa.NewProgram(pkg.Fset, ssa.BareInits)
	for _, imp := range pkg.Types.Imports() {
		prog.CreatePackage(imp, nil, nil, true)
	}
	built := prog.CreatePackage(pkg.Types, pkg.Syntax, pkg.TypesInfo, false)
	built.Build()
	shared := &callsite.Program{
		Lib: lib, InModule: func(p string) bool { return p == path }, Lookalikes: callsite.LookalikesOf(lib, pkg.Types),
	}
	var b strings.Builder
	for _, name := range pkg.Types.Scope().Names() {
		if fn, ok := built.Members[name].(*ssa.Function); ok && name != "show" {
			shower{&b, shared, eval}.function(fn)
		}
	}
	return strings.ReplaceAll(b.String(), path+".", "")
}

func load(t *testing.T, dir string, in *txtar.Archive) *packages.Package {
	t.Helper()
	root, err := filepath.Abs(dir)
	require.NoError(t, err)
	require.NotEmpty(t, in.Files)
	pkgs, err := packages.Load(&packages.Config{
		Dir: root, Overlay: map[string][]byte{filepath.Join(root, "snippet", "snippet.go"): in.Files[0].Data},
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedExportFile | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo,
	}, "./snippet")
	require.NoError(t, err)
	require.Len(t, pkgs, 1)
	require.Empty(t, pkgs[0].Errors)
	return pkgs[0]
}

// shower prints the terms of functions.
type shower struct {
	out     *strings.Builder
	program *callsite.Program
	eval    value.Evaluator
}

// function shows a function and the closures in it.
func (s shower) function(fn *ssa.Function) {
	b := s.out
	f := flow.New(s.program, s.eval, fn, func(c ssa.CallInstruction) token.Pos { return c.Pos() })
	fmt.Fprintf(b, "%s\n", callsite.Symbol(fn))
	for _, c := range f.Calls() {
		if c.Kind == callsite.Static && strings.HasSuffix(c.Symbol, ".show") {
			fmt.Fprintf(b, "\tshow %s%s\n", strings.Join(shown(f, c), ", "), facts(f.Facts(c.Instr.Block())))
		}
	}
	for _, block := range fn.Blocks {
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		for _, way := range f.Returns(ret) {
			if len(way.Results) == 0 {
				continue
			}
			fmt.Fprintf(b, "\treturn %s%s\n", texts(way.Results), facts(way.Facts))
		}
	}
	if f.Over() != "" {
		fmt.Fprintf(b, "\tover %s\n", f.Over())
	}
	for _, a := range fn.AnonFuncs {
		s.function(a)
	}
}

func shown(f *flow.Frame, c *callsite.Call) []string {
	var out []string
	for _, v := range callsite.Spread(c, 0) {
		if v == nil {
			out = append(out, "?")
			continue
		}
		out = append(out, f.At(v, c.Instr).String())
	}
	return out
}

func texts(ts []term.Term) string {
	out := make([]string, len(ts))
	for i, t := range ts {
		out[i] = t.String()
	}
	return strings.Join(out, ", ")
}

func facts(list []term.Fact) string {
	if len(list) == 0 {
		return ""
	}
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = x.String()
	}
	return " if " + strings.Join(out, ", ")
}
