package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue/naming"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// A table that is called shared in error is the silent pass of the whole tool. So
// a table is undecided, and nothing is proved of it, where something of it was not
// read, or where all that speaks for an owner is weak.

// undecide marks the tables whose tenancy does not stand; of a schema whose tenant
// column is a guess, all is one, and that is said once. Problems are those of the
// schema, and those of other schemas that name a table of this one.
func (d *decision) undecide(problems []schema.Problem) {
	for _, t := range d.cat.Tables {
		if d.declared(d.settings.Shared, t) {
			continue
		}
		if t.Undecided = d.hidden(t, problems); t.Undecided == "" && t.Tenancy == Shared && t.Confidence == Low && d.cat.Confidence == High {
			t.Undecided, t.Unsure = t.Why, true
		}
	}
	d.spreadUndecided()
}

// hidden is the first problem that may hide whose rows a table has, "" if none
// does. A table that has an owner keeps it: what was not read can only add to what
// speaks for one, unless it acts on rows by itself or takes a column away.
func (d *decision) hidden(t *Table, problems []schema.Problem) string {
	for _, p := range problems {
		switch {
		case !p.Covers(t.Table), t.Tenancy != Shared && (p.Any || !p.Strong), p.Column != "" && !d.decides(t, p.Column):
			continue
		}
		return problemText(p)
	}
	return ""
}

// Rests reports whether a table is undecided because of a problem.
func (c *Catalogue) Rests(p schema.Problem) bool {
	return slices.ContainsFunc(c.Tables, func(t *Table) bool { return t.Undecided == problemText(p) })
}

// problemText is a problem with its place.
func problemText(p schema.Problem) string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message) }

// decides reports whether a column of that name would decide whose a table is.
func (d *decision) decides(t *Table, column string) bool {
	name := trust.Norm(column)
	if t.Column != "" && trust.Norm(t.Column) == name || d.cat.Column != "" && trust.Norm(d.cat.Column) == name {
		return true
	}
	// Without the column the table may have lost its parent.
	noun, isID := d.words.ColumnNoun(column)
	if t.Tenancy != Shared || !isID {
		return false
	}
	parent := d.tableOf(noun, t.Schema)
	return parent != nil && parent.Tenancy != Shared
}

// spreadUndecided follows the edges: what belongs to a table that is undecided may
// be owned through it.
func (d *decision) spreadUndecided() {
	for changed := true; changed; {
		changed = false
		for _, t := range d.cat.Tables {
			if t.Undecided != "" || t.Tenancy != Shared || d.declared(d.settings.Shared, t) {
				continue
			}
			i := slices.IndexFunc(t.Edges, func(e *Edge) bool { return e.To != t && e.To.Undecided != "" && e.To != d.cat.Principal })
			parent := d.cat.parent(t)
			switch {
			case i >= 0:
				parent = t.Edges[i].To
			case parent == nil || parent.Undecided == "":
				continue
			}
			t.Unsure = parent.Unsure
			t.Undecided = fmt.Sprintf("it belongs to %s, which is undecided: %s", parent.FullName(), parent.Undecided)
			changed = true
		}
	}
}

// weak is a sign that a table without owner has one, "" if there is none: a column
// that names a tenant or a row of one in another way, a row that may belong to
// several tables, a table that was made from an owned one.
func (d *decision) weak(t *Table) string {
	for _, c := range t.Columns {
		if s := d.weakColumn(t, c); s != "" {
			return s
		}
	}
	for _, name := range t.Copies {
		schemaName, bare, ok := strings.Cut(name, ".")
		if !ok {
			schemaName, bare = "", name
		}
		if from := d.cat.exact(schemaName, bare); from != nil && from.Tenancy != Shared {
			return fmt.Sprintf("was made from %s, which a tenant owns", name)
		}
	}
	return ""
}

// weakColumn is what a column says of an owner without saying it surely.
func (d *decision) weakColumn(t *Table, c *schema.Column) string {
	noun, isID := d.words.ColumnNoun(c.Name)
	w := trust.Split(c.Name)
	switch {
	case t.edgeOf(c.Name) != nil || len(w) == 0 || d.words.Actor(c.Name):
	case isID && d.words.Class(d.words.Noun(noun)) == trust.Surely:
		return fmt.Sprintf("has %s, which may name a tenant, and not %s", c.Name, d.cat.Column)
	case isID && polymorphic(t, c.Name):
		return fmt.Sprintf("its rows belong to a row of any table (%s, %s)", strings.TrimSuffix(c.Name, "id")+"type", c.Name)
	case d.words.Class(d.words.Noun(w[0])) == trust.Surely && (len(w) == 1 || len(w) == 2 && d.words.Handle(w[1])):
		return fmt.Sprintf("has %s, which may name a tenant, and not %s", c.Name, d.cat.Column)
	case len(w) == 1:
		to := d.tableOf(d.words.Noun(w[0]), t.Schema)
		if to != nil && to != t && to.Tenancy != Shared && d.fits(t, c.Name, to) && !naming.Small(c.Type) {
			return fmt.Sprintf("its %s may name a row of %s, which a tenant owns", c.Name, to.FullName())
		}
	}
	return ""
}

// polymorphic reports whether a column beside an id tells of which table it is.
func polymorphic(t *Table, id string) bool {
	return strings.HasSuffix(id, "_id") && t.Table.Column(strings.TrimSuffix(id, "id")+"type") != nil
}
