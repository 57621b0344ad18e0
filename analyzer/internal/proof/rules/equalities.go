package rules

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Equalities is the equivalence that a conjunction of atoms makes among terms,
// and why two terms are equal.
type Equalities struct {
	p     *Solver
	Class []formula.TermID // union-find, by term
	arcs  map[formula.TermID][]arc
	mem   []formula.Atom
	Terms []formula.TermID // the terms that the atoms speak of, in order of first mention
	flags []formula.Atom   // NullAtom, NotNullAtom, FlagAtom
	ways  map[formula.TermID]map[formula.TermID]arc
}

// An arc is one equality, seen from one of its sides.
type arc struct {
	to   formula.TermID
	atom *formula.Atom
}

// Equalities reads a conjunction; terms made later are in no class.
func (p *Solver) Equalities(atoms []formula.Atom) *Equalities {
	q := &Equalities{p: p, Class: make([]formula.TermID, len(p.Terms)), arcs: map[formula.TermID][]arc{}, ways: map[formula.TermID]map[formula.TermID]arc{}}
	for i := range q.Class {
		q.Class[i] = formula.TermID(i)
	}
	for i := range atoms {
		a := &atoms[i]
		switch a.Kind {
		case formula.EqAtom:
			q.join(a)
		case formula.MemberAtom:
			q.mention(a.A)
			q.mem = append(q.mem, *a)
		case formula.NullAtom, formula.NotNullAtom, formula.FlagAtom:
			q.flags = append(q.flags, *a)
		}
	}
	return q
}

// mention keeps the order in which terms come up, for a stable result.
func (q *Equalities) mention(t formula.TermID) {
	if _, ok := q.arcs[t]; !ok {
		q.arcs[t] = nil
		q.Terms = append(q.Terms, t)
	}
}

// join adds one equality.
func (q *Equalities) join(a *formula.Atom) {
	q.mention(a.A)
	q.mention(a.B)
	q.arcs[a.A] = append(q.arcs[a.A], arc{a.B, a})
	q.arcs[a.B] = append(q.arcs[a.B], arc{a.A, a})
	x, y := q.find(a.A), q.find(a.B)
	if x != y {
		q.Class[max(x, y)] = min(x, y)
	}
}

// find is the representative of a term's class.
func (q *Equalities) find(t formula.TermID) formula.TermID {
	for q.Class[t] != t {
		q.Class[t] = q.Class[q.Class[t]]
		t = q.Class[t]
	}
	return t
}

// Same reports whether two terms are equal, be it as two NULLs.
func (q *Equalities) Same(a, b formula.TermID) bool { return q.find(a) == q.find(b) }

// Holes lists the bind values that a term equals, in order of first mention.
func (q *Equalities) Holes(t formula.TermID) []formula.TermID {
	var out []formula.TermID
	for _, x := range q.Terms {
		if q.p.Terms[x].Kind == formula.HoleTerm && q.Same(x, t) {
			out = append(out, x)
		}
	}
	return out
}

// Members lists the memberships of terms that equal t.
func (q *Equalities) Members(t formula.TermID) []formula.Atom {
	var out []formula.Atom
	for _, m := range q.mem {
		if q.Same(m.A, t) {
			out = append(out, m)
		}
	}
	return out
}

// given is a term equal to t that only who chose the bind values knows: one of them, or
// a hash of it.
func (q *Equalities) given(t formula.TermID) formula.TermID {
	for _, x := range q.Terms {
		if tm := q.p.Terms[x]; (tm.Kind == formula.HoleTerm || tm.Given) && q.Same(x, t) {
			return x
		}
	}
	return formula.NoTerm
}

// Path is why two terms are equal: the predicates on a shortest way between
// them. strict tells that their common value is not NULL.
func (q *Equalities) Path(from, to formula.TermID) (cites []sqltree.Expr, strict bool) {
	strict = q.p.schema.NotNull(from) || q.p.schema.NotNull(to)
	if from == to {
		return q.assertNotNull(nil, strict, from)
	}
	root, end := to, from // many terms are asked for one bind value, and for one row
	if q.p.Terms[to].Kind == formula.ColumnTerm {
		root, end = from, to
	}
	came := q.waysFrom(root)
	passed := make([]sqltree.Expr, 0, 4)
	for t := end; t != root; {
		a, ok := came[t]
		if !ok || a.atom == nil {
			return nil, false
		}
		passed = append(passed, a.atom.Cite)
		strict = strict || !a.atom.Weak || q.p.schema.NotNull(t)
		t = a.to
	}
	return q.assertNotNull(premise.CiteAll(nil, passed), strict, from, to)
}

// waysFrom is the breadth-first search from a term: for each term that it reaches, the
// step back.
func (q *Equalities) waysFrom(root formula.TermID) map[formula.TermID]arc {
	if came, ok := q.ways[root]; ok {
		return came
	}
	came := map[formula.TermID]arc{root: {}}
	queue := []formula.TermID{root}
	for len(queue) > 0 {
		t := queue[0]
		queue = queue[1:]
		for _, a := range q.arcs[t] {
			if _, seen := came[a.to]; !seen {
				came[a.to] = arc{t, a.atom}
				queue = append(queue, a.to)
			}
		}
	}
	q.ways[root] = came
	return came
}

// assertNotNull adds the predicate that says of one of the terms that it is not
// NULL, where nothing else does.
func (q *Equalities) assertNotNull(cites []sqltree.Expr, strict bool, terms ...formula.TermID) ([]sqltree.Expr, bool) {
	for _, f := range q.flags {
		if !strict && f.Kind == formula.NotNullAtom && slices.Contains(terms, f.A) {
			return premise.CiteAlso(cites, f.Cite), true
		}
	}
	return cites, strict
}
