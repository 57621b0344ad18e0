package propagate

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxContexts caps the contexts of one demand. Failing ones are kept first.
const maxContexts = 48

// maxClimb caps the functions between a statement and its root.
const maxClimb = 60

// Contexts asks all callers of d.fn. Causes that d has already are causes of
// every context that fails.
func (p *Callers) Contexts(d solve.Demand) []solve.Context {
	inherited := d.Value.Fails
	d.Value.Fails = nil
	found := p.climb(d)
	if len(inherited) == 0 {
		return found
	}
	out := slices.Clone(found)
	for i := range out {
		if !out[i].Ok || !out[i].Notes.Settled() {
			out[i].Fails = obligation.JoinCauses(inherited, out[i].Fails)
		}
	}
	return out
}

func (p *Callers) climb(d solve.Demand) []solve.Context {
	key := d.Key()
	if found, ok := p.answers[key]; ok {
		return found
	}
	if p.solver.Tabling.LeansOn(key) {
		return nil // a cycle of calls comes to nothing that its entries do not come to
	}
	if found, ok := p.provisional.Answer(p.solver.Tabling, key); ok {
		return found
	}
	if p.solver.Budget--; p.solver.Budget < 0 || len(p.inProgress) > maxClimb {
		return []solve.Context{p.Failing(d, d.Fn, []obligation.Cause{{Kind: obligation.Unknown, Reason: "budget spent"}})}
	}
	open := p.solver.Tabling.Begin(key)
	p.inProgress[key] = true
	out := capContexts(p.askCallers(d))
	delete(p.inProgress, key)
	if p.provisional.End(p.solver.Tabling, open, out) {
		p.answers[key] = out
	}
	return out
}

func (p *Callers) askCallers(d solve.Demand) []solve.Context {
	var out []solve.Context
	asked := false
	if p.graph.IsEntry(d.Fn) {
		out, asked = append(out, p.atEntry(d)...), true
	}
	for _, e := range p.edgesInto(&d) {
		if p.graph.Live[e.From] == nil || e.Creates || e.Explained || isOther(d.As, e) {
			continue
		}
		asked = true
		out = append(out, p.askCaller(d, e)...)
	}
	if !asked {
		out = append(out, p.Failing(d, d.Fn, []obligation.Cause{{Kind: obligation.Unknown, Atom: atomOf(d.Value), Reason: "nobody is seen to call " + unit.Short(d.Fn.Symbol)}}))
	}
	return out
}

// edgesInto are the edges by which the program comes to a demand: inside the call of a
// closure's maker, that call alone, where the climb has come to it.
func (p *Callers) edgesInto(d *solve.Demand) []*callgraph.Edge {
	all := p.graph.Edges[d.Fn]
	if d.Within == nil {
		return all
	}
	var out []*callgraph.Edge
	for _, e := range all {
		if e.From == d.Within.From && e.Call == d.Within.Call {
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		return all
	}
	d.Within = nil
	return out
}

func atomOf(v obligation.Value) obligation.Atom {
	for _, c := range v.Alts {
		for _, a := range c.Atoms {
			return a
		}
	}
	return obligation.Atom{T: term.ZeroTerm()}
}

func (p *Callers) Failing(d solve.Demand, at *callgraph.Function, fails []obligation.Cause, hops ...*callgraph.Edge) solve.Context {
	root := d.Root
	switch {
	case d.Forced:
	case d.Within != nil:
		root = p.graph.RootOf(d.Within.From)
	default:
		root = p.graph.RootOf(at)
	}
	library := d.Library
	if l := p.graph.Live[at]; library == "" && l != nil {
		library = l.Library
	}
	return solve.Context{Fails: fails, At: at, Root: root, Hops: hops, Library: library}
}

// askCaller asks one caller.
func (p *Callers) askCaller(d solve.Demand, e *callgraph.Edge) []solve.Context {
	if e.Library != "" && !p.graph.Live[e.From].By[callgraph.RequestRoot] && !d.Forced {
		d.Root, d.Forced, d.Library = callgraph.UnknownRoot, true, e.Library
	}
	if e.ByValue() {
		d.Value = p.whereHandedOver(d.Fn, d.Value)
	}
	left := d.Row > 0 && p.leaves(d)
	if left && e.Inside {
		if out, decided := p.byHanded(d, e); decided {
			return out
		}
		e = byMaker(e)
	}
	if e.Closure != nil {
		d.Value = p.fromMaker(d.Value, e)
	}
	if e.Inside {
		d.Within = e.Closure
	}
	at := p.conds.At(e.From, e.Facts)
	v := p.inCaller(at, d.Value, e)
	if obligation.IsSettled(v) {
		return []solve.Context{p.settledContext(v.Noted(softNote(e)), e.From, e)}
	}
	next := solve.Demand{Fn: e.From, Value: v, Root: d.Root, Forced: d.Forced, Library: d.Library, Within: d.Within, As: chosenBy(p.graph, d.As, e)}
	idle := false
	direct := e.Call != nil && (p.isDirect(e) || left && e.Call.RunsNow())
	if left && !direct {
		next.Value = obligation.And(v, obligation.Why(obligation.Atom{Kind: proof.Tenant, T: term.ZeroTerm()}, inVariable))
		v = next.Value
	}
	if d.Row > 0 && direct {
		switch use, compared := p.useOf(e.From, e.Call.N, d.Goal); use {
		case rowChecked:
			next.Value = v.OwedBy(compared.Noted(obligation.Assuming(trust.ComparedRow.Premise())))
			if next.Value.Fixed() && len(next.Value.Alts) > 0 {
				return []solve.Context{p.settledContext(next.Value.Noted(softNote(e)), e.From, e)}
			}
			v = next.Value
		case rowCompared:
			v = v.OwedBy(compared)
			next.Value = v
		case rowReturned:
			next.Row, next.Goal = e.Call.N, d.Goal
		case rowUnused, rowUnseen:
			idle = use == rowUnused && !left
			if left && p.compares(d) { // nobody is seen to read the variable
				v = obligation.And(v, obligation.Why(obligation.Atom{Kind: proof.Tenant, T: term.ZeroTerm()}, inVariable))
				next.Value = v
			}
		case rowUsed:
			v.Fails = obligation.JoinCauses(v.Fails, obligation.OfRows(compared.Fails))
		}
	}
	if v.Fixed() && len(v.Alts) > 0 && next.Row == 0 {
		return []solve.Context{p.settledContext(v.Noted(softNote(e)), e.From, e)}
	}
	if len(v.Alts) == 0 && next.Row == 0 {
		c := p.Failing(d, e.From, v.Fails, e)
		c.Idle = idle
		return []solve.Context{c}
	}
	found := p.Contexts(next)
	if e.ByPointer {
		found = distinctEnds(found)
	}
	out := make([]solve.Context, len(found))
	for i, c := range found {
		c.Hops, c.Idle = append(slices.Clone(c.Hops), e), c.Idle || idle
		c.Fails = atArgument(c, e)
		if c.Ok {
			c.Notes = c.Notes.With(softNote(e))
		}
		out[i] = c
	}
	return out
}

// fromMaker decides what a closure has captured in the function that made it:
// nothing of that stays open.
func (p *Callers) fromMaker(v obligation.Value, e *callgraph.Edge) obligation.Value {
	out := obligation.Value{Fails: v.Fails}
	for _, x := range v.Alts {
		alt := obligation.Yes(x.Notes)
		for _, a := range x.Atoms {
			if !mentionsFree(a.T) {
				alt = obligation.And(alt, obligation.Undecided(a))
				continue
			}
			at := p.conds.At(e.Closure.From, e.Closure.Facts)
			alt = obligation.And(alt, p.solver.Closed(at, a.On(term.Substitution{Free: e.Closure.Free}.Apply(a.T)), e.Closure.Site))
		}
		out = obligation.Or(out, alt.AsMoved(x))
	}
	return out
}

func mentionsFree(t term.Term) bool {
	return term.Any(t, func(x term.Term) bool {
		f, ok := x.(*term.Path)
		return ok && f.Root == term.Free
	})
}

// leaves reports whether the function of a demand leaves its row in a variable that it has
// captured.
func (p *Callers) leaves(d solve.Demand) bool {
	return slices.ContainsFunc(d.Fn.Gives, func(g unit.Give) bool { return p.rows.LeavesRow(d.Fn, &g, d.Row, d.Goal) })
}

// compares reports whether the function of a demand looks at columns of its row.
func (p *Callers) compares(d solve.Demand) bool {
	return slices.ContainsFunc(d.Fn.Gives, func(g unit.Give) bool { return p.testsRow(d.Fn, g.If, d.Row, d.Goal) })
}

// byHanded decides a demand on what a function value is handed, whatever becomes of its row
// where it was made: by whoever hands it over if that holds, or if its maker knows no more
// than that.
func (p *Callers) byHanded(d solve.Demand, e *callgraph.Edge) (out []solve.Context, decided bool) {
	if !opensParam(d.Value) {
		return nil, false
	}
	plain := d
	plain.Row, plain.Goal = 0, nil
	out = p.askCaller(plain, e)
	fails := func(c solve.Context) bool { return !c.Ok }
	if !slices.ContainsFunc(out, fails) {
		return out, true
	}
	for _, c := range p.askCaller(d, byMaker(e)) {
		if c.Ok || slices.ContainsFunc(c.Fails, func(x obligation.Cause) bool {
			return x.Kind != obligation.Unknown || !strings.HasSuffix(x.Reason, handedOver)
		}) {
			return nil, false
		}
	}
	return out, true
}

func opensParam(v obligation.Value) bool {
	return slices.ContainsFunc(v.Alts, func(c obligation.Conjunction) bool {
		return slices.ContainsFunc(c.Atoms, func(a obligation.Atom) bool {
			x, ok := a.T.(*term.Path)
			return ok && x.Root == term.Param
		})
	})
}

// handedOver is why nothing is known of a parameter of a function value.
const handedOver = "what a function value is handed"

// byMaker is the edge by which a function value runs while a call lasts, as one from its
// maker, who made that call: what it leaves is found there.
func byMaker(e *callgraph.Edge) *callgraph.Edge {
	out := *e.Closure
	out.Soft = e.Soft
	out.Args = make([]term.Term, len(e.To.Params))
	for i := range out.Args {
		out.Args[i] = term.Why(handedOver)
	}
	return &out
}

// isDirect reports whether the results of e.to are those of the call.
func (p *Callers) isDirect(e *callgraph.Edge) bool {
	return e.Call.Kind != unit.Library && e.Soft != trust.Callback
}

func softNote(e *callgraph.Edge) obligation.Notes {
	if e.Soft == "" {
		return obligation.Notes{}
	}
	return obligation.Assuming(e.Soft.Premise())
}

// inCaller decides in a caller's environment what a callee left open.
func (p *Callers) inCaller(at *pathcond.Env, v obligation.Value, e *callgraph.Edge) obligation.Value {
	out := obligation.Value{Fails: v.Fails}
	for _, x := range v.Alts {
		alt := obligation.Yes(x.Notes)
		for _, a := range x.Atoms {
			got := p.solver.InCaller(at, a, a.On(e.Apply(a.T))).Noted(behind(e, a))
			site := callgraph.ArgumentSite(a.T, e.Call, e.Sites, e.Site)
			alt = obligation.And(alt, got.Placed(func(obligation.Atom) (*callgraph.Function, int) { return e.From, site }))
		}
		if x.Notes.Row != nil {
			alt = alt.ThroughRow(x.Notes.Row)
		}
		out = obligation.Or(out, alt.AsMoved(x))
	}
	return out
}

// atEntry answers for an entry: its parameters are what the framework passes.
func (p *Callers) atEntry(d solve.Demand) []solve.Context {
	args := p.entryArgs(d.Fn)
	at := p.conds.At(d.Fn, nil)
	asEntry := &callgraph.Edge{From: d.Fn, To: d.Fn, Substitution: term.Substitution{Args: args, Free: ownFree(d.Value)}, Site: d.Fn.Site}
	v := p.behindMiddlewares(d.Fn, p.inCaller(at, d.Value, asEntry))
	if v.Fixed() && len(v.Alts) > 0 {
		c := p.settledContext(v, d.Fn)
		c.Root = callgraph.RequestRoot
		return []solve.Context{c}
	}
	if len(v.Alts) == 0 {
		return []solve.Context{{Fails: v.Fails, At: d.Fn, Root: callgraph.RequestRoot}}
	}
	return p.atCreation(d.Fn, v)
}

// atCreation asks the functions that make the closure that an entry is for what
// it has captured.
func (p *Callers) atCreation(f *callgraph.Function, v obligation.Value) []solve.Context {
	var out []solve.Context
	for _, e := range p.graph.Edges[f] {
		if !e.Creates || p.graph.Live[e.From] == nil {
			continue
		}
		moved := p.behindMiddlewares(f, p.inCaller(p.conds.At(e.From, e.Facts), v, e))
		if moved.Fixed() && len(moved.Alts) > 0 {
			c := p.settledContext(moved, f)
			c.Root = callgraph.RequestRoot
			out = append(out, c)
			continue
		}
		for _, c := range p.Contexts(solve.Demand{Fn: e.From, Value: moved, Root: callgraph.RequestRoot, Forced: true}) {
			out = append(out, solve.Context{Ok: c.Ok, Notes: c.Notes, Fails: c.Fails, At: f, Root: callgraph.RequestRoot})
		}
		if len(moved.Alts) == 0 {
			out = append(out, solve.Context{Fails: moved.Fails, At: f, Root: callgraph.RequestRoot})
		}
	}
	if len(out) == 0 {
		out = append(out, solve.Context{Fails: []obligation.Cause{{Kind: obligation.Unknown, Atom: atomOf(v), Reason: "nobody is seen to make " + unit.Short(f.Symbol)}}, At: f, Root: callgraph.RequestRoot})
	}
	return out
}

// ownFree keeps the captured variables of a value as they are.
func ownFree(v obligation.Value) []term.Field {
	var out []term.Field
	for _, c := range v.Alts {
		for _, a := range c.Atoms {
			out = append(out, term.KeepNames(a.T)...)
			term.Visit(a.T, func(x term.Term) {
				if f, ok := x.(*term.Path); ok && f.Root == term.Free {
					out = append(out, term.Field{Name: f.Name, Term: &term.Path{Root: term.Free, Name: f.Name}})
				}
			})
		}
	}
	return out
}

// entryArgs are the parameters of an entry: the receiver is some object of its
// type, the request's data is the client's.
func (p *Callers) entryArgs(f *callgraph.Function) []term.Term {
	args := make([]term.Term, len(f.Params))
	for i, name := range f.Params {
		switch {
		case i == 0 && f.Receiver != "":
			args[i] = &term.Path{Root: term.This, Name: strings.TrimPrefix(f.Receiver, "*")}
		case f.Entry != nil && slices.Contains(f.Entry.Request, i), f.Entry == nil && name != "ctx":
			args[i] = &term.Origin{Kind: term.Request, Group: "argument", Name: name}
		default:
			args[i] = term.Why("parameter " + name + " of an entry")
		}
	}
	if f.Entry != nil {
		for _, g := range f.Entry.Given {
			if s, ok := g.Value.(*term.Struct); ok && g.Param < len(args) {
				args[g.Param] = over(args[g.Param], s)
			}
		}
	}
	return args
}

// over is a value of which some fields are known; the others, those of structs in it
// included, are what they were.
func over(base term.Term, s *term.Struct) term.Term {
	fields := make([]term.Field, len(s.Fields))
	for i, f := range s.Fields {
		fields[i] = f
		if inner, ok := f.Term.(*term.Struct); ok {
			fields[i].Term = over(term.Select(base, term.Step{Kind: term.FieldStep, Name: f.Name}), inner)
		}
	}
	return term.StructOf(s.Type, base, fields)
}

// capContexts drops repetitions, and good contexts before bad ones.
func capContexts(list []solve.Context) []solve.Context {
	seen := map[string]bool{}
	var out []solve.Context
	for _, bad := range []bool{true, false} {
		for _, c := range list {
			if c.Ok == bad || len(out) >= maxContexts {
				continue
			}
			if key := c.Key(); !seen[key] {
				seen[key] = true
				out = append(out, c)
			}
		}
	}
	return slices.Clone(out) // they are kept, and are many: without room for more
}

// atArgument places what an entry was given at the argument by which the entry hands
// it on: the entry's own line says nothing.
func atArgument(c solve.Context, e *callgraph.Edge) []obligation.Cause {
	if len(c.Hops) != 1 || c.At != e.From {
		return c.Fails
	}
	out := slices.Clone(c.Fails)
	for i := range out {
		x := &out[i]
		if x.Fn != e.From || x.Site != e.From.Site || x.Origin == nil {
			continue
		}
		param := paramOf(e.From, x.Origin)
		if param == "" {
			continue
		}
		x.Site = e.Site
		for j, a := range e.Args {
			if j < len(e.Sites) && e.Sites[j] >= 0 && a != nil && mentions(a, e.From, param) {
				x.Site = e.Sites[j]
			}
		}
	}
	return out
}

// paramOf is the parameter of an entry in which a part of the request comes, "" if it
// comes in none.
func paramOf(f *callgraph.Function, o *term.Origin) string {
	if o.Group == "argument" {
		return o.Name
	}
	if f.Entry == nil {
		return ""
	}
	for _, g := range f.Entry.Given {
		holds := term.Any(g.Value, func(x term.Term) bool {
			part, ok := x.(*term.Origin)
			return ok && part.Group == o.Group && part.Name == o.Name
		})
		if holds && g.Param < len(f.Params) {
			return f.Params[g.Param]
		}
	}
	return ""
}

// mentions reports whether a term speaks of the parameter of the name.
func mentions(t term.Term, f *callgraph.Function, name string) bool {
	return term.Any(t, func(x term.Term) bool {
		v, ok := x.(*term.Path)
		return ok && v.Root == term.Param && v.Index < len(f.Params) && f.Params[v.Index] == name
	})
}
