package place

import (
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// The tags of elements that are told apart: constant index k has tag k+1, an
// index that is computed has one from indexTag on, the parts that a text is cut
// into have those from partTag on.
const (
	indexTag = 1000
	PartTag  = 2000
	madeTag  = 3000 // what is made of a value, and is another one
)

// accesses finds the lists of which the function reads more than one element, by
// different indexes or in different loops. Their elements get tags, so that a
// fact about one is no fact about another: the first part of a resource name is
// compared, the last one is used.
func (f *Places) accesses() {
	type access struct {
		instr ssa.Instruction
		by    string
		tag   int
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
		by, tag := fmt.Sprintf("%p", instr), 0
		if index != nil {
			if by = index.Name(); callsite.ConstIndex(index) >= 0 && callsite.ConstIndex(index) < indexTag-1 {
				tag = callsite.ConstIndex(index) + 1
			}
		}
		key := fmt.Sprintf("%p%v", p.Base, p.Path)
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], access{instr, by, tag})
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
	f.tags = map[ssa.Instruction]int{}
	for _, key := range order {
		ways := map[string]int{}
		for _, a := range groups[key] {
			if _, ok := ways[a.by]; !ok {
				ways[a.by] = a.tag
				if a.tag == 0 {
					ways[a.by] = indexTag + len(ways)
				}
			}
		}
		if len(ways) < 2 {
			continue
		}
		for _, a := range groups[key] {
			f.tags[a.instr] = ways[a.by]
		}
	}
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
		tag = madeTag + len(f.ways)
		f.ways[how] = tag
	}
	return Pick(t, []Step{{Elem: true, Index: -1, Tag: tag}})
}

// Elem is the step to an element that an instruction reads.
func (f *Places) Elem(instr ssa.Instruction, index ssa.Value) Step {
	s := Step{Elem: true, Index: -1, Tag: f.tags[instr]}
	if index != nil {
		s.Index = callsite.ConstIndex(index)
	}
	return s
}
