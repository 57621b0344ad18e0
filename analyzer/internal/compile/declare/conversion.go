package declare

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Conversions writes down the conversions to interfaces of the module, wherever
// a value of one type is assigned to a place of another. It reads types only, so
// that it works where SSA cannot be built, and it does not trust them: code that
// does not type-check has places without a type.
func Conversions(p *source.Package) {
	v := &converter{Package: p, first: map[[2]string]token.Pos{}, ends: map[[2]string]token.Pos{}}
	for _, f := range p.Files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); !ok || !p.Skipped[fd] {
				v.decl(d)
			}
		}
	}
	v.instances()
	keys := make([][2]string, 0, len(v.first))
	for k := range v.first {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		return keys[i][0] < keys[j][0] || keys[i][0] == keys[j][0] && keys[i][1] < keys[j][1]
	})
	for _, k := range keys {
		p.Unit.Conversions = append(p.Unit.Conversions, unit.Conversion{From: k[0], To: k[1], Site: p.Sites.At(v.first[k], v.ends[k])})
	}
}

type converter struct {
	*source.Package
	first   map[[2]string]token.Pos // where each conversion stands first
	ends    map[[2]string]token.Pos
	results []*types.Tuple // of the functions around, innermost last
}

func (v *converter) decl(d ast.Decl) {
	fd, ok := d.(*ast.FuncDecl)
	if !ok {
		v.walk(d)
		return
	}
	if fd.Body == nil {
		return
	}
	var results *types.Tuple
	if obj, ok := v.Info.Defs[fd.Name].(*types.Func); ok {
		results = obj.Signature().Results()
	}
	v.function(results, fd.Body)
}

func (v *converter) function(results *types.Tuple, b *ast.BlockStmt) {
	v.results = append(v.results, results)
	v.walk(b)
	v.results = v.results[:len(v.results)-1]
}

func (v *converter) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			sig, _ := v.typeOf(n).(*types.Signature)
			if sig != nil {
				v.function(sig.Results(), n.Body)
			}
			return false
		case *ast.AssignStmt:
			v.assign(n)
		case *ast.ValueSpec:
			v.spec(n)
		case *ast.ReturnStmt:
			v.returned(n)
		case *ast.CallExpr:
			v.call(n)
		case *ast.CompositeLit:
			v.literal(n)
		case *ast.SendStmt:
			if ch, ok := under(v.typeOf(n.Chan)).(*types.Chan); ok {
				v.convert(n.Value, ch.Elem())
			}
		}
		return true
	})
}

func (v *converter) typeOf(e ast.Expr) types.Type { return v.Info.TypeOf(e) }

func under(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}

// convert notes that the expression goes to a place of type to.
func (v *converter) convert(e ast.Expr, to types.Type) {
	v.note(v.typeOf(e), to, e)
}

func (v *converter) note(from, to types.Type, at ast.Node) {
	if from == nil || to == nil || !types.IsInterface(to) || types.Identical(from, to) {
		return
	}
	if _, ok := types.Unalias(to).(*types.TypeParam); ok {
		return
	}
	i, ok := to.Underlying().(*types.Interface)
	if !ok || i.NumMethods() == 0 {
		return
	}
	n, named := types.Unalias(to).(*types.Named)
	if named && !types.IsInterface(from) {
		v.service(from, n)
	}
	if named && !v.OwnType(n) {
		return
	}
	elem := types.Unalias(from)
	if p, ok := elem.(*types.Pointer); ok {
		elem = types.Unalias(p.Elem())
	}
	if n, ok := elem.(*types.Named); !ok || n.Obj().Pkg() == nil {
		return
	}
	k := [2]string{callsite.TypeName(from), callsite.TypeName(to)}
	if pos, ok := v.first[k]; !ok || at.Pos() < pos {
		v.first[k], v.ends[k] = at.Pos(), at.End()
	}
}

// tuple notes the conversions of several values to several places.
func (v *converter) tuple(values []ast.Expr, place func(i int) types.Type, n int) {
	if len(values) == 1 && n > 1 {
		if t, ok := v.typeOf(values[0]).(*types.Tuple); ok {
			for i := range min(t.Len(), n) {
				v.note(t.At(i).Type(), place(i), values[0])
			}
		}
		return
	}
	for i, e := range values {
		if i < n {
			v.convert(e, place(i))
		}
	}
}

func (v *converter) assign(n *ast.AssignStmt) {
	if n.Tok != token.ASSIGN && n.Tok != token.DEFINE {
		return
	}
	v.tuple(n.Rhs, func(i int) types.Type { return v.typeOf(n.Lhs[i]) }, len(n.Lhs))
}

func (v *converter) spec(n *ast.ValueSpec) {
	if n.Type != nil {
		t := v.typeOf(n.Type)
		v.tuple(n.Values, func(int) types.Type { return t }, len(n.Names))
	}
}

func (v *converter) returned(n *ast.ReturnStmt) {
	if len(v.results) == 0 || v.results[len(v.results)-1] == nil {
		return
	}
	r := v.results[len(v.results)-1]
	v.tuple(n.Results, func(i int) types.Type { return r.At(i).Type() }, r.Len())
}

func (v *converter) call(n *ast.CallExpr) {
	tv, ok := v.Info.Types[n.Fun]
	if !ok || tv.Type == nil {
		return
	}
	if tv.IsType() {
		if len(n.Args) == 1 {
			v.convert(n.Args[0], tv.Type)
		}
		return
	}
	sig, ok := under(tv.Type).(*types.Signature)
	if !ok {
		return
	}
	params := sig.Params()
	place := func(i int) types.Type {
		if !sig.Variadic() || i < params.Len()-1 || n.Ellipsis.IsValid() {
			if i < params.Len() {
				return params.At(i).Type()
			}
			return nil
		}
		if s, ok := under(params.At(params.Len() - 1).Type()).(*types.Slice); ok {
			return s.Elem()
		}
		return nil
	}
	count := params.Len()
	if sig.Variadic() {
		count = max(count, len(n.Args))
	}
	v.tuple(n.Args, place, count)
}

func (v *converter) literal(n *ast.CompositeLit) {
	t := v.typeOf(n)
	if t == nil {
		return
	}
	if p, ok := under(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	switch t := under(t).(type) {
	case *types.Struct:
		v.structLiteral(n, t)
	case *types.Slice:
		v.elements(n, nil, t.Elem())
	case *types.Array:
		v.elements(n, nil, t.Elem())
	case *types.Map:
		v.elements(n, t.Key(), t.Elem())
	}
}

func (v *converter) structLiteral(n *ast.CompositeLit, t *types.Struct) {
	for i, e := range n.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			if i < t.NumFields() {
				v.convert(e, t.Field(i).Type())
			}
			continue
		}
		if id, ok := kv.Key.(*ast.Ident); ok {
			if field, ok := v.Info.Uses[id].(*types.Var); ok {
				v.convert(kv.Value, field.Type())
			}
		}
	}
}

func (v *converter) elements(n *ast.CompositeLit, key, elem types.Type) {
	for _, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key != nil {
				v.convert(kv.Key, key)
			}
			e = kv.Value
		}
		v.convert(e, elem)
	}
}

// instances notes type arguments that stand for an interface of the module: the
// methods of the constraint are called on them.
func (v *converter) instances() {
	ids := make([]*ast.Ident, 0, len(v.Info.Instances))
	for id := range v.Info.Instances {
		if v.FileOf(id.Pos()) != nil {
			ids = append(ids, id)
		}
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i].Pos() < ids[j].Pos() })
	for _, id := range ids {
		params := typeParams(v.Info.Uses[id])
		args := v.Info.Instances[id].TypeArgs
		for i := range min(params.Len(), args.Len()) {
			v.note(args.At(i), params.At(i).Constraint(), id)
		}
	}
}

func typeParams(obj types.Object) *types.TypeParamList {
	if obj == nil {
		return nil
	}
	switch t := obj.Type().(type) {
	case *types.Signature:
		return t.TypeParams()
	case *types.Named:
		return t.Origin().TypeParams()
	}
	return nil
}
