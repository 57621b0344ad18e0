package proof

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A pusher says what an outer filter lets assume inside.
type pusher struct {
	*reader
	blocked map[int]string // why a filter outside does not reach a row
}

// newPusher starts with nothing known.
func newPusher(cat *catalogue.Catalogue) *pusher {
	return &pusher{reader: newReader(cat), blocked: map[int]string{}}
}

// barrier is why no filter on the outputs of a query may be pushed into it, ""
// if one may be, column by column.
func barrier(q *query) string {
	switch {
	case q.write != nil:
		return "it changes data"
	case q.node == nil:
		return "its rows are not known"
	case q.node.Limit != nil:
		return "LIMIT"
	case q.node.Offset != nil:
		return "OFFSET"
	case q.node.Lock || len(q.node.Locks) > 0:
		return "FOR UPDATE"
	case q.open && q.block == nil:
		return "its columns are not known"
	case aggregatesAll(q):
		return "an aggregate over all rows"
	}
	return ""
}

// noteBlocked remembers, for a gap's sake, which filters outside do not reach
// the rows inside, and why.
func (p *pusher) noteBlocked(q *query, ctx *conj) {
	why := barrier(q)
	for _, o := range q.outs {
		if o.term == noTerm || p.terms[o.term].kind != columnTerm {
			continue
		}
		w := why
		if w == "" {
			w = p.columnBarrier(q, o.term)
		}
		if w != "" {
			p.block(q, o, w, ctx)
		}
	}
}

// block notes one output, if a predicate in ctx speaks of it.
func (p *pusher) block(q *query, o output, why string, ctx *conj) {
	if o.term == noTerm || !ctx.mentions(p.columnOf(q.tuple, o.name)) {
		return
	}
	t := p.terms[p.origin(o.term)]
	if t.kind == columnTerm && t.tuple.table != nil {
		p.blocked[t.tuple.id] = why
	}
}

// mentions tells whether a predicate speaks of a term.
func (c *conj) mentions(t termID) bool {
	for _, a := range c.atoms {
		if a.cite != nil && a.kind != zeroAtom && a.kind != setAtom && (a.a == t || a.kind == eqAtom && a.b == t) {
			return true
		}
	}
	for _, o := range c.ors {
		for _, arm := range o.arms {
			if arm.mentions(t) {
				return true
			}
		}
	}
	return false
}

// pushed is the part of a filter on q's columns that its own rows may be
// assumed to meet: links from the pushable columns to what they copy.
func (p *pusher) pushed(q *query) *conj {
	if q.block == nil || barrier(q) != "" {
		return &conj{}
	}
	out := &conj{}
	for _, o := range q.outs {
		if o.term == noTerm {
			continue
		}
		if p.columnBarrier(q, o.term) != "" {
			out = and(out, p.pushedToParent(q, o))
			continue
		}
		out.atoms = append(out.atoms, atom{kind: eqAtom, a: p.columnOf(q.tuple, o.name), b: o.term, weak: true})
	}
	return out
}

// pushedToParent pushes a filter on a row's tenant through DISTINCT ON and
// windows that take apart by a reference to another row, which has the same
// tenant: all rows of a part refer to one row, and the filter is on that.
func (p *pusher) pushedToParent(q *query, o output) *conj {
	t := p.terms[o.term]
	if t.kind != columnTerm || t.tuple.table == nil || t.tuple.nullable || t.column != t.tuple.table.Column {
		return &conj{}
	}
	for _, e := range t.tuple.table.Edges {
		if e.To.Column == "" || !isOwned(e.To) || e.To.Tenancy == catalogue.Root {
			continue
		}
		refs := identifying(e)
		if len(refs) == 0 || !p.takesApart(q, t.tuple, refs) {
			continue
		}
		parent := p.newTuple("", e.To, t.tuple.at)
		out := &conj{}
		for _, ref := range refs {
			eq := atom{kind: eqAtom, a: p.columnOf(t.tuple, ref[0]), b: p.columnOf(parent, ref[1])}
			out.atoms = append(out.atoms, eq)
		}
		eq := atom{kind: eqAtom, weak: true, a: p.columnOf(q.tuple, o.name), b: p.columnOf(parent, e.To.Column)}
		out.atoms = append(out.atoms, eq)
		return out
	}
	return &conj{}
}

// identifying are the columns of an edge that tell its target, each with the
// column it refers to: all of them, or one that is unique there by itself.
func identifying(e *catalogue.Edge) [][2]string {
	var all [][2]string
	for i, c := range e.Columns {
		ref := [2]string{c, e.RefColumns[i]}
		if _, unique := uniqueColumnOf(e.To, ref[1]); unique && c != e.From.Column {
			return [][2]string{ref}
		}
		all = append(all, ref)
	}
	return all
}

// takesApart tells whether DISTINCT ON and every window of a query keep rows
// apart that differ in columns that refer to another row.
func (p *pusher) takesApart(q *query, t *tuple, refs [][2]string) bool {
	b := q.block
	if b.node == nil || groupingOf(b.node) != nil {
		return false
	}
	lists := [][]sqltree.Expr{}
	if len(b.node.DistinctOn) > 0 {
		lists = append(lists, distinctKeys(b))
	}
	for _, w := range p.windows(q) {
		lists = append(lists, w.PartitionBy)
	}
	for _, ref := range refs {
		column := p.columnOf(t, ref[0])
		if !p.notNull(column) {
			return false
		}
		for _, list := range lists {
			if !p.among(b, list, column) {
				return false
			}
		}
	}
	return true
}

// columnBarrier is why a filter on one output may not be pushed, "" if it may.
func (p *pusher) columnBarrier(q *query, t termID) string {
	b := q.block
	if b.node == nil {
		return ""
	}
	if len(b.node.DistinctOn) > 0 && !p.among(b, distinctKeys(b), t) {
		return "DISTINCT ON"
	}
	if g := groupingOf(b.node); g != nil && !p.determined(b, g, t) {
		return "GROUP BY"
	}
	for _, w := range p.windows(q) {
		if !p.among(b, w.PartitionBy, t) {
			return "a window"
		}
	}
	return ""
}

// distinctKeys resolves DISTINCT ON: an output's name or number comes before a
// column of FROM.
func distinctKeys(b *block) []sqltree.Expr {
	out := make([]sqltree.Expr, len(b.node.DistinctOn))
	for i, e := range b.node.DistinctOn {
		out[i] = groupedExpr(b, e)
		c, ok := e.(*sqltree.Column)
		for _, item := range b.items {
			if ok && c.Table == "" && item.Alias == c.Name {
				out[i] = item.Expr
			}
		}
	}
	return out
}

// among tells whether a list has a column as one of its expressions.
func (p *pusher) among(b *block, list []sqltree.Expr, t termID) bool {
	for _, e := range list {
		if p.plainTerm(b.env, e) == t {
			return true
		}
	}
	return false
}

// windows lists the windows of a query's select list and ORDER BY, references
// to named windows resolved.
func (p *pusher) windows(q *query) []*sqltree.Window {
	var out []*sqltree.Window
	collect := func(e sqltree.Expr) bool {
		if c, ok := e.(*sqltree.Call); ok && c.Over != nil {
			out = append(out, resolvedWindow(q.block.node, c.Over))
		}
		return false
	}
	for _, i := range q.block.items {
		anyExpr(i.Expr, collect)
	}
	if q.node != nil {
		anyOrder(q.node.OrderBy, collect)
	}
	for _, e := range q.block.node.DistinctOn {
		anyExpr(e, collect)
	}
	return out
}

// resolvedWindow follows OVER w and OVER (w …) to where PARTITION BY stands.
func resolvedWindow(s *sqltree.Select, w *sqltree.Window) *sqltree.Window {
	for range s.Windows {
		name := w.Base
		if name == "" && len(w.PartitionBy) == 0 {
			name = w.Name
		}
		next := namedWindow(s, name)
		if next == nil || len(w.PartitionBy) > 0 {
			return w
		}
		w = next
	}
	return w
}

// namedWindow finds a window of the WINDOW clause.
func namedWindow(s *sqltree.Select, name string) *sqltree.Window {
	for i := range s.Windows {
		if name != "" && s.Windows[i].Name == name {
			return &s.Windows[i]
		}
	}
	return nil
}
