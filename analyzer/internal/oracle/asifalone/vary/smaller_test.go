package vary

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
)

// TestSmaller lists every edit of a statement: none changes the original, and
// the ones that matter are among them.
func TestSmaller(t *testing.T) {
	const sql = "SELECT DISTINCT a, b FROM t JOIN u ON t.x = u.x WHERE a = 1 AND (b = 2 OR b = 3)"
	tree, err := sqlparse.Parse(sql, sqltree.Postgres)
	require.NoError(t, err)
	before := sqlprint.Print(tree)
	var all []string
	for n := 0; ; n++ {
		edited, ok := Smaller(tree, n)
		if !ok {
			break
		}
		if text, fine := Printed(edited); fine {
			all = append(all, text)
		}
	}
	assert.Equal(t, before, sqlprint.Print(tree))
	for _, want := range []string{
		"SELECT a, b FROM t JOIN u ON t.x = u.x WHERE a = 1 AND (b = 2 OR b = 3)",
		"SELECT DISTINCT a, b FROM t JOIN u ON t.x = u.x",
		"SELECT DISTINCT b FROM t JOIN u ON t.x = u.x WHERE a = 1 AND (b = 2 OR b = 3)",
		"SELECT DISTINCT a, b FROM t WHERE a = 1 AND (b = 2 OR b = 3)",
		"SELECT DISTINCT a, b FROM t JOIN u ON t.x = u.x WHERE b = 2 OR b = 3",
	} {
		assert.Contains(t, all, want)
	}
}
