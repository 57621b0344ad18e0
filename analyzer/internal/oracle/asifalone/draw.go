package asifalone

import (
	"slices"
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
)

// draw is one row in the making.
type draw struct {
	*filler
	t   *catalogue.Table
	row Row
	set []bool
}

// tenant sets the tenant column, sometimes to NULL where that is allowed.
func (d *draw) tenant(tenant string) {
	i := columnIndex(d.t, d.t.Column)
	if i < 0 {
		return
	}
	d.set[i] = true
	if d.t.Tenancy != catalogue.Root && !notNull(d.t, d.t.Column) && d.r.IntN(5) == 0 {
		return
	}
	n, _ := strconv.Atoi(tenant)
	d.row[i] = valueOf(d.t.Columns[i].Type, n)
}

// arc leaves all edges of an exclusive arc NULL but one.
func (d *draw) arc() {
	if len(d.t.Owners) < 2 {
		return
	}
	chosen := d.r.IntN(len(d.t.Owners))
	for k, e := range d.t.Owners {
		for _, name := range e.Columns {
			if i := columnIndex(d.t, name); k != chosen && i >= 0 {
				d.set[i] = true
			}
		}
	}
}

// edge sets the columns of an edge; false if no row can be referenced and the
// columns cannot be NULL.
func (d *draw) edge(e *catalogue.Edge, tenant string) bool {
	if d.wholly(e) {
		return d.settled(e)
	}
	nullable := d.nullable(e) && !slices.Contains(d.t.Owners, e)
	if nullable && d.r.IntN(5) == 0 {
		return d.null(e)
	}
	if fk := declared(e); (fk == nil || fk.NotValid) && !d.keep.sameTenant(e) && !slices.Contains(ownersOf(d.t), e) && d.r.IntN(3) == 0 {
		return true // dangling: rest draws the columns
	}
	candidates := d.candidates(e, tenant)
	if len(candidates) == 0 {
		return nullable && d.null(e)
	}
	d.reference(e, candidates[d.r.IntN(len(candidates))])
	return true
}

// wholly tells whether all columns of the edge are set already.
func (d *draw) wholly(e *catalogue.Edge) bool {
	for _, name := range e.Columns {
		if i := columnIndex(d.t, name); i < 0 || !d.set[i] {
			return false
		}
	}
	return true
}

// settled checks an edge whose columns other edges have set.
func (d *draw) settled(e *catalogue.Edge) bool {
	values, ok := pick(d.t, d.row, e.Columns)
	if fk := declared(e); !ok || !d.keep.sameTenant(e) && (fk == nil || fk.NotValid) {
		return true
	}
	for _, target := range d.targets(e) {
		if matches(e.To, target, e.RefColumns, values) && d.fits(e, target) {
			return true
		}
	}
	return false
}

// nullable tells whether a NULL in some unset column lifts the constraint. With
// MATCH FULL all columns must be NULL together.
func (d *draw) nullable(e *catalogue.Edge) bool {
	fk := declared(e)
	full := fk != nil && fk.MatchFull
	some := false
	for _, name := range e.Columns {
		i := columnIndex(d.t, name)
		free := i >= 0 && !notNull(d.t, name) && (!d.set[i] || d.row[i] == nil)
		if full && !free {
			return false
		}
		some = some || free
	}
	return some
}

// null leaves the nullable columns of the edge NULL. The other columns of a
// partly NULL reference are unchecked, and drawn by rest.
func (d *draw) null(e *catalogue.Edge) bool {
	fk := declared(e)
	unchecked := fk != nil && !fk.MatchFull && !d.keep.sameTenant(e) && d.r.IntN(2) == 0
	for _, name := range e.Columns {
		i := columnIndex(d.t, name)
		if i < 0 || notNull(d.t, name) || d.set[i] && d.row[i] != nil {
			continue
		}
		if d.set[i] && unchecked {
			return true // one NULL lifts the constraint, the other columns may be anything
		}
		d.set[i] = true
	}
	return !d.keep.sameTenant(e) || d.wholly(e)
}

// targets are the rows that an edge may point to, with those of its own table
// that were made before.
func (d *draw) targets(e *catalogue.Edge) []Row { return d.data[e.To] }

// candidates are the targets that agree with what is set and with the
// assumptions that are kept. Where the edge need not stay in the tenant, it
// leaves it half of the time.
func (d *draw) candidates(e *catalogue.Edge, tenant string) []Row {
	owning := slices.Contains(ownersOf(d.t), e)
	stray := !owning && d.r.IntN(2) == 0
	var near, all []Row
	for _, target := range d.targets(e) {
		if !d.agrees(e, target) || !owning && !d.fits(e, target) {
			continue
		}
		all = append(all, target)
		if owner := d.data.ownerOf(e.To, target); owner.Kind == OneTenant && owner.Tenant == d.tenantText(e, tenant) {
			near = append(near, target)
		}
	}
	if stray || len(near) == 0 {
		return all
	}
	return near
}

// tenantText is the n-th tenant as the root's key shows it.
func (d *draw) tenantText(_ *catalogue.Edge, tenant string) string {
	n, _ := strconv.Atoi(tenant)
	return *valueOf(d.w.tenantType(), n)
}

// agrees tells whether the target has the values that are set already.
func (d *draw) agrees(e *catalogue.Edge, target Row) bool {
	values, ok := pick(e.To, target, e.RefColumns)
	if !ok {
		return false
	}
	for j, name := range e.Columns {
		i := columnIndex(d.t, name)
		if i < 0 || d.set[i] && !equal(d.row[i], values[j]) {
			return false
		}
	}
	return true
}

// fits tells whether a kept reference stays inside the tenant. A row that is
// not a tenant's yet may reference what is nobody's or everybody's alike.
func (d *draw) fits(e *catalogue.Edge, target Row) bool {
	if !d.keep.sameTenant(e) {
		return true
	}
	mine, theirs := d.data.ownerOf(d.t, d.row), d.data.ownerOf(e.To, target)
	return mine == theirs || e.To.Tenancy == catalogue.Shared
}

// reference takes the key of the target into the columns of the edge.
func (d *draw) reference(e *catalogue.Edge, target Row) {
	values, _ := pick(e.To, target, e.RefColumns)
	for j, name := range e.Columns {
		i := columnIndex(d.t, name)
		d.row[i], d.set[i] = values[j], true
	}
}

// rest draws the columns that no edge has set.
func (d *draw) rest() {
	for i, c := range d.t.Columns {
		if d.set[i] || c.Generated {
			continue
		}
		if !notNull(d.t, c.Name) && d.r.IntN(6) == 0 {
			continue
		}
		d.row[i] = valueOf(c.Type, d.number(c.Name))
	}
}

// number is wide for columns that are a key by themselves, else narrow.
func (d *draw) number(column string) int {
	if d.w.ownerKey(d.t, []string{column}) || enforcedUnique(d.t, []string{column}) {
		if d.keep.All {
			return 1 + d.r.IntN(30)
		}
		return 1 + d.r.IntN(14)
	}
	if d.favourite > 0 && d.r.IntN(5) < 3 {
		return d.favourite
	}
	return 1 + d.r.IntN(4)
}

// tenantType is the type of the tenant's key.
func (w *World) tenantType() string {
	if w.Cat.Root != nil {
		if i := columnIndex(w.Cat.Root, w.Cat.Root.Column); i >= 0 {
			return w.Cat.Root.Columns[i].Type
		}
	}
	for _, t := range w.Order {
		if i := columnIndex(t, t.Column); i >= 0 {
			return t.Columns[i].Type
		}
	}
	return "bigint"
}
