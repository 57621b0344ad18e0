package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// byFacts decides an atom by what is known at the place: equal values, rows
// that were seen, and calls whose outcome was tested.
func (p *program) byFacts(e *env, a atom) value {
	v := value{}
	for _, f := range e.facts {
		v = or(v, p.byFact(e, a, f))
	}
	for _, k := range tested(e) {
		o := e.fn.ops[k]
		if run := p.runAt(e.fn, k); run != nil {
			v = or(v, p.byRows(e, a, run))
		}
		switch {
		case o.call == nil:
		case o.call.Kind != unit.Library:
			v = or(v, p.byOutcome(e, a, k, o.call))
		}
	}
	return v
}

func (p *program) byFact(e *env, a atom, f term.Fact) value {
	switch f.Op {
	case term.Eq:
		if same(f.A, a.t) {
			return p.prove(e, a.on(f.B))
		}
		if same(f.B, a.t) {
			return p.prove(e, a.on(f.A))
		}
	case term.In:
		if same(f.A, a.t) {
			return p.prove(e, a.on(elements(f.B)))
		}
	case term.Checked:
		return p.byChecker(a, f)
	case term.NonZero, term.NotNil, term.Positive, term.True:
		if a.kind == proof.NonZero && isValueOf(a.t, f.A) {
			return yes(notes{})
		}
	case term.IsZero, term.Nil, term.Null:
		if same(f.A, a.t) && a.kind != proof.NonZero && (!a.null || f.Op == term.Null) {
			return yes(notes{})
		}
	}
	return value{}
}

// isValueOf tells whether t is the term, or one of the values that it may be;
// zero is not: it is what the term was found not to be.
func isValueOf(t, whole term.Term) bool {
	if zero, known := isZero(t); known && zero {
		return false
	}
	for _, leaf := range term.Leaves(whole) {
		if same(leaf, t) {
			return true
		}
	}
	return same(t, whole)
}

// byRows: a row of statement k was seen, so a column of it that is compared
// with the atom's value is what the row's owner makes of it.
func (p *program) byRows(e *env, a atom, r *unit.Run) value {
	if a.kind == proof.NonZero || a.kind == proof.Zero {
		return value{}
	}
	texts := p.statements(e.fn, r)
	if texts.reason != "" || texts.open || len(texts.list) == 0 {
		return value{}
	}
	v := yes(notes{})
	for _, s := range texts.list {
		if s.broken != "" {
			return value{}
		}
		got := value{}
		if sawRow(e, r.N) && s.proof.Certain {
			got = p.bySeen(e, a, r, s)
		}
		if s.proof.Holds >= 0 && sawWitness(e, r.N, s) {
			got = or(got, p.bySeen(e, a, r, s))
		}
		v = and(v, got)
	}
	return v
}

// sawRow tells whether the facts imply that the statement gave a row.
func sawRow(e *env, n int) bool {
	for _, f := range e.facts {
		if f.Op == term.Eq && (column(f.A, n) || column(f.B, n)) {
			return true
		}
		if r := pseudo(f.A, n); r != "" {
			switch {
			case r == "scan" && f.Op == term.Nil, r == "some" && f.Op == term.True,
				r == "count" && (f.Op == term.Positive || f.Op == term.NonZero || f.Op == term.Eq && isOne(f.B)):
				return true
			}
			continue
		}
		if (f.Op == term.True || f.Op == term.Positive || f.Op == term.NonZero) && fromRun(f.A, n) {
			return true
		}
	}
	return false
}

func isOne(t term.Term) bool {
	c, ok := t.(*term.Const)
	return ok && c.Text == "1"
}

func pseudo(t term.Term, n int) string {
	r, ok := t.(*term.Result)
	if !ok || r.Call != n || len(r.Steps) != 1 || r.Steps[0].Kind != term.PseudoStep {
		return ""
	}
	return r.Steps[0].Name
}

func column(t term.Term, n int) bool {
	r, ok := t.(*term.Result)
	return ok && r.Call == n && isRowPart(r)
}

// sawWitness tells whether the boolean or the count that speaks of other rows
// was tested.
func sawWitness(e *env, n int, s *stmt) bool {
	for _, f := range e.facts {
		r, ok := f.A.(*term.Result)
		if !ok || r.Call != n || len(r.Steps) != 1 || r.Steps[0].Kind != term.ColumnStep {
			continue
		}
		if st := r.Steps[0]; st.Name == "" && st.Index != s.proof.Holds {
			continue
		}
		switch f.Op {
		case term.True, term.NonZero, term.Positive:
			return true
		case term.Eq:
			if c, ok := f.B.(*term.Const); ok && (c.Text == "true" || s.proof.Counts && c.Text != "0") {
				return true
			}
		}
	}
	return false
}

// bySeen uses the columns of a row that was seen which are compared with the
// atom's value.
func (p *program) bySeen(e *env, a atom, r *unit.Run, s *stmt) value {
	v := value{}
	for _, b := range s.proof.Bounds {
		if !same(p.hole(e.fn, r, s, b.Hole), a.t) {
			continue
		}
		t := s.proof.Relations[b.Relation].Table
		if a.kind == proof.Principal {
			continue // that a member exists does not make it the caller
		}
		n, ok := implies(s, t, b.Column, a)
		if !ok {
			continue
		}
		v = or(v, p.tied(e, r, s, s.relation(b.Relation), a.kind).noted(n))
	}
	return v
}

// byOutcome: call k ended as it was tested to, so whatever its function checks
// before it ends so holds for the arguments.
func (p *program) byOutcome(e *env, a atom, k int, c *unit.Call) value {
	targets, known := p.callees(e.fn, c)
	if !known {
		return value{}
	}
	v := yes(notes{})
	for _, target := range targets {
		at := e.sure(target.frame()).positions(a.t)
		if o, ok := a.t.(*term.Origin); ok && o.Kind == term.Request && repeatable(o) {
			at = append(at, a.t) // the callee reads the same request
		}
		if len(at) == 0 {
			return value{}
		}
		got := p.checkedBy(e, a, k, target, at)
		if target.soft != "" {
			got = got.noted(assume(target.soft.Premise()))
		}
		v = and(v, got)
	}
	return v
}

// sure drops zero from arguments that may be zero, or a part of what was found
// not to be: user.ID of a user that is there.
func (e *env) sure(b frame) frame {
	out := frame{args: slices.Clone(b.args), free: b.free}
	for i, a := range out.args {
		part, ok := onlyValue(a)
		if ok && slices.ContainsFunc(e.facts, func(f term.Fact) bool { return f.Op == term.NonZero && isPartOfValue(part, f.A) }) {
			out.args[i] = part
		}
	}
	return out
}

// onlyValue is what a term is that may also be zero.
func onlyValue(t term.Term) (term.Term, bool) {
	j, ok := t.(*term.Join)
	if !ok || len(j.Terms) != 2 {
		return nil, false
	}
	for i, leaf := range j.Terms {
		if zero, known := isZero(leaf); known && zero {
			return j.Terms[1-i], true
		}
	}
	return nil, false
}

func isPartOfValue(part, found term.Term) bool {
	whole, ok := onlyValue(found)
	if !ok {
		return false
	}
	_, below := suffix(whole, part)
	return below || same(whole, part)
}

// repeatable tells the parts of a request that are the same however often they
// are read.
func repeatable(o *term.Origin) bool {
	return o.Name != "" && o.Name != "?" && o.Group != "body" && o.Group != "argument" && o.Group != "message"
}

func (p *program) checkedBy(e *env, a atom, k int, target callee, at []term.Term) value {
	v, possible := yes(notes{}), false
	exempt, sure := notes{}, false
	for i := range target.fn.Gives {
		facts, ok := p.outcome(e, k, target.fn, &target.fn.Gives[i])
		if !ok {
			continue
		}
		possible = true
		inner := p.at(target.fn, facts)
		got := value{}
		for _, t := range at {
			got = or(got, p.prove(inner, a.on(t)))
		}
		got = p.lift(e, got, target, e.fn.ops[k].call)
		if !isSettled(got) && p.testsStaff(target.fn, maxRowDepth) {
			if n, ok := p.exempt(inner); ok {
				exempt = exempt.with(n)
				continue
			}
		}
		sure = true
		v = and(v, got)
	}
	if !possible || !sure {
		return value{}
	}
	return v.noted(exempt)
}
