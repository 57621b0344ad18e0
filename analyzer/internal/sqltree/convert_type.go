package sqltree

import (
	"fmt"
	"strings"

	pg "github.com/sqlc-dev/oliphant"
)

// typeName is the text of a type: `uuid`, `numeric(10,2)`, `text[]`. Types that
// PostgreSQL has under two names come out under the shorter (`int4` for
// `integer`); the arguments of a type are no expressions of the statement.
func (c *converter) typeName(t *pg.TypeName) string {
	path := names(t.GetNames())
	own := len(path) == 2 && path[0] == "pg_catalog"
	if own && path[1] == "interval" && len(t.Typmods) > 0 {
		return c.deparsedType(t)
	}
	var out strings.Builder
	if t.Setof {
		out.WriteString("SETOF ")
	}
	if own && builtin(path[1]) {
		out.WriteString(path[1])
	} else {
		out.WriteString(quotePath(path))
	}
	if t.PctType {
		out.WriteString("%TYPE")
	}
	c.modifiers(&out, t.Typmods)
	out.WriteString(arrayBounds(t.ArrayBounds))
	return out.String()
}

// modifiers writes what stands in parentheses: numbers, or names that the grammar
// takes for columns, as in geometry(Point, 4326).
func (c *converter) modifiers(out *strings.Builder, list []*pg.Node) {
	if len(list) == 0 {
		return
	}
	p := printer{}
	for i, n := range list {
		if i > 0 {
			p.text(",")
		}
		p.operand(c.expr(n))
	}
	fmt.Fprintf(out, "(%s)", p.String())
}

func arrayBounds(list []*pg.Node) string {
	var out strings.Builder
	for _, n := range list {
		if size := n.GetInteger().GetIval(); size > 0 {
			fmt.Fprintf(&out, "[%d]", size)
			continue
		}
		out.WriteString("[]")
	}
	return out.String()
}

// builtin tells the types that need no schema because their bare name is the
// same type in the grammar.
func builtin(name string) bool {
	switch name {
	case "int2", "int4", "int8", "float4", "float8", "bool", "numeric", "bpchar", "varchar", "json",
		"bit", "varbit", "time", "timetz", "timestamp", "timestamptz", "interval":
		return true
	}
	return false
}

// deparsedType writes a type by way of a cast.
func (c *converter) deparsedType(t *pg.TypeName) string {
	cast := &pg.Node{Node: &pg.Node_TypeCast{TypeCast: &pg.TypeCast{Arg: pg.MakeAConstIntNode(0, 0), TypeName: t}}}
	return strings.TrimPrefix(deparsed(cast), "0::")
}
