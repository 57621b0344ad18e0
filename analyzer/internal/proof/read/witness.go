package read

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A witness is an output that reports whether there are certain rows.
type witness struct {
	Output int
	Counts bool          // it is their number
	Absent bool          // it is true where there is none
	Rows   *formula.Conj // what one of them implies
}

// Witness finds the output of a query that asks whether rows are there: the first
// [NOT] EXISTS of a SELECT without FROM, or count(…) as its only item.
func (p *Pusher) Witness(q *bind.Query) (witness, bool) {
	b := q.Block
	if b == nil || len(b.Node.GroupBy) > 0 || b.Node.Having != nil {
		return witness{}, false
	}
	if len(b.Items) == 1 && Counts(b.Items[0].Expr) {
		_, number := formula.Uncast(b.Items[0].Expr).(*sqltree.Call)
		return witness{Counts: number, Rows: formula.And(p.JoinRows(b.From), p.FactsOf(b.Env, b.Where))}, true
	}
	if b.From != nil || b.Where != nil {
		return witness{}, false
	}
	for i, item := range b.Items {
		if x, absent := existsIn(item.Expr); x != nil {
			return witness{Output: i, Absent: absent, Rows: p.RowFormula(p.Sub(q.Env, x.Query))}, true
		}
	}
	return witness{}, false
}

// existsIn is the EXISTS whose truth an expression is, or the opposite of it; nil if it is none.
func existsIn(e sqltree.Expr) (x *sqltree.Exists, absent bool) {
	switch x := formula.Uncast(e).(type) {
	case *sqltree.Exists:
		return x, false
	case *sqltree.Not:
		inner, absent := existsIn(x.X)
		return inner, !absent
	case *sqltree.Case:
		if exists, ok := existsCase(x); ok {
			return exists, false
		}
	}
	return nil, false
}

// existsCase is CASE WHEN EXISTS (…) THEN true ELSE false END.
func existsCase(c *sqltree.Case) (*sqltree.Exists, bool) {
	if c.Operand != nil || len(c.Whens) != 1 || !IsTruth(c.Whens[0].Then, "true") || !IsTruth(c.Else, "false") {
		return nil, false
	}
	x, ok := c.Whens[0].Cond.(*sqltree.Exists)
	return x, ok
}

// IsTruth tells the literals true and false.
func IsTruth(e sqltree.Expr, text string) bool {
	l, ok := e.(*sqltree.Literal)
	return ok && l.Kind == sqltree.Bool && l.Text == text
}

// Origin follows copies of columns to where the value comes from.
func (p *Pusher) Origin(t formula.TermID) formula.TermID {
	for range formula.MaxDepth {
		next, ok := p.Links[t]
		if !ok {
			return t
		}
		t = next
	}
	return t
}
