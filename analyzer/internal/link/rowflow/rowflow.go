package rowflow

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Goal is a relation of a plain SELECT whose rows are harmless if they are
// compared with the caller's tenant before any use.
type Goal struct {
	Fn       *callgraph.Function
	Run      *unit.Run
	Stmt     *statement.Statement
	Relation int
}

// MaxRowDepth caps the functions that a row may be given back through.
const MaxRowDepth = 6

func FactsOf(o callgraph.Operation) []term.Fact {
	switch {
	case o.Run != nil:
		return o.Run.If
	case o.Call != nil:
		return o.Call.If
	}
	return nil
}

// Excludes reports whether two lists of facts cannot hold together.
func Excludes(a, b []term.Fact) bool {
	s := &term.FactSet{}
	for _, f := range a {
		s.Add(f)
	}
	for _, f := range b {
		s.Add(f)
	}
	return s.Contradictory
}

// placeOf is a value that is used under facts.
type placeOf struct {
	Value term.Term
	Facts []term.Fact
	By    int    // the call that uses it, 0 if it is none
	Key   string // the context key under which it is put, "" if it is not
}

// UsesOf lists the values that the operations of a function use, returns apart.
func (p *Rows) UsesOf(f *callgraph.Function) []placeOf {
	out, known := p.uses[f]
	if !known {
		out = p.usesIn(f)
		p.uses[f] = out
	}
	return out
}

func (p *Rows) usesIn(f *callgraph.Function) []placeOf {
	var out []placeOf
	for i := range f.Calls {
		c := &f.Calls[i]
		if p.justReads(f, c, MaxRowDepth) {
			continue
		}
		if !p.IsMapping(f, c, MaxRowDepth) && !p.onlyFinds(f, c, MaxRowDepth) {
			for _, a := range c.Args {
				out = append(out, placeOf{Value: a, Facts: c.If, By: c.N})
			}
		}
		if c.Value != nil {
			out = append(out, placeOf{Value: c.Value, Facts: c.If}) // a closure uses what it has captured
		}
	}
	for i := range f.Runs {
		if p.onlyQueries(f, &f.Runs[i]) {
			continue
		}
		for _, a := range f.Runs[i].Args {
			out = append(out, placeOf{Value: a, Facts: f.Runs[i].If})
		}
	}
	for i := range f.Puts {
		out = append(out, placeOf{Value: f.Puts[i].Value, Facts: f.Puts[i].If, Key: f.Puts[i].Key})
	}
	for i := range f.Stores {
		if f.Stores[i].Of != unit.Made { // where that goes, the row goes
			out = append(out, placeOf{Value: f.Stores[i].Value, Facts: f.Stores[i].If})
		}
	}
	for i := range f.Uses {
		out = append(out, placeOf{Value: f.Uses[i].Value, Facts: f.Uses[i].If})
	}
	return out
}

// justReads reports whether a call only compares what it is handed, or asks a
// checker about it: a policy that looks at a row does not use it.
func (p *Rows) justReads(f *callgraph.Function, c *unit.Call, depth int) bool {
	if p.access.AsksChecker(f, c) {
		return true
	}
	if c.AsksAny() && len(c.Args) == 2 && depth > 0 { // who is asked looks at each of the rows
		c = &unit.Call{Kind: unit.Dynamic, Value: c.Args[1], Args: c.Args[:1]}
		targets, known := p.graph.Callees(f, c)
		return known && !slices.ContainsFunc(targets, func(t callgraph.Callee) bool { return !p.readsOnly(t.Fn, depth-1) })
	}
	if c.Kind == unit.Library || depth == 0 {
		return false
	}
	targets, known := p.graph.Callees(f, c)
	dynamic := c.Kind == unit.Dynamic
	return known && (!dynamic || len(targets) > 0) && !slices.ContainsFunc(targets, func(t callgraph.Callee) bool {
		return justSends(t) || dynamic && givesHanded(t.Fn) || !p.readsOnly(t.Fn, depth-1)
	})
}

// givesHanded reports whether a function may give back a part of what it is handed, or has
// captured: what a function value gives is not looked through.
func givesHanded(f *callgraph.Function) bool {
	return slices.ContainsFunc(f.Gives, func(g unit.Give) bool {
		return slices.ContainsFunc(g.Results, func(t term.Term) bool {
			_, test := t.(*term.Test)
			return !test && term.Any(t, func(x term.Term) bool {
				v, ok := x.(*term.Path)
				return ok && (v.Root == term.Param || v.Root == term.Free)
			})
		})
	})
}

// justSends reports whether a function that is handed a row gives nothing, and sends it: an
// answer. One that decides may write into a log what it has seen.
func justSends(t callgraph.Callee) bool {
	return t.Fn.Results == 0 && slices.ContainsFunc(t.Fn.Sends, func(k int) bool { return term.HoldsResult(argOf(t, k)) })
}

// readsOnly reports whether a function does nothing with what it is handed but
// compare it and look things up by it, and gives back no more than how that ended.
func (p *Rows) readsOnly(f *callgraph.Function, depth int) bool {
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

func (p *Rows) onlyQueries(f *callgraph.Function, run *unit.Run) bool {
	texts := p.stmts.Of(f, run)
	return !texts.Open && texts.Reason == "" && len(texts.List) > 0 && !slices.ContainsFunc(texts.List, func(s *statement.Statement) bool { return s.Broken != "" || s.Proof.Write })
}

// looksUp reports whether a call only queries by what it is handed; what it finds
// is its caller's to give back or not.
func (p *Rows) looksUp(f *callgraph.Function, c *unit.Call, depth int) bool {
	return p.allTargets(f, c, depth, p.queriesOnly)
}

// queriesOnly reports whether a function, and what it calls, keeps nothing of what it
// is handed and writes nothing.
func (p *Rows) queriesOnly(f *callgraph.Function, depth int) bool {
	if len(f.Puts)+len(f.Stores)+len(f.Uses)+len(f.Keeps) > 0 {
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

// tellsEnd reports whether a result says no more than how a function ended: a test,
// an error, whether there was a row.
func (p *Rows) tellsEnd(f *callgraph.Function, t term.Term, depth int) bool {
	if _, test := t.(*term.Test); test {
		return true
	}
	if term.IsOpen(t) {
		return false
	}
	return !term.Any(t, func(x term.Term) bool {
		r, ok := x.(*term.Result)
		return ok && !p.endOf(f, r, depth)
	})
}

func (p *Rows) endOf(f *callgraph.Function, r *term.Result, depth int) bool {
	if run := p.stmts.RunAt(f, r.Call); run != nil {
		if statement.IsRowPart(r) {
			step, ok := statement.ColumnStep(r.Steps)
			texts := p.stmts.Of(f, run)
			return ok && !slices.ContainsFunc(texts.List, func(s *statement.Statement) bool {
				o := p.stmts.Output(s, step)
				return o == nil || o.Table != nil
			})
		}
		return !statement.IsHandle(r)
	}
	c := f.Ops[r.Call].Call
	if c == nil || depth == 0 {
		return false
	}
	if c.Kind == unit.Library {
		return p.access.AsksChecker(f, c)
	}
	targets, known := p.graph.Callees(f, c)
	for target, t := range callgraph.Behind(targets, r) {
		if !p.tellsEnd(target.Fn, t, depth-1) {
			return false
		}
	}
	return known
}

func (p *Rows) GivesRow(f *callgraph.Function, g *unit.Give, n int, goal *Goal) bool {
	return slices.ContainsFunc(g.Results, func(t term.Term) bool { return p.Mentions(f, t, n, goal, MaxRowDepth) })
}

// LeavesRow reports whether a return leaves the row that operation n gave in a variable that
// the function has captured.
func (p *Rows) LeavesRow(f *callgraph.Function, g *unit.Give, n int, goal *Goal) bool {
	left := g.Results[max(0, len(g.Results)-f.Left):]
	return slices.ContainsFunc(left, func(t term.Term) bool { return p.Mentions(f, t, n, goal, MaxRowDepth) })
}

// Mentions reports whether a term holds a part of the row that operation n gave:
// a column, or a result of a call that gives one.
func (p *Rows) Mentions(f *callgraph.Function, t term.Term, n int, g *Goal, depth int) bool {
	return term.Any(p.ThroughMappers(f, t), func(x term.Term) bool {
		r, ok := x.(*term.Result)
		if !ok || r.Call == n {
			return ok && p.holdsRow(f, r, g, depth)
		}
		return depth > 0 && slices.ContainsFunc(p.handedOn(f, r, depth), func(a term.Term) bool { return p.Mentions(f, a, n, g, depth-1) })
	})
}

func (p *Rows) holdsRow(f *callgraph.Function, r *term.Result, g *Goal, depth int) bool {
	o := f.Ops[r.Call]
	if o.Run != nil || len(r.Steps) > 0 && r.Steps[0].Kind != term.ResultStep {
		return statement.IsRowPart(r)
	}
	if o.Call == nil || depth == 0 {
		return depth == 0
	}
	if arg, _, left := term.LeftBy(r); left {
		return p.leftRow(f, r, arg, g, depth)
	}
	targets, _ := p.graph.Callees(f, o.Call)
	for c, t := range callgraph.Behind(targets, r) {
		if p.anyRow(c.Fn, p.ThroughMappers(c.Fn, t), g, depth-1) {
			return true
		}
	}
	return false
}

// leftRow is holdsRow of what a function value has left that was handed to a call.
func (p *Rows) leftRow(f *callgraph.Function, r *term.Result, arg int, g *Goal, depth int) bool {
	handed, _ := pathcond.Handed(p.graph, f.Ops[r.Call].Call, arg)
	return slices.ContainsFunc(handed, func(c callgraph.Callee) bool {
		return slices.ContainsFunc(c.Fn.Gives, func(x unit.Give) bool {
			t, ok := pathcond.LeftIn(r, c.Fn, &x)
			return ok && p.anyRow(c.Fn, p.ThroughMappers(c.Fn, t), g, depth-1)
		})
	})
}

// ThroughMappers looks through helpers that are handed the rows of a statement and give
// back what they scan: the columns are the statement's.
func (p *Rows) ThroughMappers(f *callgraph.Function, t term.Term) term.Term {
	key := valueIn{f, t}
	out, known := p.through[key]
	if !known {
		out = p.throughMappers(f, t, MaxRowDepth)
		p.through[key] = out
	}
	return out
}

// throughMappers looks through helpers inside helpers, as deep as a call may map.
func (p *Rows) throughMappers(f *callgraph.Function, t term.Term, depth int) term.Term {
	if depth == 0 {
		return t
	}
	return term.Map(t, func(x term.Term) term.Term {
		r, ok := x.(*term.Result)
		if !ok {
			return x
		}
		c := f.Ops[r.Call].Call
		if c == nil || !slices.ContainsFunc(c.Args, statement.IsHandle) && !((hasRow(c) || depth < MaxRowDepth) && p.seenThrough(f, c, depth)) {
			return x
		}
		var out []term.Term
		targets, _ := p.graph.Callees(f, c)
		for target, inner := range callgraph.Behind(pathcond.Unpromoted(c, targets), r) {
			moved := p.conds.ToCaller(target, r.Call, p.throughMappers(target.Fn, inner, depth-1))
			out = append(out, p.throughMappers(f, moved, depth-1)) // it may be handed what another one made
		}
		if len(out) == 0 {
			return x
		}
		return term.JoinOf(out...)
	})
}

// seenThrough reports whether what a call gives is made of what it is handed. Inside a
// mapper that sets fields of its parameter, a helper of it may, too.
func (p *Rows) seenThrough(f *callgraph.Function, c *unit.Call, depth int) bool {
	does, maps := p.mapped(f, c, depth)
	return maps && (len(does.sets) == 0 || depth < MaxRowDepth)
}

// anyRow reports whether a term holds a column of the goal's statement.
func (p *Rows) anyRow(f *callgraph.Function, t term.Term, g *Goal, depth int) bool {
	return term.Any(t, func(x term.Term) bool {
		r, ok := x.(*term.Result)
		if !ok {
			return false
		}
		if run := p.stmts.RunAt(f, r.Call); run != nil && run != g.Run && !p.stmts.Of(f, run).Open {
			return false
		}
		return p.holdsRow(f, r, g, depth)
	})
}

// RowsIn lists the operations whose rows a return gives.
func (p *Rows) RowsIn(f *callgraph.Function, give *unit.Give, g *Goal, depth int) []int {
	var out []int
	for _, t := range give.Results {
		term.Visit(p.ThroughMappers(f, t), func(x term.Term) {
			r, ok := x.(*term.Result)
			if ok && !slices.Contains(out, r.Call) && p.holdsRow(f, r, g, depth) {
				out = append(out, r.Call)
			}
		})
	}
	slices.Sort(out)
	return out
}
