package read

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A reader says what the rows of queries imply, over the conditions in them.
type reader struct {
	*conditions
	// Recursive is what a row of a recursive query implies: it takes judging.
	Recursive func(*bind.Query) *formula.Conj
}

// newReader starts with nothing known.
func newReader(cat *catalogue.Catalogue) *reader {
	b := bind.NewBinder(cat)
	r := &reader{conditions: &conditions{Binder: b}}
	b.Meaning, r.conditions.rows = r, r
	return r
}

// Counts reports whether an expression is the number of rows, count(…), or tells
// that there are some, as count(…) > 0 does.
func Counts(e sqltree.Expr) bool {
	switch x := formula.Uncast(e).(type) {
	case *sqltree.Call:
		return x.Name == "count" && x.Over == nil && x.Filter == nil
	case *sqltree.Binary:
		l, ok := x.R.(*sqltree.Literal)
		return ok && countsSome(x.Op, l.Text) && Counts(x.L)
	}
	return false
}

// countsSome reports whether a comparison of a number of rows with a constant
// holds of no empty set.
func countsSome(op, constant string) bool {
	switch op + constant {
	case ">0", "<>0", ">=1", "=1":
		return true
	}
	return false
}

// RowFormula is what the existence of a row of a query implies: about its
// columns, about the rows that it was made of, and about outer columns.
func (p *reader) RowFormula(q *bind.Query) *formula.Conj {
	if q.Rows == nil {
		q.Rows = &formula.Conj{} // a recursive reference learns nothing
		q.Rows = p.bounded(p.computeRows(q))
	}
	return q.Rows
}

// maxAtoms bounds what the row of a query implies.
const maxAtoms = 300

// bounded weakens a formula that has grown too long.
func (p *reader) bounded(c *formula.Conj) *formula.Conj {
	if len(c.Atoms) <= maxAtoms && len(c.Ors) <= maxAtoms {
		return c
	}
	p.Cap(premise.QueryPredicates)
	return &formula.Conj{Atoms: c.Atoms[:min(len(c.Atoms), maxAtoms)], Ors: c.Ors[:min(len(c.Ors), maxAtoms)], Never: c.Never}
}

// computeRows goes by what kind of query it is.
func (p *reader) computeRows(q *bind.Query) *formula.Conj {
	switch {
	case q.Shared, q.Open && q.Block == nil && q.Op == nil && q.Write == nil:
		return &formula.Conj{}
	case q.Loop != nil:
		return p.Recursive(q)
	case q.Write != nil:
		return formula.And(p.WriteRows(q.Write), p.outputLinks(q, nil))
	case q.Op != nil:
		return p.setRows(q)
	case q.Values != nil:
		return p.valuesRows(q)
	case q.Block != nil:
		return p.blockRows(q)
	}
	return &formula.Conj{}
}

// blockRows: a row of a block met WHERE, unless the block gives one anyway.
func (p *reader) blockRows(q *bind.Query) *formula.Conj {
	b := q.Block
	if bind.AggregatesAll(q) {
		if len(b.Node.GroupBy) == 0 && asksForRows(b.Node.Having) {
			return formula.And(p.JoinRows(b.From), p.FactsOf(b.Env, b.Where))
		}
		return &formula.Conj{}
	}
	g := bind.GroupingOf(b.Node)
	body := formula.And(p.JoinRows(b.From), p.FactsOf(b.Env, b.Where), b.Extra)
	if b.Node.Having != nil {
		body = formula.And(body, p.HavingFacts(b, g))
	}
	return formula.And(body, p.outputLinks(q, g))
}

// asksForRows tells a HAVING that is not true where no row is counted.
func asksForRows(having sqltree.Expr) bool {
	if l, ok := having.(*sqltree.Logic); ok && !l.Or {
		return slices.ContainsFunc(l.Args, asksForRows)
	}
	b, ok := having.(*sqltree.Binary)
	return ok && Counts(b)
}

// outputLinks equates the columns of a query's row with the columns that they
// copy. In a grouped query a column outside of some grouping set may be NULL.
func (p *reader) outputLinks(q *bind.Query, g *bind.Grouping) *formula.Conj {
	out := &formula.Conj{}
	for _, o := range q.Outputs {
		if o.Term == formula.NoTerm && g == nil && choosesValue(o.Expr) {
			out = formula.And(out, p.ValueFacts(q.Env, p.ColumnOf(q.Tuple, o.Name), o.Expr))
		}
		if o.Term == formula.NoTerm || g != nil && g.Sets && !p.Determined(q.Block, g, o.Term) {
			continue
		}
		col := p.ColumnOf(q.Tuple, o.Name)
		p.Links[col] = o.Term
		out.Atoms = append(out.Atoms, formula.Atom{Kind: formula.EqAtom, A: col, B: o.Term, Weak: true})
	}
	return out
}

// choosesValue tells the expressions that give one of their operands unchanged.
func choosesValue(e sqltree.Expr) bool {
	switch e := e.(type) {
	case *sqltree.Coalesce, *sqltree.Case:
		return true
	case *sqltree.Other:
		return e.Kind == "NULLIF"
	}
	return false
}

// JoinRows is what a row of a FROM tree implies. Of an outer join only the
// preserved side is sure to be there.
func (p *reader) JoinRows(s *bind.Source) *formula.Conj {
	if s == nil {
		return &formula.Conj{}
	}
	if s.Leaf != nil {
		return p.leafRows(s.Leaf)
	}
	switch s.Kind {
	case sqltree.Inner:
		return formula.And(p.JoinRows(s.Left), p.JoinRows(s.Right), p.OnFacts(s))
	case sqltree.Left:
		return p.JoinRows(s.Left)
	}
	return &formula.Conj{}
}

// leafRows is what a row of an item of FROM implies.
func (p *reader) leafRows(l *bind.Leaf) *formula.Conj {
	out := l.Facts
	if l.Sub != nil && l.Func == nil {
		return formula.And(out, p.RowFormula(l.Sub))
	}
	return formula.And(out)
}

// OnFacts is the condition of a join: ON, or the equalities of USING.
func (p *reader) OnFacts(s *bind.Source) *formula.Conj {
	out := &formula.Conj{}
	for _, u := range s.Using {
		out.Atoms = append(out.Atoms, formula.Atom{Kind: formula.EqAtom, A: u.A, B: u.B})
	}
	if s.On == nil {
		return out
	}
	return formula.And(out, p.FactsOf(s.Env, s.On))
}

// setRows: a row of a UNION comes from one of its arms, a row of an INTERSECT
// from both, a row of an EXCEPT from the left.
func (p *reader) setRows(q *bind.Query) *formula.Conj {
	left, right := p.armRows(q, q.Op.Left), p.armRows(q, q.Op.Right)
	switch q.Op.Op {
	case "UNION":
		return p.or("union", q.Node, []*formula.Conj{left, right})
	case "INTERSECT":
		return formula.And(left, right)
	}
	return left
}

// armRows is what a row of one arm says of the set operation's row.
func (p *reader) armRows(q, arm *bind.Query) *formula.Conj {
	out := formula.And(p.RowFormula(arm))
	if arm.Open || len(arm.Outputs) != len(q.Outputs) {
		return out
	}
	for i, o := range arm.Outputs {
		a, b := p.ColumnOf(q.Tuple, q.Outputs[i].Name), p.ColumnOf(arm.Tuple, o.Name)
		out.Atoms = append(out.Atoms, formula.Atom{Kind: formula.EqAtom, A: a, B: b, Weak: true})
	}
	return out
}

// valuesRows: a column of VALUES is one of the values in it; a single row is
// known value by value.
func (p *reader) valuesRows(q *bind.Query) *formula.Conj {
	out := &formula.Conj{}
	for i, o := range q.Outputs {
		var column []sqltree.Expr
		for _, row := range q.Values {
			if i < len(row) {
				column = append(column, row[i])
			}
		}
		t := p.ColumnOf(q.Tuple, o.Name)
		if len(column) == 1 {
			if v := p.PlainTerm(q.Env, column[0]); v != formula.NoTerm {
				out.Atoms = append(out.Atoms, formula.Atom{Kind: formula.EqAtom, A: t, B: v, Weak: true, Cite: column[0]})
			}
			continue
		}
		out = formula.And(out, p.valueOf(q, t, column))
	}
	return out
}

// valueOf: a term has one of the values of a column, bind values or others.
func (p *reader) valueOf(q *bind.Query, t formula.TermID, column []sqltree.Expr) *formula.Conj {
	if p.OwnHoles() {
		if c := p.OneOf(t, column, nil); !c.Empty() {
			return formula.Weakly(c, false)
		}
	}
	if len(column) > formula.MaxArms {
		p.capArms(column)
		return &formula.Conj{}
	}
	arms := make([]*formula.Conj, len(column))
	for i, e := range column {
		arms[i] = p.ValueFacts(q.Env, t, e)
	}
	return formula.Disjunction("values", q.Node, arms)
}
