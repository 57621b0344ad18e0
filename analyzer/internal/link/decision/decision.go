// Package decision finds the access decisions on the way to a statement that fails:
// what may have seen to it that the row is the caller's, and is not understood.
//
// In goes a statement with a context in which it is not proved; out comes the name of
// a function that decided on the way, or none. An *access decision* is a branch, a call
// or a middleware before the use, or between the load and the use of a row, which sees
// both sides: whose row it is (it is handed the row, what the row is found by, or what
// was found by that), and who calls. One that sees only who calls, a role or a
// session, says nothing of the row; one that sees only the row asks whether it is there.
//
// Terms. A *side* is what a value speaks of: the row, the caller, or both. A *seed* is a
// value that what is asked about is found by, in the frame of one function.
//
// Invariant: a decision proves nothing. It makes of an accusation a question, which is
// asked of a person; whoever proves has to understand it.
//
// It does not see a decision whose answer is kept: in a field, in a map, behind a
// channel.
package decision

import (
	"cmp"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/access"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxDepth caps the calls inside calls that are looked into, lessDepth those at the first look:
// what lies deeper may be ways past a decision that are not understood, and what is one without
// them is asked about.
const (
	maxDepth  = 8
	lessDepth = 6
)

// Decisions finds the access decisions of a program.
type Decisions struct {
	graph  *callgraph.Graph
	chains *middleware.Chains
	stmts  *statement.Statements
	conds  *pathcond.Conditions
	access *access.Deciders
	rows   *rowflow.Rows
	solver *solve.Solver
	second bool // a tenant of the second level is asked for, too

	intercepting   map[string]bool                // by name, whether an interceptor decides
	interceptedAt  map[*callgraph.Function]string // by whom what comes to a function is decided
	secretBefore   map[*callgraph.Function]string // by whom a secret of the set-up is asked for before a function
	routing        map[string]string              // by its ways, who decides in a middleware by the route
	decidedFrom    map[from]string
	decidingInside map[insideKey]bool // see decidesInside
	open           map[openKey]bool   // callees that are being asked
	leaning        bool               // an answer rests on one that is being asked for
	forCaller      map[string]bool    // by paths below keys of contexts, whether who calls is put there
	putting        int                // how many such paths are being asked for
	given          map[sidesKey]sides // see remembered
}

// New finds the access decisions of a program.
func New(p solve.Parts, solver *solve.Solver) *Decisions {
	return &Decisions{
		graph: p.Graph, chains: p.Chains, stmts: p.Statements, conds: p.Conditions, access: p.Access, rows: p.Rows, solver: solver,
		intercepting: map[string]bool{}, interceptedAt: map[*callgraph.Function]string{}, forCaller: map[string]bool{},
		secretBefore: map[*callgraph.Function]string{}, decidedFrom: map[from]string{}, routing: map[string]string{}, given: map[sidesKey]sides{}, decidingInside: map[insideKey]bool{}, open: map[openKey]bool{},
		second: slices.ContainsFunc(p.Statements.Cats, func(c *catalogue.Catalogue) bool { return c.Level2Required }),
	}
}

// Question is a statement that fails, in one of the ways to it.
type Question struct {
	Fn   *callgraph.Function
	Run  *unit.Run
	Stmt *statement.Statement
	// Hops lead from the function in which it was decided down to the statement's.
	Hops []*callgraph.Edge
	At   *callgraph.Function
	// Holes are the bind values that are asked about.
	Holes []int
	about []term.Term // if any, values that are asked about instead
}

// On names the function that decides access on the way of a question, "" if none is
// seen.
func (p *Decisions) On(q Question) string {
	q = q.unwrapped(p)
	way := p.frames(q)
	later := q.follow(p)
	if name := p.before(way[0], q.Run.If, later, q.into(len(q.Hops))); name != "" {
		return name
	}
	for i, h := range slices.Backward(q.Hops) {
		fr := way[len(q.Hops)-i]
		if fr.maker != nil {
			if name := p.decided(fr.maker, h.Closure.Facts, maxDepth); name != "" {
				return name
			}
		}
		if name := p.before(fr, h.Facts, later.up(p, h), q.into(i)); name != "" {
			return name
		}
		if !h.ByValue() {
			continue
		}
		if name := p.ahead(h.To, way[len(q.Hops)-i-1].rows); name != "" {
			return name // what an adapter runs stands where it was handed over
		}
	}
	if name := p.ahead(q.At, way[len(way)-1].rows); name != "" {
		return name
	}
	return cmp.Or(p.intercepted(q.At), behindSecret(p, q.At))
}

// into is the edge by which the way comes to the function that hop i begins in, nil to the
// first one.
func (q Question) into(i int) *callgraph.Edge {
	if i == 0 {
		return nil
	}
	return q.Hops[i-1]
}

// From is On of a question whose way begins in a function above: where the value was chosen,
// which the accusation is about.
func (p *Decisions) From(above *callgraph.Function, q Question) string {
	key := from{above, q.Run, q.Stmt}
	name, known := p.decidedFrom[key]
	if known {
		return name
	}
	if q.Hops = wayDown(p, above, q.Fn); len(q.Hops) > 0 {
		q.At = above
		name = p.On(q)
	}
	p.decidedFrom[key] = name
	return name
}

// from is a question, and the function in which its way begins.
type from struct {
	above *callgraph.Function
	run   *unit.Run
	stmt  *statement.Statement
}

// maxBetween caps the functions that are looked at for a way between two.
const maxBetween = 2000

// wayDown is a shortest way of calls from one function down to another, nil if there is none.
func wayDown(p *Decisions, from, to *callgraph.Function) []*callgraph.Edge {
	next := map[*callgraph.Function]*callgraph.Edge{to: nil}
	queue := []*callgraph.Function{to}
	for len(queue) > 0 && len(next) < maxBetween && next[from] == nil {
		f := queue[0]
		queue = queue[1:]
		for _, e := range p.graph.Edges[f] {
			if _, seen := next[e.From]; !seen && !e.Creates {
				next[e.From] = e
				queue = append(queue, e.From)
			}
		}
	}
	var out []*callgraph.Edge
	for f := from; next[f] != nil; f = next[f].To {
		out = append(out, next[f])
	}
	return out
}

// unwrapped is the question about a statement whose text a wrapper is given, asked where
// the wrapper runs it: it may decide there.
func (q Question) unwrapped(p *Decisions) Question {
	for range statement.MaxWrappers {
		c := q.Fn.Ops[q.Run.N].Call
		if c == nil {
			break
		}
		targets, _ := p.graph.Callees(q.Fn, c)
		if len(targets) != 1 {
			break
		}
		inner, at := p.stmts.WrappedRun(targets[0].Fn, statement.MaxWrappers-1)
		if inner == nil {
			break
		}
		e := &callgraph.Edge{From: q.Fn, To: targets[0].Fn, Call: c, Substitution: targets[0].Frame(), Facts: c.If, Site: c.Site}
		q.Hops, q.Fn, q.Run = append(slices.Clone(q.Hops), e), targets[0].Fn, inner
		if at == inner.N && q.Fn.Ops[at].Run != nil {
			break
		}
	}
	return q
}

// frames are the functions on the way, from the statement's up. What the row is found
// by is carried up, who calls is carried down.
func (p *Decisions) frames(q Question) []*frame {
	fr := &frame{fn: q.Fn, rows: p.found(q)}
	fr.backwards(p)
	out := []*frame{fr}
	made := map[*callgraph.Function][]term.Term{} // what makers of closures have captured
	for _, h := range slices.Backward(q.Hops) {
		outer := &frame{fn: h.From, rows: append(fr.move(h), made[h.From]...)}
		outer.backwards(p)
		if h.Closure != nil {
			outer.maker = &frame{fn: h.Closure.From, rows: fr.move(h.Closure)}
			outer.maker.backwards(p)
			made[outer.maker.fn] = append(made[outer.maker.fn], outer.maker.rows...)
		}
		out, fr = append(out, outer), outer
	}
	p.named(fr)
	for i, h := range q.Hops {
		at := len(q.Hops) - i
		if out[at].maker != nil {
			p.named(out[at].maker)
		}
		p.handDown(out[at], out[at-1], h)
	}
	return out
}

// named takes the parameters of a function whose callers are not on the way by their
// names.
func (p *Decisions) named(fr *frame) {
	for i, name := range fr.fn.Params {
		if p.access.Names.Is(proof.Principal, name) || p.access.Names.Is(proof.Tenant, name) {
			fr.caller = append(fr.caller, term.P(i))
		}
	}
}

// handDown tells a callee which of its parameters say who calls.
func (p *Decisions) handDown(outer, inner *frame, h *callgraph.Edge) {
	got := &frame{fn: inner.fn}
	for i, a := range h.Args {
		p.enter(outer, got, a, term.P(i), maxDepth)
	}
	maker := outer
	if outer.maker != nil {
		maker = outer.maker
	}
	for _, b := range append(slices.Clone(h.Free), freeOf(h.Closure)...) {
		p.enter(maker, got, b.Term, &term.Path{Root: term.Free, Name: b.Name}, maxDepth)
	}
	inner.caller = slices.DeleteFunc(got.caller, func(t term.Term) bool { return isPart(inner.rows, t) })
}

func freeOf(e *callgraph.Edge) []term.Field {
	if e == nil {
		return nil
	}
	return e.Free
}

// found are the values that the statement finds its rows by.
func (p *Decisions) found(q Question) []term.Term {
	if q.about != nil {
		return slices.Clone(q.about)
	}
	var out []term.Term
	for _, n := range q.Holes {
		out = append(out, term.Leaves(p.stmts.Bind(q.Fn, q.Run, q.Stmt, n))...)
	}
	return out
}

// before names what decides before operation facts are in force at, or, of a row that
// is loaded there, before its uses.
func (p *Decisions) before(fr *frame, facts []term.Fact, later *loaded, into *callgraph.Edge) string {
	if name := p.decided(fr, facts, maxDepth); name != "" {
		return name
	}
	if later == nil {
		return ""
	}
	return later.in(p, fr, into)
}

// ahead names the middleware that decides in every chain before an entry.
func (p *Decisions) ahead(entry *callgraph.Function, rows []term.Term) string {
	rows = slices.DeleteFunc(withParts(p, entry, rows), func(t term.Term) bool { return !term.IsRepeatable(t) })
	chains := p.chains.ChainsOf(entry)
	if len(rows) == 0 || len(chains) == 0 {
		return ""
	}
	name := ""
	for _, c := range chains {
		by := ""
		for _, s := range c {
			if by = p.decidedIn(s, rows); by != "" {
				break
			}
		}
		if by == "" {
			return ""
		}
		if name == "" {
			name = by
		}
	}
	return name
}

// decidedIn names who decides wherever a middleware goes on.
func (p *Decisions) decidedIn(s middleware.Step, rows []term.Term) string {
	if slices.ContainsFunc(rows, s.Hides) {
		return ""
	}
	ways := make([]way, len(s.Ways))
	for i, w := range s.Ways {
		var named []term.Term
		for _, t := range rows {
			named = append(named, w.Parts(t.(*term.Origin))...)
		}
		ways[i] = way{&frame{fn: w.Fn, rows: named, setUp: true}, p.conds.At(w.Fn, w.Facts).Facts}
	}
	name := p.decidedBy(ways, maxDepth)
	if name == "" && namedByPath(rows) {
		name = decidesRoutes(p, s)
	}
	return name
}

// FoundBy are the bind values that say which rows a statement is about. What else it
// compares does not: that a caller belongs to an organization says nothing of a row
// that the organization does not find.
func FoundBy(s *statement.Statement) []int {
	var out []int
	for _, w := range s.All() {
		for _, n := range w.Needs {
			if n.Hole > 0 && !slices.Contains(out, n.Hole) {
				out = append(out, n.Hole)
			}
		}
	}
	return out
}
