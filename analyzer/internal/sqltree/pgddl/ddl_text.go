package pgddl

import (
	"strconv"
	"strings"

	pg "github.com/sqlc-dev/oliphant"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/pgnode"
)

// typeText names a type without its modifiers, as SQL and not as the catalog
// of PostgreSQL spells it.
func typeText(t *pg.TypeName) string {
	names := pgnode.StringList(t.GetNames())
	if len(names) == 0 {
		return ""
	}
	if names[0] == "pg_catalog" {
		names = names[1:]
	}
	return sqlType(strings.Join(names, ".")) + strings.Repeat("[]", len(t.ArrayBounds))
}

// sqlType is the name that the standard gives to a type.
func sqlType(name string) string {
	switch name {
	case "int2":
		return "smallint"
	case "int4":
		return "integer"
	case "int8":
		return "bigint"
	case "float4":
		return "real"
	case "float8":
		return "double precision"
	case "bool":
		return "boolean"
	case "bpchar":
		return "character"
	case "varchar":
		return "character varying"
	}
	return name
}

// exprText prints an expression; "" for none. Literals, calls without
// arguments and casts, which most defaults are, need no deparser.
func exprText(n *pg.Node) string {
	switch e := n.GetNode().(type) {
	case nil:
		return ""
	case *pg.Node_AConst:
		if s, ok := constText(e.AConst); ok {
			return s
		}
	case *pg.Node_FuncCall:
		if len(e.FuncCall.Args) == 0 && !e.FuncCall.AggStar {
			return strings.Join(pgnode.StringList(e.FuncCall.Funcname), ".") + "()"
		}
	}
	return pgnode.Deparsed(n)
}

// constText prints a literal; ok is false for those that the deparser must.
func constText(c *pg.A_Const) (string, bool) {
	if c.Isnull {
		return "NULL", true
	}
	switch v := c.Val.(type) {
	case *pg.A_Const_Ival:
		return strconv.Itoa(int(v.Ival.GetIval())), true
	case *pg.A_Const_Sval:
		return "'" + strings.ReplaceAll(v.Sval.GetSval(), "'", "''") + "'", true
	case *pg.A_Const_Boolval:
		return strconv.FormatBool(v.Boolval.GetBoolval()), true
	}
	return "", false
}

// word is a token of the text with its place; comments are left out.
type word struct {
	text       string
	start, end int
	kind       pg.Token
}

// words are the tokens of a text, nil if it cannot be cut into tokens.
func words(text string) []word {
	scan, err := pg.Scan(text)
	if err != nil {
		return nil
	}
	var out []word
	for _, t := range scan.Tokens {
		if t.Token == pg.Token_SQL_COMMENT || t.Token == pg.Token_C_COMMENT {
			continue
		}
		out = append(out, word{text: text[t.Start:t.End], start: int(t.Start), end: int(t.End), kind: t.Token})
	}
	return out
}

// queryText is the text of a view's query: what follows the first AS outside
// parentheses, without the clauses after it.
func (r *ddlReader) queryText(from int) string {
	depth, start := 0, -1
	tokens := words(r.text)
	for i, w := range tokens {
		switch {
		case w.start < from:
		case w.text == "(":
			depth++
		case w.text == ")":
			depth--
		case depth == 0 && start < 0 && w.kind == pg.Token_AS:
			start = w.end
		case depth == 0 && start >= 0 && w.kind == pg.Token_WITH && i > 0 && viewTail(tokens[i+1:]):
			return strings.TrimSpace(r.text[start:w.start])
		}
	}
	if start < 0 {
		return ""
	}
	return strings.TrimRight(strings.TrimSpace(r.text[start:]), "; \n\t")
}

// viewTail tells that the words after WITH are WITH [NO] DATA or WITH … CHECK OPTION.
func viewTail(rest []word) bool {
	for i, w := range rest {
		up := strings.ToUpper(w.text)
		switch up {
		case "NO", "CASCADED", "LOCAL", "CHECK":
			continue
		}
		return i <= 2 && (up == "DATA" || up == "OPTION")
	}
	return false
}

// atomicBody is the body of a function that is written as SQL: RETURN x, or
// BEGIN ATOMIC … END.
func (r *ddlReader) atomicBody() string {
	for _, w := range words(r.text) {
		switch w.kind {
		case pg.Token_ATOMIC:
			body := strings.TrimRight(strings.TrimSpace(r.text[w.end:]), "; \n\t")
			return strings.TrimSpace(body[:max(len(body)-len("END"), 0)])
		case pg.Token_RETURN:
			return "SELECT " + strings.TrimSpace(r.text[w.end:])
		}
	}
	return ""
}
