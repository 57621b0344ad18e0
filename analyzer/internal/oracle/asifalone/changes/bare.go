package changes

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/queries"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
)

// Bare makes up a statement on one table that asks for no tenant, as programs write them that
// rely on policies: whatever holds its rows, the statement does not. Its bind values are meant
// to be nothing in particular.
func Bare(r *rand.Rand, w *worlds.World) queries.Statement {
	b := &bare{Rand: r, table: domain.One(r, w.Order)}
	if odd := slices.DeleteFunc(slices.Clone(w.Order), plainly); len(odd) > 0 && r.IntN(3) > 0 {
		b.table = domain.One(r, odd)
	}
	name := domain.QuotedName(b.table)
	var sql string
	switch r.IntN(10) {
	case 0:
		sql = "SELECT * FROM " + name
	case 1:
		sql = "SELECT count(*) FROM " + name + b.where()
	case 2, 3:
		sql = "DELETE FROM " + name + b.where()
	case 4: // which reads no row, so that no policy for SELECT is asked
		sql = "UPDATE " + name + " SET " + b.set()
	case 5, 6:
		sql = "UPDATE " + name + " SET " + b.set() + b.where()
	default:
		sql = b.insert(name)
	}
	return queries.Renumber(queries.Statement{SQL: sql, Origin: "bare"})
}

// plainly tells a table with one policy that says nothing of what is written.
func plainly(t *catalogue.Table) bool {
	p := t.Security.Policies
	return len(p) == 0 || len(p) == 1 && p[0].Check == ""
}

type bare struct {
	*rand.Rand
	table *catalogue.Table
	holes int
}

func (b *bare) hole() string {
	b.holes++
	return fmt.Sprintf("$%d", b.holes)
}

// where is a condition on a column, or none.
func (b *bare) where() string {
	if b.IntN(3) == 0 {
		return ""
	}
	return " WHERE " + domain.Ident(domain.One(b.Rand, b.table.Columns).Name) + domain.One(b.Rand, []string{" = ", " <> "}) + b.hole()
}

// set sets one column.
func (b *bare) set() string {
	c := domain.One(b.Rand, b.table.Columns)
	if owner := b.table.Column; owner != "" && b.IntN(2) == 0 {
		return domain.Ident(owner) + " = " + b.hole()
	}
	return domain.Ident(c.Name) + " = " + b.hole()
}

// insert stores a row whose key is likely new.
func (b *bare) insert(name string) string {
	var columns, values []string
	for _, c := range b.table.Columns {
		if c.Generated || c.Identity {
			continue
		}
		value := b.hole()
		if c.Name == "id" {
			value = domain.Quote(domain.ValueOf(domain.BaseType(c.Type), 15+b.IntN(10)))
		}
		columns, values = append(columns, domain.Ident(c.Name)), append(values, value)
	}
	if len(columns) == 0 {
		return "INSERT INTO " + name + " DEFAULT VALUES"
	}
	return "INSERT INTO " + name + " (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")"
}
