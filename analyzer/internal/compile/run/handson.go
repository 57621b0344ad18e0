package run

import (
	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxHandsOn caps how many functions hand a text on.
const maxHandsOn = 3

// SeparateArgs does for a call what separately does for a run, if the callee is
// seen to run its text parameter with its variadic bind values, and with nothing
// else: only then may both be numbered anew together.
func (s *Statements) SeparateArgs(call *unit.Call, c *callsite.Call) {
	callee, ok := c.Instr.Common().Value.(*ssa.Function)
	if !ok || c.Kind != callsite.Static || !c.Sig.Variadic() {
		return
	}
	at := textParam(callee, s.Frame.Program, maxHandsOn)
	all := c.All()
	last := len(all) - 1
	if at < 0 || at >= last || len(call.Args) != len(all) {
		return
	}
	r := &unit.Run{Text: call.Args[at], Args: call.Args[last:], Spread: true}
	if !built(r) {
		return
	}
	ways, ok := s.waysOf(c, all[at], func() ([]term.Term, bool) { return s.boundAlong(c, len(c.Args)-1) })
	if !ok || len(ways) == 0 {
		return
	}
	if texts, args, ok := common(ways); ok {
		call.Args[at], call.Args[last] = term.JoinOf(textsOf(texts)...), &term.List{Elems: args}
		call.Ways = conditional(texts, call.If)
	}
}

// textParam is the parameter that a function runs as a text with its variadic
// parameter as bind values, -1 if there is none or either is used otherwise.
func textParam(fn *ssa.Function, p *callsite.Program, depth int) int {
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	if depth == 0 || len(fn.Blocks) == 0 || !fn.Signature.Variadic() {
		return -1
	}
	values := fn.Params[len(fn.Params)-1]
	found := -1
	for i, text := range fn.Params[:len(fn.Params)-1] {
		runs, only := runsWith(text, values, p, depth)
		if !only {
			continue
		}
		if runs {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	if found < 0 {
		return -1
	}
	if _, only := runsWith(values, fn.Params[found], p, depth); !only {
		return -1
	}
	return found
}

// runsWith reports whether a parameter is handed to a statement together with
// another one, and whether nothing else is done with it but to print it.
func runsWith(x, with *ssa.Parameter, p *callsite.Program, depth int) (runs, only bool) {
	if x.Referrers() == nil {
		return false, true
	}
	for _, ref := range *x.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef, *ssa.MakeInterface:
		case ssa.CallInstruction:
			if !togetherIn(ref, x, with, p, depth) {
				return false, false
			}
			runs = true
		default:
			return false, false
		}
	}
	return runs, true
}

// togetherIn reports whether a call runs one of the values as a text with the other
// as its bind values.
func togetherIn(instr ssa.CallInstruction, x, with ssa.Value, p *callsite.Program, depth int) bool {
	c := p.Classify(instr)
	all := c.All()
	if !c.Sig.Variadic() || len(all) == 0 {
		return false
	}
	text, values := ssa.Value(nil), all[len(all)-1]
	switch callee, ok := instr.Common().Value.(*ssa.Function); {
	case c.Runs():
		text = c.Arg(c.Model.Of)
		if c.Model.Args != len(c.Args)-1 {
			return false
		}
	case ok && c.Kind == callsite.Static:
		at := textParam(callee, p, depth-1)
		if at < 0 {
			return false
		}
		text = all[at]
	}
	return text == x && values == with || text == with && values == x
}
