package place

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// accesses finds the elements of lists that the function reads. They get tags, so
// that a fact about one is no fact about another, or about the list: the first part of
// a resource name is compared, the last one is used. Constant index k has tag k+1, an
// index that is computed has one from [term.LoopTag] on. A list that is read in one loop
// only has one element in hand at a time, and is alone.
func (f *Places) accesses() {
	type access struct {
		instr ssa.Instruction
		by    string
		tag   int
		loop  bool
	}
	groups := map[string][]access{}
	var order []string
	add := func(list ssa.Value, index ssa.Value, instr ssa.Instruction) {
		p := f.Of(loaded(list))
		if a, ok := p.Base.(*ssa.Alloc); ok {
			if _, array := callsite.Deref(a.Type()).Underlying().(*types.Array); array {
				return // its elements are remembered one by one
			}
		}
		by, tag, loop := fmt.Sprintf("%p", instr), 0, index == nil || turns(index)
		if index != nil {
			if by = index.Name(); callsite.ConstIndex(index) >= 0 && callsite.ConstIndex(index) < term.LoopTag-1 {
				tag = callsite.ConstIndex(index) + 1
			}
		}
		key := fmt.Sprintf("%p%v", p.Base, p.Path)
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], access{instr, by, tag, loop})
	}
	for _, b := range f.Fn.Blocks {
		for _, instr := range b.Instrs {
			switch v := instr.(type) {
			case *ssa.IndexAddr:
				add(v.X, v.Index, v)
			case *ssa.Index:
				add(v.X, v.Index, v)
			case *ssa.Lookup:
				add(v.X, v.Index, v)
			case *ssa.UnOp:
				if v.Op == token.ARROW {
					add(v.X, nil, v)
				}
			case *ssa.Next:
				if r, ok := v.Iter.(*ssa.Range); ok {
					add(r.X, nil, v)
				}
			}
		}
	}
	f.tags, f.alone = map[ssa.Instruction]int{}, map[ssa.Instruction]bool{}
	for _, key := range order {
		ways := map[string]int{}
		for _, a := range groups[key] {
			if _, ok := ways[a.by]; !ok {
				ways[a.by] = a.tag
				if a.tag == 0 {
					ways[a.by] = term.LoopTag + len(ways)
				}
			}
		}
		for _, a := range groups[key] {
			f.tags[a.instr] = ways[a.by]
			f.alone[a.instr] = len(ways) == 1 && a.loop
		}
	}
}

// turns reports whether an index is another one in each turn of a loop.
func turns(index ssa.Value) bool {
	if b, ok := index.(*ssa.BinOp); ok {
		index = b.X
	}
	_, ok := index.(*ssa.Phi)
	return ok
}

// ListPlace is the place of a list: that which it was read from, if it was.
func (f *Places) ListPlace(list ssa.Value) Place { return f.Of(loaded(list)) }

// SamePlace reports whether two lists are one: the same value, or read from the same
// place.
func (f *Places) SamePlace(x, y ssa.Value) bool {
	p, q := f.Of(loaded(x)), f.Of(loaded(y))
	return x == y || p.Base == q.Base && slices.Equal(p.Path, q.Path)
}

// loaded is the address that a list is read from, so that two reads of one
// variable or field are one list; the list itself if it is read from nowhere.
func loaded(list ssa.Value) ssa.Value {
	if load, ok := list.(*ssa.UnOp); ok && load.Op == token.MUL {
		return load.X
	}
	return list
}

// Derived is a value that is made of t and is another one: a part, or another
// spelling. It keeps the origin of t, but a fact about it is none about t. How
// says by what; the same way gives the same value.
func (f *Places) Derived(t term.Term, how string) term.Term {
	if t == nil || algebra.IsZero(t) {
		return t
	}
	tag, ok := f.ways[how]
	if !ok {
		tag = term.MadeTag + len(f.ways)
		f.ways[how] = tag
	}
	return Pick(t, []Step{{Elem: true, Index: -1, Tag: tag}})
}

// Another is a value of the same origin as t that is not t, unless what it is is known: some
// element of a list that was put in another order, what a variable may hold by now.
func (f *Places) Another(t term.Term, how string) term.Term {
	if t == nil {
		return nil
	}
	leaves := term.Leaves(t)
	out := make([]term.Term, len(leaves))
	for i, leaf := range leaves {
		out[i] = leaf
		switch leaf.(type) {
		case *term.Path, *term.Result, *term.Origin:
			out[i] = f.Derived(leaf, how)
		}
	}
	return term.JoinOf(out...)
}

// Again is how many calls of a reader's method stand before one on the same reader: each
// gives what comes next.
func (f *Places) Again(c *callsite.Call) int {
	n := 0
	for _, x := range f.readersOf(c) {
		if x == c {
			break
		}
		n++
	}
	return n
}

// NextMessage is what a call reads of a connection, by which each call reads another message.
func (f *Places) NextMessage(c *callsite.Call, o *term.Origin) term.Term {
	if n := f.Again(c); n > 0 && o.Group == library.Message {
		return f.Derived(o, "message "+strconv.Itoa(n))
	}
	return o
}

// ReadOnce reports whether a call of a reader's method is the only one on its reader.
func (f *Places) ReadOnce(c *callsite.Call) bool { return len(f.readersOf(c)) <= 1 }

func (f *Places) readersOf(c *callsite.Call) []*callsite.Call {
	if c.Recv == nil || c.Model == nil {
		return nil
	}
	base := f.Of(c.Recv).Base
	var out []*callsite.Call
	for _, x := range f.calls {
		if x.Model == c.Model && x.Recv != nil && f.Of(x.Recv).Base == base {
			out = append(out, x)
		}
	}
	return out
}

// PartNumber tells the parts that the function cuts out of lists apart; 0 for all of one.
func (f *Places) PartNumber(v *ssa.Slice) int {
	fromStart := v.Low == nil || callsite.ConstIndex(v.Low) == 0
	first, how := term.SubTag, "part"
	switch {
	case fromStart && v.High == nil:
		return 0
	case fromStart:
		first = term.HeadTag
	default:
		how += " from " + v.Low.Name()
	}
	if v.High != nil {
		how += " to " + v.High.Name()
	}
	n, ok := f.parts[how]
	if !ok {
		n = first + len(f.parts)%(term.RowTag-term.HeadTag)
		f.parts[how] = n
	}
	return n
}

// Elem is the step to an element that an instruction reads.
func (f *Places) Elem(instr ssa.Instruction, index ssa.Value) Step {
	s := Step{Elem: true, Index: -1, Tag: f.tags[instr], Alone: f.alone[instr]}
	if index != nil {
		s.Index, s.By = callsite.ConstIndex(index), index
	}
	return s
}

// MovesWithin reports whether all that is appended are elements of the list that the part
// is of.
func (f *Places) MovesWithin(part *ssa.Slice, elems []ssa.Value) bool {
	return elems != nil && !slices.ContainsFunc(elems, func(e ssa.Value) bool {
		load, ok := e.(*ssa.UnOp)
		if !ok {
			return true
		}
		at, ok := load.X.(*ssa.IndexAddr)
		return !ok || !f.SamePlace(at.X, part.X)
	})
}

// Gathered are the values that a library function puts together to be filled, nil if a
// value is none that it gives: pg.Scan(&a, &b).
func (f *Places) Gathered(v ssa.Value) []ssa.Value {
	v = callsite.Behind(v)
	if x, ok := v.(*ssa.ChangeInterface); ok {
		v = x.X
	}
	call, ok := v.(*ssa.Call)
	if !ok {
		return nil
	}
	c := f.CallOf(call)
	if c == nil || c.Model == nil || c.Model.Verb != library.Same || c.Recv != nil || !c.Sig.Variadic() || c.Model.At != len(c.Args)-1 {
		return nil
	}
	return callsite.Spread(c, c.Model.At)
}
