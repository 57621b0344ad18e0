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
// Invariant: [Signed] needs what is used among what is signed, a key that neither the
// client nor a row brought, and a signature to compare with that the client did.
//
// It cannot see what a key of a configuration is good for, and does not ask how old a
// message is.
package signature

import (
	"slices"
	"sync"

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
	Known                    // it was verified with a key that is written in the program, or empty, wherever that is seen to be set
	IfKeyed                  // its bytes were signed by who has a key of the installation, if that has one: without, nothing is verified
	Signed                   // its bytes were signed by who has a key of the installation
)

// Signatures asks of the functions of a program.
type Signatures struct {
	graph    *callgraph.Graph
	conds    *pathcond.Conditions
	verifies func() bool // whether the program verifies anything
}

// New makes what asks of the functions of a program.
func New(graph *callgraph.Graph, conds *pathcond.Conditions) *Signatures {
	verifies := sync.OnceValue(func() bool {
		for f := range graph.Live {
			if verifiesItself(f) {
				return true
			}
		}
		return false
	})
	return &Signatures{graph: graph, conds: conds, verifies: verifies}
}

// verifiesItself reports whether a function calls what verifies a signature.
func verifiesItself(f *callgraph.Function) bool {
	return slices.ContainsFunc(f.Calls, func(c unit.Call) bool { return c.Role == Role })
}

// Body is what the facts of an environment say of a part of the body of the request.
func (p *Signatures) Body(e *pathcond.Env, used *term.Origin) Standing {
	return p.of(e, frames{outer: e.Fn}, question{used: used, depth: maxDepth})
}

// Part is what the facts of an environment say of a part of the request that is not its
// body: a state that comes back in a link, which the program has signed itself. What is
// verified beside it without being seen to be it says nothing.
func (p *Signatures) Part(e *pathcond.Env, used *term.Origin) Standing {
	if !p.verifies() {
		return Unsigned
	}
	return p.of(e, frames{outer: e.Fn}, question{used: used, depth: maxDepth})
}

// Given is what is known of what a verifying library call k gives, which it makes of what
// was signed.
func (p *Signatures) Given(e *pathcond.Env, k int) Standing {
	return p.verified(e, frames{outer: e.Fn}, k, question{depth: maxDepth})
}

// question is what is asked of a signature: whether it covers a part of the body, any of
// it if that is nil, and how deep it may still lie in helpers. Keyed tells that a check which
// stands where there is a key is being looked into: none stands inside of it.
type question struct {
	used  *term.Origin
	depth int
	keyed bool
}

func (q question) deeper() question {
	q.depth--
	return q
}

// frames leads from a function out to the one whose environment is asked: what its
// parameters are there, innermost first, and whether one of them is the body.
type frames struct {
	outer *callgraph.Function
	out   []func(term.Term) term.Term
	body  bool
}

func (x frames) apply(t term.Term) term.Term {
	for _, f := range x.out {
		t = f(t)
	}
	return t
}

// of is what the facts of an environment say of the body of the request: by a library
// call that verifies and whose success is one of them, by a comparison with what is made
// of the body with a key, or by a function that gives that success only behind such a
// check.
func (p *Signatures) of(e *pathcond.Env, x frames, q question) Standing {
	best := Unsigned
	for _, f := range e.Facts {
		switch r, _ := f.A.(*term.Result); {
		case f.Op == term.Eq:
			best = max(best, p.compared(e.Fn, x, f.A, f.B, q))
		case f.Op == term.Implies && !q.keyed:
			best = max(best, p.ofKeyed(e, x, f, q))
		case r != nil && (f.Op == term.True || f.Op == term.Nil) && e.Fn.Ops[r.Call].Call != nil:
			best = max(best, p.verified(e, x, r.Call, q))
		}
	}
	return best
}

// compared is what it says of the body that two values are equal: one of them was made
// with a key, and the other one is what the client brought.
func (p *Signatures) compared(f *callgraph.Function, x frames, a, b term.Term, q question) Standing {
	left, right := p.resolved(f, x, a, q.depth), p.resolved(f, x, b, q.depth)
	return max(min(p.signs(x.outer, left, q.used), brought(right)), min(p.signs(x.outer, right, q.used), brought(left)))
}

// verified is what the success of call k says of the body.
func (p *Signatures) verified(e *pathcond.Env, x frames, k int, q question) Standing {
	c := e.Fn.Ops[k].Call
	if q.depth == 0 {
		return Unsigned
	}
	if c.Kind != unit.Library {
		return p.verifiedWithin(e, x, k, q)
	}
	if c.Role != Role {
		return Unsigned
	}
	best := Unsigned
	if len(c.Args) == 2 {
		best = p.compared(e.Fn, x, c.Args[0], c.Args[1], q)
	} else if len(c.Args) == 1 {
		best = p.signs(x.outer, p.resolved(e.Fn, x, c.Args[0], q.depth), q.used)
	}
	opaque := slices.ContainsFunc(c.Args, func(a term.Term) bool {
		_, _, keyed := term.Signature(x.apply(a))
		return !keyed && isOpaque(x.apply(a))
	})
	if opaque && (x.body || hasBody(e.Fn, c)) {
		best = max(best, Unclear)
	}
	return best
}

// verifiedWithin is what the success of call k of the module says: the least of what its
// ways to that success say.
func (p *Signatures) verifiedWithin(e *pathcond.Env, x frames, k int, q question) Standing {
	c := e.Fn.Ops[k].Call
	targets, known := p.graph.Callees(e.Fn, c)
	if !known || len(targets) == 0 {
		return Unsigned
	}
	worst, keyless, checks := Signed, false, false
	for _, t := range targets {
		inner := frames{
			outer: x.outer,
			out:   append([]func(term.Term) term.Term{t.Frame().Apply}, x.out...),
			body:  x.body || slices.ContainsFunc(c.Args, func(a term.Term) bool { return term.Any(x.apply(a), isBody) }),
		}
		for i := range t.Fn.Gives {
			at, ok := p.conds.Outcome(e, k, t.Fn, &t.Fn.Gives[i])
			switch {
			case !ok:
			case lacksKey(at):
				keyless = true
			default:
				worst, checks = min(worst, p.of(at, inner, q.deeper())), true
			}
		}
	}
	switch {
	case keyless && !checks:
		return Unsigned
	case keyless:
		return min(worst, IfKeyed)
	}
	return worst
}

// resolved are the values that a term may be in the function that is asked: what functions
// of the module give, and the parameters of this one, are looked up. One that is not found
// is nil.
func (p *Signatures) resolved(f *callgraph.Function, x frames, t term.Term, depth int) []term.Term {
	var out []term.Term
	for _, leaf := range term.Leaves(t) {
		r, ok := leaf.(*term.Result)
		if !ok || f.Ops[r.Call].Call == nil || f.Ops[r.Call].Call.Kind == unit.Library {
			out = append(out, term.Leaves(x.apply(leaf))...)
			continue
		}
		out = append(out, p.given(f, x, r, depth)...)
	}
	return out
}

// given is resolved of what a call of the module gives back.
func (p *Signatures) given(f *callgraph.Function, x frames, r *term.Result, depth int) []term.Term {
	targets, known := p.graph.Callees(f, f.Ops[r.Call].Call)
	if !known || depth == 0 {
		return []term.Term{nil}
	}
	var out []term.Term
	for target, t := range callgraph.Behind(targets, r) {
		if zero, _ := term.Zeroness(t); zero {
			continue // beside an error; nobody can send what is equal to nothing
		}
		inner := frames{outer: x.outer, out: append([]func(term.Term) term.Term{target.Frame().Apply}, x.out...), body: x.body}
		out = append(out, p.resolved(target.Fn, inner, t, depth-1)...)
	}
	if out == nil {
		return []term.Term{nil}
	}
	return out
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
