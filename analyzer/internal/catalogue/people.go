package catalogue

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue/naming"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// Users are the second anchor: who belongs to a tenant is told by a table that
// joins both, and rows of a user are no tenant's.

// findPrincipal chooses the table of the authenticated users: the declared one, or
// the first by name among those with an address or password. It matters twice:
// memberships are told by it, and rows of a user are not a tenant's.
func (g *graph) findPrincipal() {
	if g.settings.Principal != "" {
		g.cat.Principal = g.named(g.settings.Principal)
		if g.cat.Principal == nil {
			g.missing = append(g.missing, absent{"principal", g.settings.Principal})
		}
		return
	}
	var best *Table
	bestRank := 0
	for _, t := range g.cat.Tables {
		if rank := g.principalRank(t); rank > bestRank {
			best, bestRank = t, rank
		}
	}
	g.cat.Principal = best
}

// principalRank tells how much a table looks like that of the users, 0 not at all.
// The name decides among those that know how a person logs in.
func (g *graph) principalRank(t *Table) int {
	return g.words.PrincipalRank(t.Name, g.noun(t), g.hasCredentials(t))
}

// hasCredentials tells that a table knows how a person logs in.
func (g *graph) hasCredentials(t *Table) bool {
	return slices.ContainsFunc(t.Columns, func(c *schema.Column) bool { return g.words.Address(naming.Bare(c.Name, g.columns[t])) })
}

// membership names the user's column if a table joins users to the rows of root
// by a column: both in one unique key, or in a table whose name says members. ""
// if it does not.
func (g *graph) membership(t *Table, column string, root *Table) string {
	if t.PartitionOf != "" {
		return ""
	}
	called := t != g.cat.Principal && g.membersOf(t, root)
	for _, c := range t.Columns {
		if c.Name == column || !g.userColumn(t, c.Name) {
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
func (g *graph) usersOf(t *Table) []string {
	if t.User != "" {
		return []string{t.User}
	}
	if g.cat.Principal == nil {
		return nil
	}
	var out []string
	for _, c := range t.Columns {
		refers := slices.ContainsFunc(t.Edges, func(e *Edge) bool { return e.single() && e.Columns[0] == c.Name && e.To == g.cat.Principal })
		switch {
		case t == g.cat.Principal && t.identifies(c.Name),
			t != g.cat.Principal && refers,
			(t == g.cat.Principal || t.Tenancy != Shared) && g.words.PersonalAddress(c.Name):
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
func (g *graph) userColumn(t *Table, column string) bool {
	if g.words.Actor(column) {
		return false
	}
	if e := t.edgeOf(column); e != nil {
		return g.cat.Principal != nil && e.To == g.cat.Principal || g.words.Person(g.noun(e.To))
	}
	noun, isID := g.nounOf(t, column)
	return isID && g.words.Person(noun) && (g.cat.Principal == nil || t.Schema != g.cat.Principal.Schema || g.keyFor(g.cat.Principal, t.Table.Column(column).Type) != nil || rowID(g.cat.Principal) == nil)
}

// membersOf tells a table whose name says that it joins people to the rows of
// root, and not to other things: project_members are no members of the tenant, and
// a proof that took them for such would trust any project's guest.
func (g *graph) membersOf(t *Table, root *Table) bool {
	if !g.words.Member(t.Name) {
		return false
	}
	w := trust.Split(t.Name)
	if g.product[w[0]] {
		w = w[1:]
	}
	if len(w) < 2 || g.words.Person(trust.Singular(w[0])) {
		return true
	}
	of := g.tableOf(g.words.Noun(strings.Join(w[:len(w)-1], "")), t.Schema)
	return of == nil || of == root || of == g.cat.Principal || g.words.Member(of.Name)
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

// isPeople tells that a candidate stands for users and not for tenants.
func (g *graph) isPeople(root *Table, noun string) bool {
	return g.words.Person(noun) || root != nil && root == g.cat.Principal
}
