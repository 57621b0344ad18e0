package declare

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// The tables of generated code are literals: a list of columns for each, and a table that
// names them by their places.

// tables writes down the tables of the package, if a generator wrote it.
func (e *entities) tables() {
	for _, f := range e.p.Files {
		if !e.p.Wrote[f] {
			continue
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				spec := s.(*ast.ValueSpec)
				for i, id := range spec.Names {
					if i < len(spec.Values) {
						e.table(id, spec.Values[i])
					}
				}
			}
		}
	}
}

// table is a table, if a variable is one: it has a name, columns and a key.
func (e *entities) table(id *ast.Ident, x ast.Expr) {
	if u, ok := x.(*ast.UnaryExpr); ok {
		x = u.X
	}
	parts := parts(x)
	name, columns := textOf(parts["Name"]), e.columns(parts["Columns"])
	if name == "" || len(columns) == 0 || parts["PrimaryKey"] == nil {
		return
	}
	var fields []unit.ModelField
	index := map[string]int{}
	for _, c := range columns {
		index[c.Name] = len(fields)
		fields = append(fields, c)
	}
	mark := func(names []string, entry string) {
		for _, n := range names {
			if i, ok := index[n]; ok {
				fields[i].Tag = with(fields[i].Tag, entry)
			}
		}
	}
	mark(e.named(parts["PrimaryKey"]), "primary")
	for _, x := range listed(parts["Indexes"]) {
		if of := fieldsOf(x); isTrue(of["Unique"]) {
			mark(e.named(of["Columns"]), "unique:"+textOf(of["Name"]))
		}
	}
	for _, x := range listed(parts["ForeignKeys"]) {
		of := fieldsOf(x)
		refs := e.refsOf(of["RefColumns"])
		fields = append(fields, unit.ModelField{
			Name: textOf(of["Symbol"]), Type: e.p.Pkg.Path() + "." + refs.table, Kind: unit.ModelStruct,
			Tag: tagged("key:"+strings.Join(e.named(of["Columns"]), ","), "refs:"+strings.Join(refs.columns, ","), "delete:"+selected(of["OnDelete"])),
		})
	}
	e.add(unit.Model{Name: e.p.Pkg.Path() + "." + id.Name, Table: name, Method: true, Used: true, Site: e.p.Sites.At(id.Pos(), id.End())}, fields...)
}

func with(tag, entry string) string { return strings.TrimSuffix(tag, `"`) + ";" + entry + `"` }

// parts are the fields of a literal of a struct, by their names.
func parts(x ast.Expr) map[string]ast.Expr {
	lit, ok := x.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	out := map[string]ast.Expr{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				out[id.Name] = kv.Value
			}
		}
	}
	return out
}

func fieldsOf(x ast.Expr) map[string]ast.Expr {
	if u, ok := x.(*ast.UnaryExpr); ok {
		x = u.X
	}
	return parts(x)
}

// listed are the elements of a list that is written out.
func listed(x ast.Expr) []ast.Expr {
	lit, ok := x.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	return lit.Elts
}

func textOf(x ast.Expr) string {
	lit, ok := x.(*ast.BasicLit)
	if !ok {
		return ""
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return text
}

func isTrue(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == "true"
}

// columns are the columns of a table: the list that a variable holds.
func (e *entities) columns(x ast.Expr) []unit.ModelField {
	id, ok := x.(*ast.Ident)
	if !ok {
		return nil
	}
	var out []unit.ModelField
	for _, c := range listed(e.value(id.Name)) {
		of := fieldsOf(c)
		name := textOf(of["Name"])
		f := unit.ModelField{Name: name, Kind: kindOfColumn(selected(of["Type"])), Tag: tagged("column:" + name)}
		for _, x := range [...]struct{ part, entry string }{{"Unique", "unique:"}, {"Increment", "counted"}, {"Nullable", "nullable"}} {
			if isTrue(of[x.part]) {
				f.Tag = with(f.Tag, x.entry)
			}
		}
		out = append(out, f)
	}
	return out
}

// kindOfColumn is what a column holds.
func kindOfColumn(typ string) string {
	switch name := strings.TrimPrefix(typ, "Type"); {
	case name == "String", name == "Enum":
		return unit.ModelText
	case strings.HasPrefix(name, "Int"), strings.HasPrefix(name, "Uint"):
		return unit.ModelInt
	case strings.HasPrefix(name, "Float"):
		return unit.ModelFloat
	case name == "Bool":
		return unit.ModelBool
	case name == "Time":
		return unit.ModelTime
	case name == "Bytes":
		return unit.ModelBytes
	case name == "UUID":
		return unit.ModelValue
	}
	return unit.ModelOther
}

// referred are the columns of a table, by the variable that lists them.
type referred struct {
	table   string // the variable of the table
	columns []string
}

// refsOf are columns that are named by their places: []*schema.Column{OrgsColumns[0]}.
func (e *entities) refsOf(x ast.Expr) referred {
	var out referred
	for _, c := range listed(x) {
		at, ok := c.(*ast.IndexExpr)
		if !ok {
			continue
		}
		list, isName := at.X.(*ast.Ident)
		place, isNumber := at.Index.(*ast.BasicLit)
		if !isName || !isNumber {
			continue
		}
		n, err := strconv.Atoi(place.Value)
		all := listed(e.value(list.Name))
		if err != nil || n >= len(all) {
			continue
		}
		out.table = strings.TrimSuffix(list.Name, "Columns") + "Table"
		out.columns = append(out.columns, textOf(fieldsOf(all[n])["Name"]))
	}
	return out
}

func (e *entities) named(x ast.Expr) []string { return e.refsOf(x).columns }
