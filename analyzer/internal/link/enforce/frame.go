package enforce

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

const (
	maxDepth = 6  // how deep calls of a hook are followed
	maxWays  = 24 // how many ways a hook may have
)

// frame is a function that runs while a hook does.
type frame struct {
	hook    *Hook
	at      *phrase.Moment
	fn      *callgraph.Function
	up      func(term.Term) term.Term // its parameters in the hook's words
	assumed []term.Fact               // of the function: its results are those under these
	depth   int
}

// inside is the frame of a function that a call runs.
func (f *frame) inside(c callgraph.Callee) *frame {
	return &frame{hook: f.hook, at: f.at, fn: c.Fn, depth: f.depth - 1, up: func(t term.Term) term.Term {
		return f.value(c.Frame().Apply(t), nil)
	}}
}

// callees are the functions that the call of a result may run, nil if they are not known.
func (f *frame) callees(r *term.Result) []callgraph.Callee {
	o := f.fn.Ops[r.Call]
	if o.Call == nil || f.depth <= 0 || len(r.Steps) == 0 {
		return nil
	}
	targets, known := f.hook.graph.Callees(f.fn, o.Call)
	if !known {
		return nil
	}
	return targets
}

// value is a term in the hook's words. Facts are what is assumed of the function's results.
func (f *frame) value(t term.Term, facts []term.Fact) term.Term {
	return term.Map(t, func(x term.Term) term.Term {
		switch v := x.(type) {
		case *term.Path:
			if v.Root == term.Param || v.Root == term.Free {
				return f.up(v)
			}
		case *term.Result:
			return f.result(v, facts)
		}
		return x
	})
}

// result is what a call gives, where the facts hold.
func (f *frame) result(r *term.Result, facts []term.Fact) term.Term {
	var out []term.Term
	for _, c := range f.callees(r) {
		in := f.inside(c)
		for i := range c.Fn.Gives {
			g := &c.Fn.Gives[i]
			t, ok := callgraph.Given(r, r.Call, g)
			if !ok {
				return term.Why("a value of a hook")
			}
			if in.possible(g.If) && !f.refuted(in, r.Call, g, facts) {
				in.assumed = g.If
				out = append(out, in.value(t, g.If))
			}
		}
	}
	if len(out) == 0 {
		return term.Why("a value of a hook")
	}
	return term.JoinOf(out...)
}

// refuted reports whether a call has not returned as a give says, where facts hold.
func (f *frame) refuted(in *frame, call int, g *unit.Give, facts []term.Fact) bool {
	return slices.ContainsFunc(facts, func(x term.Fact) bool {
		r, ok := x.A.(*term.Result)
		if !ok || r.Call != call || x.B != nil {
			return false
		}
		t, ok := callgraph.Given(r, call, g)
		return ok && in.holds(term.Fact{Op: x.Op, A: t}) == no
	})
}

// answer is whether a fact holds.
type answer uint8

const (
	maybe answer = iota
	yes
	no
)

func (a answer) not() answer {
	switch a {
	case yes:
		return no
	case no:
		return yes
	}
	return maybe
}

// possible reports whether facts may hold together, as far as is known of each.
func (f *frame) possible(facts []term.Fact) bool {
	return !slices.ContainsFunc(facts, func(x term.Fact) bool { return f.holds(x) == no })
}

// open are the facts that are not known to hold.
func (f *frame) open(facts []term.Fact) []term.Fact {
	return slices.DeleteFunc(slices.Clone(facts), func(x term.Fact) bool { return f.holds(x) == yes })
}

// holds tells whether a fact of the function holds.
func (f *frame) holds(x term.Fact) answer {
	if test, ok := x.A.(*term.Test); ok && x.B == nil {
		if term.Solid(x.Op) {
			return f.holds(test.Fact)
		}
		return f.holds(test.Fact).not()
	}
	if x.Op == term.Implies {
		return maybe
	}
	if r, ok := x.A.(*term.Result); ok && x.B == nil && len(r.Steps) == 1 && len(f.callees(r)) > 0 {
		return f.given(r, x.Op)
	}
	return f.said(f.spoken(x))
}

// spoken is a fact in the hook's words.
func (f *frame) spoken(x term.Fact) term.Fact {
	out := term.Fact{Op: x.Op, A: unlessMissing(f.value(x.A, nil))}
	if x.B != nil {
		out.B = f.value(x.B, nil)
	}
	return out
}

// unlessMissing is a value that is zero where there is none.
func unlessMissing(t term.Term) term.Term {
	leaves := slices.DeleteFunc(slices.Clone(term.Leaves(t)), func(x term.Term) bool {
		o, ok := x.(*term.Origin)
		return ok && o.Kind == term.Zero
	})
	if len(leaves) == 1 {
		return leaves[0]
	}
	return t
}

// said is whether a fact holds that is in the hook's words.
func (f *frame) said(x term.Fact) answer {
	if holds, known := f.at.Holds(f.hook.param, x); known {
		if holds {
			return yes
		}
		return no
	}
	if x.B != nil {
		return maybe
	}
	zero, known := term.Zeroness(x.A)
	if o, ok := x.A.(*term.Origin); ok && o.Kind == term.Fresh {
		zero, known = false, true
	}
	if p, ok := x.A.(*term.Path); ok && p.Root == term.Context && !known {
		zero, known = f.underKey(p.Name)
	}
	switch {
	case !known:
		return maybe
	case term.Solid(x.Op) != zero:
		return yes
	}
	return no
}

// underKey is whether nothing stands under a key of the statement's context: it has none, or the
// key is that of a flag that nobody has set.
func (f *frame) underKey(key string) (zero, known bool) {
	switch {
	case f.at.NoContext:
		return true, true
	case slices.Contains(f.at.Flags, key):
		return false, true
	}
	return true, len(f.hook.graph.Puts[key]) > 0 && f.at.Flagged && isFlag(f.hook.graph, key)
}

// neverPut reports whether nothing is seen to put anything under a key of a type of the
// program's: who asks whether something is there finds nothing.
func (f *frame) neverPut(key string) bool {
	return !strings.HasPrefix(key, `"`) && len(f.hook.graph.Puts[key]) == 0
}

// given is whether a fact holds of what a call gives.
func (f *frame) given(r *term.Result, op term.FactOp) answer {
	var all []answer
	f.gives(r, func(in *frame, g *unit.Give, t term.Term) {
		all = append(all, in.holds(term.Fact{Op: op, A: t}))
	})
	switch {
	case len(all) == 0 || slices.Contains(all, maybe) || slices.Contains(all, yes) && slices.Contains(all, no):
		return maybe
	}
	return all[0]
}

// gives visits what a call may give, in the frames of the functions that it runs.
func (f *frame) gives(r *term.Result, visit func(in *frame, g *unit.Give, t term.Term)) {
	for _, c := range f.callees(r) {
		in := f.inside(c)
		for i := range c.Fn.Gives {
			g := &c.Fn.Gives[i]
			if t, ok := callgraph.Given(r, r.Call, g); ok && in.possible(g.If) {
				visit(in, g, t)
			}
		}
	}
}

// facts are facts of the function, with what can be said of them elsewhere.
func (f *frame) facts(list []term.Fact) []fact {
	var out []fact
	for _, x := range list {
		if x.Op == term.Implies {
			continue
		}
		spoken, known := f.say(x)
		out = append(out, fact{raw: x, spoken: spoken, known: known})
	}
	return out
}

// say is a fact in words that mean the same everywhere: several, of what a call gives on one
// way only; ok is false if there are none.
func (f *frame) say(x term.Fact) (out []term.Fact, ok bool) {
	if f.holds(x) == yes {
		return nil, true
	}
	if test, isTest := x.A.(*term.Test); isTest && x.B == nil {
		if term.Solid(x.Op) {
			return f.say(test.Fact)
		}
		not, ok := test.Fact.Not()
		if !ok {
			return nil, false
		}
		return f.say(not)
	}
	if r, isResult := x.A.(*term.Result); isResult && x.B == nil && len(r.Steps) == 1 && len(f.callees(r)) > 0 {
		return f.sayOfCall(r, x.Op)
	}
	s := f.spoken(x)
	p, isPath := s.A.(*term.Path)
	if !isPath || p.Root != term.Context || s.B != nil {
		return nil, false
	}
	if term.Solid(s.Op) {
		return []term.Fact{{Op: term.NonZero, A: p}}, true
	}
	if f.neverPut(p.Name) {
		return nil, true
	}
	return []term.Fact{{Op: term.IsZero, A: p}}, true
}

// sayOfCall is a fact of what a call gives, if it gives that on one way only.
func (f *frame) sayOfCall(r *term.Result, op term.FactOp) (out []term.Fact, ok bool) {
	ways := 0
	f.gives(r, func(in *frame, g *unit.Give, t term.Term) {
		x := term.Fact{Op: op, A: t}
		if in.holds(x) == no {
			return
		}
		ways++
		ok = true
		for _, y := range append(slices.Clone(g.If), x) {
			if y.Op == term.Implies {
				continue
			}
			more, said := in.say(y)
			out, ok = append(out, more...), ok && said
		}
	})
	return out, ok && ways == 1 && len(f.callees(r)) == 1
}
