package catalogue

import (
	"fmt"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue/naming"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// Where a schema has no organization, and rows belong to users, the user is the tenant:
// a query without the user's column shows one customer what is another's. It is the
// weakest guess of all, for much that has a user's column is meant to be seen by
// everybody. So it is made last, and only where nothing looks like an organization.

// ofUser makes a candidate of the columns that say whose row it is, nil where the
// schema has things that look like tenants or too few tables that belong to users.
func (d *decision) ofUser() *candidate {
	g := &candidate{noun: "user", class: trust.Unlisted, root: d.cat.Principal, columns: map[*Table]*member{}, people: true, score: 0}
	exact := 0
	for _, t := range d.cat.Tables {
		if t.PartitionOf != "" || t == g.root {
			continue
		}
		if d.looksLikeTenants(t) {
			return nil
		}
		for _, c := range t.Columns {
			if d.userColumn(t, c.Name) {
				noun, isID := d.words.ColumnNoun(naming.Bare(c.Name, d.columns[t]))
				named := isID && (d.words.Person(noun) || noun == "owner" || g.root != nil && noun == d.noun(g.root))
				g.join(t, &member{column: c.Name, bare: naming.Bare(c.Name, d.columns[t]), edge: t.edgeOf(c.Name), exact: named})
			}
		}
		if m := g.columns[t]; m != nil && m.exact {
			exact++
		}
	}
	if exact < 2 || exact < 5 && 5*exact < d.size {
		return nil
	}
	return g
}

// looksLikeTenants reports whether a table could be that of organizations: its name is
// a word for them, and its rows are no user's.
func (d *decision) looksLikeTenants(t *Table) bool {
	class := d.words.Class(d.noun(t))
	for _, c := range t.Columns {
		noun, isID := d.words.ColumnNoun(c.Name)
		if isID && d.words.Class(noun) == trust.Surely {
			return true
		}
	}
	return class == trust.Surely || class == trust.Likely && d.ofUsers(t) == ""
}

// doubtUsers lowers what rests on a user's column that may not be the owner's: one of
// several, or in a role; and tables whose rows a user may show to others.
func (d *decision) doubtUsers() {
	for _, t := range d.cat.Tables {
		m := d.winner.columns[t]
		if m == nil || t.Tenancy != Owned {
			continue
		}
		if !m.exact || len(m.others) > 0 {
			t.Confidence = Low
		}
		for _, e := range t.Edges {
			if e.single() && e.To.Tenancy == Owned && (junction(t, e.Columns[0], m.column) || d.words.Member(t.Name)) {
				e.To.Confidence = Low
				e.To.Why += fmt.Sprintf("; %s may let other users see its rows", t.FullName())
			}
		}
	}
}
