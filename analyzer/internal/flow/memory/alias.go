package memory

import (
	"fmt"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Two places may be one object: a pointer that is stored in a field, an edge of a phi,
// a list that is cut out of another, what a call gives back of what it was handed. An
// *alias* says that what is written below one place may be written below the other. It
// holds in the whole function, so a write over it is weak.
//
//	b := &base{}; q := in{b}; q.OrgID = x     // q.base is b: b.OrgID may be x
type alias struct {
	from  []place.Step // of the base that it is listed under
	to    place.Place
	moved bool // the elements stand elsewhere: xs[1:]
	by    *callsite.Call
}

// maxAliased is how many places a write is carried to.
const maxAliased = 16

// aliases lists them by base.
type aliases map[ssa.Value][]alias

func (a aliases) add(x, y place.Place, moved bool, by *callsite.Call) {
	if x.Base != y.Base {
		a[x.Base] = append(a[x.Base], alias{x.Path, y, moved, by})
		a[y.Base] = append(a[y.Base], alias{y.Path, x, moved, by})
	}
}

// lead adds that what is written below x is written below y. What is written below y is
// seen below x without it: x is read by looking there.
func (a aliases) lead(x, y place.Place) {
	if x.Base != y.Base {
		a[x.Base] = append(a[x.Base], alias{x.Path, y, false, nil})
	}
}

// findAliases lists the aliases that the instructions of the function make.
func (f *Memory) findAliases() aliases {
	out := aliases{}
	if f.Fn.Synthetic == "package initializer" {
		return out // what a table holds is written there, and read elsewhere
	}
	for _, b := range f.Fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store:
				f.same(out, f.Of(instr.Addr), instr.Val)
			case *ssa.MapUpdate:
				f.same(out, f.Of(instr.Map).Then(place.MapStep(instr.Key)), instr.Value)
			case *ssa.Phi:
				for _, e := range instr.Edges {
					f.same(out, place.Place{Base: instr}, e)
				}
			case *ssa.Slice:
				f.cut(out, instr)
			case *ssa.Call:
				f.givenBack(out, f.CallOf(instr))
			case ssa.Value:
				f.part(out, instr)
			}
		}
	}
	return out
}

// same adds that what stands at a place is v, if v leads to an object.
func (f *Memory) same(out aliases, p place.Place, v ssa.Value) {
	if callsite.Refers(v.Type()) {
		out.lead(p, f.Of(v))
		return
	}
	load, ok := v.(*ssa.UnOp) // a struct is copied, and the pointers in it lead on to what they led to
	st, isStruct := v.Type().Underlying().(*types.Struct)
	if !ok || !isStruct {
		return
	}
	from := f.Of(load.X)
	for i := range st.NumFields() {
		if callsite.Refers(st.Field(i).Type()) {
			step := place.Step{Field: st.Field(i).Name()}
			out.lead(p.Then(step), from.Then(step))
		}
	}
}

// part adds that a value that was taken out of a map or an interface is still in there.
func (f *Memory) part(out aliases, v ssa.Value) {
	if !callsite.Refers(v.Type()) {
		return
	}
	p := place.Place{Base: v}
	switch v := v.(type) {
	case *ssa.Lookup:
		out.add(p, f.Of(v.X).Then(place.MapStep(v.Index)), false, nil)
	case *ssa.TypeAssert:
		out.add(p, f.Of(v.X), false, nil)
	case *ssa.Field:
		if name, wrapped := f.FieldOf(v.X.Type(), v.Field); !wrapped {
			out.add(p, f.holder(v.X).Then(place.Step{Field: name}), false, nil)
		}
	case *ssa.Extract:
		switch t := v.Tuple.(type) {
		case *ssa.Lookup:
			out.add(p, f.Of(t.X).Then(place.MapStep(t.Index)), false, nil)
		case *ssa.TypeAssert:
			out.add(p, f.Of(t.X), false, nil)
		case *ssa.Next:
			if r, ok := t.Iter.(*ssa.Range); ok {
				out.add(p, f.Of(r.X).Then(place.Step{Elem: true, Index: -1}), false, nil)
			}
		}
	}
}

// holder is the place that a struct was loaded from.
func (f *Memory) holder(v ssa.Value) place.Place {
	if load, ok := v.(*ssa.UnOp); ok {
		return f.Of(load.X)
	}
	return f.Of(v)
}

// cut adds that a part of a list shares its elements.
func (f *Memory) cut(out aliases, v *ssa.Slice) {
	if _, list := v.X.Type().Underlying().(*types.Slice); list {
		out.add(place.Place{Base: v}, f.Of(v.X), v.Low != nil, nil)
	}
}

// givenBack adds that what a call gives may be what it was handed: of append, the list;
// of a function of the module, what has the type of its result, unless it is seen to give
// something new.
func (f *Memory) givenBack(out aliases, c *callsite.Call) {
	v, ok := c.Instr.(*ssa.Call)
	if !ok || !callsite.Refers(v.Type()) {
		return
	}
	p := place.Place{Base: v}
	if c.Kind == callsite.Builtin {
		if c.Symbol == "append" {
			f.appended(out, p, c)
		}
		return
	}
	if c.Kind == callsite.Library {
		return
	}
	all := c.All()
	if handed, known := callsite.Returned(c); known {
		for _, i := range handed {
			if i < len(all) {
				out.add(p, f.Of(all[i]), false, nil)
			}
		}
		return
	}
	for _, a := range all {
		if types.Identical(a.Type(), v.Type()) && f.Program.OfModule(v.Type()) {
			out.add(p, f.Of(a), false, c)
		}
	}
}

// appended adds that a list which has grown may share the elements that it had, and that
// what its new elements lead to is what they led to before.
func (f *Memory) appended(out aliases, grown place.Place, c *callsite.Call) {
	out.add(grown, f.Of(c.Args[0]), true, nil)
	list, ok := c.Args[0].Type().Underlying().(*types.Slice)
	if ok && len(c.Args) == 2 && callsite.Refers(list.Elem()) {
		any := place.Step{Elem: true, Index: -1}
		out.add(grown.Then(any), f.Of(c.Args[1]).Then(any), false, nil)
	}
}

// carry records the writes of the function at the other names of what they write to.
func (f *Memory) carry() {
	if len(f.bases) == 0 {
		return
	}
	names := f.findAliases()
	if len(names) == 0 {
		return
	}
	type write struct {
		base ssa.Value
		e    Event
	}
	var all []write
	for _, base := range f.bases {
		if names[base] == nil {
			continue
		}
		for _, e := range f.InOrder(base) {
			all = append(all, write{base, e})
		}
	}
	for _, w := range all {
		f.carryOne(names, w.base, w.e)
	}
	f.sort()
}

// sort puts the writes of each block in the order of its instructions.
func (f *Memory) sort() {
	for _, blocks := range f.memory {
		for _, events := range blocks {
			slices.SortStableFunc(events, func(x, y Event) int { return f.Position(x.Instr) - f.Position(y.Instr) })
		}
	}
}

func key(p place.Place) string { return fmt.Sprintf("%p%v", p.Base, p.Path) }

// carryOne records a write at all places that may be its own.
func (f *Memory) carryOne(names aliases, base ssa.Value, e Event) {
	seen := map[string]bool{key(place.Place{Base: base, Path: e.Path}): true}
	todo := []place.Place{{Base: base, Path: e.Path}}
	via := map[string]*callsite.Call{}
	for len(todo) > 0 && len(seen) < maxAliased {
		p := todo[0]
		todo = todo[1:]
		for _, a := range names[p.Base] {
			q, ok := a.translate(p, e.Below)
			if !ok || q.Base == base || len(q.Path) > place.MaxPath || seen[key(q)] {
				continue
			}
			seen[key(q)] = true
			by := a.by
			if by == nil {
				by = via[key(p)]
			}
			via[key(q)] = by
			f.write(q.Base, e.at(q.Path, by))
			todo = append(todo, q)
		}
	}
}

// translate is the place below the other end of an alias that a place is, or, of what is
// written as a whole, that end itself.
func (a alias) translate(p place.Place, whole bool) (place.Place, bool) {
	m, _ := place.Compare(a.from, p.Path, false)
	if m != place.Covers || len(p.Path) == len(a.from) && !whole {
		return place.Place{}, false // the pointer itself is set, and not what it leads to
	}
	q := a.to
	for i, s := range p.Path[len(a.from):] {
		if a.moved && i == 0 && s.Elem {
			s.Index = -1
		}
		q = q.Then(s)
	}
	return q, true
}

// at is a write as it may be seen at another place. If that place is only perhaps the
// same, what stands there then is not known.
func (e Event) at(path []place.Step, by *callsite.Call) Event {
	e.Path, e.Weak = path, true
	if by != nil {
		e.Val = nil
		e.Gives = func(evaluation, term.Term) term.Term {
			return term.Why("written through what " + callsite.CalleeOf(by) + " gives")
		}
	}
	return e
}
