package solve

import (
	"maps"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/owner"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/tabling"
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
	inside := slices.ContainsFunc(t.Steps[1:], func(s term.Step) bool { return s.Kind == term.ElemStep })
	if inside && leftByRequest(p.graph, a, writes) {
		return obligation.Why(a, leftBy+unit.Short(name))
	}
	return obligation.And(unlessLeft(p, a, name, writes, t.Steps[1:]), changed(p, a, writes, t.Steps[1:]))
}

// unlessLeft demands an atom of every write into a field, and that none leaves there for the
// next request what is this one's. What the client chose is worse than that.
func unlessLeft(p *Solver, a obligation.Atom, name string, writes []callgraph.Write, steps []term.Step) obligation.Value {
	v := p.everywhere(a, writes, steps)
	if len(v.Alts) > 0 && leftByRequest(p.graph, a, laterWrites(writes)) {
		return obligation.Why(a, leftBy+unit.Short(name))
	}
	return v
}

// changed demands an atom of what the program writes later into the fields of the objects
// that a field, or a variable, was given when they were made.
func changed(p *Solver, a obligation.Atom, writes []callgraph.Write, steps []term.Step) obligation.Value {
	v := obligation.Yes(obligation.Notes{})
	if len(steps) == 0 || steps[0].Kind != term.FieldStep {
		return v
	}
	for _, typ := range madeTypes(writes) {
		name := typ + "." + steps[0].Name
		if later := laterWrites(p.graph.Stores[name]); len(later) > 0 {
			v = obligation.And(v, unlessLeft(p, a, name, later, steps[1:]))
		}
		v = obligation.And(v, changed(p, a, p.graph.Stores[name], steps[1:]))
	}
	return v
}

// madeTypes are the types of the objects that writes put there as they are made, sorted.
func madeTypes(writes []callgraph.Write) []string {
	found := map[string]bool{}
	for _, w := range writes {
		for _, leaf := range term.Leaves(w.Value) {
			if s, ok := leaf.(*term.Struct); ok && s.Type != "" {
				found[s.Type] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// laterWrites are those into objects that others may have.
func laterWrites(writes []callgraph.Write) []callgraph.Write {
	return slices.DeleteFunc(slices.Clone(writes), func(w callgraph.Write) bool { return w.Made })
}

// leftBy begins the reason of a value that one request leaves for others.
const leftBy = "what another request may have left in "

// leftByRequest reports whether a value that must be the caller's is written while a
// request is handled, to where the next one finds it: then it is the other caller's.
func leftByRequest(graph *callgraph.Graph, a obligation.Atom, writes []callgraph.Write) bool {
	if a.Kind == proof.NonZero || a.Kind == proof.Zero {
		return false
	}
	return slices.ContainsFunc(writes, func(w callgraph.Write) bool {
		if graph.RootOf(w.Fn) != callgraph.RequestRoot {
			return false
		}
		return term.Any(w.Value, func(x term.Term) bool {
			o, ok := x.(*term.Origin)
			return !ok || o.Kind == term.Tenant || o.Kind == term.Principal || o.Kind == term.Request || o.Kind == term.Unknown
		})
	})
}

// global decides an atom on a package variable.
func (p *Solver) global(a obligation.Atom, t *term.Path) obligation.Value {
	writes := p.graph.Stores[t.Name]
	if len(writes) == 0 {
		return obligation.Why(a, "variable "+unit.Short(t.Name))
	}
	if leftByRequest(p.graph, a, writes) {
		return obligation.Why(a, leftBy+unit.Short(t.Name))
	}
	return obligation.And(p.everywhere(a, writes, t.Steps), changed(p, a, writes, t.Steps))
}

// everywhere demands an atom of every write, in every context of its function. A write
// that leaves there what was there adds nothing to the others.
func (p *Solver) everywhere(a obligation.Atom, writes []callgraph.Write, steps []term.Step) obligation.Value {
	v := obligation.Yes(obligation.Notes{})
	self := a.T.String()
	leaves := func(w callgraph.Write) bool { return term.Select(w.Value, steps...).String() == self }
	if others := slices.DeleteFunc(slices.Clone(writes), leaves); len(others) > 0 {
		writes = others
	}
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
	defer p.Tabling.Hold(key)()
	return Closing(p, e, p.Prove(e, a), site)
}

// Closing decides in all contexts of a function what stayed open in it.
func Closing(p *Solver, e *pathcond.Env, v obligation.Value, site int) obligation.Value {
	v = v.Placed(func(obligation.Atom) (*callgraph.Function, int) { return e.Fn, site })
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

// context decides an atom on the value under a context key. All that the program
// is seen to put there must satisfy it; where that is not understood, the name of
// the key is a premise, and no more.
func (p *Solver) context(a obligation.Atom, t *term.Path) obligation.Value {
	if by := p.ownContext(); by != "" && a.Kind != proof.NonZero {
		return obligation.Why(a, "context key "+unit.Short(t.Name)+" may be what "+by+" gives")
	}
	if term.IsComputedKey(t.Name) {
		return obligation.Why(a, term.OfComputedKey)
	}
	writes := p.graph.Puts[t.Name]
	named := p.access.Names.ContextKey(a.Kind, t.Name, t.Steps) || a.Kind == proof.Key && owner.IsTenants(p.stmts.Cats, a.Table) && p.rowKey(a, t)
	switch {
	case a.Kind == proof.NonZero:
		return p.byKey(a, t, writes, trust.KeyIsSet)
	case len(writes) == 0 && len(p.graph.Puts[term.ComputedKey]) > 0:
		return p.computed(a, t, named)
	case named:
		p.Trusted++
		p.Assumed.Add(a, t)
		return orSent(p, t, p.byKey(a, t, writes, trust.NamedKey))
	case len(writes) == 0 && a.Kind == proof.Key && p.rowKey(a, t):
		return obligation.Yes(obligation.Assuming(trust.KeyOfRow.Premise(unit.Short(t.Name), a.Table)))
	case len(writes) == 0:
		return obligation.Why(a, "context key "+unit.Short(t.Name)+" is set where it is not seen")
	}
	v := orSent(p, t, p.everywhere(a, writes, t.Steps).Noted(obligation.Assuming(trust.WrittenKey.Premise(unit.Short(t.Name)))))
	if _, ok := v.Holds(); !ok && a.Kind == proof.Key && !slices.ContainsFunc(v.Fails, obligation.Cause.IsDefinite) && p.rowKey(a, t) {
		return obligation.Yes(obligation.Assuming(trust.KeyOfRow.Premise(unit.Short(t.Name), a.Table)))
	}
	return v
}

// orSent is the answer to an atom on what is under a context key, on the premise that nothing
// that a client has sent is put there under a computed name, where that may be.
func orSent(p *Solver, t *term.Path, v obligation.Value) obligation.Value {
	if p.underAnyName() {
		return v.Noted(obligation.Assuming(trust.ComputedKey.Premise(unit.Short(t.Name))))
	}
	return v
}

// byKey decides an atom on a key whose name says that it holds: for sure if all
// that is put there satisfies it, else on a premise. A bad writer is the finding
// of the writer, once, and not of each reader.
func (p *Solver) byKey(a obligation.Atom, t *term.Path, writes []callgraph.Write, otherwise trust.Suggested) obligation.Value {
	if len(writes) == 0 {
		if a.Kind != proof.NonZero {
			otherwise = trust.UnseenKey
		}
		return obligation.Yes(obligation.Assuming(otherwise.Premise(unit.Short(t.Name))))
	}
	switch is := p.written(a, t, writes); {
	case is.ok:
		return obligation.Yes(is.notes)
	case is.chosen != nil && a.Kind == proof.Principal: // whom the client names, not who calls
		return obligation.Value{Fails: is.chosen}
	}
	return obligation.Yes(obligation.Assuming(otherwise.Premise(unit.Short(t.Name))))
}

// written tells what all writers of a key are worth to an atom, and on which soft
// premises. It is asked apart from the question that is under way, so that the
// answer does not depend on who asks first; a key that is written from itself is
// not.
func (p *Solver) written(a obligation.Atom, t *term.Path, writes []callgraph.Write) *keyAnswer {
	key := a.String()
	if known, ok := p.keys[key]; ok {
		return known
	}
	if term.IsRemote(t) {
		return &keyAnswer{}
	}
	is := &keyAnswer{}
	p.keys[key] = is
	outer, alone, budget := p.Tabling, p.alone, p.Budget
	p.Tabling, p.alone, p.Budget = tabling.New(), 0, MaxWork
	var v obligation.Value
	p.Apart(func() { v = p.everywhere(a, writes, t.Steps) })
	p.Tabling, p.alone, p.Budget = outer, alone, budget
	n, ok := v.Settled()
	is.notes, is.ok = obligation.Notes{Assumes: n.Soft, Soft: n.Soft}, ok
	if len(v.Alts) == 0 && obligation.Definite(v.Fails) {
		is.chosen = v.Fails
	}
	return is
}

// computed decides an atom on a key that only puts under computed names may have
// set: what is seen to be put there must not be the client's. Where it is not
// understood, a row's key is a premise, for such puts are of rows that a middleware
// has loaded; of the tenant and the user the name must speak as well.
func (p *Solver) computed(a obligation.Atom, t *term.Path, named bool) obligation.Value {
	premise, all := obligation.Assuming(trust.ComputedKey.Premise(unit.Short(t.Name))), obligation.Yes(obligation.Notes{})
	for _, w := range p.graph.Puts[term.ComputedKey] {
		v := p.Prove(p.conds.At(w.Fn, w.Facts), a.On(term.Select(w.Value, t.Steps...)))
		if obligation.Definite(v.Fails) && len(v.Alts) == 0 {
			return v.Placed(func(obligation.Atom) (*callgraph.Function, int) { return w.Fn, w.Site })
		}
		all = obligation.And(all, v)
	}
	if n, ok := all.Settled(); ok {
		return obligation.Yes(n.With(premise))
	}
	if named || a.Kind == proof.Key {
		return obligation.Yes(premise)
	}
	return obligation.Why(a, "context key "+unit.Short(t.Name)+" is set under a computed name")
}

// rowKey tells a part of what is under a context key whose name says that it is the key
// of a row of the atom's table: the ID of the key "project", the Project.ID of any.
func (p *Solver) rowKey(a obligation.Atom, t *term.Path) bool {
	last := len(t.Steps) - 1
	if last < 0 || slices.ContainsFunc(t.Steps, func(s term.Step) bool { return s.Kind != term.FieldStep }) || !statement.SameName(a.Column, t.Steps[last].Name) {
		return false
	}
	names := p.access.Names.KeyNames(t.Name)
	if last > 0 {
		names = []string{t.Steps[last-1].Name}
	}
	table := trust.Singular(p.access.Names.Concept(a.Table[strings.LastIndexByte(a.Table, '.')+1:]))
	return slices.ContainsFunc(names, func(name string) bool { return p.access.Names.Concept(name) == table && table != "" })
}
