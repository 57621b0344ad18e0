package read

import (
	"maps"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// HavingFacts is what HAVING says about columns that every group has one value
// of. A column that HAVING asks to have a value is NULL in the rows of the
// grouping sets without it, which HAVING then rejects.
func (p *reader) HavingFacts(b *bind.Block, g *bind.Grouping) *formula.Conj {
	own := b.From.Tuples()
	defer p.AfterGrouping(b)()
	facts := p.havingCondition(b.Env, b.Node.Having)
	valued := strictTerms(p.plainHaving(b.Env, b.Node.Having))
	return p.Restrict(facts, func(t formula.Term) bool {
		if t.Kind != formula.ColumnTerm || !own[t.Tuple.ID] {
			return true
		}
		id := p.ColumnOf(t.Tuple, t.Column)
		return g != nil && (p.Determined(b, g, id) || valued[id] && p.inSomeSet(b, g.Elems, id))
	})
}

// AfterGrouping makes what follows be seen as HAVING, the select list and ORDER
// BY see it: with grouping sets a column that cannot be NULL may be. The result
// ends that.
func (p *reader) AfterGrouping(b *bind.Block) func() {
	if b == nil || b.Node == nil {
		return func() {}
	}
	g := bind.GroupingOf(b.Node)
	if g == nil || !g.Sets {
		return func() {}
	}
	leaves := b.From.Leaves()
	for _, l := range leaves {
		p.Grouped[l.Tuple] = b
	}
	return func() {
		for _, l := range leaves {
			delete(p.Grouped, l.Tuple)
		}
	}
}

// strictTerms are the terms that an equality asks to have a value.
func strictTerms(c *formula.Conj) map[formula.TermID]bool {
	out := map[formula.TermID]bool{}
	for _, a := range c.Atoms {
		if a.Kind == formula.EqAtom && !a.Weak {
			out[a.A], out[a.B] = true, true
		}
		if !a.Weak && (a.Kind == formula.MemberAtom || a.Kind == formula.NotNullAtom) {
			out[a.A] = true
		}
	}
	for _, o := range c.Ors {
		some := strictTerms(o.Arms[0])
		for _, arm := range o.Arms[1:] {
			other := strictTerms(arm)
			maps.DeleteFunc(some, func(t formula.TermID, _ bool) bool { return !other[t] })
		}
		maps.Copy(out, some)
	}
	return out
}

// inSomeSet reports whether a column is grouped by at all.
func (p *reader) inSomeSet(b *bind.Block, list []sqltree.Grouping, t formula.TermID) bool {
	for _, e := range list {
		if len(e.Sets) == 0 && p.PlainTerm(b.Env, bind.GroupedExpr(b, e.Expr)) == t || p.inSomeSet(b, e.Sets, t) {
			return true
		}
	}
	return false
}

// havingCondition reads HAVING; of bool_or(x) and its like it knows that some
// row of the group meets x, which says something of what the group has in common.
func (p *reader) havingCondition(en *bind.Env, e sqltree.Expr) *formula.Conj {
	switch e := e.(type) {
	case *sqltree.Logic:
		parts := make([]*formula.Conj, len(e.Args))
		for i, a := range e.Args {
			parts[i] = p.havingCondition(en, a)
		}
		if e.Or {
			return p.or("or", e, parts)
		}
		return formula.And(parts...)
	case *sqltree.Call:
		if len(e.Args) == 1 && e.Over == nil && truthAggregate(e.Name) {
			return p.FactsOf(en, e.Args[0])
		}
	}
	if bind.AnyExpr(e, bind.IsAggregate) {
		return &formula.Conj{} // rows of the group, not what it has in common
	}
	return p.FactsOf(en, e)
}

// plainHaving is what the conjuncts of HAVING that aggregate nothing say.
func (p *reader) plainHaving(en *bind.Env, e sqltree.Expr) *formula.Conj {
	if l, ok := e.(*sqltree.Logic); ok && !l.Or {
		parts := make([]*formula.Conj, len(l.Args))
		for i, a := range l.Args {
			parts[i] = p.plainHaving(en, a)
		}
		return formula.And(parts...)
	}
	if bind.AnyExpr(e, bind.IsAggregate) {
		return &formula.Conj{}
	}
	return p.FactsOf(en, e)
}

// truthAggregate tells the aggregates that are true only if some row is.
func truthAggregate(name string) bool {
	return name == "bool_or" || name == "bool_and" || name == "every"
}
