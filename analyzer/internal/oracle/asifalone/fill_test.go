package asifalone

import (
	"context"
	"math/rand/v2"
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
)

func madeWorld(t *testing.T, seed uint64) *worlds.World {
	d := worlds.NewDDL(rand.New(rand.NewPCG(seed, 0)))
	cat, err := worlds.Decide(d.Text(), catalogue.Settings{SharesNull: []string{"templates"}})
	require.NoError(t, err, d.Text())
	w := worlds.NewWorld(d.Text(), cat)
	w.Views = d.Views
	return w
}

// TestDataKeepsConstraints loads data sets with every foreign key, CHECK and
// unique key in force: what the server refuses would be a fault of ours.
func TestDataKeepsConstraints(t *testing.T) {
	ctx := context.Background()
	conn, err := server(t).Database(ctx, "constrained")
	require.NoError(t, err)
	for seed := range uint64(15) {
		w := madeWorld(t, seed)
		s := &session.Session{Conn: conn}
		require.NoError(t, pgserver.Run(ctx, conn, s.Clear()+w.DDL))
		for n, keep := range []fixture.Keep{{}, {}, {All: true}} {
			data := fixture.Fill(rand.New(rand.NewPCG(seed, uint64(n))), w, keep, 0)
			require.NoError(t, pgserver.Run(ctx, conn, "BEGIN;"+fixture.LoadSQL(w, data, w.All())+"COMMIT"), w.DDL)
		}
	}
}

// TestDataBreaksWhatNothingKeeps counts references that leave their tenant: none
// where all assumptions are kept, many where none is.
func TestDataBreaksWhatNothingKeeps(t *testing.T) {
	count := func(keep fixture.Keep) (strays int) {
		for seed := range uint64(25) {
			w := madeWorld(t, seed)
			data := fixture.Fill(rand.New(rand.NewPCG(seed, 9)), w, keep, 0)
			for _, table := range w.Order {
				for _, row := range data[table] {
					if straying(data, table, row) != nil {
						strays++
					}
				}
			}
		}
		return strays
	}
	assert.Zero(t, count(fixture.Keep{All: true}))
	assert.Greater(t, count(fixture.Keep{}), 100)
}

// TestRestrict leaves the rows of one tenant, with their children, and what is
// shared.
func TestRestrict(t *testing.T) {
	for seed := range uint64(10) {
		w := madeWorld(t, seed)
		data := fixture.Fill(rand.New(rand.NewPCG(seed, 3)), w, fixture.Keep{}, 0)
		v := fixture.Viewer{Tenant: *domain.ValueOf(w.TenantType(), domain.TenantNumber(1))}
		less := data.Restrict(v)
		for _, table := range w.Order {
			for _, row := range less[table] {
				assert.Contains(t, []fixture.Owner{{Kind: fixture.Everybody}, {Kind: fixture.OneTenant, Tenant: v.Tenant}}, data.OwnerOf(table, row))
			}
			for _, row := range compare.Minus(data[table], less[table]) {
				assert.NotContains(t, []fixture.Owner{{Kind: fixture.Everybody}, {Kind: fixture.OneTenant, Tenant: v.Tenant}}, data.OwnerOf(table, row))
			}
		}
	}
}
