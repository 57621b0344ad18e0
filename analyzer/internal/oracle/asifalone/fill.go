package asifalone

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
)

// tenants is how many tenants a data set has.
const tenants = 3

// filler makes one data set.
type filler struct {
	r    *rand.Rand
	w    *World
	keep Keep
	data Data
	// favourite is the number that most columns and bind values have, so that a
	// row meets several predicates at once; 0 for none.
	favourite int
}

// fill makes a data set that keeps the constraints of the schema and the
// assumptions of keep, and breaks the other assumptions where it can.
func fill(r *rand.Rand, w *World, keep Keep, favourite int) Data {
	f := &filler{r: r, w: w, keep: keep, data: Data{}, favourite: favourite}
	for _, t := range w.Order {
		f.table(t)
	}
	f.prune()
	if favourite > 0 { // stored in any order, so that LIMIT finds anyone's rows first
		for _, t := range w.Order {
			rows := f.data[t]
			r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		}
	}
	return f.data
}

// table makes the rows of one table. The root has just the tenants; every other
// table has a few rows of each, so that all that a proof may confuse exists.
func (f *filler) table(t *catalogue.Table) {
	if t.Tenancy == catalogue.Root {
		for i := range tenants {
			f.try(t, strconv.Itoa(tenantNumber(i)))
		}
		return
	}
	rows, without := 5+f.r.IntN(5), f.r.IntN(6*tenants) // sometimes a tenant has no row
	if f.keep.All {
		rows += 8 // more to tell a difference by
		without = f.r.IntN(4 * tenants)
	}
	for i := range rows {
		if t.Tenancy != catalogue.Shared && i%tenants == without {
			continue
		}
		tenant := strconv.Itoa(tenantNumber(i))
		for range 6 {
			if f.try(t, tenant) {
				break
			}
		}
	}
}

// try draws a row of table t for a tenant and stores it if no key is violated.
func (f *filler) try(t *catalogue.Table, tenant string) bool {
	d := &draw{filler: f, t: t, row: make(Row, len(t.Columns)), set: make([]bool, len(t.Columns))}
	d.tenant(tenant)
	d.arc()
	for _, e := range ownerFirst(t) {
		if !d.edge(e, tenant) {
			return false
		}
	}
	d.rest()
	if f.duplicate(t, d.row) {
		return false
	}
	f.data[t] = append(f.data[t], d.row)
	return true
}

// ownerFirst orders edges: the owning one, then those of several columns.
func ownerFirst(t *catalogue.Table) []*catalogue.Edge {
	var owner, wide, narrow []*catalogue.Edge
	for _, e := range t.Edges {
		switch {
		case e == t.Owner || slices.Contains(t.Owners, e):
			owner = append(owner, e)
		case len(e.Columns) > 1:
			wide = append(wide, e)
		default:
			narrow = append(narrow, e)
		}
	}
	return append(append(owner, wide...), narrow...)
}

// duplicate tells whether the row breaks a key that must hold here.
func (f *filler) duplicate(t *catalogue.Table, row Row) bool {
	for _, k := range t.Keys {
		if !k.Expressions && !outside(t, row, k.Where) && f.taken(t, row, k.Columns, k.NullsNotDistinct) {
			return true
		}
	}
	for _, columns := range f.keep.uniques(t) {
		if f.taken(t, row, columns, false) {
			return true
		}
	}
	for _, child := range f.w.Order {
		for _, e := range ownersOf(child) {
			if e.To == t && f.taken(t, row, e.RefColumns, false) {
				return true
			}
		}
	}
	return false
}

// outside tells that a row surely is not in a partial index: of predicates it
// reads only a column compared with one literal.
func outside(t *catalogue.Table, row Row, predicate string) bool {
	column, literal, ok := strings.Cut(strings.Trim(predicate, "()"), " = ")
	i := columnIndex(t, column)
	return ok && i >= 0 && !strings.ContainsAny(literal, " ()") && !equal(row[i], text(strings.Trim(literal, "'")))
}

// taken tells whether a row with the same values of the columns exists. NULLs
// collide only under NULLS NOT DISTINCT.
func (f *filler) taken(t *catalogue.Table, row Row, columns []string, nullsEqual bool) bool {
	values, ok := pick(t, row, columns)
	if len(values) == 0 || !ok && !nullsEqual {
		return false
	}
	for _, other := range f.data[t] {
		if ok && matches(t, other, columns, values) {
			return true
		}
		if theirs, _ := pick(t, other, columns); !ok && nullsEqual && Row(theirs).key() == Row(values).key() {
			return true
		}
	}
	return false
}
