package asifalone

import (
	"fmt"
	"maps"
	"sort"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
)

// side is one run with what the tables held before.
type side struct {
	before Data
	out    Outcome
}

// change is how a write changed one table, as multisets of rows.
type change struct{ removed, added []Row }

// differ compares the run on D with the run on D′ for a viewer; "" if the
// statement acted as if the tenant were alone.
func differ(w *World, v viewer, all, alone side) string {
	if all.out.Count != alone.out.Count {
		return fmt.Sprintf("%d rows with all tenants, %d alone\n%s", all.out.Count, alone.out.Count, show(all.out.Rows, alone.out.Rows))
	}
	if !sameRows(all.out.Rows, alone.out.Rows) {
		return "other rows with all tenants than alone\n" + show(all.out.Rows, alone.out.Rows)
	}
	if all.out.After == nil {
		return ""
	}
	for _, t := range w.Order {
		if all.out.After[t] == nil && alone.out.After[t] == nil {
			continue
		}
		one, two := diff(all.before[t], all.out.After[t]), diff(alone.before[t], alone.out.After[t])
		if what := all.frame(t, v, one); what != "" {
			return what
		}
		if !sameRows(one.removed, two.removed) || !sameRows(one.added, two.added) {
			return fmt.Sprintf("%s changes otherwise with all tenants than alone\nremoved: %sadded: %s", t.Name,
				show(one.removed, two.removed), show(one.added, two.added))
		}
	}
	return ""
}

// suppressed tells that a write did less with all tenants than alone: a foreign
// row stood in the way of ON CONFLICT. That is a unique violation as an oracle,
// which the guarantee leaves out.
func suppressed(w *World, all, alone side) bool {
	less := false
	for _, t := range w.Order {
		if all.out.After[t] == nil {
			continue
		}
		one, two := diff(all.before[t], all.out.After[t]), diff(alone.before[t], alone.out.After[t])
		if len(minus(one.added, two.added)) > 0 || len(minus(one.removed, two.removed)) > 0 {
			return false
		}
		less = less || len(one.added) < len(two.added) || len(one.removed) < len(two.removed)
	}
	return less
}

// frame names a row that a write touched and that is not the tenant's. A new
// tenant is nobody's harm; a new row of nobody is a row that the tenant lost. A
// shared table is as the statement says, since no tenant owns it.
func (s side) frame(t *catalogue.Table, v viewer, c change) string {
	if t.Tenancy == catalogue.Shared {
		return ""
	}
	for _, row := range c.removed {
		if o := s.before.ownerOf(t, row); !v.owns(s.before, t, row, o) {
			return fmt.Sprintf("changes a row of %s that is %s: %s", t.Name, o, line(row))
		}
	}
	after := s.afterAll()
	for _, row := range c.added {
		o := s.ownerAfter(t, row)
		fresh := t.Tenancy == catalogue.Root && !hasKey(s.before[t], t, row)
		if !v.owns(after, t, row, o) && !fresh {
			return fmt.Sprintf("makes a row of %s that is %s: %s", t.Name, o, line(row))
		}
	}
	return ""
}

// ownerAfter finds the owner of a new row; its parent may be gone by now.
func (s side) ownerAfter(t *catalogue.Table, row Row) Owner {
	if o := s.afterAll().ownerOf(t, row); o.Kind != Nobody {
		return o
	}
	return s.before.ownerOf(t, row)
}

// afterAll is what all tables hold after the run.
func (s side) afterAll() Data {
	after := maps.Clone(s.before)
	maps.Copy(after, s.out.After)
	return after
}

// hasKey tells whether a tenant existed before.
func hasKey(rows []Row, t *catalogue.Table, row Row) bool {
	values, ok := pick(t, row, []string{t.Column})
	for _, other := range rows {
		if ok && matches(t, other, []string{t.Column}, values) {
			return true
		}
	}
	return false
}

// String names an owner for people.
func (o Owner) String() string {
	switch o.Kind {
	case Everybody:
		return "shared"
	case Nobody:
		return "nobody's"
	}
	return "tenant " + o.Tenant + "'s"
}

// diff is what was taken from before and added to it.
func diff(before, after []Row) change {
	return change{removed: minus(before, after), added: minus(after, before)}
}

// minus takes the rows of b out of a, each once.
func minus(a, b []Row) []Row {
	count := map[string]int{}
	for _, row := range b {
		count[row.key()]++
	}
	var out []Row
	for _, row := range a {
		if key := row.key(); count[key] > 0 {
			count[key]--
		} else {
			out = append(out, row)
		}
	}
	return out
}

// sameRows compares multisets.
func sameRows(a, b []Row) bool {
	return len(a) == len(b) && len(minus(a, b)) == 0
}

// show prints the rows that only one side has, at most some.
func show(all, alone []Row) string {
	return "  only with all tenants: " + lines(minus(all, alone)) + "\n  only alone: " + lines(minus(alone, all)) + "\n"
}

// lines writes rows in sorted order: their own order means nothing.
func lines(rows []Row) string {
	texts := make([]string, len(rows))
	for i, row := range rows {
		texts[i] = line(row)
	}
	sort.Strings(texts)
	if len(texts) > 6 {
		texts = append(texts[:6], fmt.Sprintf("… %d more", len(texts)-6))
	}
	if len(texts) == 0 {
		return "none"
	}
	return strings.Join(texts, " ")
}

// line writes one row.
func line(row Row) string {
	parts := make([]string, len(row))
	for i, v := range row {
		parts[i] = "NULL"
		if v != nil {
			parts[i] = *v
		}
	}
	return "(" + strings.Join(parts, ", ") + ")"
}
