package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/fixture"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// ElementsOf takes the elements out of an array value of small plain elements;
// another value is its only element.
func ElementsOf(typ string, v domain.Value) []domain.Value {
	if v == nil || !strings.HasSuffix(typ, "[]") {
		return []domain.Value{v}
	}
	var out []domain.Value
	for part := range strings.SplitSeq(strings.Trim(*v, "{}"), ",") {
		if part == "NULL" {
			out = append(out, nil)
		} else if part != "" {
			out = append(out, domain.Text(strings.Trim(part, `"`)))
		}
	}
	return out
}

// Refuted holds what a proof says about the rows of a result against a run on
// all tenants: where outputs come from, and what a row that was seen implies.
// Guards rest on these claims. "" if none is refuted.
func Refuted(w *worlds.World, result *proof.Result, s Side, types []string, args []domain.Value) string {
	c := claims{w: w, result: result, Side: s, types: types, args: args}
	for _, row := range s.Out.Rows {
		if what := c.outputs(row); what != "" {
			return what
		}
	}
	seen := len(s.Out.Rows) > 0 || s.Out.After != nil && s.Out.Count > 0
	if result.Certain && seen || c.holds() {
		return c.bounds()
	}
	return ""
}

type claims struct {
	w      *worlds.World
	result *proof.Result
	Side
	types []string
	args  []domain.Value
}

// outputs checks one row: every output of a known column holds a value of that
// column, and the bound one where it is bound.
func (c claims) outputs(row fixture.Row) string {
	if len(c.result.Outputs) != len(row) {
		return ""
	}
	for j, o := range c.result.Outputs {
		if o.Table == nil || row[j] == nil {
			continue
		}
		if !c.stored(o.Table, []string{o.Column}, [][]domain.Value{{row[j]}}) {
			return fmt.Sprintf("output %d is said to be %s.%s, which holds no %s", j+1, o.Table.Name, o.Column, *row[j])
		}
		for _, b := range c.result.Bounds {
			if b.Relation == o.Relation && b.Column == o.Column && !c.among(row[j], b.Hole) {
				return fmt.Sprintf("output %d is said to be bound to $%d, but is %s", j+1, b.Hole, *row[j])
			}
		}
	}
	return ""
}

// holds reports whether the output that implies the bounds is true or above zero.
func (c claims) holds() bool {
	h := c.result.Holds
	if h < 0 || len(c.Out.Rows) != 1 || h >= len(c.Out.Rows[0]) {
		return false
	}
	v := c.Out.Rows[0][h]
	return v != nil && *v != "f" && *v != "0"
}

// bounds checks that there is a row for every relation that meets all its bounds.
func (c claims) bounds() string {
	for i, r := range c.result.Relations {
		var columns []string
		var values [][]domain.Value
		for _, b := range c.result.Bounds {
			if b.Relation == i && b.Hole <= len(c.args) {
				columns = append(columns, b.Column)
				values = append(values, ElementsOf(c.types[b.Hole-1], c.args[b.Hole-1]))
			}
		}
		if len(columns) > 0 && !c.stored(r.Table, columns, values) {
			return fmt.Sprintf("a row was seen, but no row of %s has the bound values of %v", r.Table.Name, columns)
		}
	}
	return ""
}

// among reports whether a value is that of a hole, or an element of it.
func (c claims) among(v domain.Value, hole int) bool {
	return hole > len(c.args) || slices.ContainsFunc(ElementsOf(c.types[hole-1], c.args[hole-1]), func(e domain.Value) bool { return same(e, v) })
}

// stored reports whether the table has, before or after the run, a row with one
// of the values in each of the columns.
func (c claims) stored(t *catalogue.Table, columns []string, values [][]domain.Value) bool {
	t = c.w.Named(domain.TableName(t))
	for _, rows := range [][]fixture.Row{c.Before[t], c.Out.After[t]} {
		for _, row := range rows {
			own, _ := fixture.Pick(t, row, columns)
			fits := len(own) == len(columns)
			for i := range own {
				fits = fits && slices.ContainsFunc(values[i], func(v domain.Value) bool { return same(v, own[i]) })
			}
			if fits {
				return true
			}
		}
	}
	return false
}

// same compares values as texts; the server and we write booleans differently.
func same(a, b domain.Value) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b || *a == "true" && *b == "t" || *a == "false" && *b == "f"
}
