package sqlparse_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/sqledit"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
)

func mustParse(t testing.TB, text string) sqltree.Statement {
	t.Helper()
	s, err := sqlparse.Parse(text, sqltree.Postgres)
	require.NoError(t, err, text)
	return s
}

func TestCloneSharesNothing(t *testing.T) {
	for _, text := range corpus(t) {
		s := mustParse(t, text)
		copied := sqledit.Clone(s)
		require.Equal(t, s, copied, text)
		seen := map[sqltree.Node]bool{}
		sqltree.Walk(s, func(n sqltree.Node) bool {
			seen[n] = true
			return true
		})
		sqltree.Walk(copied, func(n sqltree.Node) bool {
			assert.False(t, seen[n], "%T of %s is shared", n, text)
			return true
		})
	}
}

// TestWithout removes each expression of each statement in turn: what is
// printed changes, unless it was TRUE, and the original stays as it was.
func TestWithout(t *testing.T) {
	for _, text := range corpus(t) {
		s := mustParse(t, text)
		before := sqledit.Clone(s)
		sqltree.Walk(s, func(n sqltree.Node) bool {
			if e, ok := n.(sqltree.Expr); ok {
				without, found := sqledit.Without(s, e)
				_, isCall := s.(*sqltree.CallProc)
				assert.True(t, found || isCall, text) // the call of CALL is no expression
				if !found {
					return true
				}
				l, isLiteral := e.(*sqltree.Literal)
				if !isLiteral || l.Text != "true" {
					assert.False(t, sqledit.Equal(s, without), "%s in %s", sqlprint.Print(e), text)
				}
			}
			return true
		})
		require.Equal(t, before, s, text)
	}
}

func TestWithoutReplacesOnlyTheOne(t *testing.T) {
	s := mustParse(t, "SELECT 1 FROM t WHERE a = $1 AND (b = $2 OR a = $1)")
	where := s.(*sqltree.Query).Body.(*sqltree.Select).Where.(*sqltree.Logic)
	without, found := sqledit.Without(s, where.Args[0])
	assert.True(t, found)
	assert.Equal(t, "SELECT 1 FROM t WHERE true AND (b = $2 OR a = $1)", sqlprint.Print(without))
	without, _ = sqledit.Without(s, where)
	assert.Equal(t, "SELECT 1 FROM t WHERE true", sqlprint.Print(without))

	other := mustParse(t, "SELECT 1 FROM t WHERE a = $1").(*sqltree.Query).Body.(*sqltree.Select).Where
	without, found = sqledit.Without(s, other)
	assert.False(t, found)
	assert.True(t, sqledit.Equal(s, without))
}

func TestWithoutJoinCondition(t *testing.T) {
	s := mustParse(t, "SELECT 1 FROM a LEFT JOIN b USING (x) JOIN c ON a.id = c.id")
	join := s.(*sqltree.Query).Body.(*sqltree.Select).From[0].(*sqltree.Join)
	without, found := sqledit.Without(s, join.Left)
	assert.True(t, found)
	assert.Equal(t, "SELECT 1 FROM a LEFT JOIN b ON true JOIN c ON a.id = c.id", sqlprint.Print(without))
	without, _ = sqledit.Without(s, join.On)
	assert.Equal(t, "SELECT 1 FROM a LEFT JOIN b USING (x) JOIN c ON true", sqlprint.Print(without))
}

func TestEqualIgnoresPositions(t *testing.T) {
	a := mustParse(t, "SELECT a FROM t WHERE b = 'x'")
	assert.True(t, sqledit.Equal(a, mustParse(t, "select  A\nfrom T -- c\nwhere (b='x')")))
	for _, other := range []string{
		"SELECT a FROM t WHERE b = 'y'", "SELECT a FROM t", "SELECT a AS a FROM t WHERE b = 'x'",
		"SELECT DISTINCT a FROM t WHERE b = 'x'", "SELECT a FROM t, t WHERE b = 'x'", "DELETE FROM t",
	} {
		assert.False(t, sqledit.Equal(a, mustParse(t, other)), other)
	}
}

func TestWalkStopsWhereItIsTold(t *testing.T) {
	s := mustParse(t, "SELECT a, (SELECT b FROM u WHERE c) FROM t WHERE d")
	var names []string
	sqltree.Walk(s, func(n sqltree.Node) bool {
		if c, ok := n.(*sqltree.Column); ok {
			names = append(names, c.Name)
		}
		_, sub := n.(*sqltree.Subquery)
		return !sub
	})
	assert.Equal(t, []string{"a", "d"}, names)
}
