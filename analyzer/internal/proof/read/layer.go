package read

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// OtherArm is what the other arm says of the rows of one: those of an INTERSECT
// matter only if both arms have them, those behind EXCEPT only if the left has.
func (p *Pusher) OtherArm(op *bind.SetOp, arm *bind.Query) *formula.Conj {
	other := op.Left
	if arm == op.Left {
		other = op.Right
	}
	if op.Op == "UNION" || op.Op == "EXCEPT" && arm == op.Left || other.Open || len(other.Outputs) != len(arm.Outputs) {
		return &formula.Conj{}
	}
	return formula.And(p.RowFormula(other), p.SameColumns(other, arm))
}

// SameColumns equates the columns of two queries, one by one.
func (p *Pusher) SameColumns(q, arm *bind.Query) *formula.Conj {
	out := &formula.Conj{}
	for i, o := range arm.Outputs {
		a, b := p.ColumnOf(q.Tuple, q.Outputs[i].Name), p.ColumnOf(arm.Tuple, o.Name)
		out.Atoms = append(out.Atoms, formula.Atom{Kind: formula.EqAtom, A: a, B: b, Weak: true})
	}
	return out
}

// CountedRows is what holds for the rows that a query over all rows counts:
// where each of its aggregates has a FILTER, they meet one.
func (p *Pusher) CountedRows(q *bind.Query) *formula.Conj {
	node := q.Block.Node
	if !bind.AggregatesAll(q) || len(node.GroupBy) > 0 || node.Having != nil || len(q.Node.OrderBy) > 0 {
		return &formula.Conj{}
	}
	var arms []*formula.Conj
	for _, i := range q.Block.Items {
		open := bind.AnyExpr(i.Expr, func(x sqltree.Expr) bool {
			c, ok := x.(*sqltree.Call)
			if bind.IsAggregate(x) && ok && c.Filter != nil {
				arms = append(arms, p.FactsOf(q.Env, c.Filter))
				return false
			}
			return bind.IsAggregate(x)
		})
		if open {
			return &formula.Conj{}
		}
	}
	return p.or("or", node, arms)
}

// RealRows is what follows for rows of outer blocks that an outer join may have
// extended with NULLs: where the block compares such a row's column, its own
// rows matter only to a row that is there, which met ON.
func (p *Pusher) RealRows(s *bind.Scope, rows *formula.Conj) *formula.Conj {
	out := &formula.Conj{}
	for ; s != nil; s = s.Parent {
		out = formula.And(out, p.realIn(s.From, rows))
	}
	return out
}

// realIn adds ON of each outer join whose optional side is compared. From the top down, since
// the ON that a row met may compare the optional side of a join below.
func (p *Pusher) realIn(s *bind.Source, rows *formula.Conj) *formula.Conj {
	if s == nil || s.Leaf != nil {
		return &formula.Conj{}
	}
	out := &formula.Conj{}
	if s.Kind == sqltree.Left && p.compares(rows, p.RowsBelow(s.Right)) {
		out = formula.And(p.OnFacts(s), p.JoinRows(s.Right))
		rows = formula.And(rows, out)
	}
	return formula.And(p.realIn(s.Left, rows), p.realIn(s.Right, rows), out)
}

// compares reports whether an equality that NULL fails speaks of one of the rows.
func (p *Pusher) compares(c *formula.Conj, rows map[int]bool) bool {
	for _, a := range c.Atoms {
		if a.Kind != formula.EqAtom || a.Weak {
			continue
		}
		for _, t := range []formula.TermID{a.A, a.B} {
			if tm := p.Terms[t]; tm.Kind == formula.ColumnTerm && rows[tm.Tuple.ID] {
				return true
			}
		}
	}
	return false
}

// BelowJoin is what of above still holds for the joins inside one side.
func (p *Pusher) BelowJoin(s, side *bind.Source, above *formula.Conj) *formula.Conj {
	if s.Kind == sqltree.Inner || s.Kind == sqltree.Left && side == s.Left {
		return above
	}
	return p.Without(above, p.RowsBelow(s))
}

// Prepare settles which joins of a block are outer joins indeed. It must run
// before anything is concluded from the block's FROM.
func (p *reader) Prepare(b *bind.Block) {
	markNullable(b.From, false)
	if b.Where != nil {
		p.reduce(b.From, []condition{{b.Env, b.Where}})
	} else {
		p.reduce(b.From, nil)
	}
	markNullable(b.From, false)
}

// A Layer is an item of FROM with what may be assumed of the rows of it that
// matter. Items of inner joins share one formula.
type Layer struct {
	Leaf    *bind.Leaf
	Formula *formula.Conj
}

// Layers lists the items of a FROM tree, each with its formula. above is what
// holds for every row of the tree that matters.
func (p *Pusher) Layers(s *bind.Source, above *formula.Conj) []Layer {
	if s == nil {
		return nil
	}
	if inner := p.innerOnly(s, above); inner != nil {
		return inner
	}
	if s.Leaf != nil {
		return []Layer{{s.Leaf, above}}
	}
	var left, right *formula.Conj
	switch s.Kind {
	case sqltree.Inner:
		on := p.OnFacts(s)
		left, right = formula.And(above, on, p.JoinRows(s.Right)), formula.And(above, on, p.JoinRows(s.Left))
	case sqltree.Left:
		// A row of the right that matches ON decides whether the left is
		// extended, whatever is said of it above.
		left = above
		on := p.OnFacts(s)
		right = formula.And(p.Without(above, p.RowsBelow(s.Right)), on, p.JoinRows(s.Left), p.realIn(s.Left, on))
	default:
		gone := p.RowsBelow(s)
		rest := p.Without(above, gone)
		left, right = formula.And(rest, s.MergedLinks(true)), formula.And(rest, s.MergedLinks(false))
	}
	return append(p.Layers(s.Left, left), p.Layers(s.Right, right)...)
}

// innerOnly is the common case: plain tables joined by inner joins, which all
// have one formula.
func (p *Pusher) innerOnly(s *bind.Source, above *formula.Conj) []Layer {
	if s.Leaf != nil || !plainInner(s) {
		return nil
	}
	given := formula.And(above, p.JoinRows(s))
	var out []Layer
	for _, l := range s.Leaves() {
		out = append(out, Layer{l, given})
	}
	return out
}

// plainInner tells FROM trees of tables and inner joins only.
func plainInner(s *bind.Source) bool {
	if s.Leaf != nil {
		return s.Leaf.Sub == nil
	}
	return s.Kind == sqltree.Inner && plainInner(s.Left) && plainInner(s.Right)
}

// RowsBelow is the set of the rows of a FROM tree.
func (p *Pusher) RowsBelow(s *bind.Source) map[int]bool { return s.Tuples() }
