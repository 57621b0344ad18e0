package prune

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// dropCalls drops the calls of dull functions; what they gave is unknown.
func (p *pruner) dropCalls(fn *unit.Function, live map[string]bool) {
	numbers, dropped := map[int]int{}, map[int]unit.Call{}
	order := 0
	runs, calls := fn.Runs, fn.Calls
	fn.Calls = nil
	for len(runs)+len(calls) > 0 {
		if len(calls) == 0 || len(runs) > 0 && runs[0].N < calls[0].N {
			order++
			numbers[runs[0].N] = order
			runs = runs[1:]
			continue
		}
		if p.liveCall(&calls[0], live) {
			order++
			numbers[calls[0].N] = order
			fn.Calls = append(fn.Calls, calls[0])
		} else {
			dropped[calls[0].N] = calls[0]
			p.usedBy(fn, &calls[0])
		}
		calls = calls[1:]
	}
	(&renumbering{numbers: numbers, dropped: dropped, results: p.known.Calls[fn].Results, known: map[argument]term.Term{}}).function(fn)
}

// usedBy notes the rows that a dropped call gets: a dull function may still send
// them to the client.
func (p *pruner) usedBy(fn *unit.Function, call *unit.Call) {
	if p.known.Calls[fn].Answers[call.N] {
		return
	}
	for _, a := range call.Args {
		if unit.HoldsRow(a) {
			fn.Uses = append(fn.Uses, unit.Use{Value: a, Site: call.Site, If: call.If})
		}
		if !p.known.Calls[fn].Converts[call.N] {
			fn.Send(a)
		}
	}
}

// renumbering gives calls their final numbers.
type renumbering struct {
	numbers map[int]int
	dropped map[int]unit.Call
	results map[int]int // how many results a call has
	known   map[argument]term.Term
}

// argument is an argument of a dropped call, by the call's number.
type argument struct{ call, at int }

func (r *renumbering) term(t term.Term) term.Term {
	if t == nil {
		return nil
	}
	return term.Map(t, func(x term.Term) term.Term {
		res, ok := x.(*term.Result)
		if !ok {
			return x
		}
		if n, ok := r.numbers[res.Call]; ok {
			return &term.Result{Call: n, Steps: res.Steps}
		}
		if call, ok := r.dropped[res.Call]; ok {
			return r.droppedResult(call, res)
		}
		return term.Why("call")
	})
}

// droppedResult is what the call of a dull function gave: nothing that is known,
// and its arguments as they were.
func (r *renumbering) droppedResult(call unit.Call, res *term.Result) term.Term {
	if len(res.Steps) > 0 && res.Steps[0].Kind == term.ResultStep {
		if k := res.Steps[0].Index - r.results[call.N]; k >= 0 && k < len(call.Args) {
			return term.Select(r.given(argument{call.N, k}), res.Steps[1:]...)
		}
	}
	return term.Why("call " + call.Symbol)
}

// given is an argument of a dropped call. In a loop, or where one map is handed to
// several calls, what one call leaves is what another was given, and the other way
// round: there it is not known.
func (r *renumbering) given(a argument) term.Term {
	if t, ok := r.known[a]; ok {
		return t
	}
	r.known[a] = term.Why("loop")
	r.known[a] = r.term(r.dropped[a.call].Args[a.at])
	return r.known[a]
}

// facts renumbers facts and drops those that became unknown.
func (r *renumbering) facts(facts []term.Fact) []term.Fact {
	var out []term.Fact
	for _, f := range facts {
		f.A = r.term(f.A)
		if f.B != nil {
			f.B = r.term(f.B)
		}
		if !algebra.Unknown(f.A) && !(f.B != nil && algebra.Unknown(f.B)) {
			out = append(out, f)
		}
	}
	return out
}

// function renumbers what a function holds, and drops what says nothing any more: a
// way without a condition, the use of what is no row, the owner of what is unknown.
func (r *renumbering) function(fn *unit.Function) {
	all := unit.Rewrite{Term: r.term, Facts: r.facts, Number: func(n int) (int, bool) {
		to, ok := r.numbers[n]
		return to, ok
	}}
	all.Function(fn)
	for i := range fn.Runs {
		fn.Runs[i].Ways = dropped(fn.Runs[i].Ways, unconditional)
	}
	for i := range fn.Calls {
		fn.Calls[i].Ways = dropped(fn.Calls[i].Ways, unconditional)
	}
	fn.Uses = dropped(fn.Uses, func(u unit.Use) bool { return !unit.HoldsRow(u.Value) })
	fn.Keeps = dropped(fn.Keeps, func(k unit.Keep) bool { return !unit.MayHoldRow(k.Value) })
	fn.Owners = dropped(fn.Owners, func(o unit.Owner) bool { return algebra.Unknown(o.Value) })
}

func unconditional(w unit.Way) bool { return w.If == nil }
