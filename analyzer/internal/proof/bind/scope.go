package bind

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Memo is what a function says of an expression, asked once.
func Memo(known *map[sqltree.Expr]*formula.Conj, e sqltree.Expr, f func() *formula.Conj) *formula.Conj {
	if c, ok := (*known)[e]; ok {
		return c
	}
	c := f()
	if *known == nil {
		*known = map[sqltree.Expr]*formula.Conj{}
	}
	(*known)[e] = c
	return c
}

// scopes finds what names mean.
type scopes struct{ *formula.Store }

// NewEnv is an environment in which nothing has been bound yet.
func (p *scopes) NewEnv(s *Scope, ctes *CTEs) *Env {
	return &Env{Scope: s, CTEs: ctes}
}

// Resolve finds the term of a column, NoTerm if the name is unknown, ambiguous
// or a value that no single column holds.
func (p *scopes) Resolve(s *Scope, c *sqltree.Column) formula.TermID {
	for ; s != nil; s = s.Parent {
		if s.From != nil {
			if t, stop := p.resolveIn(s.From, c); stop {
				return t
			}
		}
		if t, ok := s.Values[valueName(c)]; ok {
			return t
		}
	}
	return formula.NoTerm
}

// mayBeColumn reports whether a name alone may be that of a column.
func (p *scopes) mayBeColumn(s *Scope, name string) bool {
	for ; s != nil; s = s.Parent {
		if s.From != nil {
			if f := p.lookup(s.From, name); f.count > 0 || f.open {
				return true
			}
		}
		if _, ok := s.Values[name]; ok {
			return true
		}
	}
	return false
}

// valueName is a column's name among the values of a body.
func valueName(c *sqltree.Column) string {
	if c.Table == "" {
		return c.Name
	}
	return c.Table + "." + c.Name
}

// resolveIn looks in one FROM; stop tells that no outer scope may be asked.
func (p *scopes) resolveIn(src *Source, c *sqltree.Column) (id formula.TermID, stop bool) {
	if c.Table != "" {
		return p.resolveQualified(src, c)
	}
	found := p.lookup(src, c.Name)
	switch {
	case found.count == 1:
		return found.term, true
	case found.count > 1, found.open:
		return formula.NoTerm, true
	}
	return formula.NoTerm, false
}

// resolveQualified finds the item of a qualified name.
func (p *scopes) resolveQualified(src *Source, c *sqltree.Column) (formula.TermID, bool) {
	if src.alias != "" {
		if src.alias != c.Table || c.Schema != "" {
			return formula.NoTerm, false
		}
		return p.lookup(src, c.Name).term, true
	}
	if src.Leaf != nil {
		if !src.Leaf.withName(c) {
			return formula.NoTerm, false
		}
		return p.leafColumn(src.Leaf, c.Name), true
	}
	if src.join != nil && src.join.UsingAlias != "" && src.join.UsingAlias == c.Table && c.Schema == "" {
		if t, ok := src.merged[c.Name]; ok {
			return t, true
		}
		return formula.NoTerm, true
	}
	if t, stop := p.resolveQualified(src.Left, c); stop {
		return t, true
	}
	return p.resolveQualified(src.Right, c)
}

// withName reports whether a qualified column means this item.
func (l *Leaf) withName(c *sqltree.Column) bool {
	return l.Alias == c.Table && (c.Schema == "" || c.Schema == l.schema)
}

// leafColumn is the term of a leaf's column; a name that the leaf does not list
// is a term only if the leaf is open.
func (p *scopes) leafColumn(l *Leaf, name string) formula.TermID {
	if l.lists(name) || l.Tuple.Table != nil {
		return p.ColumnOf(l.Tuple, name)
	}
	return formula.NoTerm
}

// lists reports whether an item has exactly one column of a name.
func (l *Leaf) lists(name string) bool {
	n := 0
	for _, c := range l.Columns {
		if c == name {
			n++
		}
	}
	return n == 1
}

// found is the answer to an unqualified name.
type found struct {
	term  formula.TermID
	count int
	open  bool // an item with unknown columns may have it
}

// lookup finds an unqualified name among the items of a FROM tree.
func (p *scopes) lookup(src *Source, name string) found {
	if src.Leaf != nil {
		if src.Leaf.lists(name) {
			return found{term: p.ColumnOf(src.Leaf.Tuple, name), count: 1}
		}
		return found{term: formula.NoTerm, open: src.Leaf.open}
	}
	if src.renamed {
		return found{term: formula.NoTerm, open: true}
	}
	if t, ok := src.merged[name]; ok {
		return found{term: t, count: 1}
	}
	l, r := p.lookup(src.Left, name), p.lookup(src.Right, name)
	out := found{term: formula.NoTerm, count: l.count + r.count, open: l.open || r.open}
	if out.count == 1 {
		out.term = l.term
		if l.count == 0 {
			out.term = r.term
		}
	}
	return out
}

// A named is a column of FROM in the order of `*`.
type named struct {
	name string
	term formula.TermID
}

// star lists the columns of `*`, false if an item's columns are unknown.
func (p *scopes) star(src *Source) ([]named, bool) {
	if src.Leaf != nil {
		var out []named
		for _, c := range src.Leaf.Columns {
			out = append(out, named{c, p.leafColumn(src.Leaf, c)})
		}
		return out, !src.Leaf.open
	}
	if src.renamed {
		return nil, false
	}
	first, second := src.Left, src.Right
	if src.Swapped {
		first, second = second, first
	}
	l, okL := p.star(first)
	r, okR := p.star(second)
	if len(src.merged) == 0 {
		return append(l, r...), okL && okR
	}
	var out []named
	for _, name := range src.names {
		out = append(out, named{name, src.merged[name]})
	}
	return append(append(out, unmerged(l, src.merged)...), unmerged(r, src.merged)...), okL && okR
}

// unmerged are the columns of a star that USING did not merge.
func unmerged(list []named, merged map[string]formula.TermID) []named {
	var out []named
	for _, n := range list {
		if _, ok := merged[n.name]; !ok {
			out = append(out, n)
		}
	}
	return out
}

// starOf lists the columns of `t.*`.
func (p *scopes) starOf(src *Source, s *sqltree.Star) ([]named, bool) {
	if src == nil {
		return nil, false
	}
	if src.alias != "" {
		if src.alias == s.Table {
			return p.star(src)
		}
		return nil, false
	}
	if src.Leaf != nil {
		if src.Leaf.withName(&sqltree.Column{Schema: s.Schema, Table: s.Table}) {
			return p.star(src)
		}
		return nil, false
	}
	if out, ok := p.starOf(src.Left, s); ok {
		return out, true
	}
	return p.starOf(src.Right, s)
}

// Leaves lists the items below a source in source order.
func (src *Source) Leaves() []*Leaf {
	if src == nil {
		return nil
	}
	if src.Leaf != nil {
		return []*Leaf{src.Leaf}
	}
	return append(src.Left.Leaves(), src.Right.Leaves()...)
}

// Tuples is the set of the rows below a source.
func (src *Source) Tuples() map[int]bool {
	out := map[int]bool{}
	for _, l := range src.Leaves() {
		out[l.Tuple.ID] = true
	}
	return out
}
