package sqltree

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func mustParse(t testing.TB, text string) Statement {
	t.Helper()
	s, err := Parse(text, Postgres)
	require.NoError(t, err, text)
	return s
}

func TestCloneSharesNothing(t *testing.T) {
	for _, text := range corpus(t) {
		s := mustParse(t, text)
		copied := Clone(s)
		require.Equal(t, s, copied, text)
		seen := map[Node]bool{}
		Walk(s, func(n Node) bool {
			seen[n] = true
			return true
		})
		Walk(copied, func(n Node) bool {
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
		before := Clone(s)
		Walk(s, func(n Node) bool {
			if e, ok := n.(Expr); ok {
				without, found := Without(s, e)
				_, isCall := s.(*CallProc)
				assert.True(t, found || isCall, text) // the call of CALL is no expression
				if !found {
					return true
				}
				l, isLiteral := e.(*Literal)
				if !isLiteral || l.Text != "true" {
					assert.False(t, Equal(s, without), "%s in %s", Print(e), text)
				}
			}
			return true
		})
		require.Equal(t, before, s, text)
	}
}

func TestWithoutReplacesOnlyTheOne(t *testing.T) {
	s := mustParse(t, "SELECT 1 FROM t WHERE a = $1 AND (b = $2 OR a = $1)")
	where := s.(*Query).Body.(*Select).Where.(*Logic)
	without, found := Without(s, where.Args[0])
	assert.True(t, found)
	assert.Equal(t, "SELECT 1 FROM t WHERE true AND (b = $2 OR a = $1)", Print(without))
	without, _ = Without(s, where)
	assert.Equal(t, "SELECT 1 FROM t WHERE true", Print(without))

	other := mustParse(t, "SELECT 1 FROM t WHERE a = $1").(*Query).Body.(*Select).Where
	without, found = Without(s, other)
	assert.False(t, found)
	assert.True(t, Equal(s, without))
}

func TestWithoutJoinCondition(t *testing.T) {
	s := mustParse(t, "SELECT 1 FROM a LEFT JOIN b USING (x) JOIN c ON a.id = c.id")
	join := s.(*Query).Body.(*Select).From[0].(*Join)
	without, found := Without(s, join.Left)
	assert.True(t, found)
	assert.Equal(t, "SELECT 1 FROM a LEFT JOIN b ON true JOIN c ON a.id = c.id", Print(without))
	without, _ = Without(s, join.On)
	assert.Equal(t, "SELECT 1 FROM a LEFT JOIN b USING (x) JOIN c ON true", Print(without))
}

func TestEqualIgnoresPositions(t *testing.T) {
	a := mustParse(t, "SELECT a FROM t WHERE b = 'x'")
	assert.True(t, Equal(a, mustParse(t, "select  A\nfrom T -- c\nwhere (b='x')")))
	for _, other := range []string{
		"SELECT a FROM t WHERE b = 'y'", "SELECT a FROM t", "SELECT a AS a FROM t WHERE b = 'x'",
		"SELECT DISTINCT a FROM t WHERE b = 'x'", "SELECT a FROM t, t WHERE b = 'x'", "DELETE FROM t",
	} {
		assert.False(t, Equal(a, mustParse(t, other)), other)
	}
}

func TestWalkStopsWhereItIsTold(t *testing.T) {
	s := mustParse(t, "SELECT a, (SELECT b FROM u WHERE c) FROM t WHERE d")
	var names []string
	Walk(s, func(n Node) bool {
		if c, ok := n.(*Column); ok {
			names = append(names, c.Name)
		}
		_, sub := n.(*Subquery)
		return !sub
	})
	assert.Equal(t, []string{"a", "d"}, names)
}
