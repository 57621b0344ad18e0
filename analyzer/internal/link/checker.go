package link

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A checker is a function that decides access to what it is handed: one that the
// settings or library data name, or one of that kind by its name whose body is
// not understood. Where it said yes, a fact says so of its arguments
// ([term.Checked]); the fact travels with the values as others do, so it does
// not matter whether a helper loads the row, asks the checker, or both. What it
// proves is *asked*: a person must say that the function decides.

// accepted adds what the checkers that were asked in e have said yes to.
func (p *program) accepted(e *env, into *factSet) {
	p.guardedRows(e, into)
	for _, k := range tested(e) {
		c := e.fn.ops[k].call
		if c == nil || c.Mode != unit.Now || !saidYes(e, k) {
			continue
		}
		if name := p.decider(e.fn, c); name != "" {
			for _, a := range objects(c) {
				into.add(term.Fact{Op: term.Checked, A: a, B: &term.Const{Kind: term.Text, Text: name}})
			}
		}
	}
}

// saidYes tells whether call k ended well, as it was tested: its only result is
// an error that is nil, or its first one is true or a constant. That the error
// beside a first result is nil says nothing of the answer.
func saidYes(e *env, k int) bool {
	return slices.ContainsFunc(e.facts, func(f term.Fact) bool {
		r, ok := f.A.(*term.Result)
		if !ok || r.Call != k || len(r.Steps) == 0 || r.Steps[0].Kind != term.ResultStep || r.Steps[0].Index != 0 {
			return false
		}
		switch f.Op {
		case term.Nil:
			return len(r.Steps) == 1
		case term.True:
			return true
		case term.Eq:
			_, constant := f.B.(*term.Const)
			return constant
		}
		return false
	})
}

// decider is the name under which a call counts as one of a checker, "" if it
// does not. A function that is understood is none, unless the settings name it:
// what it does not compare it does not decide.
func (p *program) decider(f *fn, c *unit.Call) string {
	name := calleeName(c)
	switch {
	case c.Kind == unit.Dynamic:
		return ""
	case p.answered(name):
		return name
	case c.Kind == unit.Library && c.Role == library.Decides:
		return name
	case !trust.MayDecide(name) || !trust.SpeaksOfAccess(name) && !p.forCaller(f, c):
		return ""
	case c.Kind == unit.Library:
		return name
	}
	targets, known := p.callees(f, c)
	if !known || slices.ContainsFunc(targets, func(t callee) bool { return t.fn.Results <= 2 && !p.understood(t.fn, 3) }) {
		return name
	}
	return ""
}

// answered tells whether the settings name a checker.
func (p *program) answered(name string) bool { return slices.Contains(p.checkers, name) }

func calleeName(c *unit.Call) string {
	if c.Kind == unit.Interface {
		return c.Symbol + "." + c.Method
	}
	return c.Symbol
}

// objects are the arguments that a checker may decide on: what is no constant
// and not just the context. The receiver is the checker itself.
func objects(c *unit.Call) []term.Term {
	var out []term.Term
	for i, a := range c.Args {
		if i == 0 && (c.Kind == unit.Interface || strings.Contains(c.Symbol, ").")) {
			continue
		}
		if decidable(a) {
			out = append(out, a)
		}
	}
	return out
}

// decidable tells whether a term holds a value of a parameter, a row or a request.
func decidable(t term.Term) bool {
	found := false
	visit(t, func(x term.Term) {
		switch x := x.(type) {
		case *term.Result:
			found = true
		case *term.Path:
			found = found || x.Root == term.Param || x.Root == term.Free
		case *term.Origin:
			found = found || x.Kind == term.Request
		}
	})
	return found
}

// forCaller tells whether a call is handed something that stands for the caller:
// the context, the request, or the user. A validator of form is not.
func (p *program) forCaller(f *fn, c *unit.Call) bool {
	found := false
	for _, a := range c.Args {
		visit(a, func(x term.Term) {
			switch x := x.(type) {
			case *term.Origin:
				found = found || x.Kind == term.Tenant || x.Kind == term.Principal || x.Kind == term.Unknown && (x.Name == "context" || x.Name == "ctx")
			case *term.Path:
				found = found || x.Root == term.Context || x.Root == term.Param && x.Index < len(f.Params) && p.callerName(f.Params[x.Index])
			case *term.Result:
				of := f.ops[x.Call].call
				found = found || of != nil && (p.names.accessor(proof.Principal, calleeName(of)) || p.names.accessor(proof.Tenant, calleeName(of)))
			}
		})
	}
	return found
}

func (p *program) callerName(name string) bool {
	return name == "ctx" || p.names.is(proof.Principal, name) || p.names.is(proof.Tenant, name)
}

// byChecker decides an atom on a value that a checker was handed, or that is a
// part of what it was handed.
func (p *program) byChecker(a atom, f term.Fact) value {
	if a.kind != proof.Tenant && a.kind != proof.Key || !concerns(f.A, a.t) {
		return value{}
	}
	return p.verdictOf(f)
}

// concerns tells whether what was handed over is, holds, or is a whole of t.
func concerns(handed, t term.Term) bool {
	found := false
	visit(handed, func(x term.Term) {
		if same(x, t) {
			found = true
		} else if _, part := suffix(x, t); part {
			found = true
		}
	})
	return found
}

// verdictOf is what the word of a checker is worth: an assumption if a person
// has spoken for it, a question otherwise.
func (p *program) verdictOf(f term.Fact) value {
	if _, ok := guardedRelation(f); ok {
		return yes(assume(trust.ComparedRow.Premise()))
	}
	name := f.B.(*term.Const).Text
	if p.answered(name) {
		return yes(assume(trust.CheckerSays.Premise(short(name))))
	}
	return yes(ask(name))
}

// byHandedRow: the row that statement r gave went to a checker, which said yes,
// or a guard has spoken of its owner: then that holds of what the row was found by.
func (p *program) byHandedRow(e *env, r *unit.Run, s *stmt) value {
	v := value{}
	for _, f := range e.facts {
		if f.Op != term.Checked || !s.proof.Certain || !rowOnly(f.A, r.N) {
			continue
		}
		about := p.relationsIn(f, s)
		facts := slices.DeleteFunc(slices.Clone(e.facts), func(x term.Fact) bool { return x.Op == term.Checked })
		for _, b := range s.proof.Bounds {
			if about[b.Relation] {
				facts = append(facts, term.Fact{Op: term.Checked, A: p.hole(e.fn, r, s, b.Hole), B: f.B})
			}
		}
		v = or(v, p.run(p.at(e.fn, facts), r, s))
	}
	return v
}

// relationsIn are the relations of a statement that a fact about its row speaks
// of: the guarded one, or all of which a column was handed over.
func (p *program) relationsIn(f term.Fact, s *stmt) map[int]bool {
	out := map[int]bool{}
	if i, ok := guardedRelation(f); ok {
		out[i] = true
		return out
	}
	visit(f.A, func(x term.Term) {
		if r, ok := x.(*term.Result); ok {
			if step, ok := columnStep(r.Steps); ok {
				if o := p.output(s, step); o != nil {
					out[o.Relation] = true
				}
				return
			}
			for i := range s.proof.Outputs {
				out[s.proof.Outputs[i].Relation] = true
			}
		}
	})
	return out
}

// rowOnly tells whether a term holds a row of statement n as a whole, and
// nothing of another: one of many rows says nothing of the others.
func rowOnly(t term.Term, n int) bool {
	found, other := false, false
	visit(t, func(x term.Term) {
		r, ok := x.(*term.Result)
		if !ok {
			return
		}
		if r.Call != n || slices.ContainsFunc(r.Steps, func(s term.Step) bool { return s.Kind == term.ElemStep }) {
			other = true
			return
		}
		found = found || isRowPart(r)
	})
	return found && !other
}

// asksChecker tells whether a call only hands its arguments to a checker.
func (p *program) asksChecker(f *fn, c *unit.Call) bool { return p.decider(f, c) != "" }

// understood tells whether everything that decides how f ends is known.
func (p *program) understood(f *fn, depth int) bool {
	if depth == 0 {
		return true
	}
	for i := range f.Gives {
		g := &f.Gives[i]
		for _, x := range g.If {
			if !p.clear(f, x.A, depth) {
				return false
			}
		}
		for _, r := range g.Results {
			if !p.clear(f, r, depth) {
				return false
			}
		}
	}
	return true
}

// clear tells whether a term is known. What a checker of a library gave is: it
// is asked about itself, and was handed what the function handed it.
func (p *program) clear(f *fn, t term.Term, depth int) bool {
	ok := true
	visit(t, func(x term.Term) {
		switch x := x.(type) {
		case *term.Origin:
			ok = ok && x.Kind != term.Unknown
		case *term.Result:
			c := f.ops[x.Call].call
			if c == nil {
				return
			}
			if c.Kind == unit.Library {
				ok = ok && p.decider(f, c) != ""
				return
			}
			targets, known := p.callees(f, c)
			ok = ok && known
			for _, target := range targets {
				ok = ok && p.understood(target.fn, depth-1)
			}
		}
	})
	return ok
}
