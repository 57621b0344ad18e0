package builder

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Conditions that are maps and lists: what is put into them are clauses, too.

// begun is a condition that nothing has been put into.
func begun(kind *library.Builder) *made {
	return (&made{style: kind.Style}).with(&term.Clause{Word: kind.Begins})
}

// nothing is a condition or a list that is nil: the same wherever it is, so that what is
// added to it on some ways only has that in common.
func nothing(f *Builders, kind *library.Builder) *made {
	key := kind.Style + " " + kind.Begins
	if f.empty[key] == nil {
		f.empty[key] = begun(kind)
	}
	return f.empty[key]
}

// condition follows a map or a list that is a condition; nil if it is not made here.
func (f *Builders) condition(kind *library.Builder, v ssa.Value, at ssa.Instruction) *made {
	switch v := v.(type) {
	case *ssa.Const:
		if v.IsNil() {
			return nothing(f, kind)
		}
		return f.spelled(kind, v, at)
	case *ssa.ChangeType: // Eq(entries)
		if callsite.IsBasic(v.Type(), types.IsString) {
			return f.spelled(kind, v.X, at)
		}
		if isMap(v.X) {
			return f.condition(kind, v.X, at)
		}
		if list, ok := f.inside(v.X, at).(*term.List); ok && !list.Open {
			m := begun(kind)
			for _, t := range list.Elems {
				m = m.with(item(term.Value{Term: t}))
			}
			return m
		}
	case *ssa.MakeMap:
		return f.entries(begun(kind), v, at)
	case *ssa.MakeSlice:
		if n, ok := callsite.IntConst(v.Len); ok && n == 0 {
			return begun(kind)
		}
	case *ssa.Slice:
		if listed := callsite.Elements(v); listed != nil && !setLater(v) {
			return f.items(begun(kind), listed, at)
		}
	}
	return nil
}

// spelled is a condition or expression that is a text of a type: a name.
func (f *Builders) spelled(kind *library.Builder, v ssa.Value, at ssa.Instruction) *made {
	return (&made{style: kind.Style}).with(&term.Clause{Word: kind.Begins, Values: []term.Value{{Term: f.text(v, at)}}})
}

// text is a text whatever its type is.
func (f *Builders) text(v ssa.Value, at ssa.Instruction) term.Term {
	if c, ok := v.(*ssa.Const); ok {
		return algebra.ConstTerm(c)
	}
	return f.inside(v, at)
}

// setLater tells a list of which an element is set after it was written out.
func setLater(list *ssa.Slice) bool {
	for _, ref := range *list.Referrers() {
		if at, ok := ref.(*ssa.IndexAddr); ok && slices.ContainsFunc(*at.Referrers(), isStore) {
			return true
		}
	}
	return false
}

func isStore(instr ssa.Instruction) bool {
	_, ok := instr.(*ssa.Store)
	return ok
}

func isMap(v ssa.Value) bool {
	_, ok := v.(*ssa.MakeMap)
	return ok
}

func item(v term.Value) *term.Clause {
	return &term.Clause{Word: library.Item, Values: []term.Value{v}}
}

func (f *Builders) items(m *made, listed []ssa.Value, at ssa.Instruction) *made {
	for _, x := range listed {
		v := term.Value{Term: term.ZeroTerm(), Form: term.AsNil}
		if x != nil {
			v = f.value(x, at)
		}
		m = m.with(item(v))
	}
	return m
}

// appended is a list of conditions with more of them.
func (f *Builders) appended(c *callsite.Call) *made {
	m := f.of(c.Args[0], c.Instr)
	if m.base != nil && m.loop == nil {
		if kind := f.kind(c.Args[0].Type()); kind != nil && m.style == "" {
			m = &made{style: kind.Style, base: m.base, list: m.list}
		}
	}
	if len(c.Args) < 2 {
		return m
	}
	if listed := callsite.Elements(c.Args[1]); listed != nil {
		return f.items(m, listed, c.Instr)
	}
	switch more := f.inside(c.Args[1], c.Instr).(type) {
	case *term.List:
		for _, t := range more.Elems {
			x := item(term.Value{Term: t})
			x.Maybe = more.Open
			m = m.with(x)
		}
		return m
	case *term.Build: // append(all, and...)
		for i := range more.Clauses {
			if x := &more.Clauses[i]; x.Word == library.Item {
				m = m.with(x)
			}
		}
		if more.Base == nil {
			return m
		}
	}
	return m.with(item(term.Value{Term: f.inside(c.Args[1], c.Instr), Form: term.AsRest}))
}

// entries are what is put into a map that is a condition, up to a point.
func (f *Builders) entries(m *made, v *ssa.MakeMap, at ssa.Instruction) *made {
	losing := loses(v)
	for _, e := range f.InOrder(v) {
		if at != nil && !f.MayFollow(e.Instr, at) || len(e.Path) > 1 || another(e.Instr, v) {
			continue
		}
		x := f.entry(e.Instr, v)
		if at == nil || losing {
			x.Maybe = true
		} else if when := f.when(e.Instr, at); when.exact {
			x.If = when.facts
		} else {
			x.Maybe = true
		}
		m = m.with(x)
	}
	return m
}

// loses reports whether entries are deleted from a map, under any of its types.
func loses(v ssa.Value) bool {
	return slices.ContainsFunc(*v.Referrers(), func(instr ssa.Instruction) bool {
		switch x := instr.(type) {
		case *ssa.ChangeType:
			return loses(x)
		case ssa.CallInstruction:
			b, ok := x.Common().Value.(*ssa.Builtin)
			return ok && (b.Name() == "delete" || b.Name() == "clear")
		}
		return false
	})
}

// another tells an instruction that writes to a map which is none but its own.
func another(instr ssa.Instruction, v *ssa.MakeMap) bool {
	switch x := instr.(type) {
	case *ssa.MapUpdate:
		m, ok := target(x).(*ssa.MakeMap)
		return ok && m != v
	case *ssa.Store: // of what an entry leads to
		return true
	}
	return false
}

// target is the map that an update writes to.
func target(up *ssa.MapUpdate) ssa.Value {
	if c, ok := up.Map.(*ssa.ChangeType); ok {
		return c.X
	}
	return up.Map
}

// entry is what an instruction puts into a map. What a function puts there, and what is
// put there under another name, is not known.
func (f *Builders) entry(instr ssa.Instruction, v *ssa.MakeMap) *term.Clause {
	up, ok := instr.(*ssa.MapUpdate)
	if !ok || target(up) != ssa.Value(v) {
		return &term.Clause{Word: library.Entry, Values: []term.Value{{Term: term.Why("an entry of a callee")}, {Term: term.Why("an entry of a callee")}}}
	}
	return &term.Clause{Word: library.Entry, Values: []term.Value{{Term: f.inside(up.Key, up)}, f.value(up.Value, up)}}
}

// opposite tells two facts of which exactly one holds.
func opposite(a, b term.Fact) bool {
	pairs := [][2]term.FactOp{{term.IsZero, term.NonZero}, {term.Nil, term.NotNil}, {term.True, term.False}, {term.Eq, term.Ne}}
	return term.Same(a.A, b.A) && (a.B == nil) == (b.B == nil) && (a.B == nil || term.Same(a.B, b.B)) &&
		slices.ContainsFunc(pairs, func(p [2]term.FactOp) bool { return p[0] == a.Op && p[1] == b.Op || p[1] == a.Op && p[0] == b.Op })
}
