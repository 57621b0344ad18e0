package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// login is the excuse of a look-up of a user by the name that a person gives to
// log in: before that there is no caller, and no tenant but the one that is named.
const login = "login"

// logsIn tells by which function a statement looks a user up by name where
// somebody logs in, "" if it does not: the name of a function on the way says so,
// nobody is known to call there yet, and the row is not given away before a
// credential of it was looked at. That it is so rests on the name.
func (p *program) logsIn(s *stmt, f *fn, run *unit.Run, c context) string {
	if !p.namesPerson(s) {
		return ""
	}
	on := []*fn{f}
	for _, h := range c.hops {
		on = append(on, h.from)
	}
	if c.at != nil && !slices.Contains(on, c.at) {
		on = append(on, c.at)
	}
	i := slices.IndexFunc(on, func(g *fn) bool { return p.names.LogsIn(g.Symbol) })
	if i < 0 || p.knowsUser(c.at) || p.givesAway(on, run, s) {
		return ""
	}
	return short(on[i].Symbol)
}

// knowsUser tells whether a middleware before an entry has put a user or a tenant
// into the context wherever it let the request go on.
func (p *program) knowsUser(entry *fn) bool {
	if entry == nil {
		return false
	}
	for _, c := range p.chainsOf(entry) {
		for _, s := range c {
			if len(s.ways) > 0 && !slices.ContainsFunc(s.ways, func(w way) bool { return !p.putsUser(w.fn, w.facts, maxCallbackDepth) }) {
				return true
			}
		}
	}
	return false
}

// putsUser tells whether a function has put a user or a tenant into the context,
// itself or by a call, at a place where facts hold.
func (p *program) putsUser(f *fn, facts []term.Fact, depth int) bool {
	held := func(need []term.Fact) bool {
		return !slices.ContainsFunc(need, func(x term.Fact) bool {
			return !slices.ContainsFunc(facts, func(y term.Fact) bool { return x.String() == y.String() })
		})
	}
	for i := range f.Puts {
		if _, ok := p.trustedKey(f.Puts[i].Key); ok && held(f.Puts[i].If) {
			return true
		}
	}
	for i := range f.Calls {
		c := &f.Calls[i]
		if depth == 0 || !held(c.If) {
			continue
		}
		targets, known := p.callees(f, c)
		if known && len(targets) > 0 && !slices.ContainsFunc(targets, func(t callee) bool { return !p.putsUser(t.fn, nil, depth-1) }) {
			return true
		}
	}
	return false
}

// givesAway tells whether what a row says goes somewhere that is not understood,
// beside its keys and credentials, and no credential of it was looked at on the way.
func (p *program) givesAway(on []*fn, run *unit.Run, s *stmt) bool {
	given, checked := false, false
	for _, f := range on {
		for i := range f.Uses {
			away, credential := p.shows(f, f.Uses[i].Value, run, s)
			given, checked = given || away, checked || credential && !away
		}
		for i := range f.Gives {
			for _, x := range f.Gives[i].If {
				_, a := p.shows(f, x.A, run, s)
				_, b := p.shows(f, x.B, run, s)
				checked = checked || a || b
			}
			for _, r := range f.Gives[i].Results {
				if away, _ := p.shows(f, r, run, s); away && p.isEntry(f) {
					given = true
				}
			}
		}
		for i := range f.Calls {
			for _, a := range f.Calls[i].Args {
				away, credential := p.shows(f, a, run, s)
				checked = checked || credential && !away
				given = given || away && p.leaves(f, &f.Calls[i], maxCallbackDepth)
			}
		}
	}
	return given && !checked
}

// leaves tells whether a call may show what it is handed to somebody.
func (p *program) leaves(f *fn, c *unit.Call, depth int) bool {
	targets, known := p.callees(f, c)
	if c.Kind == unit.Library || !known || depth == 0 {
		return c.Kind != unit.Library
	}
	return slices.ContainsFunc(targets, func(t callee) bool {
		return len(t.fn.Uses) > 0 || slices.ContainsFunc(t.fn.Calls, func(inner unit.Call) bool { return p.leaves(t.fn, &inner, depth-1) })
	})
}

// shows tells whether a term holds a column of a statement's row that says
// something of the person, and whether it holds a credential.
func (p *program) shows(f *fn, t term.Term, run *unit.Run, s *stmt) (away, credential bool) {
	if t == nil {
		return false, false
	}
	columns, whole := p.columnsIn(f, t, run, s, maxRowDepth)
	for _, o := range columns {
		secret := o.Table != nil && p.names.Credential(o.Table.Name, o.Column)
		credential = credential || secret
		away = away || !secret && !(o.Table != nil && (o.Table.OfUser(o.Column) || o.Column == o.Table.Column))
	}
	return away || whole, credential
}

// columnsIn lists the columns of a statement's row that a term of a function
// holds, and tells whether it holds the row as a whole.
func (p *program) columnsIn(f *fn, t term.Term, run *unit.Run, s *stmt, depth int) (out []*proof.Output, whole bool) {
	visit(p.scanned(f, t), func(x term.Term) {
		r, ok := x.(*term.Result)
		if !ok || depth == 0 {
			return
		}
		if own := f.ops[r.Call].run; own != nil {
			if own != run {
				return
			}
			if step, ok := columnStep(r.Steps); ok {
				if o := p.output(s, step); o != nil {
					out = append(out, o)
				}
				return
			}
			whole = whole || isRowPart(r)
			return
		}
		c := f.ops[r.Call].call
		if c == nil || c.Kind == unit.Library {
			return
		}
		targets, _ := p.callees(f, c)
		for _, target := range targets {
			for i := range target.fn.Gives {
				if inner, ok := given(r, r.Call, &target.fn.Gives[i]); ok {
					more, all := p.columnsIn(target.fn, inner, run, s, depth-1)
					out, whole = append(out, more...), whole || all
				}
			}
		}
	})
	return out, whole
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
	return or(v, yes(assume(trust.LoggedInRow.Premise())))
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
