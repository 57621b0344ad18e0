package engines

import (
	"fmt"
	"math/rand"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// table is a table of the world.
type table struct {
	name    string
	columns []string
	create  map[sqltree.Dialect]string
}

// The tables in the order in which rows can be inserted; the id of each is its first
// column.
var tables = []table{
	{"organizations", []string{"id", "name"}, map[sqltree.Dialect]string{
		sqltree.MySQL:  "CREATE TABLE organizations (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL)",
		sqltree.SQLite: "CREATE TABLE organizations (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
	}},
	{"plans", []string{"id", "name"}, map[sqltree.Dialect]string{
		sqltree.MySQL:  "CREATE TABLE plans (id INT PRIMARY KEY, name VARCHAR(20))",
		sqltree.SQLite: "CREATE TABLE plans (id INTEGER PRIMARY KEY, name TEXT)",
	}},
	{"projects", []string{"id", "org_id", "slug", "title", "plan_id"}, map[sqltree.Dialect]string{
		sqltree.MySQL: "CREATE TABLE projects (id INT AUTO_INCREMENT PRIMARY KEY, org_id INT NOT NULL, slug VARCHAR(20) NOT NULL, title VARCHAR(20), plan_id INT, " +
			"UNIQUE KEY (org_id, slug), FOREIGN KEY (org_id) REFERENCES organizations (id), FOREIGN KEY (plan_id) REFERENCES plans (id))",
		sqltree.SQLite: "CREATE TABLE projects (id INTEGER PRIMARY KEY, org_id INTEGER NOT NULL REFERENCES organizations(id), slug TEXT NOT NULL, title TEXT, " +
			"plan_id INTEGER REFERENCES plans(id), UNIQUE (org_id, slug))",
	}},
	{"tasks", []string{"id", "project_id", "title", "done"}, map[sqltree.Dialect]string{
		sqltree.MySQL:  "CREATE TABLE tasks (id INT AUTO_INCREMENT PRIMARY KEY, project_id INT NOT NULL, title VARCHAR(20), done INT NOT NULL, FOREIGN KEY (project_id) REFERENCES projects (id))",
		sqltree.SQLite: "CREATE TABLE tasks (id INTEGER PRIMARY KEY, project_id INTEGER NOT NULL REFERENCES projects(id), title TEXT, done INTEGER NOT NULL)",
	}},
	{"labels", []string{"id", "org_id", "name", "code"}, map[sqltree.Dialect]string{
		sqltree.MySQL: "CREATE TABLE labels (id INT AUTO_INCREMENT PRIMARY KEY, org_id INT NOT NULL, name VARCHAR(20), code VARCHAR(20) NOT NULL, UNIQUE KEY (code), " +
			"UNIQUE KEY (org_id, name), FOREIGN KEY (org_id) REFERENCES organizations (id))",
		sqltree.SQLite: "CREATE TABLE labels (id INTEGER PRIMARY KEY, org_id INTEGER NOT NULL REFERENCES organizations(id), name TEXT, code TEXT NOT NULL UNIQUE, UNIQUE (org_id, name))",
	}},
}

// ddl is the schema of the world.
func ddl(d sqltree.Dialect) []string {
	var out []string
	for _, t := range tables {
		out = append(out, t.create[d])
	}
	return out
}

func tableNamed(name string) table {
	for _, t := range tables {
		if t.name == name {
			return t
		}
	}
	panic("no table " + name)
}

// row is a row with its owner: a tenant, or 0 for what all share.
type row struct {
	table  string
	owner  int
	values []any
}

// The tenants; mine is A.
const (
	mine    = 1
	tenants = 3
)

// draw makes the rows of a world. Titles repeat across tenants, also in capitals; no
// reference leads to another tenant.
func draw(r *rand.Rand) []row {
	titles := []any{nil, "a", "A", "b", "", "0"}
	var out []row
	add := func(table string, owner int, values ...any) { out = append(out, row{table, owner, values}) }
	for t := 1; t <= tenants; t++ {
		add("organizations", t, t, titles[1+r.Intn(4)])
	}
	for p := 1; p <= 2; p++ {
		add("plans", 0, p, titles[r.Intn(len(titles))])
	}
	id := 10
	for t := 1; t <= tenants; t++ {
		for i := range 2 + r.Intn(2) {
			id++
			project := id
			add("projects", t, project, t, fmt.Sprintf("s%d", i), titles[r.Intn(len(titles))], []any{nil, 1, 2}[r.Intn(3)])
			for range r.Intn(3) {
				id++
				add("tasks", t, id, project, titles[r.Intn(len(titles))], r.Intn(2))
			}
		}
		for i := range 1 + r.Intn(3) {
			id++
			add("labels", t, id, t, []any{nil, fmt.Sprintf("l%d", i)}[r.Intn(2)], fmt.Sprintf("c%d", id))
		}
	}
	return out
}
