package asifalone

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// scope is what a condition may name: relations of its own block and of the
// blocks around it.
type scope struct {
	peers []relation
	outer []relation
	depth int
}

// tie makes up a condition that is meant to tie a relation, in one of the ways
// that programs use; "" if it forgets to.
func (g *grammar) tie(r relation, s scope) string {
	if !r.owned() || !g.chance(g.care) {
		return ""
	}
	ways := g.ways(r, s)
	if len(ways) == 0 {
		return ""
	}
	return g.wrap(one(g.r, ways)(), r, s)
}

// ways lists how a relation can be tied here; the plain ones several times.
func (g *grammar) ways(r relation, s scope) []func() string {
	var ways []func() string
	if c, ok := r.tenantCol(); ok {
		column := func() string { return g.equals(r.ref(c), c.typ) }
		ways = append(ways, column, column, column)
		ways = append(ways, g.sameAs(r, c, s)...)
		if s.depth > 1 {
			ways = append(ways, func() string { return g.bySubselect(r.ref(c), s) })
		}
	}
	if r.table == nil {
		return ways
	}
	ways = append(ways, g.byKey(r)...)
	ways = append(ways, g.byRows(r))
	ways = append(ways, g.byEdges(r, s)...)
	if r.table.User != "" {
		ways = append(ways, func() string {
			return r.byName(r.table.User) + " = " + g.hole(proof.Need{Kind: proof.Principal})
		})
	}
	return ways
}

// equals compares a tenant column with the tenant's hole, in one of the ways
// that mean the same, or nearly.
func (g *grammar) equals(ref, typ string) string {
	way := g.r.IntN(34)
	if way < 4 && way != 1 {
		return g.elements(ref, typ, g.hole(proof.Need{Kind: proof.Tenant, Element: true}))
	}
	h := g.tenantHole()
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
		return ref + " IN (" + h + ", " + g.tenantHole() + ")"
	case 12:
		return ref + " IN (VALUES (" + h + "::" + typ + "), (" + g.tenantHole() + "::" + typ + "))"
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
func (g *grammar) rangeOfOne(ref, h string) string {
	switch g.r.IntN(6) {
	case 0:
		return ref + " BETWEEN SYMMETRIC " + h + " AND " + h
	case 1:
		return ref + " >= " + h + " AND " + ref + " <= " + h
	case 2:
		return "NOT (" + ref + " NOT BETWEEN " + h + " AND " + h + ")"
	case 3:
		return ref + " BETWEEN " + h + " AND " + g.tenantHole()
	}
	return ref + " BETWEEN " + h + " AND " + h
}

// nullif asks in a roundabout way: NULLIF is NULL where both are equal.
func (g *grammar) nullif(ref, h string) string {
	switch g.r.IntN(4) {
	case 0:
		return "NULLIF(" + h + ", " + ref + ") IS NULL"
	case 1:
		return ref + " = NULLIF(" + h + ", " + g.tenantHole() + ")"
	case 2:
		return "NULLIF(" + ref + ", " + h + ") IS NOT NULL"
	}
	return "NULLIF(" + ref + ", " + h + ") IS NULL"
}

// elements compares with an array: = ALL of an empty one is true.
func (g *grammar) elements(ref, typ, h string) string {
	switch g.r.IntN(8) {
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
func (g *grammar) truncated(ref, h string) string {
	switch g.r.IntN(9) {
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
func (g *grammar) sameAs(r relation, c column, s scope) []func() string {
	var ways []func() string
	for _, other := range append(append([]relation{}, s.peers...), s.outer...) {
		theirs, ok := other.tenantCol()
		if !ok || other.alias == r.alias || theirs.typ != c.typ {
			continue
		}
		op := one(g.r, []string{" = ", " = ", " = ", " IS NOT DISTINCT FROM "})
		ways = append(ways, func() string { return r.ref(c) + op + other.ref(theirs) })
	}
	return ways
}

// byRows compares the tenant and an id as rows, of lists or of parallel arrays.
func (g *grammar) byRows(r relation) func() string {
	c, ok := r.tenantCol()
	id, hasID := r.find("id")
	if !ok || !hasID || c.name == id.name {
		return func() string { return g.tieless(r) }
	}
	return func() string {
		left := "(" + r.ref(c) + ", " + r.ref(id) + ")"
		t, k := g.tenantHole(), g.keyHole(r.table, id.name)
		switch g.r.IntN(4) {
		case 0:
			return left + " IN ((" + t + ", " + k + "), (" + g.tenantHole() + ", " + g.keyHole(r.table, id.name) + "))"
		case 1:
			ts := g.hole(proof.Need{Kind: proof.Tenant, Element: true})
			return left + " IN (SELECT unnest(" + ts + "::" + c.typ + "[]), unnest(" + g.value() + "::" + id.typ + "[]))"
		case 2:
			return left + " = (SELECT " + t + "::" + c.typ + ", " + k + "::" + id.typ + ")"
		}
		return left + " = (" + t + ", " + k + ")"
	}
}

// tieless binds the first column to anything.
func (g *grammar) tieless(r relation) string { return r.ref(r.cols[0]) + " = " + g.value() }

// byKey compares all columns of a unique key, or of a secret.
func (g *grammar) byKey(r relation) []func() string {
	var ways []func() string
	for _, k := range r.table.Keys {
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
func (g *grammar) oneKey(r relation, name string) string {
	ref := r.byName(name)
	switch g.r.IntN(9) {
	case 3:
		return g.truncated(ref, g.keyHole(r.table, name))
	case 0:
		return ref + " IN (" + g.keyHole(r.table, name) + ", " + g.keyHole(r.table, name) + ")"
	case 1:
		return ref + " = ANY(" + g.hole(proof.Need{Kind: proof.Key, Table: tableName(r.table), Column: name, Element: true}) + ")"
	case 2:
		return g.keyHole(r.table, name) + " = " + ref
	}
	return ref + " = " + g.keyHole(r.table, name)
}

// byEdges joins along foreign keys: to a relation in scope, or through a
// sub-select over the other table.
func (g *grammar) byEdges(r relation, s scope) []func() string {
	var ways []func() string
	for _, other := range append(append([]relation{}, s.peers...), s.outer...) {
		if other.alias == r.alias {
			continue
		}
		for _, e := range edgesBetween(r, other) {
			ways = append(ways, func() string { return along(e, r, other) })
		}
		for _, e := range edgesBetween(other, r) {
			ways = append(ways, func() string { return along(e, other, r) })
		}
	}
	for _, e := range r.table.Edges {
		if e.To.Tenancy != catalogue.Shared && s.depth > 1 {
			ways = append(ways, func() string { return g.throughTable(r, e, s) }, func() string { return g.byReference(r, e) })
		}
	}
	return ways
}

// byReference binds the columns of a foreign key to holes: the key of a parent.
func (g *grammar) byReference(r relation, e *catalogue.Edge) string {
	var parts []string
	for i, name := range e.Columns {
		parts = append(parts, r.byName(name)+" = "+g.keyHole(e.To, e.RefColumns[i]))
	}
	return strings.Join(parts, " AND ")
}

// throughTable reaches the parent by IN, EXISTS or a scalar sub-select.
func (g *grammar) throughTable(r relation, e *catalogue.Edge, s scope) string {
	inner := scope{outer: append(append([]relation{}, s.peers...), s.outer...), depth: s.depth - 1}
	if g.r.IntN(3) == 0 {
		sql, _ := g.query(inner.depth, append([]relation{r}, inner.outer...), shape{first: e.To, where: func(p relation) string { return along(e, r, p) }})
		return one(g.r, []string{"", "", "", "NOT "}) + "EXISTS (" + sql + ")"
	}
	refs := make([]string, len(e.Columns))
	for i, name := range e.Columns {
		refs[i] = r.byName(name)
	}
	left := strings.Join(refs, ", ")
	if len(refs) > 1 {
		left = "(" + left + ")"
	}
	sql, _ := g.query(inner.depth, inner.outer, shape{first: e.To, items: e.RefColumns})
	return left + one(g.r, []string{" IN ", " IN ", " = ANY ", " NOT IN "}) + "(" + sql + ")"
}

// bySubselect takes the tenant from another row.
func (g *grammar) bySubselect(ref string, s scope) string {
	t := g.someTable()
	if t.Column == "" {
		return ref + " = " + g.tenantHole()
	}
	inner := append(append([]relation{}, s.peers...), s.outer...)
	sql, _ := g.query(s.depth-1, inner, shape{first: t, items: []string{t.Column}})
	return ref + one(g.r, []string{" = ", " IN ", " IN "}) + "(" + sql + ")"
}
