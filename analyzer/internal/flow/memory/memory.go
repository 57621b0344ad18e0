// Package memory finds the writes of a function, and those that reach a point: on
// all ways, or along one *course*, one way through the function.
//
// A write by a call is interpreted by who asks for it; here it only has a place and
// whether it may have failed.
package memory

import (
	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/cfg"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
)

// Memory holds the writes of a function, by base and block, and the way along which
// they are looked for.
type Memory struct {
	*place.Places

	memory    map[ssa.Value]map[*ssa.BasicBlock][]Event
	Bases     []ssa.Value                  // to whose places the function writes, in the order of the writes
	written   map[ssa.Value]bool           // that have writes which are more than of what was never set
	names     *aliases                     // nil if nothing is written
	writes    map[ssa.Value][]closureWrite // to captured variables
	positions map[ssa.Instruction]int      // of the instructions in their blocks
	ranges    map[*ssa.BasicBlock]*Range
	loops     map[*ssa.BasicBlock]*cfg.Loop
	reached   map[*ssa.BasicBlock]map[*ssa.BasicBlock]bool // see after
	moments   map[ssa.Value][]ssa.Instruction              // at which a variable was read that a closure writes

	Doubts   []*callsite.Call // calls that may have failed, as far as was asked
	Assumed  []*callsite.Call // calls that are taken to have succeeded
	Course   *Course          // the way along which values are evaluated, nil for all ways
	Steps    int              // that were spent
	Exceeded string           // the reason why a budget was exceeded, or ""
}

// Over is the reason why a budget was exceeded, or "".
func (f *Memory) Over() string { return f.Exceeded }

// closureWrite is a write of a closure to a variable that it has captured, or to a part
// of what it leads to.
type closureWrite struct {
	path []place.Step
	by   string
}

// WriterOf is the closure that may write to a place, or to a part of it, "" if none does.
func (f *Memory) WriterOf(p place.Place) string {
	for _, w := range f.writes[p.Base] {
		if m, _ := place.Compare(w.path, p.Path, false); m != place.Apart {
			return w.by
		}
	}
	return ""
}

// WritersOf is the closure that may write all of what stands at a place, "" if none does,
// and those that may write its fields.
func (f *Memory) WritersOf(p place.Place) (whole string, fields map[string]string) {
	for _, w := range f.writes[p.Base] {
		m, _ := place.Compare(w.path, p.Path, false)
		switch {
		case m == place.Apart:
		case m == place.Covers || w.path[len(p.Path)].Elem:
			return w.by, nil
		default:
			if fields == nil {
				fields = map[string]string{}
			}
			fields[w.path[len(p.Path)].Field] = w.by
		}
	}
	return "", fields
}

// IsWritten reports whether the function writes to a place of a base.
func (f *Memory) IsWritten(base ssa.Value) bool { return f.written[base] }

// LoopAt is the loop whose head a block is, with the blocks of its body.
func (f *Memory) LoopAt(head *ssa.BasicBlock) *cfg.Loop {
	l, known := f.loops[head]
	if !known {
		l = cfg.LoopAt(head)
		f.loops[head] = l
	}
	return l
}
