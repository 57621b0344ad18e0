package catalogue

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue/secret"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// What a key proves depends on whose the table is, so keys come last.

// finish adds what follows from the tenancies: levels, keys, secrets, and the
// edges along which the database keeps the tenant.
func (d *decision) finish() {
	for _, t := range d.cat.Tables {
		if d.second != nil && t.Tenancy != Shared && t != d.second.root {
			t.Level2 = d.level2(t)
		}
		t.Unique, t.SoftUnique = t.uniqueKeys(d.hasHeirs(t))
		t.Users = d.usersOf(t)
		tenant := t.Column
		if t.Tenancy == Root {
			tenant = "" // who has its key does not have its secrets
		}
		t.Secrets, t.Tokens = secret.Keys(d.words, t.Table, tenant), secret.Tokens(d.words, t.Table, tenant)
		t.Named = secret.Named(d.words, t.Table, tenant)
		for _, e := range t.Edges {
			e.SameTenant = e.sameTenant() || e.sharesOwner()
		}
	}
}

// hasHeirs tells that other tables inherit from t.
func (g *graph) hasHeirs(t *Table) bool {
	return slices.ContainsFunc(g.cat.Tables, func(o *Table) bool { return slices.Contains(o.Inherits, t.FullName()) })
}

// level2 is the column of a table that names the second level, "" if it has
// none or only one that plays a role (invited_to_project_id).
func (d *decision) level2(t *Table) string {
	if m := d.second.columns[t]; m != nil && m.exact && m.column != t.Column {
		return m.column
	}
	if up := d.cat.parent(t); up != nil {
		return d.level2(up)
	}
	return ""
}

// uniqueKeys lists the keys that are unique over all tenants, and single columns
// that the server makes so although only a wider key has them. A key that holds
// the tenant column is unique only within one: a look-up by its other columns
// finds rows of all tenants. Keys of a table do not reach into the heirs that a
// SELECT of it shows.
func (t *Table) uniqueKeys(heirs bool) (hard, soft []*schema.Key) {
	for _, k := range t.Keys {
		if heirs || k.Expressions || k.Where != "" || len(k.Columns) == 0 {
			continue
		}
		if t.Column == "" || t.Tenancy == Root || !slices.Contains(k.Columns, t.Column) {
			hard = append(hard, k)
		}
	}
	for _, c := range t.Columns {
		alone := slices.ContainsFunc(hard, func(k *schema.Key) bool { return len(k.Columns) == 1 && k.Columns[0] == c.Name })
		if !alone && serverMade(c) && t.edgeOf(c.Name) == nil && c.Name != t.Column {
			soft = append(soft, &schema.Key{Position: c.Position, Columns: []string{c.Name}})
		}
	}
	return hard, soft
}

// serverMade tells columns whose values the server makes and never repeats.
// Nothing keeps a client from sending a value of its own, so what rests on it is a
// named assumption.
func serverMade(c *schema.Column) bool {
	def := strings.ToLower(c.Default)
	for _, made := range []string{"gen_random_uuid(", "uuid_generate_v", "uuidv7(", "uuid_v7(", "generate_ulid(", "nextval("} {
		if strings.Contains(def, made) {
			return true
		}
	}
	return c.Identity
}

// sameTenant tells that both rows of an edge have one tenant because the database
// says so, or by what the tenant column means. A composite key with a nullable
// column says nothing unless it is MATCH FULL: PostgreSQL does not check a row
// with a NULL in it. One that is NOT VALID was never checked against what was
// there.
func (e *Edge) sameTenant() bool {
	from, to := e.From, e.To
	if from.Column == "" || to.Column == "" || from.Tenancy == Root {
		return false
	}
	for i, c := range e.Columns {
		if c != from.Column || e.RefColumns[i] != to.Column {
			continue
		}
		if to.Tenancy == Root {
			return true
		}
		f := e.declared
		return f != nil && !f.NotValid && (f.MatchFull || columnNotNull(from, c))
	}
	return false
}

// columnNotNull tells a column that is there and NOT NULL.
func columnNotNull(t *Table, name string) bool {
	c := t.Table.Column(name)
	return c != nil && c.NotNull
}

// NeverZero reports whether the schema says that no row has 0, an empty text or the
// zero UUID in a column: ids that the server counts or draws, and columns that a CHECK
// keeps from it.
func (t *Table) NeverZero(column string) bool {
	c := t.Table.Column(column)
	if c == nil {
		return false
	}
	kept := func(k *schema.Check) bool { return !k.NotValid && slices.Contains(k.NonZero, column) }
	return c.Type == "uuid" || c.Identity || strings.HasPrefix(c.Default, "nextval(") || slices.ContainsFunc(t.Checks, kept)
}
