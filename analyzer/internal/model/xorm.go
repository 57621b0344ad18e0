package model

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// xormNaming is that of xorm.io/xorm: names in lower case with underscores, and tags that are
// words, of which one that is no other word names the column.
type xormNaming struct{}

func (xormNaming) word() string            { return "xorm" }
func (xormNaming) table(typ string) string { return snaked(typ) }
func (xormNaming) named(*unit.Model) string {
	return ""
}
func (xormNaming) alias(*unit.Model) string      { return "" }
func (xormNaming) extends(*unit.ModelField) bool { return false }

// snaked is a name with an underscore before each upper letter.
func snaked(name string) string {
	var out strings.Builder
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			if i > 0 {
				out.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		out.WriteRune(c)
	}
	return out.String()
}

// xormTag is what the tag of a field says: its words in upper letters with what stands in
// their parentheses, and the name of the column.
type xormTag struct {
	words map[string]string
	typ   string
	name  string
}

// xormWords are the words of tags that say something of a field, and xormTypes those that
// are types of columns.
var (
	xormWords = []string{"-", "<-", "->", "PK", "NULL", "NOT", "AUTOINCR", "DEFAULT", "CREATED", "UPDATED", "DELETED", "VERSION", "UTC", "LOCAL", "NOTNULL", "INDEX", "UNIQUE", "CACHE", "NOCACHE", "COMMENT", "EXTENDS", "UNSIGNED", "COLLATE"}
	xormTypes = []string{"BIT", "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "BIGINT", "ENUM", "SET", "CHAR", "VARCHAR", "VARCHAR2", "NCHAR", "NVARCHAR", "TINYTEXT", "TEXT", "NTEXT", "CLOB", "MEDIUMTEXT", "LONGTEXT",
		"UUID", "UNIQUEIDENTIFIER", "SYSNAME", "DATE", "DATETIME", "TIME", "TIMESTAMP", "TIMESTAMPZ", "SMALLDATETIME", "YEAR", "DECIMAL", "NUMERIC", "MONEY", "SMALLMONEY", "REAL", "FLOAT", "DOUBLE", "NUMBER",
		"BINARY", "VARBINARY", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB", "IMAGE", "BYTEA", "BOOL", "BOOLEAN", "SERIAL", "BIGSERIAL", "JSON", "JSONB", "XML", "ARRAY"}
)

// readXormTag reads the tag of a field.
func readXormTag(f *unit.ModelField) xormTag {
	t := xormTag{words: map[string]string{}}
	parts := tagWords(tagOf(f, "xorm"))
	for i := 0; i < len(parts); i++ {
		word, in, _ := strings.Cut(parts[i], "(")
		in = strings.Trim(strings.TrimSuffix(in, ")"), "'")
		upper := strings.ToUpper(word)
		switch {
		case strings.HasPrefix(word, "'"):
			t.name = strings.Trim(word, "'")
		case slices.Contains(xormTypes, upper):
			t.typ = strings.ToLower(word)
		case slices.Contains(xormWords, upper):
			t.words[upper] = in
			if upper == "DEFAULT" && in == "" && i+1 < len(parts) {
				i++
				t.words[upper] = parts[i]
			}
		default:
			t.name = word
		}
	}
	return t
}

// tagWords are the words of a tag; blanks in quotes and parentheses are no ends.
func tagWords(tag string) []string {
	var out []string
	var word strings.Builder
	depth, quoted := 0, false
	for _, c := range tag + " " {
		switch {
		case c == '\'':
			quoted = !quoted
		case c == '(' && !quoted:
			depth++
		case c == ')' && !quoted:
			depth--
		}
		if c != ' ' || quoted || depth > 0 {
			word.WriteRune(c)
		} else if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	return out
}

func (t xormTag) says(word string) bool {
	_, ok := t.words[word]
	return ok
}

func (xormNaming) ignores(f *unit.ModelField) bool { return readXormTag(f).says("-") }
func (xormNaming) deletes(f *unit.ModelField) bool { return readXormTag(f).says("DELETED") }

func (xormNaming) part(f *unit.ModelField) (prefix string, ok bool) {
	t := readXormTag(f)
	return t.words["EXTENDS"], t.says("EXTENDS") && f.Kind == unit.ModelStruct && !f.List
}

func (n xormNaming) column(f *unit.ModelField) *Column {
	t := readXormTag(f)
	if t.says("-") || t.says("EXTENDS") {
		return nil
	}
	c := &Column{Name: t.name, Type: t.typ, Default: t.words["DEFAULT"], Primary: t.says("PK"), Counted: t.says("AUTOINCR"), ReadOnly: t.says("<-")}
	if c.Name == "" {
		c.Name = snaked(f.Name)
	}
	c.NotNull = c.Primary || t.says("NOTNULL") || t.says("NOT")
	if kind := stored(f); c.Type == "" {
		c.Type = kind
	}
	if c.Type == "" { // another value is written as JSON
		c.Type, c.Serialize = "text", true
	}
	if tagOf(f, "xorm") == "" && f.Kind == unit.ModelInt && strings.EqualFold(f.Name, "id") {
		c.Primary, c.Counted, c.NotNull = true, true, true
	}
	c.Stays, c.Updated, c.Version = t.says("CREATED"), t.says("UPDATED"), t.says("VERSION")
	if name, ok := t.words["UNIQUE"]; ok {
		c.Unique = append(c.Unique, name)
	}
	return c
}

func (xormNaming) complete(*Table) {}

// relation is none that is followed.
func (xormNaming) relation(*Table, *unit.ModelField, *Table) *Relation { return nil }
