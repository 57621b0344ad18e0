package staff

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Who brings a secret that the installation was given is a service of whoever runs it, and
// nobody's user:
//
//	if token != os.Getenv("INTERNAL_SECRET") { return forbidden }
//
// Whether such a service may name any tenant is asked by the function that compares.

// bySecret are the notes of a secret of the installation that the caller is known to have.
func (p *Staff) bySecret(e *pathcond.Env) (obligation.Notes, bool) {
	if !slices.ContainsFunc(e.Facts, func(f term.Fact) bool { return p.knowsSecret(e.Fn, f) }) {
		return obligation.Notes{}, false
	}
	by, _, _ := strings.Cut(e.Fn.Symbol, "$")
	if p.vouched(by) {
		return obligation.Notes{Excuse: StaffExcuse}, true
	}
	return p.staffNotes(by), true
}

// knowsSecret reports whether a fact of a function is that the caller has a secret of the
// installation.
func (p *Staff) knowsSecret(f *callgraph.Function, x term.Fact) bool {
	if r, ok := x.A.(*term.Result); ok && x.Op == term.True {
		c := f.Ops[r.Call].Call
		return c != nil && c.Role == library.Verifies && len(c.Args) == 2 && p.areOneSecret(c.Args[0], c.Args[1])
	}
	return x.Op == term.Eq && p.areOneSecret(x.A, x.B)
}

// areOneSecret reports whether one of two values is a credential that the client brings, and
// the other a setting of the installation.
func (p *Staff) areOneSecret(a, b term.Term) bool {
	return p.bringsSecret(a) && p.isSetting(b) || p.bringsSecret(b) && p.isSetting(a)
}

func (p *Staff) bringsSecret(t term.Term) bool {
	return term.Any(t, func(x term.Term) bool {
		o, ok := x.(*term.Origin)
		if !ok || o.Kind != term.Request || o.Group != "header" && o.Group != "cookie" {
			return false
		}
		return strings.EqualFold(o.Name, "authorization") || p.access.Names.SecretColumn("", o.Name)
	})
}

// isSetting reports whether all that a value may be is what the installation was given: it comes
// out of the configuration, or is called a secret and held by a server or the maker of a
// middleware.
func (p *Staff) isSetting(t term.Term) bool {
	leaves := term.Leaves(t)
	return len(leaves) > 0 && !slices.ContainsFunc(leaves, func(leaf term.Term) bool {
		switch x := leaf.(type) {
		case *term.Origin:
			return x.Kind != term.Config
		case *term.Path:
			return !isHeld(x) || !p.access.Names.SecretColumn("", nameOf(x))
		}
		return true
	})
}

// isHeld tells a field of the receiver, and what a closure has captured.
func isHeld(x *term.Path) bool {
	return x.Root == term.Free || x.Root == term.Global || x.Root == term.Param && x.Index == 0 && len(x.Steps) > 0
}

// nameOf is the last name of a path.
func nameOf(x *term.Path) string {
	if name := attribute(x); name != "" {
		return name
	}
	return x.Name
}
