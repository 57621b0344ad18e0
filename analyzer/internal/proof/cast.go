package proof

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// values says which term an expression is, and whether it may be NULL.
type values struct {
	*scopes
	cat *catalogue.Catalogue
	// links tells which column an output of a query copies.
	links map[termID]termID
	ofRow map[int]*query // the query that a row is given by
	// grouped holds, while what stands behind GROUP BY is read, the block whose
	// grouping sets may make NULL of what cannot be.
	grouped map[*tuple]*block
	inBody  int // inside of a function's body, where $1 is an argument
}

// newValues starts with nothing known.
func newValues(cat *catalogue.Catalogue) *values {
	return &values{
		scopes: &scopes{newStore()}, cat: cat, links: map[termID]termID{}, ofRow: map[int]*query{}, grouped: map[*tuple]*block{},
	}
}

// castTerm sees through a cast that keeps different values different. The cast
// of a bind value says which type it has; the cast of a column may merge values
// ('01'::int is '1'::int), but not to text.
func (p *values) castTerm(en *env, e *sqltree.Cast) termID {
	t := p.plainTerm(en, e.X)
	if t == noTerm || strings.Contains(e.Type, "(") {
		return noTerm
	}
	if p.terms[t].kind != columnTerm {
		return t
	}
	from := p.columnType(p.terms[t])
	switch {
	case textType(e.Type):
		return t
	case from != "" && sameFamily(from, e.Type):
		return t
	}
	return noTerm
}

// columnType is the declared type of a column, "" if it is not known.
func (p *values) columnType(t term) string {
	if t.tuple.table != nil {
		return declaredType(t.tuple.table, t.column)
	}
	q := p.ofRow[t.tuple.id]
	if q == nil || q.block == nil {
		return ""
	}
	for _, o := range q.outs {
		if o.name == t.column && o.term != noTerm && p.terms[o.term].kind == columnTerm {
			return p.columnType(p.terms[o.term])
		}
	}
	return ""
}

// declaredType is a column's type in lower case, "" if the table has no such column.
func declaredType(t *catalogue.Table, name string) string {
	for _, c := range t.Columns {
		if c.Name == name {
			return strings.ToLower(c.Type)
		}
	}
	return ""
}

// textType tells the types to which a cast keeps different values different.
func textType(typ string) bool {
	switch lastName(typ) {
	case "text", "varchar", "character varying":
		return true
	}
	return false
}

// sameFamily tells the casts between whole numbers, and those that change nothing.
func sameFamily(from, to string) bool {
	from, to = lastName(from), lastName(to)
	return from == to || wholeNumber(from) && wholeNumber(to)
}

// wholeNumber tells the types between which a cast changes no value.
func wholeNumber(typ string) bool {
	switch typ {
	case "int", "int2", "int4", "int8", "integer", "bigint", "smallint", "serial", "bigserial", "numeric", "decimal":
		return true
	}
	return false
}

// lastName takes the schema off a type's name.
func lastName(typ string) string {
	typ = strings.ToLower(typ)
	return typ[strings.LastIndexByte(typ, '.')+1:]
}
