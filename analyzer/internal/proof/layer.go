package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// prepare settles which joins of a block are outer joins indeed. It must run
// before anything is concluded from the block's FROM.
func (p *reader) prepare(b *block) {
	markNullable(b.from, false)
	if b.where != nil {
		p.reduce(b.from, []condition{{b.env, b.where}})
	} else {
		p.reduce(b.from, nil)
	}
	markNullable(b.from, false)
}

// A layer is an item of FROM with what may be assumed of the rows of it that
// matter. Items of inner joins share one formula.
type layer struct {
	leaf    *leaf
	formula *conj
}

// layers lists the items of a FROM tree, each with its formula. above is what
// holds for every row of the tree that matters.
func (p *pusher) layers(s *source, above *conj) []layer {
	if s == nil {
		return nil
	}
	if inner := p.innerOnly(s, above); inner != nil {
		return inner
	}
	if s.leaf != nil {
		return []layer{{s.leaf, above}}
	}
	var left, right *conj
	switch s.kind {
	case sqltree.Inner:
		on := p.onFacts(s)
		left, right = and(above, on, p.joinRows(s.right)), and(above, on, p.joinRows(s.left))
	case sqltree.Left:
		// A row of the right that matches ON decides whether the left is
		// extended, whatever is said of it above.
		left = above
		on := p.onFacts(s)
		right = and(p.without(above, p.rowsBelow(s.right)), on, p.joinRows(s.left), p.realIn(s.left, on))
	default:
		gone := p.rowsBelow(s)
		rest := p.without(above, gone)
		left, right = and(rest, s.mergedLinks(true)), and(rest, s.mergedLinks(false))
	}
	return append(p.layers(s.left, left), p.layers(s.right, right)...)
}

// mergedLinks equates the USING columns of a FULL JOIN with those of one side.
// They hold for the rows that a row of the side is part of, and, since rows that
// match have equal ones, for those that it takes the place of.
func (s *source) mergedLinks(left bool) *conj {
	out := &conj{}
	for _, m := range s.full {
		side := m.sides.b
		if left {
			side = m.sides.a
		}
		out.atoms = append(out.atoms, atom{kind: eqAtom, a: m.term, b: side, weak: true})
	}
	return out
}

// innerOnly is the common case: plain tables joined by inner joins, which all
// have one formula.
func (p *pusher) innerOnly(s *source, above *conj) []layer {
	if s.leaf != nil || !plainInner(s) {
		return nil
	}
	formula := and(above, p.joinRows(s))
	var out []layer
	for _, l := range s.leaves() {
		out = append(out, layer{l, formula})
	}
	return out
}

// plainInner tells FROM trees of tables and inner joins only.
func plainInner(s *source) bool {
	if s.leaf != nil {
		return s.leaf.sub == nil
	}
	return s.kind == sqltree.Inner && plainInner(s.left) && plainInner(s.right)
}

// rowsBelow is the set of the rows of a FROM tree.
func (p *pusher) rowsBelow(s *source) map[int]bool { return s.tuples() }
