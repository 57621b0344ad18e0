package value

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// along is the value of a phi on the course; ok is false if the course does not
// say which.
func (f *Values) along(v *ssa.Phi) (t term.Term, ok bool) {
	i, undo := f.Course.Enter(v.Block())
	defer undo()
	if i < 0 {
		return nil, false
	}
	pred := v.Block().Preds[i]
	t = f.Value(v.Edges[i], pred.Instrs[len(pred.Instrs)-1])
	if t != nil && algebra.HasZeroLeaf(t) {
		defer f.Course.Settle()()
		t = algebra.Refine(t, f.Above.FactsOn(pred, v.Block()))
	}
	return t, true
}

// eval is the term of a value, not memoised.
func (f *Values) eval(v ssa.Value, at ssa.Instruction) term.Term {
	if built := f.Above.Builds(v, at); built != nil {
		return built
	}
	switch v := v.(type) {
	case *ssa.Const:
		return algebra.ConstTerm(v)
	case *ssa.Parameter, *ssa.FreeVar, *ssa.Global:
		return f.base(v, at)
	case *ssa.Function:
		return f.function(v)
	case *ssa.MakeClosure:
		return f.closure(v, at)
	case *ssa.Alloc:
		return f.pointee(v, f.ContentAt(f.Of(v), at))
	case *ssa.FieldAddr:
		return f.loadFrom(v, at)
	case *ssa.IndexAddr:
		return f.ContentAt(f.Of(v), at)
	case *ssa.UnOp:
		return f.unop(v, at)
	case *ssa.BinOp:
		return f.binop(v)
	case *ssa.Phi:
		return f.phi(v, at)
	case *ssa.Extract:
		return f.extract(v)
	case *ssa.Call:
		return f.Above.First(v)
	}
	return f.convert(v, at)
}

// convert covers the values that are parts or other forms of one other.
func (f *Values) convert(v ssa.Value, at ssa.Instruction) term.Term {
	switch v := v.(type) {
	case *ssa.MakeInterface:
		return f.Value(v.X, at)
	case *ssa.ChangeInterface:
		return f.Value(v.X, at)
	case *ssa.ChangeType:
		return renamed(f.Value(v.X, at), v)
	case *ssa.Convert:
		return f.Value(v.X, at)
	case *ssa.MultiConvert:
		return f.Value(v.X, at)
	case *ssa.SliceToArrayPointer:
		return f.Value(v.X, at)
	case *ssa.TypeAssert:
		return asserted(f, v)
	case *ssa.Field:
		return f.field(v, at)
	case *ssa.Index:
		return f.Part(v.X, v, []place.Step{f.Elem(v, v.Index)})
	case *ssa.Lookup:
		return f.lookup(v)
	case *ssa.Slice:
		return f.slice(v, at)
	case *ssa.MakeSlice, *ssa.MakeMap:
		return f.made(v, at)
	case *ssa.Range:
		return f.Value(v.X, v)
	case *ssa.MakeChan:
		return term.Why(term.FromChannel)
	}
	return term.Why("value")
}

// base is the term of what a place starts from.
func (f *Values) base(v ssa.Value, at ssa.Instruction) term.Term {
	switch v := v.(type) {
	case *ssa.Parameter:
		for i, p := range f.Fn.Params {
			if p == v {
				return term.P(i)
			}
		}
	case *ssa.FreeVar:
		return &term.Path{Root: term.Free, Name: v.Name()}
	case *ssa.Global:
		return f.global(v)
	}
	return f.Value(v, at)
}

func (f *Values) global(g *ssa.Global) term.Term {
	if m := f.Program.Lib.Var(g.Object()); m != nil {
		if m.Verb == library.Starts {
			return term.BuildOf(f.Program.Lib.StyleOf(m), nil, term.Clause{Word: m.Kind})
		}
		return algebra.Gives(m.Kind)
	}
	if f.Program.Globals != nil {
		if c := f.Program.Globals(g); c != nil {
			return algebra.ConstTerm(c)
		}
	}
	return &term.Path{Root: term.Global, Name: g.Pkg.Pkg.Path() + "." + g.Name()}
}

// function is a function value; the thunk of a method expression is the method.
func (f *Values) function(fn *ssa.Function) term.Term {
	if obj, ok := fn.Object().(*types.Func); ok && fn.Synthetic != "" && fn.Origin() == nil {
		return &term.Func{Symbol: library.Key(obj)}
	}
	return &term.Func{Symbol: callsite.Symbol(fn)}
}

func (f *Values) field(v *ssa.Field, at ssa.Instruction) term.Term {
	if readBefore(f, v, at) {
		from, _, _ := memory.ReadFrom(f.Memory, v)
		return f.ContentAt(from, at)
	}
	whole := f.Value(v.X, v)
	if whole == nil {
		return nil
	}
	if m := f.FieldModel(v.X.Type(), v.Field); m != nil && m.Verb == library.Request {
		return &term.Origin{Kind: term.Request, Group: m.Kind, Name: m.Name}
	}
	name, wrapped := f.FieldOf(v.X.Type(), v.Field)
	switch {
	case wrapped:
		return whole
	case name == place.Valid:
		return &term.Test{Fact: term.Fact{Op: term.NonZero, A: whole}}
	}
	return f.Part(v.X, v, []place.Step{{Field: name}})
}

func (f *Values) unop(v *ssa.UnOp, at ssa.Instruction) term.Term {
	switch v.Op {
	case token.MUL:
		fa, ok := v.X.(*ssa.FieldAddr)
		switch {
		case (!ok || f.ModelAt(fa) == nil) && readBefore(f, v, at):
			return f.ContentAt(f.Of(v), at)
		case ok:
			return f.loadFrom(fa, v)
		}
		return f.ContentAt(f.Of(v.X), v)
	case token.ARROW:
		return term.Why(term.FromChannel + memory.Numbered(f.Receives(v)))
	case token.NOT:
		return f.test(v)
	}
	return term.Why("arithmetic")
}

func (f *Values) binop(v *ssa.BinOp) term.Term {
	switch v.Op {
	case token.ADD:
		if callsite.IsBasic(v.Type(), types.IsString) {
			x, cutX := f.Tracked(v.X, v)
			y, cutY := f.Tracked(v.Y, v)
			grown := algebra.Grown(f.refined(x, v), cutX, f.refined(y, v), cutY)
			if cutX || cutY {
				return withEarlier(f, grown, v)
			}
			return grown
		}
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return f.test(v)
	}
	if n := f.calculated(v); n != nil {
		return n
	}
	return term.Why("arithmetic")
}

// test is a boolean by the one fact that it states.
func (f *Values) test(v ssa.Value) term.Term {
	yes, _ := f.Above.Holds(v)
	if len(yes) == 1 {
		return &term.Test{Fact: yes[0]}
	}
	return term.Why("condition")
}

// phi joins what comes in over the edges.
func (f *Values) phi(v *ssa.Phi, at ssa.Instruction) term.Term {
	if f.Course != nil {
		if t, ok := f.along(v); ok {
			return t
		}
	}
	var terms []term.Term
	for i, e := range v.Edges {
		if e == ssa.Value(v) {
			continue
		}
		t := f.Value(e, edgePoint(v, at))
		if t != nil && algebra.HasZeroLeaf(t) {
			t = algebra.Refine(t, f.Above.FactsOn(v.Block().Preds[i], v.Block()))
		}
		if l := overBack(f, v, i, at); l != nil {
			t = f.earlier(t, l)
		}
		if t != nil {
			terms = append(terms, t)
		}
	}
	if len(terms) == 0 {
		return nil
	}
	if t := algebra.LoopList(terms); t != nil {
		return t
	}
	return term.JoinOf(terms...)
}

// edgePoint is where the content of a pointer that comes in over an edge is
// asked for: at the point of use, if the edge's value is a plain variable.
func edgePoint(v *ssa.Phi, at ssa.Instruction) ssa.Instruction {
	if at != nil {
		return at
	}
	return v
}

func (f *Values) extract(v *ssa.Extract) term.Term {
	switch t := v.Tuple.(type) {
	case *ssa.Call:
		results := f.Above.ResultsOf(f.CallOf(t))
		if v.Index < len(results) {
			return results[v.Index]
		}
	case *ssa.TypeAssert:
		if c := f.Vouched(t.X); c != nil && v.Index == 1 { // its type is that of a token, verified or not
			return algebra.CommaOK(f.valueAfter(c, t.X, t), v.Index)
		}
		return algebra.CommaOK(asserted(f, t), v.Index)
	case *ssa.Lookup:
		return algebra.CommaOK(f.lookup(t), v.Index)
	case *ssa.UnOp:
		return algebra.CommaOK(term.Why(term.FromChannel+memory.Numbered(f.Receives(t))), v.Index)
	case *ssa.Next:
		if v.Index == 2 {
			return f.Part(t.Iter, t, []place.Step{f.Elem(t, nil)})
		}
		if v.Index == 0 {
			return term.Why("condition")
		}
		return mapKey(f, t)
	}
	return term.Why("value")
}

// renamed is a struct as one of the type that it is converted to.
func renamed(t term.Term, v *ssa.ChangeType) term.Term {
	s, ok := t.(*term.Struct)
	from, to := callsite.StructName(callsite.Deref(v.X.Type())), callsite.StructName(callsite.Deref(v.Type()))
	if !ok || s.Type == "" || s.Type != from || to == "" {
		return t
	}
	return term.StructOf(to, s.Base, s.Fields)
}

// asserted is a value as one of another type. An own context that the function has not
// made itself is what somebody has put into one.
func asserted(f *Values, v *ssa.TypeAssert) term.Term {
	t := f.Value(v.X, v)
	if key := f.Program.OwnContext(v.AssertedType); key != "" && f.Program.IsContext(v.X.Type()) && t != nil {
		if _, made := t.(*term.Struct); !made {
			return &term.Path{Root: term.Context, Name: key}
		}
	}
	return t
}

// requested is the entry of all that a part of the request brought, or of that but for
// other entries that were set; nil if the map is another one.
func requested(m term.Term, key ssa.Value) term.Term {
	c, ok := key.(*ssa.Const)
	if !ok {
		return nil
	}
	name, ok := callsite.ConstText(c)
	if st, isStruct := m.(*term.Struct); isStruct && ok && st.Base != nil {
		ok = !slices.ContainsFunc(st.Fields, func(x term.Field) bool { return x.Name == name })
		m = st.Base
	}
	o, isOrigin := m.(*term.Origin)
	if !ok || !isOrigin || o.Kind != term.Request || o.Name != "" || len(o.Steps) > 0 {
		return nil
	}
	return &term.Origin{Kind: term.Request, Group: o.Group, Name: name}
}

func (f *Values) lookup(v *ssa.Lookup) term.Term {
	whole := f.Value(v.X, v)
	if whole == nil {
		return nil
	}
	if callsite.IsBasic(v.X.Type(), types.IsString) {
		return term.Why("byte of a text")
	}
	if o := requested(whole, v.Index); o != nil {
		return o
	}
	s := place.MapStep(v.Index)
	if s.Elem {
		s = f.Elem(v, v.Index)
	}
	return f.Part(v.X, v, []place.Step{s})
}
