package connection

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pool"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/setting"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A pool may give each connection the tenant when it is taken out: a hook sets the variable
// for the session, and hands nothing out where that failed. What is set so lasts until the
// connection is taken out again.

// ofPool asks of each connection of the pool that a function of a library runs on.
func (p *Connections) ofPool(a obligation.Atom, symbol string) obligation.Atom {
	if a.Table == "" {
		a.Table = p.libraryOf(symbol)
	}
	return a
}

// libraryOf is the library whose pools a function of it runs on; those of all where others may
// open its pools.
func (p *Connections) libraryOf(symbol string) string {
	if path := unit.PackageOf(symbol); p.pools.MakesAll(path) {
		return path
	}
	return obligation.AnyPool
}

// isPrepared reports whether the pools on which a function of a library runs give each
// connection the caller's tenant.
func (p *Connections) isPrepared(symbol, name string) bool {
	return len(p.byHooks(p.libraryOf(symbol), name).Alts) > 0
}

// begunOnPrepared reports whether a call takes a connection out of such a pool.
func (p *Connections) begunOnPrepared(c *unit.Call, name string) bool {
	return (c.Role.GivesConnection() || c.Role == library.Transacts) && poolOf(c) != nil && p.isPrepared(c.Symbol, name)
}

// onPrepared decides an atom on a pool, or on a connection that the program has opened.
func (p *Connections) onPrepared(a obligation.Atom) (v obligation.Value, ok bool) {
	if a.Kind != proof.Setting {
		return obligation.Value{}, false
	}
	v = p.byHooks(cmp.Or(a.Table, obligation.AnyPool), a.Column)
	return v, len(v.Alts) > 0
}

// poolOf is what a call takes a connection out of: its receiver, or what a function is handed
// behind the context; nil if there is none.
func poolOf(c *unit.Call) term.Term {
	at := 0
	if name := strings.TrimPrefix(c.Symbol, unit.PackageOf(c.Symbol)+"."); !strings.Contains(name, ".") {
		at = 1
	}
	if at >= len(c.Args) {
		return nil
	}
	return c.Args[at]
}

// byHooks decides by the hooks of the pools of a library whether each connection was given the
// caller's tenant in a variable when it was taken out; it has no alternative where one was not.
func (p *Connections) byHooks(path, name string) obligation.Value {
	key := path + " " + name
	if v, known := p.prepared[key]; known {
		return v
	}
	p.prepared[key] = obligation.Value{} // what it rests on itself does not rest on it
	v := obligation.Yes(obligation.Assuming(trust.SessionIsKept.Premise()))
	hooks := p.pools.Prepared(path)
	for _, hook := range hooks {
		v = obligation.And(v, p.byHook(hook, path, name))
	}
	switch _, ok := v.Settled(); {
	case len(hooks) == 0:
	case ok:
		p.prepared[key] = v
	default:
		p.prepared[key] = obligation.Value{Fails: v.Fails}
	}
	return p.prepared[key]
}

// unprepared is why the hooks of its pools do not give each connection the tenant, for a
// function of a library; "" where there are none.
func (p *Connections) unprepared(symbol, name string) string {
	fails := p.byHooks(p.libraryOf(symbol), name).Fails
	if len(fails) == 0 {
		return ""
	}
	why := strings.TrimPrefix(fails[0].Reason, finding.RowSecurity+": ")
	return "no hook of the pool gives each connection " + name + ": " + cmp.Or(why, "it is what the client chose")
}

// byHook decides whether a hook that lets a connection pass has given it the tenant, or left it
// as it was where it comes back with none.
func (p *Connections) byHook(hook pool.Hook, path, name string) obligation.Value {
	v, a := p.anew(hook.Function, name), given(hook.Function, name)
	if hook.Again { // what is done with a new connection stands when that is used first
		for _, f := range p.connected(name) {
			v = obligation.And(v, p.anew(f, name))
		}
		if b, begins := p.settings.Begins(name); begins {
			v = obligation.And(v, notGiven(a, "a new connection has it already: "+b.Text))
		}
	}
	if p.cleared(path, name) { // where nothing is set it has none
		return v
	}
	for _, facts := range p.pools.Passes(hook) {
		e := p.conds.At(hook.Function, facts)
		set, found := p.before(e, a)
		if !found {
			set = notGiven(a, "one lets a connection pass on which nothing has set it")
		}
		v = obligation.And(v, p.closed(e, set))
	}
	return v
}

// given is that the connection which a hook is called with was given the tenant.
func given(hook *callgraph.Function, name string) obligation.Atom {
	return obligation.Atom{Kind: proof.Setting, Column: name, Lasts: true, T: pool.Connection(hook)}
}

// anew demands of everything in a hook that may set the variable that it gives the tenant.
func (p *Connections) anew(hook *callgraph.Function, name string) obligation.Value {
	return p.closed(p.conds.At(hook, nil), p.againIn(hook, given(hook, name), maxSetters))
}

// connected are the functions that may set a variable on a connection which was just made.
func (p *Connections) connected(name string) []*callgraph.Function {
	return slices.DeleteFunc(slices.Clone(p.graph.Order), func(f *callgraph.Function) bool {
		return !p.settersOf(name)[f] || !p.settings.Hooked(f, library.Connected)
	})
}

// closed is a value of a hook that nobody but a library calls.
func (p *Connections) closed(e *pathcond.Env, v obligation.Value) obligation.Value {
	return solve.Closing(p.solver, e, v, unit.NoSite)
}

// isHook reports whether what a call is handed runs where a pool makes, gives or takes back a
// connection.
func isHook(r library.Role) bool {
	return r.IsHook() || r.OpensPool() || r == library.Configures
}

// clears reports whether what a statement sets for the session is taken away when its
// connection goes back to the pool.
func (p *Connections) clears(symbol, name string) bool { return p.cleared(p.libraryOf(symbol), name) }

// cleared reports whether the pools of a library take no connection back that has a variable,
// and make none that has it.
func (p *Connections) cleared(path, name string) bool {
	hooks := p.pools.Released(path)
	if _, begins := p.settings.Begins(name); begins {
		return false
	}
	return len(hooks) > 0 && len(p.connected(name)) == 0 && !slices.ContainsFunc(hooks, func(h pool.Hook) bool {
		return slices.ContainsFunc(p.pools.Passes(h), func(facts []term.Fact) bool { return !p.clearedBy(h.Function, facts, name) })
	})
}

// clearedBy reports whether a hook has taken a variable away where some facts hold.
func (p *Connections) clearedBy(hook *callgraph.Function, facts []term.Fact, name string) bool {
	e := p.conds.At(hook, facts)
	cleared := false
	for i := range hook.Runs {
		run := &hook.Runs[i]
		if run.On == nil || !term.Same(run.On, pool.Connection(hook)) {
			continue
		}
		switch {
		case p.isReset(hook, run, name):
			cleared = cleared || endedWell(e, run.N)
		case p.maySetBy(hook, run, name):
			return false
		}
	}
	return cleared
}

// isReset reports whether a statement takes a variable away from the session.
func (p *Connections) isReset(f *callgraph.Function, run *unit.Run, name string) bool {
	empties := func(s setting.Setting) bool {
		zero, known := term.Zeroness(s.Value)
		return s.Name == name && s.Sure && !s.Local && s.Value != nil && known && zero
	}
	sets := p.settings.Sets(f, run)
	return setting.Resets(p.stmts, f, run, name) || len(sets) > 0 && !slices.ContainsFunc(sets, func(s setting.Setting) bool { return !empties(s) })
}
