package memory

import (
	"go/token"
	"slices"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// ReadFrom is where a pointer, map, list or interface was read, alone or with the struct that
// holds it, and when; ok is false if it came another way.
func ReadFrom(f *Memory, v ssa.Value) (p place.Place, since ssa.Instruction, ok bool) {
	if !callsite.Refers(v.Type()) {
		return p, nil, false
	}
	switch v := v.(type) {
	case *ssa.UnOp:
		return f.Of(v), v, v.Op == token.MUL
	case *ssa.Field:
		load, isLoad := v.X.(*ssa.UnOp)
		name, wrapped := f.FieldOf(v.X.Type(), v.Field)
		if !isLoad || load.Op != token.MUL || wrapped || f.FieldModel(v.X.Type(), v.Field) != nil {
			return p, nil, false
		}
		p = f.Of(load.X).Then(place.Step{Field: name})
		p.Held = append(p.Held[:len(p.Held):len(p.Held)], place.Load{At: load, Depth: len(p.Path)})
		return p, load, true
	}
	return p, nil, false
}

// WrittenBetween reports whether what an object that was read from a place leads to may be
// written before a later point, by this name or by that of what was stored there.
func WrittenBetween(f *Memory, from place.Place, since, at ssa.Instruction) bool {
	todo := []place.Place{from}
	for n := 0; n < len(todo) && n < maxAliased; n++ {
		p := todo[n]
		if slices.ContainsFunc(f.WrittenAfter(p, since, nil), func(e Event) bool { return f.MayFollow(e.Instr, at) }) {
			return true
		}
		if f.names == nil {
			continue
		}
		for _, a := range f.names.of[p.Base] {
			if m, _ := place.Compare(a.from, p.Path, false); m == place.Covers && len(a.from) == len(p.Path) {
				todo = append(todo, a.to)
			}
		}
	}
	return false
}

// MayChange reports whether what a pointer, map or list leads to may be written between two
// points, by one of its names, or is another object by then.
func MayChange(f *Memory, v ssa.Value, since, at ssa.Instruction) bool {
	todo := []place.Place{f.Of(v)}
	for n := 0; n < len(todo); n++ {
		p := todo[n]
		if n == maxAliased {
			return true
		}
		if f.WriterOf(p) != "" {
			return true
		}
		if f.IsWritten(p.Base) && slices.ContainsFunc(f.InOrder(p.Base), func(e Event) bool {
			m, _ := place.Compare(e.Path, p.Path, false)
			return e.Build == nil && m != place.Apart && f.Reaches(since, e.Instr, born(p)) && f.Reaches(e.Instr, at, born(p))
		}) {
			return true
		}
		if f.names == nil {
			continue
		}
		for _, a := range f.names.of[p.Base] {
			if m, _ := place.Compare(a.from, p.Path, false); m == place.Covers && len(a.from) == len(p.Path) && !slices.ContainsFunc(todo, func(x place.Place) bool { return x.Base == a.to.Base && slices.Equal(x.Path, a.to.Path) }) {
				todo = append(todo, a.to)
			}
		}
	}
	return false
}

// born is where the object at a place comes to be anew, nil if that is not in the function.
func born(p place.Place) ssa.Instruction {
	instr, ok := p.Base.(ssa.Instruction)
	if !ok {
		return nil
	}
	return instr
}

// WrittenAfter are the writes to what an object at a place leads to that may run after a
// point and, where the variable that holds it is local, before that comes to be anew.
func (f *Memory) WrittenAfter(p place.Place, since ssa.Instruction, held *ssa.Alloc) []Event {
	if !f.IsWritten(p.Base) {
		return nil
	}
	var out []Event
	for _, e := range f.InOrder(p.Base) {
		if len(e.Path) <= len(p.Path) && e.Below == itself {
			continue
		}
		if m, _ := place.Compare(e.Path, p.Path, false); m == place.Apart {
			continue
		}
		if held != nil && f.FollowsWithin(held, since, e.Instr) || held == nil && f.MayFollow(since, e.Instr) {
			out = append(out, e)
		}
	}
	return out
}

// Moment tells apart the points at which a variable is read that a closure may have
// written in between: nothing for the first one, a number for the others. Points with no
// call between them are one.
func (f *Memory) Moment(base ssa.Value, at ssa.Instruction) string {
	for i, x := range f.moments[base] {
		if !f.callBetween(x, at) {
			return Numbered(i)
		}
	}
	f.moments[base] = append(f.moments[base], at)
	return Numbered(len(f.moments[base]) - 1)
}

// Numbered tells the later ones of equal reasons apart.
func Numbered(i int) string {
	if i == 0 {
		return ""
	}
	return " (" + strconv.Itoa(i+1) + ")"
}

// callBetween reports whether something may be called between two points.
func (f *Memory) callBetween(a, b ssa.Instruction) bool {
	if a == b {
		return false
	}
	if a.Block() != b.Block() {
		return true
	}
	i, j := f.Position(a), f.Position(b)
	for _, instr := range a.Block().Instrs[min(i, j):max(i, j)] {
		if _, ok := instr.(ssa.CallInstruction); ok {
			return true
		}
	}
	return false
}

// ChangedBefore is a call that may have changed the part of the request that a call
// reads before it does, nil if there is none in the function.
func (f *Memory) ChangedBefore(c *callsite.Call, group string) *callsite.Call {
	for _, x := range f.Calls() {
		if x.Model == nil || x.Model.Verb != library.Changes || x.Model.Group == "" || !place.Overlap(x.Model.Group, group) {
			continue
		}
		changed := f.RequestOf(x.Arg(x.Model.At))
		for _, a := range c.All() {
			if changed != nil && f.RequestOf(a) == changed && f.MayFollow(x.Instr, c.Instr) {
				return x
			}
		}
	}
	return nil
}

// Receives is how many receives of the function stand before one: each gives a value of
// its own.
func (f *Memory) Receives(v *ssa.UnOp) int {
	n := 0
	for _, b := range f.Fn.Blocks {
		for _, instr := range b.Instrs {
			if instr == ssa.Instruction(v) {
				return n
			}
			if u, ok := instr.(*ssa.UnOp); ok && u.Op == token.ARROW {
				n++
			}
		}
	}
	return n
}
