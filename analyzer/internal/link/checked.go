package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// goal is a relation of a plain SELECT whose rows are harmless if they are
// compared with the caller's tenant before any use.
type goal struct {
	fn       *fn
	run      *unit.Run
	stmt     *stmt
	relation int
}

// rowUse tells what a function does with a row.
type rowUse uint8

const (
	rowUsed     rowUse = iota // at least one use is not under a comparison
	rowReturned               // it only gives the row back: its callers must compare
	rowChecked                // every use stands under a comparison
	rowUnused                 // nothing but whether there is a row matters
)

// maxRowDepth caps the functions that a row may be given back through.
const maxRowDepth = 6

// rowUse judges all uses of the row that operation n of f gives: every use but
// tests of nil and errors must stand under the comparison. The value is what
// the comparison needs: that its other side is the caller's tenant.
func (p *program) rowUse(f *fn, n int, g *goal) (rowUse, value) {
	v, checked, used := yes(notes{}), false, false
	for _, u := range p.usesOf(f) {
		if !p.mentions(f, u.value, n, g, maxRowDepth) {
			continue
		}
		used = true
		if v = and(v, p.isCompared(f, p.unmapped(f, u.facts), n, g, maxRowDepth)); len(v.alts) == 0 {
			return rowUsed, v
		}
		checked = true
	}
	returned, tested := false, false
	for i := range f.Gives {
		give := &f.Gives[i]
		if excludes(give.If, factsOf(f.ops[n])) {
			continue // the row was not fetched on this way
		}
		got := p.isCompared(f, p.unmapped(f, give.If), n, g, maxRowDepth)
		switch {
		case len(got.alts) > 0:
			checked, v = true, and(v, got)
		case p.givesRow(f, give, n, g):
			returned = true
		}
		used = used || p.testsRow(f, give.If, n, g)
		tested = tested || slices.ContainsFunc(give.If, func(x term.Fact) bool { return fromRun(x.A, n) })
	}
	switch {
	case returned:
		return rowReturned, v
	case checked:
		return rowChecked, v
	case !used && tested:
		return rowUnused, value{}
	}
	return rowUsed, value{}
}

// testsRow tells whether facts speak of a column of the row, not just of
// whether there is one.
func (p *program) testsRow(f *fn, facts []term.Fact, n int, g *goal) bool {
	return slices.ContainsFunc(facts, func(x term.Fact) bool {
		return x.Op != term.Nil && x.Op != term.NotNil && (p.mentions(f, x.A, n, g, maxRowDepth) || x.B != nil && p.mentions(f, x.B, n, g, maxRowDepth))
	})
}

func factsOf(o op) []term.Fact {
	switch {
	case o.run != nil:
		return o.run.If
	case o.call != nil:
		return o.call.If
	}
	return nil
}

// excludes tells whether two lists of facts cannot hold together.
func excludes(a, b []term.Fact) bool {
	s := &factSet{}
	for _, f := range a {
		s.add(f)
	}
	for _, f := range b {
		s.add(f)
	}
	return s.contradictory
}

// placeOf is a value that is used under facts.
type placeOf struct {
	value term.Term
	facts []term.Fact
}

// usesOf lists the values that the operations of a function use, returns apart.
func (p *program) usesOf(f *fn) []placeOf {
	var out []placeOf
	for i := range f.Calls {
		c := &f.Calls[i]
		for _, a := range c.Args {
			if !p.justReads(f, c, maxRowDepth) && !p.maps(f, c, maxRowDepth) && !p.asksMembership(f, c, maxRowDepth) {
				out = append(out, placeOf{a, c.If})
			}
		}
		if c.Value != nil {
			out = append(out, placeOf{c.Value, c.If}) // a closure uses what it has captured
		}
	}
	for i := range f.Runs {
		if p.ownLookup(f, &f.Runs[i]) {
			continue
		}
		for _, a := range f.Runs[i].Args {
			out = append(out, placeOf{a, f.Runs[i].If})
		}
	}
	for i := range f.Puts {
		out = append(out, placeOf{f.Puts[i].Value, f.Puts[i].If})
	}
	for i := range f.Stores {
		out = append(out, placeOf{f.Stores[i].Value, f.Stores[i].If})
	}
	for i := range f.Uses {
		out = append(out, placeOf{f.Uses[i].Value, f.Uses[i].If})
	}
	return out
}

// justReads tells whether a call only compares what it is handed, or asks a
// checker about it: a policy that looks at a row does not use it.
func (p *program) justReads(f *fn, c *unit.Call, depth int) bool {
	if p.asksChecker(f, c) {
		return true
	}
	if c.Kind == unit.Library || c.Kind == unit.Dynamic || depth == 0 {
		return false
	}
	targets, known := p.callees(f, c)
	return known && !slices.ContainsFunc(targets, func(t callee) bool { return !p.readsOnly(t.fn, depth-1) })
}

// readsOnly tells whether a function does nothing with what it is handed but
// compare it and look things up by it, and gives back no more than how that ended.
func (p *program) readsOnly(f *fn, depth int) bool {
	if !p.queriesOnly(f, depth) {
		return false
	}
	for i := range f.Gives {
		for _, r := range f.Gives[i].Results[:min(f.Results, len(f.Gives[i].Results))] {
			if !p.tellsEnd(f, r, depth) {
				return false
			}
		}
	}
	return true
}

func (p *program) onlyQueries(f *fn, run *unit.Run) bool {
	texts := p.statements(f, run)
	return !texts.open && texts.reason == "" && !slices.ContainsFunc(texts.list, func(s *stmt) bool { return s.broken != "" || s.proof.Write })
}

// looksUp tells whether a call only queries by what it is handed; what it finds
// is its caller's to give back or not.
func (p *program) looksUp(f *fn, c *unit.Call, depth int) bool {
	return p.allTargets(f, c, depth, p.queriesOnly)
}

// queriesOnly tells whether a function, and what it calls, keeps nothing of what it
// is handed and writes nothing.
func (p *program) queriesOnly(f *fn, depth int) bool {
	if len(f.Puts)+len(f.Stores)+len(f.Uses) > 0 {
		return false
	}
	for i := range f.Runs {
		if !p.onlyQueries(f, &f.Runs[i]) {
			return false
		}
	}
	for i := range f.Calls {
		if !p.justReads(f, &f.Calls[i], depth) && !p.looksUp(f, &f.Calls[i], depth) {
			return false
		}
	}
	return true
}

// tellsEnd tells whether a result says no more than how a function ended: a test,
// an error, whether there was a row.
func (p *program) tellsEnd(f *fn, t term.Term, depth int) bool {
	if _, test := t.(*term.Test); test {
		return true
	}
	if open(t) {
		return false
	}
	ok := true
	visit(t, func(x term.Term) {
		if r, isResult := x.(*term.Result); isResult && ok {
			ok = p.endOf(f, r, depth)
		}
	})
	return ok
}

func (p *program) endOf(f *fn, r *term.Result, depth int) bool {
	if run := p.runAt(f, r.Call); run != nil {
		if isRowPart(r) {
			step, ok := columnStep(r.Steps)
			texts := p.statements(f, run)
			return ok && !slices.ContainsFunc(texts.list, func(s *stmt) bool {
				o := p.output(s, step)
				return o == nil || o.Table != nil
			})
		}
		return !isHandle(r)
	}
	c := f.ops[r.Call].call
	if c == nil || depth == 0 {
		return false
	}
	if c.Kind == unit.Library {
		return p.asksChecker(f, c)
	}
	targets, known := p.callees(f, c)
	for _, target := range targets {
		for i := range target.fn.Gives {
			if t, ok := given(r, r.Call, &target.fn.Gives[i]); ok && !p.tellsEnd(target.fn, t, depth-1) {
				return false
			}
		}
	}
	return known
}

func (p *program) givesRow(f *fn, g *unit.Give, n int, goal *goal) bool {
	return slices.ContainsFunc(g.Results, func(t term.Term) bool { return p.mentions(f, t, n, goal, maxRowDepth) })
}

// mentions tells whether a term holds a part of the row that operation n gave:
// a column, or a result of a call that gives one.
func (p *program) mentions(f *fn, t term.Term, n int, g *goal, depth int) bool {
	found := false
	visit(p.scanned(f, t), func(x term.Term) {
		if r, ok := x.(*term.Result); ok && r.Call == n && !found {
			found = p.holdsRow(f, r, g, depth)
		}
	})
	return found
}

func (p *program) holdsRow(f *fn, r *term.Result, g *goal, depth int) bool {
	o := f.ops[r.Call]
	if o.run != nil || len(r.Steps) > 0 && r.Steps[0].Kind != term.ResultStep {
		return isRowPart(r)
	}
	if o.call == nil || depth == 0 {
		return depth == 0
	}
	targets, _ := p.callees(f, o.call)
	for _, c := range targets {
		for i := range c.fn.Gives {
			t, ok := given(r, r.Call, &c.fn.Gives[i])
			if ok && p.anyRow(c.fn, p.scanned(c.fn, t), g, depth-1) {
				return true
			}
		}
	}
	return false
}

// scanned looks through helpers that are handed the rows of a statement and give
// back what they scan: the columns are the statement's.
func (p *program) scanned(f *fn, t term.Term) term.Term {
	return term.Map(t, func(x term.Term) term.Term {
		r, ok := x.(*term.Result)
		if !ok {
			return x
		}
		c := f.ops[r.Call].call
		if c == nil || !slices.ContainsFunc(c.Args, isHandle) && !(hasRow(c) && p.maps(f, c, maxRowDepth)) {
			return x
		}
		var out []term.Term
		targets, _ := p.callees(f, c)
		for _, target := range targets {
			for i := range target.fn.Gives {
				if inner, ok := given(r, r.Call, &target.fn.Gives[i]); ok {
					out = append(out, p.restore(target, r.Call, inner))
				}
			}
		}
		if len(out) == 0 {
			return x
		}
		return term.JoinOf(out...)
	})
}

// isHandle tells the handle of a statement's rows.
func isHandle(t term.Term) bool {
	r, ok := t.(*term.Result)
	return ok && len(r.Steps) == 1 && r.Steps[0].Kind == term.PseudoStep && r.Steps[0].Name == "rows"
}

// isRowPart tells a column of a row, or the row.
func isRowPart(r *term.Result) bool {
	if len(r.Steps) == 0 {
		return false
	}
	first := r.Steps[0]
	return first.Kind == term.ColumnStep || first.Kind == term.PseudoStep && first.Name == wholeRow
}

// wholeRow is the pseudo result that is a row as a struct, by column names.
const wholeRow = "row"

// anyRow tells whether a term holds a column of the goal's statement.
func (p *program) anyRow(f *fn, t term.Term, g *goal, depth int) bool {
	found := false
	visit(t, func(x term.Term) {
		r, ok := x.(*term.Result)
		if !ok || found {
			return
		}
		if run := p.runAt(f, r.Call); run != nil && run != g.run && !p.statements(f, run).open {
			return
		}
		found = p.holdsRow(f, r, g, depth)
	})
	return found
}

// isCompared tells whether, under the facts, the row that operation n of f gave
// is compared with the caller's tenant, whichever way the callee returned.
func (p *program) isCompared(f *fn, facts []term.Fact, n int, g *goal, depth int) value {
	if depth == 0 {
		return value{}
	}
	e := p.at(f, facts)
	o := f.ops[n]
	if run := p.runAt(f, n); run != nil && (o.run != nil || run == g.run) {
		if run != g.run {
			return yes(notes{}) // another statement's row is judged by itself
		}
		return p.compared(e, g.run, g.stmt, g.relation, proof.Tenant)
	}
	if o.call == nil || o.call.Kind == unit.Library {
		return value{}
	}
	targets, known := p.callees(f, o.call)
	v, seen := yes(notes{}), false
	for _, c := range targets {
		for i := range c.fn.Gives {
			give := &c.fn.Gives[i]
			inner, ok := p.outcome(e, n, c.fn, give)
			if !ok {
				continue
			}
			for _, k := range p.rowsIn(c.fn, give, g, depth) {
				v, seen = and(v, p.lift(e, p.isCompared(c.fn, inner, k, g, depth-1), c, o.call)), true
			}
		}
	}
	if !known || !seen {
		return value{}
	}
	return v
}

// rowsIn lists the operations whose rows a return gives.
func (p *program) rowsIn(f *fn, give *unit.Give, g *goal, depth int) []int {
	var out []int
	for _, t := range give.Results {
		visit(p.scanned(f, t), func(x term.Term) {
			r, ok := x.(*term.Result)
			if ok && !slices.Contains(out, r.Call) && p.holdsRow(f, r, g, depth) {
				out = append(out, r.Call)
			}
		})
	}
	slices.Sort(out)
	return out
}
