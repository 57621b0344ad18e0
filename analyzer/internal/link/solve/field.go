package solve

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// field decides an atom on a field of an object of which only the type is
// known: everything that the program stores into the field must satisfy it.
func (p *Solver) field(a obligation.Atom, t *term.Path) obligation.Value {
	if len(t.Steps) == 0 || t.Steps[0].Kind != term.FieldStep {
		return obligation.Why(a, "an object of type "+unit.Short(t.Name))
	}
	name := t.Name + "." + t.Steps[0].Name
	writes := p.graph.Stores[name]
	if len(writes) == 0 {
		return obligation.Why(a, "field "+unit.Short(name)+" is set where it is not seen")
	}
	return p.everywhere(a, writes, t.Steps[1:])
}

// global decides an atom on a package variable.
func (p *Solver) global(a obligation.Atom, t *term.Path) obligation.Value {
	writes := p.graph.Stores[t.Name]
	if len(writes) == 0 {
		return obligation.Why(a, "variable "+unit.Short(t.Name))
	}
	return p.everywhere(a, writes, t.Steps)
}

// everywhere demands an atom of every write, in every context of its function.
func (p *Solver) everywhere(a obligation.Atom, writes []callgraph.Write, steps []term.Step) obligation.Value {
	v := obligation.Yes(obligation.Notes{})
	for _, w := range writes {
		v = obligation.And(v, p.Closed(p.conds.At(w.Fn, w.Facts), a.On(term.Select(w.Value, steps...)), w.Site))
	}
	return v
}

// Closed decides an atom in all contexts of its function: nothing stays open.
func (p *Solver) Closed(e *pathcond.Env, a obligation.Atom, site int) obligation.Value {
	key := "closed\x00" + e.Key + "\x00" + a.String()
	if p.Tabling.LeansOn(key) {
		return obligation.Value{}
	}
	defer p.Tabling.hold(key)()
	v := p.Prove(e, a).Placed(func(obligation.Atom) (*callgraph.Function, int) { return e.Fn, site })
	if v.Fixed() {
		return v
	}
	out := obligation.Yes(obligation.Notes{})
	for _, c := range p.Callers(Demand{Fn: e.Fn, Value: v, Root: callgraph.RequestRoot, Forced: true}) {
		if c.Ok {
			out = obligation.And(out, obligation.Value{Alts: obligation.Yes(c.Notes).Alts, Fails: c.Fails})
			continue
		}
		out = obligation.And(out, obligation.Value{Fails: c.Fails})
	}
	return out
}

// context decides an atom on the value under a context key. A key that is the
// tenant's or the principal's by its name is trusted here; its writers are
// judged where they write, once. Any other key must be written well everywhere.
func (p *Solver) context(a obligation.Atom, t *term.Path) obligation.Value {
	named := p.access.Names.ContextKey(a.Kind, t.Name, t.Steps)
	if a.Kind == proof.NonZero {
		return obligation.Yes(obligation.Notes{})
	}
	if named {
		p.Trusted++
		return obligation.Yes(obligation.Notes{})
	}
	writes := p.graph.Puts[t.Name]
	if len(writes) == 0 && len(p.graph.Puts[computedKey]) > 0 {
		return obligation.Yes(obligation.Assuming("context key " + unit.Short(t.Name) + " is set under a computed name"))
	}
	if len(writes) == 0 && a.Kind == proof.Key && p.rowKey(a, t) {
		return obligation.Yes(obligation.Assuming("context key " + unit.Short(t.Name) + " holds a row of " + a.Table))
	}
	if len(writes) == 0 {
		return obligation.Why(a, "context key "+unit.Short(t.Name)+" is set where it is not seen")
	}
	v := p.everywhere(a, writes, t.Steps).Noted(obligation.Assuming("context key " + unit.Short(t.Name)))
	if _, ok := v.Holds(); !ok && a.Kind == proof.Key && !slices.ContainsFunc(v.Fails, obligation.Cause.IsDefinite) && p.rowKey(a, t) {
		return obligation.Yes(obligation.Assuming("context key " + unit.Short(t.Name) + " holds a row of " + a.Table))
	}
	return v
}

// rowKey tells a key whose name says that it holds a row of the atom's table,
// and the step to the key of it.
func (p *Solver) rowKey(a obligation.Atom, t *term.Path) bool {
	if len(t.Steps) != 1 || t.Steps[0].Kind != term.FieldStep || !statement.SameName(a.Column, t.Steps[0].Name) {
		return false
	}
	table := trust.Singular(p.access.Names.Concept(a.Table[strings.LastIndexByte(a.Table, '.')+1:]))
	return slices.ContainsFunc(p.access.Names.KeyNames(t.Name), func(name string) bool { return p.access.Names.Concept(name) == table && table != "" })
}
