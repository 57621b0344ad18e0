package staff

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
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

// StaffExcuse is the reason of what only staff comes to.
const StaffExcuse = "staff"

// byStaff is what staff tests in force at a place are worth: an excuse if a
// person has spoken for the word, a question otherwise. Nothing stays open.
func (p *Staff) byStaff(e *pathcond.Env) (obligation.Notes, bool) {
	return p.staffTests(e, rowflow.MaxRowDepth).Holds()
}

// staffTests are the staff tests in force at a place; what they ask of parameters
// is open.
func (p *Staff) staffTests(e *pathcond.Env, depth int) obligation.Value {
	v := obligation.Value{}
	if depth == 0 {
		return v
	}
	for _, f := range e.Facts {
		if name, r := p.staffName(f); r != trust.Nobody {
			v = obligation.Or(v, p.own(e, f.A, r, rowflow.MaxRowDepth).Noted(p.staffNotes(name)))
		}
	}
	if n, ok := p.bySecret(e); ok {
		v = obligation.Or(v, obligation.Yes(n))
	}
	for _, k := range pathcond.Tested(e) {
		if run := p.stmts.RunAt(e.Fn, k); run != nil {
			v = obligation.Or(v, p.staffRow(e, run))
		}
		if c := e.Fn.Ops[k].Call; c != nil && c.Mode == unit.Now {
			v = obligation.Or(v, p.staffOutcome(e, k, c, depth))
		}
	}
	v.Fails = nil
	return v
}

// staffRow: a row of the user's was found by a word that means staff.
func (p *Staff) staffRow(e *pathcond.Env, run *unit.Run) obligation.Value {
	texts := p.stmts.Of(e.Fn, run)
	if texts.Open || texts.Reason != "" || len(texts.List) != 1 || texts.List[0].Broken != "" || !solve.Met(e, run.N, texts.List[0]) {
		return obligation.Value{}
	}
	s, v := texts.List[0], obligation.Value{}
	for _, word := range p.staffWordsOf(e.Fn, run, s) {
		for _, i := range word.Of {
			v = obligation.Or(v, p.solver.Tied(e, run, s, s.Relation(i), proof.Principal).Noted(p.staffNotes(word.Text)))
		}
	}
	return v
}

// staffWordsOf are the words that mean staff among what a statement demands of its rows, in
// its text or by a bind value.
func (p *Staff) staffWordsOf(f *callgraph.Function, run *unit.Run, s *statement.Statement) []proof.Word {
	var out []proof.Word
	for _, w := range s.Proof.Shape.Words {
		if w.Hole > 0 {
			if c, ok := p.stmts.Bind(f, run, s, w.Hole).(*term.Const); ok && c.Kind == term.Text {
				w.Text = c.Text
			}
		}
		if p.access.Names.StaffRank(w.Text) == trust.Staff {
			out = append(out, w)
		}
	}
	return out
}

func (p *Staff) staffNotes(name string) obligation.Notes {
	if slices.Contains(p.staffWords, name) {
		return obligation.Notes{Excuse: StaffExcuse}
	}
	return obligation.Ask(obligation.StaffMark + name)
}

// staffName is the word of a fact that may be a staff test: the constant that an
// attribute equals, or the name of an attribute that is true.
func (p *Staff) staffName(f term.Fact) (string, trust.Rank) {
	switch f.Op {
	case term.Eq, term.In:
		return p.staffWord(f.B)
	case term.True, term.NonZero:
		name := attribute(f.A)
		return name, p.access.Names.StaffRank(name)
	}
	return "", trust.Nobody
}

// staffWord is the first of some texts, and what all of them mean.
func (p *Staff) staffWord(t term.Term) (string, trust.Rank) {
	leaves := term.Leaves(t)
	if list, ok := t.(*term.List); ok && !list.Open {
		leaves = list.Elems
	}
	first, rank := "", trust.Nobody
	for i, x := range leaves {
		c, ok := x.(*term.Const)
		if !ok || c.Kind != term.Text {
			return "", trust.Nobody
		}
		r := p.access.Names.StaffRank(c.Text)
		if i == 0 {
			first, rank = c.Text, r
		}
		if r != rank {
			return "", trust.Nobody
		}
	}
	return first, rank
}

// attribute is the name of the field or column that a term ends in.
func attribute(t term.Term) string {
	_, steps := term.RootOf(t)
	if len(steps) == 0 {
		return ""
	}
	if last := steps[len(steps)-1]; last.Kind == term.FieldStep || last.Kind == term.ColumnStep {
		return last.Name
	}
	return ""
}

// vouched reports whether the settings name a function as one that tells staff, with its package
// or without.
func (p *Staff) vouched(symbol string) bool {
	bare := symbol[strings.LastIndexByte(symbol, '.')+1:]
	return symbol != "" && slices.ContainsFunc(p.staffWords, func(w string) bool { return w == symbol || w == unit.Short(symbol) || w == bare })
}

// staffOutcome reports whether call k can only have ended as it was tested to
// because of a staff test in it; of a function that is not known, its name says
// so.
func (p *Staff) staffOutcome(e *pathcond.Env, k int, c *unit.Call, depth int) obligation.Value {
	name := callgraph.CalleeName(c)
	if p.vouched(name) && pathcond.SaidYes(e, k) && p.access.ForCaller(e.Fn, c) {
		return obligation.Yes(obligation.Notes{Excuse: StaffExcuse})
	}
	targets, known := p.graph.Callees(e.Fn, c)
	tests := func(t callgraph.Callee) bool { return p.hasStaffTest(t.Fn, rowflow.MaxRowDepth) }
	if c.Kind == unit.Library || !known || !slices.ContainsFunc(targets, tests) {
		if c.Kind != unit.Dynamic && p.access.Names.StaffRank(unit.Short(name)) == trust.Staff && pathcond.SaidYes(e, k) && p.access.ForCaller(e.Fn, c) {
			return obligation.Yes(p.staffNotes(name))
		}
		return obligation.Value{}
	}
	v, possible := obligation.Yes(obligation.Notes{}), false
	for _, t := range targets {
		if !p.hasStaffTest(t.Fn, rowflow.MaxRowDepth) {
			return obligation.Value{}
		}
		for i := range t.Fn.Gives {
			inner, ok := p.conds.Outcome(e, k, t.Fn, &t.Fn.Gives[i])
			if !ok {
				continue
			}
			possible = true
			if v = obligation.And(v, p.solver.Lift(e, p.staffTests(inner, depth-1), t, c)); len(v.Alts) == 0 {
				return obligation.Value{}
			}
		}
	}
	if !possible {
		return obligation.Value{}
	}
	return v
}

// looked is a function that was looked at, and how many calls down.
type looked struct {
	fn    *callgraph.Function
	depth int
}

// hasStaffTest reports whether a function, or one that it calls, has a staff test.
func (p *Staff) hasStaffTest(f *callgraph.Function, depth int) bool {
	key := looked{f, depth} // what was not found so far down may be found from further up
	if known, ok := p.staffish[key]; ok {
		return known
	}
	found := false
	note := func(x term.Fact) {
		_, r := p.staffName(x)
		found = found || r != trust.Nobody || p.knowsSecret(f, x)
	}
	for i := range f.Gives {
		for _, x := range f.Gives[i].If {
			note(x)
		}
		for _, r := range f.Gives[i].Results {
			if t, ok := r.(*term.Test); ok {
				note(t.Fact)
			}
			found = found || p.access.Names.StaffRank(attribute(r)) != trust.Nobody
		}
	}
	for i := range f.Runs {
		for _, t := range p.stmts.Of(f, &f.Runs[i]).List {
			found = found || t.Broken == "" && len(p.staffWordsOf(f, &f.Runs[i], t)) > 0
		}
	}
	for i := range f.Calls {
		if found || depth == 0 {
			break
		}
		found = p.access.Names.StaffRank(unit.Short(callgraph.CalleeName(&f.Calls[i]))) == trust.Staff
		targets, _ := p.graph.Callees(f, &f.Calls[i])
		for _, t := range targets {
			found = found || p.hasStaffTest(t.Fn, depth-1)
		}
	}
	p.staffish[key] = found
	return found
}

// own reports whether an attribute is the caller's, and speaks of staff where it
// stands: that of an admin does only where users belong to no tenant.
func (p *Staff) own(e *pathcond.Env, t term.Term, r trust.Rank, depth int) obligation.Value {
	if depth == 0 {
		return obligation.Value{}
	}
	switch x := t.(type) {
	case *term.Origin:
		if by, called := x.Called(); x.Kind == term.Principal || called && p.libraryTells(by) {
			return obligation.Yes(obligation.Notes{})
		}
	case *term.Path:
		return p.ownPath(e, x, r, depth)
	case *term.Result:
		return p.ownResult(e, x, r, depth)
	case *term.Join:
		v := obligation.Yes(obligation.Notes{})
		for _, leaf := range x.Terms {
			if zero, known := term.Zeroness(leaf); !known || !zero {
				v = obligation.And(v, p.own(e, leaf, r, depth))
			}
		}
		return v
	}
	return obligation.Value{}
}

func (p *Staff) ownPath(e *pathcond.Env, x *term.Path, r trust.Rank, depth int) obligation.Value {
	switch x.Root {
	case term.Context:
		if p.speaksOfUser(x.Name) && (r == trust.Staff || !p.hasTenant(x) && !p.besideTenant(x)) {
			switch sent, all := p.sentIn(x); {
			case all:
				return obligation.Value{}
			case sent:
				return obligation.Yes(obligation.Ask(obligation.StaffMark + attribute(x)))
			}
			return obligation.Yes(obligation.Notes{})
		}
		return p.ownPut(x, r, depth)
	case term.Param:
		v, asked := obligation.Yes(obligation.Notes{}), false
		for _, in := range p.graph.Edges[e.Fn] {
			if p.graph.Live[in.From] == nil || in.Creates || x.Index >= len(in.Args) || in.Args[x.Index] == nil {
				continue
			}
			asked = true
			v = obligation.And(v, p.own(p.conds.At(in.From, in.Facts), in.Apply(x), r, depth-1))
		}
		if asked {
			return v
		}
	}
	return obligation.Value{}
}

// speaksOfUser tells a context key, or a function, whose value is the caller's
// identity or claims.
func (p *Staff) speaksOfUser(name string) bool {
	if p.access.Names.ContextKey(proof.Principal, name, nil) {
		return true
	}
	return p.access.Names.SpeaksOfCaller(name)
}

// hasTenant reports whether the object under a context key names a tenant: then an
// admin is one of that tenant.
func (p *Staff) hasTenant(x *term.Path) bool {
	if p.tenanted == nil {
		p.tenanted = map[string]bool{}
		for _, f := range p.graph.Order {
			callgraph.EachValue(f, p.noteTenant)
			for i := range f.Runs {
				for _, a := range f.Runs[i].Args {
					p.noteTenant(a)
				}
			}
		}
	}
	return p.tenanted[x.Name]
}

// besideTenant reports whether what is under a context key is put there beside a
// tenant, or comes from the row of one: then an admin is one of that tenant, and
// says nothing of another's rows.
func (p *Staff) besideTenant(x *term.Path) bool {
	for _, w := range p.graph.Puts[x.Name] {
		for i := range w.Fn.Puts {
			if kind, ok := p.access.TrustedKey(w.Fn.Puts[i].Key); ok && kind == proof.Tenant {
				return true
			}
		}
		if p.ofTenantRow(w.Fn, term.Select(w.Value, x.Steps...), rowflow.MaxRowDepth) {
			return true
		}
	}
	return false
}

// ofTenantRow reports whether a term holds a column of a row that a tenant owns, such
// as a membership.
func (p *Staff) ofTenantRow(f *callgraph.Function, t term.Term, depth int) bool {
	return depth > 0 && term.Any(p.rows.ThroughMappers(f, t), func(x term.Term) bool {
		r, ok := x.(*term.Result)
		if !ok {
			return false
		}
		if run := f.Ops[r.Call].Run; run != nil {
			step, ok := statement.ColumnStep(r.Steps)
			return ok && slices.ContainsFunc(p.stmts.Of(f, run).List, func(s *statement.Statement) bool {
				o := p.stmts.Output(s, step)
				return s.Broken == "" && o != nil && o.Table != nil && o.Table.Tenancy != catalogue.Shared
			})
		}
		c := f.Ops[r.Call].Call
		if c == nil || c.Kind == unit.Library {
			return false
		}
		targets, _ := p.graph.Callees(f, c)
		for target, inner := range callgraph.Behind(targets, r) {
			if p.ofTenantRow(target.Fn, inner, depth-1) {
				return true
			}
		}
		return false
	})
}

func (p *Staff) noteTenant(t term.Term) {
	term.Visit(t, func(x term.Term) {
		if c, ok := x.(*term.Path); ok && c.Root == term.Context && p.access.Names.Is(proof.Tenant, attribute(c)) {
			p.tenanted[c.Name] = true
		}
	})
}

func (p *Staff) ownResult(e *pathcond.Env, x *term.Result, r trust.Rank, depth int) obligation.Value {
	if run := p.stmts.RunAt(e.Fn, x.Call); run != nil && (len(x.Steps) == 0 || x.Steps[0].Kind != term.ResultStep) {
		return p.ownRow(e, x, r, run)
	}
	c := e.Fn.Ops[x.Call].Call
	if c == nil {
		return obligation.Value{}
	}
	name := callgraph.CalleeName(c)
	if c.Kind == unit.Library {
		if p.libraryTells(name) {
			return obligation.Yes(obligation.Notes{})
		}
		return obligation.Value{}
	}
	targets, known := p.graph.Callees(e.Fn, c)
	v, possible := obligation.Yes(obligation.Notes{}), false
	for _, target := range targets {
		for i := range target.Fn.Gives {
			g := &target.Fn.Gives[i]
			t, ok := callgraph.Given(x, x.Call, g)
			if !ok {
				continue
			}
			inner, ok := p.conds.Outcome(e, x.Call, target.Fn, g)
			if zero, known := term.Zeroness(t); !ok || known && zero {
				continue
			}
			possible = true
			if leaf, isParam := t.(*term.Path); isParam && leaf.Root == term.Param {
				v = obligation.And(v, p.own(e, p.conds.ToCaller(target, x.Call, t), r, depth-1))
				continue
			}
			v = obligation.And(v, p.solver.Lift(e, p.own(inner, t, r, depth-1), target, c))
		}
	}
	if !known || !possible {
		return obligation.Value{}
	}
	return v
}

// libraryTells reports whether a function of a library gives who calls, by its name.
func (p *Staff) libraryTells(name string) bool {
	return p.access.Names.GivesCaller(proof.Principal, name) || p.speaksOfUser(name)
}

// ownRow: the row was found by the user, whoever's tenant it is.
func (p *Staff) ownRow(e *pathcond.Env, x *term.Result, r trust.Rank, run *unit.Run) obligation.Value {
	step, ok := statement.ColumnStep(x.Steps)
	texts := p.stmts.Of(e.Fn, run)
	if !ok || texts.Open || texts.Reason != "" || len(texts.List) == 0 {
		return obligation.Value{}
	}
	v := obligation.Yes(obligation.Notes{})
	for _, s := range texts.List {
		if s.Broken != "" {
			return obligation.Value{}
		}
		o := p.stmts.Output(s, step)
		if o == nil || o.Table == nil || r != trust.Staff && o.Table.Tenancy != catalogue.Shared {
			return obligation.Value{}
		}
		v = obligation.And(v, p.solver.Tied(e, run, s, o, proof.Principal))
	}
	return v
}

// Noted is a context in which, where only staff comes to a place in it, that is noted.
func (p *Staff) Noted(f *callgraph.Function, facts []term.Fact, c solve.Context) solve.Context {
	if n, ok := p.BehindStaff(f, facts, c); ok {
		c.Notes = c.Notes.With(n)
	}
	return c
}

// BehindStaff reports whether only staff comes to where facts hold in a function, in a
// context: a staff test is in force on the way down, or on every way from a request to its
// start.
func (p *Staff) BehindStaff(f *callgraph.Function, facts []term.Fact, c solve.Context) (obligation.Notes, bool) {
	if len(c.Hops) == 0 || c.Hops[len(c.Hops)-1].To == f {
		if n, ok := p.byStaff(p.conds.At(f, facts)); ok {
			return n, true
		}
	}
	for _, h := range c.Hops {
		if n, ok := p.byStaff(p.conds.At(h.From, h.Facts)); ok {
			return n, true
		}
	}
	at := c.At
	if len(c.Hops) > 0 && c.Hops[0].From == at {
		at = c.Hops[0].Caller() // a helper that runs a closure is called by all who make one
	}
	return p.staffAbove(at, map[*callgraph.Function]bool{})
}

func (p *Staff) staffAbove(f *callgraph.Function, seen map[*callgraph.Function]bool) (obligation.Notes, bool) {
	if seen[f] {
		return obligation.Notes{}, true // a cycle comes from nowhere else
	}
	seen[f] = true
	out, asked := obligation.Notes{}, false
	if p.graph.IsEntry(f) {
		n, ok := p.staffBefore(f)
		if !ok {
			return obligation.Notes{}, false
		}
		out, asked = n, true
	}
	for _, e := range p.graph.Edges[f] {
		if l := p.graph.Live[e.Caller()]; l == nil || !l.By[callgraph.RequestRoot] || e.Creates || e.Explained {
			continue
		}
		n, ok := p.byStaff(p.conds.At(e.From, e.Facts))
		if !ok && e.ByValue() { // what an adapter runs stands where it was handed over
			n, ok = p.staffBefore(f)
		}
		if !ok {
			n, ok = p.staffAbove(e.Caller(), seen)
		}
		if !ok {
			return obligation.Notes{}, false
		}
		out, asked = out.With(n), true
	}
	return out, asked
}

// staffBefore reports whether a middleware with a staff test stands on every route
// to an entry.
func (p *Staff) staffBefore(f *callgraph.Function) (obligation.Notes, bool) {
	chains := p.chains.ChainsOf(f)
	out := obligation.Notes{}
	for _, c := range chains {
		n, ok := p.staffIn(c)
		if !ok {
			return obligation.Notes{}, false
		}
		out = out.With(n)
	}
	return out, len(chains) > 0
}

func (p *Staff) staffIn(c middleware.Chain) (obligation.Notes, bool) {
	for _, s := range c {
		out, all := obligation.Notes{}, len(s.Ways) > 0
		for _, w := range s.Ways {
			n, ok := p.byStaff(p.conds.At(w.Fn, w.Known()))
			all = all && ok
			out = out.With(n)
		}
		if all {
			return out, true
		}
	}
	return obligation.Notes{}, false
}

// onlyStaff tells a way out of a guard that only staff has, beside others that are
// proved: who wrote both has decided it, and it is named.
//
// A way out of a function that was called is the caller's to judge: whose user it is that the
// function was handed is known there.
func (p *Staff) onlyStaff(e *pathcond.Env, inCaller func(obligation.Value) obligation.Value) (obligation.Notes, bool) {
	n, ok := inCaller(p.staffTests(e, rowflow.MaxRowDepth)).Holds()
	if !ok {
		return obligation.Notes{}, false
	}
	if n.Settled() {
		return obligation.Assuming(trust.StaffPasses.Premise()), true
	}
	return obligation.Assuming(trust.StaffMayPass.Premise(n.Asks[0])), true
}
