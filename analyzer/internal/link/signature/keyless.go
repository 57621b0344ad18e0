package signature

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// An installation that was given no key verifies nothing, on purpose: it runs on somebody's
// own machine. Whoever gives it one is the operator, and no client.
//
//	if h.secret == "" { return true }
//	if h.secret != "" && !verify(body) { return unauthorized }

// lacksKey reports whether an outcome of a function is that of an installation without the
// key that the function signs with.
func lacksKey(e *pathcond.Env) bool {
	return slices.ContainsFunc(e.Facts, func(f term.Fact) bool {
		return f.Op == term.IsZero && isKey(e.Fn, f.A)
	})
}

// ofKeyed is what a check says of the body that is made wherever the installation has the
// key that it is made with.
func (p *Signatures) ofKeyed(e *pathcond.Env, x frames, f term.Fact, q question) Standing {
	when, ok := f.A.(*term.Test)
	then, isTest := f.B.(*term.Test)
	if !ok || !isTest || when.Fact.Op != term.NonZero || keeps(x.apply(when.Fact.A)) != Signed {
		return Unsigned
	}
	q.keyed = true // the facts may bring others of the kind with them, without an end
	rest := slices.DeleteFunc(slices.Clone(e.Facts), func(y term.Fact) bool { return y.Op == term.Implies })
	return min(IfKeyed, p.of(p.conds.At(e.Fn, append(rest, when.Fact, then.Fact)), x, q))
}

// isKey reports whether a function signs with a value, which is the installation's.
func isKey(f *callgraph.Function, t term.Term) bool {
	if keeps(t) != Signed {
		return false
	}
	found := false
	note := func(v term.Term) { found = found || signsWith(v, t) }
	callgraph.EachValue(f, note)
	for i := range f.Gives {
		for _, x := range f.Gives[i].If {
			note(x.A)
			note(x.B)
		}
	}
	return found
}

// signsWith reports whether a value is a signature that was made with a key, or a comparison
// with one.
func signsWith(v, key term.Term) bool {
	if test, ok := v.(*term.Test); ok {
		return signsWith(test.Fact.A, key) || signsWith(test.Fact.B, key)
	}
	return slices.ContainsFunc(term.Leaves(v), func(leaf term.Term) bool {
		with, _, ok := term.Signature(leaf)
		return ok && term.Any(with, func(x term.Term) bool { return term.Same(x, key) })
	})
}
