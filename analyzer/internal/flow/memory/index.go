package memory

import (
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
)

// index finds all writes of the function, by base and block, in order.
func (f *Memory) index() {
	f.memory = map[ssa.Value]map[*ssa.BasicBlock][]Event{}
	f.writes = map[ssa.Value][]closureWrite{}
	for _, b := range f.Fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store:
				p := f.Of(instr.Addr)
				f.write(p.Base, Event{Instr: instr, Path: p.Path, Val: instr.Val})
			case *ssa.MapUpdate:
				p := f.Of(instr.Map).Then(place.MapStep(instr.Key))
				f.write(p.Base, Event{Instr: instr, Path: p.Path, Val: instr.Value})
			case *ssa.MakeClosure:
				f.captured(instr)
			case ssa.CallInstruction:
				f.effects(f.CallOf(instr))
			}
		}
	}
	f.carry()
}

func (f *Memory) write(base ssa.Value, e Event) {
	m := f.memory[base]
	if m == nil {
		m = map[*ssa.BasicBlock][]Event{}
		f.memory[base] = m
		f.bases = append(f.bases, base)
	}
	m[e.Instr.Block()] = append(m[e.Instr.Block()], e)
}

// captured records the variables that a closure, or one inside it, writes.
func (f *Memory) captured(mc *ssa.MakeClosure) {
	fn, ok := mc.Fn.(*ssa.Function)
	if !ok || strings.HasPrefix(fn.Synthetic, "bound method") {
		return
	}
	for i, binding := range mc.Bindings {
		if i >= len(fn.FreeVars) {
			continue
		}
		if f.isObject(binding) && f.Program.ChangesObject(fn.FreeVars[i]) {
			f.change(binding, mc, &Change{Why: "changed in " + callsite.Symbol(fn)})
		}
		for _, way := range callsite.WrittenIn(fn.FreeVars[i]) {
			p := f.Of(binding)
			for _, name := range way {
				p = p.Then(place.Step{Field: name})
			}
			f.writes[p.Base] = append(f.writes[p.Base], closureWrite{p.Path, callsite.Symbol(fn)})
		}
	}
}

// New finds the writes of a function.
func New(p *place.Places) *Memory {
	m := &Memory{Places: p, moments: map[ssa.Value][]ssa.Instruction{}, ranges: map[*ssa.BasicBlock]*Range{}, positions: map[ssa.Instruction]int{}}
	m.index()
	return m
}
