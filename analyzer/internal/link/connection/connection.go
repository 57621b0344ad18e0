// Package connection answers what the policies of row-level security need: whether the
// connection of a statement was given the caller's tenant.
//
// In go obligations on connections, from the solver; out come values like those of any
// other obligation. The connection is followed, not its name: what is asked of a transaction
// is met by a statement on the same one that ended well before, or by the callers.
//
// Invariant: everything in a function that may set the variable on the connection must give
// the caller's tenant, wherever it stands; what is not understood of a connection neither
// proves nor accuses.
//
// It cannot see what a pooler between the program and the database does.
package connection

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pool"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/setting"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Connections are the connections of a program.
type Connections struct {
	graph    *callgraph.Graph
	stmts    *statement.Statements
	conds    *pathcond.Conditions
	solver   *solve.Solver
	settings *setting.Settings
	wall     Wall
	setters  map[string]map[*callgraph.Function]bool // functions that may set a variable, by its name
	open     map[string]map[*callgraph.Function]bool // those that may on a connection which they have not begun
	byValue  map[*unit.Call][]*callgraph.Function    // what calls of function values may run; nil until asked
	bypasses map[*catalogue.Catalogue]rls.Bypass
	pools    *pool.Pools
	prepared map[string]obligation.Value // what hooks do of a variable, by library and name
}

// New makes the connections of a program and gives them to its solver.
func New(p solve.Parts, solver *solve.Solver, settings *setting.Settings, wall Wall) *Connections {
	c := &Connections{p.Graph, p.Statements, p.Conditions, solver, settings, wall, map[string]map[*callgraph.Function]bool{}, map[string]map[*callgraph.Function]bool{}, nil, map[*catalogue.Catalogue]rls.Bypass{}, pool.Of(p.Graph), map[string]obligation.Value{}}
	solver.Connections = c
	settings.Driver = c.pools.Own()
	return c
}

// Ways are the ways to tie a statement in which policies take part. A program that never
// sets the variable is held by no policy that reads it.
func (p *Connections) Ways(s *statement.Statement) []statement.Alternative {
	if s.Held == nil || len(s.Held.Unproven) > 0 || p.passesBy(s) {
		return nil
	}
	return p.givenWays(s.Held.Alternatives)
}

// WaysOf are those of one relation.
func (p *Connections) WaysOf(s *statement.Statement, i int) []statement.Alternative {
	if s.Held == nil || p.passesBy(s) || len(s.Held.Relations) != len(s.Proof.Relations) || s.Held.Relations[i].Table != s.Proof.Relations[i].Table {
		return nil
	}
	return p.givenWays(s.Held.Relations[i].Alternatives)
}

// WaysOfReference are the ways in which policies see to it that a reference which a statement
// stores is to a row of the caller's.
func (p *Connections) WaysOfReference(w *proof.Written) []statement.Alternative {
	held := w.Table.Held
	if held == nil || !slices.Contains(held.Refers, w.Column) {
		return nil
	}
	return p.givenWays([]proof.Alternative{{Needs: []proof.Need{{Kind: proof.Setting, Column: held.Setting}}}})
}

func (p *Connections) givenWays(list []proof.Alternative) []statement.Alternative {
	if p.wall == Filter {
		return nil
	}
	return statement.WaysOf(slices.DeleteFunc(slices.Clone(list), func(a proof.Alternative) bool {
		never := func(n proof.Need) bool { return n.Kind == proof.Setting && !p.settings.Given(n.Column) }
		return slices.ContainsFunc(a.Needs, never) || !slices.ContainsFunc(a.Needs, isSetting)
	}))
}

func isSetting(n proof.Need) bool { return n.Kind == proof.Setting }

// Premises are what it rests on that policies hold the rows of a statement.
func (p *Connections) Premises(s *statement.Statement) obligation.Notes {
	n := obligation.Notes{}
	for i := range s.Proof.Relations {
		held := s.Proof.Relations[i].Table.Held
		if held == nil {
			continue
		}
		n = n.With(obligation.Assuming(trust.RoleIsHeld.Premise())).With(obligation.Assuming(trust.RowSecurity.Premise(held.Setting)))
		if !held.Owner {
			n = n.With(obligation.Assuming(trust.RoleOwnsNothing.Premise()))
		}
		for _, role := range held.Past {
			n = n.With(obligation.Assuming(trust.RoleIsNot.Premise(role)))
		}
	}
	return n
}

// Given decides whether the connection of a statement was given the caller's tenant
// in the variables that are needed.
func (p *Connections) Given(e *pathcond.Env, r *unit.Run, needs []proof.Need) obligation.Value {
	v, loose := obligation.Yes(obligation.Notes{}), p.settings.Loose()
	for _, n := range needs {
		if n.Kind != proof.Setting {
			continue
		}
		if loose != "" {
			v = obligation.And(v, notGiven(obligation.Atom{Kind: proof.Setting, Column: n.Column, T: r.On}, loose))
		}
		a := obligation.Atom{Kind: proof.Setting, Column: n.Column, T: r.On}
		switch {
		case r.On == nil:
			a.T = term.Why("a connection that is not seen")
			v = obligation.And(v, notGiven(a, "the connection is not seen"))
		case r.Kind == library.Pool && p.isPrepared(r.Library, n.Column) && !p.maySetBy(e.Fn, r, n.Column):
			v = obligation.And(v, p.solver.Prove(e, p.ofPool(a, r.Library)))
		case r.Kind == library.Pool && p.lasts(n.Column) && p.unprepared(r.Library, n.Column) != "":
			v = obligation.And(v, notGiven(a, p.unprepared(r.Library, n.Column)))
		case r.Kind == library.Pool && p.anotherWasGiven(e, n.Column):
			v = obligation.And(v, p.outside(a, "it runs on the pool, and the transaction beside it was given "+n.Column))
		case r.Kind == library.Pool:
			v = obligation.And(v, p.outside(a, "it runs on the pool, outside of a transaction that was given "+n.Column))
		default:
			v = obligation.And(obligation.And(v, p.solver.Prove(e, a)), p.byOwnCalls(e.Fn, a))
		}
	}
	return v
}

// byOwnCalls demands of the function values that the function of a statement hands the
// connection itself that none sets the variable.
func (p *Connections) byOwnCalls(f *callgraph.Function, a obligation.Atom) obligation.Value {
	v := obligation.Yes(obligation.Notes{})
	for i := range f.Calls {
		if f.Calls[i].Kind == unit.Dynamic {
			v = obligation.And(v, p.againByValue(&f.Calls[i], a))
		}
	}
	return v
}

// anotherWasGiven reports whether facts say that a connection of the function was given a
// variable.
func (p *Connections) anotherWasGiven(e *pathcond.Env, name string) bool {
	return slices.ContainsFunc(pathcond.Tested(e), func(k int) bool {
		run := p.stmts.RunAt(e.Fn, k)
		return run != nil && run.Kind != library.Pool && slices.ContainsFunc(p.settings.Sets(e.Fn, run), func(s setting.Setting) bool { return s.Name == name })
	})
}

// notGiven is why a connection is not known to have been given the tenant.
func notGiven(a obligation.Atom, why string) obligation.Value {
	return obligation.Why(a, finding.RowSecurity+": "+why)
}

// outside is that a connection was surely not given the tenant; where something leaves it on
// connections for longer than a transaction, that is not sure.
func (p *Connections) outside(a obligation.Atom, why string) obligation.Value {
	switch {
	case p.settings.Driver != "":
		return notGiven(a, p.settings.Driver+" makes connections, and may give them "+a.Column)
	case p.lasts(a.Column):
		return notGiven(a, why)
	}
	shows := "row-level security leaves it no row, or those of whoever was on the connection before"
	if p.pools.Several() {
		shows += ", or all of them where its pool connects as a role that is not held"
	}
	switch b, begins := p.settings.Begins(a.Column); {
	case b.Unsure:
	case begins && b.ByProgram:
		return notGiven(a, b.Text)
	case begins:
		shows = b.Text + ", and row-level security leaves it the rows of that tenant"
	}
	if p.wall == Policies {
		return obligation.No(obligation.Cause{Kind: obligation.NotHeld, Atom: a, Reason: why})
	}
	return obligation.No(obligation.Cause{Kind: obligation.Outside, Atom: a, Reason: why + ": " + shows})
}

// lasts reports whether something leaves a variable on connections for longer than a transaction.
func (p *Connections) lasts(name string) bool {
	return slices.ContainsFunc(p.settings.Lasting(), func(x setting.Lasting) bool { return x.Name == name })
}

// Origin decides an atom on a connection by where that comes from.
func (p *Connections) Origin(e *pathcond.Env, a obligation.Atom) obligation.Value {
	switch t := a.T.(type) {
	case *term.Join:
		v := obligation.Yes(obligation.Notes{})
		for _, leaf := range t.Terms {
			v = obligation.And(v, p.solver.Prove(e, a.On(leaf)))
		}
		return v
	case *term.Path:
		return asConnection(p.solver.OfPath(a, t))
	case *term.Result:
		return p.ofResult(e, a, t)
	case *term.Build:
		if t.Base != nil {
			return p.solver.Prove(e, a.On(t.Base))
		}
	case *term.Origin:
		switch t.Kind {
		case term.Zero: // nothing runs on no connection
			return obligation.Yes(obligation.Notes{})
		case term.Config:
			if v, ok := p.onPrepared(a); ok {
				return v
			}
			return notGiven(a, "it runs on the pool, or on a connection of its own")
		}
		return notGiven(a, "the connection is not followed: "+t.Name)
	}
	return notGiven(a, "the connection is not followed")
}

// asConnection says of what is not understood that it is the connection.
func asConnection(v obligation.Value) obligation.Value {
	out := obligation.Value{Alts: v.Alts, Fails: slices.Clone(v.Fails)}
	for i := range out.Fails {
		if c := &out.Fails[i]; c.Kind == obligation.Unknown && c.Atom.OnConnection() && !strings.HasPrefix(c.Reason, finding.RowSecurity) {
			c.Reason = finding.RowSecurity + ": the connection is not followed: " + c.Reason
		}
	}
	return out
}

// ofResult decides an atom on a connection that a call gave.
func (p *Connections) ofResult(e *pathcond.Env, a obligation.Atom, r *term.Result) obligation.Value {
	o := e.Fn.Ops[r.Call]
	if o.Call == nil {
		return notGiven(a, "the connection is not followed")
	}
	switch role := o.Call.Role; {
	case role.GivesConnection() && a.OnPool(), role != library.Nests && a.Kind == proof.Setting && p.begunOnPrepared(o.Call, a.Column):
		return p.solver.Prove(e, p.ofPool(a, o.Call.Symbol).On(poolOf(o.Call)))
	case role == library.Begins || role == library.Transacts || role == library.Nests:
		if a.Kind == proof.InTransaction {
			return obligation.Yes(obligation.Notes{})
		}
		if role == library.Nests && len(o.Call.Args) > 0 { // inside of another, which it goes on with
			return p.solver.Prove(e, a.On(o.Call.Args[0]))
		}
		if role == library.Begins && p.neverHanded(e.Fn, a) {
			return p.outside(a, "its transaction is never given "+a.Column)
		}
		return notGiven(a, "nothing gives the transaction "+a.Column+" before, on every way")
	case role == library.Connects:
		return notGiven(a, "a connection that was taken from the pool is no transaction")
	case o.Call.Kind == unit.Library:
		return notGiven(a, "the connection is not followed: call "+unit.Short(o.Call.Symbol))
	}
	if len(r.Steps) == 0 || r.Steps[0].Kind != term.ResultStep {
		return notGiven(a, "the connection is not followed")
	}
	targets, known := p.graph.Callees(e.Fn, o.Call)
	if !known || len(targets) == 0 {
		return notGiven(a, "the connection is not followed: call "+unit.Short(callgraph.CalleeName(o.Call)))
	}
	v := obligation.Yes(obligation.Notes{})
	for _, c := range targets {
		v = obligation.And(v, p.solver.Given(e, a, r, c))
	}
	return v
}

// neverHanded reports whether nothing in a function may set the variable of a connection.
func (p *Connections) neverHanded(f *callgraph.Function, a obligation.Atom) bool {
	for i := range f.Runs {
		if len(p.settings.Sets(f, &f.Runs[i])) > 0 && maybeSame(f, &f.Runs[i], a.T) {
			return false
		}
	}
	names := p.namesOf(f, a.T)
	return !slices.ContainsFunc(f.Calls, func(c unit.Call) bool {
		if c.Kind == unit.Library || !slices.ContainsFunc(c.Args, func(t term.Term) bool {
			return slices.ContainsFunc(names, func(name term.Term) bool { return holds(t, name) || holds(name, t) })
		}) {
			return false
		}
		targets, known := p.graph.Callees(f, &c)
		return !known || slices.ContainsFunc(targets, func(x callgraph.Callee) bool { return p.settersOf(a.Column)[x.Fn] })
	})
}

// isElement reports whether a value is one of a list.
func isElement(t term.Term) bool {
	_, steps := term.RootOf(t)
	return slices.ContainsFunc(steps, func(s term.Step) bool { return s.Kind == term.ElemStep })
}

// Happened adds to where a connection comes from what happened on it before: a statement, or
// a call, that gave it the tenant and ended well. Everything else in the function that may
// set the variable on that connection must give the tenant, too, wherever it stands.
func (p *Connections) Happened(e *pathcond.Env, a obligation.Atom, v obligation.Value) obligation.Value {
	if a.Kind != proof.Setting || a.OnPool() { // what was done on another connection of a pool is nothing to this one
		return v
	}
	if _, ok := v.Holds(); !ok && !term.IsRemote(a.T) {
		if happened, found := p.before(e, a); found {
			v = happened
		}
	}
	if len(v.Alts) == 0 {
		return v
	}
	return obligation.And(v, obligation.And(p.againIn(e.Fn, a, maxSetters), p.againKept(a)))
}

// before decides by what was done on a connection before and ended well: one thing that gave
// it the tenant is enough; where none did, why not. It finds nothing if there was none.
func (p *Connections) before(e *pathcond.Env, a obligation.Atom) (out obligation.Value, found bool) {
	names := p.namesOf(e.Fn, a.T)
	for _, k := range pathcond.Tested(e) {
		got, sets := obligation.Value{}, false
		if run := p.stmts.RunAt(e.Fn, k); run != nil {
			got, sets = p.bySetting(e, a, run)
		} else if c := e.Fn.Ops[k].Call; c != nil && c.Kind != unit.Library {
			for _, name := range names {
				got = obligation.Or(got, p.solver.ByOutcome(e, a.On(name), k, c))
			}
		}
		out, found = obligation.Or(out, got), found || sets || len(got.Alts)+len(got.Fails) > 0
	}
	if len(out.Alts) > 0 {
		out.Fails = nil // what did not give it the tenant took none away: see againIn
	}
	return out, found
}

// bySetting decides by a statement whose outcome was tested whether it gave the connection
// the tenant; sets is false if it sets no such variable there.
func (p *Connections) bySetting(e *pathcond.Env, a obligation.Atom, run *unit.Run) (v obligation.Value, sets bool) {
	if run.On == nil || !term.Same(run.On, a.T) {
		return obligation.Value{}, false
	}
	for _, s := range p.settings.Sets(e.Fn, run) {
		if s.Name == a.Column {
			v, sets = p.bySet(e, a, run, s), true
		}
	}
	return v, sets
}

func (p *Connections) bySet(e *pathcond.Env, a obligation.Atom, run *unit.Run, s setting.Setting) obligation.Value {
	switch {
	case !s.Sure, s.Value == nil:
		return notGiven(a, "how "+a.Column+" is set is not understood")
	case !s.Local && !a.Lasts && !p.clears(run.Library, a.Column):
		return notGiven(a, a.Column+" is set for the session, which outlives the transaction")
	case !endedWell(e, run.N):
		return notGiven(a, "whether "+a.Column+" was set is not looked at")
	case run.Kind == library.Pool:
		return notGiven(a, a.Column+" is set on the pool, and for a transaction that ends with it")
	}
	v := p.solver.Prove(e, obligation.Atom{Kind: proof.Tenant, T: s.Value})
	switch {
	case run.Kind == library.Transaction:
	case s.Local:
		v = obligation.And(v, p.solver.Prove(e, obligation.Atom{Kind: proof.InTransaction, T: run.On}))
	default:
		v = v.Noted(obligation.Assuming(trust.SessionIsKept.Premise()))
	}
	return v
}

// endedWell reports whether facts say that a statement ran.
func endedWell(e *pathcond.Env, n int) bool {
	return slices.ContainsFunc(e.Facts, func(f term.Fact) bool {
		r, ok := f.A.(*term.Result)
		return ok && f.Op == term.Nil && r.Call == n && len(r.Steps) == 1 && r.Steps[0].Kind == term.PseudoStep && (r.Steps[0].Name == "err" || r.Steps[0].Name == "scan")
	})
}

// maxSetters caps the functions that are looked through for what sets a variable again.
const maxSetters = 5

// againIn demands that everything in a function that may set the variable of a connection
// gives the caller's tenant.
func (p *Connections) againIn(f *callgraph.Function, a obligation.Atom, depth int) obligation.Value {
	v := obligation.Yes(obligation.Notes{})
	for i := range f.Runs {
		run := &f.Runs[i]
		for _, s := range p.settings.Sets(f, run) {
			if !maySet(s, a.Column) || !maybeSame(f, run, a.T) {
				continue
			}
			if s.Past != "" {
				v = obligation.And(v, notGiven(a, s.Past))
				continue
			}
			if s.Value == nil || s.Name == "" {
				v = obligation.And(v, notGiven(a, "what sets "+a.Column+" again is not understood"))
				continue
			}
			v = obligation.And(v, p.solver.Prove(p.conds.At(f, run.If), obligation.Atom{Kind: proof.Tenant, T: s.Value}))
		}
	}
	for i := range f.Calls {
		v = obligation.And(v, p.againBehind(f, &f.Calls[i], a, depth))
		v = obligation.And(v, p.againUnseen(f, &f.Calls[i], a))
	}
	if runsSeveral(f, a) {
		v = obligation.And(v, p.byOwnCalls(f, a))
	}
	return v
}

// maySet reports whether a statement may give a variable another value, or leave what comes
// after it to no policy.
func maySet(s setting.Setting, name string) bool {
	return s.Name == name || s.Name == "" || s.Past != ""
}

// runsSeveral reports whether a function may hand a connection to several function values:
// what one sets, the statements of another meet. Where it is one, that is judged where its
// statements are.
func runsSeveral(f *callgraph.Function, a obligation.Atom) bool {
	n := 0
	for i := range f.Calls {
		c := &f.Calls[i]
		if c.Kind != unit.Dynamic || !slices.ContainsFunc(c.Args, func(t term.Term) bool { return term.Same(t, a.T) }) {
			continue
		}
		if n++; c.Value == nil || isElement(c.Value) {
			n++ // one of a list
		}
	}
	return n > 1
}

// againBehind is againIn of the functions that a call hands the connection to.
func (p *Connections) againBehind(f *callgraph.Function, c *unit.Call, a obligation.Atom, depth int) obligation.Value {
	v := obligation.Yes(obligation.Notes{})
	if c.Kind == unit.Library || c.Kind == unit.Dynamic { // see byOwnCalls
		return v
	}
	targets, _ := p.graph.Callees(f, c)
	e := p.conds.At(f, c.If)
	for _, target := range targets {
		if !p.settersOf(a.Column)[target.Fn] {
			continue
		}
		at := p.positions(f, target, a.T)
		if x, ok := a.T.(*term.Path); ok && x.Root != term.Param && x.Root != term.Free {
			at = append(at, a.T) // the callee finds it where this one does
		}
		for _, t := range at {
			if depth == 0 {
				return notGiven(a, unit.Short(target.Fn.Symbol)+" may set "+a.Column+" again")
			}
			v = obligation.And(v, p.solver.Lift(e, p.againIn(target.Fn, a.On(t), depth-1), target, c))
		}
	}
	return v
}

// againUnseen demands that no call runs a function which sets the variable on a connection
// that it has not begun, and that it was not seen to be handed: out of a context, captured,
// kept in an object. What is shown to be another connection is not meant.
func (p *Connections) againUnseen(f *callgraph.Function, c *unit.Call, a obligation.Atom) obligation.Value {
	if isHook(c.Role) {
		return obligation.Yes(obligation.Notes{}) // it runs when a connection is taken out, or comes back
	}
	open := p.openSetters(a.Column)
	var targets []*callgraph.Function
	for _, t := range c.Args {
		term.Visit(t, func(x term.Term) {
			if v, ok := x.(*term.Func); ok && open[p.graph.Function(v.Symbol)] {
				targets = append(targets, p.graph.Function(v.Symbol))
			}
		})
	}
	switch c.Kind {
	case unit.Library:
	case unit.Dynamic:
		if !slices.ContainsFunc(c.Args, func(t term.Term) bool { return term.Same(t, a.T) }) { // else see byOwnCalls
			targets = append(targets, p.valuesOf(c)...)
		}
	default:
		callees, _ := p.graph.Callees(f, c)
		for _, t := range callees {
			if len(p.positions(f, t, a.T)) == 0 { // else see againBehind
				targets = append(targets, t.Fn)
			}
		}
	}
	i := slices.IndexFunc(targets, func(t *callgraph.Function) bool { return open[t] })
	if i < 0 || gives(c, a.T) || handsBegun(f, c.Args) && !slices.ContainsFunc(c.Args, func(t term.Term) bool { return holds(t, a.T) }) {
		return obligation.Yes(obligation.Notes{})
	}
	return notGiven(a, unit.Short(targets[i].Symbol)+" may set "+a.Column+" again")
}

// gives reports whether a connection is what a call gave.
func gives(c *unit.Call, on term.Term) bool {
	r, ok := on.(*term.Result)
	return ok && r.Call == c.N
}

// handsBegun reports whether one of some values holds a connection that a function has begun.
func handsBegun(f *callgraph.Function, values []term.Term) bool {
	return slices.ContainsFunc(values, func(t term.Term) bool {
		return t != nil && term.Any(t, func(x term.Term) bool { return begunHere(f, x) })
	})
}

// openSetters are the functions that may set a variable on a connection which they, and what
// they call, have not begun themselves.
func (p *Connections) openSetters(name string) map[*callgraph.Function]bool {
	if known, ok := p.open[name]; ok {
		return known
	}
	sets := func(f *callgraph.Function, run *unit.Run) bool {
		return run.Kind != library.Pool && (run.On == nil || !begunHere(f, sessionOf(f, run.On))) &&
			slices.ContainsFunc(p.settings.Sets(f, run), func(s setting.Setting) bool { return maySet(s, name) && !s.Unread })
	}
	onBegun := func(e *callgraph.Edge) bool { return e.Call != nil && handsBegun(e.From, e.Call.Args) }
	p.open[name] = p.whoRuns(sets, onBegun)
	return p.open[name]
}

// whoRuns are the functions that run certain statements, by themselves or by what they call,
// but by calls that are left out, and not where a pool makes, gives or takes back a connection.
func (p *Connections) whoRuns(is func(*callgraph.Function, *unit.Run) bool, leftOut func(*callgraph.Edge) bool) map[*callgraph.Function]bool {
	out := map[*callgraph.Function]bool{}
	var queue []*callgraph.Function
	add := func(f *callgraph.Function) {
		if !out[f] {
			out[f] = true
			queue = append(queue, f)
		}
	}
	for _, f := range p.graph.Order {
		for i := range f.Runs {
			if is(f, &f.Runs[i]) {
				add(f)
			}
		}
	}
	for len(queue) > 0 {
		f := queue[0]
		queue = queue[1:]
		for _, e := range p.graph.Edges[f] {
			if !leftOut(e) && (e.Call == nil || !isHook(e.Call.Role)) {
				add(e.From)
			}
		}
	}
	return out
}

// againByValue demands that no function value that a call may run sets the variable: what it
// would set it to is not followed. One of which nothing is known may.
func (p *Connections) againByValue(c *unit.Call, a obligation.Atom) obligation.Value {
	if !slices.ContainsFunc(c.Args, func(t term.Term) bool { return term.Same(t, a.T) }) {
		return obligation.Yes(obligation.Notes{})
	}
	targets := p.valuesOf(c)
	i := slices.IndexFunc(targets, func(f *callgraph.Function) bool { return p.settersOf(a.Column)[f] })
	switch {
	case len(targets) == 0:
		return notGiven(a, "a function value that is not known may set "+a.Column+" again")
	case i >= 0:
		return notGiven(a, unit.Short(targets[i].Symbol)+" may set "+a.Column+" again")
	}
	return obligation.Yes(obligation.Notes{})
}

// valuesOf are the functions that a call of a function value may run.
func (p *Connections) valuesOf(c *unit.Call) []*callgraph.Function {
	if p.byValue == nil {
		p.byValue = map[*unit.Call][]*callgraph.Function{}
		for _, f := range p.graph.Order {
			for _, e := range p.graph.Edges[f] {
				if e.Call != nil && e.Call.Kind == unit.Dynamic {
					p.byValue[e.Call] = append(p.byValue[e.Call], f)
				}
			}
		}
	}
	return p.byValue[c]
}

// maybeSame reports whether a statement may run on a connection.
func maybeSame(f *callgraph.Function, run *unit.Run, on term.Term) bool {
	if run.On == nil || term.Same(run.On, on) {
		return true
	}
	if run.Kind == library.Pool {
		return false
	}
	for _, x := range term.Leaves(run.On) {
		for _, y := range term.Leaves(on) {
			x, y := sessionOf(f, x), sessionOf(f, y)
			if term.Same(x, y) || !begunHere(f, x) && !begunHere(f, y) || handedTo(f, x, y) || handedTo(f, y, x) {
				return true
			}
		}
	}
	return false
}

// maxNested caps transactions in transactions.
const maxNested = 8

// sessionOf is the connection of the server on which a transaction runs, as far as the
// function has begun it: what is set in a nested one, or beside one, holds in it.
func sessionOf(f *callgraph.Function, t term.Term) term.Term {
	for range maxNested {
		r, ok := t.(*term.Result)
		if !ok || f.Ops[r.Call].Call == nil || len(f.Ops[r.Call].Call.Args) == 0 {
			return t
		}
		c := f.Ops[r.Call].Call
		if !c.Role.GivesConnection() && c.Role != library.Transacts && c.Role != library.Nests || !(c.Role == library.Nests || begunHere(f, c.Args[0])) {
			return t
		}
		t = c.Args[0]
	}
	return t
}

// handedTo reports whether a value is the result of a call that was handed another one.
func handedTo(f *callgraph.Function, result, arg term.Term) bool {
	r, ok := result.(*term.Result)
	if !ok || begunHere(f, result) || f.Ops[r.Call].Call == nil {
		return false
	}
	return slices.ContainsFunc(f.Ops[r.Call].Call.Args, func(t term.Term) bool { return holds(t, arg) })
}

func holds(t, part term.Term) bool {
	return t != nil && term.Any(t, func(x term.Term) bool { return term.Same(x, part) })
}

// begunHere tells a transaction or a connection that the function itself has begun: it is
// no other than that.
func begunHere(f *callgraph.Function, t term.Term) bool {
	r, ok := t.(*term.Result)
	return ok && f.Ops[r.Call].Call != nil && (f.Ops[r.Call].Call.Role.GivesConnection() || f.Ops[r.Call].Call.Role == library.Transacts)
}

// settersOf are the functions that may set a variable, by themselves or by what they call.
func (p *Connections) settersOf(name string) map[*callgraph.Function]bool {
	if known, ok := p.setters[name]; ok {
		return known
	}
	sets := func(f *callgraph.Function, run *unit.Run) bool {
		return slices.ContainsFunc(p.settings.Sets(f, run), func(s setting.Setting) bool { return maySet(s, name) })
	}
	p.setters[name] = p.whoRuns(sets, func(*callgraph.Edge) bool { return false })
	return p.setters[name]
}
