package asifalone

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/compare"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/fixture"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
)

// difference settles a trial that differed: either another order of the stored
// rows explains it, or it becomes a case.
func (w *worker) difference(ctx context.Context, sc *scene, t *trial, args []domain.Value) error {
	explained, err := w.orderExplains(ctx, sc, t, args)
	if err != nil {
		return err
	}
	if explained {
		w.tally.Unordered++
		return nil
	}
	found, err := w.shrink(ctx, sc, t, args)
	if err != nil {
		return err
	}
	w.tally.Cases = append(w.tally.Cases, found)
	return nil
}

// orders is how many orders of the rows are tried on either side.
const orders = 5

// orderExplains reports whether some order of the rows of D gives what some order
// of the rows of D′ gives: then the result is one that the statement admits on
// both sides.
func (w *worker) orderExplains(ctx context.Context, sc *scene, t *trial, args []domain.Value) (bool, error) {
	r := rand.New(rand.NewPCG(w.Seed, uint64(t.number)))
	var seen [2][]compare.Side
	for n := range orders {
		shuffled := *sc
		for i := range 2 {
			if n > 0 { // the first time, both sides store their rows in one order
				shuffled.data[i] = shuffle(r, sc.data[i], sc.world)
			}
		}
		sides, err := w.once(ctx, &shuffled, t, args, n%2 == 1)
		if err != nil {
			return false, err
		}
		for i := range 2 {
			seen[i] = append(seen[i], sides[i])
		}
	}
	for _, all := range seen[0] {
		for _, alone := range seen[1] {
			if all.Out.Err != nil || alone.Out.Err != nil || compare.Differ(sc.world, sc.Viewer, all, alone) == "" {
				return true, nil
			}
		}
	}
	return false, nil
}

// emptySQL frees the space of the tables, so that rows lie in the order of loading.
func emptySQL(w *worlds.World, tables []int) string {
	var b strings.Builder
	for _, i := range tables {
		fmt.Fprintf(&b, "TRUNCATE %s;", domain.QuotedName(w.Order[i]))
	}
	return b.String()
}

// shuffle stores the same rows in another order.
func shuffle(r *rand.Rand, data fixture.Data, world *worlds.World) fixture.Data {
	out := maps.Clone(data)
	for _, t := range world.Order {
		rows := slices.Clone(data[t])
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		out[t] = rows
	}
	return out
}

// once loads a scene and runs one trial on it. The planner is made to sort and
// merge, or left alone.
func (w *worker) once(ctx context.Context, sc *scene, t *trial, args []domain.Value, merging bool) (sides [2]compare.Side, err error) {
	setting := "RESET enable_nestloop; RESET enable_hashjoin; RESET enable_hashagg"
	if merging {
		setting = "SET enable_nestloop = off; SET enable_hashjoin = off; SET enable_hashagg = off"
	}
	w.speakFor(sc)
	for i, s := range w.sides {
		if err := pgserver.Run(ctx, s.Conn, setting); err != nil {
			return sides, err
		}
		tables := touchedBy([]*trial{t})
		if err := pgserver.Run(ctx, s.Conn, emptySQL(sc.world, tables)); err != nil {
			return sides, err
		}
		if err := s.Load(ctx, sc.data[i], tables); err != nil {
			return sides, err
		}
	}
	outcomes, err := w.both(ctx, []*trial{t}, [][]domain.Value{args})
	if err != nil {
		return sides, err
	}
	for i, s := range w.sides {
		sides[i] = compare.Side{Before: sc.data[i], Out: outcomes[i][0]}
		if err := pgserver.Run(ctx, s.Conn, "RESET enable_nestloop; RESET enable_hashjoin; RESET enable_hashagg"); err != nil {
			return sides, err
		}
	}
	return sides, nil
}
