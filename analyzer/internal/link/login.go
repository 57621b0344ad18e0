package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// login is the excuse of a look-up of a user by the name that a person gives to
// log in: before that there is no caller, and no tenant but the one that is named.
const login = "login"

// logsIn tells whether a statement looks up a user by name, on a way that logs
// somebody in.
func (p *program) logsIn(s *stmt, f *fn, c context) bool {
	if !p.namesPerson(s) {
		return false
	}
	on := p.names.LogsIn(f.Symbol) || c.at != nil && p.names.LogsIn(c.at.Symbol)
	for _, h := range c.hops {
		on = on || p.names.LogsIn(h.from.Symbol)
	}
	return on
}

// namesPerson tells whether a statement is a query of the table of users by the
// name of a person.
func (p *program) namesPerson(s *stmt) bool {
	if !s.proof.Shape.Plain {
		return false
	}
	return slices.ContainsFunc(s.proof.Shape.Sources, func(x proof.Source) bool {
		return x.Table != nil && x.Table == s.cat.Principal && slices.ContainsFunc(x.Bound, func(b proof.Binding) bool {
			return p.names.NamesPerson(b.Column)
		})
	})
}

// loggedIn trusts what a row says of the user, or of the user's tenant, where a
// function that logs people in has looked that row up by a person's name. What it
// makes of the row, a session or a token, is that person's.
func (p *program) loggedIn(e *env, a atom, r *term.Result, v value) value {
	if _, ok := v.holds(); ok || !p.names.LogsIn(e.fn.Symbol) || a.kind == proof.NonZero || a.kind == proof.Zero || !p.person(e.fn, r, maxRowDepth) {
		return v
	}
	return or(v, yes(assume("row of the user who logs in")))
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
		return t.reason == "" && !t.open && len(t.list) > 0 && !slices.ContainsFunc(t.list, func(s *stmt) bool { return s.broken != "" || !p.namesPerson(s) })
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
