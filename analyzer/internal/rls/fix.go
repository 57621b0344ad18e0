package rls

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A Fix is a migration that adds what is missing of the second wall. What needs a person it
// does not touch: policies that widen, escapes, keys, functions, grants.
type Fix struct {
	Up, Down []string // statements
}

// FixOf is what adds what is missing for the tables of a tenant that have its column: row
// level security enabled and forced, a policy where there is none, and views that read as
// whoever asks. It is empty where no policy of the database says by which variable.
func FixOf(c *catalogue.Catalogue) Fix {
	var out Fix
	if c.Diagram == nil || c.Diagram.Speaks() != sqltree.Postgres {
		return out
	}
	k := &checker{cat: c, readers: readers(c.Diagram)}
	variable := k.variable()
	if variable == "" {
		return out
	}
	add := func(up, down string) { out.Up, out.Down = append(out.Up, up), append(out.Down, down) }
	for _, t := range c.Tables {
		column := t.Table.Column(t.Column)
		if column == nil || !ofTenant(t) || k.unread(t) || k.leftOut(t) {
			continue
		}
		s, name := &t.Security, quoted(t)
		if len(s.Policies) == 0 {
			value := fmt.Sprintf("NULLIF(current_setting('%s', true), '')", variable)
			if !isText(column.Type) {
				value += "::" + column.Type
			}
			add(fmt.Sprintf("CREATE POLICY tenant ON %s USING (%q = %s);", name, t.Column, value), "DROP POLICY tenant ON "+name+";")
		}
		if !s.Enabled {
			add("ALTER TABLE "+name+" ENABLE ROW LEVEL SECURITY;", "ALTER TABLE "+name+" DISABLE ROW LEVEL SECURITY;")
		}
		if !s.Forced && t.OwnedBy == "" {
			add("ALTER TABLE "+name+" FORCE ROW LEVEL SECURITY;", "ALTER TABLE "+name+" NO FORCE ROW LEVEL SECURITY;")
		}
	}
	for _, v := range c.Diagram.Views {
		if !v.Materialized && !v.Invoker && k.shown(v.Query) != nil {
			name := quotedName(v.Schema, v.Name)
			add("ALTER VIEW "+name+" SET (security_invoker = true);", "ALTER VIEW "+name+" RESET (security_invoker);")
		}
	}
	slices.Reverse(out.Down)
	return out
}

// leftOut tells tables that are asked before anybody is known: no session knows a tenant.
func (k *checker) leftOut(t *catalogue.Table) bool {
	return !usesSecurity(t) && (t.Tenancy == catalogue.Root || t.Tenancy == catalogue.Membership || len(t.Secrets)+len(t.Tokens) > 0 || t == k.cat.Principal)
}

// variable is the one that most policies read, "" if none reads any.
func (k *checker) variable() string {
	count := map[string]int{}
	for _, t := range k.cat.Tables {
		for _, n := range t.Security.Settings(k.cat.Diagram) {
			count[n]++
		}
	}
	names := slices.SortedFunc(maps.Keys(count), func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), strings.Compare(a, b)) })
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// A File is a file of a migration, by its path.
type File struct{ Path, Text string }

var numbered = regexp.MustCompile(`^(V?)(\d+)([_.-]+)`)

// Files writes a fix in the format that the files of a folder have: goose, pairs of up and
// down, or plain. Its number is the next one; one that is a moment is the last one and one
// more, so that the same files give the same fix. files are those of the schema, in order.
func (x Fix) Files(files []schema.Text) []File {
	if len(x.Up) == 0 || len(files) == 0 {
		return nil
	}
	last := files[len(files)-1]
	dir, base := filepath.Split(last.File)
	number, sep := "1", "_"
	if m := numbered.FindStringSubmatch(base); m != nil {
		n, err := strconv.Atoi(m[2])
		if err == nil {
			number, sep = fmt.Sprintf("%s%0*d", m[1], len(m[2]), n+1), strings.ReplaceAll(m[3], ".", "_")
		}
	}
	name := dir + number + sep + "row_level_security"
	up, down := strings.Join(x.Up, "\n")+"\n", strings.Join(x.Down, "\n")+"\n"
	switch {
	case strings.Contains(last.Text, "+goose"):
		return []File{{name + ".sql", "-- +goose Up\n" + up + "\n-- +goose Down\n" + down}}
	case strings.HasSuffix(base, ".up.sql"), strings.HasSuffix(base, ".down.sql"):
		return []File{{name + ".up.sql", up}, {name + ".down.sql", down}}
	}
	return []File{{name + ".sql", up}}
}
