package access

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Decider is the name under which a call counts as one of a checker, "" if it
// does not. A function that is understood is none, unless the settings name it:
// what it does not compare it does not decide.
func (p *Deciders) Decider(f *callgraph.Function, c *unit.Call) string {
	name := callgraph.CalleeName(c)
	switch {
	case c.Kind == unit.Dynamic:
		return ""
	case p.Answered(name):
		return name
	case c.Kind == unit.Library && c.Role == library.Decides:
		return name
	case !trust.MayDecide(name) || !trust.SpeaksOfAccess(name) && !p.ForCaller(f, c):
		return ""
	case c.Kind == unit.Library:
		return name
	}
	targets, known := p.graph.Callees(f, c)
	if !known || slices.ContainsFunc(targets, func(t callgraph.Callee) bool { return t.Fn.Results <= 2 && !p.understood(t.Fn, 3) }) {
		return name
	}
	return ""
}

// Answered reports whether the settings name a checker.
func (p *Deciders) Answered(name string) bool { return slices.Contains(p.checkers, name) }

// Objects are the arguments that a checker may decide on: what is no constant
// and not just the context. The receiver is the checker itself.
func Objects(c *unit.Call) []term.Term {
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

// decidable reports whether a term holds a value of a parameter, a row or a request.
func decidable(t term.Term) bool {
	return term.IsOpen(t) || term.HoldsResult(t) || term.Any(t, term.IsRequest)
}

// ForCaller reports whether a call is handed something that stands for the caller:
// the context, the request, or the user. A validator of form is not.
func (p *Deciders) ForCaller(f *callgraph.Function, c *unit.Call) bool {
	stands := func(x term.Term) bool {
		switch x := x.(type) {
		case *term.Origin:
			return x.Kind == term.Tenant || x.Kind == term.Principal || x.Kind == term.Unknown && (x.Name == "context" || x.Name == "ctx")
		case *term.Path:
			return x.Root == term.Context || x.Root == term.Param && x.Index < len(f.Params) && p.callerName(f.Params[x.Index])
		case *term.Result:
			of := f.Ops[x.Call].Call
			return of != nil && (p.Names.GivesCaller(proof.Principal, callgraph.CalleeName(of)) || p.Names.GivesCaller(proof.Tenant, callgraph.CalleeName(of)))
		}
		return false
	}
	return slices.ContainsFunc(c.Args, func(a term.Term) bool { return term.Any(a, stands) })
}

func (p *Deciders) callerName(name string) bool {
	return name == "ctx" || p.Names.Is(proof.Principal, name) || p.Names.Is(proof.Tenant, name)
}

// AsksChecker reports whether a call only hands its arguments to a checker.
func (p *Deciders) AsksChecker(f *callgraph.Function, c *unit.Call) bool {
	return p.Decider(f, c) != ""
}

// understood reports whether everything that decides how f ends is known.
func (p *Deciders) understood(f *callgraph.Function, depth int) bool {
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

// clear reports whether a term is known. What a checker of a library gave is: it
// is asked about itself, and was handed what the function handed it.
func (p *Deciders) clear(f *callgraph.Function, t term.Term, depth int) bool {
	ok := true
	term.Visit(t, func(x term.Term) {
		switch x := x.(type) {
		case *term.Origin:
			ok = ok && x.Kind != term.Unknown
		case *term.Result:
			c := f.Ops[x.Call].Call
			if c == nil {
				return
			}
			if c.Kind == unit.Library {
				ok = ok && p.Decider(f, c) != ""
				return
			}
			targets, known := p.graph.Callees(f, c)
			ok = ok && known
			for _, target := range targets {
				ok = ok && p.understood(target.Fn, depth-1)
			}
		}
	})
	return ok
}
