// Package bind resolves the names of a statement: the one binder that there is.
//
// In go a tree and a catalogue; out come queries, blocks and sources whose columns
// are terms. Every view, derived table and reference to a common table expression
// becomes a query of its own, in its place. What it cannot know without reading
// conditions, which outer joins are none and what RETURNING sees, it asks of a
// meaning, which the package above gives it.
package bind

import (
	"slices"
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A Binder resolves the names of one statement.
type Binder struct {
	*values
	Meaning meaning

	Unproven    []string
	Capped      []premise.Limit
	Guessed     bool         // a table was bound of which the catalogue only guesses
	Unsure      string       // the first table whose tenancy only weak signs doubt
	Via         sqltree.Node // the outermost view being bound
	viewDepth   int
	Instances   int
	Transitions map[string]Transition // in a trigger's body
	Session     *Session              // what is read of the session, nil where nothing is proved by that
}

// meaning is what binding asks of those who read what was bound: outer joins are
// settled by the conditions around them, and RETURNING sees what was stored.
type meaning interface {
	Prepare(*Block)
	InsertedRows(*Write)
}

// NewBinder starts with nothing known.
func NewBinder(cat *catalogue.Catalogue) *Binder { return &Binder{values: newValues(cat)} }

// MaxInstances bounds the copies of inlined queries in one statement.
const MaxInstances = 100

// BindQuery resolves a query that stands inside of outer.
func (p *Binder) BindQuery(node *sqltree.Query, outer *Scope, ctes *CTEs) *Query {
	p.Instances++
	q := &Query{Node: node, Tuple: p.NewTuple("", nil, node)}
	q.CTEs = p.bindWith(node.With, outer, ctes)
	switch body := node.Body.(type) {
	case *sqltree.Select:
		q.Block = p.bindSelect(body, outer, q.CTEs)
		q.Env = q.Block.Env
		p.BindOutputs(q, body.Items)
	case *sqltree.SetOp:
		q.Env = p.NewEnv(outer, q.CTEs)
		l, r := p.BindQuery(body.Left, outer, q.CTEs), p.BindQuery(body.Right, outer, q.CTEs)
		p.AsLeaf(l, nil)
		p.AsLeaf(r, nil)
		q.Op = &SetOp{body.Op, l, r}
		p.nameLike(q, l)
	case *sqltree.Values:
		q.Env = p.NewEnv(outer, q.CTEs)
		q.Values = body.Rows
		p.bindValues(q)
	default:
		q.Env, q.Open = p.NewEnv(outer, q.CTEs), true
	}
	return q
}

// bindSelect resolves FROM from left to right, so that a lateral item sees what
// stands before it, and settles which joins are outer joins indeed.
func (p *Binder) bindSelect(node *sqltree.Select, outer *Scope, ctes *CTEs) *Block {
	s := &Scope{Parent: outer}
	b := &Block{Node: node, Where: node.Where, Items: node.Items, Extra: &formula.Conj{}, aggregates: p.ownAggregates()}
	b.Env = p.NewEnv(s, ctes)
	for _, item := range node.From {
		s.From = comma(s.From, p.bindFrom(item, s, ctes))
	}
	b.From = s.From
	p.Meaning.Prepare(b)
	return b
}

// comma joins the items of a FROM list.
func comma(left, right *Source) *Source {
	if left == nil {
		return right
	}
	return &Source{Kind: sqltree.Inner, Left: left, Right: right}
}

// nameLike gives q the output names of another query, each a column of q's row.
func (p *Binder) nameLike(q, like *Query) {
	q.Open = like.Open
	for _, o := range like.Outputs {
		q.Outputs = append(q.Outputs, Output{Name: o.Name, Term: formula.NoTerm})
	}
}

// bindValues names the columns of VALUES as PostgreSQL does.
func (p *Binder) bindValues(q *Query) {
	if len(q.Values) == 0 {
		return
	}
	for i := range q.Values[0] {
		q.Outputs = append(q.Outputs, Output{Name: "column" + strconv.Itoa(i+1), Term: formula.NoTerm})
	}
}

// BindOutputs resolves a select list or RETURNING.
func (p *Binder) BindOutputs(q *Query, items []sqltree.Item) {
	b := q.Block
	for _, item := range items {
		if s, ok := item.Expr.(*sqltree.Star); ok {
			p.bindStar(q, s)
			continue
		}
		t := p.outputTerm(b, item.Expr)
		q.Outputs = append(q.Outputs, Output{outputName(item), t, item.Expr})
	}
}

// bindStar lists the columns of a star; if those of an item are not known, the
// positions of all outputs are not.
func (p *Binder) bindStar(q *Query, s *sqltree.Star) {
	src := q.Block.From
	var cols []named
	ok := false
	switch {
	case src == nil:
	case s.Table == "":
		cols, ok = p.star(src)
	default:
		cols, ok = p.starOf(src, s)
	}
	q.Open = q.Open || !ok
	for _, c := range cols {
		q.Outputs = append(q.Outputs, Output{Name: c.name, Term: c.term})
	}
}

// outputTerm is the term of a select item; unnest($1) gives an element.
func (p *Binder) outputTerm(b *Block, e sqltree.Expr) formula.TermID {
	if c, ok := e.(*sqltree.Call); ok && c.Name == "unnest" && len(c.Args) == 1 {
		_, plain := PlainHole(c.Args[0])
		t := p.Computed(plain)
		b.Extra = formula.And(b.Extra, formula.Weakly(p.ElementOf(t, c.Args[0], e), true))
		return t
	}
	return p.PlainTerm(b.Env, e)
}

// outputName is the name that PostgreSQL gives a select item.
func outputName(item sqltree.Item) string {
	if item.Alias != "" {
		return item.Alias
	}
	return exprName(item.Expr)
}

// exprName is the name of an item without alias.
func exprName(e sqltree.Expr) string {
	switch e := e.(type) {
	case *sqltree.Column:
		return e.Name
	case *sqltree.Call:
		return e.Name
	case *sqltree.Cast:
		return exprName(e.X)
	case *sqltree.Coalesce:
		return "coalesce"
	case *sqltree.Exists:
		return "exists"
	case *sqltree.Case:
		return "case"
	case *sqltree.Subquery:
		return subqueryName(e)
	}
	return "?column?"
}

// subqueryName is the name of the sub-select's own column.
func subqueryName(e *sqltree.Subquery) string {
	if e.Array {
		return "array"
	}
	if s, ok := e.Query.Body.(*sqltree.Select); ok && len(s.Items) > 0 {
		return outputName(s.Items[0])
	}
	return "?column?"
}

// AsLeaf makes the outputs columns of the query's row: renamed where the
// reference names columns, and told apart where two have one name.
func (p *Binder) AsLeaf(q *Query, names []string) []string {
	if q.Open && len(names) > 0 {
		q.Outputs = nil // positions are not known
	}
	for i, n := range names {
		if i < len(q.Outputs) {
			q.Outputs[i].Name = n
		}
	}
	seen := map[string]bool{}
	cols := make([]string, len(q.Outputs))
	for i := range q.Outputs {
		if seen[q.Outputs[i].Name] {
			q.Outputs[i].Name += "#" + strconv.Itoa(i)
		}
		seen[q.Outputs[i].Name] = true
		cols[i] = q.Outputs[i].Name
	}
	p.OfRow[q.Tuple.ID] = q
	return cols
}

// Sub binds a sub-select of the block's expressions, once.
func (p *Binder) Sub(en *Env, node *sqltree.Query) *Query {
	if q, ok := en.subs[node]; ok {
		return q
	}
	q := p.BindQuery(node, en.Scope, en.CTEs)
	p.AsLeaf(q, nil)
	q.Tuple.Nullable = true // a scalar sub-select without row is NULL
	if en.subs == nil {
		en.subs = map[*sqltree.Query]*Query{}
	}
	en.subs[node] = q
	return q
}

// Fail makes the statement unproven.
func (p *Binder) Fail(reason string) {
	if !slices.Contains(p.Unproven, reason) {
		p.Unproven = append(p.Unproven, reason)
	}
}

// Cap notes that a bound was met, and the result is weaker for it.
func (p *Binder) Cap(what premise.Limit) {
	if !slices.Contains(p.Capped, what) {
		p.Capped = append(p.Capped, what)
	}
}
