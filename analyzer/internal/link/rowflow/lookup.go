package rowflow

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Between the load of a row and its use stands, in most programs, the load of its parent:
// whose invoice a line is of, the invoice says. Looking something up by a row is no use of
// it. What is found is a row of another statement, which is judged by itself, and a result
// that holds a part of what the look-up was handed holds a part of the row.

// onlyFinds reports whether a call only looks things up by what it is handed.
func (p *Rows) onlyFinds(f *callgraph.Function, c *unit.Call, depth int) bool {
	return p.allTargets(f, c, depth, p.finds)
}

// finds reports whether a function reads the database, and keeps nothing of what it is
// handed but in objects that it makes.
func (p *Rows) finds(f *callgraph.Function, depth int) bool {
	if len(f.Puts)+len(f.Uses)+len(f.Keeps) > 0 || slices.ContainsFunc(f.Stores, func(s unit.Store) bool { return s.Of != unit.Made }) {
		return false
	}
	reads := len(f.Runs) > 0
	for i := range f.Runs {
		if !p.onlyQueries(f, &f.Runs[i]) {
			return false
		}
	}
	for i := range f.Calls {
		c := &f.Calls[i]
		found := p.onlyFinds(f, c, depth)
		if !found && !p.justReads(f, c, depth) && !p.IsMapping(f, c, depth) {
			return false
		}
		reads = reads || found
	}
	return reads
}

// handedOn are the values that an operation which looks something up was handed, of which a
// result of it holds a part.
func (p *Rows) handedOn(f *callgraph.Function, r *term.Result, depth int) []term.Term {
	o := f.Ops[r.Call]
	if run := p.stmts.RunAt(f, r.Call); run != nil {
		return p.shownBy(f, run, r)
	}
	if o.Call == nil || !p.onlyFinds(f, o.Call, depth) {
		return nil
	}
	var out []term.Term
	targets, _ := p.graph.Callees(f, o.Call)
	for target, t := range callgraph.Behind(targets, r) {
		for _, k := range p.paramsBehind(target.Fn, t, depth-1) {
			out = append(out, argOf(target, k))
		}
	}
	return out
}

// paramsBehind are the parameters of which a term of a function holds a part.
func (p *Rows) paramsBehind(f *callgraph.Function, t term.Term, depth int) []int {
	out := paramsIn(t)
	term.Visit(t, func(x term.Term) {
		r, ok := x.(*term.Result)
		if !ok {
			return
		}
		handed := p.handedOn(f, r, depth)
		if c := f.Ops[r.Call].Call; depth <= 0 || c != nil && !p.onlyFinds(f, c, depth) && !p.justReads(f, c, depth) {
			handed = operands(f.Ops[r.Call])
		}
		for _, a := range handed {
			out = append(out, paramsIn(a)...)
		}
	})
	slices.Sort(out)
	return slices.Compact(out)
}

// operands are the values that an operation is handed.
func operands(o callgraph.Operation) []term.Term {
	switch {
	case o.Run != nil:
		return o.Run.Args
	case o.Call != nil:
		return o.Call.Args
	}
	return nil
}

// shownBy are the bind values of which a row says more than that it is there: those that
// are no key by which the row of a tenant is found. Whose the row is that such a key finds
// is its own statement's matter.
func (p *Rows) shownBy(f *callgraph.Function, run *unit.Run, r *term.Result) []term.Term {
	if !statement.IsRowPart(r) {
		return nil
	}
	var out []term.Term
	for _, s := range p.stmts.Of(f, run).List {
		if s.Broken != "" || s.Proof == nil {
			return run.Args
		}
		for hole := 1; hole <= len(run.Args); hole++ {
			if !isKey(s, hole) {
				out = append(out, p.stmts.Bind(f, run, s, hole))
			}
		}
	}
	return out
}

// isKey reports whether a bind value is a key, or a tenant, that ties an owned relation.
func isKey(s *statement.Statement, hole int) bool {
	needs := func(n proof.Need) bool { return n.Hole == hole }
	return slices.ContainsFunc(s.Proof.Relations, func(r proof.Relation) bool {
		return slices.ContainsFunc(r.Alternatives, func(a proof.Alternative) bool { return slices.ContainsFunc(a.Needs, needs) })
	})
}
