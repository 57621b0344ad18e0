package binding

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Nearby is what a statement compares a hole with: columns, by name only, and
// literals.
type Nearby struct{ columns, literals []string }

// NearbyOf finds what every hole of a statement is compared with.
func NearbyOf(tree sqltree.Statement) map[int]Nearby {
	out := map[int]Nearby{}
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
func note(out map[int]Nearby, of, with sqltree.Expr) {
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
func (b *Binder) found(typ string, near Nearby) domain.Value {
	if b.Rand.IntN(3) == 0 {
		return nil
	}
	base := domain.BaseType(typ)
	choices := b.held(near.columns)
	for _, l := range near.literals {
		if readable(base, l) {
			choices = append(choices, domain.Text(l))
		}
	}
	if len(choices) == 0 {
		return nil
	}
	if !strings.HasSuffix(typ, "[]") {
		return domain.One(b.Rand, choices)
	}
	elements := make([]domain.Value, 1+b.Rand.IntN(3))
	for i := range elements {
		elements[i] = domain.One(b.Rand, choices)
	}
	return domain.Text(domain.ArrayOf(elements))
}

// held lists what the rows of all tenants hold in columns of some names.
func (b *Binder) held(names []string) []domain.Value {
	var out []domain.Value
	for _, t := range b.World.Order {
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
func (b *Binder) column(t *catalogue.Table, i int) []domain.Value {
	var out []domain.Value
	for _, row := range b.Data[t] {
		if row[i] != nil {
			out = append(out, row[i])
		}
	}
	return out
}

// readable reports whether the server reads a literal as a value of the type.
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
