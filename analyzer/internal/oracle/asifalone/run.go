package asifalone

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/binding"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/compare"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/fixture"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/session"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
)

// trials runs all trials of a world, those that keep the same assumptions on
// the same data sets.
func (w *worker) trials(ctx context.Context, trials []*trial) error {
	groups := map[string][]*trial{}
	var order []string
	for _, t := range trials {
		name := t.keep.Name()
		if t.own {
			name += " own rows"
		}
		if t.checksRefs {
			name += " references"
		}
		if groups[name] == nil {
			order = append(order, name)
		}
		groups[name] = append(groups[name], t)
	}
	for g, name := range order {
		sets := w.DataSets
		if name == "all" {
			sets = w.Strict
		}
		for k := range sets {
			if err := w.dataSet(ctx, groups[name], uint64(g)<<16|uint64(k)); err != nil {
				return err
			}
		}
	}
	w.tally.settle(trials)
	return nil
}

// scene is a data set with the viewer.
type scene struct {
	fixture.Viewer
	world     *worlds.World
	data      [2]fixture.Data // with all tenants, and alone
	favourite int
	// What the application's role says: whose it is, "" where nobody knows, and, under another
	// name, who it is not.
	says, stranger string
}

// noTenant is a number that no tenant has.
const noTenant = 25

// dataSet makes a data set and runs what is not settled yet.
func (w *worker) dataSet(ctx context.Context, trials []*trial, number uint64) error {
	active := slices.DeleteFunc(slices.Clone(trials), func(t *trial) bool { return t.done })
	if len(active) == 0 {
		return nil
	}
	r := w.random(1<<31 | number)
	sc, err := w.scene(ctx, r, active)
	if err != nil {
		return err
	}
	var bound []*trial
	var args [][]domain.Value
	for _, t := range active {
		b := &binding.Binder{Rand: w.random(1<<30 | number<<10 | uint64(t.number)), World: t.world, Data: sc.data[0], Viewer: sc.Viewer, Favourite: sc.favourite}
		if t.gap != "" {
			b.Near = t.near
		}
		if values, ok := b.Bind(t.prepared[0].Types, t.needs); ok {
			bound, args = append(bound, t), append(args, values)
		} else {
			w.tally.Unbound++
		}
	}
	return w.compare(ctx, sc, bound, args)
}

// scene fills both databases for trials that keep the same. Tables that none of
// them touches exist in the data only.
func (w *worker) scene(ctx context.Context, r *rand.Rand, trials []*trial) (*scene, error) {
	t, tables := trials[0], touchedBy(trials)
	sc := &scene{world: t.world}
	number := r.IntN(domain.Tenants)
	sc.Tenant = *domain.ValueOf(t.world.TenantType(), domain.TenantNumber(number))
	sc.says, sc.stranger = sc.Tenant, *domain.ValueOf(t.world.TenantType(), domain.TenantNumber((number+1)%domain.Tenants))
	if w.Policies && r.IntN(6) == 0 { // nobody has said who it is
		sc.Tenant, sc.says = *domain.ValueOf(t.world.TenantType(), noTenant), ""
	}
	w.speakFor(sc)
	if t.keep.All && r.IntN(4) > 0 {
		sc.favourite = 1 + r.IntN(4)
	}
	sc.data[0] = fixture.Fill(r, t.world, t.keep, sc.favourite)
	if err := w.sides[0].Load(ctx, sc.data[0], tables); err != nil {
		return nil, err
	}
	stored, err := w.sides[0].Read(ctx, tables)
	if err != nil {
		return nil, err
	}
	maps.Copy(sc.data[0], stored)
	if users := (&binding.Binder{World: t.world, Data: sc.data[0], Viewer: sc.Viewer}).Principals(); t.own && len(users) > 0 {
		sc.AsUser(domain.One(r, users), t.world, sc.data[0])
	}
	sc.data[1] = sc.data[0].Restrict(sc.Viewer)
	return sc, w.sides[1].Load(ctx, sc.data[1], tables)
}

// speakFor makes the application's role say what it says in a scene.
func (w *worker) speakFor(sc *scene) {
	for _, s := range w.sides {
		if s.As != nil {
			s.As.Tenant, s.As.Stranger = sc.says, sc.stranger
		}
	}
}

// touchedBy lists the tables that any of the trials touches.
func touchedBy(trials []*trial) []int {
	all := map[int]bool{}
	for _, t := range trials {
		for _, i := range t.world.Touched(t.stmt.SQL) {
			all[i] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// compare runs trials on both databases and settles those that differ.
func (w *worker) compare(ctx context.Context, sc *scene, trials []*trial, args [][]domain.Value) error {
	outcomes, err := w.both(ctx, trials, args)
	if err != nil {
		return err
	}
	for i, t := range trials {
		all, alone := compare.Side{Before: sc.data[0], Out: outcomes[0][i]}, compare.Side{Before: sc.data[1], Out: outcomes[1][i]}
		w.tally.Runs++
		if all.Out.Err != nil || alone.Out.Err != nil {
			w.tally.Failed++
			// A row of another tenant may have no place where that is not there.
			if what := compare.Strays(sc.world, sc.Viewer, all); what != "" && all.Out.Err == nil && t.gap == "" && !t.done {
				t.done = true
				w.tally.Cases = append(w.tally.Cases, w.plainCase(sc, t, args[i], what))
			}
			continue
		}
		t.seen = t.seen || all.Out.Count > 0
		if what := compare.Refuted(t.world, t.result, all, t.prepared[0].Types, args[i]); what != "" && !t.done {
			t.done = true
			w.tally.Cases = append(w.tally.Cases, w.plainCase(sc, t, args[i], what))
			continue
		}
		if t.checksRefs {
			if what := broken(sc.world, all); what != "" {
				t.done = true
				w.tally.Cases = append(w.tally.Cases, w.plainCase(sc, t, args[i], what))
			}
			continue
		}
		what := compare.Differ(sc.world, sc.Viewer, all, alone)
		if what == "" {
			continue
		}
		if t.conflict && compare.Suppressed(sc.world, all, alone) {
			w.tally.Suppressed++
			continue
		}
		t.done = true
		if t.gap == "" {
			if err := w.difference(ctx, sc, t, args[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// both runs trials on the two databases at once.
func (w *worker) both(ctx context.Context, trials []*trial, args [][]domain.Value) (outcomes [2][]session.Outcome, err error) {
	var errs [2]error
	done := make(chan struct{})
	jobs := func(i int) []session.Job {
		list := make([]session.Job, len(trials))
		for j, t := range trials {
			list[j] = session.JobOf(t.world, t.prepared[i], args[j], t.stmt.SQL)
		}
		return list
	}
	go func() {
		defer close(done)
		outcomes[1], errs[1] = w.sides[1].Execute(ctx, jobs(1))
	}()
	outcomes[0], errs[0] = w.sides[0].Execute(ctx, jobs(0))
	<-done
	if errs[0] != nil {
		return outcomes, errs[0]
	}
	return outcomes, errs[1]
}
