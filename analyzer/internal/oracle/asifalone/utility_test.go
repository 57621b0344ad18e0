package asifalone

import (
	"bytes"
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/compare"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/fixture"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/session"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
)

const utilitySchema = `CREATE TABLE orgs (id bigint PRIMARY KEY, name text);
CREATE TABLE docs (id bigint PRIMARY KEY, org_id bigint NOT NULL REFERENCES orgs (id), title text);
CREATE TABLE parts (id bigint PRIMARY KEY, doc_id bigint NOT NULL REFERENCES docs (id), body text);
`

// A utility is a statement that the extended protocol does not run with bind
// values: it stands with $1, and runs with the tenant in its place.
type utility struct {
	name, sql string
	// run is what is sent; %s is the statement. Empty: the statement alone.
	run  string
	tied bool
}

var utilities = []utility{
	{"copy of a query", "COPY (SELECT * FROM docs WHERE org_id = $1) TO STDOUT", "", true},
	{"copy of an open query", "COPY (SELECT * FROM docs) TO STDOUT", "", false},
	{"copy of a query by parent", "COPY (SELECT p.* FROM parts p JOIN docs d ON d.id = p.doc_id WHERE d.org_id = $1) TO STDOUT WITH (FORMAT csv)", "", true},
	{"copy of a table", "COPY docs TO STDOUT", "", false},
	{"copy of columns", "COPY parts (id, body) TO STDOUT", "", false},
	{"copy of what a write returns", "COPY (DELETE FROM parts WHERE doc_id IN (SELECT id FROM docs WHERE org_id = $1) RETURNING *) TO STDOUT", "", true},
	{"copy of what an open write returns", "COPY (UPDATE docs SET title = 'x' RETURNING id) TO STDOUT", "", false},
	{"truncate", "TRUNCATE parts", "", false},
	{"truncate of several", "TRUNCATE TABLE docs, parts RESTART IDENTITY", "", false},
	{"truncate with what refers to it", "TRUNCATE docs CASCADE", "", false},
	{"cursor", "DECLARE c CURSOR FOR SELECT * FROM docs WHERE org_id = $1", "%s; FETCH ALL FROM c", true},
	{"scrolling cursor", "DECLARE c SCROLL CURSOR FOR SELECT * FROM docs WHERE org_id = $1 ORDER BY id", "%s; FETCH LAST FROM c", true},
	{"open cursor", "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM docs ORDER BY id", "%s; FETCH 3 FROM c", false},
	{"open prepared", "PREPARE q AS SELECT * FROM parts WHERE body <> 'x'", "%s; EXECUTE q", false},
	{"open prepared write", "PREPARE q AS UPDATE docs SET title = 'x' WHERE id > 0", "%s; EXECUTE q", false},
	{"table of a query", "CREATE TABLE kept AS SELECT * FROM docs WHERE org_id = $1", "%s; SELECT * FROM kept", true},
	{"table of an open query", "CREATE TABLE kept AS SELECT * FROM docs", "%s; SELECT * FROM kept", false},
	{"explained", "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) DELETE FROM parts", "%s", false},
}

// TestUtilities holds COPY, TRUNCATE, cursors, prepared statements and their
// like against the server: those that the proof calls tied do the same with all
// tenants as alone, the others differ on some data.
func TestUtilities(t *testing.T) {
	ctx := context.Background()
	db := server(t)
	cat, err := worlds.Decide(utilitySchema, catalogue.Settings{})
	require.NoError(t, err)
	w := worlds.NewWorld(utilitySchema, cat)
	sides := [2]*session.Session{}
	for i, name := range []string{"utility_all", "utility_alone"} {
		conn, err := db.Database(ctx, name)
		require.NoError(t, err)
		sides[i] = &session.Session{Conn: conn}
		require.NoError(t, sides[i].Setup(ctx, w))
	}
	for _, u := range utilities {
		t.Run(u.name, func(t *testing.T) {
			tree, err := sqlparse.Parse(u.sql, sqltree.Postgres)
			require.NoError(t, err)
			result := proof.Prove(tree, cat)
			assert.Empty(t, result.Unproven)
			assert.Equal(t, u.tied, len(result.Alternatives) > 0)
			differs := false
			for seed := range uint64(6) {
				differs = u.differs(ctx, t, sides, seed) || differs
			}
			assert.Equal(t, u.tied, !differs)
		})
	}
}

// differs runs a statement on all data and on a tenant's alone, inside of a
// transaction that is rolled back.
func (u utility) differs(ctx context.Context, t *testing.T, sides [2]*session.Session, seed uint64) bool {
	w := sides[0].World
	v := fixture.Viewer{Tenant: *domain.ValueOf(w.TenantType(), domain.TenantNumber(int(seed)))}
	all := fixture.Fill(rand.New(rand.NewPCG(seed, 77)), w, fixture.Keep{All: true}, 0)
	var runs [2]compare.Side
	for i, data := range []fixture.Data{all, all.Restrict(v)} {
		require.NoError(t, sides[i].Load(ctx, data, w.All()))
		runs[i] = compare.Side{Before: data, Out: u.outcome(ctx, t, sides[i], v.Tenant)}
	}
	return compare.Differ(w, v, runs[0], runs[1]) != ""
}

// outcome is what the statement prints, and what the tables hold after it.
func (u utility) outcome(ctx context.Context, t *testing.T, s *session.Session, tenant string) session.Outcome {
	sql := strings.ReplaceAll(u.sql, "$1", tenant)
	if u.run != "" {
		sql = strings.ReplaceAll(u.run, "%s", sql)
	}
	require.NoError(t, pgserver.Run(ctx, s.Conn, "BEGIN"))
	var out session.Outcome
	if strings.HasSuffix(sql, "STDOUT") || strings.Contains(sql, "STDOUT WITH") {
		var b bytes.Buffer
		_, err := s.Conn.CopyTo(ctx, &b, sql)
		require.NoError(t, err)
		for line := range strings.Lines(b.String()) {
			out.Rows = append(out.Rows, fixture.Row{domain.Text(line)})
		}
	} else {
		results, err := s.Conn.Exec(ctx, sql).ReadAll()
		require.NoError(t, err)
		out.Rows = session.RowsOf(results[len(results)-1].Rows)
	}
	out.Count = int64(len(out.Rows))
	var err error
	out.After, err = s.Read(ctx, s.World.All())
	require.NoError(t, err)
	require.NoError(t, pgserver.Run(ctx, s.Conn, "ROLLBACK; DEALLOCATE ALL"))
	for i, table := range s.World.Order { // DEALLOCATE has taken these, too
		_, err := s.Conn.Prepare(ctx, session.DumpName(i), session.DumpSQL(table), nil)
		require.NoError(t, err)
	}
	return out
}

// TestUtilitiesAreAllKinds names the kinds that must not go missing above.
func TestUtilitiesAreAllKinds(t *testing.T) {
	kinds := map[string]bool{}
	for _, u := range utilities {
		word, _, _ := strings.Cut(u.sql, " ")
		kinds[word] = true
	}
	assert.Equal(t, []string{"COPY", "CREATE", "DECLARE", "EXPLAIN", "PREPARE", "TRUNCATE"}, slices.Sorted(maps.Keys(kinds)))
}
