package propagate

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/owner"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// ContextsOf asks in which contexts the statement is tied.
func (p *Callers) ContextsOf(f *callgraph.Function, run *unit.Run, t *statement.Texts) []solve.Context {
	e := p.conds.At(f, run.If)
	v := obligation.Yes(obligation.Notes{})
	for _, s := range t.List {
		got := p.unlessRefuted(e, run, s, p.solver.Run(e, run, s))
		if n, ok := solve.Follows(p.solver, e, run, t, s); ok && !obligation.IsTrue(got) {
			got = obligation.Yes(n)
		}
		v = obligation.And(v, got)
	}
	d, idle := solve.Demand{Fn: f}, false
	if g := p.goalOf(f, run, t); g != nil && !obligation.IsTrue(v) {
		switch use, compared := p.useOf(f, run.N, g); use {
		case rowChecked:
			v = v.OwedBy(compared.Noted(obligation.Assuming(trust.ComparedRow.Premise())))
		case rowCompared:
			v = v.OwedBy(compared)
		case rowReturned:
			if own := p.closed(f, run, compared); obligation.IsTrue(compared) || own.Fixed() && len(own.Alts) > 0 {
				d.Row, d.Goal = run.N, g
			} else {
				v = v.OwedBy(own) // a use of its own is not under a comparison with the caller's
			}
		case rowUnused:
			idle = true
		case rowUsed:
			v.Fails = obligation.JoinCauses(v.Fails, obligation.OfRows(compared.Fails))
		}
	}
	if v.Fixed() && len(v.Alts) > 0 && d.Row == 0 || obligation.IsSettled(v) {
		return []solve.Context{p.settledContext(v, f)}
	}
	d.Value = v
	if len(v.Alts) > 0 || d.Row > 0 {
		return p.Contexts(d)
	}
	if found := p.traced(d, f, run, t, v); found != nil {
		return found
	}
	if !callgraph.Generated(f) {
		c := p.Failing(d, f, v.Fails)
		c.Idle = idle
		return []solve.Context{c}
	}
	var out []solve.Context
	for _, hops := range HandWritten(p.graph, f, nil, map[*callgraph.Function]bool{}) {
		out = append(out, p.Failing(d, hops[0].From, v.Fails, hops...))
	}
	if len(out) == 0 {
		out = append(out, p.Failing(d, f, v.Fails))
	}
	return capContexts(out)
}

// closed decides in all callers what a comparison in a function needs.
func (p *Callers) closed(f *callgraph.Function, run *unit.Run, v obligation.Value) obligation.Value {
	out := obligation.Value{Fails: v.Fails}
	for _, x := range v.Alts {
		alt := obligation.Yes(x.Notes)
		for _, a := range x.Atoms {
			alt = obligation.And(alt, p.solver.Closed(p.conds.At(f, run.If), a, run.Site))
		}
		out = obligation.Or(out, alt.AsMoved(x))
	}
	return out
}

// ContextsOfWays asks in which contexts one of several ways to tie holds, for what a
// statement of f does beside finding its rows: a reference that it stores, a row that
// it moves.
func (p *Callers) ContextsOfWays(f *callgraph.Function, run *unit.Run, s *statement.Statement, ways []statement.Alternative) []solve.Context {
	v := p.solver.AnyWay(p.conds.At(f, run.If), run, s, ways)
	if v.Fixed() && len(v.Alts) > 0 || obligation.IsSettled(v) {
		return []solve.Context{p.settledContext(v, f)}
	}
	if len(v.Alts) > 0 {
		return p.Contexts(solve.Demand{Fn: f, Value: v})
	}
	return []solve.Context{p.Failing(solve.Demand{Fn: f}, f, v.Fails)}
}

// traced looks for the client's value by which an untied relation is selected:
// then the finding stands where that value is passed on, as for a key. It only
// finds the place: that the value turns out to be fine ties nothing.
func (p *Callers) traced(d solve.Demand, f *callgraph.Function, run *unit.Run, t *statement.Texts, v obligation.Value) []solve.Context {
	s := obligation.Accused(t, obligation.MostSignificant(v.Fails))
	g := s.Gap()
	if g == nil || g.Gap.Partial || obligation.MostSignificant(v.Fails).Kind != obligation.Gap {
		return nil
	}
	for _, b := range s.Proof.Bounds {
		if &s.Proof.Relations[b.Relation] != g {
			continue
		}
		a := obligation.Atom{Kind: proof.Key, Table: untraceable + statement.TableName(g.Table), Column: b.Column, T: p.stmts.Bind(f, run, s, b.Hole)}
		x := p.solver.Prove(p.conds.At(f, run.If), a)
		if len(x.Alts) == 0 {
			continue
		}
		d.Value = x
		var out []solve.Context
		for _, c := range p.Contexts(d) {
			best := obligation.MostSignificant(c.Fails)
			c.Ok, c.Fails = c.Ok && !c.Notes.Settled(), slices.Clone(v.Fails)
			for i := range c.Fails {
				if best.Kind == obligation.Request && best.Row == nil {
					c.Fails[i].Fn, c.Fails[i].Site, c.Fails[i].Origin, c.Fails[i].Source = best.Fn, best.Site, best.Origin, best.Source
					c.Fails[i].Atom.Column = b.Column
				}
			}
			out = append(out, c)
		}
		return capContexts(out)
	}
	return nil
}

// untraceable begins the name of a table that no row, guard or key belongs to.
const untraceable = "?"

// settledContext is the context of a demand that holds in f itself.
func (p *Callers) settledContext(v obligation.Value, f *callgraph.Function, hops ...*callgraph.Edge) solve.Context {
	n, _ := v.Holds()
	c := solve.Context{Ok: true, Notes: n, At: f, Root: p.graph.RootOf(f), Hops: hops}
	if !n.Settled() {
		c.Fails = v.Fails
	}
	return c
}

// goalOf is the row whose uses matter: that of a plain SELECT. A comparison
// after the fetch can show that it is the caller's only if a column that says whose it is
// is in the result; of several owned tables it must tie all.
func (p *Callers) goalOf(f *callgraph.Function, run *unit.Run, t *statement.Texts) *rowflow.Goal {
	given := t.Given()
	if len(given) != 1 || p.stmts.RunAt(f, run.N) != run {
		return nil
	}
	s := given[0]
	if s.Proof == nil || s.Proof.Write || s.Broken != "" {
		return nil
	}
	g := &rowflow.Goal{Fn: f, Run: run, Stmt: s, Relation: solve.NoRelation}
	for _, o := range s.Proof.Outputs {
		if o.Table == nil || o.Relation < 0 || len(owner.Comparable(s, &o)) == 0 {
			continue
		}
		if g.Relation = 0; len(s.Proof.Relations) > 1 {
			g.Relation = statement.AllRelations
		}
	}
	return g
}
