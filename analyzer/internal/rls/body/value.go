package body

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof/builtin"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// A value is what a body gives, in the words of its arguments.
type value struct {
	text  string
	query bool // it asks tables
}

// read reads the body of a function, false if it is more than one value.
func (x *expansion) read(f *schema.Function) (value, bool) {
	switch f.Language {
	case "sql":
		text, ok := selected(f.Body)
		text = unwrapped(text)
		return value{text: text, query: hasQuery(text)}, ok
	case "plpgsql":
		return x.readBlock(f)
	}
	return value{}, false
}

// hasQuery reports whether an expression has a query in it.
func hasQuery(text string) bool {
	tokens := sqltext.Lex(text)
	return slices.ContainsFunc(tokens, func(t sqltext.Lexeme) bool { return t.Is("SELECT") || t.Is("VALUES") || t.Is("TABLE") })
}

// selected is what one SELECT gives, as an expression.
func selected(body string) (string, bool) {
	text, bare, ok := oneValue(body)
	if ok && !bare {
		return "(" + text + ")", true
	}
	return text, ok
}

// unwrapped is an expression in which a query that asks no table is the value that it gives. It
// is asked once then, and the value is the same.
func unwrapped(text string) string {
	tokens := sqltext.Lex(text)
	var out strings.Builder
	done := 0
	for i := 0; i+1 < len(tokens); i++ {
		if tokens[i].Text != "(" || !tokens[i+1].Is("SELECT") || i > 0 && slices.ContainsFunc(ofRows, tokens[i-1].Is) {
			continue
		}
		last := closes(tokens[i:])
		if last < 0 {
			break
		}
		if value, bare, ok := oneValue(text[tokens[i+1].Start:tokens[i+last].Start]); ok && bare {
			out.WriteString(text[done:tokens[i].Start] + "(" + unwrapped(value) + ")")
			done, i = tokens[i+last].End, i+last
		}
	}
	return out.String() + text[done:]
}

// ofRows are the words behind which a query is more than a value.
var ofRows = []string{"EXISTS", "ANY", "ALL", "SOME", "ARRAY", "LATERAL", "FROM", "AS", "UNION", "EXCEPT", "INTERSECT"}

// oneValue is the one value that a SELECT gives, if it is bare: if there is nothing else in it.
// Else it is the whole of it.
func oneValue(body string) (value string, bare, ok bool) {
	tokens := sqltext.Lex(body)
	for len(tokens) > 0 && tokens[len(tokens)-1].Text == ";" {
		tokens = tokens[:len(tokens)-1]
	}
	if len(tokens) < 2 || !tokens[0].Is("SELECT") && !tokens[0].Is("WITH") {
		return "", false, false
	}
	end, depth := tokens[len(tokens)-1].End, 0
	bare = tokens[0].Is("SELECT")
	for i, t := range tokens {
		switch {
		case t.Text == "(" || t.Text == "[":
			depth++
		case t.Text == ")" || t.Text == "]":
			depth--
		case t.Text == ";", depth == 0 && bare && t.Text == ",":
			return "", false, false
		case depth == 0 && isClause(tokens, i):
			bare = false
		}
	}
	if !bare {
		return body[tokens[0].Start:end], false, true
	}
	if n := len(tokens); n > 3 && tokens[n-2].Is("AS") {
		end = tokens[n-3].End
	}
	return body[tokens[1].Start:end], true, true
}

// isClause reports whether a word makes more of a SELECT than one value.
func isClause(tokens []sqltext.Lexeme, i int) bool {
	t := tokens[i]
	before := func(word string) bool { return i > 0 && tokens[i-1].Is(word) }
	switch {
	case t.Is("FROM"):
		return !before("DISTINCT")
	case t.Is("DISTINCT"), t.Is("ALL"):
		return before("SELECT")
	}
	return slices.ContainsFunc(clauses, t.Is)
}

var clauses = []string{"WHERE", "UNION", "INTERSECT", "EXCEPT", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "INTO", "WITH"}

// with is a value with what a call gives in the places of the arguments.
func (v value) with(f *schema.Function, given []string) (string, bool) {
	by := map[string]string{}
	for i, g := range given {
		by["$"+strconv.Itoa(i+1)] = grouped(g)
		if f.Args[i] != "" {
			by[f.Args[i]] = grouped(g)
		}
	}
	return replaced(v.text, f.Name, by)
}

// replaced is a text with other texts in the places of some names, which may stand behind the
// name of their function; false where one is used as anything but a value.
func replaced(text, function string, by map[string]string) (string, bool) {
	tokens := sqltext.Lex(text)
	at := func(i int) string {
		if i < 0 || i >= len(tokens) {
			return ""
		}
		return tokens[i].Text
	}
	var out strings.Builder
	done := 0
	for i, t := range tokens {
		if t.Kind == sqltext.Param {
			if by[t.Text] == "" {
				return "", false
			}
			out.WriteString(text[done:t.Start] + by[t.Text])
			done = t.End
			continue
		}
		if !isName(tokens, i) || by[named(t)] == "" || at(i-1) == ":" || at(i-1) == "::" || i > 0 && tokens[i-1].Is("AS") {
			continue
		}
		start := t.Start
		if at(i-1) == "." {
			if i < 2 || named(tokens[i-2]) != function || at(i-3) == "." {
				continue // a column of that name
			}
			start = tokens[i-2].Start
		}
		if at(i+1) == "(" || at(i+1) == "." || i+1 < len(tokens) && tokens[i+1].Kind == sqltext.String {
			return "", false
		}
		out.WriteString(text[done:start] + by[named(t)])
		done = t.End
	}
	return out.String() + text[done:], true
}

// shadowed reports whether PostgreSQL has a function of a name itself, which it looks for first.
func shadowed(name string) bool { return builtin.Function(sqltree.Postgres, "pg_catalog", name) }

// simple reports whether an argument may be read more than once: it runs nothing that may give
// something else each time.
func simple(text string) bool {
	tokens := sqltext.Lex(text)
	for i, t := range tokens {
		if opensQuery(tokens, i) || t.Text == "(" && i > 0 && isName(tokens, i-1) && !slices.ContainsFunc(before, tokens[i-1].Is) {
			return false
		}
	}
	return len(tokens) > 0
}

// before are the words that may stand before a parenthesis in an argument: words of the
// grammar, and functions that give the same each time in a statement.
var before = []string{"AND", "OR", "NOT", "IN", "WHEN", "THEN", "ELSE", "CAST", "COALESCE", "NULLIF", "CURRENT_SETTING", "LOWER", "UPPER"}

// apart reports whether the names in a body that asks tables are none of the table that the
// expression is about, and none of its arguments is also a column there: that is what a name means
// first. Of a variable in PL/pgSQL that is also a column the server says so, and ends.
func (x *expansion) apart(f *schema.Function) bool {
	words := map[string]bool{}
	for _, t := range sqltext.Lex(f.Body) {
		if t.Kind == sqltext.Word || t.Kind == sqltext.Quoted {
			words[named(t)] = true
		}
	}
	if x.table == nil || words[x.table.Name] || slices.ContainsFunc(x.diagram.Views, func(v *schema.View) bool { return words[v.Name] }) {
		return false
	}
	seen := map[string]bool{}
	for _, t := range x.diagram.Tables {
		if !words[t.Name] {
			continue
		}
		hides := func(name string) bool { return name != "" && t.Column(name) != nil }
		if seen[t.Name] || slices.ContainsFunc(f.Args, hides) {
			return false
		}
		seen[t.Name] = true
	}
	return true
}

// qualified is an argument whose columns say that they are of the table that the expression is
// about.
func (x *expansion) qualified(text string) string {
	tokens := sqltext.Lex(text)
	var out strings.Builder
	done := 0
	for i, t := range tokens {
		follows := i > 0 && (tokens[i-1].Text == "." || tokens[i-1].Text == ":" || tokens[i-1].Text == "::")
		leads := i+1 < len(tokens) && (tokens[i+1].Text == "." || tokens[i+1].Text == "(")
		if !isName(tokens, i) || follows || leads || x.table.Column(named(t)) == nil {
			continue
		}
		out.WriteString(text[done:t.Start] + sqltext.QuoteName(x.table.Name) + ".")
		done = t.Start
	}
	return out.String() + text[done:]
}

// typed is an argument as a function takes it.
func (x *expansion) typed(text, typ string) string {
	if x.typeOf(text) == typ {
		return text
	}
	return grouped(text) + "::" + typ
}

// grouped is a value that may stand anywhere: in parentheses, but for one word with a type.
func grouped(text string) string {
	tokens := sqltext.Lex(text)
	at := slices.IndexFunc(tokens, func(t sqltext.Lexeme) bool { return t.Text == "::" || t.Text == ":" })
	if len(tokens) == 1 || at == 1 && castTo(tokens[1:]) != "" {
		return text
	}
	return "(" + text + ")"
}

// typeOf is the type of an argument that is a column, or a value with a cast; "" where it is
// not known.
func (x *expansion) typeOf(text string) string {
	tokens := sqltext.Lex(text)
	for len(tokens) > 2 && tokens[0].Text == "(" && closes(tokens) == len(tokens)-1 {
		tokens = tokens[1 : len(tokens)-1]
	}
	if opensQuery(tokens, 0) {
		return x.selectedType(tokens)
	}
	n := len(tokens)
	column := func(i int) string {
		if x.table == nil || !isName(tokens, i) || x.table.Column(named(tokens[i])) == nil {
			return ""
		}
		return typeName(x.table.Column(named(tokens[i])).Type)
	}
	switch {
	case n == 1:
		return column(0)
	case n == 3 && tokens[1].Text == "." && isName(tokens, 0) && x.table != nil && named(tokens[0]) == x.table.Name:
		return column(2)
	}
	if at := slices.IndexFunc(tokens, func(t sqltext.Lexeme) bool { return t.Text == "::" || t.Text == ":" }); at > 0 {
		value, rest := tokens[:at], tokens[at:]
		if len(value) == 1 || value[0].Text == "(" && closes(value) == len(value)-1 {
			return castTo(rest)
		}
	}
	return ""
}

// selectedType is the type of the one column that a query shows, where it is of no other in any
// table that the query may ask.
func (x *expansion) selectedType(tokens []sqltext.Lexeme) string {
	from := slices.IndexFunc(tokens, func(t sqltext.Lexeme) bool { return t.Is("FROM") })
	if from != 2 && (from != 4 || tokens[2].Text != ".") || !isName(tokens, from-1) {
		return ""
	}
	typ := ""
	for _, t := range x.diagram.Tables {
		if !slices.ContainsFunc(tokens, func(l sqltext.Lexeme) bool { return named(l) == t.Name }) {
			continue
		}
		if c := t.Column(named(tokens[from-1])); c != nil {
			if of := typeName(c.Type); typ == "" || typ == of {
				typ = of
			} else {
				return ""
			}
		}
	}
	return typ
}

// castTo is the type behind a `::` that ends a value, "" if more follows.
func castTo(tokens []sqltext.Lexeme) string {
	for len(tokens) > 0 && (tokens[0].Text == ":" || tokens[0].Text == "::") {
		tokens = tokens[1:]
	}
	if len(tokens) != 1 || tokens[0].Kind != sqltext.Word {
		return ""
	}
	return typeName(tokens[0].Text)
}

// closes is the token that closes the parenthesis which opens a list of tokens, -1 if none does.
func closes(tokens []sqltext.Lexeme) int {
	depth := 0
	for i, t := range tokens {
		switch t.Text {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// typeName is a type under its own name.
func typeName(name string) string {
	switch name = strings.TrimPrefix(strings.ToLower(name), "pg_catalog."); name {
	case "int8", "bigserial", "serial8":
		return "bigint"
	case "int", "int4", "serial", "serial4":
		return "integer"
	case "int2", "smallserial", "serial2":
		return "smallint"
	case "bool":
		return "boolean"
	case "varchar":
		return "character varying"
	case "decimal":
		return "numeric"
	}
	return name
}
