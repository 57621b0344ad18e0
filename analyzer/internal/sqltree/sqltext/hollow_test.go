package sqltext_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// TestHollow: a text of which a clause or list is empty, and one that only looks
// like it.
func TestHollow(t *testing.T) {
	for _, text := range []string{
		"", "-- none", "SELECT 1 FROM t WHERE", "SELECT 1 FROM t WHERE a = 1 AND", "SELECT 1 FROM t WHERE ORDER BY a",
		"SELECT 1 FROM t WHERE id IN ( )", "SELECT 1 FROM t WHERE (a = 1 OR) AND b = 2", "SELECT 1 FROM t WHERE -- none",
		"INSERT INTO t (a) VALUES", "INSERT INTO t (a) VALUES ;", "insert into t (a) values on conflict do nothing",
		"INSERT INTO t (a) VALUES RETURNING id", "UPDATE t SET", "UPDATE t SET WHERE id = 1",
		"SELECT 1 FROM t WHERE .id = 1", "SELECT 1 FROM t WHERE a = 1 AND (.id IS NULL OR .b = 2)", "SELECT a, .b FROM t",
	} {
		assert.True(t, sqltext.Hollow(text), text)
	}
	for _, text := range []string{
		"SELECT 1 FROM t WHERE a = 'x AND'", "SELECT 1 FROM t WHERE id IN (1)", `SELECT now() AS "set"`,
		`SELECT 1 AS "where"`, "SELECT 1 -- WHERE", "INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING",
		"UPDATE t SET a = 1 WHERE id = 1", "SELECT 1 FROM t ORDER BY a LIMIT 1",
		"SELECT 1 FROM t WHERE .5 < a AND (.5) < b", "SELECT 1 FROM t WHERE .t.id = 1", "SELECT (t).a, (a.b) FROM t", "SELECT 'WHERE .id' FROM t",
	} {
		assert.False(t, sqltext.Hollow(text), text)
	}
}
