package solve

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// signedMessage is the excuse of a value that came in a message whose signature
// was verified: a webhook's sender chose it, who has the key, and not the client.
const signedMessage = "signed message"

// verifies is the role of library calls that verify a signature.
const verifies = library.Verifies

// signed tells whether the body of the request was verified where the facts of an
// environment hold: by a library call whose success is one of them, or by a
// function that gives that success only behind such a call. The call must have
// had the body: where only a cookie is verified, the body is the client's still.
func (p *Solver) signed(e *pathcond.Env, depth int) bool {
	for _, f := range e.Facts {
		r, ok := f.A.(*term.Result)
		if !ok || f.Op != term.True && f.Op != term.Nil {
			continue
		}
		c := e.Fn.Ops[r.Call].Call
		switch {
		case c == nil || depth == 0:
		case c.Kind == unit.Library:
			if c.Role == verifies && hasBody(e.Fn, c) {
				return true
			}
		case p.verifiesBody(e, r.Call, c, depth):
			return true
		}
	}
	return false
}

// verifiesBody tells whether call k ended as the facts say only if it verified
// the body.
func (p *Solver) verifiesBody(e *pathcond.Env, k int, c *unit.Call, depth int) bool {
	targets, known := p.graph.Callees(e.Fn, c)
	if !known || len(targets) == 0 {
		return false
	}
	handed := mentionsBody(c.Args)
	for _, t := range targets {
		for i := range t.Fn.Gives {
			inner, ok := p.conds.Outcome(e, k, t.Fn, &t.Fn.Gives[i])
			if ok && !p.signed(p.conds.At(t.Fn, inner), depth-1) && !(handed && verifiedWithin(t.Fn, inner)) {
				return false
			}
		}
	}
	return true
}

// verifiedWithin tells whether a signature was verified on the way to a return of
// a function that was handed the body.
func verifiedWithin(f *callgraph.Function, facts []term.Fact) bool {
	for _, x := range facts {
		r, ok := x.A.(*term.Result)
		if !ok || x.Op != term.True && x.Op != term.Nil {
			continue
		}
		if c := f.Ops[r.Call].Call; c != nil && c.Kind == unit.Library && c.Role == verifies {
			return true
		}
	}
	return false
}

// hasBody tells whether a function that verifies has the body of the request:
// hands it to the call, or has read it.
func hasBody(f *callgraph.Function, c *unit.Call) bool {
	if mentionsBody(c.Args) {
		return true
	}
	for i := range f.Reads {
		if isBody(f.Reads[i].Origin) {
			return true
		}
	}
	return false
}

func mentionsBody(args []term.Term) bool {
	return slices.ContainsFunc(args, func(a term.Term) bool { return term.Any(a, isBody) })
}

func isBody(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && o.Kind == term.Request && o.Group == "body"
}
