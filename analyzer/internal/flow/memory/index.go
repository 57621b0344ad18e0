package memory

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/cfg"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// index finds all writes of the function, by base and block, in order.
func (f *Memory) index() {
	f.memory = map[ssa.Value]map[*ssa.BasicBlock][]Event{}
	f.writes, f.written = map[ssa.Value][]closureWrite{}, map[ssa.Value]bool{}
	for _, b := range f.Fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store:
				p := f.Of(instr.Addr)
				f.write(p.Base, Event{Instr: instr, Path: p.Path, Val: instr.Val, Below: storedTo(instr.Addr)})
				f.partSet(instr)
				leftElsewhere(f, instr, p, instr.Val)
			case *ssa.MapUpdate:
				p := f.Of(instr.Map).Then(place.MapStep(instr.Key))
				f.write(p.Base, Event{Instr: instr, Path: p.Path, Val: instr.Value})
				leftElsewhere(f, instr, p, instr.Value)
			case *ssa.Send:
				leftElsewhere(f, instr, f.Of(instr.Chan), instr.X)
			case *ssa.MakeClosure:
				f.captured(instr)
			case ssa.CallInstruction:
				f.effects(f.CallOf(instr))
			}
		}
	}
	f.carry()
}

// partSet records that a field of a builder's object is set, which says nothing of what it
// builds then.
func (f *Memory) partSet(store *ssa.Store) {
	if object := callsite.Holder(store.Addr); object != nil && f.isObject(object) {
		f.change(object, store, &Change{Why: "a field of the builder is set"})
	}
}

func (f *Memory) write(base ssa.Value, e Event) {
	m := f.memory[base]
	if m == nil {
		m = map[*ssa.BasicBlock][]Event{}
		f.memory[base] = m
		f.Bases = append(f.Bases, base)
	}
	m[e.Instr.Block()] = append(m[e.Instr.Block()], e)
	f.written[base] = f.written[base] || e.Empty == ""
}

// storedTo is what a store to an address writes: a variable or a part of one, or the
// object that a pointer leads to.
func storedTo(addr ssa.Value) reach {
	switch addr.(type) {
	case *ssa.Alloc, *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Global, *ssa.FreeVar:
		return itself
	}
	return object
}

// captured records the variables that a closure, or one inside it, writes.
func (f *Memory) captured(mc *ssa.MakeClosure) {
	fn, ok := mc.Fn.(*ssa.Function)
	if !ok {
		return
	}
	if strings.HasPrefix(fn.Synthetic, "bound method") {
		f.bound(mc, fn)
		return
	}
	call, arg, once := f.Program.HandedOnce(mc)
	if arg < 0 {
		arg = term.ByCallee
	}
	leaves := f.Program.Leaves(fn)
	for i, binding := range mc.Bindings {
		if i >= len(fn.FreeVars) {
			continue
		}
		left, ok := term.LeftStep(arg, len(leaves)-slices.Index(leaves, fn.FreeVars[i]))
		if f.isObject(binding) && f.Program.ChangesObject(fn.FreeVars[i]) {
			f.change(binding, mc, &Change{Why: "changed in " + callsite.Symbol(fn)})
		}
		for _, way := range f.Program.WrittenIn(fn.FreeVars[i]) {
			p := below(f.Of(binding), way)
			if once && ok {
				leave(f, f.CallOf(call), p, left, way, arg == term.ByCallee)
				continue
			}
			f.writes[p.Base] = append(f.writes[p.Base], closureWrite{p.Path, callsite.Symbol(fn)})
		}
	}
}

// leave records what a function value that is handed to a call leaves in a part of a
// variable that it has captured, if it is called, or surely.
func leave(f *Memory, c *callsite.Call, p place.Place, left term.Step, way []string, surely bool) {
	part := &term.Result{Call: c.N, Steps: []term.Step{left}}
	f.write(p.Base, Event{Instr: c.Instr, Path: p.Path, Below: deep, Gives: func(_ evaluation, before term.Term) term.Term {
		after := place.Pick(part, below(place.Place{}, way).Path)
		if surely || algebra.IsZero(before) {
			return after
		}
		return term.JoinOf(after, before)
	}})
}

// bound records what the method of a method value writes to its receiver.
func (f *Memory) bound(mc *ssa.MakeClosure, fn *ssa.Function) {
	obj, ok := fn.Object().(*types.Func)
	if !ok {
		return
	}
	method := f.Fn.Prog.FuncValue(obj)
	if _, pointer := mc.Bindings[0].Type().Underlying().(*types.Pointer); !pointer || method == nil || !f.Program.Writes(method, 0) {
		return
	}
	p := f.Of(mc.Bindings[0])
	for _, way := range f.Program.WrittenBy(method, 0) {
		f.writes[p.Base] = append(f.writes[p.Base], closureWrite{below(p, way).Path, callsite.Symbol(method)})
	}
}

// below is the place to which a way leads from another one.
func below(p place.Place, way []string) place.Place {
	for _, name := range way {
		if name == callsite.AnyElement {
			p = p.Then(anyElement)
			continue
		}
		p = p.Then(place.Step{Field: name})
	}
	return p
}

// New finds the writes of a function.
func New(p *place.Places) *Memory {
	m := &Memory{Places: p, moments: map[ssa.Value][]ssa.Instruction{}, ranges: map[*ssa.BasicBlock]*Range{}, loops: map[*ssa.BasicBlock]*cfg.Loop{}, reached: map[*ssa.BasicBlock]map[*ssa.BasicBlock]bool{}, positions: map[ssa.Instruction]int{}}
	m.index()
	return m
}
