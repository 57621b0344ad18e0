package proof_test

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
)

// shapes are statements that grow with a number: of joins, of nesting, of arms.
var shapes = map[string]func(n int) string{
	"comma join": func(n int) string {
		return "SELECT 1 FROM documents d0" + repeat(n, ", documents d%d") + " WHERE d0.org_id = $1" + repeat(n, " AND d%d.org_id = d0.org_id")
	},
	"comma chain": func(n int) string {
		return "SELECT 1 FROM documents d0" + repeat(n, ", documents d%[1]d") + " WHERE d0.org_id = $1" + repeat(n, " AND d%[1]d.org_id = d%[2]d.org_id")
	},
	"untied comma join": func(n int) string {
		return "SELECT 1 FROM documents d0" + repeat(n, ", documents d%d") + " WHERE d0.org_id = $1"
	},
	"joins": func(n int) string {
		return "SELECT 1 FROM documents d0" + repeat(n, " JOIN documents d%[1]d ON d%[1]d.org_id = d%[2]d.org_id AND d%[1]d.id = d%[2]d.id") + " WHERE d0.org_id = $1"
	},
	"left joins": func(n int) string {
		return "SELECT 1 FROM documents d0" + repeat(n, " LEFT JOIN documents d%[1]d ON d%[1]d.org_id = d0.org_id AND d%[1]d.id = d%[2]d.id") + " WHERE d0.org_id = $1"
	},
	"using": func(n int) string {
		return "SELECT 1 FROM documents d0" + repeat(n, " JOIN documents d%[1]d USING (org_id)") + " WHERE d0.org_id = $1"
	},
	"nested IN": func(n int) string {
		return "SELECT 1 FROM documents WHERE org_id = $1 AND id IN " + strings.Repeat("(SELECT id FROM documents WHERE org_id = $1 AND id IN ", n) + "($2)" + strings.Repeat(")", n)
	},
	"nested EXISTS": func(n int) string {
		return "SELECT 1 FROM documents d0 WHERE d0.org_id = $1" + repeat(n, " AND EXISTS (SELECT 1 FROM documents d%[1]d WHERE d%[1]d.org_id = d%[2]d.org_id") + strings.Repeat(")", n)
	},
	"nested derived tables": func(n int) string {
		return "SELECT 1 FROM " + strings.Repeat("(SELECT * FROM ", n) + "documents" + strings.Repeat(") d", n) + " WHERE org_id = $1"
	},
	"chain of CTEs": func(n int) string {
		return "WITH c0 AS (SELECT * FROM documents WHERE org_id = $1)" + repeat(n, ", c%[1]d AS (SELECT * FROM c%[2]d)") + fmt.Sprintf(" SELECT 1 FROM c%d", n)
	},
	"optional filters": func(n int) string {
		return "SELECT 1 FROM documents WHERE org_id = $1" + repeat(n, " AND ($%d::text IS NULL OR title = $%[1]d)")
	},
	"scalar sub-selects": func(n int) string {
		return "SELECT 1" + repeat(n, ", (SELECT title FROM documents x WHERE x.id = d.id AND x.org_id = d.org_id LIMIT 1) AS t%d") + " FROM documents d WHERE d.org_id = $1"
	},
	"union": func(n int) string {
		return "SELECT id FROM documents WHERE org_id = $1" + repeat(n, " UNION ALL SELECT id FROM documents WHERE org_id = $1 AND title = 't%d'")
	},
	"whens": func(n int) string {
		return "SELECT CASE" + repeat(n, " WHEN title = 'x%d' THEN 1") + " END FROM documents WHERE org_id = $1"
	},
	"conjuncts": func(n int) string {
		return "SELECT 1 FROM documents WHERE org_id = $1" + repeat(n, " AND title <> 'x%d'")
	},
	"columns": func(n int) string {
		return "SELECT id" + repeat(n, ", title AS t%d") + " FROM documents WHERE org_id = $1"
	},
	"values": func(n int) string {
		return "INSERT INTO documents (id, org_id, title) VALUES ($2, $1, 'x')" + repeat(n, ", ($2, $1, 't%d')")
	},
	"array of values": func(n int) string {
		return "SELECT 1 FROM documents WHERE org_id = $1 AND id = ANY(ARRAY[$2" + repeat(n, ", $%d") + "])"
	},
}

// repeat writes a form for 1 to n; its first verb is the number, its second the one
// before.
func repeat(n int, form string) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		b.WriteString(fmt.Sprintf(form+"%[3]s", i, i-1, ""))
	}
	return b.String()
}

// BenchmarkGrowth proves each shape at two sizes: the time of one statement.
func BenchmarkGrowth(b *testing.B) {
	s := loadSuites(b)[0]
	for _, name := range slices.Sorted(maps.Keys(shapes)) {
		for _, n := range []int{25, 100} {
			stmt, err := sqlparse.Parse(shapes[name](n), sqltree.Postgres)
			require.NoError(b, err)
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					proof.Prove(stmt, s.cat)
				}
			})
		}
	}
}

// TestGrowth: four times the joins, the nesting or the arms cost less than the third
// power of it. The allocations are compared, which do not depend on the machine.
func TestGrowth(t *testing.T) {
	s := loadSuites(t)[0]
	for name, shape := range shapes {
		cost := func(n int) float64 {
			stmt, err := sqlparse.Parse(shape(n), sqltree.Postgres)
			require.NoError(t, err, name)
			return bytesOf(func() { proof.Prove(stmt, s.cat) })
		}
		small, large := cost(25), cost(100)
		assert.Less(t, large, small*4*4*3, "%s: %.0f bytes at 25, %.0f at 100", name, small, large)
	}
}

// bytesOf is what a function allocates.
func bytesOf(f func()) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc - before.TotalAlloc)
}
