package proof

import (
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A query is a SELECT, VALUES, set operation or data-modifying CTE with its
// names resolved. Exactly one of block, op, values, write, loop is set.
type query struct {
	node   *sqltree.Query // nil for a write
	env    *env           // resolves ORDER BY, LIMIT
	ctes   *cteEnv        // what the query's own WITH defines, then what was defined around it
	block  *block
	op     *setOp
	values [][]sqltree.Expr
	write  *write
	loop   *loop
	fn     *sqltree.FuncTable // of an item of FROM that is a function
	tuple  *tuple             // the row that the query gives
	outs   []output
	open   bool  // the outputs are not known
	shared bool  // a second reference to one data-modifying CTE: its rows are strangers to the first's
	rows   *conj // memo of [prover.rowFormula]
}

// An output is one column that a query gives. Its term is a column or hole of
// the query's own block, noTerm if it is computed.
type output struct {
	name string
	term termID
	expr sqltree.Expr
}

// A block is one SELECT, or the FROM and WHERE of a write.
type block struct {
	node  *sqltree.Select // nil for a write
	env   *env
	from  *source
	where sqltree.Expr
	items []sqltree.Item
	extra *conj // elements of arrays that the select list unnests
}

// A setOp is UNION, INTERSECT or EXCEPT.
type setOp struct {
	op          string
	left, right *query
}

// A binder resolves the names of one statement.
type binder struct {
	*values
	meaning meaning

	unproven    []string
	capped      []Limit
	guessed     bool         // a table was bound of which the catalogue only guesses
	via         sqltree.Node // the outermost view being bound
	viewDepth   int
	instances   int
	transitions map[string]transition // in a trigger's body
}

// meaning is what binding asks of those who read what was bound: outer joins are
// settled by the conditions around them, and RETURNING sees what was stored.
type meaning interface {
	prepare(*block)
	insertedRows(*write)
}

// newBinder starts with nothing known.
func newBinder(cat *catalogue.Catalogue) *binder { return &binder{values: newValues(cat)} }

// maxInstances bounds the copies of inlined queries in one statement.
const maxInstances = 100

// bindQuery resolves a query that stands inside of outer.
func (p *binder) bindQuery(node *sqltree.Query, outer *scope, ctes *cteEnv) *query {
	p.instances++
	q := &query{node: node, tuple: p.newTuple("", nil, node)}
	q.ctes = p.bindWith(node.With, outer, ctes)
	switch body := node.Body.(type) {
	case *sqltree.Select:
		q.block = p.bindSelect(body, outer, q.ctes)
		q.env = q.block.env
		p.bindOutputs(q, body.Items)
	case *sqltree.SetOp:
		q.env = p.newEnv(outer, q.ctes)
		l, r := p.bindQuery(body.Left, outer, q.ctes), p.bindQuery(body.Right, outer, q.ctes)
		p.asLeaf(l, nil)
		p.asLeaf(r, nil)
		q.op = &setOp{body.Op, l, r}
		p.nameLike(q, l)
	case *sqltree.Values:
		q.env = p.newEnv(outer, q.ctes)
		q.values = body.Rows
		p.bindValues(q)
	default:
		q.env, q.open = p.newEnv(outer, q.ctes), true
	}
	return q
}

// bindSelect resolves FROM from left to right, so that a lateral item sees what
// stands before it, and settles which joins are outer joins indeed.
func (p *binder) bindSelect(node *sqltree.Select, outer *scope, ctes *cteEnv) *block {
	s := &scope{parent: outer}
	b := &block{node: node, where: node.Where, items: node.Items, extra: &conj{}}
	b.env = p.newEnv(s, ctes)
	for _, item := range node.From {
		s.from = comma(s.from, p.bindFrom(item, s, ctes))
	}
	b.from = s.from
	p.meaning.prepare(b)
	return b
}

// comma joins the items of a FROM list.
func comma(left, right *source) *source {
	if left == nil {
		return right
	}
	return &source{kind: sqltree.Inner, left: left, right: right}
}

// nameLike gives q the output names of another query, each a column of q's row.
func (p *binder) nameLike(q, like *query) {
	q.open = like.open
	for _, o := range like.outs {
		q.outs = append(q.outs, output{name: o.name, term: noTerm})
	}
}

// bindValues names the columns of VALUES as PostgreSQL does.
func (p *binder) bindValues(q *query) {
	if len(q.values) == 0 {
		return
	}
	for i := range q.values[0] {
		q.outs = append(q.outs, output{name: "column" + strconv.Itoa(i+1), term: noTerm})
	}
}

// bindOutputs resolves a select list or RETURNING.
func (p *binder) bindOutputs(q *query, items []sqltree.Item) {
	b := q.block
	for _, item := range items {
		if s, ok := item.Expr.(*sqltree.Star); ok {
			p.bindStar(q, s)
			continue
		}
		t := p.outputTerm(b, item.Expr)
		q.outs = append(q.outs, output{outputName(item), t, item.Expr})
	}
}

// bindStar lists the columns of a star; if those of an item are not known, the
// positions of all outputs are not.
func (p *binder) bindStar(q *query, s *sqltree.Star) {
	src := q.block.from
	var cols []named
	ok := false
	switch {
	case src == nil:
	case s.Table == "":
		cols, ok = p.star(src)
	default:
		cols, ok = p.starOf(src, s)
	}
	q.open = q.open || !ok
	for _, c := range cols {
		q.outs = append(q.outs, output{name: c.name, term: c.term})
	}
}

// outputTerm is the term of a select item; unnest($1) gives an element.
func (p *binder) outputTerm(b *block, e sqltree.Expr) termID {
	if c, ok := e.(*sqltree.Call); ok && c.Name == "unnest" && len(c.Args) == 1 {
		t := p.computed()
		b.extra = and(b.extra, weakly(p.elementOf(t, c.Args[0], e), true))
		return t
	}
	return p.plainTerm(b.env, e)
}

// plainTerm is the term of an expression that is a column, a bind value or a
// literal, casts aside.
func (p *values) plainTerm(en *env, e sqltree.Expr) termID {
	switch e := e.(type) {
	case *sqltree.Column:
		return p.resolve(en.scope, e)
	case *sqltree.Hole:
		return p.holeTerm(en, e.Number)
	case *sqltree.Literal:
		if e.Kind != sqltree.Null {
			return p.constOf(e.Text)
		}
	case *sqltree.Cast:
		return p.castTerm(en, e)
	case *sqltree.Coalesce:
		return p.coalesceTerm(en, e)
	case *sqltree.Call:
		if e.Name == "lower" && len(e.Args) == 1 {
			return p.loweredTerm(en, e.Args[0])
		}
	}
	return noTerm
}

// coalesceTerm is the first argument, where it cannot be NULL or is all there is.
func (p *values) coalesceTerm(en *env, e *sqltree.Coalesce) termID {
	first := p.plainTerm(en, e.Args[0])
	if first == noTerm || p.settledNotNull(en, first) {
		return first
	}
	for _, a := range e.Args[1:] {
		if p.plainTerm(en, a) != first {
			return noTerm
		}
	}
	return first
}

// settledNotNull is notNull for a block that is being bound: of the rows around
// it, what outer joins do to them is not settled yet.
func (p *values) settledNotNull(en *env, t termID) bool {
	return p.notNull(t) && (p.terms[t].kind != columnTerm || en.scope.from.tuples()[p.terms[t].tuple.id])
}

// loweredTerm sees through lower(x::text) where the text has no capitals.
func (p *values) loweredTerm(en *env, e sqltree.Expr) termID {
	c, ok := e.(*sqltree.Cast)
	if !ok {
		return noTerm
	}
	t := p.plainTerm(en, c)
	if t == noTerm || p.terms[t].kind != columnTerm {
		return noTerm
	}
	if typ := lastName(p.columnType(p.terms[t])); typ == "uuid" || wholeNumber(typ) {
		return t
	}
	return noTerm
}

// holeTerm is a bind value; in a function's body $1 is an argument.
func (p *values) holeTerm(en *env, number int) termID {
	for s := en.scope; s != nil; s = s.parent {
		if s.values != nil {
			if t, ok := s.values["$"+strconv.Itoa(number)]; ok {
				return t
			}
			return noTerm
		}
	}
	return p.holeOf(number)
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

// asLeaf makes the outputs columns of the query's row: renamed where the
// reference names columns, and told apart where two have one name.
func (p *binder) asLeaf(q *query, names []string) []string {
	if q.open && len(names) > 0 {
		q.outs = nil // positions are not known
	}
	for i, n := range names {
		if i < len(q.outs) {
			q.outs[i].name = n
		}
	}
	seen := map[string]bool{}
	cols := make([]string, len(q.outs))
	for i := range q.outs {
		if seen[q.outs[i].name] {
			q.outs[i].name += "#" + strconv.Itoa(i)
		}
		seen[q.outs[i].name] = true
		cols[i] = q.outs[i].name
	}
	p.ofRow[q.tuple.id] = q
	return cols
}

// sub binds a sub-select of the block's expressions, once.
func (p *binder) sub(en *env, node *sqltree.Query) *query {
	if q, ok := en.subs[node]; ok {
		return q
	}
	q := p.bindQuery(node, en.scope, en.ctes)
	p.asLeaf(q, nil)
	q.tuple.nullable = true // a scalar sub-select without row is NULL
	if en.subs == nil {
		en.subs = map[*sqltree.Query]*query{}
	}
	en.subs[node] = q
	return q
}
