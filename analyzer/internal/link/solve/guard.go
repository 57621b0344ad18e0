package solve

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// rises leaves a part of the request open, if some middleware of the program
// reads it, too: callers may have checked it, or a route to it.
func (p *Solver) rises(a obligation.Atom, o *term.Origin) bool {
	if a.Kind == proof.NonZero || a.Kind == proof.Zero {
		return false
	}
	if term.HasHandedName(o) {
		return true // who hands it the name knows which part it is
	}
	return term.IsRepeatable(o) && p.chains.ReadByMiddleware(o)
}

// InCaller decides an atom in the next function. A part of the request is what it
// was: why it is the client's has been said where it is read.
func (p *Solver) InCaller(at *pathcond.Env, before, a obligation.Atom) obligation.Value {
	v := orNobody(a, p.Prove(at, a))
	if !term.IsRepeatable(before.T) && !term.HasHandedName(before.T) {
		return v
	}
	v.Fails = nil
	return v
}

// ByFacts decides an atom by what is known at the place: equal values, rows
// that were seen, and calls whose outcome was tested.
func (p *Solver) ByFacts(e *pathcond.Env, a obligation.Atom) obligation.Value {
	v := obligation.Value{}
	for _, f := range e.Facts {
		v = obligation.Or(v, p.byFact(e, a, f))
	}
	return obligation.Or(v, byTested(p, e, a, pathcond.Tested(e)))
}

// byTested decides an atom by operations whose outcome was tested.
func byTested(p *Solver, e *pathcond.Env, a obligation.Atom, ops []int) obligation.Value {
	v := obligation.Value{}
	for _, k := range ops {
		o := e.Fn.Ops[k]
		if run := p.stmts.RunAt(e.Fn, k); run != nil {
			v = obligation.Or(v, p.byRows(e, a, run))
		}
		switch {
		case o.Call == nil:
		case o.Call.Kind != unit.Library:
			v = obligation.Or(v, p.ByOutcome(e, a, k, o.Call))
		default:
			v = obligation.Or(v, byAsking(p, e, a, k, o.Call))
		}
		if o.Call != nil {
			v = obligation.Or(v, byHanded(p, e, a, k, o.Call))
		}
	}
	return v
}

func (p *Solver) byFact(e *pathcond.Env, a obligation.Atom, f term.Fact) obligation.Value {
	switch f.Op {
	case term.Eq:
		if term.Same(f.A, a.T) {
			return p.Prove(e, a.On(f.B))
		}
		if term.Same(f.B, a.T) {
			return p.Prove(e, a.On(f.A))
		}
	case term.In:
		if term.Same(f.A, a.T) {
			return p.Prove(e, a.On(term.Elements(f.B)))
		}
	case term.Checked:
		if bySibling(p, e, a, f) {
			return obligation.Value{}
		}
		return p.byChecker(a, f)
	case term.NonZero, term.NotNil, term.Positive, term.True:
		if a.Kind == proof.NonZero && term.IsUnlessZero(f.A, a.T) {
			return obligation.Yes(obligation.Notes{})
		}
	case term.Implies:
		return p.byImplied(e, a, f)
	case term.Every:
		return p.byEvery(e, a, f)
	case term.Left:
		return byLeft(p, e, a, f)
	case term.IsZero, term.Nil, term.Null:
		// Of a row whose owner is asked for, a reference that is not there says nothing.
		if p.alone == 0 && term.Same(f.A, a.T) && a.Kind != proof.NonZero && (!a.Null || f.Op == term.Null) {
			return obligation.Yes(p.restingOn(f.Op == term.IsZero, a))
		}
	}
	return obligation.Value{}
}

// byImplied decides an atom by what a branch checked whose condition was that the
// value is there: where it is not, the value is zero, and no row has a zero key.
func (p *Solver) byImplied(e *pathcond.Env, a obligation.Atom, f term.Fact) obligation.Value {
	when, ok := f.A.(*term.Test)
	if !ok || a.Kind != proof.Key && !a.IsTenant() || a.Null {
		return obligation.Value{}
	}
	if n, set := wired(p, e, when.Fact, term.NonZero, term.NotNil); set {
		return p.Prove(p.conds.Then(e, f), a).Noted(n)
	}
	if !there(when.Fact, a.T) {
		if !pathcond.Compares(e, f, a.T) && !pathcond.AskedInBoth(e, f, a.T) {
			return obligation.Value{}
		}
		return byCases(p, e, a, f)
	}
	if p.alone > 0 {
		return obligation.Value{} // nor what was asked only where it is there
	}
	facts := append(slices.Clone(e.Facts), when.Fact)
	for _, x := range e.Facts {
		other, _ := x.A.(*term.Test)
		if then, ok := x.B.(*term.Test); x.Op == term.Implies && ok && other != nil && other.Fact.String() == when.Fact.String() {
			facts = append(facts, then.Fact)
		}
	}
	facts = slices.DeleteFunc(facts, func(x term.Fact) bool { return x.Op == term.Implies })
	return p.Prove(p.conds.At(e.Fn, facts), a).Noted(p.restingOn(when.Fact.Op == term.NonZero, a))
}

// restingOn is what it rests on that a value finds nothing: one that is zero finds no
// row if none has a zero key, and one that is nil none at all.
func (p *Solver) restingOn(zero bool, a obligation.Atom) obligation.Notes {
	if !zero {
		return obligation.Notes{}
	}
	return p.noZeroKey(a)
}

// byEvery decides an atom on an element of a list by what a loop found of each of them.
func (p *Solver) byEvery(e *pathcond.Env, a obligation.Atom, f term.Fact) obligation.Value {
	holds, isTest := f.B.(*term.Test)
	t, ok := term.AsElement(f.A, a.T)
	if !ok || !isTest {
		return obligation.Value{}
	}
	return p.Prove(p.conds.At(e.Fn, spokenOf(e, f, holds)), a.On(t))
}

// spokenOf are the facts of e in which what facts like f, a test, hold of the same thing
// stands by itself.
func spokenOf(e *pathcond.Env, f term.Fact, holds *term.Test) []term.Fact {
	facts := []term.Fact{holds.Fact}
	for _, x := range e.Facts {
		other, isTest := x.B.(*term.Test)
		switch {
		case x.Op != f.Op:
			facts = append(facts, x)
		case isTest && term.Same(x.A, f.A):
			facts = append(facts, other.Fact)
		}
	}
	return facts
}

// byLeft decides an atom on what a loop had in hand by what held wherever it left the loop.
func byLeft(p *Solver, e *pathcond.Env, a obligation.Atom, f term.Fact) obligation.Value {
	holds, isTest := f.B.(*term.Test)
	_, part := term.StepsTo(f.A, a.T)
	if !isTest || !part && !term.Same(f.A, a.T) {
		return obligation.Value{}
	}
	return p.Prove(p.conds.At(e.Fn, spokenOf(e, f, holds)), a)
}

// there reports whether a fact is that a value, or what it is a part of, is not zero.
func there(f term.Fact, t term.Term) bool {
	if f.Op != term.NonZero && f.Op != term.NotNil {
		return false
	}
	_, part := term.StepsTo(f.A, t)
	return part || term.Same(t, f.A)
}

// wired is what it rests on that a fact holds, or never does, of whatever object a method is
// called on: it asks for a field that the program sets wherever it makes one.
//
//	if s.access != nil { … }    // in a program that gives every service its access
func wired(p *Solver, e *pathcond.Env, x term.Fact, ops ...term.FactOp) (obligation.Notes, bool) {
	if p.alone > 0 || !slices.Contains(ops, x.Op) {
		return obligation.Notes{}, false
	}
	field := p.fields.Of(e.Fn, x.A)
	if field == nil {
		return obligation.Notes{}, false
	}
	n, set := p.Prove(p.conds.At(e.Fn, nil), obligation.Atom{Kind: proof.NonZero, T: field}).Settled()
	return n.With(obligation.Assuming(trust.FieldIsSet.Premise(unit.Short(field.Name), field.Steps[0].Name))), set
}

// neverEnds reports whether a way of a function is taken only where a field is empty that
// the program sets wherever it makes such an object, and on what that rests.
func neverEnds(p *Solver, e *pathcond.Env) (obligation.Notes, bool) {
	for _, x := range e.Facts {
		if n, set := wired(p, e, x, term.IsZero, term.Nil); set {
			return n, true
		}
	}
	return obligation.Notes{}, false
}

// byRows: a row of statement k was seen, so a column of it that is compared
// with the atom's value is what the row's owner makes of it.
func (p *Solver) byRows(e *pathcond.Env, a obligation.Atom, r *unit.Run) obligation.Value {
	if a.Kind == proof.NonZero || a.Kind == proof.Zero {
		return obligation.Value{}
	}
	texts := p.stmts.Of(e.Fn, r)
	if texts.Reason != "" || texts.Open || len(texts.List) == 0 {
		return obligation.Value{}
	}
	v := obligation.Yes(obligation.Notes{})
	for _, s := range texts.List {
		if s.Broken != "" {
			return obligation.Value{}
		}
		got := obligation.Value{}
		if Met(e, r.N, s) {
			got = p.bySeen(e, a, r, s)
		}
		v = obligation.And(v, got)
	}
	return v
}

// Met reports whether the facts imply that some row met the conditions of statement s,
// which operation n runs.
func Met(e *pathcond.Env, n int, s *statement.Statement) bool {
	saw := rowflow.SawRow(e.Facts, n)
	return s.Proof.Certain && saw || rowflow.SawWitness(e.Facts, n, s.Proof) && (saw || !s.Proof.Absent) // false is also what a look-up that failed leaves
}

// bySeen uses the columns of a row that was seen which are compared with the
// atom's value.
func (p *Solver) bySeen(e *pathcond.Env, a obligation.Atom, r *unit.Run, s *statement.Statement) obligation.Value {
	v := obligation.Value{}
	for _, b := range s.Proof.Bounds {
		if !term.Same(p.stmts.Bind(e.Fn, r, s, b.Hole), a.T) {
			continue
		}
		t := s.Proof.Relations[b.Relation].Table
		if a.Kind == proof.Principal {
			continue // that a member exists does not make it the caller
		}
		n, ok := implies(s, t, b.Column, a)
		if !ok {
			continue
		}
		v = obligation.Or(v, tiedBut(p, e, r, s, s.Relation(b.Relation), beside(a, s, t, b.Column)).Noted(n))
	}
	return v
}

// ByOutcome: call k ended as it was tested to, so whatever its function checks
// before it ends so holds for the arguments.
func (p *Solver) ByOutcome(e *pathcond.Env, a obligation.Atom, k int, c *unit.Call) obligation.Value {
	targets, known := p.graph.Callees(e.Fn, c)
	if !known {
		return obligation.Value{}
	}
	v := obligation.Yes(obligation.Notes{})
	for _, target := range targets {
		at := inCallee(p, e, target, a.T)
		if len(at) == 0 {
			return obligation.Value{}
		}
		got := obligation.Or(p.checkedBy(e, a, k, target, at), byOwnerOf(p, e, a, k, target, at))
		if target.Soft != "" {
			got = got.Noted(obligation.Assuming(target.Soft.Premise()))
		}
		v = obligation.And(v, got)
	}
	return v
}

// inCallee are the values that are in a callee what a value is in its caller.
func inCallee(p *Solver, e *pathcond.Env, c callgraph.Callee, t term.Term) []term.Term {
	frame := e.Sure(c.Frame())
	o, ok := t.(*term.Origin)
	if ok && o.Kind == term.Request {
		for i, a := range frame.Args {
			frame.Args[i] = p.conds.Requested(e, a)
		}
	}
	at := frame.Positions(t)
	if term.IsRepeatable(t) {
		for _, part := range c.Frame().Renamed(o) { // the callee reads the same request
			at = append(at, term.Inside(part.(*term.Origin)))
		}
	}
	return at
}

// byHanded decides an atom by what a function literal has checked that a call was handed, by
// however it may have ended, or by what it loaded into a variable that is compared behind the
// call.
//
//	err := inTx(ctx, func(tx *sql.Tx) error { return tx.QueryRow(…, id).Scan(&org) })
//	if err != nil || org != mine { return }
func byHanded(p *Solver, e *pathcond.Env, a obligation.Atom, k int, c *unit.Call) obligation.Value {
	v := obligation.Value{}
	for j := range c.Args {
		handed, known := pathcond.Handed(p.graph, c, j)
		if known && len(inCallee(p, e, handed[0], a.T)) > 0 && p.conds.Ran(e, k, j) {
			v = obligation.Or(v, byEnds(p, e, a, k, j))
		}
	}
	return v
}

// byEnds decides an atom at all ends of the function that argument j of call k is.
func byEnds(p *Solver, e *pathcond.Env, a obligation.Atom, k, j int) obligation.Value {
	ends, known := p.conds.Ends(e, k, j)
	if !known || len(ends) == 0 {
		return obligation.Value{}
	}
	v := obligation.Yes(obligation.Notes{})
	for _, x := range ends {
		got := obligation.Value{}
		for _, t := range inCallee(p, e, x.Callee, a.T) {
			got = obligation.Or(got, p.Prove(x.At, a.On(t)))
		}
		v = obligation.And(v, p.Lift(e, got, x.Callee, e.Fn.Ops[k].Call))
	}
	return v
}

// byAsking decides an atom on an element of a list by what a library asked a function about
// each of them, where it said yes of none.
//
//	if slices.ContainsFunc(ids, func(id string) bool { return !mine(id) }) { return }
func byAsking(p *Solver, e *pathcond.Env, a obligation.Atom, k int, c *unit.Call) obligation.Value {
	if !c.AsksAny() || len(c.Args) < 2 || !pathcond.SaidNo(e, k) {
		return obligation.Value{}
	}
	elem := term.Select(c.Args[0], term.Step{Kind: term.ElemStep})
	t, ok := term.AsElement(elem, a.T)
	if !ok {
		return obligation.Value{}
	}
	targets, known := p.graph.Callees(e.Fn, &unit.Call{Kind: unit.Dynamic, Value: c.Args[1], Args: []term.Term{elem}})
	if !known {
		return obligation.Value{}
	}
	v := obligation.Yes(obligation.Notes{})
	for _, target := range targets {
		at := e.Sure(target.Frame()).Positions(t)
		if len(at) == 0 {
			return obligation.Value{}
		}
		v = obligation.And(v, p.checkedBy(e, a.On(t), k, target, at))
	}
	return v
}

func (p *Solver) checkedBy(e *pathcond.Env, a obligation.Atom, k int, target callgraph.Callee, at []term.Term) obligation.Value {
	v, possible := obligation.Yes(obligation.Notes{}), false
	exempt, sure := obligation.Notes{}, false
	for i := range target.Fn.Gives {
		inner, ok := p.conds.Outcome(e, k, target.Fn, &target.Fn.Gives[i])
		if !ok {
			continue
		}
		possible = true
		if n, never := neverEnds(p, inner); never {
			exempt = exempt.With(n)
			continue
		}
		got := obligation.Value{}
		for _, t := range at {
			got = obligation.Or(got, p.Prove(inner, a.On(t)))
		}
		got = p.Lift(e, got, target, e.Fn.Ops[k].Call)
		if !a.OnConnection() && !obligation.IsSettled(got) && p.TestsStaff(target.Fn, rowflow.MaxRowDepth) {
			if n, ok := p.Exempt(inner, func(v obligation.Value) obligation.Value { return p.Lift(e, v, target, e.Fn.Ops[k].Call) }); ok {
				exempt = exempt.With(n)
				continue
			}
		}
		sure = true
		v = obligation.And(v, got)
	}
	if !possible || !sure {
		return obligation.Value{}
	}
	return v.Noted(exempt)
}

// Where one of two conditions is enough, either of them may have let the way go on.
//
//	if org != mine && !isOperator(user) { return }     // leaves implies(test(ne(org, mine)), test(true(#1.r0)))
//
// What holds in both cases holds; and who wrote that staff passes beside those of whom it
// does has decided so.

// byCases decides an atom in each of the two cases of an implication, by what is known in
// that case alone. That it fails in one of them is no news: the atom itself has its causes.
func byCases(p *Solver, e *pathcond.Env, a obligation.Atom, f term.Fact) obligation.Value {
	if p.inCase || pathcond.ManyCases(e) || !pathcond.AskedInBoth(e, f, a.T) && !oneSays(p, e, a, f) {
		return obligation.Value{}
	}
	v := inCases(p, e, f, func(e *pathcond.Env, facts []term.Fact) obligation.Value {
		v := byTested(p, e, a, pathcond.Tested(p.conds.At(e.Fn, facts)))
		for _, x := range facts {
			v = obligation.Or(v, p.byFact(e, a, x))
		}
		return v
	})
	v.Fails = nil
	return v
}

// oneSays reports whether an equality of one of the cases alone decides an atom, or is one of
// what was found by its value. To put oneself
// into a case costs much, and most implications have nothing to do with it.
func oneSays(p *Solver, e *pathcond.Env, a obligation.Atom, f term.Fact) bool {
	return slices.ContainsFunc(term.Cases(f), func(facts []term.Fact) bool {
		return slices.ContainsFunc(facts, func(x term.Fact) bool {
			return x.Op == term.Eq && (len(p.byFact(e, a, x).Alts) > 0 || pathcond.FoundBy(e, x, a.T))
		})
	})
}

// inCases is what holds in both cases of an implication, whatever holds where only staff
// comes to. Whether one who rules is staff is asked where it holds of everybody else: who
// belongs to the tenant has no need of it.
func inCases(p *Solver, e *pathcond.Env, f term.Fact, in func(*pathcond.Env, []term.Fact) obligation.Value) obligation.Value {
	// No cases in cases, also in those of a function that is asked on the way: they would
	// multiply, and so would the questions if their answers were not remembered. What is
	// remembered of one is less than could be known, never more.
	if p.inCase {
		return obligation.Value{}
	}
	p.inCase = true
	defer func() { p.inCase = false }()
	type outcome struct {
		at    *pathcond.Env
		facts []term.Fact
		got   obligation.Value
	}
	var outcomes []outcome
	possible := false
	rest := slices.DeleteFunc(slices.Clone(e.Facts), func(x term.Fact) bool { return x.Op == term.Implies }) // no cases in cases
	for _, facts := range term.Cases(f) {
		at := p.conds.At(e.Fn, append(slices.Clone(rest), facts...))
		got := in(at, facts)
		outcomes = append(outcomes, outcome{at, facts, got})
		possible = possible || len(got.Alts) > 0
	}
	if !possible {
		return obligation.Value{}
	}
	v, exempt, sure := obligation.Yes(obligation.Notes{}), obligation.Notes{}, false
	for _, o := range outcomes {
		if !obligation.IsSettled(o.got) {
			if n, ok := p.Passes(o.at, o.facts); ok {
				exempt = exempt.With(n)
				continue
			}
		}
		v, sure = obligation.And(v, o.got), true
	}
	if !sure {
		return obligation.Value{}
	}
	return v.Noted(exempt)
}
