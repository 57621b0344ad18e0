package link

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// field decides an atom on a field of an object of which only the type is
// known: everything that the program stores into the field must satisfy it.
func (p *program) field(a atom, t *term.Path) value {
	if len(t.Steps) == 0 || t.Steps[0].Kind != term.FieldStep {
		return why(a, "an object of type "+short(t.Name))
	}
	name := t.Name + "." + t.Steps[0].Name
	writes := p.stores[name]
	if len(writes) == 0 {
		return why(a, "field "+short(name)+" is set where it is not seen")
	}
	return p.everywhere(a, writes, t.Steps[1:])
}

// global decides an atom on a package variable.
func (p *program) global(a atom, t *term.Path) value {
	writes := p.stores[t.Name]
	if len(writes) == 0 {
		return why(a, "variable "+short(t.Name))
	}
	return p.everywhere(a, writes, t.Steps)
}

// everywhere demands an atom of every write, in every context of its function.
func (p *program) everywhere(a atom, writes []write, steps []term.Step) value {
	v := yes(notes{})
	for _, w := range writes {
		v = and(v, p.closed(p.at(w.fn, w.facts), a.on(term.Select(w.value, steps...)), w.site))
	}
	return v
}

// closed decides an atom in all contexts of its function: nothing stays open.
func (p *program) closed(e *env, a atom, site int) value {
	key := "closed\x00" + e.key + "\x00" + a.String()
	if p.tabling.leansOn(key) {
		return value{}
	}
	defer p.tabling.hold(key)()
	v := p.prove(e, a).placed(func(atom) (*fn, int) { return e.fn, site })
	if v.fixed() {
		return v
	}
	out := yes(notes{})
	for _, c := range p.callers(demand{fn: e.fn, value: v, root: requestRoot, forced: true}) {
		if c.ok {
			out = and(out, value{alts: yes(c.notes).alts, fails: c.fails})
			continue
		}
		out = and(out, value{fails: c.fails})
	}
	return out
}

// context decides an atom on the value under a context key. All that the program
// is seen to put there must satisfy it; where that is not understood, the name of
// the key is a premise, and no more.
func (p *program) context(a atom, t *term.Path) value {
	writes := p.puts[t.Name]
	named := p.names.contextKey(a.kind, t.Name, t.Steps)
	switch {
	case a.kind == proof.NonZero:
		return p.byKey(a, t, writes, trust.KeyIsSet)
	case len(writes) == 0 && len(p.puts[computedKey]) > 0:
		return p.computed(a, t, named)
	case named:
		p.trusted++
		return p.byKey(a, t, writes, trust.NamedKey)
	case len(writes) == 0 && a.kind == proof.Key && p.rowKey(a, t):
		return yes(assume(trust.KeyOfRow.Premise(short(t.Name), a.table)))
	case len(writes) == 0:
		return why(a, "context key "+short(t.Name)+" is set where it is not seen")
	}
	v := p.everywhere(a, writes, t.Steps).noted(assume(trust.WrittenKey.Premise(short(t.Name))))
	if _, ok := v.holds(); !ok && a.kind == proof.Key && !slices.ContainsFunc(v.fails, cause.definite) && p.rowKey(a, t) {
		return yes(assume(trust.KeyOfRow.Premise(short(t.Name), a.table)))
	}
	return v
}

// byKey decides an atom on a key whose name says that it holds: for sure if all
// that is put there satisfies it, else on a premise. A bad writer is the finding
// of the writer, once, and not of each reader.
func (p *program) byKey(a atom, t *term.Path, writes []write, otherwise trust.Suggested) value {
	if len(writes) == 0 {
		if a.kind != proof.NonZero {
			otherwise = trust.UnseenKey
		}
		return yes(assume(otherwise.Premise(short(t.Name))))
	}
	if n, ok := p.written(a, t, writes); ok {
		return yes(n)
	}
	return yes(assume(otherwise.Premise(short(t.Name))))
}

// written tells whether all writers of a key satisfy an atom, and on which soft
// premises. It is asked apart from the question that is under way, so that the
// answer does not depend on who asks first; a key that is written from itself is
// not.
func (p *program) written(a atom, t *term.Path, writes []write) (notes, bool) {
	key := a.String()
	if known, ok := p.keys[key]; ok {
		return known.notes, known.ok
	}
	p.keys[key] = &keyAnswer{}
	outer, budget := p.tabling, p.budget
	p.tabling, p.budget = newTabling(), maxWork
	var n notes
	ok := false
	p.apart(func() { n, ok = p.everywhere(a, writes, t.Steps).settled() })
	p.tabling, p.budget = outer, budget
	p.keys[key] = &keyAnswer{notes{assumes: n.soft, soft: n.soft}, ok}
	return p.keys[key].notes, ok
}

// keyAnswer is what the writers of a context key are worth; not ok while they are
// being asked.
type keyAnswer struct {
	notes notes
	ok    bool
}

// computed decides an atom on a key that only puts under computed names may have
// set: what is seen to be put there must not be the client's. Where it is not
// understood, a row's key is a premise, for such puts are of rows that a middleware
// has loaded; of the tenant and the user the name must speak as well.
func (p *program) computed(a atom, t *term.Path, named bool) value {
	premise, all := assume(trust.ComputedKey.Premise(short(t.Name))), yes(notes{})
	for _, w := range p.puts[computedKey] {
		v := p.prove(p.at(w.fn, w.facts), a.on(term.Select(w.value, t.Steps...)))
		if definite(v.fails) && len(v.alts) == 0 {
			return v.placed(func(atom) (*fn, int) { return w.fn, w.site })
		}
		all = and(all, v)
	}
	if n, ok := all.settled(); ok {
		return yes(n.with(premise))
	}
	if named || a.kind == proof.Key {
		return yes(premise)
	}
	return why(a, "context key "+short(t.Name)+" is set under a computed name")
}

// rowKey tells a key whose name says that it holds a row of the atom's table,
// and the step to the key of it.
func (p *program) rowKey(a atom, t *term.Path) bool {
	if len(t.Steps) != 1 || t.Steps[0].Kind != term.FieldStep || !sameName(a.column, t.Steps[0].Name) {
		return false
	}
	table := trust.Singular(p.names.Concept(a.table[strings.LastIndexByte(a.table, '.')+1:]))
	return slices.ContainsFunc(p.names.KeyNames(t.Name), func(name string) bool { return p.names.Concept(name) == table && table != "" })
}

// computedKey is the key of puts whose key is not a constant.
const computedKey = "?"
