package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// Whose a table is, is decided once all columns and edges are known, in steps
// from what is surest to what is left over. Every table comes out with a reason
// that a person can dispute.

// assign gives every table its tenancy. What the settings say comes after what was
// found, so that it wins, and before children, whose owners it may change;
// partitions come last, because they have what their parent has.
func (d *decision) assign() {
	if d.winner != nil {
		d.assignDirect()
		if d.cat.OfUsers {
			d.doubtUsers()
		} else {
			d.assignMembers()
		}
	}
	for _, t := range d.cat.Tables {
		d.assignDeclared(t)
	}
	if d.winner != nil {
		d.assignChildren()
		d.ownThrough()
	}
	for _, t := range d.cat.Tables {
		if t.PartitionOf != "" {
			d.follow(t)
		} else if t.Why == "" {
			d.share(t)
		}
	}
}

// assignDirect decides the root and the tables that have the tenant column. A
// column that is there only by name, or in a role and nullable, makes its table
// owned with low confidence: no error will rest on it.
func (d *decision) assignDirect() {
	if root := d.winner.root; root != nil {
		id := d.rootKey()
		root.Tenancy, root.Column, root.Confidence = Root, id, d.cat.Confidence
		root.Why = fmt.Sprintf("the table of tenants: %s of other tables refers to its %s", d.cat.Column, id)
		if len(d.winner.columns) == 0 {
			root.Why = "the table of tenants"
		}
	}
	for _, t := range d.cat.Tables {
		m := d.winner.columns[t]
		if m == nil || d.overruled(t, m) {
			continue
		}
		t.Tenancy, t.Column, t.Confidence = Owned, m.column, d.cat.Confidence
		t.Why = d.whyOwned(m)
		if !m.exact && !m.edge.notNull() {
			t.Confidence = Low
		}
		// The name fits and the type does not: it may be another system's id.
		if m.edge == nil && d.winner.root != nil && !d.fits(t, m.column, d.winner.root) {
			t.Confidence = Low
			t.Why += ", of another type"
		}
		if len(m.others) > 0 {
			d.note(t.Position, "table %s has two columns of the tenant: %s is taken, not %s", t.FullName(), m.column, strings.Join(m.others, ", "))
		}
	}
}

// overruled tells a table whose only column of the tenant is a nullable role
// (invited_by_org_id), while a NOT NULL edge leads to a table of a tenant, or while a table
// joins users to tenants: which one a user was in last (last_used_org_id) is not whose he is.
func (d *decision) overruled(t *Table, m *member) bool {
	if m.exact || m.edge == nil || m.edge.notNull() {
		return false
	}
	if t == d.cat.Principal {
		return slices.ContainsFunc(d.cat.Tables, func(o *Table) bool {
			of := d.winner.columns[o]
			return o != t && of != nil && d.membership(o, of.column, d.winner.root) != ""
		})
	}
	return slices.ContainsFunc(t.Edges, func(e *Edge) bool {
		return e.notNull() && d.winner.columns[e.To] != nil && e.To != d.cat.Principal
	})
}

// whyOwned says what backs a tenant column: a foreign key, the name of the
// root's table, or the name alone. The three differ in how far a maintainer
// should trust the line.
func (d *decision) whyOwned(m *member) string {
	switch {
	case m.edge == nil && d.winner.root != nil:
		return fmt.Sprintf("has %s, by name as in other tables (no foreign key to %s)", m.column, d.winner.root.FullName())
	case m.edge == nil:
		return fmt.Sprintf("has %s", m.column)
	case m.edge.Inferred:
		return fmt.Sprintf("has %s, which names a row of %s (no foreign key says so)", m.column, m.edge.To.FullName())
	}
	return fmt.Sprintf("has %s, a foreign key to %s", m.column, m.edge.To.FullName())
}

// rootKey is the column of the root that the tenant column refers to, as most
// foreign keys say. It need not be the primary key: some schemas refer to a public
// id.
func (d *decision) rootKey() string {
	count := map[string]int{}
	for _, m := range d.winner.columns {
		if m.edge != nil && m.edge.To == d.winner.root {
			count[m.edge.RefColumns[0]]++
		}
	}
	best := ""
	if id := rowID(d.winner.root); id != nil {
		best = id.Name
	}
	for name, n := range count {
		if n > count[best] || n == count[best] && name < best && best != "" && count[best] > 0 {
			best = name
		}
	}
	return best
}

// assignMembers makes memberships of the tables that join users to tenants:
// those whose name says so, else the only one that is nothing but a junction,
// unless every user belongs to one tenant.
func (d *decision) assignMembers() {
	var called, plain []*Table
	for _, t := range d.cat.Tables {
		if t.Tenancy != Owned {
			continue
		}
		user := d.membership(t, t.Column, d.winner.root)
		switch {
		case user == "":
		case t != d.cat.Principal && d.membersOf(t, d.winner.root):
			called = append(called, t)
		default:
			plain = append(plain, t)
		}
	}
	oneTenant := d.cat.Principal != nil && d.winner.columns[d.cat.Principal] != nil && d.cat.Principal.Tenancy == Owned
	if len(called) == 0 && len(plain) == 1 && (!oneTenant || plain[0] == d.cat.Principal) {
		called = plain
	}
	for _, t := range called {
		d.makeMember(t, d.membership(t, t.Column, d.winner.root))
	}
}

// makeMember makes a table a membership whose principal is in the column user.
// Its tenant column stays: a membership is owned like any other table, and
// binding the user excuses what binding the tenant would prove.
func (d *decision) makeMember(t *Table, user string) {
	t.Tenancy, t.User = Membership, user
	t.Why = fmt.Sprintf("joins users (%s) to tenants (%s)", user, t.Column)
	if d.cat.Principal != nil && d.winner != nil && d.winner.root != nil {
		t.Why = fmt.Sprintf("joins %s (%s) to %s (%s)", d.cat.Principal.FullName(), user, d.winner.root.FullName(), t.Column)
	}
}

// assignDeclared applies what the settings say of one table. Shared takes
// everything away that was found: it is the one setting that can silence, so its
// reason names the line.
func (d *decision) assignDeclared(t *Table) {
	// Public and shared NULL rows change what a proof asks for, not whose the
	// table is.
	if d.declared(d.settings.Public, t) {
		t.Public = true
	}
	if d.declared(d.settings.SharesNull, t) {
		t.SharesNull = true
	}
	if d.declared(d.settings.Members, t) {
		d.declareMember(t)
	}
	if d.declared(d.settings.Shared, t) {
		*t = Table{Table: t.Table, Edges: t.Edges, Tenancy: Shared, Public: t.Public, Confidence: High, Why: d.said("shared", t)}
	}
}

// declareMember makes a membership of a table that the settings name. A table that
// cannot be one is told and left as it is: to obey would excuse queries by a
// column that is no user's.
func (d *decision) declareMember(t *Table) {
	if t.Column == "" || t.Tenancy == Root {
		d.note(settingAt(d.settings, "members", t.Name), "members: %s has no column of the tenant", t.FullName())
		return
	}
	for _, c := range t.Columns {
		if c.Name != t.Column && d.userColumn(t, c.Name) {
			d.makeMember(t, c.Name)
			t.Owner, t.Owners, t.Confidence = nil, nil, High
			t.Why += ", " + d.said("members", t)
			return
		}
	}
	d.note(settingAt(d.settings, "members", t.Name), "members: %s has no column that refers to the users", t.FullName())
}

// follow gives a partition what its parent has, with its own edges in place of the
// parent's. A parent that no file defines leaves the partition to be judged as
// nobody's.
func (d *decision) follow(t *Table) {
	parent := t
	for range d.cat.Tables {
		up := d.cat.parent(parent)
		if up == nil {
			break
		}
		parent = up
	}
	if parent == t {
		d.share(t)
		return
	}
	if parent.Why == "" {
		d.share(parent)
	}
	own := *t
	*t = *parent
	t.Table, t.Edges = own.Table, own.Edges
	t.Owner, t.Owners = t.sameEdge(parent.Owner), nil
	for _, e := range parent.Owners {
		t.Owners = append(t.Owners, t.sameEdge(e))
	}
	t.Why = fmt.Sprintf("a partition of %s, which %s", parent.FullName(), verb(parent))
}

// sameEdge finds the edge of a partition that is the parent's e.
func (t *Table) sameEdge(e *Edge) *Edge {
	if e == nil {
		return nil
	}
	for _, own := range t.Edges {
		if own.To == e.To && slices.Equal(own.Columns, e.Columns) {
			return own
		}
	}
	return e
}

// verb continues "a partition of x, which …".
func verb(t *Table) string {
	switch t.Tenancy {
	case Owned, Root:
		return t.Why
	case Child:
		return "is owned " + t.Why
	case Membership:
		return t.Why
	}
	return "is shared"
}

// share says why a table is nobody's. A wrong "shared" is the silent pass of the
// whole tool, so each reason that a person might dispute lowers the confidence,
// and is printed.
func (d *decision) share(t *Table) {
	t.Tenancy, t.Confidence = Shared, High
	switch {
	case d.winner == nil:
		t.Why = "no tenant column is known"
	case t == d.cat.Principal:
		t.Why = "the table of users, who may belong to several tenants"
	case d.alien[t] != "":
		t.Why, t.Confidence = fmt.Sprintf("unclear: %s has another type than the keys of %s, as ids of other systems have", d.alien[t], d.winner.root.FullName()), Low
	case d.above(t) != "":
		t.Why, t.Confidence = d.above(t), Low
	case d.weak(t) != "":
		t.Why, t.Confidence = "unclear: "+d.weak(t), Low
	case d.ofUsers(t) != "":
		t.Why = "belongs to users (" + d.ofUsers(t) + "), not to tenants"
	default:
		t.Why = fmt.Sprintf("no %s, and no foreign key leads to a table that has one", d.cat.Column)
		d.mentionParts(t)
	}
}

// mentionParts tells of a table that is a part of an owned one by its name, but
// to which the owned one refers: project_configurations of projects. Nothing in
// the row says whose it is, so a person must look.
func (d *decision) mentionParts(t *Table) {
	if d.words.Enumeration(t.Name) {
		return
	}
	for _, other := range d.cat.Tables {
		if other.Tenancy == Shared || other.PartitionOf != "" {
			continue
		}
		for _, e := range other.Edges {
			if e.To == t && strings.HasPrefix(trust.TableNoun(t.Name), trust.TableNoun(other.Name)) {
				t.Confidence = Low
				t.Why += fmt.Sprintf("; but %s of %s refers to it, so its rows may be a tenant's", strings.Join(e.Columns, ", "), other.FullName())
				return
			}
		}
	}
}

// above tells of a candidate column that lost although the table has it: what it
// names may contain tenants, and then the table is not shared but above them.
func (d *decision) above(t *Table) string {
	for _, c := range d.candidates {
		if c == d.winner {
			continue
		}
		if m := c.columns[t]; m != nil {
			return fmt.Sprintf("unclear: has %s and not %s", m.column, d.cat.Column)
		}
		if c.root == t {
			return fmt.Sprintf("unclear: %s of other tables refers to it, but %s was taken for the tenant", c.name(), d.cat.Column)
		}
	}
	return ""
}

// ofUsers is the column by which rows belong to a user, "" if none does. It
// explains why a table is shared; it makes nobody its owner.
func (d *decision) ofUsers(t *Table) string {
	for _, c := range t.Columns {
		if d.userColumn(t, c.Name) {
			return c.Name
		}
	}
	return ""
}
