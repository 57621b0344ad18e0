// Package judge goes through a statement and everything in it: blocks, sub-selects,
// writes, bodies of functions and triggers. It hands what is known outside inwards
// where that is sound, and has each row of an owned table recorded in the ledger.
package judge

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/ledger"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/read"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A Judge goes through a statement and everything in it, with what is known of
// the rows there, and has each row of an owned table recorded.
type Judge struct {
	*ledger.Ledger
	depth int
}

// NewJudge starts with nothing known.
func NewJudge(cat *catalogue.Catalogue) *Judge {
	j := &Judge{Ledger: ledger.NewLedger(cat)}
	j.Recursive = j.loopRows
	return j
}

// enter counts the nesting of judged queries.
func (p *Judge) enter() { p.depth++ }

// leave ends what enter began.
func (p *Judge) leave() { p.depth-- }

// JudgeQuery ties every relation of a query. ctx is what may be assumed: facts
// about outer rows, and about the query's own columns where a filter on them
// may be pushed.
func (p *Judge) JudgeQuery(q *bind.Query, ctx *formula.Conj) {
	p.enter()
	defer p.leave()
	if givesNothing(q) {
		ctx = &formula.Conj{Never: true}
	}
	switch {
	case q.Loop != nil:
		p.judgeLoop(q, ctx)
	case q.Write != nil:
		p.JudgeWrite(q.Write)
	case q.Op != nil:
		p.judgeSet(q, ctx)
	case q.Values != nil:
		for _, row := range q.Values {
			p.judgeExprs(q.Env, row, ctx)
		}
	case q.Block != nil:
		p.judgeBlock(q, ctx)
	}
	p.judgeTail(q, ctx)
	p.judgeUnread(q)
}

// givesNothing tells LIMIT 0, of a query that computes nothing else.
func givesNothing(q *bind.Query) bool {
	if q.Node == nil {
		return false
	}
	l, ok := formula.Uncast(q.Node.Limit).(*sqltree.Literal)
	return ok && l.Kind == sqltree.Number && l.Text == "0"
}

// judgeUnread judges the data-modifying CTEs of a query, which run whether or
// not they are read.
func (p *Judge) judgeUnread(q *bind.Query) { p.judgeCTEs(q.Node, q.CTEs) }

// judgeCTEs judges the CTEs of a query's own WITH.
func (p *Judge) judgeCTEs(node *sqltree.Query, ctes *bind.CTEs) {
	if node == nil || node.With == nil {
		return
	}
	p.judgeWith(node.With, ctes)
}

// judgeWith judges what a WITH clause defines and nothing before has judged.
func (p *Judge) judgeWith(w *sqltree.With, ctes *bind.CTEs) {
	if w == nil {
		return
	}
	defs := make([]*bind.CTE, len(w.CTEs))
	for i := len(w.CTEs) - 1; i >= 0; i-- {
		defs[i], ctes = ctes.Def, ctes.Next
	}
	// From the last to the first: judging one may read those before it.
	for i := len(defs) - 1; i >= 0; i-- {
		def := defs[i]
		switch {
		case def.Write != nil:
			p.JudgeQuery(def.Write, &formula.Conj{})
		}
		// What nothing reads is not run.
	}
}

// judgeSet judges the arms of a set operation; a filter on its columns is one on
// each arm's.
func (p *Judge) judgeSet(q *bind.Query, ctx *formula.Conj) {
	push := read.Barrier(q) == "" && !q.Open
	for _, arm := range []*bind.Query{q.Op.Left, q.Op.Right} {
		inner := formula.And(ctx, p.OtherArm(q.Op, arm))
		switch {
		case len(arm.Outputs) != len(q.Outputs):
		case push:
			inner = formula.And(inner, p.SameColumns(q, arm))
		default:
			for i, o := range arm.Outputs {
				p.Block(q, bind.Output{Name: q.Outputs[i].Name, Term: o.Term}, read.Barrier(q), ctx)
			}
		}
		p.JudgeQuery(arm, inner)
	}
}

// judgeBlock ties the relations of one SELECT.
func (p *Judge) judgeBlock(q *bind.Query, ctx *formula.Conj) {
	b := q.Block
	p.NoteBlocked(q, ctx)
	ctx = formula.And(ctx, p.Pushed(q))
	if b.Node.Having != nil {
		ctx = formula.And(ctx, p.HavingFacts(b, bind.GroupingOf(b.Node)))
	}
	where := p.FactsOf(b.Env, b.Where)
	real := p.RealRows(b.Env.Scope.Parent, formula.And(p.JoinRows(b.From), where))
	p.judgeFrom(b, formula.And(ctx, where, real, p.CountedRows(q)))
	rows := formula.And(ctx, p.JoinRows(b.From))
	p.judgeCondition(b.Env, b.Where, formula.And(rows, real))
	p.judgeSelectList(q, ctx, formula.And(rows, where, real))
}

// judgeFrom ties the items of FROM, and judges the conditions of the joins.
func (p *Judge) judgeFrom(b *bind.Block, filter *formula.Conj) {
	p.NoteOuter(b.From)
	for _, l := range p.Layers(b.From, filter) {
		p.judgeLeaf(l)
	}
	p.judgeJoins(b.From, filter)
}

// judgeLeaf ties one item of FROM, or judges the query that it is.
func (p *Judge) judgeLeaf(l read.Layer) {
	switch {
	case l.Leaf.Func != nil:
		p.judgeExprs(l.Leaf.Sub.Env, l.Leaf.Func.Calls, l.Formula)
	case l.Leaf.Sub != nil && (l.Leaf.Sub.Write != nil || l.Leaf.Sub.Shared):
		// judged where it is defined
	case l.Leaf.Sub != nil:
		p.JudgeQuery(l.Leaf.Sub, l.Formula)
	case len(l.Leaf.Tuple.Proved) > 0:
		// the statement's own rows, in a trigger
	case formula.IsOwned(l.Leaf.Tuple.Table):
		p.Record(l.Leaf.Tuple, l.Formula)
	}
}

// judgeJoins judges the sub-selects in ON. They matter for pairs of rows of
// both sides; of an outer join, whatever is said above of the optional side.
func (p *Judge) judgeJoins(s *bind.Source, above *formula.Conj) {
	if s == nil || s.Leaf != nil {
		return
	}
	pair := formula.And(p.JoinRows(s.Left), p.JoinRows(s.Right))
	inner := above
	switch s.Kind {
	case sqltree.Left:
		inner = p.Without(above, p.RowsBelow(s.Right))
	case sqltree.Full:
		inner = p.Without(above, p.RowsBelow(s))
	}
	if s.On != nil {
		p.judgeCondition(s.Env, s.On, formula.And(inner, pair))
	}
	p.judgeJoins(s.Left, p.BelowJoin(s, s.Left, above))
	p.judgeJoins(s.Right, p.BelowJoin(s, s.Right, above))
}

// judgeSelectList judges what is computed for the rows that WHERE let through.
// Of a query that gives a row even without any, nothing is known there.
func (p *Judge) judgeSelectList(q *bind.Query, ctx, rows *formula.Conj) {
	b := q.Block
	defer p.AfterGrouping(b)()
	if bind.AggregatesAll(q) || bind.GroupingOf(b.Node) != nil && bind.GroupingOf(b.Node).Sets {
		rows = ctx
	}
	for _, i := range b.Items {
		p.judgeExpr(b.Env, i.Expr, rows)
	}
	if b.Node == nil {
		return
	}
	p.judgeExprs(b.Env, b.Node.DistinctOn, rows)
	p.judgeGroups(b, b.Node.GroupBy, rows)
	if b.Node.Having != nil {
		p.judgeCondition(b.Env, b.Node.Having, rows)
	}
	for _, w := range b.Node.Windows {
		p.judgeExprs(b.Env, bind.WindowOperands(&w), rows)
	}
}

// judgeGroups judges the sub-selects in GROUP BY.
func (p *Judge) judgeGroups(b *bind.Block, list []sqltree.Grouping, rows *formula.Conj) {
	for _, g := range list {
		p.judgeExpr(b.Env, g.Expr, rows)
		p.judgeGroups(b, g.Sets, rows)
	}
}

// judgeTail judges ORDER BY, LIMIT and OFFSET.
func (p *Judge) judgeTail(q *bind.Query, ctx *formula.Conj) {
	if q.Node == nil || q.Env == nil {
		return
	}
	rows := ctx
	if q.Block != nil && !bind.AggregatesAll(q) && (bind.GroupingOf(q.Block.Node) == nil || !bind.GroupingOf(q.Block.Node).Sets) {
		rows = formula.And(ctx, p.JoinRows(q.Block.From), p.FactsOf(q.Env, q.Block.Where))
	}
	defer p.AfterGrouping(q.Block)()
	for _, o := range q.Node.OrderBy {
		p.judgeExpr(q.Env, o.Expr, rows)
	}
	p.judgeExpr(q.Env, q.Node.Limit, ctx)
	p.judgeExpr(q.Env, q.Node.Offset, ctx)
}
