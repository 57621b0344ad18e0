package body

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// What stands before an operation on every way to it matters in two places: a
// middleware counts for a route only if it was added before, and a middleware
// that returns lets the request go on unless it has stopped it before. Facts do
// not tell that: a condition may be one that no fact can say.

// before notes which middlewares have been added whenever a route is registered or
// a router is handed on.
func (b *Body) before() {
	marks := slices.DeleteFunc(b.marks(), func(m mark) bool { return !m.adds })
	if len(marks) == 0 {
		return
	}
	at := map[int]ssa.Instruction{}
	for _, c := range b.Frame.Calls() {
		at[c.N] = c.Instr
	}
	for i := range b.Fn.Calls {
		if c := &b.Fn.Calls[i]; at[c.N] != nil && sets(c) {
			c.After = dominating(marks, at[c.N])
		}
	}
}

// sets tells a call that may register routes.
func sets(c *unit.Call) bool {
	return c.Role.HandsRoutes() || c.Kind != unit.Library
}

// mark is a call that changes what happens after it.
type mark struct {
	n     int
	instr ssa.Instruction
	adds  bool // a middleware
}

// marks are the calls that add a middleware or may stop the request.
func (b *Body) marks() []mark {
	roles := map[int]*unit.Call{}
	for i := range b.Fn.Calls {
		roles[b.Fn.Calls[i].N] = &b.Fn.Calls[i]
	}
	var out []mark
	for _, c := range b.Frame.Calls() {
		kept := roles[c.N]
		if kept == nil || kept.Mode != unit.Now {
			continue
		}
		adds := kept.Role.AddsMiddleware()
		if adds || kept.Role == library.Stops || kept.Kind != unit.Library && b.mayStop(c) {
			out = append(out, mark{c.N, c.Instr, adds})
		}
	}
	return out
}

// mayStop reports whether a call is handed a request that can be stopped.
func (b *Body) mayStop(c *callsite.Call) bool {
	return slices.ContainsFunc(c.All(), func(v ssa.Value) bool { return b.stoppable[source.TypeText(v.Type())] })
}

// stoppableTypes are the types of requests of which a handler stops the chain by
// a call, as types are written in signatures.
func stoppableTypes(lib *library.Set) map[string]bool {
	out := map[string]bool{}
	for _, m := range lib.Models() {
		if m.Verb == library.Plays && m.Role() == library.Stops {
			out[receiverText(m.Key)] = true
		}
	}
	return out
}

// receiverText is the receiver's type in a key: *pkg.T of pkg.(*T).M.
func receiverText(key string) string {
	recv := key[:strings.LastIndexByte(key, '.')]
	if open := strings.Index(recv, "(*"); open >= 0 {
		return "*" + recv[:open] + strings.TrimSuffix(recv[open+2:], ")")
	}
	return recv
}

// dominating are the marks that stand before an instruction on every way to it.
func dominating(marks []mark, at ssa.Instruction) []int {
	var out []int
	for _, m := range marks {
		if m.instr != at && stands(m.instr, at) {
			out = append(out, m.n)
		}
	}
	return out
}

// stands reports whether a stands before b on every way to b.
func stands(a, b ssa.Instruction) bool {
	if a.Block() != b.Block() {
		return a.Block().Dominates(b.Block())
	}
	return slices.Index(a.Block().Instrs, a) < slices.Index(b.Block().Instrs, b)
}

// silentReturns are the ways to a return without results that differ in what has
// happened before, nil if they do not.
func (b *Body) silentReturns(ret *ssa.Return, marks []mark, site int) []unit.Give {
	block := ret.Block()
	if len(ret.Results) > 0 || len(marks) == 0 || len(block.Preds) < 2 || len(block.Instrs) > 1 || slices.ContainsFunc(block.Preds, block.Dominates) {
		return nil
	}
	var out []unit.Give
	for _, pred := range block.Preds {
		last := pred.Instrs[len(pred.Instrs)-1]
		out = append(out, unit.Give{If: b.Frame.FactsOn(pred, block), After: dominating(marks, last), Site: site})
	}
	return out
}
