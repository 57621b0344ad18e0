package solve

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// People log in by a name that they give: before that there is no caller, and no
// tenant but the one that is named.

// loginWords are words in the names of functions by which people prove who they
// are.
var loginWords = map[string]bool{
	"login": true, "logon": true, "signin": true, "authenticate": true, "authentication": true, "authenticator": true,
	"oauth": true, "oauth2": true, "oidc": true, "sso": true, "saml": true, "ldap": true, "signup": true, "register": true,
	"registration": true, "forgot": true, "forgotten": true, "reset": true, "recover": true, "recovery": true, "magic": true, "passwordless": true,
}

func SaysLogin(symbol string) bool {
	w := unit.Words(unit.Short(symbol))
	for i, x := range w {
		if loginWords[x] || i > 0 && w[i-1] == "log" && x == "in" || i > 0 && w[i-1] == "sign" && (x == "in" || x == "up") {
			return true
		}
	}
	return false
}

// loggedIn trusts what a row says of the user, or of the user's tenant, where a
// function that logs people in has looked that row up by a person's name. What it
// makes of the row, a session or a token, is that person's.
func (p *Solver) loggedIn(e *pathcond.Env, a obligation.Atom, r *term.Result, v obligation.Value) obligation.Value {
	if len(v.Alts) > 0 || !SaysLogin(e.Fn.Symbol) || a.Kind == proof.NonZero || a.Kind == proof.Zero || !p.person(e.Fn, r, rowflow.MaxRowDepth) {
		return v
	}
	return obligation.Yes(obligation.Assuming("row of the user who logs in"))
}

// person tells whether a result is a part of a row that was looked up by a
// person's name, whichever way it was given.
func (p *Solver) person(f *callgraph.Function, r *term.Result, depth int) bool {
	o := f.Ops[r.Call]
	if depth == 0 {
		return false
	}
	if o.Run != nil {
		t := p.stmts.Of(f, o.Run)
		return t.Reason == "" && !t.Open && len(t.List) > 0 && !slices.ContainsFunc(t.List, func(s *statement.Statement) bool { return s.Broken != "" || !s.NamesPerson() })
	}
	if o.Call == nil {
		return false
	}
	targets, known := p.graph.Callees(f, o.Call)
	if !known {
		return false
	}
	found := false
	for _, c := range targets {
		for i := range c.Fn.Gives {
			t, ok := callgraph.Given(r, r.Call, &c.Fn.Gives[i])
			if !ok {
				continue
			}
			for _, leaf := range term.Leaves(p.rows.ThroughMappers(c.Fn, t)) {
				if zero, known := term.Zeroness(leaf); known && zero {
					continue
				}
				inner, ok := leaf.(*term.Result)
				if !ok || !p.person(c.Fn, inner, depth-1) {
					return false
				}
				found = true
			}
		}
	}
	return found
}
