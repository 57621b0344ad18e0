package asifalone

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
)

// Row is one row, in the order of its table's columns.
type Row []Value

// key makes rows comparable.
func (r Row) key() string {
	var b strings.Builder
	for _, v := range r {
		if v == nil {
			b.WriteString("\x00")
		} else {
			b.WriteString(*v)
		}
		b.WriteByte('\x1f')
	}
	return b.String()
}

// Data is what the tables of a world hold.
type Data map[*catalogue.Table][]Row

// columnIndex finds a column of a table, -1 if it has none.
func columnIndex(t *catalogue.Table, name string) int {
	for i, c := range t.Columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}

// pick gives the row's values of some columns; ok is false if one is NULL.
func pick(t *catalogue.Table, row Row, columns []string) (values []Value, ok bool) {
	ok = true
	for _, name := range columns {
		i := columnIndex(t, name)
		if i < 0 || i >= len(row) {
			return nil, false
		}
		values = append(values, row[i])
		ok = ok && row[i] != nil
	}
	return values, ok
}

// matches tells whether the row holds the values in the columns, none NULL.
func matches(t *catalogue.Table, row Row, columns []string, values []Value) bool {
	own, ok := pick(t, row, columns)
	if !ok || len(own) != len(values) {
		return false
	}
	for i := range own {
		if !equal(own[i], values[i]) {
			return false
		}
	}
	return true
}

// Owner is whose row a row is.
type Owner struct {
	Kind   OwnerKind
	Tenant string
}

// OwnerKind tells owners apart.
type OwnerKind uint8

// The owners: every tenant (D↾0), one tenant, or nobody.
const (
	Everybody OwnerKind = iota
	OneTenant
	Nobody
)

// ownerOf finds the owner of a row of table t in the data.
func (d Data) ownerOf(t *catalogue.Table, row Row) Owner {
	return d.ownerWithin(t, row, 8)
}

// ownerWithin follows owning edges at most depth steps, for self-owned tables.
func (d Data) ownerWithin(t *catalogue.Table, row Row, depth int) Owner {
	switch t.Tenancy {
	case catalogue.Shared:
		return Owner{Kind: Everybody}
	case catalogue.Child:
		if t.Owner == nil || depth == 0 {
			return Owner{Kind: Nobody}
		}
		return d.ownerByParent(owning(t, row), row, depth)
	}
	values, ok := pick(t, row, []string{t.Column})
	switch {
	case ok:
		return Owner{Kind: OneTenant, Tenant: *values[0]}
	case t.SharesNull:
		return Owner{Kind: Everybody}
	}
	return Owner{Kind: Nobody}
}

// owning is the edge by which a row is owned: of an exclusive arc, the one that
// is set.
func owning(t *catalogue.Table, row Row) *catalogue.Edge {
	for _, e := range t.Owners {
		if _, ok := pick(t, row, e.Columns); ok {
			return e
		}
	}
	return t.Owner
}

// ownerByParent is the owner of the row that an owning edge points to. Owner keys
// are unique in every data set, so there is at most one.
func (d Data) ownerByParent(e *catalogue.Edge, row Row, depth int) Owner {
	if parent := d.parent(e, row); parent != nil {
		return d.ownerWithin(e.To, parent, depth-1)
	}
	return Owner{Kind: Nobody}
}

// parent is the row that an edge points to, nil if there is none.
func (d Data) parent(e *catalogue.Edge, row Row) Row {
	values, ok := pick(e.From, row, e.Columns)
	if !ok {
		return nil
	}
	for _, parent := range d[e.To] {
		if matches(e.To, parent, e.RefColumns, values) {
			return parent
		}
	}
	return nil
}

// viewer is for whom D′ is made: a tenant, and where a proof is excused as the
// principal's own rows, every tenant where that user has a row, and the user's
// rows without tenant with their children.
type viewer struct {
	tenant string
	user   Value
	users  *catalogue.Table
	also   map[string]bool
}

// asUser lets the viewer be a user, with all tenants that have rows of that user.
func (v *viewer) asUser(user Value, w *World, data Data) {
	v.user, v.users, v.also = user, w.Cat.Principal, map[string]bool{}
	for t, rows := range data {
		for _, row := range rows {
			if o := data.ownerOf(t, row); o.Kind == OneTenant && v.isUsers(t, row) {
				v.also[o.Tenant] = true
			}
		}
	}
}

// isUsers tells whether a row names the user.
func (v viewer) isUsers(t *catalogue.Table, row Row) bool {
	if v.user == nil {
		return false
	}
	for _, e := range t.Edges {
		if e.To == v.users && len(e.Columns) == 1 && matches(t, row, e.Columns, []Value{v.user}) {
			return true
		}
	}
	return false
}

// owns tells whether a row of the data is the viewer's.
func (v viewer) owns(d Data, t *catalogue.Table, row Row, o Owner) bool {
	return o.Kind == OneTenant && (o.Tenant == v.tenant || v.also[o.Tenant]) || v.user != nil && v.ofUsers(d, t, row, 8)
}

// ofUsers tells whether a row names the user, or is a child of one that does, at
// most depth steps up.
func (v viewer) ofUsers(d Data, t *catalogue.Table, row Row, depth int) bool {
	if v.isUsers(t, row) {
		return true
	}
	if t.Tenancy != catalogue.Child || t.Owner == nil || depth == 0 {
		return false
	}
	e := owning(t, row)
	parent := d.parent(e, row)
	return parent != nil && v.ofUsers(d, e.To, parent, depth-1)
}

// restrict is D′: the rows of one tenant and the shared ones.
func (d Data) restrict(v viewer) Data {
	out := Data{}
	for t, rows := range d {
		for _, row := range rows {
			if o := d.ownerOf(t, row); o.Kind == Everybody || v.owns(d, t, row, o) {
				out[t] = append(out[t], row)
			}
		}
	}
	return out
}

// rowsOf lists the rows of table t that the tenant owns.
func (d Data) rowsOf(t *catalogue.Table, tenant string) []Row {
	var out []Row
	for _, row := range d[t] {
		if d.ownerOf(t, row) == (Owner{Kind: OneTenant, Tenant: tenant}) {
			out = append(out, row)
		}
	}
	return out
}
