// Package fact tells which facts are in force at a point, and which can hold
// together on one way through a function.
//
// Invariant: a fact that is listed holds whenever the point is reached.
package fact

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/result"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Conditions are the facts of a function: what holds at a point.
type Conditions struct {
	*result.Results
	turns   map[*ssa.BasicBlock][]term.Fact // what loops leave, by their heads
	leaving map[*ssa.BasicBlock][]term.Fact // of what has left them
	ran     map[*ssa.BasicBlock][]term.Fact // what branches leave of operations in them, by where they end
	ways    map[waysKey]outcomes            // by which what is tested has come
}

// New makes the conditions over the results of a function's calls.
func New(r *result.Results) *Conditions {
	none := func() map[*ssa.BasicBlock][]term.Fact { return map[*ssa.BasicBlock][]term.Fact{} }
	return &Conditions{Results: r, turns: none(), leaving: none(), ran: none(), ways: map[waysKey]outcomes{}}
}

// maxFacts is how many facts are kept at a point; the innermost ones win.
const maxFacts = 24

// Facts are the facts in force in a block, outermost first.
func (f *Conditions) Facts(b *ssa.BasicBlock) []term.Fact {
	var chain []*ssa.BasicBlock
	for x := b; x != nil; x = x.Idom() {
		chain = append(chain, x)
	}
	var out []term.Fact
	for i := len(chain) - 1; i >= 0; i-- {
		out = append(out, f.left(chain[i], b)...)
		if x := chain[i]; len(x.Preds) == 1 {
			out = append(out, f.Edge(x.Preds[0], x)...)
			out = append(out, f.everyTurn(x.Preds[0], x)...)
		} else {
			out = append(out, f.joined(x)...)
			out = append(out, f.arms(x)...)
			out = append(out, f.eitherWay(x)...)
			out = append(out, f.ifRan(x)...)
		}
	}
	out = algebra.Unique(out)
	if len(out) > maxFacts {
		out = out[len(out)-maxFacts:]
	}
	return out
}

// FactsOn are the facts in force on the way from a block to its successor.
func (f *Conditions) FactsOn(from, to *ssa.BasicBlock) []term.Fact {
	return algebra.Unique(slices.Concat(f.Facts(from), f.Edge(from, to), f.everyTurn(from, to)))
}

// Edge are the facts that a branch adds.
func (f *Conditions) Edge(from, to *ssa.BasicBlock) []term.Fact {
	if len(from.Instrs) == 0 {
		return nil
	}
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok || from.Succs[0] == from.Succs[1] {
		return nil
	}
	yes, no := f.Holds(branch.Cond)
	raised, lowered := f.flags(branch.Cond, from)
	if from.Succs[0] == to {
		return append(yes, raised...)
	}
	return append(no, lowered...)
}

// Holds are the facts that hold if a boolean is true, and if it is false.
func (f *Conditions) Holds(v ssa.Value) (yes, no []term.Fact) {
	switch v := v.(type) {
	case *ssa.UnOp:
		if v.Op == token.NOT {
			yes, no = f.Holds(v.X)
			return no, yes
		}
	case *ssa.BinOp:
		return f.compare(v)
	case *ssa.Phi:
		if yes, no = f.shortCircuit(v); len(yes) == 0 {
			yes = f.chosen(v, true)
		}
		if len(no) == 0 {
			no = f.chosen(v, false)
		}
		return yes, no
	case *ssa.Const:
		return nil, nil
	case *ssa.Lookup:
		yes, no = algebra.FactsOf(f.Value(v, v))
		return append(yes, put(f.Results, v)...), no
	case *ssa.Extract:
		if x, ok := v.Tuple.(*ssa.Lookup); ok && (v.Index == 1 || callsite.IsBasic(v.Type(), types.IsBoolean)) {
			yes, no = algebra.FactsOf(f.Value(v, v))
			return append(yes, put(f.Results, x)...), no
		}
	case *ssa.Call:
		if c := f.CallOf(v); c.Model != nil && c.Model.Verb == library.Tests && c.Model.Kind == "notnil" {
			return f.oneSided(c), nil
		}
	}
	var at ssa.Instruction
	if instr, ok := v.(ssa.Instruction); ok {
		at = instr
	}
	return algebra.FactsOf(f.Value(v, at))
}

// compare covers == != < <= > >=.
func (f *Conditions) compare(v *ssa.BinOp) (yes, no []term.Fact) {
	x, y, op := v.X, v.Y, v.Op
	if _, ok := x.(*ssa.Const); ok {
		x, y, op = y, x, mirrored(op)
	}
	test := wayTest{isNil: callsite.IsNilConst(y)}
	test.says = func(x ssa.Value, at ssa.Instruction) (yes, no []term.Fact) {
		if op == token.EQL || op == token.NEQ {
			return f.equal(x, y, at)
		}
		return f.ordered(x, y, op, at)
	}
	yes, no = f.said(test, x, v)
	if op == token.NEQ {
		return no, yes
	}
	return yes, no
}

func mirrored(op token.Token) token.Token {
	switch op {
	case token.LSS:
		return token.GTR
	case token.LEQ:
		return token.GEQ
	case token.GTR:
		return token.LSS
	case token.GEQ:
		return token.LEQ
	}
	return op
}

// equal covers x == y.
func (f *Conditions) equal(x, y ssa.Value, at ssa.Instruction) (yes, no []term.Fact) {
	if b, ok := callsite.BoolConst(y); ok {
		yes, no = f.Holds(x)
		if !b {
			yes, no = no, yes
		}
		return yes, no
	}
	if n, ok := callsite.IntConst(y); ok {
		if found, isIndex := indexOf(f.Results, x); isIndex && n == -1 {
			yes, no = algebra.Sides(term.Fact{Op: term.True, A: found})
			return no, yes
		}
		if arg := callsite.LenOf(x); arg != nil {
			yes, no = f.sized(arg, n == 0, n > 0, at)
			if n > 0 { // of another length it need not be empty
				no = nil
			}
			return yes, no
		}
		if a, b := f.constantTime(x); a != nil && n == 1 {
			return f.same(a, b, at)
		}
	}
	a, b := f.Value(x, at), f.Value(y, at)
	if a == nil || b == nil {
		return nil, nil
	}
	if algebra.IsZero(a) && !algebra.IsZero(b) {
		a, b, x = b, a, y
	}
	if algebra.IsZero(b) {
		if call, ok := x.(*ssa.Call); ok {
			if errs := f.Joined(f.CallOf(call)); errs != nil {
				return f.allNil(errs, at), nil
			}
		}
		return algebra.Zeroness(a, x.Type())
	}
	if library.IsError(x.Type()) { // err == ErrX
		if algebra.Unknown(a) {
			return nil, nil
		}
		return []term.Fact{{Op: term.NotNil, A: a}}, nil
	}
	return algebra.Equality(a, b)
}

// allNil are the facts that some errors are nil.
func (f *Conditions) allNil(errs []ssa.Value, at ssa.Instruction) []term.Fact {
	var out []term.Fact
	for _, x := range errs {
		if a := f.Value(x, at); a != nil {
			yes, _ := algebra.Zeroness(a, x.Type())
			out = append(out, yes...)
		}
	}
	return out
}

func (f *Conditions) same(x, y ssa.Value, at ssa.Instruction) (yes, no []term.Fact) {
	a, b := f.Value(x, at), f.Value(y, at)
	if a == nil || b == nil {
		return nil, nil
	}
	return algebra.Equality(a, b)
}

// ordered covers comparisons with a constant that separate zero from positive.
func (f *Conditions) ordered(x, y ssa.Value, op token.Token, at ssa.Instruction) (yes, no []term.Fact) {
	n, ok := callsite.IntConst(y)
	if !ok {
		return nil, nil
	}
	if found, isIndex := indexOf(f.Results, x); isIndex {
		yes, no = algebra.Sides(term.Fact{Op: term.True, A: found})
		switch {
		case op == token.GEQ && n == 0, op == token.GTR && n == -1:
			return yes, no
		case op == token.LSS && n == 0, op == token.LEQ && n == -1:
			return no, yes
		}
		return nil, nil
	}
	above := op == token.GTR && n >= 0 || op == token.GEQ && n >= 1 // true: positive
	below := op == token.LSS && n >= 1 || op == token.LEQ && n >= 0 // false: positive
	exact := op == token.GTR && n == 0 || op == token.GEQ && n == 1 || op == token.LSS && n == 1 || op == token.LEQ && n == 0
	if !above && !below {
		return nil, nil
	}
	arg := callsite.LenOf(x)
	if arg != nil {
		yes, no = f.sized(arg, false, true, at)
	} else {
		a := f.Value(x, at)
		if a == nil || algebra.HasUnknown(a) {
			return nil, nil
		}
		yes = []term.Fact{{Op: term.Positive, A: a}}
		if algebra.IsCount(a) {
			no = []term.Fact{{Op: term.IsZero, A: a}}
		}
	}
	if !exact {
		no = nil
	}
	if below {
		yes, no = no, yes
	}
	return yes, no
}

// sized covers len(x) == 0 and len(x) > 0.
func (f *Conditions) sized(arg ssa.Value, empty, full bool, at ssa.Instruction) (yes, no []term.Fact) {
	a := f.Value(arg, at)
	if a == nil || algebra.Unknown(a) {
		return nil, nil
	}
	switch {
	case empty:
		return algebra.Sides(term.Fact{Op: term.IsZero, A: a})
	case full:
		return algebra.Sides(term.Fact{Op: term.NonZero, A: a})
	}
	return nil, nil
}

// shortCircuit covers ok := a && b: if the phi is true and all edges but one are
// the constant false, the remaining one was taken.
func (f *Conditions) shortCircuit(v *ssa.Phi) (yes, no []term.Fact) {
	for _, want := range []bool{true, false} {
		var taken []int
		for i, e := range v.Edges {
			if b, ok := callsite.BoolConst(e); !ok || b == want {
				taken = append(taken, i)
			}
		}
		if len(taken) != 1 || f.BusyPhi(v) || v.Block().Dominates(v.Block().Preds[taken[0]]) {
			continue
		}
		facts := f.through(v, taken[0], want)
		if want {
			yes = facts
		} else {
			no = facts
		}
	}
	return yes, no
}

// through are the facts if the phi got its value over one edge.
func (f *Conditions) through(v *ssa.Phi, edge int, want bool) []term.Fact {
	defer f.Enter(v)()
	head := v.Block().Preds[edge]
	facts := f.FactsOn(head, v.Block())
	if _, ok := callsite.BoolConst(v.Edges[edge]); ok {
		return facts
	}
	if flag, ok := v.Edges[edge].(*ssa.Phi); ok && flag.Block() == head && f.Ranged(head) != nil && head.Succs[1] == v.Block() {
		return algebra.Unique(append(facts, f.flagged(flag, want)...))
	}
	yes, no := f.Holds(v.Edges[edge])
	if want {
		return algebra.Unique(append(facts, yes...))
	}
	return algebra.Unique(append(facts, no...))
}

// constantTime are the operands of a comparison that gives the number 1 if they are
// equal, in constant time.
func (f *Conditions) constantTime(v ssa.Value) (a, b ssa.Value) {
	call, ok := v.(*ssa.Call)
	if !ok {
		return nil, nil
	}
	c := f.CallOf(call)
	if c.Kind == callsite.Library && c.Model != nil && c.Model.Verb == library.Tests && c.Model.Kind == "one" {
		return c.Arg(c.Model.Of), c.Arg(c.Model.Args)
	}
	return nil, nil
}

// oneSided is what errors.Is says if it is true; false says nothing.
func (f *Conditions) oneSided(c *callsite.Call) []term.Fact {
	a := f.Value(c.Arg(c.Model.Of), c.Instr)
	if a == nil || algebra.Unknown(a) {
		return nil
	}
	return []term.Fact{{Op: term.NotNil, A: a}}
}
