package queries

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// Grammar makes up one statement over a world.
type Grammar struct {
	Rand  *rand.Rand
	World *worlds.World
	holes int
	Names int
	Meant []proof.Need
	main  int               // the hole that holds the tenant
	Ctes  []worlds.Relation // in scope
	Care  float64           // how often a relation gets a condition that may tie it
	wild  float64           // how often a condition is wrapped into something that may let go
	few   bool              // aliases are few, so that inner ones hide outer ones
	Odd   bool              // a condition was wrapped
	Bare  bool              // some columns stand without alias
}

// NewGrammar draws the temper of a statement. Most are careful, so that a good
// share is tied; what they do with the conditions is what is under test.
func NewGrammar(r *rand.Rand, w *worlds.World) *Grammar {
	g := &Grammar{Rand: r, World: w, Care: 1, wild: 0.1}
	switch r.IntN(10) {
	case 0, 1:
		g.Care = 0.9
	case 2:
		g.Care = 0.6
	}
	switch r.IntN(4) {
	case 0:
		g.wild = 0.5
	case 1:
		g.wild = 0
	}
	g.few, g.Bare = r.IntN(8) == 0, r.IntN(8) == 0
	return g
}

// Chance is true with probability p.
func (g *Grammar) Chance(p float64) bool { return g.Rand.Float64() < p }

// Alias makes a name that nothing else has, or where names are few one that is
// likely taken in another scope. Taken in its own, the server refuses it.
func (g *Grammar) Alias() string {
	g.Names++
	if g.few {
		return string("abcdef"[(g.Names+g.Rand.IntN(3))%6])
	}
	return fmt.Sprintf("r%d", g.Names)
}

// hole makes a new bind value that is meant to be something.
func (g *Grammar) hole(meant proof.Need) string {
	g.holes++
	meant.Hole = g.holes
	g.Meant = append(g.Meant, meant)
	return fmt.Sprintf("$%d", g.holes)
}

// Value makes a bind value that may be anything.
func (g *Grammar) Value() string {
	g.holes++
	return fmt.Sprintf("$%d", g.holes)
}

// TenantHole is nearly always the same hole.
func (g *Grammar) TenantHole() string {
	if g.main == 0 || g.Chance(0.07) {
		text := g.hole(proof.Need{Kind: proof.Tenant})
		if g.main == 0 {
			g.main = g.holes
		}
		return text
	}
	return fmt.Sprintf("$%d", g.main)
}

// KeyHole is a hole for a key column of a table.
func (g *Grammar) KeyHole(t *catalogue.Table, name string) string {
	if name == t.Column {
		return g.TenantHole()
	}
	return g.hole(proof.Need{Kind: proof.Key, Table: domain.TableName(t), Column: name})
}

// SomeTable picks a table, owned ones more often, rarely a partition.
func (g *Grammar) SomeTable() *catalogue.Table {
	if t := domain.One(g.Rand, g.World.Cat.Tables); t.PartitionOf != "" && len(t.Columns) > 0 {
		return t
	}
	for range 3 {
		if t := domain.One(g.Rand, g.World.Order); t.Tenancy != catalogue.Shared && (t.Tenancy != catalogue.Root || g.Chance(0.3)) {
			return t
		}
	}
	return domain.One(g.Rand, g.World.Order)
}

// Literal writes a constant of a type.
func (g *Grammar) Literal(typ string) string { return literalOf(typ, 1+g.Rand.IntN(4)) }

// literalOf writes the n-th value of a type.
func literalOf(typ string, n int) string {
	text := *domain.ValueOf(typ, n)
	switch typ {
	case "bigint", "integer", "int", "numeric":
		return text
	case "boolean":
		return strings.ToUpper(text)
	}
	return domain.Quote(&text)
}

// And joins conditions; "" if there are none.
func And(conditions []string) string {
	var kept []string
	for _, c := range conditions {
		if c != "" {
			kept = append(kept, c)
		}
	}
	if len(kept) > 1 {
		for i, c := range kept {
			kept[i] = grouped(c)
		}
	}
	return strings.Join(kept, " AND ")
}

// grouped parenthesises a condition that has an OR outside of parentheses.
func grouped(cond string) string {
	if strings.Contains(cond, " OR ") {
		return "(" + cond + ")"
	}
	return cond
}

// Or is the first text that is not empty.
func Or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Where prefixes a condition, if there is one.
func Where(word, cond string) string {
	if cond == "" {
		return ""
	}
	return " " + word + " " + cond
}
