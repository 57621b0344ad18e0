package asifalone

import (
	"fmt"
)

// wrap puts a condition into what programs put conditions into: some of it
// keeps what the condition says, some lets go of it.
func (g *grammar) wrap(cond string, r relation, s scope) string {
	if !g.chance(g.wild) {
		return cond
	}
	g.odd = true
	switch g.r.IntN(30) {
	case 0:
		// keeps: NULL and false are both not TRUE
		return "(" + cond + ") IS TRUE"
	case 1:
		// keeps: NULL becomes false
		return "COALESCE(" + cond + ", false)"
	case 2:
		// keeps
		return "(" + cond + ") = true"
	case 3:
		// keeps: NULL stays NULL
		return "NOT (NOT (" + cond + "))"
	case 4, 5, 6:
		// keeps if the other arm ties, too
		return "(" + cond + " OR " + g.other(r, s) + ")"
	case 7, 8:
		// keeps if the ELSE arm ties, too
		return "CASE WHEN " + g.noise(r, s) + " THEN " + cond + " ELSE " + g.other(r, s) + " END"
	case 9:
		// keeps unless ELSE is true
		return "CASE WHEN " + cond + " THEN " + g.noise(r, s) + one(g.r, []string{"", " ELSE false", " ELSE NULL", " ELSE true"}) + " END"
	case 10, 11, 12:
		// keeps under a need: the value is not empty
		return g.optional(cond)
	case 13:
		// lets go of rows without tenant
		return "(" + cond + " OR " + g.isNull(r) + ")"
	case 14:
		// lets go: NULL is not FALSE
		return "(" + cond + ") IS NOT FALSE"
	case 15:
		// lets go of NULL
		return "COALESCE(" + cond + ", true)"
	case 16:
		// keeps: both arms say it
		return "((" + cond + " AND " + g.noise(r, s) + ") OR (" + cond + " AND " + g.noise(r, s) + "))"
	case 17:
		// keeps: De Morgan
		return "NOT (NOT (" + cond + ") OR " + g.noise(r, s) + ")"
	case 18:
		// lets go: the column may be compared with itself
		return g.fallback(r)
	case 20:
		// lets go: both sides may be false
		return "(" + cond + ") = (" + g.other(r, s) + ")"
	case 21:
		// keeps
		return "(" + cond + ") <> false"
	case 22:
		// keeps
		return "(" + cond + ") IS NOT DISTINCT FROM true"
	case 23:
		// lets go where the condition is NULL
		return "COALESCE(" + cond + ", " + g.other(r, s) + ")"
	case 24:
		// lets go: NOT NULL is NULL, which takes ELSE
		return "CASE WHEN NOT (" + cond + ") THEN false ELSE " + g.noise(r, s) + " END"
	case 25:
		// keeps
		return "CASE WHEN (" + cond + ") IS NOT TRUE THEN false ELSE " + g.noise(r, s) + " END"
	case 26:
		// keeps
		return "NOT ((" + cond + ") IS NOT TRUE)"
	case 27:
		// keeps: no arm for the rest is NULL
		return "CASE " + cond + " WHEN true THEN " + g.noise(r, s) + " END"
	case 28:
		// lets go: true is at least false
		return "(" + g.noise(r, s) + ") >= (" + cond + ")"
	case 29:
		// keeps: NULL or the condition
		return "NULLIF(" + cond + ", " + g.noise(r, s) + ")"
	default:
		return "NOT (" + cond + ")"
	}
}

// other is the second arm of an OR: another tie, or anything.
func (g *grammar) other(r relation, s scope) string {
	if ways := g.ways(r, s); len(ways) > 0 && g.chance(0.6) {
		return one(g.r, ways)()
	}
	return g.noise(r, s)
}

// optional makes a filter that a zero value switches off.
func (g *grammar) optional(cond string) string {
	if g.main == 0 {
		g.tenantHole()
	}
	h := fmt.Sprintf("$%d", g.main)
	if g.chance(0.4) {
		h = g.value() + one(g.r, []string{"::bigint", "::text", "::uuid"})
	}
	switch g.r.IntN(4) {
	case 0:
		return "(" + cond + " OR " + h + " IS NULL)"
	case 1:
		return "CASE WHEN " + h + " IS NULL THEN true ELSE " + cond + " END"
	default:
		return "(" + h + " IS NULL OR " + cond + ")"
	}
}

// isNull asks for rows without tenant.
func (g *grammar) isNull(r relation) string {
	if c, ok := r.tenantCol(); ok {
		return r.ref(c) + " IS NULL"
	}
	return r.ref(one(g.r, r.cols)) + " IS NULL"
}

// fallback compares the tenant column with something that may be itself.
func (g *grammar) fallback(r relation) string {
	c, ok := r.tenantCol()
	if !ok {
		return g.isNull(r)
	}
	ref, h := r.ref(c), g.tenantHole()
	switch g.r.IntN(4) {
	case 0:
		return ref + " = COALESCE(" + h + ", " + ref + ")"
	case 1:
		return ref + " IN (" + h + ", " + ref + ")"
	case 2:
		return "COALESCE(" + ref + ", " + h + ") = " + h
	default:
		return ref + " = ANY(ARRAY[" + h + ", " + ref + "])"
	}
}

// noise is a condition that has nothing to do with the tenant, at least not on
// purpose.
func (g *grammar) noise(r relation, s scope) string {
	c := one(g.r, r.cols)
	ref := r.ref(c)
	switch g.r.IntN(12) {
	case 0:
		return ref + " IS NOT NULL"
	case 1:
		return ref + " IS NULL"
	case 2:
		return ref + " <> " + g.literal(c.typ)
	case 3:
		return ref + " < " + literalOf(c.typ, 2+g.r.IntN(3)) // some value is below
	case 4:
		return ref + " IN (" + g.literal(c.typ) + ", " + g.literal(c.typ) + ")"
	case 5:
		return ref + " BETWEEN " + g.literal(c.typ) + " AND " + g.value()
	case 6:
		return ref + "::text LIKE '1%'"
	case 7, 8:
		return ref + " = " + g.value()
	case 9:
		return g.twin(r, c, s)
	case 10:
		if s.depth > 1 {
			return g.nested(r, c, s)
		}
	}
	if c.kind == tenantColumn {
		return ref + " = " + literalOf(c.typ, tenantNumber(g.r.IntN(tenants)))
	}
	return ref + " = " + g.literal(c.typ)
}

// twin compares a column with one of the same type in another relation.
func (g *grammar) twin(r relation, c column, s scope) string {
	for _, other := range s.peers {
		for _, theirs := range other.cols {
			if other.alias != r.alias && theirs.typ == c.typ && g.chance(0.5) {
				return r.ref(c) + one(g.r, []string{" = ", " < ", " IS NOT DISTINCT FROM "}) + other.ref(theirs)
			}
		}
	}
	return r.ref(c) + " IS NOT NULL"
}

// nested asks a sub-select that has its own ties.
func (g *grammar) nested(r relation, c column, s scope) string {
	inner := append(append([]relation{}, s.peers...), s.outer...)
	switch g.r.IntN(3) {
	case 0:
		sql, _ := g.query(s.depth-1, append([]relation{r}, inner...), shape{})
		return one(g.r, []string{"EXISTS (", "NOT EXISTS ("}) + sql + ")"
	case 1:
		t := g.someTable()
		theirs := tableRelation(t, "")
		for _, x := range theirs.cols {
			if x.typ == c.typ {
				sql, _ := g.query(s.depth-1, inner, shape{first: t, items: []string{x.name}})
				return r.ref(c) + one(g.r, []string{" IN (", " NOT IN (", " = ANY (", " <> ALL ("}) + sql + ")"
			}
		}
	}
	return g.count(r, s) + " " + one(g.r, []string{"> 0", "= 1", "< 3"})
}

// count is a scalar sub-select that always gives one row.
func (g *grammar) count(r relation, s scope) string {
	inner := append(append([]relation{r}, s.peers...), s.outer...)
	return "(" + g.aggregateOnly(s.depth-1, inner) + ")"
}
