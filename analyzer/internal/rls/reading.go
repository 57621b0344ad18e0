package rls

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Reading is a variable of the session that a policy reads as a value of a type.
// Sort is what a value of the type is, as units tell it of binds, "" where any text may be one; Text is
// the expression.
type Reading struct{ Setting, Type, Sort, Table, Policy, Text string }

// Readings are those of the policies of a database, as far as it is seen: by a cast, or by a
// comparison with the text of a column. What is read as a text is left out.
func Readings(c *catalogue.Catalogue) []Reading {
	if c.Diagram == nil || c.Diagram.Speaks() != sqltree.Postgres {
		return nil
	}
	var out []Reading
	for _, t := range c.Tables {
		for _, p := range t.Security.Policies {
			for _, text := range []string{p.Using, p.Check} {
				if text == "" {
					continue
				}
				for _, r := range readings(parsed(expanded(c, t, text)), t) {
					r.Table, r.Policy, r.Text = t.FullName(), p.Name, text
					out = append(out, r)
				}
			}
		}
	}
	return out
}

// readings are those of an expression.
func readings(e sqltree.Expr, t *catalogue.Table) []Reading {
	if e == nil {
		return nil
	}
	var out []Reading
	add := func(setting, typ string) {
		if setting != "" && typ != "" && !isText(typ) {
			out = append(out, Reading{Setting: setting, Type: typ, Sort: sortOf(typ)})
		}
	}
	sqltree.Walk(e, func(n sqltree.Node) bool {
		switch x := n.(type) {
		case *sqltree.Cast:
			add(readBy(x.X), typeName(x.Type))
		case *sqltree.Binary:
			if x.Op == "=" {
				add(readBy(x.L), textOf(x.R, t))
				add(readBy(x.R), textOf(x.L, t))
			}
		}
		return true
	})
	return out
}

// readBy is the variable whose text an expression is, "" if it is another value.
func readBy(e sqltree.Expr) string {
	switch x := e.(type) {
	case *sqltree.Call:
		if strings.EqualFold(x.Name, settingReader) && len(x.Args) > 0 {
			if name, ok := uncast(x.Args[0]).(*sqltree.Literal); ok && name.Kind == sqltree.String {
				return strings.ToLower(name.Text)
			}
		}
	case *sqltree.Other:
		if x.Kind == "NULLIF" && len(x.Args) > 0 {
			return readBy(x.Args[0])
		}
	case *sqltree.Cast:
		if isText(x.Type) {
			return readBy(x.X)
		}
	}
	return ""
}

// textOf is the type of a column whose text an expression is, "" if it is another value.
func textOf(e sqltree.Expr, t *catalogue.Table) string {
	c, ok := e.(*sqltree.Cast)
	if !ok || !isText(c.Type) {
		return ""
	}
	column, ok := c.X.(*sqltree.Column)
	if !ok || column.Table != "" && column.Table != t.Name || t.Table.Column(column.Name) == nil {
		return ""
	}
	return typeName(t.Table.Column(column.Name).Type)
}

// sortOf is what a value of a type is.
func sortOf(typ string) string {
	switch typ {
	case "uuid":
		return "uuid"
	case "bigint", "integer":
		return "integer"
	}
	return ""
}

// typeName is a type as SQL calls it.
func typeName(name string) string {
	switch name = strings.TrimPrefix(strings.ToLower(name), "pg_catalog."); name {
	case "int8":
		return "bigint"
	case "int", "int4":
		return "integer"
	case "int2":
		return "smallint"
	}
	return name
}
