package queries

import (
	"fmt"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
)

// wrap puts a condition into what programs put conditions into: some of it
// keeps what the condition says, some lets go of it.
func (g *Grammar) wrap(cond string, r worlds.Relation, s Scope) string {
	if !g.Chance(g.wild) {
		return cond
	}
	g.Odd = true
	switch g.Rand.IntN(30) {
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
		return "CASE WHEN " + g.Noise(r, s) + " THEN " + cond + " ELSE " + g.other(r, s) + " END"
	case 9:
		// keeps unless ELSE is true
		return "CASE WHEN " + cond + " THEN " + g.Noise(r, s) + domain.One(g.Rand, []string{"", " ELSE false", " ELSE NULL", " ELSE true"}) + " END"
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
		return "((" + cond + " AND " + g.Noise(r, s) + ") OR (" + cond + " AND " + g.Noise(r, s) + "))"
	case 17:
		// keeps: De Morgan
		return "NOT (NOT (" + cond + ") OR " + g.Noise(r, s) + ")"
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
		return "CASE WHEN NOT (" + cond + ") THEN false ELSE " + g.Noise(r, s) + " END"
	case 25:
		// keeps
		return "CASE WHEN (" + cond + ") IS NOT TRUE THEN false ELSE " + g.Noise(r, s) + " END"
	case 26:
		// keeps
		return "NOT ((" + cond + ") IS NOT TRUE)"
	case 27:
		// keeps: no arm for the rest is NULL
		return "CASE " + cond + " WHEN true THEN " + g.Noise(r, s) + " END"
	case 28:
		// lets go: true is at least false
		return "(" + g.Noise(r, s) + ") >= (" + cond + ")"
	case 29:
		// keeps: NULL or the condition
		return "NULLIF(" + cond + ", " + g.Noise(r, s) + ")"
	default:
		return "NOT (" + cond + ")"
	}
}

// other is the second arm of an OR: another tie, or anything.
func (g *Grammar) other(r worlds.Relation, s Scope) string {
	if ways := g.ways(r, s); len(ways) > 0 && g.Chance(0.6) {
		return domain.One(g.Rand, ways)()
	}
	return g.Noise(r, s)
}

// optional makes a filter that a zero value switches off.
func (g *Grammar) optional(cond string) string {
	if g.main == 0 {
		g.TenantHole()
	}
	h := fmt.Sprintf("$%d", g.main)
	if g.Chance(0.4) {
		h = g.Value() + domain.One(g.Rand, []string{"::bigint", "::text", "::uuid"})
	}
	switch g.Rand.IntN(4) {
	case 0:
		return "(" + cond + " OR " + h + " IS NULL)"
	case 1:
		return "CASE WHEN " + h + " IS NULL THEN true ELSE " + cond + " END"
	default:
		return "(" + h + " IS NULL OR " + cond + ")"
	}
}

// isNull asks for rows without tenant.
func (g *Grammar) isNull(r worlds.Relation) string {
	if c, ok := r.TenantCol(); ok {
		return r.Ref(c) + " IS NULL"
	}
	return r.Ref(domain.One(g.Rand, r.Cols)) + " IS NULL"
}

// fallback compares the tenant column with something that may be itself.
func (g *Grammar) fallback(r worlds.Relation) string {
	c, ok := r.TenantCol()
	if !ok {
		return g.isNull(r)
	}
	ref, h := r.Ref(c), g.TenantHole()
	switch g.Rand.IntN(4) {
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

// Noise is a condition that has nothing to do with the tenant, at least not on
// purpose.
func (g *Grammar) Noise(r worlds.Relation, s Scope) string {
	c := domain.One(g.Rand, r.Cols)
	ref := r.Ref(c)
	switch g.Rand.IntN(12) {
	case 0:
		return ref + " IS NOT NULL"
	case 1:
		return ref + " IS NULL"
	case 2:
		return ref + " <> " + g.Literal(c.Typ)
	case 3:
		return ref + " < " + literalOf(c.Typ, 2+g.Rand.IntN(3)) // some value is below
	case 4:
		return ref + " IN (" + g.Literal(c.Typ) + ", " + g.Literal(c.Typ) + ")"
	case 5:
		return ref + " BETWEEN " + g.Literal(c.Typ) + " AND " + g.Value()
	case 6:
		return ref + "::text LIKE '1%'"
	case 7, 8:
		return ref + " = " + g.Value()
	case 9:
		return g.twin(r, c, s)
	case 10:
		if s.Depth > 1 {
			return g.nested(r, c, s)
		}
	}
	if c.Kind == worlds.TenantColumn {
		return ref + " = " + literalOf(c.Typ, domain.TenantNumber(g.Rand.IntN(domain.Tenants)))
	}
	return ref + " = " + g.Literal(c.Typ)
}

// twin compares a column with one of the same type in another relation.
func (g *Grammar) twin(r worlds.Relation, c worlds.Column, s Scope) string {
	for _, other := range s.Peers {
		for _, theirs := range other.Cols {
			if other.Alias != r.Alias && theirs.Typ == c.Typ && g.Chance(0.5) {
				return r.Ref(c) + domain.One(g.Rand, []string{" = ", " < ", " IS NOT DISTINCT FROM "}) + other.Ref(theirs)
			}
		}
	}
	return r.Ref(c) + " IS NOT NULL"
}

// nested asks a sub-select that has its own ties.
func (g *Grammar) nested(r worlds.Relation, c worlds.Column, s Scope) string {
	inner := append(append([]worlds.Relation{}, s.Peers...), s.outer...)
	switch g.Rand.IntN(3) {
	case 0:
		sql, _ := g.Query(s.Depth-1, append([]worlds.Relation{r}, inner...), Shape{})
		return domain.One(g.Rand, []string{"EXISTS (", "NOT EXISTS ("}) + sql + ")"
	case 1:
		t := g.SomeTable()
		theirs := worlds.TableRelation(t, "")
		for _, x := range theirs.Cols {
			if x.Typ == c.Typ {
				sql, _ := g.Query(s.Depth-1, inner, Shape{First: t, items: []string{x.Name}})
				return r.Ref(c) + domain.One(g.Rand, []string{" IN (", " NOT IN (", " = ANY (", " <> ALL ("}) + sql + ")"
			}
		}
	}
	return g.Count(r, s) + " " + domain.One(g.Rand, []string{"> 0", "= 1", "< 3"})
}

// Count is a scalar sub-select that always gives one row.
func (g *Grammar) Count(r worlds.Relation, s Scope) string {
	inner := append(append([]worlds.Relation{r}, s.Peers...), s.outer...)
	return "(" + g.AggregateOnly(s.Depth-1, inner) + ")"
}
