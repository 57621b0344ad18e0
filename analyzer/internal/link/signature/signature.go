// Package signature reports whether the body of a request was signed by somebody who has a
// key of the installation: a webhook.
//
// In goes an environment, which is a function and the facts that hold at a point of it;
// out comes what they say of the body of the request ([Standing]). A fact says something
// if it is the success of a library's verification, or equality with what was made of
// the body with a key, in the function itself or in one that it calls.
//
// Terms. A *signed text* is a key and the parts that are signed with it, see
// [term.Signature].
//
// Invariant: [Signed] needs the body among what is signed, and a key that neither the
// client nor a row brought.
//
// It cannot see what a key of a configuration is good for, and does not ask how old a
// message is.
package signature

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Role is the role of library calls that verify a signature.
const Role = library.Verifies

// maxDepth is how deep a verification may lie in helpers.
const maxDepth = 6

// Standing is what is known of the body of a request.
type Standing uint8

const (
	Unsigned Standing = iota // it is the client's
	Unclear                  // something was verified, and it is not known to be the body, by a key of the installation
	Signed                   // its bytes were signed by who has a key of the installation
)

// Signatures asks of the functions of a program.
type Signatures struct {
	graph *callgraph.Graph
	conds *pathcond.Conditions
}

// New makes what asks of the functions of a program.
func New(graph *callgraph.Graph, conds *pathcond.Conditions) *Signatures {
	return &Signatures{graph: graph, conds: conds}
}

// Body is what the facts of an environment say of the body of the request.
func (p *Signatures) Body(e *pathcond.Env) Standing { return p.of(e, frames{}, maxDepth) }

// Given is what is known of what a verifying library call k gives.
func (p *Signatures) Given(e *pathcond.Env, k int) Standing {
	return p.verified(e, frames{}, k, maxDepth)
}

// frames leads from a function out to the one whose environment is asked: what its
// parameters are there, innermost first, and whether one of them is the body.
type frames struct {
	out  []func(term.Term) term.Term
	body bool
}

func (x frames) apply(t term.Term) term.Term {
	for _, f := range x.out {
		t = f(t)
	}
	return t
}

// signature is what the facts of an environment say of the body of the request: by a
// library call that verifies and whose success is one of them, by a comparison with what
// is made of the body with a key, or by a function that gives that success only behind
// such a check.
func (p *Signatures) of(e *pathcond.Env, x frames, depth int) Standing {
	best := Unsigned
	for _, f := range e.Facts {
		switch r, _ := f.A.(*term.Result); {
		case f.Op == term.Eq:
			best = max(best, p.signs(e.Fn, x, f.A, depth), p.signs(e.Fn, x, f.B, depth))
		case r != nil && (f.Op == term.True || f.Op == term.Nil) && e.Fn.Ops[r.Call].Call != nil:
			best = max(best, p.verified(e, x, r.Call, depth))
		}
	}
	return best
}

// verified is what the success of call k says of the body.
func (p *Signatures) verified(e *pathcond.Env, x frames, k, depth int) Standing {
	c := e.Fn.Ops[k].Call
	if depth == 0 {
		return Unsigned
	}
	if c.Kind != unit.Library {
		return p.verifiedWithin(e, x, k, depth)
	}
	if c.Role != Role {
		return Unsigned
	}
	best, opaque := Unsigned, false
	for _, a := range c.Args {
		best = max(best, p.signs(e.Fn, x, a, depth))
		_, _, keyed := term.Signature(x.apply(a))
		opaque = opaque || !keyed && isOpaque(x.apply(a))
	}
	if opaque && (x.body || hasBody(e.Fn, c)) {
		best = max(best, Unclear)
	}
	return best
}

// verifiedWithin is what the success of call k of the module says: the least of what its
// ways to that success say.
func (p *Signatures) verifiedWithin(e *pathcond.Env, x frames, k, depth int) Standing {
	c := e.Fn.Ops[k].Call
	targets, known := p.graph.Callees(e.Fn, c)
	if !known || len(targets) == 0 {
		return Unsigned
	}
	worst := Signed
	for _, t := range targets {
		inner := frames{
			out:  append([]func(term.Term) term.Term{t.Frame().Apply}, x.out...),
			body: x.body || slices.ContainsFunc(c.Args, func(a term.Term) bool { return term.Any(x.apply(a), isBody) }),
		}
		for i := range t.Fn.Gives {
			if at, ok := p.conds.Outcome(e, k, t.Fn, &t.Fn.Gives[i]); ok {
				worst = min(worst, p.of(at, inner, depth-1))
			}
		}
	}
	return worst
}

// signs is what a value says of the body if it is as it should be: it was made with a
// key, of the body and whatever else, or it was not.
func (p *Signatures) signs(f *callgraph.Function, x frames, t term.Term, depth int) Standing {
	worst, any := Signed, false
	for _, leaf := range term.Leaves(t) {
		if r, ok := leaf.(*term.Result); ok && depth > 0 {
			worst, any = min(worst, p.givenSignature(f, x, r, depth)), true
			continue
		}
		key, parts, ok := term.Signature(x.apply(leaf))
		if !ok {
			return Unsigned
		}
		worst, any = min(worst, keeps(key), ofBody(parts)), true
	}
	if !any {
		return Unsigned
	}
	return worst
}

// givenSignature is signs of what a call gives back.
func (p *Signatures) givenSignature(f *callgraph.Function, x frames, r *term.Result, depth int) Standing {
	c := f.Ops[r.Call].Call
	if c == nil || c.Kind == unit.Library {
		return Unsigned
	}
	targets, known := p.graph.Callees(f, c)
	worst, any := Signed, false
	for target, t := range callgraph.Behind(targets, r) {
		inner := frames{out: append([]func(term.Term) term.Term{target.Frame().Apply}, x.out...), body: x.body}
		if zero, _ := term.Zeroness(t); zero {
			continue // beside an error; nobody can send what is equal to nothing
		}
		worst, any = min(worst, p.signs(target.Fn, inner, t, depth-1)), true
	}
	if !known || !any {
		return Unsigned
	}
	return worst
}

// keeps reports of a key whether it is the installation's: not the client's, and no row's,
// which may be a tenant's.
func keeps(key term.Term) Standing {
	got := Signed
	term.Visit(key, func(t term.Term) {
		switch t := t.(type) {
		case *term.Origin:
			switch t.Kind {
			case term.Request:
				got = Unsigned
			case term.Unknown, term.Zero:
				got = min(got, Unclear)
			}
		case *term.Result:
			got = min(got, Unclear)
		case *term.Path:
			if t.Root == term.Param || t.Root == term.Free || t.Root == term.Context {
				if t.Root != term.Param || t.Index != 0 || len(t.Steps) == 0 { // but for a field of the receiver
					got = min(got, Unclear)
				}
			}
		}
	})
	return got
}

// ofBody reports whether the body is among the parts that were signed.
func ofBody(parts []term.Term) Standing {
	if slices.ContainsFunc(parts, func(t term.Term) bool { return term.Any(t, isBody) }) {
		return Signed
	}
	if slices.ContainsFunc(parts, isOpaque) {
		return Unclear
	}
	return Unsigned
}

// isOpaque reports whether a value is not known, or known to another function only.
func isOpaque(t term.Term) bool {
	return term.Any(t, func(x term.Term) bool {
		switch x := x.(type) {
		case *term.Origin:
			return x.Kind == term.Unknown
		case *term.Result:
			return true
		case *term.Path:
			return x.Root == term.Param || x.Root == term.Free
		}
		return false
	})
}

// hasBody reports whether a function that verifies has the body of the request:
// hands it to the call, or has read it.
func hasBody(f *callgraph.Function, c *unit.Call) bool {
	if slices.ContainsFunc(c.Args, func(a term.Term) bool { return term.Any(a, isBody) }) {
		return true
	}
	for i := range f.Reads {
		if isBody(f.Reads[i].Origin) {
			return true
		}
	}
	return false
}

func isBody(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && o.Kind == term.Request && o.Group == "body"
}
