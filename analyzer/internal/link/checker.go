package link

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// checkWords are words in the names of functions that decide access.
var checkWords = map[string]bool{
	"can": true, "may": true, "allow": true, "allowed": true, "allows": true, "authorize": true, "authorise": true, "authorized": true,
	"authorizer": true, "authz": true, "enforce": true, "enforcer": true, "check": true, "checks": true, "verify": true, "ensure": true,
	"require": true, "permit": true, "permitted": true, "permission": true, "permissions": true, "has": true, "access": true,
	"guard": true, "owns": true, "owner": true, "belongs": true, "member": true, "policy": true, "validate": true, "decide": true,
}

func soundsLikeCheck(symbol string) bool {
	return slices.ContainsFunc(words(short(symbol)), func(w string) bool { return checkWords[w] })
}

// checker is a function that decides access, perhaps, and stands before the use
// of the value: its success is in force, it takes the value or the context, and
// it is not understood. "" if there is none.
func (p *program) checker(a accusation) string { return p.checkerOn(a.context, a.at, a.cause) }

func (p *program) checkerOn(c context, at spot, why cause) string {
	for _, e := range append(p.witness(c.at), c.hops...) {
		if name := p.checkerBefore(e, why); name != "" {
			return name
		}
	}
	return ""
}

// checkerBefore looks at what is in force where an edge is taken.
func (p *program) checkerBefore(e *edge, why cause) string {
	at := p.at(e.from, e.facts)
	for _, f := range at.facts {
		if f.Op != term.Nil && f.Op != term.True {
			continue
		}
		switch x := f.A.(type) {
		case *term.Origin:
			name, ok := strings.CutPrefix(x.Name, "call ")
			if x.Kind == term.Unknown && ok && soundsLikeCheck(name) && !isParser(name) {
				return name
			}
		case *term.Result:
			if c := e.from.ops[x.Call].call; c != nil && c != e.call && p.isChecker(e.from, c, e, why) {
				return calleeName(c)
			}
		}
	}
	return ""
}

// decides tells whether call k is one of the functions that the settings name
// as checkers, was given the atom's value, and said yes.
func (p *program) decides(e *env, a atom, k int, c *unit.Call) bool {
	if a.kind != proof.Tenant && a.kind != proof.Key || !slices.Contains(p.in.Settings.Checkers, calleeName(c)) {
		return false
	}
	given := slices.ContainsFunc(c.Args, func(arg term.Term) bool { return same(arg, a.t) })
	return given && slices.ContainsFunc(e.facts, func(f term.Fact) bool {
		r, ok := f.A.(*term.Result)
		return ok && r.Call == k && (f.Op == term.Nil || f.Op == term.True)
	})
}

func calleeName(c *unit.Call) string {
	if c.Kind == unit.Interface {
		return c.Symbol + "." + c.Method
	}
	return c.Symbol
}

// isParser tells the validators of form, which decide nothing about access.
func isParser(name string) bool {
	return slices.ContainsFunc(words(short(name)), func(w string) bool {
		return w == "parse" || w == "validator" || w == "struct" || w == "bind" || w == "regexp" || w == "password" || w == "hash" || w == "strings"
	})
}

func (p *program) isChecker(f *fn, c *unit.Call, e *edge, why cause) bool {
	name := calleeName(c)
	if slices.Contains(p.in.Settings.Checkers, name) {
		return false // understood: what it does not decide it does not excuse
	}
	if c.Kind == unit.Library {
		return c.Role == "decides" || soundsLikeCheck(name) && !isParser(name) && takes(c, e)
	}
	if !soundsLikeCheck(name) || !takes(c, e) {
		return false
	}
	targets, known := p.callees(f, c)
	if !known {
		return true
	}
	return slices.ContainsFunc(targets, func(t callee) bool { return t.fn.Results == 1 && !p.understood(t.fn, 3) })
}

// takes tells whether a call takes one of the values that the edge passes on.
func takes(c *unit.Call, e *edge) bool {
	for i, a := range c.Args {
		if i == 0 && (c.Kind == unit.Interface || strings.Contains(c.Symbol, ").")) {
			continue
		}
		for j, b := range e.args {
			if b == nil || j == 0 && e.to.Receiver != "" {
				continue
			}
			if within(a, b) || within(b, a) {
				return true
			}
		}
	}
	return false
}

// understood tells whether everything that decides how f ends is known.
func (p *program) understood(f *fn, depth int) bool {
	if depth == 0 {
		return true
	}
	for i := range f.Gives {
		g := &f.Gives[i]
		for _, x := range g.If {
			if !p.clear(f, x.A, depth) {
				return false
			}
		}
		for _, r := range g.Results {
			if !p.clear(f, r, depth) {
				return false
			}
		}
	}
	return true
}

func (p *program) clear(f *fn, t term.Term, depth int) bool {
	ok := true
	visit(t, func(x term.Term) {
		switch x := x.(type) {
		case *term.Origin:
			ok = ok && (x.Kind != term.Unknown || makesError(x.Name))
		case *term.Result:
			c := f.ops[x.Call].call
			if c == nil {
				return
			}
			if c.Kind == unit.Library {
				ok = false
				return
			}
			targets, known := p.callees(f, c)
			ok = ok && known
			for _, target := range targets {
				ok = ok && p.understood(target.fn, depth-1)
			}
		}
	})
	return ok
}
