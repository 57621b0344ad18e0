package engines

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// bindable reports whether the binds of a trial can meet an alternative: one that
// excuses, or asks who the user is, says nothing of A.
func bindable(a proof.Alternative) bool {
	if a.Excuse != "" {
		return false
	}
	return !slices.ContainsFunc(a.Needs, func(n proof.Need) bool { return n.Kind == proof.Principal })
}

// bind gives each hole a value that meets the needs on it; the rest are drawn from the
// whole world, so that ids of others are among them.
func bind(r *rand.Rand, rows []row, columns []string, needs []proof.Need) []any {
	out := make([]any, len(columns))
	for i, column := range columns {
		out[i] = anyValue(r, rows, column)
	}
	for _, n := range needs {
		if n.Hole < 1 || n.Hole > len(out) {
			continue
		}
		switch n.Kind {
		case proof.Tenant, proof.SecondTenant:
			out[n.Hole-1] = mine
		case proof.Key:
			out[n.Hole-1] = ofMine(r, rows, n.Table, n.Column)
		case proof.Zero:
			out[n.Hole-1] = nil
		case proof.NonZero:
			if out[n.Hole-1] == nil {
				out[n.Hole-1] = 1 + r.Intn(tenants)
			}
		}
	}
	return out
}

// anyValue is a value of a column, of any tenant, or one that no row has.
func anyValue(r *rand.Rand, rows []row, column string) any {
	table, name, of := strings.Cut(column, ".")
	switch {
	case r.Intn(12) == 0 && name != "id": // a row without an id gets the next one, which says nothing
		return nil
	case !of && column == "number":
		return r.Intn(20)
	case !of:
		return []any{"a", "A", "%", "0", "1", "2"}[r.Intn(6)]
	case r.Intn(4) == 0:
		return 100 + r.Intn(900)
	}
	var values []any
	for _, x := range rows {
		if x.table == table {
			values = append(values, x.values[slices.Index(tableNamed(table).columns, name)])
		}
	}
	return values[r.Intn(len(values))]
}

// ofMine is a value of a column in a row of A.
func ofMine(r *rand.Rand, rows []row, table, column string) any {
	var values []any
	for _, x := range rows {
		if x.table == table && x.owner == mine {
			values = append(values, x.values[slices.Index(tableNamed(table).columns, column)])
		}
	}
	if len(values) == 0 {
		return -1
	}
	return values[r.Intn(len(values))]
}

// Wrong is a statement that is proved, and does not hold.
type Wrong struct {
	SQL   string
	Args  []any
	Needs []proof.Need
	Why   string
}

func (w Wrong) String() string {
	return fmt.Sprintf("%s\n  args %v, needs %v\n  %s", w.SQL, w.Args, w.Needs, w.Why)
}
