package memory

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Event is a write to a place: of a value, or of what a library call leaves there.
type Event struct {
	Instr ssa.Instruction
	Path  []place.Step
	Val   ssa.Value                                      // a store
	Gives func(x evaluation, before term.Term) term.Term // a library call; before is what was there
	Weak  bool                                           // what was there may stay
	All   bool                                           // it was made to every element of a list
	Below reach                                          // what of the place is written
	Empty string                                         // why what was never set may be set, and no more, "" for a write; for those alone who ask what stands there
	ways  [][]place.Step                                 // that are written of what pointers in the object lead to
	Order bool                                           // what it leaves are elements that the list had
	Try   *Attempt                                       // of a call that may fail, nil if it cannot
	Build *Change                                        // of a builder that is an object
}

// reaches reports whether a write is to what stands below a place that is itself below the
// one that is written.
func (e *Event) reaches(path []place.Step) bool {
	if e.Below == deep {
		return true
	}
	return slices.ContainsFunc(e.ways, func(way []place.Step) bool {
		m, _ := place.Compare(path, way, false)
		return m == place.Covers && len(way) > len(path)
	})
}

// reach is what of a place is written: what stands there; the object that it leads to,
// where a pointer stands there; or anything that can be reached from it, as decoders do.
type reach uint8

const (
	itself reach = iota
	object
	deep
)

// evaluation is what the writes of calls ask of the values that they write.
type evaluation interface {
	// Value is the term of a value at a point, nil while it is evaluated further out.
	Value(v ssa.Value, at ssa.Instruction) term.Term
	// Text is what a buffer holds after a call that writes to it.
	Text(c *callsite.Call, before term.Term) term.Term
	// Decoded is what a call writes that decodes or verifies.
	Decoded(c *callsite.Call) term.Term
}

// A call that writes through an argument may fail, and then it has written nothing, or
// not what it says. What an error that nobody looked at left undone is not done: until
// the error is known to be nil, a place holds what was there before, too. What was
// zero before needs no such care: an empty value finds nothing.

// Attempt is a write that counts in full only where its call is known to have
// succeeded.
type Attempt struct {
	Call *callsite.Call
	// Failed is what stands there if the call failed, given what was there before and
	// what it wrote; nil if nothing that matters.
	Failed func(before, wrote term.Term) term.Term
	// Silent says that it fails without an error, too: a search for all rows that fills one
	// struct.
	Silent bool
}

// Some builders are objects: a call changes what its receiver points to. Each change is
// a write to a part of that place which has no name in Go, so that it is carried to the
// other names of the object like any write. What the changes make of it, the builders
// tell.

// Change is what a call does to a builder that is an object.
type Change struct {
	Call *callsite.Call // adds a clause, or hands the object to a function of the module
	Arg  int            // the argument that is handed, the receiver counted; Adds if it adds a clause
	Why  string         // why it is not followed, "" if it is
}

// Adds is the argument of a change that adds a clause, Ends that of one after which the object
// is empty.
const (
	Adds = -1
	Ends = -2
)
