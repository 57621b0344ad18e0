package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// A scope is what names mean inside one block: its FROM, then the blocks
// around it.
type scope struct {
	parent *scope
	from   *source // nil if the block has no FROM
	// values are names without a relation: arguments of a function.
	values map[string]termID
}

// A source is a node of the FROM tree: a leaf, or a join of two sources.
type source struct {
	kind        sqltree.JoinKind
	left, right *source
	on          sqltree.Expr
	join        *sqltree.Join // nil for a comma and a leaf
	using       []pair        // equalities of USING and NATURAL
	merged      map[string]termID
	names       []string // of the merged columns, in the order of `*`
	alias       string   // (a JOIN b) AS alias hides what is inside
	renamed     bool     // the alias renames columns: no name inside is trusted
	swapped     bool     // a RIGHT JOIN, turned round
	row         *tuple   // of a FULL JOIN with USING: the row of its merged columns
	full        []mergedColumn
	leaf        *leaf
	env         *env // where ON is resolved
}

// A pair is two terms that a USING column makes equal.
type pair struct{ a, b termID }

// A mergedColumn is a USING column of a FULL JOIN, and what it has merged.
type mergedColumn struct {
	term  termID
	sides pair
}

// A leaf is one item of FROM.
type leaf struct {
	alias   string
	schema  string // of the table, if no alias hides it
	tuple   *tuple
	columns []string // in order; empty and open if unknown
	open    bool     // the item may have columns that nothing lists
	sub     *query   // derived table, CTE or view
	fn      *sqltree.FuncTable
	facts   *conj // what holds for every row of the item by itself
	lateral bool
}

// An env resolves the names and sub-selects of the expressions of one block.
type env struct {
	scope *scope
	ctes  *cteEnv
	subs  map[*sqltree.Query]*query
	facts map[sqltree.Expr]*conj
	// false, null and whens are memos of the same kind: what follows where a
	// condition is false, or NULL, and the comparisons that CASE x WHEN y makes.
	false map[sqltree.Expr]*conj
	null  map[sqltree.Expr]*conj
	whens map[sqltree.Expr]*sqltree.Binary
}

// memo is what a function says of an expression, asked once.
func memo(known *map[sqltree.Expr]*conj, e sqltree.Expr, f func() *conj) *conj {
	if c, ok := (*known)[e]; ok {
		return c
	}
	c := f()
	if *known == nil {
		*known = map[sqltree.Expr]*conj{}
	}
	(*known)[e] = c
	return c
}

// scopes finds what names mean.
type scopes struct{ *store }

// newEnv is an environment in which nothing has been bound yet.
func (p *scopes) newEnv(s *scope, ctes *cteEnv) *env {
	return &env{scope: s, ctes: ctes}
}

// resolve finds the term of a column, noTerm if the name is unknown, ambiguous
// or a value that no single column holds.
func (p *scopes) resolve(s *scope, c *sqltree.Column) termID {
	for ; s != nil; s = s.parent {
		if s.from != nil {
			if t, stop := p.resolveIn(s.from, c); stop {
				return t
			}
		}
		if t, ok := s.values[valueName(c)]; ok {
			return t
		}
	}
	return noTerm
}

// valueName is a column's name among the values of a body.
func valueName(c *sqltree.Column) string {
	if c.Table == "" {
		return c.Name
	}
	return c.Table + "." + c.Name
}

// resolveIn looks in one FROM; stop tells that no outer scope may be asked.
func (p *scopes) resolveIn(src *source, c *sqltree.Column) (id termID, stop bool) {
	if c.Table != "" {
		return p.resolveQualified(src, c)
	}
	found := p.lookup(src, c.Name)
	switch {
	case found.count == 1:
		return found.term, true
	case found.count > 1, found.open:
		return noTerm, true
	}
	return noTerm, false
}

// resolveQualified finds the item of a qualified name.
func (p *scopes) resolveQualified(src *source, c *sqltree.Column) (termID, bool) {
	if src.alias != "" {
		if src.alias != c.Table || c.Schema != "" {
			return noTerm, false
		}
		return p.lookup(src, c.Name).term, true
	}
	if src.leaf != nil {
		if !src.leaf.named(c) {
			return noTerm, false
		}
		return p.leafColumn(src.leaf, c.Name), true
	}
	if t, stop := p.resolveQualified(src.left, c); stop {
		return t, true
	}
	return p.resolveQualified(src.right, c)
}

// named tells whether a qualified column means this item.
func (l *leaf) named(c *sqltree.Column) bool {
	return l.alias == c.Table && (c.Schema == "" || c.Schema == l.schema)
}

// leafColumn is the term of a leaf's column; a name that the leaf does not list
// is a term only if the leaf is open.
func (p *scopes) leafColumn(l *leaf, name string) termID {
	if l.lists(name) || l.tuple.table != nil {
		return p.columnOf(l.tuple, name)
	}
	return noTerm
}

// lists tells whether an item has exactly one column of a name.
func (l *leaf) lists(name string) bool {
	n := 0
	for _, c := range l.columns {
		if c == name {
			n++
		}
	}
	return n == 1
}

// found is the answer to an unqualified name.
type found struct {
	term  termID
	count int
	open  bool // an item with unknown columns may have it
}

// lookup finds an unqualified name among the items of a FROM tree.
func (p *scopes) lookup(src *source, name string) found {
	if src.leaf != nil {
		if src.leaf.lists(name) {
			return found{term: p.columnOf(src.leaf.tuple, name), count: 1}
		}
		return found{term: noTerm, open: src.leaf.open}
	}
	if src.renamed {
		return found{term: noTerm, open: true}
	}
	if t, ok := src.merged[name]; ok {
		return found{term: t, count: 1}
	}
	l, r := p.lookup(src.left, name), p.lookup(src.right, name)
	out := found{term: noTerm, count: l.count + r.count, open: l.open || r.open}
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
	term termID
}

// star lists the columns of `*`, false if an item's columns are unknown.
func (p *scopes) star(src *source) ([]named, bool) {
	if src.leaf != nil {
		var out []named
		for _, c := range src.leaf.columns {
			out = append(out, named{c, p.leafColumn(src.leaf, c)})
		}
		return out, !src.leaf.open
	}
	if src.renamed {
		return nil, false
	}
	first, second := src.left, src.right
	if src.swapped {
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
func unmerged(list []named, merged map[string]termID) []named {
	var out []named
	for _, n := range list {
		if _, ok := merged[n.name]; !ok {
			out = append(out, n)
		}
	}
	return out
}

// starOf lists the columns of `t.*`.
func (p *scopes) starOf(src *source, s *sqltree.Star) ([]named, bool) {
	if src == nil {
		return nil, false
	}
	if src.alias != "" {
		if src.alias == s.Table {
			return p.star(src)
		}
		return nil, false
	}
	if src.leaf != nil {
		if src.leaf.named(&sqltree.Column{Schema: s.Schema, Table: s.Table}) {
			return p.star(src)
		}
		return nil, false
	}
	if out, ok := p.starOf(src.left, s); ok {
		return out, true
	}
	return p.starOf(src.right, s)
}

// leaves lists the items below a source in source order.
func (src *source) leaves() []*leaf {
	if src == nil {
		return nil
	}
	if src.leaf != nil {
		return []*leaf{src.leaf}
	}
	return append(src.left.leaves(), src.right.leaves()...)
}

// tuples is the set of the rows below a source.
func (src *source) tuples() map[int]bool {
	out := map[int]bool{}
	for _, l := range src.leaves() {
		out[l.tuple.id] = true
	}
	return out
}
