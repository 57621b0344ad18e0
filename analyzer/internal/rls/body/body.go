package body

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

const (
	// maxDepth caps functions that call others.
	maxDepth = 5
	// maxText caps what comes out, in bytes: each way through an IF repeats what is behind it.
	maxText = 1 << 14
)

// Expanded is an expression on a table with the bodies of functions in the places of their
// calls. AsOwner tells that one of them asks tables with the rights of its owner.
func Expanded(d *schema.Diagram, t *schema.Table, expression string) (text string, asOwner bool) {
	x := &expansion{diagram: d, table: t}
	if text = x.expand(unwrapped(expression), 0, false); len(text) > maxText {
		return expression, false
	}
	return text, x.asOwner
}

// expansion is the reading of one expression.
type expansion struct {
	diagram *schema.Diagram
	table   *schema.Table
	asOwner bool
}

// A call is one of a function by its name, with the texts of its arguments.
type call struct {
	schema, name string
	args         []argument
	start, end   int  // in the text
	next         int  // the token behind it
	inQuery      bool // its names may be those of a query around it
}

type argument struct{ name, text string }

// expand replaces the calls of a text. Arguments are expanded before the body that they go to.
func (x *expansion) expand(text string, depth int, inQuery bool) string {
	tokens := sqltext.Lex(text)
	var out strings.Builder
	done := 0
	open := []bool{inQuery}
	for i := 0; i < len(tokens); i++ {
		switch tokens[i].Text {
		case "(":
			open = append(open, open[len(open)-1] || opensQuery(tokens, i+1))
		case ")":
			open = open[:max(len(open)-1, 1)]
		}
		c, ok := callAt(text, tokens, i)
		if !ok || depth >= maxDepth {
			continue
		}
		c.inQuery = open[len(open)-1]
		for k := range c.args {
			c.args[k].text = x.expand(c.args[k].text, depth, c.inQuery)
		}
		if value, ok := x.gives(c); ok && out.Len() < maxText {
			out.WriteString(text[done:c.start] + "(" + x.expand(value, depth+1, c.inQuery) + ")")
			done, i = c.end, c.next-1
		}
	}
	return out.String() + text[done:]
}

// opensQuery reports whether a query begins at a token.
func opensQuery(tokens []sqltext.Lexeme, i int) bool {
	return i < len(tokens) && (tokens[i].Is("SELECT") || tokens[i].Is("WITH") || tokens[i].Is("VALUES") || tokens[i].Is("TABLE"))
}

// callAt reads a call at the first token of its name.
func callAt(text string, tokens []sqltext.Lexeme, i int) (call, bool) {
	c := call{start: tokens[i].Start}
	if !isName(tokens, i) || i > 0 && tokens[i-1].Text == "." {
		return c, false
	}
	if at := i + 2; at < len(tokens) && tokens[i+1].Text == "." && isName(tokens, at) {
		c.schema, i = named(tokens[i]), at
	}
	c.name = named(tokens[i])
	if i++; i >= len(tokens) || tokens[i].Text != "(" {
		return c, false
	}
	pieces, last, ok := arguments(tokens, i)
	if !ok {
		return c, false
	}
	for _, p := range pieces {
		c.args = append(c.args, argumentOf(text, p))
	}
	c.end, c.next = tokens[last].End, last+1
	return c, true
}

func isName(tokens []sqltext.Lexeme, i int) bool {
	return tokens[i].Kind == sqltext.Word || tokens[i].Kind == sqltext.Quoted
}

// named is a name as the catalog has it.
func named(t sqltext.Lexeme) string {
	if t.Kind == sqltext.Quoted {
		return strings.ReplaceAll(strings.Trim(t.Text, `"`), `""`, `"`)
	}
	return strings.ToLower(t.Text)
}

// arguments cuts what stands in parentheses at its commas; last is the closing one.
func arguments(tokens []sqltext.Lexeme, open int) (pieces [][]sqltext.Lexeme, last int, ok bool) {
	depth, from := 0, open+1
	for i := open; i < len(tokens); i++ {
		switch tokens[i].Text {
		case "(", "[":
			depth++
		case ")", "]":
			depth--
		}
		if depth == 0 || depth == 1 && tokens[i].Text == "," {
			if i > from {
				pieces = append(pieces, tokens[from:i])
			}
			from = i + 1
		}
		if depth == 0 {
			return pieces, i, true
		}
	}
	return nil, 0, false
}

// argumentOf is an argument, by its name where it has one.
func argumentOf(text string, tokens []sqltext.Lexeme) argument {
	end := tokens[len(tokens)-1].End
	if len(tokens) > 2 && isName(tokens, 0) && tokens[1].Text == "=>" {
		return argument{named(tokens[0]), text[tokens[2].Start:end]}
	}
	if len(tokens) > 3 && isName(tokens, 0) && tokens[1].Text+tokens[2].Text == ":=" {
		return argument{named(tokens[0]), text[tokens[3].Start:end]}
	}
	return argument{"", text[tokens[0].Start:end]}
}

// gives is what a call gives, false where that is not understood.
func (x *expansion) gives(c call) (string, bool) {
	f := x.function(c)
	if f == nil || f.Returns == "" || f.Trigger || f.Aggregate || setsMore(f) || asksWho(f) {
		return "", false
	}
	given, ok := placed(f, c.args)
	if !ok {
		return "", false
	}
	b, ok := x.read(f)
	if !ok || f.Constant && !slices.ContainsFunc(given, x.ofRow) {
		return "", false
	}
	if b.query && (!f.Steady || c.inQuery || !x.apart(f)) {
		return "", false
	}
	values := make([]string, len(given))
	for i, g := range given {
		if b.query {
			g = x.qualified(g)
		}
		values[i] = x.typed(g, f.Types[i])
	}
	text, ok := b.with(f, values)
	if !ok {
		return "", false
	}
	x.asOwner = x.asOwner || b.query && f.Definer
	if f.Strict && len(given) > 0 {
		text = "CASE WHEN " + strings.Join(values, " IS NULL OR ") + " IS NULL THEN NULL ELSE " + text + " END"
	}
	if f.Returns == "boolean" {
		return text, true
	}
	return x.typed(text, f.Returns), true
}

// function is the function that a call means, nil where that is not sure.
func (x *expansion) function(c call) *schema.Function {
	var all []*schema.Function
	for _, f := range x.diagram.Functions {
		was := slices.Contains(f.Was, c.name) // and in whatever schema
		switch {
		case !was && (f.Name != c.name || c.schema != "" && cmp.Or(f.Schema, "public") != c.schema):
		case len(f.Types) != len(f.Args):
			return nil // it may take any number
		case len(f.Args) == len(c.args):
			all = append(all, f)
		}
	}
	if len(all) > 1 {
		all = slices.DeleteFunc(all, func(f *schema.Function) bool { return !x.takes(f, c) })
	}
	if len(all) != 1 || c.schema == "" && shadowed(c.name) {
		return nil
	}
	return all[0]
}

// takes reports whether all arguments of a call are surely of the types of a function.
func (x *expansion) takes(f *schema.Function, c call) bool {
	given, ok := placed(f, c.args)
	if !ok || c.inQuery {
		return false
	}
	for i, g := range given {
		if typ := x.typeOf(g); typ == "" || typ != f.Types[i] {
			return false
		}
	}
	return true
}

// placed are the arguments of a call in the order in which a function declares them.
func placed(f *schema.Function, args []argument) ([]string, bool) {
	out := make([]string, len(f.Args))
	for i, a := range args {
		at := i
		if a.name != "" {
			at = slices.Index(f.Args, a.name)
		}
		if at < 0 || at >= len(out) || out[at] != "" || !simple(a.text) {
			return nil, false
		}
		out[at] = a.text
	}
	return out, !slices.Contains(out, "")
}

// setsMore reports whether a function sets more while it runs than where it looks for names.
func setsMore(f *schema.Function) bool {
	return slices.ContainsFunc(f.Sets, func(name string) bool { return name != "search_path" })
}

// asksWho reports whether a function with the rights of its owner asks whose rights it has.
func asksWho(f *schema.Function) bool {
	return f.Definer && slices.ContainsFunc(sqltext.Lex(f.Body), func(t sqltext.Lexeme) bool {
		return t.Is("CURRENT_USER") || t.Is("CURRENT_ROLE") || t.Is("USER") || t.Is("SESSION_USER") || t.Is("ROW_SECURITY_ACTIVE")
	})
}

// ofRow reports whether an argument is another one for another row.
func (x *expansion) ofRow(text string) bool {
	return x.table != nil && x.qualified(text) != text || slices.ContainsFunc(sqltext.Lex(text), func(t sqltext.Lexeme) bool { return t.Text == "." })
}
