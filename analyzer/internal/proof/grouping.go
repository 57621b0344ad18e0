package proof

import (
	"maps"
	"slices"
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// grouping is a GROUP BY; sets tells that it has more than one grouping set.
type grouping struct {
	elems []sqltree.Grouping
	sets  bool
}

// groupingOf is a block's GROUP BY, nil if it has none.
func groupingOf(s *sqltree.Select) *grouping {
	if s == nil || len(s.GroupBy) == 0 {
		return nil
	}
	g := &grouping{elems: s.GroupBy}
	for _, e := range s.GroupBy {
		g.sets = g.sets || e.Kind != sqltree.GroupExpr && e.Kind != sqltree.GroupRow
	}
	return g
}

// inEverySet tells whether a column is grouped by in every grouping set.
func (p *values) inEverySet(b *block, g *grouping, t termID) bool {
	for _, e := range g.elems {
		if p.always(b, e, t) {
			return true
		}
	}
	return false
}

// determined tells whether a column has one value in each group: it is grouped
// by in every set, or a key of its row is, of which no part is NULL.
func (p *values) determined(b *block, g *grouping, t termID) bool {
	if p.inEverySet(b, g, t) {
		return true
	}
	tm := p.terms[t]
	if tm.kind != columnTerm || tm.tuple.table == nil || p.hasHeirs(tm.tuple.table) {
		return false
	}
	for _, k := range tm.tuple.table.Keys {
		if k.Where == "" && !k.Expressions && p.groupsBy(b, g, tm.tuple, k) {
			return true
		}
	}
	return false
}

// hasHeirs tells a table of which a SELECT shows other tables' rows, too: its
// keys say nothing of those.
func (p *values) hasHeirs(t *catalogue.Table) bool {
	return slices.ContainsFunc(p.cat.Tables, func(o *catalogue.Table) bool { return slices.Contains(o.Inherits, t.FullName()) })
}

// groupsBy tells whether each column of a key is in every grouping set. Rows
// without a key, which an outer join made up, have no value in any column.
func (p *values) groupsBy(b *block, g *grouping, t *tuple, k *schema.Key) bool {
	for _, c := range k.Columns {
		sure := k.Primary || k.NullsNotDistinct || columnNotNull(t.table, c)
		if !sure || !p.inEverySet(b, g, p.columnOf(t, c)) {
			return false
		}
	}
	return len(k.Columns) > 0
}

// always tells whether every alternative of one element groups by the column.
// ROLLUP and CUBE have an empty set among theirs.
func (p *values) always(b *block, e sqltree.Grouping, t termID) bool {
	switch e.Kind {
	case sqltree.GroupExpr:
		return p.plainTerm(b.env, groupedExpr(b, e.Expr)) == t
	case sqltree.GroupRow:
		for _, s := range e.Sets {
			if p.always(b, s, t) {
				return true
			}
		}
		return false
	case sqltree.GroupSets:
		for _, s := range e.Sets {
			if !p.always(b, s, t) {
				return false
			}
		}
		return len(e.Sets) > 0
	}
	return false
}

// groupedExpr resolves `GROUP BY 2` to the second item, and a name that is no
// column of FROM to the item of that alias.
func groupedExpr(b *block, e sqltree.Expr) sqltree.Expr {
	switch x := e.(type) {
	case *sqltree.Literal:
		if n, err := strconv.Atoi(x.Text); err == nil && n >= 1 && n <= len(b.items) && !hasStar(b.items) {
			return b.items[n-1].Expr
		}
	case *sqltree.Column:
		return aliasedExpr(b, x)
	}
	return e
}

// hasStar tells lists whose positions are not those of the result.
func hasStar(items []sqltree.Item) bool {
	for _, i := range items {
		if _, ok := i.Expr.(*sqltree.Star); ok {
			return true
		}
	}
	return false
}

// aliasedExpr follows a name that only the select list knows.
func aliasedExpr(b *block, c *sqltree.Column) sqltree.Expr {
	if c.Table != "" {
		return c
	}
	for _, i := range b.items {
		if i.Alias == c.Name && !b.from.has(c.Name) {
			return i.Expr
		}
	}
	return c
}

// has tells whether an item of FROM lists a column of the name, or may have one.
func (src *source) has(name string) bool {
	for _, l := range src.leaves() {
		if l.open || l.lists(name) {
			return true
		}
	}
	return false
}

// aggregatesAll tells whether a query gives a row even if no row meets its
// WHERE: it aggregates without GROUP BY, or with an empty grouping set.
func aggregatesAll(q *query) bool {
	if q.block == nil || q.block.node == nil {
		return false
	}
	s := q.block.node
	if len(s.GroupBy) > 0 {
		for _, e := range s.GroupBy {
			if !mayBeEmpty(e) {
				return false
			}
		}
		return true
	}
	if s.Having != nil {
		return true
	}
	for _, i := range s.Items {
		if anyExpr(i.Expr, isAggregate) {
			return true
		}
	}
	return q.node != nil && anyOrder(q.node.OrderBy, isAggregate)
}

// anyOrder is anyExpr over an ORDER BY.
func anyOrder(list []sqltree.Order, f func(sqltree.Expr) bool) bool {
	for _, o := range list {
		if anyExpr(o.Expr, f) {
			return true
		}
	}
	return false
}

// mayBeEmpty tells whether an element of GROUP BY has an empty grouping set.
func mayBeEmpty(e sqltree.Grouping) bool {
	switch e.Kind {
	case sqltree.GroupExpr:
		return false
	case sqltree.GroupRow:
		return len(e.Sets) == 0
	case sqltree.GroupSets:
		for _, s := range e.Sets {
			if mayBeEmpty(s) {
				return true
			}
		}
		return false
	}
	return true
}

// isAggregate tells the aggregate calls; a call with OVER is a window's.
func isAggregate(e sqltree.Expr) bool {
	switch e := e.(type) {
	case *sqltree.Call:
		if e.Over != nil {
			return false
		}
		return e.Star || e.Distinct || e.Filter != nil || len(e.OrderBy) > 0 || aggregateName(e.Name)
	case *sqltree.Other:
		return e.Kind == "GROUPING" || e.Kind == "JSON_ARRAYAGG" || e.Kind == "JSON_OBJECTAGG" || e.Kind == "XMLAGG"
	}
	return false
}

// aggregateName tells the aggregates by name; those of extensions are not known.
func aggregateName(name string) bool {
	switch name {
	case "count", "sum", "avg", "min", "max", "any_value", "array_agg", "string_agg",
		"json_agg", "jsonb_agg", "json_agg_strict", "jsonb_agg_strict", "json_object_agg", "jsonb_object_agg",
		"json_object_agg_unique", "jsonb_object_agg_unique", "json_object_agg_strict", "jsonb_object_agg_strict",
		"bool_and", "bool_or", "every", "bit_and", "bit_or", "bit_xor", "xmlagg", "range_agg", "range_intersect_agg",
		"corr", "covar_pop", "covar_samp", "stddev", "stddev_pop", "stddev_samp", "variance", "var_pop", "var_samp",
		"regr_avgx", "regr_avgy", "regr_count", "regr_intercept", "regr_r2", "regr_slope", "regr_sxx", "regr_sxy", "regr_syy",
		"mode", "percentile_cont", "percentile_disc", "group_concat", "total", "st_extent", "st_collect", "st_union":
		return true
	}
	return false
}

// havingFacts is what HAVING says about columns that every group has one value
// of. A column that HAVING asks to have a value is NULL in the rows of the
// grouping sets without it, which HAVING then rejects.
func (p *reader) havingFacts(b *block, g *grouping) *conj {
	own := b.from.tuples()
	defer p.afterGrouping(b)()
	facts := p.havingCondition(b.env, b.node.Having)
	valued := strictTerms(p.plainHaving(b.env, b.node.Having))
	return p.restrict(facts, func(t term) bool {
		if t.kind != columnTerm || !own[t.tuple.id] {
			return true
		}
		id := p.columnOf(t.tuple, t.column)
		return g != nil && (p.determined(b, g, id) || valued[id] && p.inSomeSet(b, g.elems, id))
	})
}

// afterGrouping makes what follows be seen as HAVING, the select list and ORDER
// BY see it: with grouping sets a column that cannot be NULL may be. The result
// ends that.
func (p *reader) afterGrouping(b *block) func() {
	if b == nil || b.node == nil {
		return func() {}
	}
	g := groupingOf(b.node)
	if g == nil || !g.sets {
		return func() {}
	}
	leaves := b.from.leaves()
	for _, l := range leaves {
		p.grouped[l.tuple] = b
	}
	return func() {
		for _, l := range leaves {
			delete(p.grouped, l.tuple)
		}
	}
}

// strictTerms are the terms that an equality asks to have a value.
func strictTerms(c *conj) map[termID]bool {
	out := map[termID]bool{}
	for _, a := range c.atoms {
		if a.kind == eqAtom && !a.weak {
			out[a.a], out[a.b] = true, true
		}
		if !a.weak && (a.kind == memberAtom || a.kind == notNullAtom) {
			out[a.a] = true
		}
	}
	for _, o := range c.ors {
		some := strictTerms(o.arms[0])
		for _, arm := range o.arms[1:] {
			other := strictTerms(arm)
			maps.DeleteFunc(some, func(t termID, _ bool) bool { return !other[t] })
		}
		maps.Copy(out, some)
	}
	return out
}

// inSomeSet tells whether a column is grouped by at all.
func (p *reader) inSomeSet(b *block, list []sqltree.Grouping, t termID) bool {
	for _, e := range list {
		if len(e.Sets) == 0 && p.plainTerm(b.env, groupedExpr(b, e.Expr)) == t || p.inSomeSet(b, e.Sets, t) {
			return true
		}
	}
	return false
}

// havingCondition reads HAVING; of bool_or(x) and its like it knows that some
// row of the group meets x, which says something of what the group has in common.
func (p *reader) havingCondition(en *env, e sqltree.Expr) *conj {
	switch e := e.(type) {
	case *sqltree.Logic:
		parts := make([]*conj, len(e.Args))
		for i, a := range e.Args {
			parts[i] = p.havingCondition(en, a)
		}
		if e.Or {
			return p.or("or", e, parts)
		}
		return and(parts...)
	case *sqltree.Call:
		if len(e.Args) == 1 && e.Over == nil && truthAggregate(e.Name) {
			return p.factsOf(en, e.Args[0])
		}
	}
	if anyExpr(e, isAggregate) {
		return &conj{} // rows of the group, not what it has in common
	}
	return p.factsOf(en, e)
}

// plainHaving is what the conjuncts of HAVING that aggregate nothing say.
func (p *reader) plainHaving(en *env, e sqltree.Expr) *conj {
	if l, ok := e.(*sqltree.Logic); ok && !l.Or {
		parts := make([]*conj, len(l.Args))
		for i, a := range l.Args {
			parts[i] = p.plainHaving(en, a)
		}
		return and(parts...)
	}
	if anyExpr(e, isAggregate) {
		return &conj{}
	}
	return p.factsOf(en, e)
}

// truthAggregate tells the aggregates that are true only if some row is.
func truthAggregate(name string) bool {
	return name == "bool_or" || name == "bool_and" || name == "every"
}
