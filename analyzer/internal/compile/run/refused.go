package run

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

// Refuse writes down a call of a library that may run a statement, and why it is not
// known which.
func (s *Statements) Refuse(c *callsite.Call, why string) {
	s.unknownRun(c.N, c.Symbol, why, s.Site(c), c.Instr)
}

func (s *Statements) unknownRun(n int, symbol, why string, site int, at ssa.Instruction) {
	s.Fn.Runs = append(s.Fn.Runs, unit.Run{
		N: n, Verb: "exec", Library: symbol, Text: term.Why(why), Site: site, If: s.Frame.FactsAt(at), Allow: s.AllowAt(site),
	})
}

// Taken writes down the method of a library that runs statements and becomes a value:
// who calls it, and with which text, is not followed.
func (s *Statements) Taken(v ssa.Value, instr ssa.Instruction) {
	symbol := s.runner(v)
	if symbol == "" {
		return
	}
	site := s.Sites.At(instr.Pos(), instr.Pos())
	if site == unit.NoSite {
		site = s.Fn.Site
	}
	s.unknownRun(s.Frame.NextNumber(), symbol, "a value of "+symbol, site, instr)
}

// runner is the library function behind a value that runs statements, "" if it runs none.
func (s *Statements) runner(v ssa.Value) string {
	if mc, ok := v.(*ssa.MakeClosure); ok {
		v = mc.Fn
	}
	fn, ok := v.(*ssa.Function)
	if !ok {
		return ""
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok {
		return ""
	}
	if m := s.Frame.Program.Method(obj); m != nil && slices.Contains([]library.Verb{library.Runs, library.Refuses}, m.Verb) {
		return m.Key
	}
	if s.Library.Unread(obj) != "" {
		return library.Key(obj)
	}
	return ""
}
