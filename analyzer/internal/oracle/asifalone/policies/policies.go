// Package policies draws row-level security for the tables of a world: sound policies, and
// all that looks like them.
//
// In go a source of chance and a catalogue; out come definitions to run behind the schema.
// The grammar knows nothing of what the proof believes: which of the policies hold their
// table is for the proof to say, and for the server to show.
package policies

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
)

// The roles of a world with policies, the variable that most of them read, and one that says
// another tenant.
const (
	Owner     = "asifalone_owner" // owns the tables
	App       = "asifalone_app"   // runs the statements
	Reporting = "asifalone_reporting"
	Variable  = "app.tenant"
	Other     = "app.other"
)

// drawer draws the policies of one world.
type drawer struct {
	r   *rand.Rand
	cat *catalogue.Catalogue
	typ string // of the tenant
	b   strings.Builder
	n   int // how many functions there are
}

// Draw gives the definitions of a world.
func Draw(r *rand.Rand, w *worlds.World) string {
	d := &drawer{r: r, cat: w.Cat, typ: domain.BaseType(w.TenantType())}
	fmt.Fprintf(&d.b, "CREATE FUNCTION current_tenant() RETURNS %s LANGUAGE sql STABLE AS $$ SELECT NULLIF(current_setting('%s', true), '')::%s $$;\n", d.typ, Variable, d.typ)
	var owned []*catalogue.Table
	for _, t := range w.Order {
		if t.Tenancy != catalogue.Shared {
			owned = append(owned, t)
		}
	}
	// More often than not one table is odd, or two are, and the others are tied, so that a
	// statement on several shows the one.
	odd, another := -1, -1
	if len(owned) > 0 && d.r.IntN(4) > 0 {
		odd = d.r.IntN(len(owned))
	}
	if len(owned) > 2 {
		another = d.r.IntN(len(owned))
	}
	for i, t := range owned {
		switch n := d.r.IntN(8); {
		case i == odd, i == another:
			d.table(t, d.odd)
		case odd >= 0 && n < 6:
			d.table(t, d.plainly)
		case n < 7:
			d.table(t, d.policies)
		}
	}
	return d.b.String()
}

// one of some texts.
func (d *drawer) one(list ...string) string { return domain.One(d.r, list) }

// table secures a table with the policies that are written for it.
func (d *drawer) table(t *catalogue.Table, policies func(*catalogue.Table)) {
	name := domain.QuotedName(t)
	if d.r.IntN(20) > 0 {
		fmt.Fprintf(&d.b, "ALTER TABLE %s ENABLE ROW LEVEL SECURITY;\n", name)
	}
	if d.r.IntN(3) > 0 {
		fmt.Fprintf(&d.b, "ALTER TABLE %s FORCE ROW LEVEL SECURITY;\n", name)
	}
	policies(t)
}

// plainly ties a table to the session's tenant, and does no more.
func (d *drawer) plainly(t *catalogue.Table) {
	d.policy(t, "tenant", "PERMISSIVE", "ALL", "", d.tie(t), "")
}

// odd writes policies of which one is loose: beside a tie, for one command, in the check.
func (d *drawer) odd(t *catalogue.Table) {
	tie, loose := d.tie(t), d.loose(t)
	all := func(using, check string) { d.policy(t, "tenant", "PERMISSIVE", "ALL", "", using, check) }
	switch d.r.IntN(10) {
	case 0, 1:
		all(tie, loose)
	case 2:
		all(loose, tie)
	case 3:
		all(loose, "")
	case 4, 5:
		all(tie, "")
		d.policy(t, "narrow", "RESTRICTIVE", d.one("ALL", "SELECT"), "", d.elsewhere(t), "")
	case 6:
		all(tie, "")
		d.policy(t, "wide", "PERMISSIVE", d.one("ALL", "SELECT", "UPDATE", "DELETE"), "", loose, "")
	default:
		d.each(t, tie, loose)
	}
}

// loose is a condition that lets rows of others pass, or what looks like that.
func (d *drawer) loose(t *catalogue.Table) string {
	column := t.Column
	if column == "" {
		return d.one(d.plain(t), d.condition(t, 1), d.byEdge(t, 2), d.byEdge(t, 2))
	}
	c := domain.QuotedName(t) + "." + domain.Ident(column)
	other := c + " = NULLIF(current_setting('" + Other + "', true), '')::" + d.typ
	return d.one(d.plain(t), d.condition(t, 2), d.condition(t, 1), "true", other, other,
		d.byFunction(c), d.byFunction(c), d.byFunction(c), d.byFunction(c),
		"CASE WHEN "+d.plain(t)+" THEN "+d.tie(t)+" ELSE "+d.plain(t)+" END",
		c+" = COALESCE(current_tenant(), "+domain.Quote(domain.ValueOf(d.typ, domain.TenantNumber(1)))+"::"+d.typ+")",
		c+" BETWEEN current_tenant() AND "+d.last(),
		d.tie(t)+" OR "+d.plain(t))
}

// last is a tenant that comes after most others, in whatever order their type has.
func (d *drawer) last() string {
	return domain.Quote(domain.ValueOf(d.typ, domain.TenantNumber(domain.Tenants-d.r.IntN(2)-1))) + "::" + d.typ
}

// policies writes the policies of a table: a tie, and more often than not one thing beside it
// that is drawn.
func (d *drawer) policies(t *catalogue.Table) {
	tie := d.tie(t)
	wild := func() string { return d.condition(t, 2) }
	all := func(using, check string) { d.policy(t, "tenant", "PERMISSIVE", "ALL", "", using, check) }
	switch d.r.IntN(10) {
	case 0:
		all(tie, wild())
	case 1:
		all(tie, "")
		d.policy(t, "narrow", "RESTRICTIVE", d.one("ALL", "SELECT", "UPDATE"), "", d.one(wild(), d.elsewhere(t)), "")
	case 2:
		all(tie, "")
		d.policy(t, "wide", "PERMISSIVE", d.one("ALL", "SELECT"), d.one("", " TO "+Reporting), wild(), "")
	case 3:
		d.each(t, tie, wild())
	case 4:
		all("("+tie+") AND ("+d.elsewhere(t)+")", "")
	case 5, 6, 7:
		all(wild(), "")
	case 8:
		all(wild(), wild())
	default:
		all(tie, "")
	}
}

// each writes a policy for each command, of which one is drawn.
func (d *drawer) each(t *catalogue.Table, tie, wild string) {
	commands := []string{"SELECT", "INSERT", "UPDATE", "DELETE"}
	drawn := d.r.IntN(len(commands))
	for i, c := range commands {
		using := tie
		if i == drawn {
			using = wild
		}
		if c == "INSERT" {
			d.policy(t, "for_"+c, "PERMISSIVE", c, "", "", using)
			continue
		}
		d.policy(t, "for_"+c, "PERMISSIVE", c, "", using, "")
	}
}

// policy writes one policy.
func (d *drawer) policy(t *catalogue.Table, name, kind, command, to, using, check string) {
	if using != "" {
		using = " USING (" + using + ")"
	}
	if check != "" {
		check = " WITH CHECK (" + check + ")"
	}
	fmt.Fprintf(&d.b, "CREATE POLICY %s ON %s AS %s FOR %s%s%s%s;\n", name, domain.QuotedName(t), kind, command, to, using, check)
}

// tie is what most policies are: the row's tenant, or its parent's, is the session's.
func (d *drawer) tie(t *catalogue.Table) string {
	v := "NULLIF(current_setting('" + Variable + "', true), '')::" + d.typ
	if t.Column != "" && d.r.IntN(6) == 0 {
		return d.function("x "+d.typ, "SELECT x = "+v, "") + "(" + domain.QuotedName(t) + "." + domain.Ident(t.Column) + ")"
	}
	if t.Column != "" || t.Owner == nil || t.Owner.To.Column == "" {
		return domain.QuotedName(t) + "." + domain.Ident(t.Column) + " = " + v
	}
	return "EXISTS (SELECT 1 FROM " + domain.QuotedName(t.Owner.To) + " p WHERE " + along(t.Owner, "p") + " AND p." + domain.Ident(t.Owner.To.Column) + " = " + v + ")"
}

// elsewhere asks for any row of another table.
func (d *drawer) elsewhere(t *catalogue.Table) string {
	if len(t.Edges) == 0 {
		return d.plain(t)
	}
	e := domain.One(d.r, t.Edges)
	return "EXISTS (SELECT 1 FROM " + domain.QuotedName(e.To) + " q WHERE " + d.one(d.plainAs("q", e.To), along(e, "q")) + ")"
}

// along joins the row that a reference is to, under an alias.
func along(e *catalogue.Edge, alias string) string {
	var out []string
	for i := range e.Columns {
		out = append(out, alias+"."+domain.Ident(e.RefColumns[i])+" = "+domain.QuotedName(e.From)+"."+domain.Ident(e.Columns[i]))
	}
	return strings.Join(out, " AND ")
}

// condition is a plain tie more often than not, or something built of conditions.
func (d *drawer) condition(t *catalogue.Table, depth int) string {
	if depth == 0 || d.r.IntN(5) < 3 {
		return d.atom(t)
	}
	a, b := d.condition(t, depth-1), d.condition(t, depth-1)
	switch d.r.IntN(11) {
	case 0, 1, 2:
		return "(" + a + ") AND (" + b + ")"
	case 3:
		return "(" + a + ") OR (" + b + ")"
	case 4:
		return "COALESCE(" + a + ", " + d.one("false", "false", "true") + ")"
	case 5:
		return "(" + a + ") IS " + d.one("TRUE", "TRUE", "NOT FALSE", "NOT UNKNOWN")
	case 6:
		return "NOT (" + a + ")"
	case 7:
		return "NOT (NOT (" + a + "))"
	case 8:
		return "CASE WHEN " + d.plain(t) + " THEN " + a + " ELSE " + b + " END"
	case 9:
		return "(" + a + ") = true"
	}
	return "(" + a + ") AND (" + d.plain(t) + ")"
}

// atom is a condition that ties a row, or nearly.
func (d *drawer) atom(t *catalogue.Table) string {
	if d.r.IntN(12) == 0 {
		return d.plain(t)
	}
	if t.Column == "" || len(t.Edges) > 0 && d.r.IntN(4) == 0 {
		return d.byEdge(t, 2)
	}
	return d.byColumn(domain.QuotedName(t), t.Column)
}

// byColumn compares the tenant's column with what the session says.
func (d *drawer) byColumn(table, column string) string {
	c := table + "." + domain.Ident(column)
	if d.r.IntN(5) == 0 {
		return d.byFunction(c)
	}
	return d.compared(c)
}

// compared compares the value that says whose a row is with what the session says.
func (d *drawer) compared(c string) string {
	v := d.value()
	switch d.r.IntN(14) {
	case 0:
		return c + "::text = current_setting('" + Variable + "', true)"
	case 1:
		return v + " = " + c
	case 2:
		return c + " IN (" + v + ")"
	case 3:
		return c + " = ANY (ARRAY[" + v + "])"
	case 4:
		return "NOT (" + c + " <> " + v + ")"
	case 5:
		return c + " IS NOT DISTINCT FROM " + v
	case 6:
		return "(" + c + " = " + v + " OR " + c + " IS NULL)"
	case 7:
		return c + d.one(" <> ", " >= ", " <= ") + v
	case 8:
		return c + " BETWEEN " + v + " AND " + d.one(d.value(), d.last())
	}
	return c + " = " + v
}

// value is what the session says of the tenant.
func (d *drawer) value() string {
	switch d.r.IntN(9) {
	case 0:
		return "current_setting('" + Variable + "')::" + d.typ
	case 1:
		return "(SELECT current_tenant())"
	case 2:
		return "current_tenant()"
	case 3:
		return "(SELECT NULLIF(current_setting('" + Variable + "', true), '')::" + d.typ + ")"
	case 4:
		return d.one("COALESCE(current_tenant(), "+domain.Quote(domain.ValueOf(d.typ, domain.TenantNumber(1)))+"::"+d.typ+")", "current_tenant()", "NULLIF(current_setting('"+Other+"', true), '')::"+d.typ)
	}
	return "NULLIF(current_setting('" + Variable + "', true), '')::" + d.typ
}

// byEdge asks for the row that a reference is to.
func (d *drawer) byEdge(t *catalogue.Table, depth int) string {
	if len(t.Edges) == 0 || depth == 0 {
		return d.plain(t)
	}
	e := domain.One(d.r, t.Edges)
	if t.Owner != nil && d.r.IntN(3) > 0 {
		e = t.Owner
	}
	alias := fmt.Sprintf("p%d", depth)
	parent := d.plainAs(alias, e.To)
	if e.To.Column != "" && e.To.Tenancy != catalogue.Shared && d.r.IntN(6) > 0 {
		parent = d.byColumn(alias, e.To.Column)
	}
	switch from := domain.QuotedName(e.To) + " " + alias; d.r.IntN(7) {
	case 6:
		if len(e.Columns) == 1 {
			query := "SELECT EXISTS (SELECT 1 FROM " + from + " WHERE " + alias + "." + domain.Ident(e.RefColumns[0]) + " = of_row AND " + d.one(parent, parent, d.plainAs(alias, e.To)) + ")"
			typ := domain.BaseType(e.From.Table.Column(e.Columns[0]).Type)
			return d.function("of_row "+typ, query, d.one("", "SECURITY DEFINER", "SECURITY DEFINER SET search_path = public")) + "(" + domain.QuotedName(t) + "." + domain.Ident(e.Columns[0]) + ")"
		}
	case 0:
		return "EXISTS (SELECT 1 FROM " + from + " WHERE " + parent + ")"
	case 1: // what the parent's own policies make of it
		return "EXISTS (SELECT 1 FROM " + from + " WHERE " + along(e, alias) + ")"
	case 2:
		if len(e.Columns) == 1 {
			return domain.QuotedName(t) + "." + domain.Ident(e.Columns[0]) + d.one(" IN", " IN", " = ANY", " NOT IN") + " (SELECT " + alias + "." + domain.Ident(e.RefColumns[0]) + " FROM " + from + " WHERE " + parent + ")"
		}
	}
	return "EXISTS (SELECT 1 FROM " + domain.QuotedName(e.To) + " " + alias + " WHERE " + along(e, alias) + " AND " + parent + ")"
}

// plain is a condition that says nothing of whose a row is.
func (d *drawer) plain(t *catalogue.Table) string { return d.plainAs(domain.QuotedName(t), t) }

func (d *drawer) plainAs(alias string, t *catalogue.Table) string {
	switch c := domain.One(d.r, t.Columns); d.r.IntN(4) {
	case 0:
		return alias + "." + domain.Ident(c.Name) + " IS" + d.one("", " NOT") + " NULL"
	case 1:
		return d.one("true", "false", "current_setting('"+Variable+"', true) <> ''")
	default:
		return alias + "." + domain.Ident(c.Name) + d.one(" = ", " <> ") + domain.Quote(domain.ValueOf(domain.BaseType(c.Type), 1+d.r.IntN(4)))
	}
}
