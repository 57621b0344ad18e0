package flow

import (
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// First is the result of a call that has one.
func (f *Frame) First(v *ssa.Call) term.Term {
	c := f.CallOf(v)
	if c.Kind == Builtin {
		return f.builtin(c)
	}
	if t := f.messageField(c); t != nil {
		return t
	}
	results := f.ResultsOf(c)
	if len(results) == 0 {
		return term.Why("no result")
	}
	return results[0]
}

func (f *Frame) builtin(c *Call) term.Term {
	switch c.Symbol {
	case "append":
		return f.appended(c)
	case "len":
		if n := f.counted(c); n != nil {
			return n
		}
	case "min", "max":
		var terms []term.Term
		for _, a := range c.Args {
			if t := f.Value(a, c.Instr); t != nil {
				terms = append(terms, t)
			}
		}
		return term.JoinOf(terms...)
	}
	return term.Why(c.Symbol)
}

// ResultsOf are the results of a call, one term each; nil while it is being
// evaluated further out.
func (f *Frame) ResultsOf(c *Call) []term.Term {
	n := c.Sig.Results().Len()
	if c.Model == nil || c.Kind != Library {
		return f.plain(c, n)
	}
	out := make([]term.Term, n)
	for i := range out {
		out[i] = f.modelled(c, i)
	}
	if c.Model.Verb == library.Text && f.texts != nil {
		if got := f.texts.Results(f, c); got != nil {
			copy(out, got)
		}
	}
	return out
}

// plain are the results of a call without a model: of the module, they are
// symbols; of a library, they are unknown, or the one argument in another form.
func (f *Frame) plain(c *Call, n int) []term.Term {
	out := make([]term.Term, n)
	for i := range out {
		switch {
		case c.Kind != Library || handsFunc(c) || f.Program.Decides(c):
			out[i] = &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.ResultStep, Index: i}}}
		case i == 0 && wraps(c) && converts(c):
			out[i] = f.Value(only(c), c.Instr)
		case isError(c.Sig.Results().At(i).Type()) && wraps(c):
			out[i] = term.Why("conversion error")
		default:
			out[i] = term.Why("call " + c.Symbol)
		}
	}
	return out
}

// handsFunc tells whether a library call may be kept, because it is handed a
// function: then its results are symbols, too.
func handsFunc(c *Call) bool {
	for _, a := range c.Args {
		t := a.Type().Underlying()
		if s, ok := t.(*types.Slice); ok {
			t = s.Elem().Underlying()
		}
		if isFuncType(t) {
			return true
		}
	}
	return false
}

// wraps tells whether a library function takes exactly one value and gives one,
// with an error at most: a wrapper, whatever its name.
func wraps(c *Call) bool {
	r := c.Sig.Results()
	if r.Len() == 0 || r.Len() > 2 || r.Len() == 2 && !isError(r.At(1).Type()) {
		return false
	}
	t := r.At(0).Type()
	return only(c) != nil && !isBasic(t, types.IsBoolean) && !isError(t) && !isFuncType(t)
}

// converts reports whether a wrapper is a conversion by its name: a function that looks
// something up has the same signature, and gives something else.
func converts(c *Call) bool {
	name := c.Symbol[strings.LastIndexByte(c.Symbol, '.')+1:]
	return trust.Converts(c.Symbol) || name != "" && isTypeName(c, name)
}

// isTypeName reports whether a function is called as the type that it gives, or as a
// basic one: null.String, proto.Int64, aws.Bool.
func isTypeName(c *Call, name string) bool {
	if n := named(c.Sig.Results().At(0).Type()); n != nil && n.Obj().Name() == name {
		return true
	}
	basic := types.Universe.Lookup(strings.ToLower(name))
	_, ok := basic.(*types.TypeName)
	return ok
}

// only is the one argument that is neither context nor function, or nil.
func only(c *Call) ssa.Value {
	var one ssa.Value
	for _, a := range c.All() {
		if library.IsContext(a.Type()) {
			continue
		}
		if one != nil || isFuncType(a.Type()) {
			return nil
		}
		one = a
	}
	if one == nil || c.Sig.Variadic() {
		return nil
	}
	return one
}

// modelled is result i of a library function that is known.
func (f *Frame) modelled(c *Call, i int) term.Term {
	m := c.Model
	isErr := isError(c.Sig.Results().At(i).Type())
	switch m.Verb {
	case library.Runs:
		return f.ran(c, i)
	case library.Scans:
		return f.pseudo(c, "scan")
	case library.Row:
		return f.row(c, i)
	case library.Rows:
		return f.collected(c, i)
	case library.Same:
		return f.same0(c, i)
	case library.Request:
		return f.request(c, i)
	case library.Gets:
		return f.got(c, i)
	case library.Tests:
		return f.stated(c)
	case library.Gives:
		if isErr && m.Kind == "claims" { // whether the token is verified
			return &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.ResultStep, Index: i}}}
		}
		if isErr && c.Sig.Results().Len() > 1 {
			return term.Why("error of " + m.Key)
		}
		if m.Kind == "claims" {
			return f.above.Claims(c)
		}
		return gives(m.Kind)
	case library.Plays:
		if m.Role() == library.Reflects {
			break
		}
		return &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.ResultStep, Index: i}}}
	case library.Puts:
		if library.IsContext(c.Sig.Results().At(i).Type()) && len(c.Args) > 0 {
			return f.Value(c.Args[0], c.Instr)
		}
	}
	if isErr {
		return term.Why("error of " + m.Key)
	}
	return term.Why("call " + m.Key)
}

// ran is a result of running a statement: its handle, the number of rows, or its
// error.
func (f *Frame) ran(c *Call, i int) term.Term {
	name := "rows"
	t := c.Sig.Results().At(i).Type()
	switch {
	case isError(t):
		name = "err"
	case isBasic(t, types.IsInteger):
		name = "count"
	}
	return &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.PseudoStep, Name: name}}}
}

// pseudo is a property of the rows that the receiver stands for.
func (f *Frame) pseudo(c *Call, name string) term.Term {
	if c.Recv == nil {
		return term.Why("call " + c.Symbol)
	}
	return Column(f.Value(c.Recv, c.Instr), term.Step{Kind: term.PseudoStep, Name: name})
}

// Column is a part of the rows that t stands for: a column, or a property such as
// whether there was one. Rows that come from elsewhere are extended by the step.
func Column(t term.Term, s term.Step) term.Term {
	switch x := t.(type) {
	case nil:
		return nil
	case *term.Result:
		if n := len(x.Steps); n > 0 && x.Steps[n-1].Kind == term.PseudoStep && x.Steps[n-1].Name == "rows" {
			return &term.Result{Call: x.Call, Steps: append(x.Steps[:n-1:n-1], s)}
		}
		return term.Select(x, s)
	case *term.Path:
		return term.Select(x, s)
	case *term.Join:
		out := make([]term.Term, len(x.Terms))
		for i, leaf := range x.Terms {
			out[i] = Column(leaf, s)
		}
		return term.JoinOf(out...)
	case *term.Origin:
		if x.Kind == term.Unknown {
			return x
		}
	}
	return term.Why("rows")
}

func (f *Frame) row(c *Call, i int) term.Term {
	if i > 0 {
		return term.Why("error of " + c.Model.Key)
	}
	if c.Model.Kind == "rows" {
		return f.Value(c.Recv, c.Instr)
	}
	return f.pseudo(c, c.Model.Kind)
}

// same0 is the argument in another form; its error tells nothing of the value.
func (f *Frame) same0(c *Call, i int) term.Term {
	t := c.Sig.Results().At(i).Type()
	switch {
	case isError(t):
		return term.Why("conversion error")
	case isBasic(t, types.IsBoolean) && i > 0:
		return term.Why("condition")
	}
	if isFuncType(t) && i > 0 { // context.WithCancel
		return term.Why("cancel")
	}
	arg := c.Arg(c.Model.At)
	if arg == nil {
		return term.Why("call " + c.Symbol)
	}
	if r := c.Sig.Results(); r.Len() > 1 && !isError(r.At(1).Type()) && !isFuncType(r.At(1).Type()) { // strings.Cut: two parts
		return f.part(arg, c.Instr, []step{{elem: true, index: -1, tag: partTag + i}})
	}
	return f.Value(arg, c.Instr)
}

// request is a part of the request, named by a constant if there is one.
func (f *Frame) request(c *Call, i int) term.Term {
	t := c.Sig.Results().At(i).Type()
	o := &term.Origin{Kind: term.Request, Group: c.Model.Kind, Name: c.Model.Name}
	if c.Recv != nil {
		if from, ok := f.Value(c.Recv, c.Instr).(*term.Origin); ok && from.Kind == term.Request {
			o.Group = from.Group
		}
	}
	if by := f.changedBefore(c, o.Group); by != nil && !isError(t) {
		return term.Why("changed by " + by.Symbol)
	}
	if arg := c.Arg(c.Model.At); arg != nil {
		o.Name = "?"
		if text, ok := f.Value(arg, c.Instr).(*term.Const); ok {
			o.Name = text.Text
		}
	}
	switch {
	case isError(t):
		return term.Why("conversion error")
	case i > 0 && isBasic(t, types.IsBoolean):
		return &term.Test{Fact: term.Fact{Op: term.NonZero, A: term.JoinOf(o, term.ZeroTerm())}}
	case c.Sig.Results().Len() > 1 && isBasic(c.Sig.Results().At(1).Type(), types.IsBoolean):
		return term.JoinOf(o, term.ZeroTerm())
	}
	return o
}

// got is the value under a context key; a typed accessor gives zero without one.
func (f *Frame) got(c *Call, i int) term.Term {
	key := f.Key(c.Arg(c.Model.At))
	var t term.Term = term.Why("computed context key")
	if key != "?" {
		t = &term.Path{Root: term.Context, Name: key}
	}
	_, dynamic := c.Sig.Results().At(0).Type().Underlying().(*types.Interface)
	if c.Sig.Results().Len() == 1 && dynamic {
		return t
	}
	return commaOK(t, i)
}

// Key is the canonical text of a context key: a Go-quoted text, pkg.T("x") of a
// typed constant, pkg.T{} of a struct type, pkg.V of a variable, "?" if it is
// computed.
func (f *Frame) Key(v ssa.Value) string {
	for {
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeInterface:
			v = x.X
		case *ssa.Const:
			return constKey(x)
		case *ssa.UnOp:
			if g, ok := x.X.(*ssa.Global); ok {
				return g.Pkg.Pkg.Path() + "." + g.Name()
			}
			if a, ok := x.X.(*ssa.Alloc); ok && emptyStruct(a) {
				return TypeName(deref(a.Type())) + "{}"
			}
			return "?"
		case *ssa.Global:
			return x.Pkg.Pkg.Path() + "." + x.Name()
		default:
			return "?"
		}
	}
}

func emptyStruct(a *ssa.Alloc) bool {
	st, ok := structOf(deref(a.Type()))
	return ok && st.NumFields() == 0
}

func constKey(c *ssa.Const) string {
	n, isNamed := types.Unalias(c.Type()).(*types.Named)
	switch {
	case c.Value == nil && isNamed:
		return TypeName(n) + "{}"
	case c.Value == nil:
		return "?"
	case isNamed && n.Obj().Pkg() != nil:
		if name := constName(n, c.Value); name != "" {
			return n.Obj().Pkg().Path() + "." + name
		}
		return TypeName(n) + "(" + c.Value.ExactString() + ")"
	}
	return c.Value.ExactString()
}

// constName is the name of the constant that counts as a number of a type, as
// keys declared with iota do: the number says nothing, the name does. Other
// packages see exported constants only, so one of those goes first.
func constName(n *types.Named, v constant.Value) string {
	if v.Kind() != constant.Int {
		return ""
	}
	var exported, hidden []string
	scope := n.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		c, ok := scope.Lookup(name).(*types.Const)
		switch {
		case !ok || !types.Identical(c.Type(), n) || !constant.Compare(c.Val(), token.EQL, v):
		case c.Exported():
			exported = append(exported, name)
		default:
			hidden = append(hidden, name)
		}
	}
	switch {
	case len(exported) == 1:
		return exported[0]
	case len(exported) == 0 && len(hidden) == 1:
		return hidden[0]
	}
	return ""
}

// collected are the rows of a statement as structs.
func (f *Frame) collected(c *Call, i int) term.Term {
	rows := f.Value(c.Arg(c.Model.At), c.Instr)
	t := c.Sig.Results().At(i).Type()
	slice, many := t.Underlying().(*types.Slice)
	if isError(t) {
		if _, first := c.Sig.Results().At(0).Type().Underlying().(*types.Slice); first {
			return Column(rows, term.Step{Kind: term.PseudoStep, Name: "err"})
		}
		return Column(rows, term.Step{Kind: term.PseudoStep, Name: "scan"})
	}
	by := c.Model.By
	if by == "func" {
		by = f.Program.rowFunc(c)
	}
	if many {
		t = slice.Elem()
	}
	one := columns(rows, by, t)
	if many && one != nil {
		return &term.List{Elems: []term.Term{one}, Open: true}
	}
	return one
}

// rowFunc tells how the function that is handed to a collector reads a row.
func (p *Program) rowFunc(c *Call) string {
	for _, a := range c.Args {
		for {
			ct, ok := a.(*ssa.ChangeType)
			if !ok {
				break
			}
			a = ct.X
		}
		fn, ok := a.(*ssa.Function)
		if !ok {
			continue
		}
		if obj, ok := fn.Object().(*types.Func); ok {
			if m := p.Lib.Find(obj); m != nil && m.Verb == library.Rows {
				return m.By
			}
		}
	}
	return "func"
}

// columns is a row as a struct: by the name of each column, or by position.
func columns(rows term.Term, by string, t types.Type) term.Term {
	if rows == nil {
		return nil
	}
	if by == "func" {
		return term.Why("rows by function")
	}
	if _, open := types.Unalias(deref(t)).(*types.TypeParam); open && by == "name" {
		return Column(rows, term.Step{Kind: term.PseudoStep, Name: "row"})
	}
	st, ok := structOf(deref(t))
	if !ok || by == "scalar" {
		return Column(rows, term.Step{Kind: term.ColumnStep, Index: 0})
	}
	var fields []term.Field
	for i := range st.NumFields() {
		v := st.Field(i)
		s := term.Step{Kind: term.ColumnStep, Index: i}
		if by == "name" {
			s = term.Step{Kind: term.ColumnStep, Name: columnName(v.Name(), st.Tag(i))}
		}
		if v.Exported() && s.Name != "-" {
			fields = append(fields, term.Field{Name: v.Name(), Term: Column(rows, s)})
		}
	}
	return term.StructOf(structName(deref(t)), nil, fields)
}

// columnName is the column that a field is read from: that of its db tag, or its
// name in lower case.
func columnName(field, tag string) string {
	if name := tagOf(tag, "db"); name != "" {
		return name
	}
	return lower(field)
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
