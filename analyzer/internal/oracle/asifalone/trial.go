package asifalone

import (
	"context"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/binding"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/changes"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/fixture"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/queries"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/session"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/vary"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
)

// trial is one statement under one alternative, or a rejected one under what
// its holes were meant to be.
type trial struct {
	number   int
	world    *worlds.World
	stmt     queries.Statement
	tree     sqltree.Statement
	result   *proof.Result
	alt      proof.Alternative
	needs    []proof.Need // what the holes are bound to
	own      bool         // excused as the principal's own rows
	conflict bool         // it has ON CONFLICT
	// checksRefs makes it a trial of what the proof says of written references.
	checksRefs bool
	keep       fixture.Keep
	near       map[int]binding.Nearby
	gap        string // why it was rejected, "" if it is tied
	prepared   [2]*session.Prepared
	done       bool
	seen       bool // it gave or changed a row
}

// statements makes up the statements of a world and asks for their proofs.
func (w *worker) statements(ctx context.Context, r *rand.Rand, world *worlds.World) ([]*trial, error) {
	var trials []*trial
	seeds := w.seedsOf(int(w.number))
	for range w.perWorld() {
		stmt := changes.Generate(r, world)
		if w.Policies && r.IntN(3) == 0 {
			stmt = changes.Bare(r, world)
		} else if len(seeds) > 0 && r.IntN(5) > 0 {
			if mutant, ok := vary.Mutate(r, domain.One(r, seeds), world.Cat); ok {
				stmt = mutant
			}
		}
		if unrepeatable.MatchString(stmt.SQL) {
			w.tally.Skipped["the clock or chance decides"]++
			continue
		}
		prepared, refused := w.prepare(ctx, stmt.SQL)
		if refused != nil {
			w.tally.Refused++
			continue
		}
		w.tally.Statements++
		tree, err := sqlparse.Parse(stmt.SQL, sqltree.Postgres)
		if err != nil {
			w.tally.unparsed(stmt.SQL, err)
			continue
		}
		base := trial{world: world, stmt: stmt, tree: tree, prepared: prepared, conflict: hasConflict(tree)}
		for _, t := range w.judge(r, base) {
			t.number = len(trials)
			trials = append(trials, t)
		}
	}
	return trials, nil
}

// unrepeatable finds what gives another result each time or in each database, so
// that two runs would differ whatever the data, and what changes the session for
// those after it.
var unrepeatable = regexp.MustCompile(`(?i)\b(now\(|random\(|gen_random_uuid\(|clock_timestamp\(|current_timestamp|explain)|^\s*(set|reset|begin|start|commit|rollback|lock|discard)\b|\bpg_[a-z]|information_schema`)

// hasConflict reports whether a statement, or a CTE of it, has ON CONFLICT.
func hasConflict(tree sqltree.Statement) bool {
	found := false
	sqltree.Walk(tree, func(n sqltree.Node) bool {
		if insert, ok := n.(*sqltree.Insert); ok && insert.Conflict != nil {
			found = true
		}
		return true
	})
	return found
}

// prepare asks both databases to parse a statement.
func (w *worker) prepare(ctx context.Context, sql string) (both [2]*session.Prepared, err error) {
	for i, s := range w.sides {
		if both[i], err = s.Prepare(ctx, sql); err != nil {
			return both, err
		}
	}
	return both, nil
}

// alternatives is how many alternatives of one statement are run.
const alternatives = 2

// judge asks for the proof and makes the trials that it calls for.
func (w *worker) judge(r *rand.Rand, base trial) []*trial {
	result := w.Prove(base.tree, base.world.Cat)
	if w.Policies {
		result = underPolicies(result, base.world, base.stmt.SQL)
	}
	base.result = result
	switch {
	case len(result.Unproven) > 0:
		w.tally.Unproven[result.Unproven[0]]++
		return nil
	case len(result.Alternatives) == 0:
		return w.rejected(base, result)
	}
	w.tally.Tied++
	var out []*trial
	for _, i := range r.Perm(len(result.Alternatives)) {
		t := base
		t.alt = result.Alternatives[i]
		var why string
		if t.needs, why = needsOf(t.alt, base.world.Cat); why != "" {
			w.tally.Skipped[why]++
			continue
		}
		if w.Policies && r.IntN(3) > 0 {
			t.needs = meaning(t.needs, base.stmt.Meant)
		}
		t.keep, _ = fixture.KeepOf(t.alt, base.world.Cat)
		t.own = t.alt.Excuse == proof.OwnRows
		if out = append(out, &t); len(out) == 1 {
			if second := withWrites(&t); second != nil {
				out = append(out, second)
			}
		}
		if len(out) >= alternatives {
			break
		}
	}
	return out
}

// needsOf is what the holes must be under an alternative: its needs, and where
// secrets excuse it, the tenant's own secret in the place of any. The
// second result names why an alternative is not run.
func needsOf(a proof.Alternative, cat *catalogue.Catalogue) ([]proof.Need, string) {
	if _, why := fixture.KeepOf(a, cat); why != "" {
		return nil, why
	}
	switch a.Excuse {
	case proof.NoExcuse, proof.OwnRows, proof.Credential:
		return append(binding.SecretsIn(a.Cites, cat), bound(a.Needs)...), ""
	}
	return nil, "excused: " + string(a.Excuse)
}

// rejected makes a trial of every n-th rejected statement. One that the settings
// ask a second level of is left out: alone or not is a question of the first.
func (w *worker) rejected(base trial, result *proof.Result) []*trial {
	w.tally.Rejected++
	if w.forSecondLevel(base) || forLocks(result) {
		return nil
	}
	if w.StrictEvery == 0 || w.tally.Rejected%w.StrictEvery != 0 {
		return nil
	}
	base.gap = "?"
	for _, rel := range result.Relations {
		if rel.Gap != nil {
			base.gap = rel.Gap.Reason
			break
		}
	}
	base.keep, base.needs, base.near = fixture.Keep{All: true}, base.stmt.Meant, binding.NearbyOf(base.tree)
	return []*trial{&base}
}

// forLocks tells a filter that is not pushed through FOR UPDATE: the rule keeps
// from locking other tenants' rows, which no result shows.
func forLocks(result *proof.Result) bool {
	return slices.ContainsFunc(result.Relations, func(r proof.Relation) bool {
		return r.Gap != nil && strings.HasSuffix(r.Gap.Detail, "through FOR UPDATE")
	})
}

// forSecondLevel tells a statement that would be tied if the settings did not
// ask for the second level.
func (w *worker) forSecondLevel(t trial) bool {
	if !t.world.Cat.Level2Required {
		return false
	}
	first := *t.world.Cat
	first.Level2Required = false
	r := w.Prove(t.tree, &first)
	return len(r.Unproven) == 0 && len(r.Alternatives) > 0
}
