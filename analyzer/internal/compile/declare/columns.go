package declare

import (
	"cmp"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Columns writes down which columns the fields of the package's structs are read
// from, where a db tag names one that is not the field's own name. A generic
// function that collects rows knows only that a row becomes some struct; which,
// its callers know.
func Columns(p *source.Package) {
	scope := p.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		if st, ok := tn.Type().Underlying().(*types.Struct); ok {
			columnsOf(p, st)
		}
	}
	slices.SortFunc(p.Unit.Columns, func(a, b unit.Column) int {
		return cmp.Or(strings.Compare(a.Field, b.Field), strings.Compare(a.Name, b.Name))
	})
	p.Unit.Columns = slices.Compact(p.Unit.Columns)
}

func columnsOf(p *source.Package, st *types.Struct) {
	for i := range st.NumFields() {
		column, _, _ := strings.Cut(reflect.StructTag(st.Tag(i)).Get("db"), ",")
		field := st.Field(i).Name()
		if column != "" && column != "-" && !strings.EqualFold(strings.ReplaceAll(column, "_", ""), strings.ReplaceAll(field, "_", "")) {
			p.Unit.Columns = append(p.Unit.Columns, unit.Column{Field: field, Name: column})
		}
	}
}
