package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// login is the excuse of a look-up of a user by the name that a person gives to
// log in: before that there is no caller, and no tenant but the one that is named.
const login = "login"

// loginWords are words in the names of functions by which people prove who they
// are.
var loginWords = map[string]bool{
	"login": true, "logon": true, "signin": true, "authenticate": true, "authentication": true, "authenticator": true,
	"oauth": true, "oauth2": true, "oidc": true, "sso": true, "saml": true, "ldap": true, "signup": true, "register": true,
	"registration": true, "forgot": true, "forgotten": true, "reset": true, "recover": true, "recovery": true, "magic": true, "passwordless": true,
}

// identities are words of columns by which people name themselves.
var identities = map[string]bool{"email": true, "mail": true, "username": true, "login": true, "phone": true, "mobile": true}

// logsIn tells whether a statement looks up a user by name, on a way that logs
// somebody in.
func logsIn(s *stmt, f *fn, c context) bool {
	if !s.namesPerson() {
		return false
	}
	on := saysLogin(f.Symbol) || c.at != nil && saysLogin(c.at.Symbol)
	for _, h := range c.hops {
		on = on || saysLogin(h.from.Symbol)
	}
	return on
}

func saysLogin(symbol string) bool {
	w := unit.Words(short(symbol))
	for i, x := range w {
		if loginWords[x] || i > 0 && w[i-1] == "log" && x == "in" || i > 0 && w[i-1] == "sign" && (x == "in" || x == "up") {
			return true
		}
	}
	return false
}

// namesPerson tells whether a statement is a query of the table of users by the
// name of a person.
func (s *stmt) namesPerson() bool {
	if !s.proof.Shape.Plain {
		return false
	}
	return slices.ContainsFunc(s.proof.Shape.Sources, func(x proof.Source) bool {
		return x.Table != nil && x.Table == s.cat.Principal && slices.ContainsFunc(x.Bound, func(b proof.Binding) bool {
			return slices.ContainsFunc(unit.Words(b.Column), func(w string) bool { return identities[w] })
		})
	})
}

// loggedIn trusts what a row says of the user, or of the user's tenant, where a
// function that logs people in has looked that row up by a person's name. What it
// makes of the row, a session or a token, is that person's.
func (p *program) loggedIn(e *env, a atom, r *term.Result, v value) value {
	if len(v.alts) > 0 || !saysLogin(e.fn.Symbol) || a.kind == proof.NonZero || a.kind == proof.Zero || !p.person(e.fn, r, maxRowDepth) {
		return v
	}
	return yes(assume("row of the user who logs in"))
}

// person tells whether a result is a part of a row that was looked up by a
// person's name, whichever way it was given.
func (p *program) person(f *fn, r *term.Result, depth int) bool {
	o := f.ops[r.Call]
	if depth == 0 {
		return false
	}
	if o.run != nil {
		t := p.statements(f, o.run)
		return t.reason == "" && !t.open && len(t.list) > 0 && !slices.ContainsFunc(t.list, func(s *stmt) bool { return s.broken != "" || !s.namesPerson() })
	}
	if o.call == nil {
		return false
	}
	targets, known := p.callees(f, o.call)
	if !known {
		return false
	}
	found := false
	for _, c := range targets {
		for i := range c.fn.Gives {
			t, ok := given(r, r.Call, &c.fn.Gives[i])
			if !ok {
				continue
			}
			for _, leaf := range term.Leaves(p.scanned(c.fn, t)) {
				if zero, known := isZero(leaf); known && zero {
					continue
				}
				inner, ok := leaf.(*term.Result)
				if !ok || !p.person(c.fn, inner, depth-1) {
					return false
				}
				found = true
			}
		}
	}
	return found
}
