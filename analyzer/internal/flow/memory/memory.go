// Package memory finds the writes of a function, and those that reach a point: on
// all ways, or along one *course*, one way through the function.
//
// A write by a call is interpreted by who asks for it; here it only has a place and
// whether it may have failed.
package memory

import (
	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
)

// Memory holds the writes of a function, by base and block, and the way along which
// they are looked for.
type Memory struct {
	*place.Places

	memory  map[ssa.Value]map[*ssa.BasicBlock][]Event
	bases   []ssa.Value                     // of memory, in the order of the writes
	writes  map[ssa.Value]string            // captured variables that a closure writes, and which closure
	moments map[ssa.Value][]ssa.Instruction // at which a variable was read that a closure writes

	Doubts   []*callsite.Call // calls that may have failed, as far as was asked
	Assumed  []*callsite.Call // calls that are taken to have succeeded
	Course   *Course          // the way along which values are evaluated, nil for all ways
	Steps    int              // that were spent
	Exceeded string           // the reason why a budget was exceeded, or ""
}

// Over is the reason why a budget was exceeded, or "".
func (f *Memory) Over() string { return f.Exceeded }

// WriterOf is the closure that writes a captured variable, "" if none does.
func (f *Memory) WriterOf(base ssa.Value) string { return f.writes[base] }

// IsWritten reports whether the function writes to a place of a base.
func (f *Memory) IsWritten(base ssa.Value) bool { return len(f.memory[base]) > 0 }
