package declare

import (
	"cmp"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Entities writes down the entities of generated code as models: in their root the struct
// types with their fields, in their parts the edges, and what runs with each statement.
// Beside the root stands a package with the tables, as a list of literals.
func Entities(p *source.Package) {
	e := &entities{p: p, models: &models{p: p}}
	switch g := p.Generated; {
	case g == nil:
		e.tables()
	case g.Part:
		e.part()
	default:
		for _, name := range g.Entities() {
			e.entity(name)
		}
	}
	slices.SortFunc(p.Unit.Models, func(a, b unit.Model) int { return cmp.Compare(a.Name, b.Name) })
}

type entities struct {
	p      *source.Package
	models *models
}

// tagged is a tag of the generator's entries: ent:"column:org_id;default".
func tagged(entries ...string) string { return "ent:" + strconv.Quote(strings.Join(entries, ";")) }

func (e *entities) add(m unit.Model, fields ...unit.ModelField) {
	m.Fields = fields
	e.p.Unit.Models = append(e.p.Unit.Models, m)
}

// entity is the struct type of an entity; its edges are those of another struct.
func (e *entities) entity(name string) {
	g := e.p.Generated
	part, st := g.PartOf(name), g.StructOf(name)
	if part == nil || st == nil {
		return
	}
	m := unit.Model{Name: e.p.Pkg.Path() + "." + name, Table: constantOf(part, "Table"), Site: unit.NoSite}
	var fields []unit.ModelField
	for v := range st.Fields() {
		column := g.Column(part, v.Name())
		if column == "" {
			continue
		}
		entries := []string{"column:" + column}
		if part.Scope().Lookup("Default"+v.Name()) != nil {
			entries = append(entries, "default")
		}
		if part.Scope().Lookup("UpdateDefault"+v.Name()) != nil {
			entries = append(entries, "updated")
		}
		f := unit.ModelField{Name: v.Name(), Tag: tagged(entries...)}
		e.models.fieldType(&f, v.Type())
		fields = append(fields, f)
	}
	if edges := g.EdgesOf(name); edges != nil {
		for v := range edges.Fields() {
			if n := callsite.RowType(v.Type()); n != nil && v.Exported() {
				fields = append(fields, unit.ModelField{
					Name: v.Name(), Type: callsite.TypeName(n), Kind: unit.ModelStruct, List: callsite.Many(v.Type()), Tag: tagged("edge"),
				})
			}
		}
	}
	e.add(m, fields...)
}

// constantOf is a constant text of a package, "" if there is none.
func constantOf(pkg *types.Package, name string) string {
	c, ok := pkg.Scope().Lookup(name).(*types.Const)
	if !ok || c.Val().Kind() != constant.String {
		return ""
	}
	return constant.StringVal(c.Val())
}

// enforcers are the variables of a part that hold what runs with each statement.
var enforcers = []string{"Hooks", "Interceptors", "Policy"}

// part are the edges of an entity, by the steps along them.
func (e *entities) part() {
	var fields []unit.ModelField
	for _, f := range e.p.Files {
		for _, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Recv != nil || fd.Body == nil {
				continue
			}
			name, isNew := strings.CutPrefix(fd.Name.Name, "new")
			name, isStep := strings.CutSuffix(name, "Step")
			if !isNew || !isStep {
				continue
			}
			if step := e.step(fd); step != "" {
				fields = append(fields, unit.ModelField{Name: name, Kind: unit.ModelOther, Tag: step})
			}
		}
	}
	for _, name := range enforcers {
		if v, ok := e.p.Pkg.Scope().Lookup(name).(*types.Var); ok {
			fields = append(fields, unit.ModelField{Name: v.Name(), Kind: unit.ModelOther, Tag: tagged("enforces:" + count(v.Type()))})
		}
	}
	if len(fields) > 0 {
		e.add(unit.Model{Name: e.p.Pkg.Path(), Site: unit.NoSite}, fields...)
	}
}

// count is how many elements an array has, "" of another type.
func count(t types.Type) string {
	if a, ok := t.Underlying().(*types.Array); ok {
		return strconv.FormatInt(a.Len(), 10)
	}
	return ""
}

// step reads the step along an edge: its kind, whether it is the inverse of another one,
// the table that has the keys, and their columns.
func (e *entities) step(fd *ast.FuncDecl) string {
	tag := ""
	ast.Inspect(fd.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || selected(call.Fun) != "Edge" || len(call.Args) < 4 {
			return true
		}
		columns := e.names(call.Args[3:], call.Ellipsis.IsValid())
		entries := []string{"rel:" + selected(call.Args[0]), "table:" + e.name(call.Args[2]), "columns:" + strings.Join(columns, ",")}
		if inverse, ok := call.Args[1].(*ast.Ident); ok && inverse.Name == "true" {
			entries = append(entries, "inverse")
		}
		tag = tagged(entries...)
		return false
	})
	return tag
}

// selected is the name that a selector ends in, "" of any other expression.
func selected(x ast.Expr) string {
	if s, ok := x.(*ast.SelectorExpr); ok {
		return s.Sel.Name
	}
	return ""
}

func (e *entities) name(x ast.Expr) string {
	id, ok := x.(*ast.Ident)
	if !ok {
		return ""
	}
	return constantOf(e.p.Pkg, id.Name)
}

// names are constants, or those of a list that is written out in the package.
func (e *entities) names(list []ast.Expr, spread bool) []string {
	var out []string
	for _, x := range list {
		if name := e.name(x); name != "" {
			out = append(out, name)
		}
	}
	id, ok := list[len(list)-1].(*ast.Ident)
	if !spread || !ok {
		return out
	}
	if lit, ok := e.value(id.Name).(*ast.CompositeLit); ok {
		for _, x := range lit.Elts {
			if text, ok := x.(*ast.BasicLit); ok {
				if name, err := strconv.Unquote(text.Value); err == nil {
					out = append(out, name)
				}
			}
		}
	}
	return out
}

// value is what a variable of the package is declared as, nil if it is none.
func (e *entities) value(name string) ast.Expr {
	for _, f := range e.p.Files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				spec := s.(*ast.ValueSpec)
				for i, id := range spec.Names {
					if id.Name == name && i < len(spec.Values) {
						return spec.Values[i]
					}
				}
			}
		}
	}
	return nil
}
