package body

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// left notes how many variables a closure leaves, and whether it is told when it runs.
func (b *Body) left() {
	fn := b.Frame.Fn
	b.Fn.Left = len(b.Frame.Program.Leaves(fn))
	if b.Fn.Left == 0 || fn.Parent() == nil {
		return
	}
	b.Fn.Kept = slices.ContainsFunc(fn.Parent().Blocks, func(block *ssa.BasicBlock) bool {
		return slices.ContainsFunc(block.Instrs, func(instr ssa.Instruction) bool {
			mc, ok := instr.(*ssa.MakeClosure)
			if !ok || mc.Fn != fn {
				return false
			}
			_, _, once := b.Frame.Program.HandedOnce(mc)
			return !once
		})
	})
}
