package asifalone

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
)

func madeWorld(t *testing.T, seed uint64) *World {
	d := newDDL(rand.New(rand.NewPCG(seed, 0)))
	cat, err := decide(d.text(), catalogue.Settings{SharesNull: []string{"templates"}})
	require.NoError(t, err, d.text())
	w := newWorld(d.text(), cat)
	w.Views = d.views
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
		s := &session{conn: conn}
		require.NoError(t, run(ctx, conn, s.clear()+w.DDL))
		for n, keep := range []Keep{{}, {}, {All: true}} {
			data := fill(rand.New(rand.NewPCG(seed, uint64(n))), w, keep, 0)
			require.NoError(t, run(ctx, conn, "BEGIN;"+loadSQL(w, data, w.all())+"COMMIT"), w.DDL)
		}
	}
}

// TestDataBreaksWhatNothingKeeps counts references that leave their tenant: none
// where all assumptions are kept, many where none is.
func TestDataBreaksWhatNothingKeeps(t *testing.T) {
	count := func(keep Keep) (strays int) {
		for seed := range uint64(25) {
			w := madeWorld(t, seed)
			data := fill(rand.New(rand.NewPCG(seed, 9)), w, keep, 0)
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
	assert.Zero(t, count(Keep{All: true}))
	assert.Greater(t, count(Keep{}), 100)
}

// TestRestrict leaves the rows of one tenant, with their children, and what is
// shared.
func TestRestrict(t *testing.T) {
	for seed := range uint64(10) {
		w := madeWorld(t, seed)
		data := fill(rand.New(rand.NewPCG(seed, 3)), w, Keep{}, 0)
		v := viewer{tenant: *valueOf(w.tenantType(), tenantNumber(1))}
		less := data.restrict(v)
		for _, table := range w.Order {
			for _, row := range less[table] {
				assert.Contains(t, []Owner{{Kind: Everybody}, {OneTenant, v.tenant}}, data.ownerOf(table, row))
			}
			for _, row := range minus(data[table], less[table]) {
				assert.NotContains(t, []Owner{{Kind: Everybody}, {OneTenant, v.tenant}}, data.ownerOf(table, row))
			}
		}
	}
}
