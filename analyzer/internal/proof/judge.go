package proof

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A judge goes through a statement and everything in it, with what is known of
// the rows there, and has each row of an owned table recorded.
type judge struct {
	*ledger
	depth int
}

// newJudge starts with nothing known.
func newJudge(cat *catalogue.Catalogue) *judge {
	j := &judge{ledger: newLedger(cat)}
	j.recursive = j.loopRows
	return j
}

// enter counts the nesting of judged queries.
func (p *judge) enter() { p.depth++ }

// leave ends what enter began.
func (p *judge) leave() { p.depth-- }

// judgeQuery ties every relation of a query. ctx is what may be assumed: facts
// about outer rows, and about the query's own columns where a filter on them
// may be pushed.
func (p *judge) judgeQuery(q *query, ctx *conj) {
	p.enter()
	defer p.leave()
	if givesNothing(q) {
		ctx = &conj{never: true}
	}
	switch {
	case q.loop != nil:
		p.judgeLoop(q, ctx)
	case q.write != nil:
		p.judgeWrite(q.write)
	case q.op != nil:
		p.judgeSet(q, ctx)
	case q.values != nil:
		for _, row := range q.values {
			p.judgeExprs(q.env, row, ctx)
		}
	case q.block != nil:
		p.judgeBlock(q, ctx)
	}
	p.judgeTail(q, ctx)
	p.judgeUnread(q)
}

// givesNothing tells LIMIT 0, of a query that computes nothing else.
func givesNothing(q *query) bool {
	if q.node == nil {
		return false
	}
	l, ok := uncast(q.node.Limit).(*sqltree.Literal)
	return ok && l.Kind == sqltree.Number && l.Text == "0"
}

// judgeUnread judges the data-modifying CTEs of a query, which run whether or
// not they are read.
func (p *judge) judgeUnread(q *query) { p.judgeCTEs(q.node, q.ctes) }

// judgeCTEs judges the CTEs of a query's own WITH.
func (p *judge) judgeCTEs(node *sqltree.Query, ctes *cteEnv) {
	if node == nil || node.With == nil {
		return
	}
	p.judgeWith(node.With, ctes)
}

// judgeWith judges what a WITH clause defines and nothing before has judged.
func (p *judge) judgeWith(w *sqltree.With, ctes *cteEnv) {
	if w == nil {
		return
	}
	defs := make([]*cteDef, len(w.CTEs))
	for i := len(w.CTEs) - 1; i >= 0; i-- {
		defs[i], ctes = ctes.def, ctes.next
	}
	// From the last to the first: judging one may read those before it.
	for i := len(defs) - 1; i >= 0; i-- {
		def := defs[i]
		switch {
		case def.write != nil:
			p.judgeQuery(def.write, &conj{})
		}
		// What nothing reads is not run.
	}
}

// judgeSet judges the arms of a set operation; a filter on its columns is one on
// each arm's.
func (p *judge) judgeSet(q *query, ctx *conj) {
	push := barrier(q) == "" && !q.open
	for _, arm := range []*query{q.op.left, q.op.right} {
		inner := and(ctx, p.otherArm(q.op, arm))
		switch {
		case len(arm.outs) != len(q.outs):
		case push:
			inner = and(inner, p.sameColumns(q, arm))
		default:
			for i, o := range arm.outs {
				p.block(q, output{name: q.outs[i].name, term: o.term}, barrier(q), ctx)
			}
		}
		p.judgeQuery(arm, inner)
	}
}

// otherArm is what the other arm says of the rows of one: those of an INTERSECT
// matter only if both arms have them, those behind EXCEPT only if the left has.
func (p *pusher) otherArm(op *setOp, arm *query) *conj {
	other := op.left
	if arm == op.left {
		other = op.right
	}
	if op.op == "UNION" || op.op == "EXCEPT" && arm == op.left || other.open || len(other.outs) != len(arm.outs) {
		return &conj{}
	}
	return and(p.rowFormula(other), p.sameColumns(other, arm))
}

// sameColumns equates the columns of two queries, one by one.
func (p *pusher) sameColumns(q, arm *query) *conj {
	out := &conj{}
	for i, o := range arm.outs {
		a, b := p.columnOf(q.tuple, q.outs[i].name), p.columnOf(arm.tuple, o.name)
		out.atoms = append(out.atoms, atom{kind: eqAtom, a: a, b: b, weak: true})
	}
	return out
}

// judgeBlock ties the relations of one SELECT.
func (p *judge) judgeBlock(q *query, ctx *conj) {
	b := q.block
	p.noteBlocked(q, ctx)
	ctx = and(ctx, p.pushed(q))
	if b.node.Having != nil {
		ctx = and(ctx, p.havingFacts(b, groupingOf(b.node)))
	}
	where := p.factsOf(b.env, b.where)
	real := p.realRows(b.env.scope.parent, and(p.joinRows(b.from), where))
	p.judgeFrom(b, and(ctx, where, real, p.countedRows(q)))
	rows := and(ctx, p.joinRows(b.from))
	p.judgeCondition(b.env, b.where, and(rows, real))
	p.judgeSelectList(q, ctx, and(rows, where, real))
}

// countedRows is what holds for the rows that a query over all rows counts:
// where each of its aggregates has a FILTER, they meet one.
func (p *pusher) countedRows(q *query) *conj {
	node := q.block.node
	if !aggregatesAll(q) || len(node.GroupBy) > 0 || node.Having != nil || len(q.node.OrderBy) > 0 {
		return &conj{}
	}
	var arms []*conj
	for _, i := range q.block.items {
		open := anyExpr(i.Expr, func(x sqltree.Expr) bool {
			c, ok := x.(*sqltree.Call)
			if isAggregate(x) && ok && c.Filter != nil {
				arms = append(arms, p.factsOf(q.env, c.Filter))
				return false
			}
			return isAggregate(x)
		})
		if open {
			return &conj{}
		}
	}
	return p.or("or", node, arms)
}

// realRows is what follows for rows of outer blocks that an outer join may have
// extended with NULLs: where the block compares such a row's column, its own
// rows matter only to a row that is there, which met ON.
func (p *pusher) realRows(s *scope, rows *conj) *conj {
	out := &conj{}
	for ; s != nil; s = s.parent {
		out = and(out, p.realIn(s.from, rows))
	}
	return out
}

// realIn adds ON of each outer join whose optional side is compared.
func (p *pusher) realIn(s *source, rows *conj) *conj {
	if s == nil || s.leaf != nil {
		return &conj{}
	}
	out := and(p.realIn(s.left, rows), p.realIn(s.right, rows))
	if s.kind == sqltree.Left && p.compares(rows, p.rowsBelow(s.right)) {
		out = and(out, p.onFacts(s), p.joinRows(s.right))
	}
	return out
}

// compares tells whether an equality that NULL fails speaks of one of the rows.
func (p *pusher) compares(c *conj, rows map[int]bool) bool {
	for _, a := range c.atoms {
		if a.kind != eqAtom || a.weak {
			continue
		}
		for _, t := range []termID{a.a, a.b} {
			if tm := p.terms[t]; tm.kind == columnTerm && rows[tm.tuple.id] {
				return true
			}
		}
	}
	return false
}

// judgeFrom ties the items of FROM, and judges the conditions of the joins.
func (p *judge) judgeFrom(b *block, filter *conj) {
	p.noteOuter(b.from)
	for _, l := range p.layers(b.from, filter) {
		p.judgeLeaf(l)
	}
	p.judgeJoins(b.from, filter)
}

// judgeLeaf ties one item of FROM, or judges the query that it is.
func (p *judge) judgeLeaf(l layer) {
	switch {
	case l.leaf.fn != nil:
		p.judgeExprs(l.leaf.sub.env, l.leaf.fn.Calls, l.formula)
	case l.leaf.sub != nil && (l.leaf.sub.write != nil || l.leaf.sub.shared):
		// judged where it is defined
	case l.leaf.sub != nil:
		p.judgeQuery(l.leaf.sub, l.formula)
	case len(l.leaf.tuple.proved) > 0:
		// the statement's own rows, in a trigger
	case isOwned(l.leaf.tuple.table):
		p.record(l.leaf.tuple, l.formula)
	}
}

// judgeJoins judges the sub-selects in ON. They matter for pairs of rows of
// both sides; of an outer join, whatever is said above of the optional side.
func (p *judge) judgeJoins(s *source, above *conj) {
	if s == nil || s.leaf != nil {
		return
	}
	pair := and(p.joinRows(s.left), p.joinRows(s.right))
	inner := above
	switch s.kind {
	case sqltree.Left:
		inner = p.without(above, p.rowsBelow(s.right))
	case sqltree.Full:
		inner = p.without(above, p.rowsBelow(s))
	}
	if s.on != nil {
		p.judgeCondition(s.env, s.on, and(inner, pair))
	}
	p.judgeJoins(s.left, p.belowJoin(s, s.left, above))
	p.judgeJoins(s.right, p.belowJoin(s, s.right, above))
}

// belowJoin is what of above still holds for the joins inside one side.
func (p *pusher) belowJoin(s, side *source, above *conj) *conj {
	if s.kind == sqltree.Inner || s.kind == sqltree.Left && side == s.left {
		return above
	}
	return p.without(above, p.rowsBelow(s))
}

// judgeSelectList judges what is computed for the rows that WHERE let through.
// Of a query that gives a row even without any, nothing is known there.
func (p *judge) judgeSelectList(q *query, ctx, rows *conj) {
	b := q.block
	defer p.afterGrouping(b)()
	if aggregatesAll(q) || groupingOf(b.node) != nil && groupingOf(b.node).sets {
		rows = ctx
	}
	for _, i := range b.items {
		p.judgeExpr(b.env, i.Expr, rows)
	}
	if b.node == nil {
		return
	}
	p.judgeExprs(b.env, b.node.DistinctOn, rows)
	p.judgeGroups(b, b.node.GroupBy, rows)
	if b.node.Having != nil {
		p.judgeCondition(b.env, b.node.Having, rows)
	}
	for _, w := range b.node.Windows {
		p.judgeExprs(b.env, windowOperands(&w), rows)
	}
}

// judgeGroups judges the sub-selects in GROUP BY.
func (p *judge) judgeGroups(b *block, list []sqltree.Grouping, rows *conj) {
	for _, g := range list {
		p.judgeExpr(b.env, g.Expr, rows)
		p.judgeGroups(b, g.Sets, rows)
	}
}

// judgeTail judges ORDER BY, LIMIT and OFFSET.
func (p *judge) judgeTail(q *query, ctx *conj) {
	if q.node == nil || q.env == nil {
		return
	}
	rows := ctx
	if q.block != nil && !aggregatesAll(q) && (groupingOf(q.block.node) == nil || !groupingOf(q.block.node).sets) {
		rows = and(ctx, p.joinRows(q.block.from), p.factsOf(q.env, q.block.where))
	}
	defer p.afterGrouping(q.block)()
	for _, o := range q.node.OrderBy {
		p.judgeExpr(q.env, o.Expr, rows)
	}
	p.judgeExpr(q.env, q.node.Limit, ctx)
	p.judgeExpr(q.env, q.node.Offset, ctx)
}
