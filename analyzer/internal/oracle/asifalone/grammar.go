package asifalone

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// Statement is a text that was made up, with what its holes were meant to be:
// a rejected statement is run with that.
type Statement struct {
	SQL    string
	Meant  []proof.Need
	Origin string // "grammar", or the case that was mutated
	Odd    bool   // conditions are wrapped into forms that people hardly write
}

// grammar makes up one statement over a world.
type grammar struct {
	r     *rand.Rand
	w     *World
	holes int
	names int
	meant []proof.Need
	main  int        // the hole that holds the tenant
	ctes  []relation // in scope
	care  float64    // how often a relation gets a condition that may tie it
	wild  float64    // how often a condition is wrapped into something that may let go
	few   bool       // aliases are few, so that inner ones hide outer ones
	odd   bool       // a condition was wrapped
	bare  bool       // some columns stand without alias
}

// nesting is how deep statements nest.
const nesting = 4

// newGrammar draws the temper of a statement. Most are careful, so that a good
// share is tied; what they do with the conditions is what is under test.
func newGrammar(r *rand.Rand, w *World) *grammar {
	g := &grammar{r: r, w: w, care: 1, wild: 0.1}
	switch r.IntN(10) {
	case 0, 1:
		g.care = 0.9
	case 2:
		g.care = 0.6
	}
	switch r.IntN(4) {
	case 0:
		g.wild = 0.5
	case 1:
		g.wild = 0
	}
	g.few, g.bare = r.IntN(8) == 0, r.IntN(8) == 0
	return g
}

// generate makes up one statement.
func generate(r *rand.Rand, w *World) Statement {
	g := newGrammar(r, w)
	var sql string
	if r.IntN(10) < 6 {
		sql, _ = g.query(1+r.IntN(nesting), nil, shape{})
	} else {
		sql = writes{g}.write(1 + r.IntN(nesting))
	}
	if g.bare {
		sql = qualifiedPattern.ReplaceAllStringFunc(sql, func(ref string) string {
			if g.chance(0.4) {
				return ref[strings.IndexByte(ref, '.')+1:]
			}
			return ref
		})
	}
	return renumber(Statement{SQL: sql, Meant: g.meant, Origin: "grammar", Odd: g.odd})
}

// renumber counts the holes in the order in which the text has them, without
// those that were made and thrown away.
func renumber(s Statement) Statement {
	numbers := map[int]int{}
	s.SQL = holePattern.ReplaceAllStringFunc(s.SQL, func(hole string) string {
		n, _ := strconv.Atoi(hole[1:])
		if numbers[n] == 0 {
			numbers[n] = len(numbers) + 1
		}
		return fmt.Sprintf("$%d", numbers[n])
	})
	var meant []proof.Need
	for _, need := range s.Meant {
		if need.Hole = numbers[need.Hole]; need.Hole > 0 {
			meant = append(meant, need)
		}
	}
	s.Meant = meant
	return s
}

// qualifiedPattern finds columns with their alias.
var qualifiedPattern = regexp.MustCompile(`\b(r[0-9]+|[a-f])\."[a-z_0-9]+"`)

// holePattern finds holes; no text that is made up here has a dollar elsewhere.
var holePattern = regexp.MustCompile(`\$[0-9]+`)

// chance is true with probability p.
func (g *grammar) chance(p float64) bool { return g.r.Float64() < p }

// alias makes a name that nothing else has, or where names are few one that is
// likely taken in another scope. Taken in its own, the server refuses it.
func (g *grammar) alias() string {
	g.names++
	if g.few {
		return string("abcdef"[(g.names+g.r.IntN(3))%6])
	}
	return fmt.Sprintf("r%d", g.names)
}

// hole makes a new bind value that is meant to be something.
func (g *grammar) hole(meant proof.Need) string {
	g.holes++
	meant.Hole = g.holes
	g.meant = append(g.meant, meant)
	return fmt.Sprintf("$%d", g.holes)
}

// value makes a bind value that may be anything.
func (g *grammar) value() string {
	g.holes++
	return fmt.Sprintf("$%d", g.holes)
}

// tenantHole is nearly always the same hole.
func (g *grammar) tenantHole() string {
	if g.main == 0 || g.chance(0.07) {
		text := g.hole(proof.Need{Kind: proof.Tenant})
		if g.main == 0 {
			g.main = g.holes
		}
		return text
	}
	return fmt.Sprintf("$%d", g.main)
}

// keyHole is a hole for a key column of a table.
func (g *grammar) keyHole(t *catalogue.Table, name string) string {
	if name == t.Column {
		return g.tenantHole()
	}
	return g.hole(proof.Need{Kind: proof.Key, Table: tableName(t), Column: name})
}

// someTable picks a table, owned ones more often, rarely a partition.
func (g *grammar) someTable() *catalogue.Table {
	if t := one(g.r, g.w.Cat.Tables); t.PartitionOf != "" && len(t.Columns) > 0 {
		return t
	}
	for range 3 {
		if t := one(g.r, g.w.Order); t.Tenancy != catalogue.Shared && (t.Tenancy != catalogue.Root || g.chance(0.3)) {
			return t
		}
	}
	return one(g.r, g.w.Order)
}

// literal writes a constant of a type.
func (g *grammar) literal(typ string) string { return literalOf(typ, 1+g.r.IntN(4)) }

// literalOf writes the n-th value of a type.
func literalOf(typ string, n int) string {
	text := *valueOf(typ, n)
	switch typ {
	case "bigint", "integer", "int", "numeric":
		return text
	case "boolean":
		return strings.ToUpper(text)
	}
	return quote(&text)
}

// and joins conditions; "" if there are none.
func and(conditions []string) string {
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

// or is the first text that is not empty.
func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// where prefixes a condition, if there is one.
func where(word, cond string) string {
	if cond == "" {
		return ""
	}
	return " " + word + " " + cond
}
