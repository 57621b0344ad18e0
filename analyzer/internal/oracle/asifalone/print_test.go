package asifalone

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/binding"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/changes"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/compare"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/fixture"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/queries"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/session"
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
	s := &session.Session{Conn: conn}
	same := 0
	for seed := range uint64(12) {
		w := madeWorld(t, seed)
		require.NoError(t, s.Setup(ctx, w))
		r := rand.New(rand.NewPCG(seed, 7))
		data := fixture.Fill(r, w, fixture.Keep{}, 0)
		require.NoError(t, s.Load(ctx, data, w.All()))
		b := &binding.Binder{Rand: r, World: w, Data: data, Viewer: fixture.Viewer{Tenant: *domain.ValueOf(w.TenantType(), 1)}}
		for range 60 {
			if sameMeaning(t, s, b, changes.Generate(r, w)) {
				same++
			}
		}
	}
	assert.Greater(t, same, 500)
}

// sameMeaning compares a statement with its printed tree; false if the server
// takes neither.
func sameMeaning(t *testing.T, s *session.Session, b *binding.Binder, stmt queries.Statement) bool {
	ctx := context.Background()
	prepared, err := s.Prepare(ctx, stmt.SQL)
	if err != nil {
		return false
	}
	tree, err := sqlparse.Parse(stmt.SQL, sqltree.Postgres)
	require.NoError(t, err, stmt.SQL)
	again := sqlprint.Print(tree)
	second, err := s.Prepare(ctx, again)
	require.NoError(t, err, "%s\n%s", stmt.SQL, again)
	args, ok := b.Bind(prepared.Types, stmt.Meant)
	if !ok {
		return false
	}
	both, err := s.Execute(ctx, []session.Job{session.JobOf(s.World, prepared, args, stmt.SQL), session.JobOf(s.World, second, args, again)})
	require.NoError(t, err)
	assert.Equal(t, both[0].Err == nil, both[1].Err == nil, "%s\n%s", stmt.SQL, again)
	assert.True(t, compare.SameRows(both[0].Rows, both[1].Rows), "%s\n%s", stmt.SQL, again)
	for _, table := range s.World.Order {
		assert.True(t, compare.SameRows(both[0].After[table], both[1].After[table]), "%s\n%s", stmt.SQL, again)
	}
	return true
}
