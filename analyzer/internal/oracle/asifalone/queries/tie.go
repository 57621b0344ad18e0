package queries

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// Scope is what a condition may name: relations of its own block and of the
// blocks around it.
type Scope struct {
	Peers []worlds.Relation
	outer []worlds.Relation
	Depth int
}

// Tie makes up a condition that is meant to tie a relation, in one of the ways
// that programs use; "" if it forgets to.
func (g *Grammar) Tie(r worlds.Relation, s Scope) string {
	if !r.Owned() || !g.Chance(g.Care) {
		return ""
	}
	ways := g.ways(r, s)
	if len(ways) == 0 {
		return ""
	}
	return g.wrap(domain.One(g.Rand, ways)(), r, s)
}

// ways lists how a relation can be tied here; the plain ones several times.
func (g *Grammar) ways(r worlds.Relation, s Scope) []func() string {
	var ways []func() string
	if c, ok := r.TenantCol(); ok {
		column := func() string { return g.equals(r.Ref(c), c.Typ) }
		ways = append(ways, column, column, column)
		ways = append(ways, g.sameAs(r, c, s)...)
		if s.Depth > 1 {
			ways = append(ways, func() string { return g.bySubselect(r.Ref(c), s) })
		}
	}
	if r.Table == nil {
		return ways
	}
	ways = append(ways, g.byKey(r)...)
	ways = append(ways, g.byRows(r))
	ways = append(ways, g.byEdges(r, s)...)
	if r.Table.User != "" {
		ways = append(ways, func() string {
			return r.ByName(r.Table.User) + " = " + g.hole(proof.Need{Kind: proof.Principal})
		})
	}
	return ways
}

// equals compares a tenant column with the tenant's hole, in one of the ways
// that mean the same, or nearly.
func (g *Grammar) equals(ref, typ string) string {
	way := g.Rand.IntN(34)
	if way < 4 && way != 1 {
		return g.elements(ref, typ, g.hole(proof.Need{Kind: proof.Tenant, Element: true}))
	}
	h := g.TenantHole()
	switch way {
	case 1:
		return ref + " IN (" + h + ")"
	case 4:
		return "NOT (" + ref + " <> " + h + ")"
	case 5:
		return ref + " IS NOT DISTINCT FROM " + h
	case 6:
		return ref + " = " + h + "::" + typ
	case 7:
		// rows compare column by column
		return "(" + ref + ", 1) = (" + h + ", 1)"
	case 8:
		return ref + " = ANY(ARRAY[" + h + "]::" + typ + "[])"
	case 9:
		// a sub-select without FROM gives one row
		return ref + " = (SELECT " + h + "::" + typ + ")"
	case 10:
		return h + " = " + ref
	case 11:
		return ref + " IN (" + h + ", " + g.TenantHole() + ")"
	case 12:
		return ref + " IN (VALUES (" + h + "::" + typ + "), (" + g.TenantHole() + "::" + typ + "))"
	case 13:
		return g.truncated(ref, h)
	case 14:
		return "NOT (" + ref + " IS DISTINCT FROM " + h + ")"
	case 15, 16, 17:
		return g.rangeOfOne(ref, h)
	case 18, 19:
		return g.nullif(ref, h)
	case 20:
		return ref + " = ALL(ARRAY[" + h + "]::" + typ + "[])"
	case 21:
		// the row itself, and its field
		if alias, name, ok := strings.Cut(ref, "."); ok {
			return "(" + alias + ")." + name + " = " + h
		}
	}
	return ref + " = " + h
}

// rangeOfOne is a range that holds one value, or nearly.
func (g *Grammar) rangeOfOne(ref, h string) string {
	switch g.Rand.IntN(6) {
	case 0:
		return ref + " BETWEEN SYMMETRIC " + h + " AND " + h
	case 1:
		return ref + " >= " + h + " AND " + ref + " <= " + h
	case 2:
		return "NOT (" + ref + " NOT BETWEEN " + h + " AND " + h + ")"
	case 3:
		return ref + " BETWEEN " + h + " AND " + g.TenantHole()
	}
	return ref + " BETWEEN " + h + " AND " + h
}

// nullif asks in a roundabout way: NULLIF is NULL where both are equal.
func (g *Grammar) nullif(ref, h string) string {
	switch g.Rand.IntN(4) {
	case 0:
		return "NULLIF(" + h + ", " + ref + ") IS NULL"
	case 1:
		return ref + " = NULLIF(" + h + ", " + g.TenantHole() + ")"
	case 2:
		return "NULLIF(" + ref + ", " + h + ") IS NOT NULL"
	}
	return "NULLIF(" + ref + ", " + h + ") IS NULL"
}

// elements compares with an array: = ALL of an empty one is true.
func (g *Grammar) elements(ref, typ, h string) string {
	switch g.Rand.IntN(8) {
	case 0:
		// true of every row where the array is empty
		return ref + " = ALL(" + h + ")"
	case 1:
		// another way to write = ANY
		return "NOT (" + ref + " <> ALL(" + h + "))"
	case 2:
		return ref + " <> ALL(" + h + ")"
	case 3:
		return ref + " IN (SELECT unnest(" + h + "::" + typ + "[]))"
	case 4:
		return "ARRAY[" + ref + "] <@ " + h
	}
	return ref + " = ANY(" + h + ")"
}

// truncated compares what a cast leaves: some casts lose what tells tenants apart.
func (g *Grammar) truncated(ref, h string) string {
	switch g.Rand.IntN(9) {
	case 4:
		return ref + "::text = " + h + "::text::char"
	case 5:
		return ref + "::text = ANY(ARRAY[" + h + "::text]::varchar(1)[])"
	case 6:
		return "ARRAY[" + ref + "::text]::varchar(1)[] <@ ARRAY[" + h + "::text]"
	case 0:
		// tenants 1 and 12 look alike
		return ref + "::varchar(1) = " + h
	case 1:
		return "left(" + ref + "::text, 1) = " + h
	case 2:
		// loses the case, which tells text ids apart
		return "lower(" + ref + "::text) = " + h
	case 3:
		return ref + "::varchar = " + h
	}
	return ref + "::text = " + h
}

// sameAs compares the tenant columns of two relations.
func (g *Grammar) sameAs(r worlds.Relation, c worlds.Column, s Scope) []func() string {
	var ways []func() string
	for _, other := range append(append([]worlds.Relation{}, s.Peers...), s.outer...) {
		theirs, ok := other.TenantCol()
		if !ok || other.Alias == r.Alias || theirs.Typ != c.Typ {
			continue
		}
		op := domain.One(g.Rand, []string{" = ", " = ", " = ", " IS NOT DISTINCT FROM "})
		ways = append(ways, func() string { return r.Ref(c) + op + other.Ref(theirs) })
	}
	return ways
}

// byRows compares the tenant and an id as rows, of lists or of parallel arrays.
func (g *Grammar) byRows(r worlds.Relation) func() string {
	c, ok := r.TenantCol()
	id, hasID := r.Find("id")
	if !ok || !hasID || c.Name == id.Name {
		return func() string { return g.tieless(r) }
	}
	return func() string {
		left := "(" + r.Ref(c) + ", " + r.Ref(id) + ")"
		t, k := g.TenantHole(), g.KeyHole(r.Table, id.Name)
		switch g.Rand.IntN(4) {
		case 0:
			return left + " IN ((" + t + ", " + k + "), (" + g.TenantHole() + ", " + g.KeyHole(r.Table, id.Name) + "))"
		case 1:
			ts := g.hole(proof.Need{Kind: proof.Tenant, Element: true})
			return left + " IN (SELECT unnest(" + ts + "::" + c.Typ + "[]), unnest(" + g.Value() + "::" + id.Typ + "[]))"
		case 2:
			return left + " = (SELECT " + t + "::" + c.Typ + ", " + k + "::" + id.Typ + ")"
		}
		return left + " = (" + t + ", " + k + ")"
	}
}

// tieless binds the first column to anything.
func (g *Grammar) tieless(r worlds.Relation) string { return r.Ref(r.Cols[0]) + " = " + g.Value() }

// byKey compares all columns of a unique key, or of a secret.
func (g *Grammar) byKey(r worlds.Relation) []func() string {
	var ways []func() string
	for _, k := range r.Table.Keys {
		if k.Expressions || len(k.Columns) == 0 {
			continue
		}
		ways = append(ways, func() string {
			var parts []string
			for _, name := range k.Columns {
				parts = append(parts, g.oneKey(r, name))
			}
			return strings.Join(parts, " AND ")
		})
	}
	return ways
}

// oneKey compares one key column with a key of the tenant.
func (g *Grammar) oneKey(r worlds.Relation, name string) string {
	ref := r.ByName(name)
	switch g.Rand.IntN(9) {
	case 3:
		return g.truncated(ref, g.KeyHole(r.Table, name))
	case 0:
		return ref + " IN (" + g.KeyHole(r.Table, name) + ", " + g.KeyHole(r.Table, name) + ")"
	case 1:
		return ref + " = ANY(" + g.hole(proof.Need{Kind: proof.Key, Table: domain.TableName(r.Table), Column: name, Element: true}) + ")"
	case 2:
		return g.KeyHole(r.Table, name) + " = " + ref
	}
	return ref + " = " + g.KeyHole(r.Table, name)
}

// byEdges joins along foreign keys: to a relation in scope, or through a
// sub-select over the other table.
func (g *Grammar) byEdges(r worlds.Relation, s Scope) []func() string {
	var ways []func() string
	for _, other := range append(append([]worlds.Relation{}, s.Peers...), s.outer...) {
		if other.Alias == r.Alias {
			continue
		}
		for _, e := range worlds.EdgesBetween(r, other) {
			ways = append(ways, func() string { return worlds.Along(e, r, other) })
		}
		for _, e := range worlds.EdgesBetween(other, r) {
			ways = append(ways, func() string { return worlds.Along(e, other, r) })
		}
	}
	for _, e := range r.Table.Edges {
		if e.To.Tenancy != catalogue.Shared && s.Depth > 1 {
			ways = append(ways, func() string { return g.throughTable(r, e, s) }, func() string { return g.byReference(r, e) })
		}
	}
	return ways
}

// byReference binds the columns of a foreign key to holes: the key of a parent.
func (g *Grammar) byReference(r worlds.Relation, e *catalogue.Edge) string {
	var parts []string
	for i, name := range e.Columns {
		parts = append(parts, r.ByName(name)+" = "+g.KeyHole(e.To, e.RefColumns[i]))
	}
	return strings.Join(parts, " AND ")
}

// throughTable reaches the parent by IN, EXISTS or a scalar sub-select.
func (g *Grammar) throughTable(r worlds.Relation, e *catalogue.Edge, s Scope) string {
	inner := Scope{outer: append(append([]worlds.Relation{}, s.Peers...), s.outer...), Depth: s.Depth - 1}
	if g.Rand.IntN(3) == 0 {
		sql, _ := g.Query(inner.Depth, append([]worlds.Relation{r}, inner.outer...), Shape{First: e.To, where: func(p worlds.Relation) string { return worlds.Along(e, r, p) }})
		return domain.One(g.Rand, []string{"", "", "", "NOT "}) + "EXISTS (" + sql + ")"
	}
	refs := make([]string, len(e.Columns))
	for i, name := range e.Columns {
		refs[i] = r.ByName(name)
	}
	left := strings.Join(refs, ", ")
	if len(refs) > 1 {
		left = "(" + left + ")"
	}
	sql, _ := g.Query(inner.Depth, inner.outer, Shape{First: e.To, items: e.RefColumns})
	return left + domain.One(g.Rand, []string{" IN ", " IN ", " = ANY ", " NOT IN "}) + "(" + sql + ")"
}

// bySubselect takes the tenant from another row.
func (g *Grammar) bySubselect(ref string, s Scope) string {
	t := g.SomeTable()
	if t.Column == "" {
		return ref + " = " + g.TenantHole()
	}
	inner := append(append([]worlds.Relation{}, s.Peers...), s.outer...)
	sql, _ := g.Query(s.Depth-1, inner, Shape{First: t, items: []string{t.Column}})
	return ref + domain.One(g.Rand, []string{" = ", " IN ", " IN "}) + "(" + sql + ")"
}
