package flow

import (
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// eval is the term of a value, not memoised.
func (f *Frame) eval(v ssa.Value, at ssa.Instruction) term.Term {
	switch v := v.(type) {
	case *ssa.Const:
		return ConstTerm(v)
	case *ssa.Parameter, *ssa.FreeVar, *ssa.Global:
		return f.base(v, at)
	case *ssa.Function:
		return f.function(v)
	case *ssa.MakeClosure:
		return f.closure(v)
	case *ssa.Alloc:
		return f.pointee(v, f.content(f.place(v), at))
	case *ssa.FieldAddr:
		return f.loadFrom(v, at)
	case *ssa.IndexAddr:
		return f.content(f.place(v), at)
	case *ssa.UnOp:
		return f.unop(v)
	case *ssa.BinOp:
		return f.binop(v)
	case *ssa.Phi:
		return f.phi(v, at)
	case *ssa.Extract:
		return f.extract(v)
	case *ssa.Call:
		return f.above.First(v)
	}
	return f.convert(v, at)
}

// convert covers the values that are parts or other forms of one other.
func (f *Frame) convert(v ssa.Value, at ssa.Instruction) term.Term {
	switch v := v.(type) {
	case *ssa.MakeInterface:
		return f.Value(v.X, at)
	case *ssa.ChangeInterface:
		return f.Value(v.X, at)
	case *ssa.ChangeType:
		return f.Value(v.X, at)
	case *ssa.Convert:
		return f.Value(v.X, at)
	case *ssa.MultiConvert:
		return f.Value(v.X, at)
	case *ssa.SliceToArrayPointer:
		return f.Value(v.X, at)
	case *ssa.TypeAssert:
		return f.Value(v.X, v)
	case *ssa.Field:
		return f.field(v)
	case *ssa.Index:
		return f.part(v.X, v, []step{f.elem(v, v.Index)})
	case *ssa.Lookup:
		return f.lookup(v)
	case *ssa.Slice:
		return f.slice(v, at)
	case *ssa.MakeSlice, *ssa.MakeMap:
		return f.made(v, at)
	case *ssa.Range:
		return f.Value(v.X, v)
	case *ssa.MakeChan:
		return term.Why("channel")
	}
	return term.Why("value")
}

// ConstTerm is the term of a constant.
func ConstTerm(c *ssa.Const) term.Term {
	if c.Value == nil {
		return term.ZeroTerm()
	}
	switch c.Value.Kind() {
	case constant.String:
		if s := constant.StringVal(c.Value); s != "" {
			return &term.Const{Kind: term.Text, Text: s}
		}
	case constant.Bool:
		if constant.BoolVal(c.Value) {
			return &term.Const{Kind: term.Bool, Text: "true"}
		}
	case constant.Int:
		if constant.Sign(c.Value) != 0 {
			return &term.Const{Kind: term.Number, Text: c.Value.ExactString()}
		}
	default:
		if constant.Sign(c.Value) != 0 {
			return term.Why("number")
		}
	}
	return term.ZeroTerm()
}

func constText(c *ssa.Const) (string, bool) {
	if c.Value == nil || c.Value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(c.Value), true
}

// base is the term of what a place starts from.
func (f *Frame) base(v ssa.Value, at ssa.Instruction) term.Term {
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

func (f *Frame) global(g *ssa.Global) term.Term {
	if m := f.Program.Lib.Var(g.Object()); m != nil {
		return gives(m.Kind)
	}
	if f.Program.Globals != nil {
		if c := f.Program.Globals(g); c != nil {
			return ConstTerm(c)
		}
	}
	return &term.Path{Root: term.Global, Name: g.Pkg.Pkg.Path() + "." + g.Name()}
}

// gives is the term of a model's "gives".
func gives(kind string) term.Term {
	switch kind {
	case "error", "fresh":
		return term.Of(term.Fresh)
	case "config":
		return term.Of(term.Config)
	case "zero", "false":
		return term.ZeroTerm()
	case "true":
		return &term.Const{Kind: term.Bool, Text: "true"}
	case "claims":
		return claims()
	case "context":
		return term.Why("context")
	}
	return term.Why(kind)
}

// function is a function value; the thunk of a method expression is the method.
func (f *Frame) function(fn *ssa.Function) term.Term {
	if obj, ok := fn.Object().(*types.Func); ok && fn.Synthetic != "" && fn.Origin() == nil {
		return &term.Func{Symbol: library.Key(obj)}
	}
	return &term.Func{Symbol: Symbol(fn)}
}

// closure is a function value with what it captured; of a bound method, the
// receiver as p0.
func (f *Frame) closure(mc *ssa.MakeClosure) term.Term {
	fn, ok := mc.Fn.(*ssa.Function)
	if !ok {
		return term.Why("closure")
	}
	if obj, ok := fn.Object().(*types.Func); ok && strings.HasPrefix(fn.Synthetic, "bound method") {
		recv := orLoop(f.Value(mc.Bindings[0], mc))
		return &term.Func{Symbol: library.Key(obj), Bind: []term.Field{{Name: "p0", Term: recv}}}
	}
	fields := make([]term.Field, 0, len(mc.Bindings))
	for i, b := range mc.Bindings {
		if i < len(fn.FreeVars) {
			fields = append(fields, term.Field{Name: fn.FreeVars[i].Name(), Term: orLoop(f.capturedValue(b, mc))})
		}
	}
	s := term.StructOf("", nil, fields).(*term.Struct)
	return &term.Func{Symbol: Symbol(fn), Bind: s.Fields}
}

// capturedValue is what a closure sees of a variable: what it held when the
// closure was made, or what is stored to it anywhere else.
func (f *Frame) capturedValue(b ssa.Value, mc *ssa.MakeClosure) term.Term {
	t := f.Value(b, mc)
	alloc, ok := b.(*ssa.Alloc)
	if !ok {
		return t
	}
	if st := onlyStore(alloc); st != nil && isFuncType(st.Val.Type()) {
		return t
	}
	var later []term.Term
	for _, events := range f.inOrder(alloc) {
		if len(events.path) == 0 && events.val != nil && f.mayFollow(mc, events.instr) {
			later = append(later, f.Value(events.val, events.instr))
		}
	}
	if later == nil {
		return t
	}
	return term.JoinOf(append(later, t)...)
}

// inOrder are the writes to a base, in the order of the blocks.
func (f *Frame) inOrder(base ssa.Value) []event {
	var out []event
	for _, b := range f.Fn.Blocks {
		out = append(out, f.memory[base][b]...)
	}
	return out
}

// mayFollow tells whether b can run after a.
func (f *Frame) mayFollow(a, b ssa.Instruction) bool {
	if a.Block() == b.Block() && f.positionOf(b) > f.positionOf(a) {
		return true
	}
	seen := map[*ssa.BasicBlock]bool{}
	var reach func(x *ssa.BasicBlock) bool
	reach = func(x *ssa.BasicBlock) bool {
		for _, s := range x.Succs {
			if s == b.Block() {
				return true
			}
			if !seen[s] {
				seen[s] = true
				if reach(s) {
					return true
				}
			}
		}
		return false
	}
	return reach(a.Block())
}

func onlyStore(alloc *ssa.Alloc) *ssa.Store {
	var only *ssa.Store
	for _, ref := range *alloc.Referrers() {
		if st, ok := ref.(*ssa.Store); ok && st.Addr == ssa.Value(alloc) {
			if only != nil {
				return nil
			}
			only = st
		}
	}
	return only
}

func isFuncType(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

func orLoop(t term.Term) term.Term {
	if t == nil {
		return term.Why("loop")
	}
	return t
}

// pointee is the term of a pointer to a local variable: never nil, so that an
// empty struct is told from no struct.
func (f *Frame) pointee(v *ssa.Alloc, content term.Term) term.Term {
	if _, ok := structOf(deref(v.Type())); ok && isZero(content) && content != nil && v.Heap {
		if f.Program.Lib.Wrapper(deref(v.Type())) == "" {
			return term.StructOf(structName(deref(v.Type())), nil, nil)
		}
	}
	if _, ok := deref(v.Type()).Underlying().(*types.Basic); ok && v.Heap && content != nil && isZero(content) {
		return term.Why("a pointer to an empty value")
	}
	return content
}

// loadFrom is what a field's address leads to.
func (f *Frame) loadFrom(v *ssa.FieldAddr, at ssa.Instruction) term.Term {
	if m := f.fieldModel(v.X.Type(), v.Field); m != nil {
		switch m.Verb {
		case library.Request:
			return &term.Origin{Kind: term.Request, Group: m.Kind, Name: m.Name}
		case library.Same:
			return f.Value(v.X, at)
		}
	}
	p := f.place(v)
	if n := len(p.path); n > 0 && p.path[n-1].field == valid {
		return f.isValid(place{base: p.base, path: p.path[:n-1]}, at)
	}
	return f.content(p, at)
}

// isValid is the Valid field of a wrapper.
func (f *Frame) isValid(p place, at ssa.Instruction) term.Term {
	whole := f.content(p, at)
	if whole == nil {
		return nil
	}
	return &term.Test{Fact: term.Fact{Op: term.NonZero, A: whole}}
}

func (f *Frame) field(v *ssa.Field) term.Term {
	whole := f.Value(v.X, v)
	if whole == nil {
		return nil
	}
	if m := f.fieldModel(v.X.Type(), v.Field); m != nil && m.Verb == library.Request {
		return &term.Origin{Kind: term.Request, Group: m.Kind, Name: m.Name}
	}
	name, wrapped := f.fieldOf(v.X.Type(), v.Field)
	switch {
	case wrapped:
		return whole
	case name == valid:
		return &term.Test{Fact: term.Fact{Op: term.NonZero, A: whole}}
	}
	return f.part(v.X, v, []step{{field: name}})
}

func (f *Frame) unop(v *ssa.UnOp) term.Term {
	switch v.Op {
	case token.MUL:
		if fa, ok := v.X.(*ssa.FieldAddr); ok {
			return f.loadFrom(fa, v)
		}
		return f.content(f.place(v.X), v)
	case token.ARROW:
		return f.part(v.X, v, []step{f.elem(v, nil)})
	case token.NOT:
		return f.test(v)
	}
	return term.Why("arithmetic")
}

func (f *Frame) binop(v *ssa.BinOp) term.Term {
	switch v.Op {
	case token.ADD:
		if isBasic(v.Type(), types.IsString) {
			x, cutX := f.tracked(v.X, v)
			y, cutY := f.tracked(v.Y, v)
			return grown(f.refined(x, v), cutX, f.refined(y, v), cutY)
		}
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return f.test(v)
	}
	if n := f.calculated(v); n != nil {
		return n
	}
	return term.Why("arithmetic")
}

// grown is the concatenation of two texts, of which one may be what the
// concatenation itself gave before, in a loop: then anything may stand between.
func grown(x term.Term, cutX bool, y term.Term, cutY bool) term.Term {
	any := term.Why("text in a loop")
	switch {
	case x == nil && y == nil:
		return any
	case x == nil:
		return Cat(any, y)
	case y == nil:
		return Cat(x, any)
	case cutX || cutY:
		return Cat(Cat(x, any), y)
	}
	return Cat(x, y)
}

// Cat concatenates two texts; alternatives are kept apart as long as they are few.
func Cat(x, y term.Term) term.Term {
	xs, ys := term.Leaves(x), term.Leaves(y)
	if len(xs)*len(ys) > term.MaxLeaves {
		return term.CatOf(x, y)
	}
	var out []term.Term
	for _, a := range xs {
		for _, b := range ys {
			out = append(out, term.CatOf(a, b))
		}
	}
	return term.JoinOf(out...)
}

// test is a boolean by the one fact that it states.
func (f *Frame) test(v ssa.Value) term.Term {
	yes, _ := f.above.Holds(v)
	if len(yes) == 1 {
		return &term.Test{Fact: yes[0]}
	}
	return term.Why("condition")
}

// phi joins what comes in over the edges.
func (f *Frame) phi(v *ssa.Phi, at ssa.Instruction) term.Term {
	if f.course != nil {
		if t, ok := f.along(v); ok {
			return t
		}
	}
	var terms []term.Term
	for i, e := range v.Edges {
		if e == ssa.Value(v) {
			continue
		}
		t := f.Value(e, f.edgePoint(v, i, at))
		if t != nil && hasZeroLeaf(t) {
			t = refine(t, f.above.FactsOn(v.Block().Preds[i], v.Block()))
		}
		if t != nil {
			terms = append(terms, t)
		}
	}
	if len(terms) == 0 {
		return nil
	}
	if t := loopList(terms); t != nil {
		return t
	}
	return term.JoinOf(terms...)
}

// edgePoint is where the content of a pointer that comes in over an edge is
// asked for: at the point of use, if the edge's value is a plain variable.
func (f *Frame) edgePoint(v *ssa.Phi, _ int, at ssa.Instruction) ssa.Instruction {
	if at != nil {
		return at
	}
	return v
}

func (f *Frame) extract(v *ssa.Extract) term.Term {
	switch t := v.Tuple.(type) {
	case *ssa.Call:
		results := f.above.ResultsOf(f.CallOf(t))
		if v.Index < len(results) {
			return results[v.Index]
		}
	case *ssa.TypeAssert:
		if c := f.vouched(t.X); c != nil && v.Index == 1 { // its type is that of a token, verified or not
			return commaOK(f.valueAfter(c, t.X, t), v.Index)
		}
		return commaOK(f.Value(t.X, t), v.Index)
	case *ssa.Lookup:
		return commaOK(f.lookup(t), v.Index)
	case *ssa.UnOp:
		return commaOK(f.part(t.X, t, []step{{elem: true, index: -1}}), v.Index)
	case *ssa.Next:
		if v.Index == 2 {
			return f.part(t.Iter, t, []step{f.elem(t, nil)})
		}
		if v.Index == 0 {
			return term.Why("condition")
		}
		return f.mapKey(t)
	}
	return term.Why("value")
}

// mapKey is a key of a map that is ranged over: any that the function put in.
func (f *Frame) mapKey(next *ssa.Next) term.Term {
	r, ok := next.Iter.(*ssa.Range)
	if !ok || next.IsString {
		return term.Why("map key")
	}
	m, ok := r.X.(*ssa.MakeMap)
	if !ok || m.Referrers() == nil {
		return term.Why("map key")
	}
	var keys []term.Term
	for _, ref := range *m.Referrers() {
		switch ref := ref.(type) {
		case *ssa.MapUpdate:
			k, cut := f.tracked(ref.Key, ref)
			if k == nil || cut {
				k = term.Why("loop")
			}
			keys = append(keys, k)
		case *ssa.Range, *ssa.Lookup, *ssa.DebugRef:
		case *ssa.Call:
			if b, ok := ref.Call.Value.(*ssa.Builtin); !ok || b.Name() != "len" && b.Name() != "delete" {
				return term.Why("map key")
			}
		default:
			return term.Why("map key")
		}
	}
	if len(keys) == 0 {
		return term.ZeroTerm()
	}
	return term.JoinOf(keys...)
}

// commaOK is the value of v, ok := …, or whether there was one.
func commaOK(t term.Term, index int) term.Term {
	if t == nil {
		return nil
	}
	whole := term.JoinOf(t, term.ZeroTerm())
	if index == 0 {
		return whole
	}
	return &term.Test{Fact: term.Fact{Op: term.NonZero, A: whole}}
}

func (f *Frame) lookup(v *ssa.Lookup) term.Term {
	whole := f.Value(v.X, v)
	if whole == nil {
		return nil
	}
	if isBasic(v.X.Type(), types.IsString) {
		return term.Why("byte of a text")
	}
	if o, ok := whole.(*term.Origin); ok && o.Kind == term.Request && o.Name == "" && len(o.Steps) == 0 {
		if c, ok := v.Index.(*ssa.Const); ok {
			if name, ok := constText(c); ok {
				return &term.Origin{Kind: term.Request, Group: o.Group, Name: name}
			}
		}
	}
	s := mapStep(v.Index)
	if s.elem {
		s = f.elem(v, v.Index)
	}
	return f.part(v.X, v, []step{s})
}

// slice is a part of a list or text: all of it, unless the text is known.
func (f *Frame) slice(v *ssa.Slice, at ssa.Instruction) term.Term {
	if at == nil {
		at = v
	}
	if v.High != nil && constIndex(v.High) == 0 && !isBasic(v.X.Type(), types.IsString) {
		return &term.List{} // xs[:0]
	}
	t := f.Value(v.X, at)
	if t == nil || v.Low == nil && v.High == nil {
		return t
	}
	if cut := f.cutOut(v, t); cut != nil {
		return cut
	}
	if isBasic(v.X.Type(), types.IsString) {
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
		out[i] = subList(leaf)
	}
	return term.JoinOf(out...)
}

// subList is some of a list's elements.
func subList(t term.Term) term.Term {
	if l, ok := t.(*term.List); ok {
		return &term.List{Elems: l.Elems, Open: true}
	}
	return t
}

// made is a slice or map that is filled element by element.
func (f *Frame) made(v ssa.Value, at ssa.Instruction) term.Term {
	if ms, ok := v.(*ssa.MakeSlice); ok && f.course != nil && at != nil {
		if t := f.filled(ms, at); t != nil {
			return t
		}
	}
	var named, others []term.Field
	var whole []term.Term
	for _, e := range f.inOrder(v) {
		val := f.written(&e, place{base: v}, at)
		if val == nil {
			continue
		}
		if len(e.path) == 0 { // a callee added to it
			whole = append(whole, val)
			continue
		}
		for i := len(e.path) - 1; i > 0; i-- { // a part of an element
			if e.path[i].elem {
				val = &term.List{Elems: []term.Term{val}, Open: true}
			} else {
				val = term.StructOf("", nil, []term.Field{{Name: e.path[i].field, Term: val}})
			}
		}
		if e.path[0].elem {
			others = append(others, term.Field{Term: val})
		} else {
			named = addField(named, e.path[0].field, val)
		}
	}
	return term.JoinOf(append(whole, collection(named, others))...)
}

// collection is a map with named entries, or a list of any of the elements.
func collection(named, others []term.Field) term.Term {
	switch {
	case others == nil && named == nil:
		return &term.List{}
	case others == nil:
		return term.StructOf("", nil, named)
	}
	var elems []term.Term
	for _, x := range append(others, named...) {
		elems = append(elems, x.Term)
	}
	return &term.List{Elems: term.Leaves(term.JoinOf(elems...)), Open: true}
}

func addField(fields []term.Field, name string, t term.Term) []term.Field {
	for i := range fields {
		if fields[i].Name == name {
			fields[i].Term = term.JoinOf(fields[i].Term, t)
			return fields
		}
	}
	return append(fields, term.Field{Name: name, Term: t})
}

func nameOf(v ssa.Value) string {
	if v == nil {
		return ""
	}
	return v.Name()
}

// tagOf is the name in a struct tag, "" without one.
func tagOf(tag, key string) string {
	name, _, _ := strings.Cut(reflect.StructTag(tag).Get(key), ",")
	return name
}
