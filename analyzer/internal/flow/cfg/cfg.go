// Package cfg answers questions about the control-flow graph of one function.
//
// In go blocks of its SSA form; out comes whether there is a way between them. It sees no
// values: which ways are possible is for who knows the facts.
package cfg

import "golang.org/x/tools/go/ssa"

// Leads reports whether there is a way from the successors of a block to another one
// that passes none of those that are avoided.
func Leads(from, to *ssa.BasicBlock, avoided ...*ssa.BasicBlock) bool {
	seen := map[*ssa.BasicBlock]bool{}
	for _, x := range avoided {
		seen[x] = x != to
	}
	var visit func(b *ssa.BasicBlock) bool
	visit = func(b *ssa.BasicBlock) bool {
		for _, s := range b.Succs {
			if s == to {
				return true
			}
			if !seen[s] {
				seen[s] = true
				if visit(s) {
					return true
				}
			}
		}
		return false
	}
	return visit(from)
}
