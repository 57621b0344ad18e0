package read

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/rules"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A Pusher says what an outer filter lets assume inside.
type Pusher struct {
	*reader
	Blocked map[int]string // why a filter outside does not reach a row
}

// NewPusher starts with nothing known.
func NewPusher(cat *catalogue.Catalogue) *Pusher {
	return &Pusher{reader: newReader(cat), Blocked: map[int]string{}}
}

// ExactMember reads a test for membership of which no side can be NULL: it is
// true or false by the rows of the query that equal x alone, be it negated or
// shown. nil if e is none.
func (p *Pusher) ExactMember(en *bind.Env, e sqltree.Expr) (sqltree.Expr, *sqltree.Query) {
	var x sqltree.Expr
	var q *sqltree.Query
	switch e := e.(type) {
	case *sqltree.In:
		x, q = e.X, e.Query
	case *sqltree.Quantified:
		if e.Op == "=" && !e.All || e.All && (e.Op == "<>" || e.Op == "!=") {
			x, q = e.X, e.Query
		}
	}
	if q == nil || !p.nullFacts(en, x).Never || !p.neverNull(p.Sub(en, q)) {
		return nil, nil
	}
	return x, q
}

// SomeArm: a pair of rows matters only to an arm whose condition it meets.
func (p *Pusher) SomeArm(m *bind.Merging) *formula.Conj {
	var arms []*formula.Conj
	for _, w := range m.Stmt.Whens {
		if w.Action != "NOTHING" {
			arms = append(arms, p.FactsOf(m.En, w.Cond))
		}
	}
	return p.or("when", m.Stmt, arms)
}

// Barrier is why no filter on the outputs of a query may be pushed into it, ""
// if one may be, column by column.
func Barrier(q *bind.Query) string {
	switch {
	case q.Write != nil:
		return "it changes data"
	case q.Node == nil:
		return "its rows are not known"
	case q.Node.Limit != nil:
		return "LIMIT"
	case q.Node.Offset != nil:
		return "OFFSET"
	case q.Node.Lock || len(q.Node.Locks) > 0:
		return "FOR UPDATE"
	case q.Open && q.Block == nil:
		return "its columns are not known"
	case bind.AggregatesAll(q):
		return "an aggregate over all rows"
	}
	return ""
}

// NoteBlocked remembers, for a gap's sake, which filters outside do not reach
// the rows inside, and why.
func (p *Pusher) NoteBlocked(q *bind.Query, ctx *formula.Conj) {
	why := Barrier(q)
	for _, o := range q.Outputs {
		if o.Term == formula.NoTerm || p.Terms[o.Term].Kind != formula.ColumnTerm {
			continue
		}
		w := why
		if w == "" {
			w = p.columnBarrier(q, o.Term)
		}
		if w != "" {
			p.Block(q, o, w, ctx)
		}
	}
}

// Block notes one output, if a predicate in ctx speaks of it.
func (p *Pusher) Block(q *bind.Query, o bind.Output, why string, ctx *formula.Conj) {
	if o.Term == formula.NoTerm || !ctx.Mentions(p.ColumnOf(q.Tuple, o.Name)) {
		return
	}
	t := p.Terms[p.Origin(o.Term)]
	if t.Kind == formula.ColumnTerm && t.Tuple.Table != nil {
		p.Blocked[t.Tuple.ID] = why
	}
}

// Pushed is the part of a filter on q's columns that its own rows may be
// assumed to meet: links from the pushable columns to what they copy.
func (p *Pusher) Pushed(q *bind.Query) *formula.Conj {
	if q.Block == nil || Barrier(q) != "" {
		return &formula.Conj{}
	}
	out := &formula.Conj{}
	for _, o := range q.Outputs {
		if o.Term == formula.NoTerm {
			continue
		}
		if p.columnBarrier(q, o.Term) != "" {
			out = formula.And(out, p.pushedToParent(q, o))
			continue
		}
		out.Atoms = append(out.Atoms, formula.Atom{Kind: formula.EqAtom, A: p.ColumnOf(q.Tuple, o.Name), B: o.Term, Weak: true})
	}
	return out
}

// pushedToParent pushes a filter on a row's tenant through DISTINCT ON and
// windows that take apart by a reference to another row, which has the same
// tenant: all rows of a part refer to one row, and the filter is on that.
func (p *Pusher) pushedToParent(q *bind.Query, o bind.Output) *formula.Conj {
	t := p.Terms[o.Term]
	if t.Kind != formula.ColumnTerm || t.Tuple.Table == nil || t.Tuple.Nullable || t.Column != t.Tuple.Table.Column {
		return &formula.Conj{}
	}
	for _, e := range t.Tuple.Table.Edges {
		if e.To.Column == "" || !formula.IsOwned(e.To) || e.To.Tenancy == catalogue.Root {
			continue
		}
		refs := identifying(e)
		if len(refs) == 0 || !p.takesApart(q, t.Tuple, refs) {
			continue
		}
		parent := p.NewTuple("", e.To, t.Tuple.At)
		out := &formula.Conj{}
		for _, ref := range refs {
			eq := formula.Atom{Kind: formula.EqAtom, A: p.ColumnOf(t.Tuple, ref[0]), B: p.ColumnOf(parent, ref[1])}
			out.Atoms = append(out.Atoms, eq)
		}
		eq := formula.Atom{Kind: formula.EqAtom, Weak: true, A: p.ColumnOf(q.Tuple, o.Name), B: p.ColumnOf(parent, e.To.Column)}
		out.Atoms = append(out.Atoms, eq)
		return out
	}
	return &formula.Conj{}
}

// identifying are the columns of an edge that tell its target, each with the
// column it refers to: all of them, or one that is unique there by itself.
func identifying(e *catalogue.Edge) [][2]string {
	var all [][2]string
	for i, c := range e.Columns {
		ref := [2]string{c, e.RefColumns[i]}
		if _, unique := rules.UniqueColumnOf(e.To, ref[1]); unique && c != e.From.Column {
			return [][2]string{ref}
		}
		all = append(all, ref)
	}
	return all
}

// takesApart reports whether DISTINCT ON and every window of a query keep rows
// apart that differ in columns that refer to another row.
func (p *Pusher) takesApart(q *bind.Query, t *formula.Tuple, refs [][2]string) bool {
	b := q.Block
	if b.Node == nil || bind.GroupingOf(b.Node) != nil {
		return false
	}
	lists := [][]sqltree.Expr{}
	if len(b.Node.DistinctOn) > 0 {
		lists = append(lists, distinctKeys(b))
	}
	for _, w := range p.windows(q) {
		lists = append(lists, w.PartitionBy)
	}
	for _, ref := range refs {
		column := p.ColumnOf(t, ref[0])
		if !p.NotNull(column) {
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
func (p *Pusher) columnBarrier(q *bind.Query, t formula.TermID) string {
	b := q.Block
	if b.Node == nil {
		return ""
	}
	if len(b.Node.DistinctOn) > 0 && !p.among(b, distinctKeys(b), t) {
		return "DISTINCT ON"
	}
	if g := bind.GroupingOf(b.Node); g != nil && !p.Determined(b, g, t) {
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
func distinctKeys(b *bind.Block) []sqltree.Expr {
	out := make([]sqltree.Expr, len(b.Node.DistinctOn))
	for i, e := range b.Node.DistinctOn {
		out[i] = bind.GroupedExpr(b, e)
		c, ok := e.(*sqltree.Column)
		for _, item := range b.Items {
			if ok && c.Table == "" && item.Alias == c.Name {
				out[i] = item.Expr
			}
		}
	}
	return out
}

// among reports whether a list has a column as one of its expressions.
func (p *Pusher) among(b *bind.Block, list []sqltree.Expr, t formula.TermID) bool {
	for _, e := range list {
		if p.PlainTerm(b.Env, e) == t {
			return true
		}
	}
	return false
}

// windows lists the windows of a query's select list and ORDER BY, references
// to named windows resolved.
func (p *Pusher) windows(q *bind.Query) []*sqltree.Window {
	var out []*sqltree.Window
	collect := func(e sqltree.Expr) bool {
		if c, ok := e.(*sqltree.Call); ok && c.Over != nil {
			out = append(out, resolvedWindow(q.Block.Node, c.Over))
		}
		return false
	}
	for _, i := range q.Block.Items {
		bind.AnyExpr(i.Expr, collect)
	}
	if q.Node != nil {
		bind.AnyOrder(q.Node.OrderBy, collect)
	}
	for _, e := range q.Block.Node.DistinctOn {
		bind.AnyExpr(e, collect)
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
