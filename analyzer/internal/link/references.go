package link

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Reads trust references: a row of mine that names another row names one of mine.
// That is owed by whoever stores the reference, so a write is judged twice: whose rows
// it touches, and what the rows that it stores point to.

// judgeReferences votes on the references that a statement stores.
func (p *verdict) judgeReferences(f *callgraph.Function, run *unit.Run, t *statement.Texts) []ballot {
	var out []ballot
	for _, s := range t.List {
		if s.Broken != "" {
			continue
		}
		for i := range s.Proof.Writes {
			w := &s.Proof.Writes[i]
			if !w.Rests || tiedBy(s, w.Need) {
				continue
			}
			for _, c := range p.storing(f, run, s, w) {
				h := hear(f, run, t, c)
				h.stmt, h.reference = s, w
				out = append(out, p.voteOnReference(h))
			}
		}
	}
	return out
}

// storing lists the contexts of a stored reference, with what is wrong with the bind
// value that it is, or that it is a part of. Of another value nobody is asked.
func (p *verdict) storing(f *callgraph.Function, run *unit.Run, s *statement.Statement, w *proof.Written) []solve.Context {
	if w.Value == proof.BoundValue || w.Value == proof.TakenValue {
		return p.callers.ContextsOfWays(f, run, s, append(statement.WaysOf(w.Alternatives), p.solver.Connections.WaysOfReference(w)...))
	}
	return []solve.Context{p.callers.Failing(solve.Demand{Fn: f}, f, nil)}
}

// tiedBy reports whether some relation of a statement is the caller's only if a need is
// met: then the statement's own verdict has it already.
func tiedBy(s *statement.Statement, need proof.Need) bool {
	same := func(n proof.Need) bool {
		return n.Kind == need.Kind && n.Hole == need.Hole && n.Table == need.Table && n.Column == need.Column
	}
	return slices.ContainsFunc(s.Proof.Relations, func(r proof.Relation) bool {
		return len(r.Alternatives) > 0 && !slices.ContainsFunc(r.Alternatives, func(a proof.Alternative) bool { return !slices.ContainsFunc(a.Needs, same) })
	})
}

// voteOnReference: a reference is no row that is read here, so one that is not
// understood leaves the call as it is, and says what reads of it rest on. What is
// known of a bind value holds of no part of it, but that the client chose it.
func (p *verdict) voteOnReference(h hearing) ballot {
	whole, part := h.reference.Value == proof.BoundValue, h.reference.Value == proof.TakenValue
	b := ballot{verdict: finding.Unproven}
	if whole || part {
		b = p.vote(h)
	}
	switch {
	case b.verdict == finding.Found:
		return b
	case (b.verdict == finding.Unproven || !whole) && h.context.Root == callgraph.RequestRoot:
		return ballot{verdict: finding.Proved, notes: obligation.Assuming(trust.StoredReference.Premise(edgeName(h.reference)))}
	}
	return ballot{verdict: finding.Proved}
}

func edgeName(w *proof.Written) string { return statement.TableName(w.Table) + "(" + w.Column + ")" }

// restingOn counts the statements of the program whose proofs assume that both rows of
// a reference have one tenant.
func (p *verdict) restingOn(w *proof.Written) int {
	if p.resting == nil {
		p.resting = map[string]int{}
		seen := map[*statement.Statement]bool{}
		for _, f := range p.graph.Order {
			for i := range f.Runs {
				for _, s := range p.stmts.Of(f, &f.Runs[i]).List {
					if !seen[s] {
						seen[s] = true
						p.countResting(s)
					}
				}
			}
		}
	}
	return p.resting[edgeName(w)]
}

func (p *verdict) countResting(s *statement.Statement) {
	if s.Broken != "" {
		return
	}
	edges := map[string]bool{}
	for i := range s.Proof.Relations {
		for _, a := range s.Proof.Relations[i].Alternatives {
			for _, x := range a.Assumes {
				if x.Kind == proof.Ref && !x.Hard {
					edges[x.Table+"("+strings.Join(x.Columns, ", ")+")"] = true
				}
			}
		}
	}
	for e := range edges {
		p.resting[e]++
	}
}
