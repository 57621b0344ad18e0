package compile

import (
	"cmp"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// columns writes down which columns the fields of the package's structs are read
// from, where a db tag names one that is not the field's own name. A generic
// function that collects rows knows only that a row becomes some struct; which,
// its callers know.
func (c *compiler) columns() {
	scope := c.in.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		if st, ok := tn.Type().Underlying().(*types.Struct); ok {
			c.columnsOf(st)
		}
	}
	slices.SortFunc(c.u.Columns, func(a, b unit.Column) int {
		return cmp.Or(strings.Compare(a.Field, b.Field), strings.Compare(a.Name, b.Name))
	})
	c.u.Columns = slices.Compact(c.u.Columns)
}

func (c *compiler) columnsOf(st *types.Struct) {
	for i := range st.NumFields() {
		column, _, _ := strings.Cut(reflect.StructTag(st.Tag(i)).Get("db"), ",")
		field := st.Field(i).Name()
		if column != "" && column != "-" && !strings.EqualFold(strings.ReplaceAll(column, "_", ""), strings.ReplaceAll(field, "_", "")) {
			c.u.Columns = append(c.u.Columns, unit.Column{Field: field, Name: column})
		}
	}
}
