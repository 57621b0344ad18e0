// Package installation tells how a program was set up where facts hold: an installation
// without log-in, or of one tenant, has everybody in a tenant that the program names.
//
//	if !config.Get().Auth { return "default", nil }
//
// In goes a constant in the place of the tenant, where facts hold; out comes whether it is
// that of everybody.
// It cannot see what a setting means: its name says that it is about log-in or tenants, so
// that what rests on it is an assumption for a person.
package installation

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Named decides a demand on a constant: it is met where a setting says that there is one
// tenant, and that a constant names it.
func Named(words *trust.Words, e *pathcond.Env, a obligation.Atom, c *term.Const) obligation.Value {
	if a.Kind == proof.Tenant {
		for _, x := range e.Facts {
			if name := asked(x); name != "" && words.OneTenant(name) && isSetting(e.Fn, subject(x)) {
				return obligation.Yes(obligation.Assuming(trust.OneTenant.Premise(name, c.String())))
			}
		}
	}
	return obligation.Why(a, "the constant "+c.String())
}

// subject is what a fact is about, behind the tests that it consists of.
func subject(x term.Fact) term.Term {
	for {
		test, ok := x.A.(*term.Test)
		if !ok {
			return x.A
		}
		x = test.Fact
	}
}

// asked is the name of the field or variable whose value a fact tells; "" if it tells only
// whether there is something.
func asked(x term.Fact) string {
	if x.Op == term.Nil || x.Op == term.NotNil {
		return ""
	}
	if x.B != nil {
		if _, constant := x.B.(*term.Const); !constant {
			return ""
		}
	}
	switch t := subject(x).(type) {
	case *term.Path:
		if n := len(t.Steps); n > 0 {
			return t.Steps[n-1].Name
		}
		return t.Name
	case *term.Result:
		return t.Steps[len(t.Steps)-1].Name
	case *term.Origin:
		return t.Name
	}
	return ""
}

// isSetting reports whether a value is one with which the program was set up: of its
// configuration, in a package variable, or what a function gives that is handed nothing.
func isSetting(f *callgraph.Function, t term.Term) bool {
	switch x := t.(type) {
	case *term.Origin:
		return x.Kind == term.Config
	case *term.Path:
		return x.Root == term.Global
	case *term.Result:
		c := f.Ops[x.Call].Call
		return c != nil && c.Kind == unit.Static && len(c.Args) == 0
	case *term.Join:
		return !slices.ContainsFunc(x.Terms, func(leaf term.Term) bool { return !isSetting(f, leaf) })
	}
	return false
}

// Fields tell of which fields of its types a program sets one wherever it makes such an
// object, or later.
type Fields struct {
	graph *callgraph.Graph
	set   map[string]bool // by type and name
}

// NewFields are the fields of a program.
func NewFields(graph *callgraph.Graph) *Fields { return &Fields{graph: graph, set: map[string]bool{}} }

// Of is the field of its object that a value in a method is, as that of any such object:
// of a type of which whoever makes one is seen to set it, or somebody sets it later. nil for
// any other value. Objects that are made with no field at all are not seen.
func (p *Fields) Of(f *callgraph.Function, t term.Term) *term.Path {
	x, ok := t.(*term.Path)
	if !ok || f.Receiver == "" || x.Root != term.Param || x.Index != 0 || len(x.Steps) != 1 || x.Steps[0].Kind != term.FieldStep {
		return nil
	}
	name := f.Receiver + "." + x.Steps[0].Name
	set, known := p.set[name]
	if !known {
		set = p.setByMakers(f.Receiver, name)
		p.set[name] = set
	}
	if !set {
		return nil
	}
	return &term.Path{Root: term.This, Name: f.Receiver, Steps: x.Steps}
}

// setByMakers reports whether whoever makes an object of a type with any of its fields sets
// this one, too; so it is where nobody sets it on making.
func (p *Fields) setByMakers(of, name string) bool {
	sets := makers(p.graph.Stores[name])
	if len(sets) == 0 {
		return true
	}
	for other, writes := range p.graph.Stores {
		if !strings.HasPrefix(other, of+".") {
			continue
		}
		for fn := range makers(writes) {
			if !sets[fn] {
				return false
			}
		}
	}
	return true
}

// makers are the functions that write into objects that they make.
func makers(writes []callgraph.Write) map[*callgraph.Function]bool {
	out := map[*callgraph.Function]bool{}
	for _, w := range writes {
		if w.Made {
			out[w.Fn] = true
		}
	}
	return out
}
