package schema

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// What could not be read may have changed a table, and a table that may have
// changed is nobody's to call shared. So each problem says which tables it may
// hide something of: those that the text names, else any.

// Hides is what a problem may hide. The zero value hides nothing that matters:
// a comment, a grant, an extension.
type Hides struct {
	Tables []string // by full name, as far as the text says it
	Any    bool     // it may be any table of the database
	Column string   // it matters only where this column decides whose the table is
	Quiet  bool     // it is worth a word only there
	Strong bool     // it may act on a table that has an owner, too: a trigger, a rule, a dropped column
}

// Matters reports whether anything of a table may be hidden.
func (h Hides) Matters() bool { return h.Any || len(h.Tables) > 0 }

// Covers reports whether something of the table may be hidden. A name without
// schema may be in any, because a search path is not always written down.
func (h Hides) Covers(t *Table) bool {
	return h.Any || slices.ContainsFunc(h.Tables, func(name string) bool {
		schemaName, bare := "", name
		if i := strings.LastIndex(name, "."); i >= 0 {
			schemaName, bare = name[:i], name[i+1:]
		}
		return strings.EqualFold(bare, t.Name) && (schemaName == "" || t.Schema == "" || schemaName == t.Schema)
	})
}

// these hides something of one table.
func these(n sqltree.ObjectName) Hides { return Hides{Tables: []string{fullName(n.Schema, n.Name)}} }

// hidden hides something of a table that is known.
func (t *Table) hidden() Hides { return Hides{Tables: []string{t.FullName()}} }

// Anything may be hidden.
func Anything() Hides { return Hides{Any: true} }

// touches are the patterns by which a text that the grammar rejects still tells
// what it changes.
type touches struct{ table, on, strong, tags, rows, list, kind, name, called, all, constant *regexp.Regexp }

// newTouches compiles them.
func newTouches() *touches {
	const name = `("[^"]+"|[\w$]+)(?:\s*\.\s*("[^"]+"|[\w$]+))?`
	return &touches{
		table: regexp.MustCompile(`(?i)\b(?:ALTER|CREATE|DROP)\s+(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED|FOREIGN|OR|REPLACE)\s+)*(?:TABLE|VIEW|MATERIALIZED\s+VIEW)\s+(?:CONCURRENTLY\s+)?(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?`),
		on:    regexp.MustCompile(`(?i)\b(?:CREATE|ALTER|DROP)\s+(?:[A-Z]+\s+)*?(?:INDEX|TRIGGER|RULE|POLICY)\b[^;]*?\b(?:ON|TO)\s+(?:ONLY\s+)?`),
		// What is left of a template when its statements are gone.
		tags: regexp.MustCompile(`^(?:\s*\{%-?\s*(?:if|elif|else|endif|for|endfor)\b[^%]*%\})+\s*$`),
		// What is left of an INSERT where two branches of a dump were merged: rows of constants.
		rows:   regexp.MustCompile(`^(?:'(?:[^']|'')*'|\d+|[\s(),.;+-])*$`),
		strong: regexp.MustCompile(`(?i)\b(?:TRIGGER|RULE|RENAME|DROP\s+COLUMN|SET\s+SCHEMA)\b`),
		list:   regexp.MustCompile(`^\s*,\s*`),
		kind:   regexp.MustCompile(`^[A-Za-z]+(?:\s+[A-Za-z]+)?`),
		name:   regexp.MustCompile(`^` + name),
		// What is called like a function, the catalog where a block finds all tables,
		// and string constants that could be names.
		called:   regexp.MustCompile(`\b(\w+)\s*\(`),
		all:      regexp.MustCompile(`(?i)information_schema|pg_catalog|\bpg_(?:tables|class|namespace|inherits|attribute)\b`),
		constant: regexp.MustCompile(`'([\w.]+)'`),
	}
}

// text tells what a text may change. A statement that names no table and is of no
// kind that is known to leave tables alone may change any.
func (t *touches) text(text string) Hides {
	var h Hides
	for _, p := range []*regexp.Regexp{t.table, t.on} {
		for _, at := range p.FindAllStringIndex(text, -1) {
			h.add(t.namesIn(text[at[1]:]))
		}
	}
	if !h.Matters() && !t.harmless(text) {
		h.Any = true
	}
	return h
}

// HiddenBy is what a text that is not read may hide.
func HiddenBy(text string) Hides { return newTouches().text(text) }

// namesIn reads a list of names; any table where no name stands, as in a template.
func (t *touches) namesIn(text string) Hides {
	var h Hides
	for {
		m := t.name.FindStringSubmatchIndex(text)
		if m == nil {
			return Anything()
		}
		name := folded(text[m[2]:m[3]])
		if m[4] >= 0 {
			name += "." + folded(text[m[4]:m[5]])
		}
		if strings.Contains(name, filledIn) {
			return Anything()
		}
		h.Tables = append(h.Tables, strings.TrimPrefix(name, "public."))
		rest := text[m[1]:]
		comma := t.list.FindStringIndex(rest)
		if comma == nil {
			return h
		}
		text = rest[comma[1]:]
	}
}

// add joins what two texts may hide.
func (h *Hides) add(o Hides) {
	h.Any = h.Any || o.Any
	for _, name := range o.Tables {
		if !slices.Contains(h.Tables, name) {
			h.Tables = append(h.Tables, name)
		}
	}
}

// folded is a name as PostgreSQL folds it.
func folded(name string) string {
	if strings.HasPrefix(name, `"`) {
		return strings.Trim(name, `"`)
	}
	return strings.ToLower(name)
}

// harmless reports whether a statement is of a kind that changes no table.
func (t *touches) harmless(text string) bool {
	if t.tags.MatchString(text) || t.rows.MatchString(text) {
		return true
	}
	words := strings.Fields(strings.ToUpper(t.kind.FindString(text)))
	if len(words) == 0 {
		return false
	}
	switch words[0] {
	case "GRANT", "REVOKE", "COMMENT", "SET", "RESET", "SHOW", "ANALYZE", "VACUUM", "REINDEX", "NOTIFY", "LISTEN", "SECURITY",
		"INSERT", "UPDATE", "DELETE", "COPY", "TRUNCATE", "LOCK", "BEGIN", "COMMIT", "CLUSTER", "CHECKPOINT", "DISCARD", "SELECT", "WITH", "REFRESH":
		return true
	case "CREATE", "ALTER", "DROP":
		return len(words) > 1 && apart(words[1])
	}
	return false
}

// apart tells objects that stand beside tables.
func apart(kind string) bool {
	switch kind {
	case "ROLE", "USER", "EXTENSION", "TYPE", "SEQUENCE", "DATABASE", "PUBLICATION", "SUBSCRIPTION", "TABLESPACE", "COLLATION",
		"OPERATOR", "CAST", "SERVER", "LANGUAGE", "STATISTICS", "DEFAULT", "EVENT", "ACCESS", "AGGREGATE", "CONVERSION", "TEXT", "SCHEMA":
		return true
	}
	return false
}
