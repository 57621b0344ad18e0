package builder

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Objects. What an object builds at a point is what it began with, and all changes that
// may have run before, in order, each under the condition that it has.

func (f *Builders) isObject(v ssa.Value) bool {
	_, isConst := v.(*ssa.Const)
	return !isConst && f.Program.IsObject(v.Type())
}

// object is what the builder that a value leads to builds at a point.
func (f *Builders) object(v ssa.Value, at ssa.Instruction) *made { return f.builtAt(f.Of(v), at) }

// BuiltAt is what the object at a place builds.
func (f *Builders) BuiltAt(p place.Place, at ssa.Instruction) term.Term {
	return f.builtAt(p, at).term()
}

func (f *Builders) builtAt(p place.Place, at ssa.Instruction) *made {
	m, from, changes := f.begins(p, at)
	f.inOrder(changes)
	changes, ends := parted(changes)
	m, from = emptied(f, m, from, ends, at)
	for i := range changes {
		e := &changes[i]
		if e.Instr == from || !f.Reaches(e.Instr, at, from) {
			continue
		}
		if there, sure := outlives(f, e, ends, at, from); sure {
			m = f.changed(m, e, f.occasionOf(e, at, from), at)
		} else if there {
			m = f.changed(m, e, occasion{}, at)
		}
	}
	return m
}

// parted are the changes that add something, and those that leave an object empty.
func parted(changes []memory.Event) (adds, ends []memory.Event) {
	for _, e := range changes {
		if e.Build.Arg == memory.Ends && e.Build.Why == "" {
			ends = append(ends, e)
		} else {
			adds = append(adds, e)
		}
	}
	return adds, ends
}

// emptied is an object after the last statement that has ended on every way to a point, and
// that end; where one may have ended, what was there before may be gone.
func emptied(f *Builders, m *made, from ssa.Instruction, ends []memory.Event, at ssa.Instruction) (*made, ssa.Instruction) {
	for i := range ends {
		e := &ends[i]
		if e.Instr == from || !f.Reaches(e.Instr, at, from) {
			continue
		}
		empty := (&made{style: f.Program.Lib.StyleOf(e.Build.Call.Model)}).with(&term.Clause{Word: library.Session})
		if !e.Weak && before(e.Instr, at) {
			m, from = empty, e.Instr
		} else if m.base != nil || len(m.list) > 0 {
			m = upon(term.JoinOf(m.term(), empty.term()))
		}
	}
	return m, from
}

// before reports whether an instruction has run wherever a point is reached.
func before(instr, at ssa.Instruction) bool {
	if instr.Block() == at.Block() {
		return slices.Index(instr.Block().Instrs, instr) < slices.Index(at.Block().Instrs, at)
	}
	return instr.Block().Dominates(at.Block())
}

// outlives reports whether a change may be there at a point after the statements that have
// ended in between, and whether it is for sure.
func outlives(f *Builders, e *memory.Event, ends []memory.Event, at, from ssa.Instruction) (there, sure bool) {
	sure = true
	for i := range ends {
		end := ends[i].Instr
		if end == from || !f.Reaches(e.Instr, end, from) || !f.Reaches(end, at, e.Instr) {
			continue // it is added anew since
		}
		if end != at && !ends[i].Weak && !f.Reaches(e.Instr, at, end) {
			return false, false
		}
		sure = false
	}
	return true, sure
}

// after is what an object builds after a call that begins or changes it.
func (f *Builders) after(c *callsite.Call) *made {
	if c.Model.Verb == library.Starts {
		return f.started(c)
	}
	return f.object(c.Recv, c.Instr).with(added(f, c)...)
}

// started is a build with nothing but its first clause, behind what its connection has said.
func (f *Builders) started(c *callsite.Call) *made { return prefixed(f, c).with(f.clause(c)) }

// prefixed is what the connection of a call has said of the statement that it begins.
func prefixed(f *Builders, c *callsite.Call) *made {
	m := &made{style: f.Program.Lib.StyleOf(c.Model)}
	if before := f.Program.Prefix(c); before != nil {
		return m.with(f.clause(before))
	}
	return m
}

// begins is what an object is where it comes to be, that point (nil if it is before the
// function), and the changes of it since.
func (f *Builders) begins(p place.Place, at ssa.Instruction) (m *made, from ssa.Instruction, changes []memory.Event) {
	changes = f.Changes(p, true)
	if len(p.Path) == 0 {
		switch base := p.Base.(type) {
		case *ssa.Phi:
			if m, by := optioned(f, base, at); m != nil {
				return m, base, slices.DeleteFunc(slices.Clone(changes), func(e memory.Event) bool { return e.Instr == ssa.Instruction(by) })
			}
			return f.either(base), base, changes
		case *ssa.Call:
			if c := f.CallOf(base); c.Model != nil && c.Model.Verb == library.Starts && c.Kind == callsite.Library {
				return f.started(c), base, changes
			}
		}
	}
	if stores := f.Stores(p); len(stores) > 0 {
		return f.stored(p, stores, at)
	}
	return f.elsewhere(p, at), comesToBe(p), changes
}

// comesToBe is the instruction that gives an object that is not begun here.
func comesToBe(p place.Place) ssa.Instruction {
	instr, ok := p.Base.(ssa.Instruction)
	if !ok || len(p.Path) > 0 {
		return nil
	}
	return instr
}

// notBegun is the reason of an object that a program allocates itself: no call of the
// library says what it begins with.
const notBegun = "an object that the library has not begun"

// elsewhere is an object that is not begun here.
func (f *Builders) elsewhere(p place.Place, at ssa.Instruction) *made {
	if _, ok := p.Base.(*ssa.Alloc); ok && len(p.Path) == 0 {
		return upon(term.Why(notBegun))
	}
	if _, ok := p.Base.(ssa.Instruction); ok && len(p.Path) == 0 {
		return upon(f.inside(p.Base, nil))
	}
	if m := fresh(f, p); m != nil {
		return m
	}
	t := f.Put(p, at)
	if t == nil {
		t = term.Why("loop")
	}
	return f.named(p, upon(t))
}

// fresh is an object that the library begins and hands to a function literal which it calls
// there and then: engine.Transaction(func(s *Session) …); nil if it is none.
func fresh(f *Builders, p place.Place) *made {
	param, ok := p.Base.(*ssa.Parameter)
	if !ok || len(p.Path) > 0 || param.Parent().Parent() == nil {
		return nil
	}
	fn := param.Parent()
	var by *library.Model
	for _, ref := range callsite.UsesOf(fn) {
		call, ok := ref.(ssa.CallInstruction)
		if !ok {
			return nil
		}
		m := f.Program.Classify(call).Model
		if m == nil || m.Role() != library.Calls || !f.Program.Lib.Package(m.Package).Resets {
			return nil
		}
		by = m
	}
	if by == nil {
		return nil
	}
	return (&made{style: f.Program.Lib.StyleOf(by)}).with(&term.Clause{Word: library.Session})
}

// named is an object that is handed over, with whose rows it is about, as far as its type
// tells.
func (f *Builders) named(p place.Place, m *made) *made {
	param, ok := p.Base.(*ssa.Parameter)
	if !ok || len(p.Path) > 0 {
		return m
	}
	kind := f.Program.Lib.Builder(param.Type())
	if kind == nil || kind.Entity == "" {
		return m
	}
	out := &made{style: kind.Style, loop: m.loop, base: m.base, list: m.list}
	return out.with(&term.Clause{Word: library.KnownAs, Values: []term.Value{{Term: &term.Const{Kind: term.Text, Text: kind.Entity}}}})
}

// either is an object that is one of several.
func (f *Builders) either(phi *ssa.Phi) *made {
	var terms []term.Term
	for i, e := range phi.Edges {
		if p := f.Of(e); p.Base == ssa.Value(phi) {
			continue
		} else if f.changedLater(p, phi) {
			return &made{base: term.Why("a builder that is changed under another name")}
		}
		terms = append(terms, f.inside(e, last(phi.Block().Preds[i])))
	}
	return upon(term.JoinOf(terms...))
}

// changedLater reports whether the object at a place may be changed by its own name
// after a point.
func (f *Builders) changedLater(p place.Place, at ssa.Instruction) bool {
	return slices.ContainsFunc(f.Changes(p, false), func(e memory.Event) bool { return f.Reaches(at, e.Instr, born(p)) })
}

// born is where the object at a place comes to be anew.
func born(p place.Place) ssa.Instruction {
	instr, ok := p.Base.(ssa.Instruction)
	if !ok {
		return nil
	}
	return instr
}

// stored is an object in a variable: that of the store in force, changed by either name.
func (f *Builders) stored(p place.Place, stores []memory.Event, at ssa.Instruction) (m *made, from ssa.Instruction, changes []memory.Event) {
	stores = slices.DeleteFunc(stores, func(e memory.Event) bool {
		return !f.Reaches(e.Instr, at, nil) || f.itself(&e, p)
	})
	if len(stores) == 0 {
		return f.elsewhere(p, at), nil, f.Changes(p, true)
	}
	i := slices.IndexFunc(stores, func(s memory.Event) bool { return f.inForce(&s, stores, at) })
	if i < 0 {
		return &made{base: term.Why("several builders in one variable")}, nil, nil
	}
	s := &stores[i]
	if s.Val == nil || len(s.Path) < len(p.Path) { // a part of what is put there
		return upon(f.Put(p, at)), s.Instr, f.Changes(p, false)
	}
	inner := f.Of(s.Val)
	changes = append(f.Changes(p, false), f.Changes(inner, false)...)
	return upon(f.inside(s.Val, s.Instr)), s.Instr, changes
}

// itself tells a store of what is there: q = q.Where(x).
func (f *Builders) itself(e *memory.Event, p place.Place) bool {
	if e.Val == nil || len(e.Path) < len(p.Path) {
		return false
	}
	q := f.Of(e.Val)
	return q.Base == p.Base && slices.Equal(q.Path, p.Path)
}

// inForce reports whether a store is the last one on every way to a point.
func (f *Builders) inForce(s *memory.Event, all []memory.Event, at ssa.Instruction) bool {
	if s.Weak || !s.Instr.Block().Dominates(at.Block()) {
		return false
	}
	return !slices.ContainsFunc(all, func(x memory.Event) bool {
		return x.Instr != s.Instr && f.Reaches(s.Instr, x.Instr, nil) && f.Reaches(x.Instr, at, s.Instr)
	})
}

// occasionOf tells on which condition a change has been made where a point is reached, of
// an object that has come to be at another.
func (f *Builders) occasionOf(e *memory.Event, at, from ssa.Instruction) occasion {
	if e.Weak {
		return occasion{}
	}
	w := f.when(e.Instr, at)
	if len(w.facts) > 0 && f.Reaches(e.Instr, e.Instr, from) {
		return occasion{} // in a turn before, if not in this one
	}
	return w
}

// changed is what a change makes of an object, where a point is reached.
func (f *Builders) changed(m *made, e *memory.Event, w occasion, at ssa.Instruction) *made {
	x := e.Build
	switch {
	case x.Why != "":
		return &made{style: m.style, base: term.Why(x.Why)}
	case x.Arg >= 0:
		if m := optionsOf(f, m, e, at); m != nil {
			return m
		}
		return f.handed(m, e, w)
	}
	if m.style == "" {
		m = &made{style: f.Program.Lib.StyleOf(x.Call.Model), base: m.base, list: m.list}
	}
	return m.with(conditional(added(f, x.Call), w)...)
}

// handed is an object after a function of the module was handed it: what it says it
// leaves there, if it was called.
func (f *Builders) handed(m *made, e *memory.Event, w occasion) *made {
	c := e.Build.Call
	if !f.Program.OutArg(c, e.Build.Arg) {
		return &made{style: m.style, base: term.Why("handed to " + callsite.CalleeOf(c))}
	}
	var after term.Term = &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.ResultStep, Index: c.Sig.Results().Len() + e.Build.Arg}}}
	if !w.exact && f.Reaches(e.Instr, e.Instr, nil) {
		return &made{style: m.style, base: term.Why("changed in a loop by " + callsite.CalleeOf(c))}
	}
	if !w.exact || len(w.facts) > 0 {
		after = term.JoinOf(m.term(), after)
	}
	return &made{style: m.style, base: after}
}

// inOrder sorts changes as they run: a block comes after all that lead to it, but for the
// turns of loops.
func (f *Builders) inOrder(changes []memory.Event) {
	if len(changes) < 2 {
		return
	}
	if f.order == nil {
		f.order = map[*ssa.BasicBlock]int{}
		f.number(f.Fn.Blocks[0], new(int))
	}
	slices.SortStableFunc(changes, func(a, b memory.Event) int {
		if x, y := a.Instr.Block(), b.Instr.Block(); x != y {
			return f.order[y] - f.order[x]
		}
		return f.Position(a.Instr) - f.Position(b.Instr)
	})
}

// number gives the blocks numbers in the order in which they are left behind: that of a
// block is higher than those of all that it leads to.
func (f *Builders) number(b *ssa.BasicBlock, done *int) {
	f.order[b] = 0
	for _, s := range slices.Backward(b.Succs) { // the body of a loop comes before what is after it
		if _, seen := f.order[s]; !seen {
			f.number(s, done)
		}
	}
	*done++
	f.order[b] = *done
}
