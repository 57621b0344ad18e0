package engines

import (
	"fmt"
	"math/rand"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// statement draws statements of a dialect. A bind is known by what it is compared with:
// table.column, or a kind of value.
type statement struct {
	r       *rand.Rand
	dialect sqltree.Dialect
	drawn   []string // what the holes are compared with
	aliases int
}

// alias is a table under a name.
type alias struct{ table, name string }

func (s *statement) pick(list ...string) string { return list[s.r.Intn(len(list))] }

func (s *statement) chance(percent int) bool { return s.r.Intn(100) < percent }

// hole is a bind value for a column. Its mark is replaced when the text is finished: the
// parts of a statement are not drawn in the order in which they are written.
func (s *statement) hole(column string) string {
	s.drawn = append(s.drawn, column)
	return fmt.Sprintf("\x00%d\x00", len(s.drawn)-1)
}

// finished is a text with question marks, and what is bound to them.
func (s *statement) finished(text string) (sql string, binds []string) {
	parts := strings.Split(text, "\x00")
	for i := 1; i < len(parts); i += 2 {
		n, _ := strconv.Atoi(parts[i])
		binds = append(binds, s.drawn[n])
		parts[i] = "?"
	}
	return strings.Join(parts, ""), binds
}

func (s *statement) from(table string) alias {
	s.aliases++
	return alias{table, fmt.Sprintf("x%d", s.aliases)}
}

// owned is one of the tables with rows of tenants.
func (s *statement) owned() string {
	return s.pick("projects", "projects", "labels", "tasks", "organizations")
}

// column is a column of an alias, by its place among those of its table.
func (s *statement) column(a alias) string {
	columns := tableNamed(a.table).columns
	return a.name + "." + columns[s.r.Intn(len(columns))]
}

// tie is a condition that may tie rows of an alias to the tenant.
func (s *statement) tie(a alias) string {
	org := map[string]string{"projects": "org_id", "labels": "org_id", "organizations": "id"}[a.table]
	if org == "" { // tasks
		switch s.r.Intn(3) {
		case 0:
			p := s.from("projects")
			return fmt.Sprintf("%s.project_id IN (SELECT %s.id FROM projects %s WHERE %s)", a.name, p.name, p.name, s.tie(p))
		case 1:
			p := s.from("projects")
			return fmt.Sprintf("EXISTS (SELECT 1 FROM projects %s WHERE %s.id = %s.project_id AND %s)", p.name, p.name, a.name, s.tie(p))
		}
		return a.name + ".id = " + s.hole("tasks.id")
	}
	column := a.name + "." + org
	hole := s.hole(a.table + "." + org)
	switch s.r.Intn(9) {
	case 0:
		return fmt.Sprintf("%s = %s", hole, column)
	case 1:
		if s.dialect == sqltree.MySQL {
			return fmt.Sprintf("%s <=> %s", column, hole)
		}
		return fmt.Sprintf("%s IS %s", column, hole)
	case 2:
		return fmt.Sprintf("%s IN (%s, %s)", column, hole, s.hole(a.table+"."+org))
	case 3:
		return fmt.Sprintf("COALESCE(%s, %s) = %s", hole, s.hole(a.table+"."+org), column)
	case 4:
		return fmt.Sprintf("%s BETWEEN %s AND %s", column, hole, s.hole(a.table+"."+org))
	case 5:
		return fmt.Sprintf("(%s, 1) = (%s, 1)", column, hole)
	case 6:
		return fmt.Sprintf("NOT (%s <> %s)", column, hole)
	}
	return fmt.Sprintf("%s = %s", column, hole)
}

// condition is a condition on the aliases, whatever it says.
func (s *statement) condition(from []alias, depth int) string {
	a := from[s.r.Intn(len(from))]
	if depth > 0 && s.chance(45) {
		x, y := s.condition(from, depth-1), s.condition(from, depth-1)
		switch s.r.Intn(8) {
		case 0:
			return "NOT (" + x + ")"
		case 1, 2:
			return "(" + x + " OR " + y + ")"
		case 3:
			if s.dialect == sqltree.MySQL {
				return s.pick("("+x+" XOR "+y+")", "("+x+" || "+y+")", x+" OR "+y)
			}
			return x + " OR " + y
		case 4:
			if s.dialect == sqltree.MySQL {
				return fmt.Sprintf("IF(%s, %s, %s)", x, y, s.condition(from, depth-1))
			}
			return fmt.Sprintf("iif(%s, %s, %s)", x, y, s.condition(from, depth-1))
		case 5:
			return fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", x, y, s.pick("0", "1", "NULL"))
		}
		return "(" + x + " AND " + y + ")"
	}
	if s.chance(45) {
		return s.tie(a)
	}
	return s.loose(a)
}

// loose is a condition that ties nothing, or should not.
func (s *statement) loose(a alias) string {
	column := s.column(a)
	switch s.r.Intn(9) {
	case 0:
		return column + " IS " + s.pick("NULL", "NOT NULL")
	case 1:
		return column + " = " + s.hole(a.table+column[strings.Index(column, "."):])
	case 2:
		return column + " LIKE " + s.hole("text")
	case 3:
		return fmt.Sprintf("(1 / (%s.id - 11)) IS NULL", a.name)
	case 4:
		if s.dialect == sqltree.MySQL {
			return fmt.Sprintf("%s COLLATE utf8mb4_bin = %s", "CONCAT("+column+", '')", s.hole("text"))
		}
		return fmt.Sprintf("%s = %s COLLATE NOCASE", column, s.hole("text"))
	case 5:
		return fmt.Sprintf("CAST(%s AS %s) = %s", column, map[sqltree.Dialect]string{sqltree.MySQL: "SIGNED", sqltree.SQLite: "INTEGER"}[s.dialect], s.hole("number"))
	case 6:
		return fmt.Sprintf("NULLIF(%s, %s) IS NULL", column, s.hole("text"))
	case 7:
		return fmt.Sprintf("%s %s %s", column, s.pick("<", ">=", "<>"), s.hole("number"))
	}
	return fmt.Sprintf("%s.id = %s", a.name, s.hole(a.table+".id"))
}

// where mostly ties what it is about.
func (s *statement) where(from []alias) string {
	var parts []string
	for _, a := range from {
		if a.table != "plans" && s.chance(65) {
			parts = append(parts, s.tie(a))
		}
	}
	if len(parts) == 0 || s.chance(50) {
		parts = append(parts, s.condition(from, 2))
	}
	return strings.Join(parts, " AND ")
}

// joined is FROM with one or two tables.
func (s *statement) joined() (string, []alias) {
	a := s.from(s.owned())
	text, from := a.table+" "+a.name, []alias{a}
	if s.chance(45) {
		return text, from
	}
	b, on := s.partner(a)
	join := s.pick("JOIN", "JOIN", "LEFT JOIN")
	if s.dialect == sqltree.MySQL && s.chance(20) {
		join = "STRAIGHT_JOIN"
	}
	if s.chance(15) {
		on = s.condition([]alias{a, b}, 1)
	}
	return fmt.Sprintf("%s %s %s %s ON %s", text, join, b.table, b.name, on), append(from, b)
}

// ids are the keys of all aliases: an order by them leaves nothing free.
func ids(from []alias) string {
	var out []string
	for _, a := range from {
		out = append(out, a.name+".id")
	}
	return strings.Join(out, ", ")
}

// partner is a table that an alias is joined with, and by what.
func (s *statement) partner(a alias) (alias, string) {
	switch a.table {
	case "projects":
		if s.chance(50) {
			b := s.from("tasks")
			return b, b.name + ".project_id = " + a.name + ".id"
		}
		b := s.from("plans")
		return b, b.name + ".id = " + a.name + ".plan_id"
	case "tasks":
		b := s.from("projects")
		return b, b.name + ".id = " + a.name + ".project_id"
	case "labels":
		b := s.from("organizations")
		return b, b.name + ".id = " + a.name + ".org_id"
	}
	b := s.from("projects")
	return b, b.name + ".org_id = " + a.name + ".id"
}

// query draws a SELECT.
func (s *statement) query(depth int) string {
	from, aliases := s.joined()
	text := "SELECT "
	group := ""
	switch s.r.Intn(6) {
	case 0:
		text += "count(*), max(" + s.column(aliases[0]) + ")"
	case 1:
		column := s.column(aliases[0])
		text += column + ", count(*)"
		group = " GROUP BY " + column
		if s.chance(40) {
			group += " HAVING " + s.pick("count(*) > 1", column+" = "+s.hole(aliases[0].table+column[strings.Index(column, "."):]))
		}
	case 2:
		text += s.column(aliases[0]) + ", row_number() OVER (PARTITION BY " + s.column(aliases[0]) + " ORDER BY " + ids(aliases) + ")"
	default:
		text += s.column(aliases[0]) + ", " + s.column(aliases[len(aliases)-1])
		if depth > 0 && s.chance(25) {
			b := s.from(s.owned())
			text += fmt.Sprintf(", (SELECT count(*) FROM %s %s WHERE %s)", b.table, b.name, s.where([]alias{b}))
		}
	}
	text += " FROM " + from + " WHERE " + s.where(aliases) + group
	switch {
	case depth > 0 && s.chance(20):
		return fmt.Sprintf("SELECT y.a FROM (SELECT %s.id AS a, %s AS b FROM %s WHERE %s) y WHERE y.b = %s",
			aliases[0].name, s.column(aliases[0]), from, s.where(aliases), s.hole("number"))
	case group == "" && !strings.Contains(text, "count(") && s.chance(25):
		return text + " ORDER BY " + ids(aliases) + s.pick(" LIMIT 1", " LIMIT 1, 2", " LIMIT 2 OFFSET 1")
	}
	return text
}
