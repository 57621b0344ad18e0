package proof

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// equalities is the equivalence that a conjunction of atoms makes among terms,
// and why two terms are equal.
type equalities struct {
	p     *solver
	class []termID // union-find, by term
	arcs  map[termID][]arc
	mem   []atom
	terms []termID // the terms that the atoms speak of, in order of first mention
	flags []atom   // nullAtom, notNullAtom, flagAtom
}

// An arc is one equality, seen from one of its sides.
type arc struct {
	to   termID
	atom *atom
}

// equalities reads a conjunction; terms made later are in no class.
func (p *solver) equalities(atoms []atom) *equalities {
	q := &equalities{p: p, class: make([]termID, len(p.terms)), arcs: map[termID][]arc{}}
	for i := range q.class {
		q.class[i] = termID(i)
	}
	for i := range atoms {
		a := &atoms[i]
		switch a.kind {
		case eqAtom:
			q.join(a)
		case memberAtom:
			q.mention(a.a)
			q.mem = append(q.mem, *a)
		case nullAtom, notNullAtom, flagAtom:
			q.flags = append(q.flags, *a)
		}
	}
	return q
}

// mention keeps the order in which terms come up, for a stable result.
func (q *equalities) mention(t termID) {
	if _, ok := q.arcs[t]; !ok {
		q.arcs[t] = nil
		q.terms = append(q.terms, t)
	}
}

// join adds one equality.
func (q *equalities) join(a *atom) {
	q.mention(a.a)
	q.mention(a.b)
	q.arcs[a.a] = append(q.arcs[a.a], arc{a.b, a})
	q.arcs[a.b] = append(q.arcs[a.b], arc{a.a, a})
	x, y := q.find(a.a), q.find(a.b)
	if x != y {
		q.class[max(x, y)] = min(x, y)
	}
}

// find is the representative of a term's class.
func (q *equalities) find(t termID) termID {
	for q.class[t] != t {
		q.class[t] = q.class[q.class[t]]
		t = q.class[t]
	}
	return t
}

// same tells whether two terms are equal, be it as two NULLs.
func (q *equalities) same(a, b termID) bool { return q.find(a) == q.find(b) }

// holes lists the bind values that a term equals, in order of first mention.
func (q *equalities) holes(t termID) []termID {
	var out []termID
	for _, x := range q.terms {
		if q.p.terms[x].kind == holeTerm && q.same(x, t) {
			out = append(out, x)
		}
	}
	return out
}

// members lists the memberships of terms that equal t.
func (q *equalities) members(t termID) []atom {
	var out []atom
	for _, m := range q.mem {
		if q.same(m.a, t) {
			out = append(out, m)
		}
	}
	return out
}

// given is a term equal to t that the caller chose: a bind value, or an
// expression over bind values.
func (q *equalities) given(t termID) termID {
	for _, x := range q.terms {
		if k := q.p.terms[x].kind; (k == holeTerm || k == computedTerm) && q.same(x, t) {
			return x
		}
	}
	return noTerm
}

// path is why two terms are equal: the predicates on a shortest way between
// them. strict tells that their common value is not NULL.
func (q *equalities) path(from, to termID) (cites []sqltree.Expr, strict bool) {
	strict = q.p.schema.notNull(from) || q.p.schema.notNull(to)
	if from == to {
		return q.assertNotNull(nil, strict, from)
	}
	came := map[termID]arc{from: {}}
	queue := []termID{from}
	for len(queue) > 0 {
		t := queue[0]
		queue = queue[1:]
		if t == to {
			break
		}
		for _, a := range q.arcs[t] {
			if _, seen := came[a.to]; !seen {
				came[a.to] = arc{t, a.atom}
				queue = append(queue, a.to)
			}
		}
	}
	for t := to; t != from; {
		a, ok := came[t]
		if !ok || a.atom == nil {
			return nil, false
		}
		cites = citeAlso(cites, a.atom.cite)
		strict = strict || !a.atom.weak || q.p.schema.notNull(t)
		t = a.to
	}
	return q.assertNotNull(cites, strict, from, to)
}

// assertNotNull adds the predicate that says of one of the terms that it is not
// NULL, where nothing else does.
func (q *equalities) assertNotNull(cites []sqltree.Expr, strict bool, terms ...termID) ([]sqltree.Expr, bool) {
	for _, f := range q.flags {
		if !strict && f.kind == notNullAtom && slices.Contains(terms, f.a) {
			return citeAlso(cites, f.cite), true
		}
	}
	return cites, strict
}
