package sound

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
)

// unsound are the places, sorted, where the files use something without a type:
// a package that could not be imported, or a variable, field or function whose
// type could not be told. The type checker reports only the cause, once, and
// SSA cannot be built of either.
func (b *builder) unsoundPlaces() []token.Pos {
	var out []token.Pos
	for _, f := range b.Files {
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && untyped(b.Info, id) {
				out = append(out, id.Pos())
			}
			return true
		})
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}

func untyped(info *types.Info, id *ast.Ident) bool {
	obj := info.Uses[id]
	if obj == nil {
		obj = info.Defs[id]
	}
	switch obj := obj.(type) {
	case nil:
		return false
	case *types.PkgName:
		return !obj.Imported().Complete()
	case *types.Builtin, *types.Nil, *types.Label:
		return false
	}
	return invalid(obj.Type(), 0)
}

// invalid reports whether a type has a part that is not known; named types are
// not looked into, their declarations are.
func invalid(t types.Type, depth int) bool {
	if depth > 10 {
		return false
	}
	switch t := t.(type) {
	case *types.Basic:
		return t.Kind() == types.Invalid
	case interface{ Elem() types.Type }: // pointer, slice, array, channel, map
		m, ok := t.(*types.Map)
		return invalid(t.Elem(), depth+1) || ok && invalid(m.Key(), depth+1)
	case *types.Signature:
		return invalidTuple(t.Params(), depth) || invalidTuple(t.Results(), depth)
	}
	return false
}

func invalidTuple(tuple *types.Tuple, depth int) bool {
	for v := range tuple.Variables() {
		if invalid(v.Type(), depth+1) {
			return true
		}
	}
	return false
}

// uses reports whether one of the places is in a range.
func uses(places []token.Pos, from, to token.Pos) bool {
	i := sort.Search(len(places), func(i int) bool { return places[i] >= from })
	return i < len(places) && places[i] <= to
}
