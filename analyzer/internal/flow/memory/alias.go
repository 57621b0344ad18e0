package memory

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
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
	at    ssa.Instruction // that makes it
}

// maxAliased is how many places a write is carried to.
const maxAliased = 16

// aliases lists them by base.
type aliases struct {
	f  *Memory
	of map[ssa.Value][]alias
	at ssa.Instruction // that is looked at
}

func (a *aliases) add(x, y place.Place, moved bool, by *callsite.Call) {
	if x.Base != y.Base {
		a.of[x.Base] = append(a.of[x.Base], alias{x.Path, y, moved, by, a.at})
		a.of[y.Base] = append(a.of[y.Base], alias{y.Path, x, moved, by, a.at})
	}
}

// lead adds that what is written below x is written below y. What is written below y is
// seen below x without it: x is read by looking there.
func (a *aliases) lead(x, y place.Place) {
	if x.Base != y.Base {
		a.of[x.Base] = append(a.of[x.Base], alias{x.Path, y, false, nil, a.at})
	}
}

// findAliases lists the aliases that the instructions of the function make.
func (f *Memory) findAliases() *aliases {
	out := &aliases{f: f, of: map[ssa.Value][]alias{}}
	if f.Fn.Synthetic == "package initializer" {
		return out // what a table holds is written there, and read elsewhere
	}
	for _, b := range f.Fn.Blocks {
		for _, instr := range b.Instrs {
			out.at = instr
			switch instr := instr.(type) {
			case *ssa.Store:
				out.same(f.Of(instr.Addr), instr.Val)
			case *ssa.MapUpdate:
				out.same(f.Of(instr.Map).Then(place.MapStep(instr.Key)), instr.Value)
			case *ssa.Send:
				out.same(f.Of(instr.Chan).Then(anyElement), instr.X)
			case *ssa.Phi:
				for _, e := range instr.Edges {
					out.same(place.Place{Base: instr}, e)
				}
			case *ssa.Slice:
				out.cut(instr)
			case *ssa.Call:
				out.givenBack(f.CallOf(instr))
			case ssa.Value:
				out.part(instr)
			}
		}
	}
	return out
}

// same adds that what stands at a place is v, if v leads to an object.
func (a *aliases) same(p place.Place, v ssa.Value) {
	if callsite.Refers(v.Type()) {
		a.lead(p, a.f.Of(v))
		return
	}
	load, ok := v.(*ssa.UnOp) // a struct is copied, and the pointers in it lead on to what they led to
	st, isStruct := v.Type().Underlying().(*types.Struct)
	if !ok || !isStruct {
		return
	}
	from := a.f.Of(load.X)
	for i := range st.NumFields() {
		if callsite.Refers(st.Field(i).Type()) {
			step := place.Step{Field: st.Field(i).Name()}
			a.lead(p.Then(step), from.Then(step))
		}
	}
}

// part adds that a value that was taken out of a map or an interface is still in there.
func (a *aliases) part(v ssa.Value) {
	if !callsite.Refers(v.Type()) {
		return
	}
	p := place.Place{Base: v}
	switch v := v.(type) {
	case *ssa.Lookup:
		a.add(p, a.f.Of(v.X).Then(place.MapStep(v.Index)), false, nil)
	case *ssa.TypeAssert:
		a.add(p, a.f.Of(v.X), false, nil)
	case *ssa.UnOp:
		a.taken(v)
	case *ssa.Field:
		if name, wrapped := a.f.FieldOf(v.X.Type(), v.Field); !wrapped {
			a.add(p, a.f.holder(v.X).Then(place.Step{Field: name}), false, nil)
		}
	case *ssa.Extract:
		switch t := v.Tuple.(type) {
		case *ssa.Lookup:
			a.add(p, a.f.Of(t.X).Then(place.MapStep(t.Index)), false, nil)
		case *ssa.TypeAssert:
			a.add(p, a.f.Of(t.X), false, nil)
		case *ssa.Next:
			if r, ok := t.Iter.(*ssa.Range); ok {
				a.add(p, a.f.Of(r.X).Then(anyElement), false, nil)
			}
		case *ssa.UnOp:
			a.taken(v)
		}
	}
}

// taken adds that what came out of a channel was sent into it.
func (a *aliases) taken(v ssa.Value) {
	load, ok := v.(*ssa.UnOp)
	if x, isExtract := v.(*ssa.Extract); isExtract {
		load, ok = x.Tuple.(*ssa.UnOp)
	}
	if ok && load.Op == token.ARROW {
		a.add(place.Place{Base: v}, a.f.Of(load.X).Then(anyElement), false, nil)
	}
}

// anyElement is the step to some element of a list or map.
var anyElement = place.Step{Elem: true, Index: -1}

// holder is the place that a struct was loaded from.
func (f *Memory) holder(v ssa.Value) place.Place {
	if load, ok := v.(*ssa.UnOp); ok {
		return f.Of(load.X)
	}
	return f.Of(v)
}

// cut adds that a part of a list shares its elements.
func (a *aliases) cut(v *ssa.Slice) {
	if _, list := v.X.Type().Underlying().(*types.Slice); list {
		a.add(place.Place{Base: v}, a.f.Of(v.X), v.Low != nil, nil)
	}
}

// givenBack adds that what a call gives may be what it was handed: of append, the list;
// of a function of the module, what has the type of its result, unless it is seen to give
// something new.
func (a *aliases) givenBack(c *callsite.Call) {
	v, ok := c.Instr.(*ssa.Call)
	if !ok || !callsite.Refers(v.Type()) {
		return
	}
	p := place.Place{Base: v}
	if c.Kind == callsite.Builtin {
		if c.Symbol == "append" {
			a.appended(p, c)
		}
		return
	}
	if c.Model != nil { // it says itself what is given: another object, as of Clone
		return
	}
	all := c.All()
	if handed, known := callsite.Returned(c); known {
		for _, i := range handed {
			if i < len(all) {
				a.add(p, a.f.Of(all[i]), false, nil)
			}
		}
		return
	}
	if c.Sig.Variadic() && len(c.Args) > 0 { // cmp.Or
		all = slices.Concat(all, callsite.Elements(c.Args[len(c.Args)-1]))
	}
	for _, arg := range all {
		if arg != nil && types.Identical(arg.Type(), v.Type()) && a.f.Program.OfModule(v.Type()) {
			a.add(p, a.f.Of(arg), false, c)
		}
	}
}

// appended adds that a list which has grown may share the elements that it had, and that
// what its new elements lead to is what they led to before.
func (a *aliases) appended(grown place.Place, c *callsite.Call) {
	a.add(grown, a.f.Of(c.Args[0]), true, nil)
	list, ok := c.Args[0].Type().Underlying().(*types.Slice)
	if ok && len(c.Args) == 2 && callsite.Refers(list.Elem()) {
		a.add(grown.Then(anyElement), a.f.Of(c.Args[1]).Then(anyElement), false, nil)
	}
}
