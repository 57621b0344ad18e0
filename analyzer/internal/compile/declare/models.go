package declare

import (
	"cmp"
	"go/ast"
	"go/constant"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Models writes down the struct types that may stand for rows: those that the package
// hands to a library that reads them, those that it declares with tags of such a library
// or a method that names a table, and all that these consist of, wherever they are
// declared.
func Models(p *source.Package) {
	m := &models{p: p, tags: p.Library.ModelTags(), seen: map[*types.TypeName]bool{}}
	scope := p.Pkg.Scope()
	for _, name := range scope.Names() {
		if tn, ok := scope.Lookup(name).(*types.TypeName); ok && !tn.IsAlias() && m.declares(tn) {
			m.write(tn)
		}
	}
	for tn := range p.Used {
		m.write(tn)
	}
	slices.SortFunc(p.Unit.Models, func(a, b unit.Model) int { return cmp.Compare(a.Name, b.Name) })
	m.names()
	m.hooks()
}

type models struct {
	p    *source.Package
	tags []string
	seen map[*types.TypeName]bool
}

// declares reports whether a type says by itself that it stands for rows.
func (m *models) declares(tn *types.TypeName) bool {
	st, ok := tn.Type().Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range st.NumFields() {
		if m.marked(st.Tag(i)) {
			return true
		}
		if n := callsite.Named(st.Field(i).Type()); st.Field(i).Embedded() && n != nil && n.Obj().Pkg() != nil {
			if lib := m.p.Library.Package(n.Obj().Pkg().Path()); lib != nil && lib.ORM != nil {
				return true
			}
		}
	}
	return namesTable(tn.Type())
}

// namesTable tells a type with a method that gives its table's name.
func namesTable(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "TableName")
	f, ok := obj.(*types.Func)
	if !ok {
		return false
	}
	r := f.Signature().Results()
	return r.Len() == 1 && callsite.IsBasic(r.At(0).Type(), types.IsString)
}

// tag is the part of a tag that a library of models reads.
func (m *models) tag(tag string) string {
	var out []string
	for _, key := range m.tags {
		if v, ok := reflect.StructTag(tag).Lookup(key); ok {
			out = append(out, key+":"+strconv.Quote(v))
		}
	}
	return strings.Join(out, " ")
}

// marked reports whether a tag says that a struct stands for rows.
func (m *models) marked(tag string) bool {
	for _, key := range m.tags {
		if _, ok := reflect.StructTag(tag).Lookup(key); ok && m.p.Library.Marks(key) {
			return true
		}
	}
	return false
}

func (m *models) write(tn *types.TypeName) {
	st, ok := tn.Type().Underlying().(*types.Struct)
	if n, named := tn.Type().(*types.Named); m.seen[tn] || !ok || tn.Pkg() == nil || !named || n.TypeParams().Len() > 0 {
		return
	}
	m.seen[tn] = true
	out := unit.Model{Name: callsite.TypeName(tn.Type()), Used: m.p.Used[tn], Method: namesTable(tn.Type()), Site: unit.NoSite}
	if tn.Pkg() == m.p.Pkg {
		out.Site = m.p.Sites.At(tn.Pos(), tn.Pos())
	}
	var parts []*types.TypeName
	for i := range st.NumFields() {
		v := st.Field(i)
		if !v.Exported() && !v.Embedded() && !m.p.Library.NamesTable(v.Name()) {
			continue
		}
		f := unit.ModelField{Name: v.Name(), Embedded: v.Embedded(), Tag: m.tag(st.Tag(i))}
		if part := m.fieldType(&f, v.Type()); part != nil {
			parts = append(parts, part)
		}
		out.Fields = append(out.Fields, f)
	}
	m.p.Unit.Models = append(m.p.Unit.Models, out)
	for _, part := range parts {
		m.write(part)
	}
}

// fieldType fills in what the type of a field says, and gives the struct type that it
// is, or is a list of.
func (m *models) fieldType(f *unit.ModelField, t types.Type) *types.TypeName {
	if m.p.Library.Kind(t) == library.Deleted {
		f.Kind, f.Type = unit.ModelDeleted, callsite.TypeName(t)
		return nil
	}
	if stores(t) {
		f.Kind, f.Type, f.Pointer = unit.ModelValue, strings.TrimPrefix(callsite.TypeName(t), "*"), isPointer(t)
		return nil
	}
	for {
		switch u := types.Unalias(t).(type) {
		case *types.Pointer:
			f.Pointer, t = true, u.Elem()
			continue
		case *types.Slice:
			if callsite.IsBasic(u.Elem(), types.IsInteger) && u.Elem().Underlying().(*types.Basic).Kind() == types.Byte {
				f.Kind, f.Type = unit.ModelBytes, "bytes"
				return nil
			}
			f.List, t = true, u.Elem()
			continue
		case *types.Array:
			f.List, t = true, u.Elem()
			continue
		}
		break
	}
	f.Type, f.Kind = callsite.TypeName(t), m.kindOf(t)
	if n := callsite.Named(t); f.Kind == unit.ModelStruct && n != nil {
		return n.Obj()
	}
	return nil
}

// kindOf is what a database makes of a type.
func (m *models) kindOf(t types.Type) string {
	if m.p.Library.Kind(t) == library.Moment {
		return unit.ModelTime
	}
	if stores(t) {
		return unit.ModelValue
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return unit.ModelStruct
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return unit.ModelText
		case u.Info()&types.IsInteger != 0:
			return unit.ModelInt
		case u.Info()&types.IsFloat != 0:
			return unit.ModelFloat
		case u.Info()&types.IsBoolean != 0:
			return unit.ModelBool
		}
	}
	return unit.ModelOther
}

func isPointer(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.Pointer)
	return ok
}

// stores tells a type that says itself what a database stores: driver.Valuer.
func stores(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "Value")
	f, ok := obj.(*types.Func)
	return ok && f.Signature().Params().Len() == 0 && f.Signature().Results().Len() == 2
}

// names fills in the tables that methods of the package name by a constant.
func (m *models) names() {
	for _, file := range m.p.Files {
		for _, d := range file.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Recv == nil || fd.Name.Name != "TableName" || fd.Body == nil || len(fd.Body.List) == 0 {
				continue
			}
			f, ok := m.p.Info.Defs[fd.Name].(*types.Func)
			if !ok || !isNamer(f.Signature()) {
				continue
			}
			if n := callsite.Named(f.Signature().Recv().Type()); n != nil {
				if table := m.returned(fd.Body.List); table != "" {
					m.named(callsite.TypeName(n), table)
				}
			}
		}
	}
}

// isNamer tells a method that is handed nothing, or a context.
func isNamer(sig *types.Signature) bool {
	params := sig.Params()
	return params.Len() == 0 || params.Len() == 1 && library.IsContext(params.At(0).Type())
}

// returned is the constant text that a body gives: at once, or by a variable that holds it
// from the start. It is "" if it does anything else.
//
//	name := "users"
//	return name
func (m *models) returned(body []ast.Stmt) string {
	ret, ok := body[len(body)-1].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return ""
	}
	value := ret.Results[0]
	if len(body) == 2 {
		def, ok := body[0].(*ast.AssignStmt)
		if !ok || len(def.Lhs) != 1 || len(def.Rhs) != 1 || !m.same(def.Lhs[0], value) {
			return ""
		}
		value = def.Rhs[0]
	}
	v := m.p.Info.Types[value].Value
	if len(body) > 2 || v == nil || v.Kind() != constant.String {
		return ""
	}
	return constant.StringVal(v)
}

// same reports whether two expressions are one variable, of which the first declares it.
func (m *models) same(declared, used ast.Expr) bool {
	x, ok := declared.(*ast.Ident)
	y, isName := used.(*ast.Ident)
	return ok && isName && m.p.Info.Defs[x] != nil && m.p.Info.Defs[x] == m.p.Info.Uses[y]
}

func (m *models) named(name, table string) {
	if x := m.modelOf(name); x != nil {
		x.Table = table
	}
}
