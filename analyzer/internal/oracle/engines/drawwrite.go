package engines

import (
	"fmt"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// any draws a statement of any kind.
func (s *statement) any() string {
	switch s.r.Intn(10) {
	case 0, 1, 2:
		return s.insert()
	case 3:
		return s.update()
	case 4:
		return s.delete()
	case 5:
		from, aliases := s.joined()
		return fmt.Sprintf("WITH c AS (SELECT %s.id AS id FROM %s WHERE %s) SELECT c.id FROM c", aliases[0].name, from, s.where(aliases))
	case 6:
		a, b := s.from(s.owned()), s.from(s.owned())
		return fmt.Sprintf("SELECT %s.id FROM %s %s WHERE %s %s SELECT %s.id FROM %s %s WHERE %s",
			a.name, a.table, a.name, s.where([]alias{a}), s.pick("UNION", "UNION ALL", "EXCEPT", "INTERSECT"), b.name, b.table, b.name, s.where([]alias{b}))
	}
	return s.query(1)
}

// insert draws an INSERT in all its forms; new rows have ids that may be taken, or none.
func (s *statement) insert() string {
	t := tableNamed(s.pick("projects", "labels", "labels", "tasks"))
	columns := strings.Join(t.columns, ", ")
	var values []string
	given := t.columns
	if s.chance(40) { // the server makes the id
		given = given[1:]
	}
	for _, c := range given {
		values = append(values, s.hole(t.name+"."+c))
	}
	verb, rows := "INSERT INTO", " ("+strings.Join(given, ", ")+") VALUES ("+strings.Join(values, ", ")+")"
	if s.chance(15) && t.name != "tasks" {
		a := s.from(t.name)
		rows = fmt.Sprintf(" (%s) SELECT %s.id + 1000, %s FROM %s %s WHERE %s", columns, a.name, copied(t, a.name), a.table, a.name, s.where([]alias{a}))
	}
	change := t.columns[len(t.columns)-1]
	if s.chance(50) {
		change = t.columns[2]
	}
	if s.dialect == sqltree.MySQL {
		switch s.r.Intn(5) {
		case 0:
			return "REPLACE INTO " + t.name + rows
		case 1:
			return "INSERT IGNORE INTO " + t.name + rows
		case 2, 3:
			return verb + " " + t.name + rows + " ON DUPLICATE KEY UPDATE " + change + " = " + s.pick("VALUES("+change+")", "NULL", s.hole("text"))
		}
		return verb + " " + t.name + rows
	}
	conflict := func(target string) string {
		if strings.Contains(rows, "SELECT") {
			rows += " AND 1" // ON would be read as a join's
		}
		return verb + " " + t.name + rows + " ON CONFLICT " + target + " DO UPDATE SET " + change + " = " + s.pick("excluded."+change, "NULL")
	}
	switch s.r.Intn(7) {
	case 0:
		return "INSERT OR REPLACE INTO " + t.name + rows
	case 1:
		return "INSERT OR IGNORE INTO " + t.name + rows
	case 2:
		return conflict("")
	case 3:
		return conflict("(id)")
	case 4:
		return conflict(map[string]string{"projects": "(org_id, slug)", "labels": s.pick("(code)", "(org_id, name)"), "tasks": "(id)"}[t.name])
	case 5:
		return conflict(map[string]string{"projects": "(org_id, slug)", "labels": "(org_id, name)", "tasks": "(id)"}[t.name]) +
			" WHERE " + t.name + "." + t.columns[1] + " = " + "excluded." + t.columns[1]
	}
	return verb + " " + t.name + rows
}

// copied are the columns of a table but the id, keys changed so that they are new.
func copied(t table, alias string) string {
	var out []string
	for _, c := range t.columns[1:] {
		switch c {
		case "slug", "code":
			out = append(out, alias+".id + 2000")
		case "name":
			out = append(out, "NULL")
		default:
			out = append(out, alias+"."+c)
		}
	}
	return strings.Join(out, ", ")
}

func (s *statement) update() string {
	a := s.from(s.pick("projects", "labels", "tasks"))
	columns := tableNamed(a.table).columns
	column := columns[len(columns)-1]
	if s.chance(60) {
		column = columns[2]
	}
	if s.chance(8) {
		column = columns[1]
	}
	if s.chance(50) {
		text := fmt.Sprintf("UPDATE %s SET %s = %s WHERE ", a.table, column, s.hole(a.table+"."+column))
		text += s.where([]alias{{a.table, a.table}})
		if s.dialect == sqltree.MySQL && s.chance(30) {
			text += " ORDER BY id LIMIT 1"
		}
		return text
	}
	b, on := s.partner(a)
	if s.dialect == sqltree.SQLite {
		text := fmt.Sprintf("UPDATE %s AS %s SET %s = %s FROM %s AS %s WHERE %s AND ", a.table, a.name, column, s.hole(a.table+"."+column), b.table, b.name, on)
		return text + s.where([]alias{a, b})
	}
	set := fmt.Sprintf("%s.%s = ", a.name, column)
	also := ""
	if (b.table == "projects" || b.table == "tasks") && s.chance(30) {
		also = ", " + b.name + ".title = NULL"
	}
	text := fmt.Sprintf("UPDATE %s %s JOIN %s %s ON %s SET %s", a.table, a.name, b.table, b.name, on, set) + s.hole(a.table+"."+column) + also
	return text + " WHERE " + s.where([]alias{a, b})
}

func (s *statement) delete() string {
	a := s.from(s.pick("tasks", "labels", "tasks", "projects"))
	if s.dialect == sqltree.SQLite || s.chance(50) {
		text := "DELETE FROM " + a.table + " WHERE " + s.where([]alias{{a.table, a.table}})
		if s.dialect == sqltree.MySQL && s.chance(30) {
			text += " ORDER BY id LIMIT 1"
		}
		return text
	}
	b, on := s.partner(a)
	targets := a.name
	if b.table != "organizations" && b.table != "plans" && s.chance(50) {
		targets += ", " + b.name
	}
	return fmt.Sprintf("DELETE %s FROM %s %s JOIN %s %s ON %s WHERE ", targets, a.table, a.name, b.table, b.name, on) + s.where([]alias{a, b})
}
