package solve

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// People log in by a name that they give: before that there is no caller, and no
// tenant but the one that is named.

// NamesPerson reports whether a statement is a query of the table of users by the
// name of a person.
func (p *Solver) NamesPerson(s *statement.Statement) bool {
	if !s.Proof.Shape.Plain {
		return false
	}
	return slices.ContainsFunc(s.Proof.Shape.Sources, func(x proof.Source) bool {
		return x.Table != nil && x.Table == s.Cat.Principal && slices.ContainsFunc(x.Bound, func(b proof.Binding) bool {
			return p.access.Names.NamesPerson(b.Column)
		})
	})
}

// loggedIn trusts what a row says of the user, or of the user's tenant, where a
// function that logs people in has looked that row up by a person's name. What it
// makes of the row, a session or a token, is that person's.
func (p *Solver) loggedIn(e *pathcond.Env, a obligation.Atom, r *term.Result, v obligation.Value) obligation.Value {
	if _, ok := v.Holds(); ok || !p.access.Names.LogsIn(e.Fn.Symbol) || a.Kind == proof.NonZero || a.Kind == proof.Zero || !p.person(e.Fn, r, rowflow.MaxRowDepth) {
		return v
	}
	return obligation.Or(v, obligation.Yes(obligation.Assuming(trust.LoggedInRow.Premise())))
}

// person reports whether a result is a part of a row that was looked up by a
// person's name, whichever way it was given.
func (p *Solver) person(f *callgraph.Function, r *term.Result, depth int) bool {
	o := f.Ops[r.Call]
	if depth == 0 {
		return false
	}
	if o.Run != nil {
		t := p.stmts.Of(f, o.Run)
		return t.Reason == "" && !t.Open && len(t.List) > 0 && !slices.ContainsFunc(t.List, func(s *statement.Statement) bool { return s.Broken != "" || !p.NamesPerson(s) })
	}
	if o.Call == nil {
		return false
	}
	targets, known := p.graph.Callees(f, o.Call)
	if !known {
		return false
	}
	found := false
	for c, t := range callgraph.Behind(targets, r) {
		for _, leaf := range term.Leaves(p.rows.ThroughMappers(c.Fn, t)) {
			if zero, known := term.Zeroness(leaf); known && zero {
				continue
			}
			inner, ok := leaf.(*term.Result)
			if !ok || !p.person(c.Fn, inner, depth-1) {
				return false
			}
			found = true
		}
	}
	return found
}
