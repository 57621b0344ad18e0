package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// contextsOf asks in which contexts the statement is tied.
func (p *program) contextsOf(f *fn, run *unit.Run, t *texts) []context {
	e := p.at(f, run.If)
	v := yes(notes{})
	for _, s := range t.list {
		v = and(v, p.unlessRefuted(e, run, s, p.run(e, run, s)))
	}
	d, idle := demand{fn: f}, false
	if g := p.goalOf(f, run, t); g != nil && !isTrue(v) {
		switch use, compared := p.rowUse(f, run.N, g); use {
		case rowChecked:
			v = or(v, compared.noted(assume(trust.ComparedRow.Premise())))
		case rowReturned:
			d.row, d.goal = run.N, g
		case rowUnused:
			idle = true
		case rowUsed:
			v.fails = joinCauses(v.fails, ofRows(compared.fails))
		}
	}
	if v.fixed() && len(v.alts) > 0 && d.row == 0 || isSettled(v) {
		return []context{p.held(v, f)}
	}
	d.value = v
	if len(v.alts) > 0 || d.row > 0 {
		return p.contexts(d)
	}
	if found := p.traced(d, f, run, t, v); found != nil {
		return found
	}
	if !generated(f) {
		c := p.failing(d, f, v.fails)
		c.idle = idle
		return []context{c}
	}
	var out []context
	for _, hops := range p.handWritten(f, nil, map[*fn]bool{}) {
		out = append(out, p.failing(d, hops[0].from, v.fails, hops...))
	}
	if len(out) == 0 {
		out = append(out, p.failing(d, f, v.fails))
	}
	return capContexts(out)
}

// traced looks for the client's value by which an untied relation is selected:
// then the finding stands where that value is passed on, as for a key. It only
// finds the place: that the value turns out to be fine ties nothing.
func (p *program) traced(d demand, f *fn, run *unit.Run, t *texts, v value) []context {
	s := accused(t, telling(v.fails))
	g := s.gap()
	if g == nil || g.Gap.Partial || telling(v.fails).kind != gap {
		return nil
	}
	for _, b := range s.proof.Bounds {
		if &s.proof.Relations[b.Relation] != g {
			continue
		}
		a := atom{kind: proof.Key, table: untraceable + tableName(g.Table), column: b.Column, t: p.hole(f, run, s, b.Hole)}
		x := p.prove(p.at(f, run.If), a)
		if len(x.alts) == 0 {
			continue
		}
		d.value = x
		var out []context
		for _, c := range p.contexts(d) {
			best := telling(c.fails)
			c.ok, c.fails = c.ok && !c.notes.settled(), slices.Clone(v.fails)
			for i := range c.fails {
				if best.kind == request && best.row == nil {
					c.fails[i].fn, c.fails[i].site, c.fails[i].origin, c.fails[i].source = best.fn, best.site, best.origin, best.source
					c.fails[i].atom.column = b.Column
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

// held is the context of a demand that holds in f itself.
func (p *program) held(v value, f *fn, hops ...*edge) context {
	n, _ := v.holds()
	c := context{ok: true, notes: n, at: f, root: p.rootOf(f), hops: hops}
	if !n.settled() {
		c.fails = v.fails
	}
	return c
}

func isSettled(v value) bool {
	_, ok := v.settled()
	return ok
}

func isTrue(v value) bool {
	n, ok := v.holds()
	return ok && n.excuse == "" && n.settled()
}

// goalOf is the row whose uses matter: that of a plain SELECT. A comparison
// after the fetch can show that it is the caller's only if it is of one owned
// table, and a column that says whose it is is in the result.
func (p *program) goalOf(f *fn, run *unit.Run, t *texts) *goal {
	if len(t.list) != 1 || p.runAt(f, run.N) != run {
		return nil
	}
	s := t.list[0]
	if s.proof == nil || s.proof.Write || s.broken != "" {
		return nil
	}
	g := &goal{f, run, s, noRelation}
	for _, o := range s.proof.Outputs {
		if len(s.proof.Relations) == 1 && o.Relation == 0 && o.Table != nil && len(comparableOf(s, &o)) > 0 {
			g.relation = 0
		}
	}
	return g
}
