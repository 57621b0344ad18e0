package asifalone

import (
	"context"
	"math/rand/v2"
	"regexp"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// trial is one statement under one alternative, or a rejected one under what
// its holes were meant to be.
type trial struct {
	number   int
	world    *World
	stmt     Statement
	tree     sqltree.Statement
	alt      proof.Alternative
	keep     Keep
	gap      string // why it was rejected, "" if it is tied
	write    bool
	prepared [2]*Prepared
	done     bool
	seen     bool // it gave or changed a row
}

// statements makes up the statements of a world and asks for their proofs.
func (w *worker) statements(ctx context.Context, r *rand.Rand, world *World) ([]*trial, error) {
	var trials []*trial
	seeds := w.seedsOf(int(w.number))
	for range perWorld {
		stmt := generate(r, world)
		if len(seeds) > 0 && r.IntN(5) > 0 {
			if mutant, ok := mutate(r, one(r, seeds), world.Cat); ok {
				stmt = mutant
			}
		}
		prepared, refused := w.prepare(ctx, stmt.SQL)
		if refused != nil {
			w.tally.Refused++
			continue
		}
		w.tally.Statements++
		tree, err := sqltree.Parse(stmt.SQL, sqltree.Postgres)
		if err != nil {
			w.tally.unparsed(stmt.SQL, err)
			continue
		}
		base := trial{world: world, stmt: stmt, tree: tree, prepared: prepared, write: isWrite(stmt.SQL)}
		for _, t := range w.judge(r, base) {
			t.number = len(trials)
			trials = append(trials, t)
		}
	}
	return trials, nil
}

// isWrite tells whether a text may change rows; too often is harmless.
func isWrite(sql string) bool { return writePattern.MatchString(sql) }

var writePattern = regexp.MustCompile(`(?i)\b(INSERT|UPDATE|DELETE|MERGE|TRUNCATE|CALL)\b`)

// prepare asks both databases to parse a statement.
func (w *worker) prepare(ctx context.Context, sql string) (both [2]*Prepared, err error) {
	for i, s := range w.sides {
		if both[i], err = s.prepare(ctx, sql); err != nil {
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
		if why := untestable(t.alt); why != "" {
			w.tally.Skipped[why]++
			continue
		}
		t.keep, _ = keepOf(t.alt)
		if out = append(out, &t); len(out) == alternatives {
			break
		}
	}
	return out
}

// untestable names why an alternative is not run.
func untestable(a proof.Alternative) string {
	if a.Excuse != proof.NoExcuse {
		return "excused: " + string(a.Excuse)
	}
	_, why := keepOf(a)
	return why
}

// rejected makes a trial of every n-th rejected statement.
func (w *worker) rejected(base trial, result *proof.Result) []*trial {
	w.tally.Rejected++
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
	base.keep, base.alt.Needs = Keep{All: true}, base.stmt.Meant
	return []*trial{&base}
}
