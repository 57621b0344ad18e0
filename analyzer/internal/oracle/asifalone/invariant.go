package asifalone

import (
	"fmt"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/compare"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/fixture"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// withWrites is a second trial of a tied write: all assumptions hold before, and
// the holes that the proof names as written references are bound to keys of the
// tenant, too. Then every reference must stay inside its tenant: what the proof
// does not name, rule foreign-key-write cannot ask for.
func withWrites(t *trial) *trial {
	if !t.result.Write || t.own {
		return nil
	}
	out := *t
	out.keep, out.checksRefs = fixture.Keep{All: true}, true
	out.needs = append([]proof.Need{}, t.needs...)
	for _, w := range t.result.Writes {
		if held := t.world.Cat.HeldBy(w.Table); held != nil && slices.Contains(held.Refers, w.Column) {
			continue // its policies answer for this reference
		}
		if w.Need.Hole == 0 {
			return nil // the proof says that nothing answers for this reference
		}
		out.needs = append(out.needs, w.Need)
	}
	return &out
}

// broken names a reference of a new row that leaves its tenant.
func broken(w *worlds.World, s compare.Side) string {
	after := s.AfterAll()
	for _, t := range w.Order {
		if s.Out.After[t] == nil {
			continue
		}
		for _, row := range compare.Diff(s.Before[t], s.Out.After[t]).Added {
			if e := straying(after, t, row); e != nil {
				return fmt.Sprintf("the proof names no need for %s of %s, and a new row refers to another tenant's %s: %s", e.Columns, t.Name, e.To.Name, compare.Line(row))
			}
		}
	}
	return ""
}

// straying finds an edge by which a row refers to a row of another owner.
func straying(data fixture.Data, t *catalogue.Table, row fixture.Row) *catalogue.Edge {
	mine := data.OwnerOf(t, row)
	for _, e := range t.Edges {
		values, ok := fixture.Pick(t, row, e.Columns)
		if !ok || e.Inferred || e.To.Tenancy == catalogue.Shared || mine.Kind != fixture.OneTenant {
			continue
		}
		for _, target := range data[e.To] {
			if o := data.OwnerOf(e.To, target); fixture.Matches(e.To, target, e.RefColumns, values) && o.Kind == fixture.OneTenant && o != mine {
				return e
			}
		}
	}
	return nil
}
