package fix

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// A value is an expression that may be the caller's tenant, by its name.
type value struct {
	text string
	rank int // the likeliest first
}

// values are the expressions in reach at a position that may be the caller's tenant.
func (s *Source) values(file *ast.File, at token.Pos, column string) []string {
	n := namer{s, column}
	var found []value
	for scope := s.Types.Scope().Innermost(at); scope != nil && scope != s.Types.Scope(); scope = scope.Parent() {
		for _, name := range scope.Names() {
			if v, ok := scope.Lookup(name).(*types.Var); ok && v.Pos() < at && s.reaches(at, v) && s.holds(v) {
				found = append(found, n.of(v)...)
			}
		}
	}
	found = append(found, s.accessors(file, at, n)...)
	slices.SortStableFunc(found, func(a, b value) int { return cmp.Or(a.rank-b.rank, strings.Compare(a.text, b.text)) })
	var out []string
	for _, v := range found {
		if len(out) < maxCandidates && !slices.Contains(out, v.text) {
			out = append(out, v.text)
		}
	}
	return out
}

// reaches reports whether the name of a variable means it at a position.
func (s *Source) reaches(at token.Pos, v *types.Var) bool {
	_, obj := s.Types.Scope().Innermost(at).LookupParent(v.Name(), at)
	return obj == v
}

// holds reports whether a variable holds something from its declaration on: a parameter, or
// what is declared with the value that something else gave. One that is declared empty may
// be empty still, and then the statement finds nothing.
func (s *Source) holds(v *types.Var) bool {
	if v.Kind() == types.ParamVar || v.Kind() == types.RecvVar {
		return true
	}
	held := false
	for _, f := range s.Files {
		if v.Pos() < f.FileStart || v.Pos() > f.FileEnd {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			a, ok := n.(*ast.AssignStmt)
			if !ok || a.Tok != token.DEFINE {
				return !held
			}
			for i, l := range a.Lhs {
				if id, ok := l.(*ast.Ident); ok && s.Info.Defs[id] == v {
					held = given(a.Rhs[min(i, len(a.Rhs)-1)])
				}
			}
			return !held
		})
	}
	return held
}

// given reports whether an expression gives what was there before: no literal, no new value.
func given(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		id, ok := e.Fun.(*ast.Ident)
		return !ok || id.Name != "new" && id.Name != "make"
	case *ast.Ident:
		return e.Name != "nil"
	case *ast.SelectorExpr, *ast.TypeAssertExpr, *ast.IndexExpr, *ast.StarExpr:
		return true
	}
	return false
}

// namer tells names that speak of the tenant of a column.
type namer struct {
	src    *Source
	column string
}

// rank is how well a name fits: 0 is best, -1 not at all.
func (n namer) rank(name string) int {
	if trust.Norm(name) == trust.Norm(n.column) {
		return 0
	}
	w := n.src.Words
	noun, _ := w.ColumnNoun(n.column)
	switch mine, isID := w.ColumnNoun(name); {
	case mine != noun:
	case isID:
		return 1
	default:
		return 2
	}
	if accessor := w.Accessor(name); accessor != "" {
		if mine, _ := w.ColumnNoun(accessor); mine == noun {
			return 3
		}
	}
	return -1
}

// of are a variable, its fields and its methods without parameters, as far as they speak of
// the tenant.
func (n namer) of(v *types.Var) []value {
	var out []value
	if r := n.rank(v.Name()); r >= 0 && plain(v.Type()) {
		return []value{{v.Name(), r}}
	}
	if st, ok := deref(v.Type()).Underlying().(*types.Struct); ok {
		for f := range st.Fields() {
			if r := n.rank(f.Name()); r >= 0 && plain(f.Type()) && n.visible(f) {
				out = append(out, value{v.Name() + "." + f.Name(), 10 + r})
			}
		}
	}
	for sel := range types.NewMethodSet(v.Type()).Methods() {
		m := sel.Obj()
		if sig := m.Type().(*types.Signature); sig.Params().Len() == 0 && sig.Results().Len() == 1 && n.visible(m) {
			if r := n.rank(m.Name()); r >= 0 && plain(sig.Results().At(0).Type()) {
				out = append(out, value{v.Name() + "." + m.Name() + "()", 20 + r})
			}
		}
	}
	return out
}

func (n namer) visible(o types.Object) bool { return o.Exported() || o.Pkg() == n.src.Types }

// plain reports whether a value of the type is one id: no list, no pointer, no object with
// an id in it.
func plain(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&(types.IsString|types.IsInteger) != 0
	case *types.Array:
		return types.Identical(u.Elem(), types.Typ[types.Byte])
	}
	return false
}

func deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// accessors are calls of functions that give the caller's tenant and that the file makes
// elsewhere, with what stands for their parameters here.
func (s *Source) accessors(file *ast.File, at token.Pos, n namer) []value {
	var out []value
	ast.Inspect(file, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		f := s.callee(call)
		if f == nil {
			return true
		}
		sig := f.Type().(*types.Signature)
		r := n.rank(f.Name())
		if r < 0 || sig.Recv() != nil || sig.Variadic() || sig.Results().Len() != 1 || !plain(sig.Results().At(0).Type()) {
			return true
		}
		var args []string
		for p := range sig.Params().Variables() {
			arg := s.inReach(at, p.Type())
			if arg == "" {
				return true
			}
			args = append(args, arg)
		}
		out = append(out, value{types.ExprString(call.Fun) + "(" + strings.Join(args, ", ") + ")", 30 + r})
		return true
	})
	return out
}

// callee is the function of a package that a call names.
func (s *Source) callee(call *ast.CallExpr) *types.Func {
	var id *ast.Ident
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
	default:
		return nil
	}
	f, _ := s.Info.Uses[id].(*types.Func)
	return f
}

// inReach is an expression of the type at a position: a variable, or the context of a
// request.
func (s *Source) inReach(at token.Pos, t types.Type) string {
	for scope := s.Types.Scope().Innermost(at); scope != nil && scope != s.Types.Scope(); scope = scope.Parent() {
		for _, name := range scope.Names() {
			v, ok := scope.Lookup(name).(*types.Var)
			if !ok || v.Pos() >= at || name == "_" || !s.reaches(at, v) {
				continue
			}
			if types.Identical(v.Type(), t) {
				return name
			}
			if gives := contextOf(v.Type()); gives != nil && types.Identical(gives, t) {
				return name + ".Context()"
			}
		}
	}
	return ""
}

// contextOf is the type that a value's method Context gives, as that of a request does.
func contextOf(t types.Type) types.Type {
	m, _, _ := types.LookupFieldOrMethod(t, false, nil, "Context")
	f, ok := m.(*types.Func)
	if !ok {
		return nil
	}
	sig := f.Type().(*types.Signature)
	if sig.Params().Len() != 0 || sig.Results().Len() != 1 {
		return nil
	}
	return sig.Results().At(0).Type()
}
