package gorun

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"

	"database/sql"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/goprogram"
)

// Observation is what requests did that ran the same statements to the same end.
type Observation struct {
	Program string
	Ran     []int
	Leak    string // "" if it is none
	Count   int
	Example string
}

// Main runs the programs; the first argument is the file with their routes, the second the
// database. It writes the observations to the standard output.
func Main(programs map[string]func(*sql.DB) http.Handler) {
	log.SetOutput(io.Discard)
	if err := all(context.Background(), programs, os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func all(ctx context.Context, programs map[string]func(*sql.DB) http.Handler, routes, dsn string) error {
	var files []goprogram.File
	text, err := os.ReadFile(routes)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &files); err != nil {
		return err
	}
	if err := os.Setenv("WEBHOOK_SECRET", secret); err != nil {
		return err
	}
	d, err := Open(ctx, dsn)
	if err != nil {
		return err
	}
	var out []Observation
	for _, f := range files {
		one := &runner{ctx: ctx, d: d, file: f, fresh: programs[f.Package], seen: map[string]*Observation{}}
		if one.before, _, err = d.state(ctx); err != nil {
			return err
		}
		if err := one.run(); err != nil {
			return fmt.Errorf("%s: %w", f.Package, err)
		}
		out = append(out, one.observations()...)
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

// runner asks one program.
type runner struct {
	ctx    context.Context
	d      *Database
	file   goprogram.File
	fresh  func(*sql.DB) http.Handler
	before string
	seen   map[string]*Observation
}

// run asks in all modes, with the first and the second implementation of what has two.
func (r *runner) run() error {
	for _, second := range []string{"", "1"} {
		if err := os.Setenv("SECOND", second); err != nil {
			return err
		}
		if err := r.singles(); err != nil {
			return err
		}
		if err := r.pairs(); err != nil {
			return err
		}
	}
	return nil
}

// singles asks each request alone.
func (r *runner) singles() error {
	pool := r.d.Pool()
	defer pool.Close()
	h := r.fresh(pool)
	for _, s := range r.file.Routes {
		for _, q := range requests(s) {
			if err := r.ask(h, step{"tokenA", q}); err != nil {
				return err
			}
		}
	}
	return nil
}

// The two requests of a pair: what comes first, and by whom.
const firsts = 9

// pairs asks two requests in a row, the first by A or by B, the second by A.
func (r *runner) pairs() error {
	for _, s := range r.file.Routes {
		all := requests(s)
		for i, q := range all {
			if len(q.headers) > 0 || i > firsts*27 {
				continue
			}
			for _, next := range r.file.Routes {
				if err := r.pair(q, plainest(next)); err != nil {
					return err
				}
			}
			if err := r.warmed(q); err != nil {
				return err
			}
		}
	}
	return nil
}

// plainest is the request for a row of one's own.
func plainest(s goprogram.Served) Request { return requests(s)[0] }

// pair asks two requests as A.
func (r *runner) pair(q, next Request) error {
	pool := r.d.Pool()
	defer pool.Close()
	return r.ask(r.fresh(pool), step{"tokenA", q}, step{"tokenA", next})
}

// warmed lets B ask first.
func (r *runner) warmed(q Request) error {
	pool := r.d.Pool()
	defer pool.Close()
	return r.ask(r.fresh(pool), step{"tokenB", q}, step{"tokenA", q})
}

// step is a request and who sends it.
type step struct {
	token string
	q     Request
}

// ask sends the requests and notes what they did.
func (r *runner) ask(h http.Handler, steps ...step) error {
	r.d.taken()
	leak, names, before := "", "", r.before
	for _, s := range steps {
		built, ok := s.q.build(s.token)
		if !ok {
			return r.d.reset(r.ctx)
		}
		answer := answered(h, built)
		names += s.token + " " + s.q.String() + "; "
		if s.token == "tokenB" { // what B does to its own rows is no leak
			var err error
			if before, _, err = r.d.state(r.ctx); err != nil {
				return err
			}
			continue
		}
		if strings.Contains(answer, "mkB") {
			leak = "a row of the other tenant comes back"
		}
	}
	changed, err := r.changed(before)
	if err != nil {
		return err
	}
	r.note(r.d.taken(), cmp.Or(leak, changed), names)
	return r.d.reset(r.ctx)
}

// changed tells what is not as it was.
func (r *runner) changed(before string) (string, error) {
	if !r.d.dirty {
		return "", nil
	}
	rows, strays, err := r.d.state(r.ctx)
	switch {
	case err != nil:
		return "", err
	case rows != before:
		return "a row of the other tenant changes", nil
	case strays > 0:
		return "a row points to one of the other tenant", nil
	}
	return "", nil
}

// answered is all that comes back; a handler that panics has answered so far.
func answered(h http.Handler, q *http.Request) string {
	w := httptest.NewRecorder()
	func() {
		defer func() { _ = recover() }()
		h.ServeHTTP(w, q)
	}()
	return w.Body.String() + fmt.Sprint(w.Header())
}

// note counts an observation.
func (r *runner) note(ran []int, leak, names string) {
	key := fmt.Sprint(ran, leak)
	if r.seen[key] == nil {
		r.seen[key] = &Observation{Program: r.file.Package, Ran: ran, Leak: leak, Example: names}
	}
	r.seen[key].Count++
}

// observations are all, in order.
func (r *runner) observations() []Observation {
	var out []Observation
	for _, o := range r.seen {
		out = append(out, *o)
	}
	slices.SortFunc(out, func(a, b Observation) int {
		return cmp.Or(slices.Compare(a.Ran, b.Ran), cmp.Compare(a.Leak, b.Leak))
	})
	return out
}
