package catalogue

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// Users are the second anchor: who belongs to a tenant is told by a table that
// joins both, and rows of a user are no tenant's.

// findPrincipal chooses the table of the authenticated users: the declared one, or
// the first by name among those with an address or password. It matters twice:
// memberships are told by it, and rows of a user are not a tenant's.
func (d *decision) findPrincipal() {
	if d.settings.Principal != "" {
		d.cat.Principal = d.named(d.settings.Principal)
		if d.cat.Principal == nil {
			d.note(settingAt(d.settings, "principal", d.settings.Principal), "principal: %s is no table of this schema", d.settings.Principal)
		}
		return
	}
	var best *Table
	bestRank := 0
	for _, t := range d.cat.Tables {
		if rank := d.principalRank(t); rank > bestRank {
			best, bestRank = t, rank
		}
	}
	d.cat.Principal = best
}

// principalRank tells how much a table looks like that of the users, 0 not at all.
// The name decides among those that know how a person logs in.
func (d *decision) principalRank(t *Table) int {
	return d.words.PrincipalRank(t.Name, d.noun(t), d.hasCredentials(t))
}

// hasCredentials tells that a table knows how a person logs in.
func (d *decision) hasCredentials(t *Table) bool {
	return slices.ContainsFunc(t.Columns, func(c *schema.Column) bool { return d.words.Address(bare(c.Name, d.columns[t])) })
}

// membership names the user's column if a table joins users to the rows of root
// by a column: both in one unique key, or in a table whose name says members. ""
// if it does not.
func (d *decision) membership(t *Table, column string, root *Table) string {
	if t.PartitionOf != "" {
		return ""
	}
	called := t != d.cat.Principal && d.membersOf(t, root)
	for _, c := range t.Columns {
		if c.Name == column || !d.userColumn(t, c.Name) {
			continue
		}
		if called || junction(t, column, c.Name) {
			return c.Name
		}
	}
	return ""
}

// OfUser reports whether a column holds the key of a user whose personal row it is.
func (t *Table) OfUser(column string) bool { return slices.Contains(t.Users, column) }

// usersOf lists the columns that say whose personal row it is: of a membership its
// user; of the table of users its keys and the address; of another the references
// to the users, and, where tenants own it, a person's e-mail address.
func (d *decision) usersOf(t *Table) []string {
	if t.User != "" {
		return []string{t.User}
	}
	if d.cat.Principal == nil {
		return nil
	}
	var out []string
	for _, c := range t.Columns {
		refers := slices.ContainsFunc(t.Edges, func(e *Edge) bool { return e.single() && e.Columns[0] == c.Name && e.To == d.cat.Principal })
		switch {
		case t == d.cat.Principal && t.identifies(c.Name),
			t != d.cat.Principal && refers,
			(t == d.cat.Principal || t.Tenancy != Shared) && d.words.PersonalAddress(c.Name):
			out = append(out, c.Name)
		}
	}
	return out
}

// identifies tells that a column alone is a key that is unique over all tenants.
func (t *Table) identifies(column string) bool {
	alone := func(k *schema.Key) bool { return len(k.Columns) == 1 && k.Columns[0] == column && !k.Expressions }
	return slices.ContainsFunc(t.Unique, alone) || slices.ContainsFunc(t.Keys, func(k *schema.Key) bool { return k.Primary && alone(k) })
}

// userColumn tells that a column holds a principal: an edge to the table of the
// users, or its name where the schema has no such table. Columns for a role in
// an event (created_by, invited_by) are none.
func (d *decision) userColumn(t *Table, column string) bool {
	if d.words.Actor(column) {
		return false
	}
	if e := t.edgeOf(column); e != nil {
		return d.cat.Principal != nil && e.To == d.cat.Principal || d.words.Person(d.noun(e.To))
	}
	noun, isID := d.nounOf(t, column)
	return isID && d.words.Person(noun) && (d.cat.Principal == nil || t.Schema != d.cat.Principal.Schema || d.keyFor(d.cat.Principal, t.Table.Column(column).Type) != nil || rowID(d.cat.Principal) == nil)
}

// membersOf tells a table whose name says that it joins people to the rows of
// root, and not to other things: project_members are no members of the tenant, and
// a proof that took them for such would trust any project's guest.
func (d *decision) membersOf(t *Table, root *Table) bool {
	if !d.words.Member(t.Name) {
		return false
	}
	w := trust.Split(t.Name)
	if d.product[w[0]] {
		w = w[1:]
	}
	if len(w) < 2 || d.words.Person(trust.Singular(w[0])) {
		return true
	}
	of := d.tableOf(d.words.Noun(strings.Join(w[:len(w)-1], "")), t.Schema)
	return of == nil || of == root || of == d.cat.Principal || d.words.Member(of.Name)
}

// junction tells that a unique key is made of the tenant and the user alone: that
// is what a pure join has. A third column would make it a table of something else.
func junction(t *Table, column, user string) bool {
	for _, k := range t.Keys {
		if len(k.Columns) == 2 && contains(k.Columns, []string{column, user}) && !k.Expressions {
			return true
		}
	}
	return false
}
