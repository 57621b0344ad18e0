package value

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// cutOut is a part of a list or text that is known on a course.
func (f *Values) cutOut(v *ssa.Slice, t term.Term) term.Term {
	if f.Course == nil {
		return nil
	}
	size, ok := algebra.Number(algebra.SizeOf(t))
	low, high, max := 0, size, size
	for _, bound := range []struct {
		v  ssa.Value
		at *int
	}{{v.Low, &low}, {v.High, &high}} {
		if bound.v != nil && ok {
			*bound.at, ok = f.Number(bound.v, v)
		}
	}
	if !ok || low < 0 || low > high || high > max {
		return nil
	}
	switch t := t.(type) {
	case *term.List:
		return &term.List{Elems: t.Elems[low:high]}
	case *term.Const:
		if low == high {
			return term.ZeroTerm()
		}
		return &term.Const{Kind: term.Text, Text: t.Text[low:high]}
	}
	return nil
}

// filled is a slice that was made and is filled by index, as far as the indexes
// are known on a course; nil if they are not.
func (f *Values) filled(v *ssa.MakeSlice, at ssa.Instruction) term.Term {
	elems, last, ok := map[int]term.Term{}, -1, true
	w := memory.NewWalk(f.Memory, place.Place{Base: v})
	w.Take = func(e *memory.Event) bool {
		if e.Empty != "" {
			return false
		}
		st, isStore := e.Instr.(*ssa.Store)
		if !isStore || len(e.Path) != 1 {
			ok = false
			return false
		}
		ia, isIndex := st.Addr.(*ssa.IndexAddr)
		if !isIndex {
			ok = false
			return false
		}
		n, known := f.Number(ia.Index, st)
		t := f.Value(st.Val, st)
		if !known || t == nil || n < 0 || n >= callsite.MaxList {
			ok = false
			return false
		}
		if elems[n] == nil { // backwards: the last write counts
			elems[n], last = t, max(last, n)
		}
		return false
	}
	w.From(at)
	size, sized := f.Number(v.Len, v)
	if !sized {
		size = last + 1
	}
	if !ok || last >= size || size > callsite.MaxList {
		return nil
	}
	l := &term.List{}
	for i := range size {
		switch {
		case elems[i] != nil:
			l.Elems = append(l.Elems, elems[i])
		case sized:
			l.Elems = append(l.Elems, term.ZeroTerm())
		default:
			return nil
		}
	}
	return l
}

// mapKey is a key of a map that is ranged over: any that the function put in.
func mapKey(f *Values, next *ssa.Next) term.Term {
	r, ok := next.Iter.(*ssa.Range)
	if !ok || next.IsString {
		return term.Why("map key")
	}
	m, ok := r.X.(*ssa.MakeMap)
	if !ok {
		return term.Why("map key")
	}
	keys, ok := f.KeysOf(m)
	switch {
	case !ok:
		return term.Why("map key")
	case len(keys) == 0:
		return term.ZeroTerm()
	}
	return term.JoinOf(keys...)
}

// KeysOf are the keys of a map that a function made; ok is false if somebody else may put
// some in.
func (f *Values) KeysOf(m *ssa.MakeMap) (keys []term.Term, ok bool) {
	if m.Referrers() == nil {
		return nil, false
	}
	for _, ref := range *m.Referrers() {
		switch ref := ref.(type) {
		case *ssa.MapUpdate:
			k, cut := f.Tracked(ref.Key, ref)
			if k == nil || cut {
				k = term.Why("loop")
			}
			keys = append(keys, k)
		case *ssa.Range, *ssa.Lookup, *ssa.DebugRef:
		case *ssa.Call:
			if b, isBuiltin := ref.Call.Value.(*ssa.Builtin); !isBuiltin || b.Name() != "len" && b.Name() != "delete" {
				return nil, false
			}
		default:
			return nil, false
		}
	}
	return keys, true
}

// slice is a part of a list or text: all of it, unless the text is known.
func (f *Values) slice(v *ssa.Slice, at ssa.Instruction) term.Term {
	if at == nil {
		at = v
	}
	if v.High != nil && callsite.ConstIndex(v.High) == 0 && !callsite.IsBasic(v.X.Type(), types.IsString) {
		return &term.List{} // xs[:0]
	}
	t := f.Value(v.X, at)
	if t == nil || v.Low == nil && v.High == nil {
		return t
	}
	if cut := f.cutOut(v, t); cut != nil {
		return cut
	}
	if callsite.IsBasic(v.X.Type(), types.IsString) {
		for _, leaf := range term.Leaves(t) {
			switch leaf.(type) {
			case *term.Const, *term.Concat:
				return term.Why("part of a text")
			}
		}
		return f.Derived(t, "slice "+nameOf(v.Low)+":"+nameOf(v.High))
	}
	leaves := term.Leaves(t)
	out := make([]term.Term, len(leaves))
	for i, leaf := range leaves {
		out[i] = algebra.SubList(leaf, f.PartNumber(v))
	}
	return term.JoinOf(out...)
}

// made is a slice or map that is filled element by element.
func (f *Values) made(v ssa.Value, at ssa.Instruction) term.Term {
	if ms, ok := v.(*ssa.MakeSlice); ok && f.Course != nil && at != nil {
		if t := f.filled(ms, at); t != nil {
			return t
		}
	}
	var named, others []term.Field
	var whole []term.Term
	_, isMap := v.(*ssa.MakeMap)
	filled := false
	for _, e := range f.InOrder(v) {
		if at != nil && !f.MayFollow(e.Instr, at) || e.Build != nil { // a change of what was stored
			continue
		}
		if name, ok := entry(e); ok && at != nil { // what stands there at the point
			if !slices.ContainsFunc(named, func(x term.Field) bool { return x.Name == name }) {
				val := algebra.OrLoop(f.ContentAt(place.Place{Base: v, Path: e.Path[:1]}, at))
				named = append(named, term.Field{Name: name, Term: val})
			}
			continue
		}
		val := f.written(&e, place.Place{Base: v}, at)
		if e.Val != nil && f.Program.IsObject(e.Val.Type()) {
			if f.Of(e.Val).Base == v { // what is there already: list[i] = list[i].Where(x)
				continue
			}
			val = f.storedObject(&e)
		}
		if val == nil {
			continue
		}
		if len(e.Path) == 0 { // a callee added to it
			whole = append(whole, val)
			filled = filled || isMap && at != nil && !e.Weak && e.Instr.Block().Dominates(at.Block())
			continue
		}
		for i := len(e.Path) - 1; i > 0; i-- { // a part of an element
			if e.Path[i].Elem {
				val = &term.List{Elems: []term.Term{val}, Open: true}
			} else {
				val = term.StructOf("", nil, []term.Field{{Name: e.Path[i].Field, Term: val}})
			}
		}
		if e.Path[0].Elem {
			others = append(others, term.Field{Term: val})
		} else {
			named = algebra.AddField(named, e.Path[0].Field, val)
		}
	}
	if filled && len(named)+len(others) == 0 { // an empty map, into which claims were read
		return term.JoinOf(whole...)
	}
	return term.JoinOf(append(whole, algebra.Collection(named, others))...)
}

// storedObject is a builder that is put into a list, as it is there: each turn of a loop
// puts one of its own.
func (f *Values) storedObject(e *memory.Event) term.Term {
	from := birth(e.Val)
	if slices.ContainsFunc(f.Changes(f.Of(e.Val), true), func(x memory.Event) bool { return f.Reaches(e.Instr, x.Instr, from) }) {
		return term.Why("a builder that is changed after it was put into a list")
	}
	return f.Value(e.Val, e.Instr)
}

// birth is the call that begins a builder, nil if it is not seen.
func birth(v ssa.Value) ssa.Instruction {
	for {
		call, ok := v.(*ssa.Call)
		if !ok {
			return nil
		}
		next := call.Common().Args
		if len(next) == 0 || !types.Identical(next[0].Type(), call.Type()) {
			return call
		}
		v = next[0]
	}
}

// entry is the name of the entry of a map that a write sets, or sets a part of.
func entry(e memory.Event) (name string, ok bool) {
	if len(e.Path) == 0 || e.Path[0].Elem {
		return "", false
	}
	return e.Path[0].Field, true
}

func nameOf(v ssa.Value) string {
	if v == nil {
		return ""
	}
	return v.Name()
}
