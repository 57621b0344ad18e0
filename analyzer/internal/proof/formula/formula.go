// Package formula holds what is known of the rows of a statement: terms, row
// variables, and formulas over them.
//
// A tuple is a row variable, a term a column of one, a bind value or a constant; a
// [Store] gives equal terms one number. A formula ([Conj]) is a conjunction of
// atoms and of disjunctions. It is always a necessary condition: losing a part of
// it only loses proofs, and so every bound may cut it.
package formula

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// AtomKind tells the atoms of a formula apart.
type AtomKind uint8

const (
	EqAtom      AtomKind = iota // a and b have one value
	MemberAtom                  // a is one of the holes, or an element of the hole
	NullAtom                    // a is NULL
	NotNullAtom                 // a is not NULL
	FlagAtom                    // the boolean a is true
	ZeroAtom                    // the hole is NULL, empty or zero
	SetAtom                     // the hole is none of these
)

// An Atom is a fact about terms that a predicate implies.
type Atom struct {
	Kind  AtomKind
	A, B  TermID
	Holes []int
	Elem  bool
	// Weak: an equality that also holds between two NULLs; a membership of what may
	// be NULL, as unnest gives it.
	Weak bool
	// Padded: of a membership, that NULL may stand in the place of an element: one
	// of several arrays that are unnested together is shorter.
	Padded bool
	// NullOnly: a SetAtom that only tells "not NULL", a ZeroAtom that only tells "NULL".
	NullOnly bool
	Cite     sqltree.Expr // nil for an identity of names
}

// A Conj is a conjunction of atoms and of disjunctions. It is a necessary
// condition: weakening it (dropping an atom or an or) is always sound.
type Conj struct {
	Atoms []Atom
	Ors   []OrClause
	Never bool // FALSE or NULL whatever the data
}

// An OrClause holds in at least one arm.
type OrClause struct {
	Arms []*Conj
	Kind string // "or", "case", "coalesce", "union"
	At   sqltree.Node
	size int // atoms in all arms
}

// size counts the atoms of a formula, those in arms too.
func (c *Conj) size() int {
	n := len(c.Atoms)
	for _, o := range c.Ors {
		n += o.size
	}
	return n
}

// And is the conjunction of its arguments, which it leaves alone.
func And(parts ...*Conj) *Conj {
	out := &Conj{}
	for _, c := range parts {
		if c == nil {
			continue
		}
		out.Never = out.Never || c.Never
		out.Atoms = append(out.Atoms, c.Atoms...)
		out.Ors = append(out.Ors, c.Ors...)
	}
	return out
}

// One is the formula of one atom.
func One(a Atom) *Conj { return &Conj{Atoms: []Atom{a}} }

// Weakly is c with memberships that NULL meets, too: as an element, or, padded,
// in the place of one.
func Weakly(c *Conj, padded bool) *Conj {
	out := And(c)
	for i := range out.Atoms {
		if out.Atoms[i].Kind == MemberAtom {
			out.Atoms[i].Weak, out.Atoms[i].Padded = true, padded
		}
	}
	return out
}

// Empty tells the formulas that say nothing.
func (c *Conj) Empty() bool { return len(c.Atoms) == 0 && len(c.Ors) == 0 && !c.Never }

// The bounds of one disjunction, beyond which it says nothing: of its arms, and
// of the atoms in them, which nested CASE would double at every level.
const (
	MaxArms = 12
	MaxSize = 1500
)

// Disjunction is the disjunction of its arms: arms that never hold are dropped, an arm
// that says nothing makes the whole say nothing.
func Disjunction(kind string, at sqltree.Node, arms []*Conj) *Conj {
	var live []*Conj
	for _, a := range arms {
		if a.Never {
			continue
		}
		if a.Empty() {
			return &Conj{}
		}
		live = append(live, a)
	}
	switch {
	case len(live) == 0:
		return &Conj{Never: true}
	case len(live) == 1:
		return live[0]
	}
	size := SizeOf(live)
	if len(live) > MaxArms || size > MaxSize {
		return &Conj{}
	}
	return &Conj{Ors: []OrClause{{Arms: live, Kind: kind, At: at, size: size}}}
}

// SizeOf is the size of several formulas.
func SizeOf(arms []*Conj) int {
	n := 0
	for _, a := range arms {
		n += a.size()
	}
	return n
}

// Without is c weakened to what does not speak of the tuples in gone.
func (p *Store) Without(c *Conj, gone map[int]bool) *Conj {
	return p.Restrict(c, func(t Term) bool { return t.Kind != ColumnTerm || !gone[t.Tuple.ID] })
}

// Restrict is c weakened to the atoms all of whose terms are kept.
func (p *Store) Restrict(c *Conj, keep func(Term) bool) *Conj {
	out := &Conj{Never: c.Never}
	for _, a := range c.Atoms {
		if p.keeps(a, keep) {
			out.Atoms = append(out.Atoms, a)
		}
	}
	for _, o := range c.Ors {
		arms := make([]*Conj, len(o.Arms))
		for i, arm := range o.Arms {
			arms[i] = p.Restrict(arm, keep)
		}
		weak := Disjunction(o.Kind, o.At, arms)
		out.Atoms = append(out.Atoms, weak.Atoms...)
		out.Ors = append(out.Ors, weak.Ors...)
	}
	return out
}

// keeps reports whether every term of an atom is kept.
func (p *Store) keeps(a Atom, keep func(Term) bool) bool {
	switch a.Kind {
	case ZeroAtom, SetAtom:
		return true
	case EqAtom:
		return keep(p.Terms[a.A]) && keep(p.Terms[a.B])
	}
	return keep(p.Terms[a.A])
}
