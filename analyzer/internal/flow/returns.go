package flow

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/builder"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Way is one way to return.
type Way struct {
	Results []term.Term
	Facts   []term.Fact
}

// maxWays is how often a return is split by the ways into it.
const maxWays = 16

// Returns are the ways to a return. Where a result depends on the way in
// (return a && b; a single return after branches), there is one per way.
func (f *Frame) Returns(ret *ssa.Return) []Way {
	if i, ok := rebinds(f.Program, f.Fn); ok {
		return []Way{{Results: []term.Term{term.P(i)}, Facts: f.Facts(ret.Block())}}
	}
	s := &splitter{f: f, ret: ret, left: map[ssa.Value]ssa.Instruction{}}
	results := make([]ssa.Value, len(ret.Results))
	for i, r := range ret.Results {
		results[i] = f.stored(r, ret)
	}
	s.split(ret.Block(), results, nil, 0)
	if len(s.ways) > maxWays {
		s.ways = nil
		s.add(results, ret, f.Facts(ret.Block()))
	}
	return s.ways
}

// stored is the value of a named result, which a function with defers stores and
// loads again before it returns.
func (f *Frame) stored(v ssa.Value, ret *ssa.Return) ssa.Value {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL || load.Block() != ret.Block() || f.Program.IsObject(v.Type()) {
		return v
	}
	alloc, ok := load.X.(*ssa.Alloc)
	if !ok || f.WriterOf(place.Place{Base: alloc}) != "" {
		return v
	}
	var last *ssa.Store
	for _, instr := range ret.Block().Instrs {
		if st, ok := instr.(*ssa.Store); ok && st.Addr == ssa.Value(alloc) {
			last = st
		}
	}
	if last == nil || len(f.WrittenAfter(place.Place{Base: alloc}, last, nil)) > 0 {
		return v
	}
	return last.Val
}

type splitter struct {
	f    *Frame
	ret  *ssa.Return
	ways []Way
	left map[ssa.Value]ssa.Instruction // where the way that is followed is left that gives a parameter
}

// split follows the edges into a block for the results that are phis there.
func (s *splitter) split(b *ssa.BasicBlock, results []ssa.Value, inner []term.Fact, depth int) {
	if depth > 6 || len(s.ways) > maxWays || !splits(b, results) && !s.parts(b) {
		s.add(results, s.ret, algebra.Unique(append(s.f.Facts(b), inner...)))
		return
	}
	for i, pred := range b.Preds {
		over := make([]ssa.Value, len(results))
		for k, r := range results {
			over[k] = r
			if phi, ok := r.(*ssa.Phi); ok && phi.Block() == b {
				over[k] = phi.Edges[i]
				s.left[over[k]] = pred.Instrs[len(pred.Instrs)-1]
			}
		}
		facts := append(s.f.Edge(pred, b), inner...)
		if bare(pred) && (splits(pred, over) || s.parts(pred)) {
			s.split(pred, over, facts, depth+1)
			continue
		}
		s.add(over, s.ret, algebra.Unique(append(s.f.Facts(pred), facts...)))
	}
}

// parts reports whether a hook comes to a block in different ways, and does nothing there: each
// says more of when that is.
func (s *splitter) parts(b *ssa.BasicBlock) bool {
	if len(b.Preds) < 2 || s.f.Program.HookParam(s.f.Fn) < 0 || slices.ContainsFunc(b.Preds, b.Dominates) {
		return false
	}
	return !slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
		switch instr.(type) {
		case *ssa.Phi, *ssa.Jump, *ssa.DebugRef, *ssa.Return:
			return false
		}
		return true
	})
}

// splits reports whether a result is a phi of the block, which is no loop's head.
func splits(b *ssa.BasicBlock, results []ssa.Value) bool {
	if len(b.Preds) < 2 || slices.ContainsFunc(b.Preds, b.Dominates) {
		return false
	}
	for _, r := range results {
		if phi, ok := r.(*ssa.Phi); ok && phi.Block() == b {
			return true
		}
	}
	return false
}

// bare reports whether a block only joins.
func bare(b *ssa.BasicBlock) bool {
	for _, instr := range b.Instrs {
		switch instr.(type) {
		case *ssa.Phi, *ssa.Jump, *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}

// add adds a way to return. If a result is in doubt because a call may have failed whose
// error is among the results, there is a way for either outcome.
func (s *splitter) add(results []ssa.Value, at ssa.Instruction, facts []term.Fact) {
	facts = algebra.Unique(slices.Concat(facts, s.f.Survived(at)))
	way := s.way(results, at, facts)
	c, err := s.f.doubted(results)
	if c == nil {
		s.ways = append(s.ways, way)
		return
	}
	yes, no := algebra.Sides(term.Fact{Op: term.Nil, A: err})
	done := s.f.assuming(c, func() Way { return s.way(results, at, algebra.Unique(append(facts[:len(facts):len(facts)], yes...))) })
	if sameTerms(done.Results, way.Results) {
		s.ways = append(s.ways, way)
		return
	}
	way.Facts = algebra.Unique(append(facts[:len(facts):len(facts)], no...))
	s.ways = append(s.ways, done, way)
}

func sameTerms(a, b []term.Term) bool {
	return slices.EqualFunc(a, b, func(x, y term.Term) bool { return term.Same(x, y) })
}

// doubted is a call that may have failed and whose error is among the results, with
// the term of the error.
func (f *Frame) doubted(results []ssa.Value) (*callsite.Call, term.Term) {
	for _, c := range f.Doubts {
		for _, err := range memory.ErrorsOf(f.Memory, c) {
			for _, r := range results {
				if !f.IsSame(r, err) {
					continue
				}
				if t := f.Term(err, endedAt(c, err)); !algebra.Unknown(t) {
					return c, t
				}
			}
		}
	}
	return nil, nil
}

// endedAt is where a value is known that says how a call ended.
func endedAt(c *callsite.Call, err ssa.Value) ssa.Instruction {
	if load, ok := err.(*ssa.UnOp); ok {
		return load
	}
	return c.Instr
}

// assuming evaluates a way as if a call had succeeded. What is remembered of values
// does not hold then.
func (f *Frame) assuming(c *callsite.Call, way func() Way) Way {
	defer f.Assume(c)()
	return way()
}

func (s *splitter) way(results []ssa.Value, at ssa.Instruction, facts []term.Fact) Way {
	way := Way{Facts: facts}
	for _, r := range results {
		t := algebra.Refine(s.f.Term(r, at), facts)
		if algebra.Unknown(t) && library.IsError(r.Type()) && s.f.failed(r, s.ret.Block(), 0) {
			t = term.Of(term.Fresh) // some error, certainly one
		}
		way.Results = append(way.Results, s.handedBack(r, t))
	}
	way.Results = s.f.withOuts(way.Results, s.ret, facts)
	way.Results = withLeft(s.f, way.Results, s.ret)
	return way
}

// handedBack is a handle that a function was handed and gives back: another use of it may have
// changed it in place.
//
//	tx.Or("public")
//	return tx
func (s *splitter) handedBack(v ssa.Value, t term.Term) term.Term {
	p, ok := v.(*ssa.Parameter)
	if !ok || s.f.Program.Lib.Handle(p.Type()) == "" {
		return t
	}
	at := s.left[v]
	if at == nil {
		at = s.ret
	}
	if !s.f.ChangedBefore(p, at) {
		return t
	}
	return term.BuildOf(s.f.Program.Lib.Handle(p.Type()), t, term.Clause{Word: library.Again})
}

// withLeft adds what stands in the variables that a closure has captured and may write. They
// follow what stands for all of its parameters.
func withLeft(f *Frame, results []term.Term, ret *ssa.Return) []term.Term {
	leaves := f.Program.Leaves(f.Fn)
	if len(leaves) == 0 {
		return results
	}
	for i := len(results) - f.Fn.Signature.Results().Len(); i < len(f.Fn.Params); i++ {
		results = append(results, term.P(i))
	}
	for _, fv := range leaves {
		t := algebra.OrLoop(f.ContentAt(place.Place{Base: fv}, ret))
		if holdsFunction(t) {
			t = term.Why("a function in a variable")
		}
		results = append(results, t)
	}
	return results
}

func holdsFunction(t term.Term) bool {
	return term.Any(t, func(x term.Term) bool {
		_, is := x.(*term.Func)
		return is
	})
}

// withOuts adds the out parameters to the results.
func (f *Frame) withOuts(results []term.Term, ret *ssa.Return, facts []term.Fact) []term.Term {
	outs := f.Program.Outs(f.Fn)
	last := f.Program.HookParam(f.Fn)
	hook := last
	for i, out := range outs {
		if out {
			last = max(last, i)
		}
	}
	for i := range last + 1 {
		t := term.P(i)
		switch {
		case i == hook:
			t = builder.Hooked(f.Builders, i, ret)
		case outs[i] && f.Program.IsObject(f.Fn.Params[i].Type()) && isNil(term.P(i), facts):
			t = term.ZeroTerm() // there was none
		case outs[i] && f.Program.IsObject(f.Fn.Params[i].Type()):
			t = f.Term(f.Fn.Params[i], ret)
		case outs[i]:
			t = algebra.OrLoop(f.ContentAt(place.Place{Base: f.Fn.Params[i]}, ret))
		}
		results = append(results, t)
	}
	return results
}

// isNil reports whether facts say of a value that it is nil.
func isNil(t term.Term, facts []term.Fact) bool {
	return slices.ContainsFunc(facts, func(x term.Fact) bool {
		return (x.Op == term.Nil || x.Op == term.IsZero) && term.Same(x.A, t)
	})
}

// failed reports whether an error value is known not to be nil in a block, by the
// branches that lead there.
func (f *Frame) failed(v ssa.Value, b *ssa.BasicBlock, depth int) bool {
	for x := b; x != nil; x = x.Idom() {
		if len(x.Preds) == 1 && nilTested(v, x.Preds[0], x) {
			return true
		}
	}
	if call, ok := v.(*ssa.Call); ok && depth < 4 {
		if c := f.CallOf(call); c.Kind == callsite.Library && c.Model == nil && callsite.Wraps(c) {
			return f.failed(callsite.Only(c), b, depth+1)
		}
	}
	return false
}

// nilTested reports whether the edge is taken only if v is not nil.
func nilTested(v ssa.Value, from, to *ssa.BasicBlock) bool {
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok || from.Succs[0] == from.Succs[1] {
		return false
	}
	cond, ok := branch.Cond.(*ssa.BinOp)
	if !ok || cond.X != v {
		return false
	}
	if c, ok := cond.Y.(*ssa.Const); !ok || c.Value != nil {
		return false
	}
	return cond.Op == token.NEQ && from.Succs[0] == to || cond.Op == token.EQL && from.Succs[1] == to
}
