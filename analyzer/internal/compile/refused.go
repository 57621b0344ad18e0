package compile

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// What may run a statement and is not followed is a statement without a text: it is
// listed, counted and unproven, never nothing.

// refuse writes down a call of a library that may run a statement, and why it is not
// known which.
func (b *body) refuse(c *callsite.Call, why string) {
	b.unknownRun(c.N, c.Symbol, why, b.site(c), c.Instr)
}

func (b *body) unknownRun(n int, symbol, why string, site int, at ssa.Instruction) {
	b.fn.Runs = append(b.fn.Runs, unit.Run{
		N: n, Verb: "exec", Library: symbol, Text: term.Why(why), Site: site, If: b.f.Facts(at.Block()), Allow: b.c.allowAt(site),
	})
}

// statementValues writes down the methods of libraries that run statements and become
// values: who calls them, and with which text, is not followed.
func (b *body) statementValues(instr ssa.Instruction) {
	for _, v := range taken(instr) {
		m := b.runner(v)
		if m == nil {
			continue
		}
		site := b.c.sites.at(instr.Pos(), instr.Pos())
		if site == unit.NoSite {
			site = b.fn.Site
		}
		b.unknownRun(b.f.NextNumber(), m.Key, "a value of "+m.Key, site, instr)
	}
}

// runner is the model of the function behind a value that runs statements, nil if it
// runs none.
func (b *body) runner(v ssa.Value) *library.Model {
	if mc, ok := v.(*ssa.MakeClosure); ok {
		v = mc.Fn
	}
	fn, ok := v.(*ssa.Function)
	if !ok {
		return nil
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok {
		return nil
	}
	if m := b.c.prog.Method(obj); m != nil && slices.Contains([]library.Verb{library.Runs, library.Refuses}, m.Verb) {
		return m
	}
	return nil
}
