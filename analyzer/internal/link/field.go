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

// context decides an atom on the value under a context key. A key that is the
// tenant's or the principal's by its name is trusted here; its writers are
// judged where they write, once. Any other key must be written well everywhere.
func (p *program) context(a atom, t *term.Path) value {
	named := p.names.contextKey(a.kind, t.Name, t.Steps)
	if a.kind == proof.NonZero {
		return yes(notes{})
	}
	if named {
		p.trusted++
		return yes(notes{})
	}
	writes := p.puts[t.Name]
	if len(writes) == 0 && len(p.puts[computedKey]) > 0 {
		return yes(assume("context key " + short(t.Name) + " is set under a computed name"))
	}
	if len(writes) == 0 && a.kind == proof.Key && p.rowKey(a, t) {
		return yes(assume("context key " + short(t.Name) + " holds a row of " + a.table))
	}
	if len(writes) == 0 {
		return why(a, "context key "+short(t.Name)+" is set where it is not seen")
	}
	v := p.everywhere(a, writes, t.Steps).noted(assume("context key " + short(t.Name)))
	if _, ok := v.holds(); !ok && a.kind == proof.Key && !slices.ContainsFunc(v.fails, cause.definite) && p.rowKey(a, t) {
		return yes(assume("context key " + short(t.Name) + " holds a row of " + a.table))
	}
	return v
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
