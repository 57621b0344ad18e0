package link

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/propagate"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// hearing is one context of a call, with what is to be decided of it.
type hearing struct {
	f       *callgraph.Function
	run     *unit.Run
	texts   *statement.Texts
	context solve.Context

	unjudged string // why the statement cannot be judged at all, "" if it can
	// What follows is set where the statement was judged and does not hold.
	cause obligation.Cause // the most significant one
	stmt  *statement.Statement
	at    callgraph.Spot
	// reference is the stored reference that is judged, nil if the statement is.
	reference *proof.Written
}

// hear prepares a context that does not hold, or of which nothing is known.
func hear(f *callgraph.Function, run *unit.Run, t *statement.Texts, c solve.Context) hearing {
	h := hearing{f: f, run: run, texts: t, context: c}
	h.cause = obligation.MostSignificant(c.Fails)
	h.stmt, h.at = obligation.Accused(t, h.cause), spotOf(f, run, h.cause, c)
	return h
}

// unjudgedHearing is that of a statement that cannot be judged: who comes to it is
// all that counts.
func (p *verdict) unjudgedHearing(f *callgraph.Function, run *unit.Run, t *statement.Texts, why string) hearing {
	return hearing{
		f: f, run: run, texts: t, context: p.callers.Failing(solve.Demand{Fn: f}, f, nil),
		unjudged: why, at: callgraph.Spot{Fn: f, Site: run.Site},
	}
}

// proved reports whether a context holds without a person's answer.
func (h hearing) proved() bool { return h.context.Ok && h.context.Notes.Settled() }

// open reports whether nothing can be said against the call: it is not understood,
// or no request is known to come to it and the client chose nothing.
func (h hearing) open() bool {
	return h.unjudged != "" || h.capped() != "" || !obligation.Definite(h.context.Fails) || h.context.Root != callgraph.RequestRoot && h.cause.Kind != obligation.Request
}

// fed reports whether a value of the call comes out of a channel, or was written by a
// function value, which may be a handler: a worker that a
// request feeds runs what the request says.
func (h hearing) fed() bool {
	return slices.ContainsFunc(h.context.Fails, func(c obligation.Cause) bool {
		return c.Kind == obligation.Unknown && (strings.HasPrefix(c.Reason, term.FromChannel) || strings.HasPrefix(c.Reason, term.WrittenIn))
	})
}

// capped is the limit that the proof met before it found nothing: what was cut off may
// be the filter. "" if it met none.
func (h hearing) capped() proof.Limit {
	if h.cause.Kind != obligation.Gap || h.stmt == nil || len(h.stmt.Proof.Capped) == 0 {
		return ""
	}
	return h.stmt.Proof.Capped[0]
}

func (h hearing) builder() findingBuilder {
	return findingBuilder{f: h.f, run: h.run, stmt: h.stmt, texts: h.texts.List, context: h.context, cause: h.cause, at: h.at, reference: h.reference}
}

// spotOf is where a finding stands: at the argument that the client chose, or,
// if no argument repairs it, at the innermost hand-written call.
func spotOf(f *callgraph.Function, run *unit.Run, c obligation.Cause, x solve.Context) callgraph.Spot {
	if c.Fn != nil && c.Site >= 0 && !callgraph.Generated(c.Fn) {
		return callgraph.Spot{Fn: c.Fn, Site: c.Site}
	}
	return propagate.Innermost(f, run.Site, x.Hops)
}
