package sqlparse_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/pgddl"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
)

// TestNamesThatTheGrammarMisreads: PostgreSQL takes all of these.
func TestNamesThatTheGrammarMisreads(t *testing.T) {
	for _, text := range []string{
		"SELECT operator, t.Operator, operator::text, operator.a FROM t, operator WHERE operator = $1 AND OPERATOR IS NULL ORDER BY operator",
		"INSERT INTO operator (operator) VALUES (operator) ON CONFLICT (operator) DO UPDATE SET operator = 1",
		"SELECT a OPERATOR(pg_catalog.=) operator, operator OPERATOR(my.+) 1",
		"CREATE TABLE t (operator text NOT NULL, exclude text, CHECK (operator IN ('a')))",
		"CREATE TABLE t (exclude int, a int, EXCLUDE USING gist (a WITH =))",
		"SELECT sum(a) OVER (ROWS 1 PRECEDING EXCLUDE TIES), f(exclude, exclude) FROM t",
		"CREATE OPERATOR + (FUNCTION = f, LEFTARG = int)",
		"COMMENT ON OPERATOR + (int, int) IS 'x'",
		"DROP OPERATOR CLASS c USING btree",
		"CREATE OPERATOR CLASS c FOR TYPE int USING btree AS OPERATOR 1 <, FUNCTION 1 f(int, int)",
		"ALTER EXTENSION e ADD OPERATOR + (int, int)",
	} {
		checkStatement(t, text)
	}
}

func TestMisreadNamesInDefinitions(t *testing.T) {
	changes, err := pgddl.Parse("CREATE TABLE t (operator text CHECK (operator <> ''), exclude int)")
	require.NoError(t, err)
	require.Len(t, changes, 1)
	columns := changes[0].(*sqltree.CreateTable).Columns
	require.Len(t, columns, 2)
	assert.Equal(t, "operator", columns[0].Name)
	assert.Equal(t, "exclude", columns[1].Name)
}

func TestErrorBehindAMisreadName(t *testing.T) {
	_, err := sqlparse.Parse("SELECT operator FROM t WHERE = 1", sqltree.Postgres)
	require.EqualError(t, err, `line 1, column 30: syntax error at or near "="`)
}
