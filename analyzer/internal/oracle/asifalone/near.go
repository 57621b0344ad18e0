package asifalone

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// nearby is what a statement compares a hole with: columns, by name only, and
// literals.
type nearby struct{ columns, literals []string }

// nearbyOf finds what every hole of a statement is compared with.
func nearbyOf(tree sqltree.Statement) map[int]nearby {
	out := map[int]nearby{}
	sqltree.Walk(tree, func(n sqltree.Node) bool {
		switch e := n.(type) {
		case *sqltree.Binary:
			note(out, e.L, e.R)
			note(out, e.R, e.L)
		case *sqltree.In:
			for _, item := range e.List {
				note(out, item, e.X)
			}
		case *sqltree.Quantified:
			note(out, e.Array, e.X)
		}
		return true
	})
	return out
}

// note adds what one operand is compared with to the holes of the other.
func note(out map[int]nearby, of, with sqltree.Expr) {
	for _, h := range holesIn(of) {
		near := out[h.Number]
		walkIn(with, func(n sqltree.Node) {
			switch e := n.(type) {
			case *sqltree.Column:
				near.columns = append(near.columns, e.Name)
			case *sqltree.Literal:
				if e.Kind == sqltree.String || e.Kind == sqltree.Number {
					near.literals = append(near.literals, e.Text)
				}
			}
		})
		out[h.Number] = near
	}
}

// found draws a value that some row holds in a column that the hole is compared
// with, or a literal that it is compared with; nil for none, and often enough.
func (b *binder) found(typ string, near nearby) Value {
	if b.r.IntN(3) == 0 {
		return nil
	}
	base := baseType(typ)
	choices := b.held(near.columns)
	for _, l := range near.literals {
		if readable(base, l) {
			choices = append(choices, text(l))
		}
	}
	if len(choices) == 0 {
		return nil
	}
	if !strings.HasSuffix(typ, "[]") {
		return one(b.r, choices)
	}
	elements := make([]Value, 1+b.r.IntN(3))
	for i := range elements {
		elements[i] = one(b.r, choices)
	}
	return text(arrayOf(elements))
}

// held lists what the rows of all tenants hold in columns of some names.
func (b *binder) held(names []string) []Value {
	var out []Value
	for _, t := range b.w.Order {
		for i, c := range t.Columns {
			if !slices.Contains(names, c.Name) {
				continue
			}
			out = append(out, b.column(t, i)...)
		}
	}
	return out
}

// column lists what the rows of a table hold in the i-th column.
func (b *binder) column(t *catalogue.Table, i int) []Value {
	var out []Value
	for _, row := range b.data[t] {
		if row[i] != nil {
			out = append(out, row[i])
		}
	}
	return out
}

// readable tells whether the server reads a literal as a value of the type.
func readable(typ, literal string) bool {
	switch typ {
	case "text", "varchar", "character varying", "char", "citext":
		return true
	case "uuid":
		return uuidPattern.MatchString(literal)
	case "smallint", "integer", "int", "bigint", "numeric":
		return numberPattern.MatchString(literal)
	}
	return false
}

var (
	uuidPattern   = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	numberPattern = regexp.MustCompile(`^[0-9]{1,4}$`)
)
