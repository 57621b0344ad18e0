package catalogue

import (
	"slices"
	"strings"
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
// The name decides among those that know how a person logs in; without an address
// or password only the plainest names count.
func (d *decision) principalRank(t *Table) int {
	order := []string{"staff", "operator", "employee", "person", "member", "profile", "login", "account", "principal", "identity", "useraccount", "authuser", "appuser", "user"}
	noun := d.noun(t)
	rank := slices.Index(order, noun) + 1
	if rank == 0 {
		if w := words(t.Name); len(w) < 2 || singular(w[len(w)-1]) != "user" || !d.hasCredentials(t) {
			return 0
		}
		return 1
	}
	// A table of that name that knows how people log in beats all that do not.
	if d.hasCredentials(t) {
		return rank + len(order)
	}
	if userNoun(noun) {
		return rank
	}
	return 0 // accounts and members without an address are something else
}

// hasCredentials tells that a table knows how a person logs in: an address, a
// name, a password, or the subject of an identity provider.
func (d *decision) hasCredentials(t *Table) bool {
	for _, c := range t.Columns {
		switch n := norm(bare(c.Name, d.columns[t])); {
		case n == "email", n == "username", n == "emailaddress", n == "phone", n == "phonenumber", n == "login":
			return true
		case strings.HasPrefix(n, "password"), strings.HasSuffix(n, "subject"):
			return true
		}
	}
	return false
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

// userColumn tells that a column holds a principal: an edge to the table of the
// users, or its name where the schema has no such table. Columns for a role in
// an event (created_by, invited_by) are none.
func (d *decision) userColumn(t *Table, column string) bool {
	if actor(column) {
		return false
	}
	if e := t.edgeOf(column); e != nil {
		return d.cat.Principal != nil && e.To == d.cat.Principal || userNoun(d.noun(e.To))
	}
	noun, isID := d.nounOf(t, column)
	return isID && userNoun(noun) && (d.cat.Principal == nil || t.Schema != d.cat.Principal.Schema || d.keyFor(d.cat.Principal, t.Table.Column(column).Type) != nil || rowID(d.cat.Principal) == nil)
}

// actor tells columns that record who did something. They refer to users and say
// nothing of whose the row is.
func actor(column string) bool {
	w := words(column)
	if len(w) == 0 {
		return false
	}
	if slices.Contains(w, "by") {
		return true
	}
	switch w[0] {
	case "creator", "author", "inviter", "updater", "approver", "reviewer", "assignee", "assigned", "reporter", "actor", "invited", "created", "updated", "deleted":
		return true
	}
	return false
}

// membersOf tells a table whose name says that it joins people to the rows of
// root, and not to other things: project_members are no members of the tenant, and
// a proof that took them for such would trust any project's guest.
func (d *decision) membersOf(t *Table, root *Table) bool {
	if !memberName(t.Name) {
		return false
	}
	w := words(t.Name)
	if d.product[w[0]] {
		w = w[1:]
	}
	if len(w) < 2 || userNoun(singular(w[0])) {
		return true
	}
	of := d.tableOf(canonical(strings.Join(w[:len(w)-1], "")), t.Schema)
	return of == nil || of == root || of == d.cat.Principal || memberName(of.Name)
}

// memberName tells a table whose name says that it joins people to something;
// words that say "not yet" or "no more" undo it.
func memberName(name string) bool {
	w := words(name)
	if len(w) == 0 || slices.ContainsFunc(w, outsider) {
		return false
	}
	switch last := singular(w[len(w)-1]); last {
	case "member", "membership", "collaborator", "participant":
		return true
	case "user":
		return len(w) > 1
	case "profile", "role":
		return len(w) > 1 && (slices.Contains(w, "membership") || slices.Contains(w, "member"))
	default:
		return len(w) > 1 && (singular(w[0]) == "user" && classOf(canonical(last)) < unlisted)
	}
}

// outsider tells words for people who do not belong, or not yet: an invitation is
// no membership, and a row of it must not guard anything.
func outsider(word string) bool {
	switch word {
	case "pending", "banned", "blocked", "invited", "invite", "invites", "invitation", "invitations", "former", "removed", "request", "requests", "audit", "history", "log", "logs":
		return true
	}
	return false
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
