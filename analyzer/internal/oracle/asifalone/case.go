package asifalone

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/fixture"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/queries"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// Case is a counterexample: a statement that the proof calls tied, and data on
// which another tenant makes a difference.
type Case struct {
	World, Seed uint64
	DDL         string
	Order       []*catalogue.Table
	Original    queries.Statement
	SQL         string
	Tenant      string
	Args        []domain.Value
	Alternative proof.Alternative
	Data        fixture.Data
	Difference  string
}

// from tells the statement that the case was made of.
func (c *Case) from(s queries.Statement) *Case {
	c.Original = s
	return c
}

// String writes the case as a txtar archive.
func (c *Case) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "found with seed %d in world %d; tied under %s, which differs for tenant %s:\n%s\n",
		c.Seed, c.World, describe(c.Alternative), c.Tenant, c.Difference)
	fmt.Fprintf(&b, "from (%s): %s\n", c.Original.Origin, c.Original.SQL)
	fmt.Fprintf(&b, "-- schema.sql --\n%s", c.schema())
	b.WriteString("-- data.sql --\n")
	for _, t := range c.Order {
		b.WriteString(fixture.InsertSQL(t, c.Data[t]))
	}
	fmt.Fprintf(&b, "-- statement.sql --\n%s\n-- bind --\n", c.SQL)
	for i, v := range c.Args {
		fmt.Fprintf(&b, "$%d = %s\n", i+1, domain.Quote(v))
	}
	return b.String()
}

// schema is the part of the schema that the case needs: what the statement names,
// what holds rows, and what those refer to.
func (c *Case) schema() string {
	parts := strings.SplitAfter(c.DDL, ";\n")
	needed := map[string]bool{}
	for _, w := range words(c.SQL) {
		needed[w] = true
	}
	for t, rows := range c.Data {
		needed[t.Name] = needed[t.Name] || len(rows) > 0
	}
	kept := make([]bool, len(parts))
	for range parts { // a part that is kept may need an earlier one
		for i, part := range parts {
			if w := words(part); len(w) > 2 && !kept[i] && (needed[w[2]] || w[0] != "CREATE" || w[1] == "POLICY" || w[1] == "FUNCTION") {
				kept[i] = true
				for _, name := range w[3:] {
					needed[name] = true
				}
			}
		}
	}
	var b strings.Builder
	for i, part := range parts {
		if kept[i] {
			b.WriteString(part)
		}
	}
	return b.String()
}

// words splits SQL into names and numbers; good enough to see which tables a text names.
func words(sql string) []string {
	return strings.FieldsFunc(sql, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// describe writes an alternative for people.
func describe(a proof.Alternative) string {
	var parts []string
	for _, n := range a.Needs {
		if n.Kind == proof.Setting {
			parts = append(parts, "setting "+n.Column)
			continue
		}
		kind := [...]string{proof.Tenant: "tenant", proof.Principal: "principal", proof.Key: "key", proof.NonZero: "nonzero", proof.Zero: "zero"}[n.Kind]
		if n.Kind == proof.Key {
			kind += "(" + n.Table + "." + n.Column + ")"
		}
		parts = append(parts, fmt.Sprintf("%s@$%d", kind, n.Hole))
	}
	for _, x := range a.Assumes {
		kind := [...]string{proof.Ref: "ref", proof.FixT: "fix", proof.Uniq: "uniq", proof.NullShare: "null share", proof.TriggerFills: "trigger", proof.PublicRows: "public"}[x.Kind]
		if x.Hard {
			kind = "hard " + kind
		}
		parts = append(parts, kind+" "+fixture.EdgeName(x.Table, x.Columns))
	}
	return "{" + strings.Join(parts, ", ") + "} by " + strings.Join(a.Rules, ", ")
}

// referenced reports whether a row is needed by another that refers to it.
func referenced(w *worlds.World, data fixture.Data, t *catalogue.Table, row fixture.Row) bool {
	for _, from := range w.Order {
		for _, e := range from.Edges {
			if e.To != t {
				continue
			}
			values, ok := fixture.Pick(t, row, e.RefColumns)
			for _, other := range data[from] {
				if ok && fixture.Matches(from, other, e.Columns, values) {
					return true
				}
			}
		}
	}
	return false
}
