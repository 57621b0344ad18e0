package pathcond

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// LeftIn gives the term behind what function f, which returned by g, has left in a variable
// that it has captured: a result of the call that it was handed to.
func LeftIn(t term.Term, f *callgraph.Function, g *unit.Give) (term.Term, bool) {
	r, ok := t.(*term.Result)
	if !ok {
		return nil, false
	}
	_, fromLast, ok := term.LeftBy(r)
	if !ok || fromLast > f.Left || fromLast > len(g.Results) || f.Kept {
		return nil, false
	}
	return term.SelectInside(g.Results[len(g.Results)-fromLast], r.Steps[1:]), true
}

// Handed are the functions that argument j of a call is. What they are handed in turn is not
// told.
func Handed(p *callgraph.Graph, c *unit.Call, j int) (out []callgraph.Callee, known bool) {
	if j >= len(c.Args) {
		return nil, false
	}
	for _, leaf := range term.Leaves(c.Args[j]) {
		v, ok := leaf.(*term.Func)
		if !ok || p.Function(v.Symbol) == nil {
			return nil, false
		}
		f := p.Function(v.Symbol)
		args := make([]term.Term, len(f.Params))
		for i := range args {
			args[i] = term.Why("what a function value is handed")
		}
		out = append(out, callgraph.Bound(f, v, args))
	}
	return out, len(out) > 0
}

// End is a way in which a function value may have returned that a call was handed.
type End struct {
	callgraph.Callee
	Give *unit.Give
	At   *Env
	// Unsure tells that a function on the way gives an error that may be this one's, and
	// may be another.
	Unsure bool
}

// maxHandedOn caps the functions that hand a function value on.
const maxHandedOn = 4

// Ends are the ways in which argument j of call k of e may have returned last, given what is
// known of how the call ended, and what holds of what it has left. known is false if it is not
// known which function that is.
func (p *Conditions) Ends(e *Env, k, j int) (ends []End, known bool) {
	call := e.Fn.Ops[k].Call
	if call == nil {
		return nil, false
	}
	handed, known := Handed(p.graph, call, j)
	for _, c := range handed {
		for i := range c.Fn.Gives {
			g := &c.Fn.Gives[i]
			facts := slices.Clone(g.If)
			for _, f := range e.Facts {
				if moved, ok := p.moveLeft(k, j, c.Fn, g, f); ok {
					facts = append(facts, moved)
				}
			}
			for _, end := range p.endsBy(e, k, j, c.Fn, g, facts, maxHandedOn) {
				if !slices.ContainsFunc(ends, func(x End) bool { return x.Give == g && x.At == end.At && x.Unsure == end.Unsure }) {
					end.Callee, end.Give = c, g
					ends = append(ends, end)
				}
			}
		}
	}
	return ends, known
}

// leftFacts are the facts about the row of the statement that call k of e is, of which a function
// that it was handed runs the text, that hold however that has ended.
func leftFacts(p *Conditions, e *Env, k int) []term.Fact {
	call := e.Fn.Ops[k].Call
	if p.stmts.RunAt(e.Fn, k) == nil {
		return nil
	}
	var out []term.Fact
	for j := range call.Args {
		if _, known := Handed(p.graph, call, j); !known || !p.Ran(e, k, j) {
			continue
		}
		ends, _ := p.Ends(e, k, j)
		var lists [][]term.Fact
		for _, x := range ends {
			lists = append(lists, p.toCaller(x.Callee, k, x.At.Facts))
		}
		out = append(out, inAll(lists)...)
	}
	return out
}

// Ran reports whether the function that argument j of call k of e is has surely run: a
// variable has what only it leaves there, or the call ended as it does after that alone.
func (p *Conditions) Ran(e *Env, k, j int) bool {
	return slices.ContainsFunc(e.Facts, func(f term.Fact) bool { return fromLeft(f, k, j) }) || p.ranBefore(e, k, j, maxHandedOn)
}

// fromLeft reports whether a fact is that a variable is not zero in which argument j of call
// k leaves something: a variable that was not zero before is not told by that alone.
func fromLeft(f term.Fact, k, j int) bool {
	left := func(t term.Term) bool {
		r, ok := t.(*term.Result)
		if !ok || r.Call != k {
			return false
		}
		arg, _, is := term.LeftBy(r)
		return is && arg == j
	}
	switch f.Op {
	case term.Eq:
		return left(f.A) || left(f.B)
	case term.In, term.True, term.NonZero, term.NotNil, term.Positive:
		return left(f.A)
	}
	return false
}

// ranBefore reports whether all returns by which call k may have ended have come after a call
// of its argument j, of which something is known.
func (p *Conditions) ranBefore(e *Env, k, j, depth int) bool {
	call := e.Fn.Ops[k].Call
	if call.Kind == unit.Library {
		return call.RunsNow() && slices.ContainsFunc(e.Facts, func(f term.Fact) bool { return f.Op == term.Nil && isResult(f.A, k) })
	}
	targets, known := p.graph.Callees(e.Fn, call)
	if !known || depth == 0 {
		return false
	}
	for _, t := range targets {
		calls, told := callsOf(t.Fn, j+len(t.Args)-len(call.Args))
		if !told {
			return false
		}
		for n := range t.Fn.Gives {
			inner, ok := p.Outcome(e, k, t.Fn, &t.Fn.Gives[n])
			if ok && !slices.ContainsFunc(calls, func(c applied) bool {
				if c.arg >= 0 {
					return p.ranBefore(inner, c.N, c.arg, depth-1)
				}
				return slices.ContainsFunc(inner.Facts, func(f term.Fact) bool { return isResult(f.A, c.N) })
			}) {
				return false
			}
		}
	}
	return len(targets) > 0
}

// isResult reports whether a term is a result of call k.
func isResult(t term.Term, k int) bool {
	r, ok := t.(*term.Result)
	return ok && r.Call == k && len(r.Steps) == 1 && r.Steps[0].Kind == term.ResultStep
}

// endsBy are the places at return g of function f that call k of e hands on as argument j,
// under facts: one for each way in which it may come to be called.
func (p *Conditions) endsBy(e *Env, k, j int, f *callgraph.Function, g *unit.Give, facts []term.Fact, depth int) []End {
	call := e.Fn.Ops[k].Call
	if call.Kind == unit.Library {
		if call.RunsNow() {
			facts = append(facts, p.endOfLibrary(e, k, f, g)...)
		}
		return p.possible(f, facts)
	}
	targets, known := p.graph.Callees(e.Fn, call)
	if !known || depth == 0 {
		return p.possible(f, facts)
	}
	var out []End
	for _, t := range targets {
		param := j + len(t.Args) - len(call.Args)
		calls, told := callsOf(t.Fn, param)
		if !told {
			out = append(out, p.possible(f, facts)...)
			continue
		}
		for n := range t.Fn.Gives {
			inner, ok := p.Outcome(e, k, t.Fn, &t.Fn.Gives[n])
			if !ok {
				continue
			}
			for _, c := range calls {
				if excludes(inner.Facts, c.If) {
					continue
				}
				var ends []End
				if c.arg >= 0 {
					ends = p.endsBy(inner, c.N, c.arg, f, g, facts, depth-1)
				} else {
					ends = p.possible(f, append(facts[:len(facts):len(facts)], p.outcomeOf(inner, c.N, g)...))
				}
				for i := range ends {
					ends[i].Unsure = ends[i].Unsure || mayGive(t.Fn, &t.Fn.Gives[n], c.N)
				}
				out = append(out, ends...)
			}
		}
	}
	return out
}

// outcomeOf is what holds of return g of the function that call k runs.
func (p *Conditions) outcomeOf(e *Env, k int, g *unit.Give) []term.Fact {
	var out []term.Fact
	for _, f := range e.Facts {
		if moved, ok := p.moveOutcome(k, g, f); ok {
			out = append(out, moved)
		}
	}
	return out
}

// mayGive reports whether a return gives what call k gave, or something else.
func mayGive(f *callgraph.Function, g *unit.Give, k int) bool {
	of := func(t term.Term) bool {
		r, ok := t.(*term.Result)
		return ok && r.Call == k
	}
	return slices.ContainsFunc(g.Results[:min(f.Results, len(g.Results))], func(t term.Term) bool { return !of(t) && term.Any(t, of) })
}

// possible is a place of a function, none if its facts contradict each other.
func (p *Conditions) possible(f *callgraph.Function, facts []term.Fact) []End {
	s := &term.FactSet{}
	for _, x := range facts {
		s.Add(x)
	}
	if s.Contradictory {
		return nil
	}
	if at := p.at(f, s); !at.impossible {
		return []End{{At: at}}
	}
	return nil
}

func excludes(a, b []term.Fact) bool {
	s := &term.FactSet{}
	for _, f := range slices.Concat(a, b) {
		s.Add(f)
	}
	return s.Contradictory
}

// applied is a call of a parameter, or one that hands it on as an argument: -1 if none.
type applied struct {
	*unit.Call
	arg int
}

// callsOf are the calls by which a function runs what its parameter is; told is false if it
// may run otherwise.
func callsOf(f *callgraph.Function, param int) (out []applied, told bool) {
	is := func(t term.Term) bool {
		x, ok := t.(*term.Path)
		return ok && x.Root == term.Param && x.Index == param && len(x.Steps) == 0
	}
	inside := func(t term.Term) bool { return t != nil && !is(t) && term.Any(t, is) }
	for i := range f.Calls {
		c := &f.Calls[i]
		if c.Value != nil && is(c.Value) {
			if c.Mode != unit.Now {
				return nil, false
			}
			out = append(out, applied{c, -1})
		}
		for j, a := range c.Args {
			switch {
			case is(a) && c.Mode == unit.Now:
				out = append(out, applied{c, j})
			case is(a), inside(a):
				return nil, false
			}
		}
		if inside(c.Value) {
			return nil, false
		}
	}
	stored := slices.ContainsFunc(f.Stores, func(s unit.Store) bool { return is(s.Value) || inside(s.Value) })
	put := slices.ContainsFunc(f.Puts, func(s unit.Put) bool { return is(s.Value) || inside(s.Value) })
	return out, !stored && !put && len(out) > 0 && f.Over == ""
}

// endOfLibrary is what a call of a library that hands its function's error on says of it.
func (p *Conditions) endOfLibrary(e *Env, k int, f *callgraph.Function, g *unit.Give) []term.Fact {
	if f.Results == 0 || f.Results > len(g.Results) {
		return nil
	}
	err := g.Results[f.Results-1]
	for _, x := range e.Facts {
		r, ok := x.A.(*term.Result)
		if ok && x.Op == term.Nil && r.Call == k && len(r.Steps) == 1 && r.Steps[0].Kind == term.ResultStep {
			return []term.Fact{{Op: term.Nil, A: err}}
		}
	}
	return nil
}

// moveLeft says of what a function leaves by return g what the caller knows of it.
func (p *Conditions) moveLeft(k, j int, fn *callgraph.Function, g *unit.Give, f term.Fact) (term.Fact, bool) {
	of := func(t term.Term) (term.Term, bool) {
		r, ok := t.(*term.Result)
		if !ok || r.Call != k {
			return nil, false
		}
		if arg, _, left := term.LeftBy(r); !left || arg != j {
			return nil, false
		}
		return LeftIn(r, fn, g)
	}
	a, ok := of(f.A)
	if !ok && f.Op == term.Eq {
		f.A, f.B = f.B, f.A
		a, ok = of(f.A)
	}
	if !ok || f.Op == term.Every {
		return f, false
	}
	if f.A = a; f.B == nil {
		return f, true
	}
	if b, ok := of(f.B); ok {
		f.B = b
	} else {
		f.B = p.opaque(f.B)
	}
	return f, true
}
