package asifalone

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/session"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/vary"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Prove is the proof under test.
type Prove func(sqltree.Statement, *catalogue.Catalogue) *proof.Result

// Campaign is one run of the database test.
type Campaign struct {
	Server *pgserver.Server
	Prove  Prove
	Seeds  []vary.Seed // the cases that are mutated
	Seed   uint64
	N      int // statements
	// DataSets is how many data sets a tied statement runs on; Strict is how many
	// a rejected one must survive to count as needlessly rejected.
	DataSets int
	Strict   int
	// StrictEvery takes every n-th rejected statement only.
	StrictEvery int
	// Shrink is how many counterexamples of one world are made small.
	Shrink int
	// Policies secures the tables of the worlds, and runs what the proof rests on policies
	// as an application's role.
	Policies bool
	// Hold decides which tables the policies hold; nil is [rls.Hold].
	Hold func(*catalogue.Catalogue)
	// Only is the number of the one world to run, -1 for all.
	Only int
	// Examples is how many needlessly rejected statements of each reason are kept.
	Examples int
	// Progress, if set, is called after every world with what was counted so far.
	Progress func(*Tally)
}

// perWorld is how many statements share a schema, and with it data sets.
//
// Under policies it is few, since each table has but one set of them.
func (c *Campaign) perWorld() int {
	if c.Policies {
		return 25
	}
	return max(50, min(200, c.N/40))
}

// Run holds proofs of N statements against the server. The same seed and N give
// the same statements, data and bind values, whatever the number of workers.
func (c *Campaign) Run(ctx context.Context) (*Tally, error) {
	worlds := (c.N + c.perWorld() - 1) / c.perWorld()
	if c.Policies {
		if err := c.roles(ctx); err != nil {
			return nil, err
		}
	}
	next := make(chan int)
	sums := &sums{total: newTally(c.Examples), waiting: map[int]*Tally{}, progress: c.Progress}
	workers := min(worlds, max(2, runtime.NumCPU()))
	errs := make(chan error, workers)
	var group sync.WaitGroup
	for k := range workers {
		group.Go(func() {
			if err := c.work(ctx, k, next, sums); err != nil {
				errs <- err
				for range next { // let the others finish
				}
			}
		})
	}
	for i := range worlds {
		if c.Only < 0 || c.Only == i {
			next <- i
		}
	}
	close(next)
	group.Wait()
	close(errs)
	return sums.total, <-errs
}

// sums adds up the tallies of worlds in their order, and keeps only those that
// are ahead of a slower one: what a campaign holds does not grow with it.
type sums struct {
	mu       sync.Mutex
	total    *Tally
	next     int
	waiting  map[int]*Tally
	progress func(*Tally)
}

// add counts one world.
func (s *sums) add(i int, t *Tally, only bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if only {
		s.next = i
	}
	s.waiting[i] = t
	for s.waiting[s.next] != nil {
		s.total.add(s.waiting[s.next])
		delete(s.waiting, s.next)
		s.next++
		if s.progress != nil {
			s.progress(s.total)
		}
	}
}

// work runs worlds on two databases of its own.
func (c *Campaign) work(ctx context.Context, k int, next <-chan int, sums *sums) error {
	w := &worker{Campaign: c}
	for i, name := range []string{"all", "alone"} {
		conn, err := c.Server.Database(ctx, fmt.Sprintf("asifalone_%d_%s", k, name))
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close(ctx) }()
		w.sides[i] = &session.Session{Conn: conn, As: c.role()}
	}
	for i := range next {
		tally, err := w.world(ctx, uint64(i))
		if err != nil {
			return fmt.Errorf("world %d: %w", i, err)
		}
		sums.add(i, tally, c.Only >= 0)
	}
	return nil
}

// worker has a database with all tenants and one with a tenant alone.
type worker struct {
	*Campaign
	sides  [2]*session.Session
	tally  *Tally
	number uint64
}

// random gives a source that depends on the seed, the world and a purpose only.
func (w *worker) random(purpose uint64) *rand.Rand {
	return rand.New(rand.NewPCG(w.Seed, w.number<<32|purpose))
}

// world makes up a schema, or takes the one of a case, and runs its statements.
func (w *worker) world(ctx context.Context, number uint64) (*Tally, error) {
	w.number, w.tally = number, newTally(w.Examples)
	r := w.random(0)
	world, err := w.schemaOf(ctx, r)
	if err != nil && w.seedsOf(int(number)) != nil {
		w.tally.Skipped["schema of a case: "+firstLine(err.Error())]++
		return w.tally, nil
	}
	if err != nil {
		return nil, err
	}
	trials, err := w.statements(ctx, r, world)
	if err != nil {
		return nil, err
	}
	return w.tally, w.trials(ctx, trials)
}

// firstLine keeps counts short: the rest of a schema error is the schema.
func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// schemaOf makes up a schema; every third world has that of a case.
func (w *worker) schemaOf(ctx context.Context, r *rand.Rand) (*worlds.World, error) {
	if seeds := w.seedsOf(int(w.number)); seeds != nil {
		return w.secured(ctx, r, seeds[0].DDL, seeds[0].Settings)
	}
	d := worlds.NewDDL(r)
	var settings catalogue.Settings
	if r.IntN(2) == 0 {
		settings.SharesNull = []string{"templates"}
	}
	if r.IntN(4) == 0 && strings.Contains(d.Text(), "project_id") {
		settings.SecondLevel = "project_id"
	}
	world, err := w.secured(ctx, r, d.Text(), settings)
	if err == nil {
		world.Views = d.Views
	}
	return world, err
}

// seedsOf are the cases that the n-th world mutates: those of one schema.
func (c *Campaign) seedsOf(n int) []vary.Seed {
	if len(c.Seeds) == 0 || n%3 != 2 {
		return nil
	}
	first := c.Seeds[n/3*7%len(c.Seeds)]
	var out []vary.Seed
	for _, s := range c.Seeds {
		if s.DDL == first.DDL {
			out = append(out, s)
		}
	}
	return out
}

// open decides on a schema and makes it in both databases.
func (w *worker) open(ctx context.Context, ddl string, settings catalogue.Settings) (*worlds.World, error) {
	cat, err := worlds.Decide(ddl, settings)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w\n%s", err, ddl)
	}
	world := worlds.NewWorld(ddl, cat)
	for _, s := range w.sides {
		if err := s.Setup(ctx, world); err != nil {
			return nil, fmt.Errorf("%w\n%s", err, ddl)
		}
	}
	return world, nil
}
