package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A *staff test* asks whether the caller runs the installation: user.IsSuperAdmin,
// claims.Role == "instance_admin". It ties nothing; whether such callers may see
// every tenant is a question, answered by the word that is tested. The attribute
// must be the caller's own: of the context's user, of verified claims, of a row
// that was found by the user. A role within a tenant is none, unless its name can
// mean nothing else.

// staffExcuse is the reason of what only staff comes to.
const staffExcuse = "staff"

// staffMark begins a question about a staff test among those about checkers.
const staffMark = "staff "

// byStaff is what staff tests in force at a place are worth: an excuse if a
// person has spoken for the word, a question otherwise. Nothing stays open.
func (p *program) byStaff(e *env) (notes, bool) { return p.staffTests(e, maxRowDepth).holds() }

// staffTests are the staff tests in force at a place; what they ask of parameters
// is open.
func (p *program) staffTests(e *env, depth int) value {
	v := value{}
	if depth == 0 {
		return v
	}
	for _, f := range e.facts {
		if name, r := p.staffName(f); r != trust.Nobody {
			v = or(v, p.own(e, f.A, r, maxRowDepth).noted(p.staffNotes(name)))
		}
	}
	for _, k := range tested(e) {
		if run := p.runAt(e.fn, k); run != nil && sawRow(e, k) {
			v = or(v, p.staffRow(e, run))
		}
		if c := e.fn.ops[k].call; c != nil && c.Mode == unit.Now {
			v = or(v, p.staffOutcome(e, k, c, depth))
		}
	}
	v.fails = nil
	return v
}

// staffRow: a row of the user's was found by a word that means staff.
func (p *program) staffRow(e *env, run *unit.Run) value {
	texts := p.statements(e.fn, run)
	if texts.open || texts.reason != "" || len(texts.list) != 1 || texts.list[0].broken != "" || !texts.list[0].proof.Certain {
		return value{}
	}
	s, v := texts.list[0], value{}
	for _, word := range s.proof.Shape.Words {
		if p.names.StaffRank(word) != trust.Staff {
			continue
		}
		for i := range s.proof.Relations {
			v = or(v, p.tied(e, run, s, s.relation(i), proof.Principal).noted(p.staffNotes(word)))
		}
	}
	return v
}

func (p *program) staffNotes(name string) notes {
	if slices.Contains(p.staffWords, name) {
		return notes{excuse: staffExcuse}
	}
	return ask(staffMark + name)
}

// staffName is the word of a fact that may be a staff test: the constant that an
// attribute equals, or the name of an attribute that is true.
func (p *program) staffName(f term.Fact) (string, trust.Rank) {
	switch f.Op {
	case term.Eq:
		if c, ok := f.B.(*term.Const); ok && c.Kind == term.Text {
			return c.Text, p.names.StaffRank(c.Text)
		}
	case term.True, term.NonZero:
		name := attribute(f.A)
		return name, p.names.StaffRank(name)
	}
	return "", trust.Nobody
}

// attribute is the name of the field or column that a term ends in.
func attribute(t term.Term) string {
	_, steps := rootOf(t)
	if len(steps) == 0 {
		return ""
	}
	if last := steps[len(steps)-1]; last.Kind == term.FieldStep || last.Kind == term.ColumnStep {
		return last.Name
	}
	return ""
}

// staffOutcome tells whether call k can only have ended as it was tested to
// because of a staff test in it; of a function that is not known, its name says
// so.
func (p *program) staffOutcome(e *env, k int, c *unit.Call, depth int) value {
	name := calleeName(c)
	targets, known := p.callees(e.fn, c)
	if c.Kind == unit.Library || !known || len(targets) == 0 {
		if c.Kind != unit.Dynamic && p.names.StaffRank(short(name)) == trust.Staff && saidYes(e, k) && p.forCaller(e.fn, c) {
			return yes(p.staffNotes(name))
		}
		return value{}
	}
	v, possible := yes(notes{}), false
	for _, t := range targets {
		if !p.hasStaffTest(t.fn, maxRowDepth) {
			return value{}
		}
		for i := range t.fn.Gives {
			inner, ok := p.outcome(e, k, t.fn, &t.fn.Gives[i])
			if !ok {
				continue
			}
			possible = true
			if v = and(v, p.lift(e, p.staffTests(p.at(t.fn, inner), depth-1), t, c)); len(v.alts) == 0 {
				return value{}
			}
		}
	}
	if !possible {
		return value{}
	}
	return v
}

// hasStaffTest tells whether a function, or one that it calls, has a staff test.
func (p *program) hasStaffTest(f *fn, depth int) bool {
	if known, ok := p.staffish[f]; ok {
		return known
	}
	p.staffish[f] = false // while it is looked at: a cycle adds none
	found := false
	note := func(x term.Fact) {
		_, r := p.staffName(x)
		found = found || r != trust.Nobody
	}
	for i := range f.Gives {
		for _, x := range f.Gives[i].If {
			note(x)
		}
		for _, r := range f.Gives[i].Results {
			if t, ok := r.(*term.Test); ok {
				note(t.Fact)
			}
			found = found || p.names.StaffRank(attribute(r)) != trust.Nobody
		}
	}
	for i := range f.Runs {
		for _, t := range p.statements(f, &f.Runs[i]).list {
			found = found || t.broken == "" && slices.ContainsFunc(t.proof.Shape.Words, func(w string) bool { return p.names.StaffRank(w) == trust.Staff })
		}
	}
	for i := range f.Calls {
		if found || depth == 0 {
			break
		}
		found = p.names.StaffRank(short(calleeName(&f.Calls[i]))) == trust.Staff
		targets, _ := p.callees(f, &f.Calls[i])
		for _, t := range targets {
			found = found || p.hasStaffTest(t.fn, depth-1)
		}
	}
	p.staffish[f] = found
	return found
}

// own tells whether an attribute is the caller's, and speaks of staff where it
// stands: that of an admin does only where users belong to no tenant.
func (p *program) own(e *env, t term.Term, r trust.Rank, depth int) value {
	if depth == 0 {
		return value{}
	}
	switch x := t.(type) {
	case *term.Origin:
		if x.Kind == term.Principal {
			return yes(notes{})
		}
	case *term.Path:
		return p.ownPath(e, x, r, depth)
	case *term.Result:
		return p.ownResult(e, x, r, depth)
	case *term.Join:
		v := yes(notes{})
		for _, leaf := range x.Terms {
			if zero, known := isZero(leaf); !known || !zero {
				v = and(v, p.own(e, leaf, r, depth))
			}
		}
		return v
	}
	return value{}
}

func (p *program) ownPath(e *env, x *term.Path, r trust.Rank, depth int) value {
	switch x.Root {
	case term.Context:
		if p.speaksOfUser(x.Name) && (r == trust.Staff || !p.hasTenant(x) && !p.besideTenant(x)) {
			return yes(notes{})
		}
	case term.Param:
		v, asked := yes(notes{}), false
		for _, in := range p.edges[e.fn] {
			if p.live[in.from] == nil || in.creates || x.Index >= len(in.args) || in.args[x.Index] == nil {
				continue
			}
			asked = true
			v = and(v, p.own(p.at(in.from, in.facts), in.into(x), r, depth-1))
		}
		if asked {
			return v
		}
	}
	return value{}
}

// speaksOfUser tells a context key, or a function, whose value is the caller's
// identity or claims.
func (p *program) speaksOfUser(name string) bool {
	if p.names.contextKey(proof.Principal, name, nil) {
		return true
	}
	return p.names.SpeaksOfCaller(name)
}

// hasTenant tells whether the object under a context key names a tenant: then an
// admin is one of that tenant.
func (p *program) hasTenant(x *term.Path) bool {
	if p.tenanted == nil {
		p.tenanted = map[string]bool{}
		for _, f := range p.order {
			eachValue(f, p.noteTenant)
			for i := range f.Runs {
				for _, a := range f.Runs[i].Args {
					p.noteTenant(a)
				}
			}
		}
	}
	return p.tenanted[x.Name]
}

// besideTenant tells whether what is under a context key is put there beside a
// tenant, or comes from the row of one: then an admin is one of that tenant, and
// says nothing of another's rows.
func (p *program) besideTenant(x *term.Path) bool {
	for _, w := range p.puts[x.Name] {
		for i := range w.fn.Puts {
			if kind, ok := p.trustedKey(w.fn.Puts[i].Key); ok && kind == proof.Tenant {
				return true
			}
		}
		if p.ofTenantRow(w.fn, term.Select(w.value, x.Steps...), maxRowDepth) {
			return true
		}
	}
	return false
}

// ofTenantRow tells whether a term holds a column of a row that a tenant owns, such
// as a membership.
func (p *program) ofTenantRow(f *fn, t term.Term, depth int) bool {
	found := false
	visit(p.scanned(f, t), func(x term.Term) {
		r, ok := x.(*term.Result)
		if !ok || found || depth == 0 {
			return
		}
		if run := f.ops[r.Call].run; run != nil {
			if step, ok := columnStep(r.Steps); ok {
				for _, s := range p.statements(f, run).list {
					o := p.output(s, step)
					found = found || s.broken == "" && o != nil && o.Table != nil && o.Table.Tenancy != catalogue.Shared
				}
			}
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
					found = found || p.ofTenantRow(target.fn, inner, depth-1)
				}
			}
		}
	})
	return found
}

func (p *program) noteTenant(t term.Term) {
	visit(t, func(x term.Term) {
		if c, ok := x.(*term.Path); ok && c.Root == term.Context && p.names.is(proof.Tenant, attribute(c)) {
			p.tenanted[c.Name] = true
		}
	})
}

func (p *program) ownResult(e *env, x *term.Result, r trust.Rank, depth int) value {
	if run := p.runAt(e.fn, x.Call); run != nil && (len(x.Steps) == 0 || x.Steps[0].Kind != term.ResultStep) {
		return p.ownRow(e, x, r, run)
	}
	c := e.fn.ops[x.Call].call
	if c == nil {
		return value{}
	}
	name := calleeName(c)
	if c.Kind == unit.Library {
		if p.names.accessor(proof.Principal, name) || p.speaksOfUser(name) {
			return yes(notes{})
		}
		return value{}
	}
	targets, known := p.callees(e.fn, c)
	v, possible := yes(notes{}), false
	for _, target := range targets {
		for i := range target.fn.Gives {
			g := &target.fn.Gives[i]
			t, ok := given(x, x.Call, g)
			if !ok {
				continue
			}
			facts, ok := p.outcome(e, x.Call, target.fn, g)
			if zero, known := isZero(t); !ok || known && zero {
				continue
			}
			possible = true
			if leaf, isParam := t.(*term.Path); isParam && leaf.Root == term.Param {
				v = and(v, p.own(e, p.restore(target, x.Call, t), r, depth-1))
				continue
			}
			v = and(v, p.lift(e, p.own(p.at(target.fn, facts), t, r, depth-1), target, c))
		}
	}
	if !known || !possible {
		return value{}
	}
	return v
}

// ownRow: the row was found by the user, whoever's tenant it is.
func (p *program) ownRow(e *env, x *term.Result, r trust.Rank, run *unit.Run) value {
	step, ok := columnStep(x.Steps)
	texts := p.statements(e.fn, run)
	if !ok || texts.open || texts.reason != "" || len(texts.list) == 0 {
		return value{}
	}
	v := yes(notes{})
	for _, s := range texts.list {
		if s.broken != "" {
			return value{}
		}
		o := p.output(s, step)
		if o == nil || o.Table == nil || r != trust.Staff && o.Table.Tenancy != catalogue.Shared {
			return value{}
		}
		v = and(v, p.tied(e, run, s, o, proof.Principal))
	}
	return v
}

// behindStaff tells whether only staff comes to a statement in a context: a staff
// test is in force on the way down, or on every way from a request to its start.
func (p *program) behindStaff(f *fn, run *unit.Run, c context) (notes, bool) {
	if len(c.hops) == 0 || c.hops[len(c.hops)-1].to == f {
		if n, ok := p.byStaff(p.at(f, run.If)); ok {
			return n, true
		}
	}
	for _, h := range c.hops {
		if n, ok := p.byStaff(p.at(h.from, h.facts)); ok {
			return n, true
		}
	}
	return p.staffAbove(c.at, map[*fn]bool{})
}

func (p *program) staffAbove(f *fn, seen map[*fn]bool) (notes, bool) {
	if seen[f] {
		return notes{}, true // a cycle comes from nowhere else
	}
	seen[f] = true
	out, asked := notes{}, false
	if p.isEntry(f) {
		n, ok := p.staffBefore(f)
		if !ok {
			return notes{}, false
		}
		out, asked = n, true
	}
	for _, e := range p.edges[f] {
		if l := p.live[e.from]; l == nil || !l.by[requestRoot] || e.creates || e.explained {
			continue
		}
		n, ok := p.byStaff(p.at(e.from, e.facts))
		if !ok {
			n, ok = p.staffAbove(e.from, seen)
		}
		if !ok {
			return notes{}, false
		}
		out, asked = out.with(n), true
	}
	return out, asked
}

// staffBefore tells whether a middleware with a staff test stands on every route
// to an entry.
func (p *program) staffBefore(f *fn) (notes, bool) {
	chains := p.chainsOf(f)
	out := notes{}
	for _, c := range chains {
		n, ok := p.staffIn(c)
		if !ok {
			return notes{}, false
		}
		out = out.with(n)
	}
	return out, len(chains) > 0
}

func (p *program) staffIn(c chain) (notes, bool) {
	for _, s := range c {
		out, all := notes{}, len(s.ways) > 0
		for _, w := range s.ways {
			n, ok := p.byStaff(p.at(w.fn, w.facts))
			all = all && ok
			out = out.with(n)
		}
		if all {
			return out, true
		}
	}
	return notes{}, false
}

// onlyStaff tells a way out of a guard that only staff has, beside others that are
// proved: who wrote both has decided it, and it is named.
func (p *program) onlyStaff(e *env) (notes, bool) {
	n, ok := p.byStaff(e)
	if !ok {
		return notes{}, false
	}
	if n.settled() {
		return assume(trust.StaffPasses.Premise()), true
	}
	return assume(trust.StaffMayPass.Premise(n.asks[0])), true
}
