package sqlparse_test

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
)

// TestDialects prints the trees of statements of MySQL and SQLite as PostgreSQL would
// write them: what is otherwise in a dialect must be seen in its tree. A file is named
// after its dialect.
func TestDialects(t *testing.T) {
	golden.Cases(t, "testdata/dialect/*.txtar", func(t *testing.T, in *txtar.Archive) string {
		dialect := sqltree.MySQL
		if strings.HasPrefix(in.Files[0].Name, "sqlite") {
			dialect = sqltree.SQLite
		}
		var b strings.Builder
		for _, piece := range sqlparse.Split(string(in.Files[0].Data), dialect) {
			b.WriteString(strings.Join(strings.Fields(piece.Text), " ") + "\n  " + printed(piece.Text, dialect) + "\n")
		}
		return b.String()
	})
}

func printed(text string, dialect sqltree.Dialect) string {
	s, err := sqlparse.Parse(text, dialect)
	if err != nil {
		return "error: " + err.Error()
	}
	return sqlprint.Print(s)
}

// What a converter leaves out, no walk would meet: every column and hole of the text is
// in the tree.
func TestDialectsDropNothing(t *testing.T) {
	for _, c := range []struct {
		text  string
		holes int
	}{
		{"SELECT a, (SELECT b FROM t WHERE c = ?) FROM u JOIN v ON u.x = ? WHERE y IN (?, ?) GROUP BY z HAVING count(*) > ? ORDER BY ? LIMIT ? OFFSET ?", 8},
		{"INSERT INTO t (a, b) VALUES (?, ?), (?, ?)", 4},
		{"INSERT INTO t (a) SELECT x FROM u WHERE y = ? UNION ALL SELECT ?", 2},
		{"UPDATE t SET a = ?, b = CASE WHEN c = ? THEN ? ELSE ? END WHERE d BETWEEN ? AND ?", 6},
		{"DELETE FROM t WHERE a LIKE ? AND NOT EXISTS (SELECT 1 FROM u WHERE b = ?)", 2},
		{"WITH RECURSIVE c AS (SELECT a FROM t WHERE b = ? UNION SELECT a FROM c WHERE d = ?) SELECT sum(a) OVER (PARTITION BY ? ORDER BY ?) FROM c", 4},
		{"SELECT cast(? AS CHAR), coalesce(?, ?), ? / ?, -?, ? IS NULL, nullif(?, ?)", 9},
	} {
		for _, dialect := range []sqltree.Dialect{sqltree.MySQL, sqltree.SQLite} {
			s, err := sqlparse.Parse(c.text, dialect)
			if !assert.NoError(t, err, c.text) {
				continue
			}
			numbers := map[int]bool{}
			for _, h := range holesOf(s) {
				numbers[h.Number] = true
				assert.Equal(t, byte('?'), c.text[h.Pos], "%s: %s", dialect, c.text)
			}
			assert.Len(t, numbers, c.holes, "%s: %s", dialect, c.text)
		}
	}
}
