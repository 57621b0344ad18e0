package flow

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// maxFacts is how many facts are kept at a point; the innermost ones win.
const maxFacts = 24

// Facts are the facts in force in a block, outermost first.
func (f *Frame) Facts(b *ssa.BasicBlock) []term.Fact {
	var chain []*ssa.BasicBlock
	for x := b; x != nil; x = x.Idom() {
		chain = append(chain, x)
	}
	var out []term.Fact
	for i := len(chain) - 1; i >= 0; i-- {
		if x := chain[i]; len(x.Preds) == 1 {
			out = append(out, f.edge(x.Preds[0], x)...)
		} else {
			out = append(out, f.joined(x)...)
		}
	}
	out = unique(out)
	if len(out) > maxFacts {
		out = out[len(out)-maxFacts:]
	}
	return out
}

// succeeds are the facts by which a check lets go on; that one has failed is of no use
// after its branch.
var succeeds = map[term.FactOp]bool{
	term.Eq: true, term.In: true, term.Nil: true, term.True: true, term.Positive: true, term.NonZero: true,
}

// maxImplied is how many facts are kept of a branch that has ended.
const maxImplied = 6

// joined are the facts that a branch without an else leaves where it ends: what it
// checked holds after it if its condition did.
//
//	if parent != nil { if _, err := load(*parent); err != nil { return err } }
//
// leaves implies(test(notnil(parent)), test(nil(#1.r1))).
func (f *Frame) joined(b *ssa.BasicBlock) []term.Fact {
	d := b.Idom()
	if len(b.Preds) < 2 || d == nil || len(d.Succs) != 2 || d.Succs[0] == d.Succs[1] {
		return nil
	}
	then := d.Succs[0]
	if then == b {
		then = d.Succs[1]
	}
	when := f.edge(d, then)
	if then == b || len(when) != 1 || len(then.Preds) != 1 || when[0].Op != term.NonZero && when[0].Op != term.NotNil {
		return nil
	}
	var common []term.Fact
	first := true
	for _, p := range b.Preds {
		switch {
		case p == d:
			continue
		case !then.Dominates(p):
			return nil
		}
		facts := slices.DeleteFunc(f.checkedIn(then, p, b), func(x term.Fact) bool { return !succeeds[x.Op] || x.String() == when[0].String() })
		if !first {
			facts = intersect(common, facts)
		}
		common, first = facts, false
	}
	if len(common) > maxImplied {
		common = common[len(common)-maxImplied:]
	}
	out := make([]term.Fact, len(common))
	for i, x := range common {
		out[i] = term.Fact{Op: term.Implies, A: &term.Test{Fact: when[0]}, B: &term.Test{Fact: x}}
	}
	return out
}

// checkedIn are the facts that hold on the edge from p to b and were found since the
// branch then was entered.
func (f *Frame) checkedIn(then, p, b *ssa.BasicBlock) []term.Fact {
	var out []term.Fact
	for x := p; x != then && x != nil; x = x.Idom() {
		if len(x.Preds) == 1 {
			out = append(f.edge(x.Preds[0], x), out...)
		}
	}
	return unique(append(out, f.edge(p, b)...))
}

// intersect keeps the facts of a that b has, too.
func intersect(a, b []term.Fact) []term.Fact {
	return slices.DeleteFunc(slices.Clone(a), func(x term.Fact) bool {
		return !slices.ContainsFunc(b, func(y term.Fact) bool { return x.String() == y.String() })
	})
}

// FactsOn are the facts in force on the way from a block to its successor.
func (f *Frame) FactsOn(from, to *ssa.BasicBlock) []term.Fact {
	return unique(append(f.Facts(from), f.edge(from, to)...))
}

// edge are the facts that a branch adds.
func (f *Frame) edge(from, to *ssa.BasicBlock) []term.Fact {
	if len(from.Instrs) == 0 {
		return nil
	}
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok || from.Succs[0] == from.Succs[1] {
		return nil
	}
	yes, no := f.Holds(branch.Cond)
	if from.Succs[0] == to {
		return yes
	}
	return no
}

func unique(facts []term.Fact) []term.Fact {
	seen := map[string]bool{}
	out := facts[:0:0]
	for _, x := range facts {
		if s := x.String(); !seen[s] {
			seen[s] = true
			out = append(out, x)
		}
	}
	return out
}

// Holds are the facts that hold if a boolean is true, and if it is false.
func (f *Frame) Holds(v ssa.Value) (yes, no []term.Fact) {
	switch v := v.(type) {
	case *ssa.UnOp:
		if v.Op == token.NOT {
			yes, no = f.Holds(v.X)
			return no, yes
		}
	case *ssa.BinOp:
		return f.compare(v)
	case *ssa.Phi:
		return f.shortCircuit(v)
	case *ssa.Const:
		return nil, nil
	case *ssa.Call:
		if c := f.CallOf(v); c.Model != nil && c.Model.Verb == library.Tests && c.Model.Kind == "notnil" {
			return f.oneSided(c), nil
		}
	}
	var at ssa.Instruction
	if instr, ok := v.(ssa.Instruction); ok {
		at = instr
	}
	return factsOf(f.Value(v, at))
}

// factsOf are the facts of a boolean term.
func factsOf(t term.Term) (yes, no []term.Fact) {
	switch t := t.(type) {
	case nil, *term.Const, *term.Join:
		return nil, nil
	case *term.Test:
		return sides(t.Fact)
	}
	if unknown(t) {
		return nil, nil
	}
	return []term.Fact{{Op: term.True, A: t}}, []term.Fact{{Op: term.False, A: t}}
}

var opposites = map[term.FactOp]term.FactOp{
	term.Eq: term.Ne, term.Ne: term.Eq, term.NonZero: term.IsZero, term.IsZero: term.NonZero,
	term.Nil: term.NotNil, term.NotNil: term.Nil, term.True: term.False, term.False: term.True,
}

// sides are a fact and its opposite, if that can be said.
func sides(x term.Fact) (yes, no []term.Fact) {
	yes = []term.Fact{x}
	if op, ok := opposites[x.Op]; ok {
		no = []term.Fact{{Op: op, A: x.A, B: x.B}}
	}
	return yes, no
}

// compare covers == != < <= > >=.
func (f *Frame) compare(v *ssa.BinOp) (yes, no []term.Fact) {
	x, y, op := v.X, v.Y, v.Op
	if _, ok := x.(*ssa.Const); ok {
		x, y, op = y, x, mirrored(op)
	}
	if op == token.NEQ {
		no, yes = f.equal(x, y, v)
		return yes, no
	}
	if op == token.EQL {
		return f.equal(x, y, v)
	}
	return f.ordered(x, y, op, v)
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
func (f *Frame) equal(x, y ssa.Value, at *ssa.BinOp) (yes, no []term.Fact) {
	if b, ok := boolConst(y); ok {
		yes, no = f.Holds(x)
		if !b {
			yes, no = no, yes
		}
		return yes, no
	}
	if n, ok := intConst(y); ok {
		if arg := lenOf(x); arg != nil {
			return f.sized(arg, n == 0, n > 0, at)
		}
		if a, b := f.constantTime(x); a != nil && n == 1 {
			return f.same(a, b, at)
		}
	}
	a, b := f.Value(x, at), f.Value(y, at)
	if a == nil || b == nil {
		return nil, nil
	}
	if isZero(a) && !isZero(b) {
		a, b, x = b, a, y
	}
	if isZero(b) {
		return zeroness(a, x.Type())
	}
	if isError(x.Type()) { // err == ErrX
		if unknown(a) {
			return nil, nil
		}
		return []term.Fact{{Op: term.NotNil, A: a}}, nil
	}
	return equality(a, b)
}

func (f *Frame) same(x, y ssa.Value, at ssa.Instruction) (yes, no []term.Fact) {
	a, b := f.Value(x, at), f.Value(y, at)
	if a == nil || b == nil {
		return nil, nil
	}
	return equality(a, b)
}

func equality(a, b term.Term) (yes, no []term.Fact) {
	if hasUnknown(a) || hasUnknown(b) {
		return nil, nil
	}
	if isCount(a) { // a number of rows equals a constant other than 0
		if c, ok := b.(*term.Const); ok && c.Kind == term.Number {
			return []term.Fact{{Op: term.Positive, A: a}}, nil
		}
	}
	return sides(term.Fact{Op: term.Eq, A: a, B: b})
}

// zeroness covers x == 0, "" and nil.
func zeroness(a term.Term, t types.Type) (yes, no []term.Fact) {
	if unknown(a) || isZero(a) {
		return nil, nil
	}
	if isError(t) {
		return sides(term.Fact{Op: term.Nil, A: a})
	}
	if isCount(a) {
		return []term.Fact{{Op: term.IsZero, A: a}}, []term.Fact{{Op: term.Positive, A: a}}
	}
	yes, no = sides(term.Fact{Op: term.IsZero, A: a})
	if Nilable(t) {
		yes = append(yes, term.Fact{Op: term.Null, A: a})
	}
	return yes, no
}

// Nilable tells the types whose zero value is nil, which a driver sends as NULL.
func Nilable(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Interface:
		return true
	}
	return false
}

// ordered covers comparisons with a constant that separate zero from positive.
func (f *Frame) ordered(x, y ssa.Value, op token.Token, at *ssa.BinOp) (yes, no []term.Fact) {
	n, ok := intConst(y)
	if !ok {
		return nil, nil
	}
	above := op == token.GTR && n >= 0 || op == token.GEQ && n >= 1 // true: positive
	below := op == token.LSS && n >= 1 || op == token.LEQ && n >= 0 // false: positive
	exact := op == token.GTR && n == 0 || op == token.GEQ && n == 1 || op == token.LSS && n == 1 || op == token.LEQ && n == 0
	if !above && !below {
		return nil, nil
	}
	arg := lenOf(x)
	if arg != nil {
		yes, no = f.sized(arg, false, true, at)
	} else {
		a := f.Value(x, at)
		if a == nil || hasUnknown(a) {
			return nil, nil
		}
		yes = []term.Fact{{Op: term.Positive, A: a}}
		if isCount(a) {
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
func (f *Frame) sized(arg ssa.Value, empty, full bool, at ssa.Instruction) (yes, no []term.Fact) {
	a := f.Value(arg, at)
	if a == nil || unknown(a) {
		return nil, nil
	}
	switch {
	case empty:
		return sides(term.Fact{Op: term.IsZero, A: a})
	case full:
		return sides(term.Fact{Op: term.NonZero, A: a})
	}
	return nil, nil
}

// shortCircuit covers ok := a && b: if the phi is true and all edges but one are
// the constant false, the remaining one was taken.
func (f *Frame) shortCircuit(v *ssa.Phi) (yes, no []term.Fact) {
	for _, want := range []bool{true, false} {
		var taken []int
		for i, e := range v.Edges {
			if b, ok := boolConst(e); !ok || b == want {
				taken = append(taken, i)
			}
		}
		if len(taken) != 1 || f.busyPhi(v) || v.Block().Dominates(v.Block().Preds[taken[0]]) {
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
func (f *Frame) through(v *ssa.Phi, edge int, want bool) []term.Fact {
	defer f.enter(v)()
	facts := f.FactsOn(v.Block().Preds[edge], v.Block())
	if _, ok := boolConst(v.Edges[edge]); ok {
		return facts
	}
	yes, no := f.Holds(v.Edges[edge])
	if want {
		return unique(append(facts, yes...))
	}
	return unique(append(facts, no...))
}

func (f *Frame) busyPhi(v *ssa.Phi) bool {
	_, ok := f.busy[memoKey{v: v, at: v}]
	return ok
}

func boolConst(v ssa.Value) (value, ok bool) {
	c, isConst := v.(*ssa.Const)
	if !isConst || c.Value == nil || c.Value.Kind() != constant.Bool {
		return false, false
	}
	return constant.BoolVal(c.Value), true
}

func intConst(v ssa.Value) (int64, bool) {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.Int {
		return 0, false
	}
	return constant.Int64Val(c.Value)
}

func lenOf(v ssa.Value) ssa.Value {
	call, ok := v.(*ssa.Call)
	if !ok {
		return nil
	}
	if b, ok := call.Call.Value.(*ssa.Builtin); ok && b.Name() == "len" {
		return call.Call.Args[0]
	}
	return nil
}

// constantTime are the operands of a comparison that gives the number 1 if they are
// equal, in constant time.
func (f *Frame) constantTime(v ssa.Value) (a, b ssa.Value) {
	call, ok := v.(*ssa.Call)
	if !ok {
		return nil, nil
	}
	c := f.CallOf(call)
	if c.Kind == Library && c.Model != nil && c.Model.Verb == library.Tests && c.Model.Kind == "one" {
		return c.Arg(c.Model.Of), c.Arg(c.Model.Args)
	}
	return nil, nil
}

// oneSided is what errors.Is says if it is true; false says nothing.
func (f *Frame) oneSided(c *Call) []term.Fact {
	a := f.Value(c.Arg(c.Model.Of), c.Instr)
	if a == nil || unknown(a) {
		return nil
	}
	return []term.Fact{{Op: term.NotNil, A: a}}
}

// stated is the fact that a library's boolean function states.
func (f *Frame) stated(c *Call) term.Term {
	x, y := c.Arg(c.Model.Of), c.Arg(c.Model.Args)
	if x == nil {
		return term.Why("condition")
	}
	a := f.Value(x, c.Instr)
	if a == nil {
		return nil
	}
	fact := term.Fact{A: a}
	switch c.Model.Kind {
	case "eq":
		fact.Op = term.Eq
	case "in":
		fact.Op = term.In
	case "notnil":
		return term.Why("condition")
	case "one": // a number
		return term.Why("call " + c.Model.Key)
	case "nonzero":
		fact.Op = term.NonZero
	case "iszero":
		fact.Op = term.IsZero
	}
	if fact.Op == term.Eq || fact.Op == term.In {
		if y == nil {
			return term.Why("condition")
		}
		if fact.B = f.Value(y, c.Instr); fact.B == nil {
			return nil
		}
		if hasUnknown(fact.B) {
			return term.Why("condition")
		}
	}
	if unknown(a) {
		return term.Why("condition")
	}
	return &term.Test{Fact: fact}
}

func unknown(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && o.Kind == term.Unknown
}

func hasUnknown(t term.Term) bool {
	for _, leaf := range term.Leaves(t) {
		if unknown(leaf) {
			return true
		}
	}
	return false
}

func isCount(t term.Term) bool {
	r, ok := t.(*term.Result)
	if !ok || len(r.Steps) == 0 {
		return false
	}
	last := r.Steps[len(r.Steps)-1]
	return last.Kind == term.PseudoStep && last.Name == "count"
}

func hasZeroLeaf(t term.Term) bool {
	j, ok := t.(*term.Join)
	if !ok {
		return false
	}
	for _, x := range j.Terms {
		if isZero(x) {
			return true
		}
	}
	return false
}

// refine drops zero from a join that is known not to be zero.
func refine(t term.Term, facts []term.Fact) term.Term {
	for _, x := range facts {
		if x.Op == term.NonZero && hasZeroLeaf(x.A) {
			t = replace(t, x.A.String(), x.A)
		}
	}
	return t
}

// replace puts a join without its zero in the place of the join.
func replace(t term.Term, text string, whole term.Term) term.Term {
	switch x := t.(type) {
	case *term.Join:
		if x.String() != text {
			return t
		}
		var rest []term.Term
		for _, leaf := range whole.(*term.Join).Terms {
			if !isZero(leaf) {
				rest = append(rest, leaf)
			}
		}
		return term.JoinOf(rest...)
	case *term.Struct:
		fields := make([]term.Field, len(x.Fields))
		for i, fl := range x.Fields {
			fields[i] = term.Field{Name: fl.Name, Term: replace(fl.Term, text, whole)}
		}
		return &term.Struct{Type: x.Type, Base: x.Base, Fields: fields}
	case *term.List:
		elems := make([]term.Term, len(x.Elems))
		for i, e := range x.Elems {
			elems[i] = replace(e, text, whole)
		}
		return &term.List{Elems: elems, Open: x.Open}
	case *term.Func:
		bind := make([]term.Field, len(x.Bind))
		for i, fl := range x.Bind {
			bind[i] = term.Field{Name: fl.Name, Term: replace(fl.Term, text, whole)}
		}
		return &term.Func{Symbol: x.Symbol, Bind: bind}
	}
	return t
}

// At is the term of v at a point, given the facts in force there.
func (f *Frame) At(v ssa.Value, at ssa.Instruction) term.Term {
	t := f.Term(v, at)
	return refine(t, f.Facts(at.Block()))
}
