package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// atomKind tells the atoms of a formula apart.
type atomKind uint8

const (
	eqAtom      atomKind = iota // a and b have one value
	memberAtom                  // a is one of the holes, or an element of the hole
	nullAtom                    // a is NULL
	notNullAtom                 // a is not NULL
	flagAtom                    // the boolean a is true
	zeroAtom                    // the hole is NULL, empty or zero
	setAtom                     // the hole is none of these
)

// An atom is a fact about terms that a predicate implies.
type atom struct {
	kind  atomKind
	a, b  termID
	holes []int
	elem  bool
	// weak: an equality that also holds between two NULLs; a membership of what may
	// be NULL, as unnest gives it.
	weak bool
	// padded: of a membership, that NULL may stand in the place of an element: one
	// of several arrays that are unnested together is shorter.
	padded bool
	// nullOnly: a setAtom that only tells "not NULL", a zeroAtom that only tells "NULL".
	nullOnly bool
	cite     sqltree.Expr // nil for an identity of names
}

// A conj is a conjunction of atoms and of disjunctions. It is a necessary
// condition: weakening it (dropping an atom or an or) is always sound.
type conj struct {
	atoms []atom
	ors   []orClause
	never bool // FALSE or NULL whatever the data
}

// An orClause holds in at least one arm.
type orClause struct {
	arms []*conj
	kind string // "or", "case", "coalesce", "union"
	at   sqltree.Node
	size int // atoms in all arms
}

// size counts the atoms of a formula, those in arms too.
func (c *conj) size() int {
	n := len(c.atoms)
	for _, o := range c.ors {
		n += o.size
	}
	return n
}

// and is the conjunction of its arguments, which it leaves alone.
func and(parts ...*conj) *conj {
	out := &conj{}
	for _, c := range parts {
		if c == nil {
			continue
		}
		out.never = out.never || c.never
		out.atoms = append(out.atoms, c.atoms...)
		out.ors = append(out.ors, c.ors...)
	}
	return out
}

// one is the formula of one atom.
func one(a atom) *conj { return &conj{atoms: []atom{a}} }

// weakly is c with memberships that NULL meets, too: as an element, or, padded,
// in the place of one.
func weakly(c *conj, padded bool) *conj {
	out := and(c)
	for i := range out.atoms {
		if out.atoms[i].kind == memberAtom {
			out.atoms[i].weak, out.atoms[i].padded = true, padded
		}
	}
	return out
}

// empty tells the formulas that say nothing.
func (c *conj) empty() bool { return len(c.atoms) == 0 && len(c.ors) == 0 && !c.never }

// The bounds of one disjunction, beyond which it says nothing: of its arms, and
// of the atoms in them, which nested CASE would double at every level.
const (
	maxArms = 12
	maxSize = 1500
)

// or is [disjunction], which remembers for a gap's sake what it had to give up.
func (p *conditions) or(kind string, at sqltree.Node, arms []*conj) *conj {
	out := disjunction(kind, at, arms)
	if sizeOf(arms) > maxSize {
		p.cap(ConditionSize)
		return out
	}
	if out.empty() && len(arms) > 1 {
		p.lost = append(p.lost, orClause{arms: arms, kind: kind, at: at})
	}
	return out
}

// disjunction is the disjunction of its arms: arms that never hold are dropped, an arm
// that says nothing makes the whole say nothing.
func disjunction(kind string, at sqltree.Node, arms []*conj) *conj {
	var live []*conj
	for _, a := range arms {
		if a.never {
			continue
		}
		if a.empty() {
			return &conj{}
		}
		live = append(live, a)
	}
	switch {
	case len(live) == 0:
		return &conj{never: true}
	case len(live) == 1:
		return live[0]
	}
	size := sizeOf(live)
	if len(live) > maxArms || size > maxSize {
		return &conj{}
	}
	return &conj{ors: []orClause{{arms: live, kind: kind, at: at, size: size}}}
}

// sizeOf is the size of several formulas.
func sizeOf(arms []*conj) int {
	n := 0
	for _, a := range arms {
		n += a.size()
	}
	return n
}

// without is c weakened to what does not speak of the tuples in gone.
func (p *store) without(c *conj, gone map[int]bool) *conj {
	return p.restrict(c, func(t term) bool { return t.kind != columnTerm || !gone[t.tuple.id] })
}

// restrict is c weakened to the atoms all of whose terms are kept.
func (p *store) restrict(c *conj, keep func(term) bool) *conj {
	out := &conj{never: c.never}
	for _, a := range c.atoms {
		if p.keeps(a, keep) {
			out.atoms = append(out.atoms, a)
		}
	}
	for _, o := range c.ors {
		arms := make([]*conj, len(o.arms))
		for i, arm := range o.arms {
			arms[i] = p.restrict(arm, keep)
		}
		weak := disjunction(o.kind, o.at, arms)
		out.atoms = append(out.atoms, weak.atoms...)
		out.ors = append(out.ors, weak.ors...)
	}
	return out
}

// keeps tells whether every term of an atom is kept.
func (p *store) keeps(a atom, keep func(term) bool) bool {
	switch a.kind {
	case zeroAtom, setAtom:
		return true
	case eqAtom:
		return keep(p.terms[a.a]) && keep(p.terms[a.b])
	}
	return keep(p.terms[a.a])
}
