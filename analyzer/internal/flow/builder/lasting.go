package builder

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// What a statement is given by reference it reads when it runs, not when that was handed
// over: a row, a list of values, a pointer to one.
//
//	q := db.NewInsert().Model(n)
//	n.OrgID = id
//	q.Exec(ctx)                        // stores id

// lasting is a value that a call adds, as the statement finds it when it runs.
func (f *Builders) lasting(v ssa.Value, at ssa.Instruction) term.Term {
	if changesUntilRun(f, v, at) {
		return f.inside(v, f.runs)
	}
	if partChanges(f, v, at) {
		return term.Why("a value that is changed after it was put into a statement")
	}
	return f.inside(v, at)
}

// changesUntilRun reports whether what a value leads to may be written between a point and
// that where the statement runs.
func changesUntilRun(f *Builders, v ssa.Value, at ssa.Instruction) bool {
	x := behind(v)
	return f.runs != nil && at != nil && at != f.runs && callsite.Shares(x.Type()) && memory.MayChange(f.Memory, x, at, f.runs)
}

// entriesAt is the point at which a statement reads the entries of a map.
func entriesAt(f *Builders, c *callsite.Call, m ssa.Value) ssa.Instruction {
	if !copies(f, c) && changesUntilRun(f, m, c.Instr) {
		return f.runs
	}
	return c.Instr
}

// partChanges is changesUntilRun of what a library's function was handed that gives a value:
// bun.In(ids).
func partChanges(f *Builders, v ssa.Value, at ssa.Instruction) bool {
	call, ok := behind(v).(*ssa.Call)
	if !ok || f.runs == nil || at == nil {
		return false
	}
	c := f.CallOf(call)
	return c.Kind == callsite.Library && c.Model != nil && slices.ContainsFunc(c.Args, func(a ssa.Value) bool {
		return changesUntilRun(f, a, at) || partChanges(f, a, at)
	})
}

// usedBetween reports whether a handle that was put into a statement may be changed before
// that runs.
func usedBetween(f *Builders, handle ssa.Value, at ssa.Instruction) bool {
	if f.runs == nil || at == nil || f.isRoot(handle) {
		return false
	}
	for _, same := range f.names(handle) {
		for _, ref := range *same.Referrers() {
			call, ok := ref.(ssa.CallInstruction)
			if ok && ref != at && f.changes(f.Program.Classify(call), same, false) && f.Reaches(at, ref, born(f.Of(handle))) && f.Reaches(ref, f.runs, nil) {
				return true
			}
		}
	}
	return false
}
