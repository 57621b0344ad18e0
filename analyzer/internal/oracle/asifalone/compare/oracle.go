package compare

import (
	"fmt"
	"maps"
	"sort"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/fixture"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/session"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
)

// Side is one run with what the tables held before.
type Side struct {
	Before fixture.Data
	Out    session.Outcome
}

// change is how a write changed one table, as multisets of rows.
type change struct{ removed, Added []fixture.Row }

// Differ compares the run on D with the run on D′ for a viewer; "" if the
// statement acted as if the tenant were alone.
func Differ(w *worlds.World, v fixture.Viewer, all, alone Side) string {
	if all.Out.Count != alone.Out.Count {
		return fmt.Sprintf("%d rows with all tenants, %d alone\n%s", all.Out.Count, alone.Out.Count, show(all.Out.Rows, alone.Out.Rows))
	}
	if !SameRows(all.Out.Rows, alone.Out.Rows) {
		return "other rows with all tenants than alone\n" + show(all.Out.Rows, alone.Out.Rows)
	}
	if all.Out.After == nil {
		return ""
	}
	for _, t := range w.Order {
		if all.Out.After[t] == nil && alone.Out.After[t] == nil {
			continue
		}
		one, two := Diff(all.Before[t], all.Out.After[t]), Diff(alone.Before[t], alone.Out.After[t])
		if what := all.frame(t, v, one); what != "" {
			return what
		}
		if !SameRows(one.removed, two.removed) || !SameRows(one.Added, two.Added) {
			return fmt.Sprintf("%s changes otherwise with all tenants than alone\nremoved: %sadded: %s", t.Name,
				show(one.removed, two.removed), show(one.Added, two.Added))
		}
	}
	return ""
}

// Strays names a row that a write with all tenants touched and that is not the viewer's, "" if
// there is none.
func Strays(w *worlds.World, v fixture.Viewer, all Side) string {
	for _, t := range w.Order {
		if all.Out.After[t] == nil {
			continue
		}
		if what := all.frame(t, v, Diff(all.Before[t], all.Out.After[t])); what != "" {
			return what
		}
	}
	return ""
}

// Suppressed tells that a write did less with all tenants than alone: a foreign
// row stood in the way of ON CONFLICT. That is a unique violation as an oracle,
// which the guarantee leaves out.
func Suppressed(w *worlds.World, all, alone Side) bool {
	less := false
	for _, t := range w.Order {
		if all.Out.After[t] == nil {
			continue
		}
		one, two := Diff(all.Before[t], all.Out.After[t]), Diff(alone.Before[t], alone.Out.After[t])
		if len(Minus(one.Added, two.Added)) > 0 || len(Minus(one.removed, two.removed)) > 0 {
			return false
		}
		less = less || len(one.Added) < len(two.Added) || len(one.removed) < len(two.removed)
	}
	return less
}

// frame names a row that a write touched and that is not the tenant's. A new
// tenant is nobody's harm; a new row of nobody is a row that the tenant lost. A
// shared table is as the statement says, since no tenant owns it.
func (s Side) frame(t *catalogue.Table, v fixture.Viewer, c change) string {
	if t.Tenancy == catalogue.Shared {
		return ""
	}
	for _, row := range c.removed {
		if o := s.Before.OwnerOf(t, row); !v.Owns(s.Before, t, row, o) {
			return fmt.Sprintf("changes a row of %s that is %s: %s", t.Name, o, Line(row))
		}
	}
	after := s.AfterAll()
	for _, row := range c.Added {
		o := s.ownerAfter(t, row)
		fresh := t.Tenancy == catalogue.Root && !hasKey(s.Before[t], t, row)
		if !v.Owns(after, t, row, o) && !fresh {
			return fmt.Sprintf("makes a row of %s that is %s: %s", t.Name, o, Line(row))
		}
	}
	return ""
}

// ownerAfter finds the owner of a new row; its parent may be gone by now.
func (s Side) ownerAfter(t *catalogue.Table, row fixture.Row) fixture.Owner {
	if o := s.AfterAll().OwnerOf(t, row); o.Kind != fixture.Nobody {
		return o
	}
	return s.Before.OwnerOf(t, row)
}

// AfterAll is what all tables hold after the run.
func (s Side) AfterAll() fixture.Data {
	after := maps.Clone(s.Before)
	maps.Copy(after, s.Out.After)
	return after
}

// hasKey reports whether a tenant existed before.
func hasKey(rows []fixture.Row, t *catalogue.Table, row fixture.Row) bool {
	values, ok := fixture.Pick(t, row, []string{t.Column})
	for _, other := range rows {
		if ok && fixture.Matches(t, other, []string{t.Column}, values) {
			return true
		}
	}
	return false
}

// Diff is what was taken from before and added to it.
func Diff(before, after []fixture.Row) change {
	return change{removed: Minus(before, after), Added: Minus(after, before)}
}

// Minus takes the rows of b out of a, each once.
func Minus(a, b []fixture.Row) []fixture.Row {
	count := map[string]int{}
	for _, row := range b {
		count[row.Key()]++
	}
	var out []fixture.Row
	for _, row := range a {
		if key := row.Key(); count[key] > 0 {
			count[key]--
		} else {
			out = append(out, row)
		}
	}
	return out
}

// SameRows compares multisets.
func SameRows(a, b []fixture.Row) bool {
	return len(a) == len(b) && len(Minus(a, b)) == 0
}

// show prints the rows that only one side has, at most some.
func show(all, alone []fixture.Row) string {
	return "  only with all tenants: " + lines(Minus(all, alone)) + "\n  only alone: " + lines(Minus(alone, all)) + "\n"
}

// lines writes rows in sorted order: their own order means nothing.
func lines(rows []fixture.Row) string {
	texts := make([]string, len(rows))
	for i, row := range rows {
		texts[i] = Line(row)
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

// Line writes one row.
func Line(row fixture.Row) string {
	parts := make([]string, len(row))
	for i, v := range row {
		parts[i] = "NULL"
		if v != nil {
			parts[i] = *v
		}
	}
	return "(" + strings.Join(parts, ", ") + ")"
}
