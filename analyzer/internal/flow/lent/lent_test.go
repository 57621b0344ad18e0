package lent_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/lent"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

const source = `package a

type in struct{ id int }
type wrap struct{ in *in }

func read(x *in) int      { return x.id }
func relay(x *in)         { kept = x }
func twice(x *in)         { relay(x) }
func look(x *in) int      { return read(x) }
func any1(x any)          {}
func many(xs ...any)      {}
func list(xs []*in)       {}
func byName(m map[string]*in) {}
func (w wrap) run()       {}

var kept *in

func f(c bool) {
	a, b, d, e, g, h, k := &in{}, &in{}, &in{}, &in{}, &in{}, &in{}, &in{}
	read(a)
	look(a)
	relay(a)
	twice(a)
	any1(b)
	many(b, 1)
	list([]*in{d})
	byName(map[string]*in{"": e})
	wrap{g}.run()
	any1(wrap{h})
	p := h
	if c {
		p = k
	}
	any1(p)
	any1(k.id)
}
`

// TestReached: what the call on each line of f may write to, by the order of the variables.
func TestReached(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "a.go", source, 0)
	require.NoError(t, err)
	pkg, _, err := ssautil.BuildPackage(&types.Config{}, fset, types.NewPackage("a", "a"), []*ast.File{file}, 0)
	require.NoError(t, err)
	structs := map[*ssa.Alloc]byte{}
	var got []string
	lib, err := library.Load()
	require.NoError(t, err)
	program := &callsite.Program{Lib: lib, InModule: func(string) bool { return true }}
	for _, b := range pkg.Func("f").Blocks {
		for _, instr := range b.Instrs {
			if v, ok := instr.(*ssa.Alloc); ok && v.Heap && callsite.Deref(v.Type()).String() == "a.in" {
				structs[v] = "abdeghk"[len(structs)]
			}
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			names := ""
			c := program.Classify(call)
			for i := range c.All() {
				for _, v := range lent.Reached(c, i) {
					if n := structs[v]; n != 0 {
						names += string(n)
					}
				}
			}
			got = append(got, call.Call.StaticCallee().Name()+" "+names)
		}
	}
	assert.Equal(t, []string{
		"read ", "look ", "relay a", "twice a", "any1 b", "many b", "list d", "byName e", "run g", "any1 h", "any1 hk", "any1 ",
	}, got)
}
