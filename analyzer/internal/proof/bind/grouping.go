package bind

import (
	"slices"
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Grouping is a GROUP BY; sets tells that it has more than one grouping set.
type Grouping struct {
	Elems []sqltree.Grouping
	Sets  bool
}

// GroupingOf is a block's GROUP BY, nil if it has none.
func GroupingOf(s *sqltree.Select) *Grouping {
	if s == nil || len(s.GroupBy) == 0 {
		return nil
	}
	g := &Grouping{Elems: s.GroupBy}
	for _, e := range s.GroupBy {
		g.Sets = g.Sets || e.Kind != sqltree.GroupExpr && e.Kind != sqltree.GroupRow
	}
	return g
}

// inEverySet reports whether a column is grouped by in every grouping set.
func (p *values) inEverySet(b *Block, g *Grouping, t formula.TermID) bool {
	for _, e := range g.Elems {
		if p.always(b, e, t) {
			return true
		}
	}
	return false
}

// Determined reports whether a column has one value in each group: it is grouped
// by in every set, or a key of its row is, of which no part is NULL.
func (p *values) Determined(b *Block, g *Grouping, t formula.TermID) bool {
	if p.inEverySet(b, g, t) {
		return true
	}
	tm := p.Terms[t]
	if tm.Kind != formula.ColumnTerm || tm.Tuple.Table == nil || p.hasHeirs(tm.Tuple.Table) {
		return false
	}
	for _, k := range tm.Tuple.Table.Keys {
		if k.Where == "" && !k.Expressions && p.groupsBy(b, g, tm.Tuple, k) {
			return true
		}
	}
	return false
}

// hasHeirs tells a table of which a SELECT shows other tables' rows, too: its
// keys say nothing of those.
func (p *values) hasHeirs(t *catalogue.Table) bool {
	return slices.ContainsFunc(p.Cat.Tables, func(o *catalogue.Table) bool { return slices.Contains(o.Inherits, t.FullName()) })
}

// groupsBy reports whether each column of a key is in every grouping set. Rows
// without a key, which an outer join made up, have no value in any column.
func (p *values) groupsBy(b *Block, g *Grouping, t *formula.Tuple, k *schema.Key) bool {
	for _, c := range k.Columns {
		sure := k.Primary || k.NullsNotDistinct || formula.ColumnNotNull(t.Table, c)
		if !sure || !p.inEverySet(b, g, p.ColumnOf(t, c)) {
			return false
		}
	}
	return len(k.Columns) > 0
}

// always reports whether every alternative of one element groups by the column.
// ROLLUP and CUBE have an empty set among theirs.
func (p *values) always(b *Block, e sqltree.Grouping, t formula.TermID) bool {
	switch e.Kind {
	case sqltree.GroupExpr:
		return p.PlainTerm(b.Env, GroupedExpr(b, e.Expr)) == t
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

// GroupedExpr resolves `GROUP BY 2` to the second item, and a name that is no
// column of FROM to the item of that alias.
func GroupedExpr(b *Block, e sqltree.Expr) sqltree.Expr {
	switch x := e.(type) {
	case *sqltree.Literal:
		if n, err := strconv.Atoi(x.Text); err == nil && n >= 1 && n <= len(b.Items) && !hasStar(b.Items) {
			return b.Items[n-1].Expr
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
func aliasedExpr(b *Block, c *sqltree.Column) sqltree.Expr {
	if c.Table != "" {
		return c
	}
	for _, i := range b.Items {
		if i.Alias == c.Name && !b.From.has(c.Name) {
			return i.Expr
		}
	}
	return c
}

// has reports whether an item of FROM lists a column of the name, or may have one.
func (src *Source) has(name string) bool {
	for _, l := range src.Leaves() {
		if l.open || l.lists(name) {
			return true
		}
	}
	return false
}

// AggregatesAll reports whether a query gives a row even if no row meets its
// WHERE: it aggregates without GROUP BY, or with an empty grouping set.
func AggregatesAll(q *Query) bool {
	if q.Block == nil || q.Block.Node == nil {
		return false
	}
	s := q.Block.Node
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
	aggregate := func(e sqltree.Expr) bool {
		c, ok := e.(*sqltree.Call)
		return IsAggregate(e) || ok && c.Over == nil && q.Block.aggregates[c.Name]
	}
	for _, i := range s.Items {
		if AnyExpr(i.Expr, aggregate) {
			return true
		}
	}
	return q.Node != nil && AnyOrder(q.Node.OrderBy, aggregate)
}

// ownAggregates is the set of the aggregates that the schema defines, nil if there
// are none.
func (p *values) ownAggregates() map[string]bool {
	var out map[string]bool
	if p.Cat.Diagram == nil {
		return nil
	}
	for _, f := range p.Cat.Diagram.Functions {
		if f.Aggregate {
			if out == nil {
				out = map[string]bool{}
			}
			out[f.Name] = true
		}
	}
	return out
}

// AnyOrder is AnyExpr over an ORDER BY.
func AnyOrder(list []sqltree.Order, f func(sqltree.Expr) bool) bool {
	for _, o := range list {
		if AnyExpr(o.Expr, f) {
			return true
		}
	}
	return false
}

// mayBeEmpty reports whether an element of GROUP BY has an empty grouping set.
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

// IsAggregate tells the aggregate calls; a call with OVER is a window's.
func IsAggregate(e sqltree.Expr) bool {
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

// aggregateName tells the aggregates of PostgreSQL by name.
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
