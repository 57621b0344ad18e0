package decision

import (
	"cmp"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Behind a secret of the set-up stand the operator's own services: whoever has it may name
// any tenant, if the program means it so. Whether it does is asked, once for the middleware
// that compares it.

// behindSecret names the middleware that lets nobody pass to a place without a secret with
// which the program was set up, "" if a request comes there otherwise.
func behindSecret(p *Decisions, at *callgraph.Function) string {
	return beforeEvery(p, at, p.secretBefore, func(entry *callgraph.Function) string { return secretAhead(p, entry) })
}

// secretAhead names the middleware that asks for a secret in every chain before an entry.
func secretAhead(p *Decisions, entry *callgraph.Function) string {
	name := ""
	for _, c := range p.chains.ChainsOf(entry) {
		k := slices.IndexFunc(c, func(s middleware.Step) bool { return asksSecret(p, s) })
		if k < 0 {
			return ""
		}
		name = cmp.Or(name, c[k].Name)
	}
	return name
}

// asksSecret reports whether a middleware goes on only where what the client proves himself
// by equals a value of the set-up.
func asksSecret(p *Decisions, s middleware.Step) bool {
	return len(s.Ways) > 0 && !slices.ContainsFunc(s.Ways, func(w middleware.Way) bool {
		fr := &frame{fn: w.Fn, setUp: true}
		return !slices.ContainsFunc(p.conds.At(w.Fn, w.Facts).Facts, func(f term.Fact) bool {
			return f.Op == term.Eq && (proves(f.A) && isSecret(p, fr, f.B) || proves(f.B) && isSecret(p, fr, f.A))
		})
	})
}

// proves reports whether a term is a header or cookie of the request, or was made of one.
func proves(t term.Term) bool {
	return term.Any(t, func(x term.Term) bool {
		o, ok := x.(*term.Origin)
		return ok && o.Kind == term.Request && (o.Group == "header" || o.Group == "cookie")
	})
}

// isSecret reports whether a term is a value with which the program was set up, and none that
// is written in it.
func isSecret(p *Decisions, fr *frame, t term.Term) bool {
	return !isConstant(t) && !term.Any(t, func(x term.Term) bool {
		switch x := x.(type) {
		case *term.Origin:
			return x.Kind != term.Config
		case *term.Path:
			return x.Root == term.Context || !p.plain(fr, x, maxDepth)
		case *term.Result:
			return !p.plain(fr, x, maxDepth)
		}
		return false
	})
}
