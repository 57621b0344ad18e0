// Package pool tells what the pools of a program do with each connection: which functions
// they call before it is used, and after that.
//
// In goes the call graph; out come the hooks of the pools that a library opens, or why those
// are not known. A pool has a hook where the function that opens it has made one configuration,
// alone or by what it calls, and stored the hook there on every way to the opening.
//
// Invariant: a library is given hooks only where each of its pools has one; what another hook
// of the library would do counts, wherever that is stored.
//
// It cannot see which configuration of several a hook goes to: then no pool has one.
package pool

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Pools are the pools of a program.
type Pools struct {
	graph *callgraph.Graph
	opens []opening
}

// opening is a live call that opens a pool.
type opening struct {
	fn   *callgraph.Function
	call *unit.Call
}

// Of finds the pools of a program.
func Of(graph *callgraph.Graph) *Pools {
	p := &Pools{graph: graph}
	for _, f := range graph.Order {
		for i := range f.Calls {
			if f.Calls[i].Role.OpensPool() {
				p.opens = append(p.opens, opening{f, &f.Calls[i]})
			}
		}
	}
	return p
}

// MakesAll reports whether all pools of a library are known to be opened by itself: it has
// hooks of its own. Others open those of database/sql.
func (p *Pools) MakesAll(path string) bool {
	hooked := func(f *callgraph.Function) bool {
		return slices.ContainsFunc(f.Calls, func(c unit.Call) bool {
			return (c.Role == library.Prepares || c.Role == library.Released) && unit.PackageOf(c.Symbol) == path
		})
	}
	return slices.ContainsFunc(p.opens, func(o opening) bool { return unit.PackageOf(o.call.Symbol) == path }) && slices.ContainsFunc(p.graph.Order, hooked)
}

// Several reports whether the program opens more than one pool: they may connect as other roles.
func (p *Pools) Several() bool { return len(p.opens) > 1 }

// Hook is a function that a pool calls with a connection.
type Hook struct {
	*callgraph.Function
	Again bool // it is called before a connection is used once more, and not before it is used first
}

// Prepared are the functions that each pool calls with a connection that is taken out of it,
// of one library, or of all where path is [obligation.AnyPool]; Released those that it calls when the connection
// comes back. None where a pool is not known to have one.
func (p *Pools) Prepared(path string) []Hook { return p.hooks(path, library.Prepares) }

// Released are the functions that each pool calls with a connection that comes back.
func (p *Pools) Released(path string) []Hook { return p.hooks(path, library.Released) }

func (p *Pools) hooks(path string, role library.Role) []Hook {
	var out []Hook
	seen := map[string]bool{}
	for _, o := range p.opens {
		of := unit.PackageOf(o.call.Symbol)
		if path != obligation.AnyPool && of != path {
			continue
		}
		again, known := p.again(o)
		switch {
		case !known:
			return nil
		case role == library.Prepares && len(again) > 0:
			out = append(out, again...)
			continue
		case o.call.Role == library.Draws && !p.keeps():
			continue // what the pool beneath does
		case !p.stored(o, role):
			return nil
		}
		if !seen[of] {
			seen[of] = true
			all, known := p.all(of, role)
			if !known {
				return nil
			}
			for _, f := range all {
				out = append(out, Hook{Function: f})
			}
		}
	}
	return out
}

// all are the hooks of a library, wherever they are stored.
func (p *Pools) all(path string, role library.Role) (out []*callgraph.Function, known bool) {
	for _, f := range p.graph.Order {
		for i := range f.Calls {
			c := &f.Calls[i]
			if c.Role != role || unit.PackageOf(c.Symbol) != path || isNone(c) && replaced(f, c) {
				continue
			}
			fn := p.handed(c)
			if fn == nil {
				return nil, false
			}
			out = append(out, fn)
		}
	}
	return out, true
}

// isNone reports whether a hook is stored that is none.
func isNone(c *unit.Call) bool {
	if len(c.Args) != 1 {
		return false
	}
	zero, known := term.Zeroness(c.Args[0])
	return known && zero
}

// replaced reports whether what a call stores is stored anew later in its function, on each way.
func replaced(f *callgraph.Function, c *unit.Call) bool {
	return slices.ContainsFunc(f.Calls, func(x unit.Call) bool {
		return x.Symbol == c.Symbol && x.Mode == unit.Now && earlier(f, c, &x) && within(x.If, c.If)
	})
}

// handed is the one function that a hook is, nil if it is not known.
func (p *Pools) handed(c *unit.Call) *callgraph.Function {
	if len(c.Args) != 1 {
		return nil
	}
	fn, ok := c.Args[0].(*term.Func)
	if !ok {
		return nil
	}
	return p.graph.Function(fn.Symbol)
}

// maxMade caps the functions between the opening of a pool and what makes its configuration.
const maxMade = 3

// done is what a function has done of the configuration of a pool by some operation.
type done struct{ configurations, hooks, opened int }

// stored reports whether the pool that a call opens has a hook.
func (p *Pools) stored(o opening, role library.Role) bool {
	m := p.made(o.fn, o.call, unit.PackageOf(o.call.Symbol), role, maxMade)
	return m.configurations == 1 && m.hooks > 0 && m.opened == 0
}

// made counts what a function does of configurations before a call, or at all where that is
// nil. A hook counts where it is stored on each way to that.
func (p *Pools) made(f *callgraph.Function, before *unit.Call, path string, role library.Role, depth int) (m done) {
	for i := range f.Calls {
		c := &f.Calls[i]
		if before != nil && !earlier(f, c, before) {
			continue
		}
		switch own := unit.PackageOf(c.Symbol) == path; {
		case own && c.Role == library.Configures:
			m.configurations++
		case own && c.Role.OpensPool():
			m.opened++
		case own && c.Role == role:
			if always(f, c, before) {
				m.hooks++
			}
		case c.Kind != unit.Library && depth > 0:
			m.add(p.madeBy(f, c, path, role, depth), always(f, c, before))
		}
	}
	return m
}

// earlier reports whether one call is made before another one in a function. What is stored in a
// field has no number of its own.
func earlier(f *callgraph.Function, c, than *unit.Call) bool {
	a, b := callgraph.Place(f, c.Site), callgraph.Place(f, than.Site)
	if stored := c.Role == library.Prepares || c.Role == library.Released; stored && a != b {
		return a.Before(b)
	}
	return c.N < than.N
}

// madeBy is what the function of a call does.
func (p *Pools) madeBy(f *callgraph.Function, c *unit.Call, path string, role library.Role, depth int) done {
	targets, known := p.graph.Callees(f, c)
	if !known || len(targets) != 1 || c.Mode != unit.Now {
		var out done
		for _, t := range targets {
			x := p.made(t.Fn, nil, path, role, depth-1)
			out.configurations, out.opened = out.configurations+x.configurations, out.opened+x.opened
		}
		return out
	}
	return p.made(targets[0].Fn, nil, path, role, depth-1)
}

// add adds what a call does; its hooks count where it is always made.
func (m *done) add(x done, always bool) {
	m.configurations, m.opened = m.configurations+x.configurations, m.opened+x.opened
	if always {
		m.hooks += x.hooks
	}
}

// always reports whether a call was made on each way to another one, or, where that is nil,
// on each on which the function does not refuse.
func always(f *callgraph.Function, c, before *unit.Call) bool {
	if c.Mode != unit.Now {
		return false
	}
	if before != nil {
		return within(c.If, before.If)
	}
	return !slices.ContainsFunc(f.Gives, func(g unit.Give) bool { return !refuses(g) && !within(c.If, g.If) })
}

// within reports whether facts are among others.
func within(facts, others []term.Fact) bool {
	return !slices.ContainsFunc(facts, func(x term.Fact) bool {
		return !slices.ContainsFunc(others, func(y term.Fact) bool { return x.String() == y.String() })
	})
}

// refuses tells a return with an error, or with nothing.
func refuses(g unit.Give) bool {
	if len(g.Results) == 0 {
		return false
	}
	zero, known := term.Zeroness(g.Results[0])
	return known && zero && len(g.Results) > 1
}

// Passes are the ways on which a hook lets a connection pass, each with what is known then.
func (p *Pools) Passes(hook Hook) [][]term.Fact {
	var out [][]term.Fact
	for _, g := range hook.Gives {
		facts, ok := passes(g)
		if hook.Again {
			facts, ok = p.passesAgain(hook.Function, g)
		}
		if ok {
			out = append(out, facts)
		}
	}
	return out
}

// passesAgain gives the facts of a return of a hook that only one error stops.
func (p *Pools) passesAgain(f *callgraph.Function, g unit.Give) (facts []term.Fact, ok bool) {
	if len(g.Results) != 1 {
		return g.If, true
	}
	r, isResult := g.Results[0].(*term.Result)
	if isResult && len(r.Steps) == 1 && p.givesBad(f, r, maxMade) {
		return append(slices.Clone(g.If), term.Fact{Op: term.Nil, A: r}), true
	}
	return g.If, !isBad(g.Results[0])
}

// givesBad reports whether the error that a call gives is nil or the one that stops a hook.
func (p *Pools) givesBad(f *callgraph.Function, r *term.Result, depth int) bool {
	c := f.Ops[r.Call].Call
	if c == nil || c.Kind == unit.Library || depth == 0 {
		return false
	}
	targets, known := p.graph.Callees(f, c)
	return known && len(targets) > 0 && !slices.ContainsFunc(targets, func(t callgraph.Callee) bool {
		return len(t.Fn.Gives) == 0 || slices.ContainsFunc(t.Fn.Gives, func(g unit.Give) bool {
			given, ok := callgraph.Given(r, r.Call, &g)
			if !ok {
				return true
			}
			zero, isKnown := term.Zeroness(given)
			inner, isResult := given.(*term.Result)
			return !(isKnown && zero || isBad(given) || isResult && p.givesBad(t.Fn, inner, depth-1))
		})
	})
}

// isBad tells the error for which database/sql drops a connection.
func isBad(t term.Term) bool {
	x, ok := t.(*term.Path)
	return ok && x.Root == term.Global && x.Name == library.BadConnection && len(x.Steps) == 0
}

// passes gives the facts of a return by which a connection passes: true, and no error; ok is
// false if it does not.
func passes(g unit.Give) (facts []term.Fact, ok bool) {
	facts = slices.Clone(g.If)
	for i, t := range g.Results {
		isError := i > 0
		zero, known := term.Zeroness(t)
		switch x, isTest := t.(*term.Test); {
		case isError && known && !zero || !isError && known && zero, isFalse(t):
			return nil, false
		case isTest:
			facts = append(facts, x.Fact)
		case isError && !known:
			facts = append(facts, term.Fact{Op: term.Nil, A: t})
		case !isError && !known:
			facts = append(facts, term.Fact{Op: term.True, A: t})
		}
	}
	return facts, true
}

func isFalse(t term.Term) bool {
	c, ok := t.(*term.Const)
	return ok && strings.EqualFold(c.Text, "false")
}

// Connection is the connection that a hook is called with: its last parameter.
func Connection(hook *callgraph.Function) term.Term {
	return &term.Path{Root: term.Param, Index: len(hook.Params) - 1}
}
