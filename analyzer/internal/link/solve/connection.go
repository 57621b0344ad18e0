package solve

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Row-level security. A policy reads a variable of the session; what a statement sees of its
// table is the tenant's that the variable names on the connection of the statement. So the
// connection is followed, not the name: the obligation is on the term of the connection, and
// is met by a statement on the same one that ended well before, in the same transaction, or
// by the callers, like any other.

// heldWays are the ways to tie a statement in which policies take part. A program that never
// sets the variable is held by no policy that reads it.
func heldWays(p *Solver, s *statement.Statement, held *proof.Result) []statement.Alternative {
	if held == nil || len(held.Unproven) > 0 {
		return nil
	}
	return givenWays(p, held.Alternatives)
}

// heldWaysOf are those of one relation.
func heldWaysOf(p *Solver, s *statement.Statement, i int) []statement.Alternative {
	if s.Held == nil || len(s.Held.Relations) != len(s.Proof.Relations) || s.Held.Relations[i].Table != s.Proof.Relations[i].Table {
		return nil
	}
	return givenWays(p, s.Held.Relations[i].Alternatives)
}

func givenWays(p *Solver, list []proof.Alternative) []statement.Alternative {
	return statement.WaysOf(slices.DeleteFunc(slices.Clone(list), func(a proof.Alternative) bool {
		never := func(n proof.Need) bool { return n.Kind == proof.Setting && !p.stmts.Given(n.Column) }
		return slices.ContainsFunc(a.Needs, never) || !slices.ContainsFunc(a.Needs, isSetting)
	}))
}

func isSetting(n proof.Need) bool { return n.Kind == proof.Setting }

// underPolicies decides a statement whose tables policies hold: by what it says itself, or
// by its connection. What is not understood of the connection accuses nobody.
func underPolicies(p *Solver, e *pathcond.Env, r *unit.Run, s *statement.Statement, plain, held []statement.Alternative) obligation.Value {
	v := p.AnyWay(e, r, s, plain)
	if obligation.IsTrue(v) {
		return v
	}
	return obligation.Or(v, p.AnyWay(e, r, s, held).Noted(heldBy(s)))
}

// heldBy is what it rests on that policies hold the rows of a statement.
func heldBy(s *statement.Statement) obligation.Notes {
	n := obligation.Assuming(trust.RoleIsHeld.Premise())
	for i := range s.Proof.Relations {
		held := s.Proof.Relations[i].Table.Held
		if held == nil {
			continue
		}
		n = n.With(obligation.Assuming(trust.RowSecurity.Premise(held.Setting)))
		if !held.Owner {
			n = n.With(obligation.Assuming(trust.RoleOwnsNothing.Premise()))
		}
		for _, role := range held.Past {
			n = n.With(obligation.Assuming(trust.RoleIsNot.Premise(role)))
		}
	}
	return n
}

// givenTenant decides whether the connection of a statement was given the caller's tenant
// in the variables that are needed.
func givenTenant(p *Solver, e *pathcond.Env, r *unit.Run, needs []proof.Need) obligation.Value {
	v := obligation.Yes(obligation.Notes{})
	for _, n := range needs {
		if n.Kind != proof.Setting {
			continue
		}
		a := obligation.Atom{Kind: proof.Setting, Column: n.Column, T: r.On}
		switch {
		case r.On == nil:
			a.T = term.Why("a connection that is not seen")
			v = obligation.And(v, notGiven(a, "the connection is not seen"))
		case r.Kind == library.Pool:
			v = obligation.And(v, notGiven(a, "it runs on the pool, outside of a transaction that was given "+n.Column))
		default:
			v = obligation.And(v, p.Prove(e, a))
		}
	}
	return v
}

// notGiven is why a connection is not known to have been given the tenant.
func notGiven(a obligation.Atom, why string) obligation.Value {
	return obligation.Why(a, NotGiven+": "+why)
}

// NotGiven begins the reasons of statements that policies would hold if their connection
// had been given the tenant.
const NotGiven = "row-level security"

// ofConnection decides an atom on a connection by where that comes from.
func ofConnection(p *Solver, e *pathcond.Env, a obligation.Atom) obligation.Value {
	switch t := a.T.(type) {
	case *term.Join:
		return p.join(e, a, t)
	case *term.Path:
		return p.path(a, t)
	case *term.Result:
		return resultConnection(p, e, a, t)
	case *term.Build:
		if t.Base != nil {
			return p.Prove(e, a.On(t.Base))
		}
	case *term.Origin:
		switch t.Kind {
		case term.Zero: // nothing runs on no connection
			return obligation.Yes(obligation.Notes{})
		case term.Config:
			return notGiven(a, "it runs on the pool, or on a connection of its own")
		}
		return notGiven(a, "the connection is not followed: "+t.Name)
	}
	return notGiven(a, "the connection is not followed")
}

// resultConnection decides an atom on a connection that a call gave.
func resultConnection(p *Solver, e *pathcond.Env, a obligation.Atom, r *term.Result) obligation.Value {
	o := e.Fn.Ops[r.Call]
	if o.Call == nil {
		return notGiven(a, "the connection is not followed")
	}
	switch role := o.Call.Role; {
	case role == library.Begins || role == library.Transacts || role == library.Nests:
		if a.Kind == proof.InTransaction {
			return obligation.Yes(obligation.Notes{})
		}
		if role == library.Nests && len(o.Call.Args) > 0 { // inside of another, which it goes on with
			return p.Prove(e, a.On(o.Call.Args[0]))
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
		v = obligation.And(v, p.given(e, a, r, c))
	}
	return v
}

// settled adds to where a connection comes from what happened on it before: a statement, or
// a call, that gave it the tenant and ended well. Everything else in the function that may
// set the variable on that connection must give the tenant, too, wherever it stands.
func settled(p *Solver, e *pathcond.Env, a obligation.Atom, v obligation.Value) obligation.Value {
	if a.Kind != proof.Setting {
		return v
	}
	if _, ok := v.Holds(); !ok && !term.IsRemote(a.T) {
		for _, k := range pathcond.Tested(e) {
			if run := p.stmts.RunAt(e.Fn, k); run != nil {
				v = byFirst(bySetting(p, e, a, run), v)
				continue
			}
			if c := e.Fn.Ops[k].Call; c != nil && c.Kind != unit.Library {
				v = byFirst(p.byOutcome(e, a, k, c), v)
			}
		}
	}
	if len(v.Alts) == 0 {
		return v
	}
	return obligation.And(v, setAgain(p, e, a))
}

// byFirst is what happened on a connection, if that is enough or says why it is not, or else
// where it comes from.
func byFirst(happened, before obligation.Value) obligation.Value {
	switch {
	case len(happened.Alts) > 0:
		return happened
	case obligation.Definite(happened.Fails) && len(happened.Fails) > 0:
		return happened
	}
	return obligation.Value{Alts: before.Alts, Fails: obligation.JoinCauses(happened.Fails, before.Fails)}
}

// bySetting decides by a statement whose outcome was tested whether it gave the connection
// the tenant.
func bySetting(p *Solver, e *pathcond.Env, a obligation.Atom, run *unit.Run) obligation.Value {
	if run.On == nil || !term.Same(run.On, a.T) {
		return obligation.Value{}
	}
	v := obligation.Value{}
	for _, s := range p.stmts.Sets(e.Fn, run) {
		if s.Name != a.Column {
			continue
		}
		switch {
		case !s.Sure, s.Value == nil:
			return notGiven(a, "how "+a.Column+" is set is not understood")
		case !s.Local:
			return notGiven(a, a.Column+" is set for the session, which outlives the transaction")
		case !endedWell(e, run.N):
			return notGiven(a, "whether "+a.Column+" was set is not looked at")
		}
		v = p.Prove(e, obligation.Atom{Kind: proof.Tenant, T: s.Value})
		switch run.Kind {
		case library.Transaction:
		case library.Pool:
			return notGiven(a, a.Column+" is set on the pool, and for a transaction that ends with it")
		default:
			v = obligation.And(v, p.Prove(e, obligation.Atom{Kind: proof.InTransaction, T: run.On}))
		}
	}
	return v
}

// endedWell reports whether facts say that a statement ran.
func endedWell(e *pathcond.Env, n int) bool {
	return slices.ContainsFunc(e.Facts, func(f term.Fact) bool {
		r := pseudo(f.A, n)
		return f.Op == term.Nil && (r == "err" || r == "scan")
	})
}

// maxSetters caps the functions that are looked through for what sets a variable again.
const maxSetters = 5

// setAgain demands that everything in a function that may set the variable of a connection
// gives the caller's tenant.
func setAgain(p *Solver, e *pathcond.Env, a obligation.Atom) obligation.Value {
	return againIn(p, e.Fn, a, maxSetters)
}

func againIn(p *Solver, f *callgraph.Function, a obligation.Atom, depth int) obligation.Value {
	v := obligation.Yes(obligation.Notes{})
	for i := range f.Runs {
		run := &f.Runs[i]
		for _, s := range p.stmts.Sets(f, run) {
			if s.Name != a.Column && s.Name != "" || !maybeSame(f, run, a.T) {
				continue
			}
			if s.Value == nil || s.Name == "" {
				v = obligation.And(v, notGiven(a, "what sets "+a.Column+" again is not understood"))
				continue
			}
			v = obligation.And(v, p.Prove(p.conds.At(f, run.If), obligation.Atom{Kind: proof.Tenant, T: s.Value}))
		}
	}
	for i := range f.Calls {
		v = obligation.And(v, againBehind(p, f, &f.Calls[i], a, depth))
	}
	return v
}

// againBehind is againIn of the functions that a call hands the connection to.
func againBehind(p *Solver, f *callgraph.Function, c *unit.Call, a obligation.Atom, depth int) obligation.Value {
	v := obligation.Yes(obligation.Notes{})
	if c.Kind == unit.Library || c.Kind == unit.Dynamic { // what a caller hands over is judged where it runs
		return v
	}
	targets, _ := p.graph.Callees(f, c)
	e := p.conds.At(f, c.If)
	for _, target := range targets {
		if !setters(p, a.Column)[target.Fn] {
			continue
		}
		for _, t := range target.Frame().Positions(a.T) {
			if depth == 0 {
				return notGiven(a, unit.Short(target.Fn.Symbol)+" may set "+a.Column+" again")
			}
			v = obligation.And(v, p.Lift(e, againIn(p, target.Fn, a.On(t), depth-1), target, c))
		}
	}
	return v
}

// maybeSame reports whether a statement may run on a connection.
func maybeSame(f *callgraph.Function, run *unit.Run, on term.Term) bool {
	if run.On == nil || term.Same(run.On, on) {
		return true
	}
	if run.Kind == library.Pool {
		return false
	}
	return !begunHere(f, run.On) && !begunHere(f, on)
}

// begunHere tells a transaction or a connection that the function itself has begun: it is
// no other than that.
func begunHere(f *callgraph.Function, t term.Term) bool {
	r, ok := t.(*term.Result)
	return ok && f.Ops[r.Call].Call != nil && (f.Ops[r.Call].Call.Role.GivesConnection() || f.Ops[r.Call].Call.Role == library.Transacts)
}

// setters are the functions that may set a variable, by themselves or by what they call.
func setters(p *Solver, name string) map[*callgraph.Function]bool {
	if known, ok := p.setters[name]; ok {
		return known
	}
	out := map[*callgraph.Function]bool{}
	p.setters[name] = out
	var queue []*callgraph.Function
	add := func(f *callgraph.Function) {
		if !out[f] {
			out[f] = true
			queue = append(queue, f)
		}
	}
	for _, f := range p.graph.Order {
		for i := range f.Runs {
			if slices.ContainsFunc(p.stmts.Sets(f, &f.Runs[i]), func(s statement.Setting) bool { return s.Name == name || s.Name == "" }) {
				add(f)
			}
		}
	}
	for len(queue) > 0 {
		f := queue[0]
		queue = queue[1:]
		for _, e := range p.graph.Edges[f] {
			add(e.From)
		}
	}
	return out
}
