package place

import (
	"go/token"
	"sort"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
)

// Places are the places of a function: what an address denotes, and which elements
// of a list are told apart. It holds the classified calls, because some give back
// what they are handed.
type Places struct {
	Fn *ssa.Function
	// Program is what the frame shares with the others of its package.
	Program *callsite.Program

	calls  []*callsite.Call
	byCall map[ssa.CallInstruction]*callsite.Call
	tags   map[ssa.Instruction]int
	alone  map[ssa.Instruction]bool
	ways   map[string]int // see Derived
	parts  map[string]int // see PartNumber
	extra  int

	objects map[*ssa.Phi]Place // see object
	found   []*ssa.Phi         // of objects, in order
}

// New finds the places of a function that has a body. Source tells where a call ends
// in the source, for the order of the numbers.
func New(p *callsite.Program, fn *ssa.Function, source func(ssa.CallInstruction) token.Pos) *Places {
	f := &Places{Fn: fn, Program: p, byCall: map[ssa.CallInstruction]*callsite.Call{}, ways: map[string]int{}, parts: map[string]int{}, objects: map[*ssa.Phi]Place{}}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if ci, ok := instr.(ssa.CallInstruction); ok {
				c := p.Classify(ci)
				f.calls = append(f.calls, c)
				f.byCall[ci] = c
			}
		}
	}
	f.number(source)
	f.accesses()
	return f
}

// number gives statements and kept calls their numbers, in source order.
func (f *Places) number(source func(ssa.CallInstruction) token.Pos) {
	sort.SliceStable(f.calls, func(i, j int) bool { return source(f.calls[i].Instr) < source(f.calls[j].Instr) })
	n := 0
	for _, c := range f.calls {
		if c.Kind == callsite.Builtin {
			continue
		}
		n++
		c.N = n
	}
}

// Calls are the classified calls, in source order.
func (f *Places) Calls() []*callsite.Call { return f.calls }

// NextNumber is a number that no call has.
func (f *Places) NextNumber() int {
	f.extra++
	return len(f.calls) + f.extra
}

// CallOf is the classified call of an instruction.
func (f *Places) CallOf(instr ssa.CallInstruction) *callsite.Call { return f.byCall[instr] }
