package asifalone

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/binding"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/compare"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/fixture"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/queries"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/vary"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
)

// attempts bounds the work on one counterexample.
const attempts = 600

// shrinker makes a counterexample small: a statement that is still called tied,
// on data that still keeps what it assumes, with bind values that still meet
// its needs, that still differs.
type shrinker struct {
	*worker
	ctx    context.Context
	sc     *scene
	t      *trial
	args   []domain.Value
	budget int
	what   string // the difference as it is now
}

// shrink makes the case of a trial that differs.
func (w *worker) shrink(ctx context.Context, sc *scene, t *trial, args []domain.Value) (*Case, error) {
	s := &shrinker{worker: w, ctx: ctx, sc: sc, t: t, args: args, budget: attempts}
	first, err := s.fails(sc, t, args)
	if err != nil {
		return nil, err
	}
	if s.what = first; len(w.tally.Cases) >= w.Shrink {
		s.budget = 0
	} else if first == "" {
		s.what = "differs only together with other statements"
	} else if s.what, err = first, s.statement(); err != nil {
		return nil, err
	} else if err = s.rows(); err != nil {
		return nil, err
	}
	return w.plainCase(s.sc, s.t, s.args, s.what).from(t.stmt), nil
}

// plainCase is a counterexample as it was found.
func (w *worker) plainCase(sc *scene, t *trial, args []domain.Value, what string) *Case {
	return &Case{World: w.number, Seed: w.Seed, DDL: sc.world.DDL, Order: sc.world.Order, Original: t.stmt, Tenant: sc.Tenant,
		SQL: t.stmt.SQL, Args: args, Alternative: t.alt, Data: sc.data[0], Difference: what}
}

// fails runs a trial on a scene and tells the difference.
func (s *shrinker) fails(sc *scene, t *trial, args []domain.Value) (string, error) {
	sides, err := s.once(s.ctx, sc, t, args, false)
	if err != nil || sides[0].Out.Err != nil || sides[1].Out.Err != nil {
		return "", err
	}
	if hasConflict(t.tree) && compare.Suppressed(sc.world, sides[0], sides[1]) {
		return "", nil
	}
	return compare.Differ(sc.world, sc.Viewer, sides[0], sides[1]), nil
}

// statement tries every edit, and starts over at the same place after one that
// keeps the difference.
func (s *shrinker) statement() error {
	for n := 0; s.budget > 0; {
		tree, ok := vary.Smaller(s.t.tree, n)
		if !ok {
			return nil
		}
		kept, err := s.try(tree)
		if err != nil {
			return err
		}
		if !kept {
			n++
		}
	}
	return nil
}

// try takes a smaller statement if it shows a difference, too.
func (s *shrinker) try(tree sqltree.Statement) (bool, error) {
	t, args, ok := s.candidate(tree)
	if !ok {
		return false, nil
	}
	s.budget--
	what, err := s.fails(s.sc, t, args)
	if err != nil || what == "" {
		return false, err
	}
	if explained, err := s.orderExplains(s.ctx, s.sc, t, args); err != nil || explained {
		return false, err
	}
	s.t, s.args, s.what = t, args, what
	return true, nil
}

// candidate prints, parses, prepares and proves an edited tree. It is none if
// the server or the proof refuse it, or if it needs other bind values or data.
func (s *shrinker) candidate(tree sqltree.Statement) (*trial, []domain.Value, bool) {
	sql, ok := vary.Printed(tree)
	if !ok || len(sql) >= len(s.t.stmt.SQL) && sql != s.t.stmt.SQL && s.t.stmt.Origin == "shrunk" {
		return nil, nil, false
	}
	args, sql := s.used(sql)
	parsed, err := sqlparse.Parse(sql, sqltree.Postgres)
	if err != nil {
		return nil, nil, false
	}
	prepared, err := s.prepare(s.ctx, sql)
	if err != nil {
		return nil, nil, false
	}
	t := *s.t
	t.stmt, t.tree, t.prepared = queries.Statement{SQL: sql, Origin: "shrunk"}, parsed, prepared
	result := s.Prove(parsed, s.sc.world.Cat)
	if s.Policies {
		result = underPolicies(result, s.sc.world, sql)
	}
	for _, alt := range result.Alternatives {
		needs, why := needsOf(alt, s.sc.world.Cat)
		if why == "" && (alt.Excuse == proof.OwnRows) == s.t.own && s.met(needs, prepared[0].Types, args) && s.keeps(alt) {
			t.alt, t.needs = alt, needs
			return &t, args, true
		}
	}
	return nil, nil, false
}

// used renumbers the holes that are left and gives their values.
func (s *shrinker) used(sql string) ([]domain.Value, string) {
	var args []domain.Value
	numbers := map[string]string{}
	sql = queries.HolePattern.ReplaceAllStringFunc(sql, func(hole string) string {
		if n, _ := strconv.Atoi(hole[1:]); numbers[hole] == "" && n <= len(s.args) {
			args = append(args, s.args[n-1])
			numbers[hole] = fmt.Sprintf("$%d", len(args))
		}
		return numbers[hole]
	})
	return args, sql
}

// met reports whether the values still meet needs.
func (s *shrinker) met(needs []proof.Need, types []string, args []domain.Value) bool {
	b := &binding.Binder{World: s.sc.world, Data: s.sc.data[0], Viewer: s.sc.Viewer}
	for _, need := range needs {
		if need.Hole > len(args) || need.Hole > len(types) {
			return false
		}
		allowed := b.Meeting(types[need.Hole-1], need)
		for _, v := range compare.ElementsOf(types[need.Hole-1], args[need.Hole-1]) {
			if !slices.ContainsFunc(allowed, func(a domain.Value) bool { return a == nil && v == nil || domain.Equal(a, v) }) {
				return false
			}
		}
	}
	return true
}

// keeps reports whether the data set keeps what an alternative assumes.
func (s *shrinker) keeps(alt proof.Alternative) bool {
	k, _ := fixture.KeepOf(alt, s.sc.world.Cat)
	for e := range k.Refs {
		if !s.t.keep.Refs[e] {
			return false
		}
	}
	if len(k.Shown) > 0 {
		return false // the data may have been made without them
	}
	for e := range k.Uniq {
		if s.t.keep.Uniq[e] == nil {
			return false
		}
	}
	return true
}

// rows takes rows away as long as the difference stays.
func (s *shrinker) rows() error {
	for _, table := range slices.Backward(s.sc.world.Order) {
		for i := len(s.sc.data[0][table]) - 1; i >= 0; i-- {
			row := s.sc.data[0][table][i]
			if referenced(s.sc.world, s.sc.data[0], table, row) {
				continue
			}
			less := *s.sc
			less.data[0] = maps.Clone(s.sc.data[0])
			less.data[0][table] = slices.Delete(slices.Clone(s.sc.data[0][table]), i, i+1)
			less.data[1] = less.data[0].Restrict(less.Viewer)
			what, err := s.fails(&less, s.t, s.args)
			if err != nil {
				return err
			}
			before := s.sc
			if s.sc = &less; what == "" || !s.met(s.t.needs, s.t.prepared[0].Types, s.args) {
				s.sc = before
				continue
			}
			s.what = what
		}
	}
	return nil
}
