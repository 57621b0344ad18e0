package asifalone

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
)

// TestPrintMeansTheSame runs statements, and what the parser and the printer
// make of them: both must do the same. The minimiser and the mutator rest on it.
func TestPrintMeansTheSame(t *testing.T) {
	ctx := context.Background()
	conn, err := server(t).Database(ctx, "printed")
	require.NoError(t, err)
	s := &session{conn: conn}
	same := 0
	for seed := range uint64(12) {
		w := madeWorld(t, seed)
		require.NoError(t, s.setup(ctx, w))
		r := rand.New(rand.NewPCG(seed, 7))
		data := fill(r, w, Keep{}, 0)
		require.NoError(t, s.load(ctx, data, w.all()))
		b := &binder{r: r, w: w, data: data, viewer: viewer{tenant: *valueOf(w.tenantType(), 1)}}
		for range 60 {
			if sameMeaning(t, s, b, generate(r, w)) {
				same++
			}
		}
	}
	assert.Greater(t, same, 500)
}

// sameMeaning compares a statement with its printed tree; false if the server
// takes neither.
func sameMeaning(t *testing.T, s *session, b *binder, stmt Statement) bool {
	ctx := context.Background()
	prepared, err := s.prepare(ctx, stmt.SQL)
	if err != nil {
		return false
	}
	tree, err := sqlparse.Parse(stmt.SQL, sqltree.Postgres)
	require.NoError(t, err, stmt.SQL)
	again := sqlprint.Print(tree)
	second, err := s.prepare(ctx, again)
	require.NoError(t, err, "%s\n%s", stmt.SQL, again)
	args, ok := b.bind(prepared.types, stmt.Meant)
	if !ok {
		return false
	}
	both, err := s.execute(ctx, []job{jobOf(s.w, prepared, args, stmt.SQL), jobOf(s.w, second, args, again)})
	require.NoError(t, err)
	assert.Equal(t, both[0].Err == nil, both[1].Err == nil, "%s\n%s", stmt.SQL, again)
	assert.True(t, sameRows(both[0].Rows, both[1].Rows), "%s\n%s", stmt.SQL, again)
	for _, table := range s.w.Order {
		assert.True(t, sameRows(both[0].After[table], both[1].After[table]), "%s\n%s", stmt.SQL, again)
	}
	return true
}
