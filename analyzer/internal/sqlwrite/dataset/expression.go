// Package dataset writes what is built by libraries whose conditions are expressions and
// whose statements are datasets: each expression says what stands round it, and a list of
// conditions stands in one pair of parentheses.
//
// In goes a [term.Build] whose structure is known, as for package sqlwrite, and a
// [piece.Writer]; out comes the text. Names and parentheses are those of PostgreSQL.
package dataset

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// expressions writes what a library builds of values that are expressions themselves: each
// says what stands round it, and a list stands in one pair of parentheses.
type expressions struct{ *piece.Writer }

// Write writes a statement.
func Write(w *piece.Writer, b *term.Build) (string, error) { return expressions{w}.statement(b) }

var errPart = errors.New("an expression that is not known")

// of writes a value: an expression, or a bind value.
func (x expressions) of(v term.Value) (string, error) {
	if b, ok := v.Term.(*term.Build); ok {
		return x.expression(b)
	}
	switch {
	case v.Form == term.AsPart || term.Built(v.Term):
		return "", errPart
	case v.Form == term.AsList:
		return "(" + x.Hole(term.Select(v.Term, term.Step{Kind: term.ElemStep}), false) + ")", nil
	}
	return x.Hole(v.Term, v.Form == term.AsNullable || v.Form == term.AsNil), nil
}

// named writes a value where a text is the name of a column or table.
func (x expressions) named(v term.Value) (string, error) {
	if b, ok := v.Term.(*term.Build); ok {
		return x.expression(b)
	}
	text, err := piece.Constant(v.Term)
	return path(text), err
}

// path is a name with what stands before it: t.a, t.*.
func path(text string) string {
	parts := strings.SplitN(text, ".", 3)
	for i, p := range parts {
		if p != "*" {
			parts[i] = sqltext.QuoteName(p)
		}
	}
	return strings.Join(parts, ".")
}

var infix = map[string]string{
	"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "like": "LIKE", "not like": "NOT LIKE", "ilike": "ILIKE", "not ilike": "NOT ILIKE",
	"between": "BETWEEN", "not between": "NOT BETWEEN",
}

// expression writes one expression.
func (x expressions) expression(b *term.Build) (string, error) {
	if b.Base != nil || len(b.Clauses) == 0 {
		return "", errPart
	}
	first := &b.Clauses[0]
	v := first.Values
	switch first.Word {
	case "ident", "name", "dot", "dot before", "all of":
		return x.column(first)
	case "text":
		return x.literal(v)
	case "func", "func of":
		return x.function(first)
	case "eq", "ne", "in", "not in":
		return x.compared(first.Word, v)
	case "op", "list", "record map":
		return "", errPart
	case "and", "or", "ex", "ex or":
		return x.all(b)
	case "lt", "le", "gt", "ge", "like", "not like", "ilike", "not ilike", "between", "not between":
		return x.around("(", v[0], " "+infix[first.Word]+" ", v[1], ")")
	case "operator":
		return x.around("(", v[1], " "+v[0].Term.(*term.Const).Text+" ", v[2], ")")
	case "prefixed":
		return x.around("("+v[0].Term.(*term.Const).Text+" ", v[1], ")")
	case "is":
		return x.around("(", v[1], " IS "+v[0].Term.(*term.Const).Text+")")
	case "range":
		return x.around("", v[0], " AND ", v[1], "")
	case "alias":
		return x.aliased(v)
	case "cast":
		kind, err := piece.Constant(v[1].Term)
		if err != nil {
			return "", err
		}
		return x.around("CAST(", v[0], " AS "+kind+")")
	case "case":
		return x.chosen(b.Clauses)
	case "asc", "desc":
		return x.sorted(b)
	case "over":
		return x.around("", v[0], " OVER ", v[1], "")
	case "window":
		return x.window(b.Clauses)
	case "lateral":
		return x.around("LATERAL ", v[0], "")
	}
	return x.whole(b)
}

// around writes values with texts before, between and behind them.
func (x expressions) around(before string, rest ...any) (string, error) {
	out := before
	for _, r := range rest {
		switch r := r.(type) {
		case string:
			out += r
		case term.Value:
			text, err := x.of(r)
			if err != nil {
				return "", err
			}
			out += text
		}
	}
	return out, nil
}

// whole writes a statement that stands within another.
func (x expressions) whole(b *term.Build) (string, error) {
	text, err := x.statement(b)
	if err != nil {
		return "", err
	}
	text = "(" + text + ")"
	if name, ok := aliasOf(b); ok {
		text += " AS " + path(name)
	}
	return text, nil
}

// aliasOf is the name that a statement was given.
func aliasOf(b *term.Build) (string, bool) {
	for i := range slices.Backward(b.Clauses) {
		if c := &b.Clauses[i]; c.Word == "as" {
			name, err := piece.Constant(c.Values[0].Term)
			return name, err == nil
		}
	}
	return "", false
}

// column is the name of a column or table, put together of parts.
func (x expressions) column(c *term.Clause) (string, error) {
	switch c.Word {
	case "ident":
		return x.named(c.Values[0])
	case "name":
		text, err := piece.Constant(c.Values[0].Term)
		return path(text), err
	case "all of":
		return x.around("", c.Values[0], ".*")
	}
	outer, err := x.of(c.Values[0])
	if err != nil {
		return "", err
	}
	inner, err := x.named(c.Values[1])
	if c.Word == "dot" {
		return outer + "." + inner, err
	}
	return inner + "." + outer, err
}

// literal is a text with values in the place of its question marks, as many as there are.
func (x expressions) literal(v []term.Value) (string, error) {
	text, err := piece.Constant(v[0].Term)
	if err != nil {
		return "", err
	}
	if piece.Numbered(text) {
		return "", errors.New("a numbered placeholder in a text of a builder")
	}
	x.Texts++ // it may stand behind a NOT
	defer func() { x.Texts-- }()
	out := ""
	for _, arg := range v[1:] {
		before, after, found := strings.Cut(text, "?")
		if !found {
			return "", piece.ErrMissing
		}
		if arg.Form == term.AsRest {
			return "", piece.ErrMissing
		}
		s, err := x.of(arg)
		if err != nil {
			return "", err
		}
		out, text = out+before+s, after
	}
	return out + text, nil
}

func (x expressions) function(c *term.Clause) (string, error) {
	name, err := piece.Constant(c.Values[0].Term)
	if err != nil {
		return "", err
	}
	args := make([]string, len(c.Values)-1)
	for i, v := range c.Values[1:] {
		write := x.of
		if c.Word == "func of" && i == 0 {
			write = x.named
		}
		if v.Form == term.AsRest {
			return "", errors.New("arguments of a function that are not known")
		}
		if args[i], err = write(v); err != nil {
			return "", err
		}
	}
	return name + "(" + strings.Join(args, ", ") + ")", nil
}

// compared is an expression compared with a value by what the value is: a list or a
// statement is one of its elements, nil is NULL, a boolean is asked for.
func (x expressions) compared(op string, v []term.Value) (string, error) {
	left, err := x.of(v[0])
	if err != nil {
		return "", err
	}
	not, plain, in, all := "", " = ", " IN ", " = ANY("
	if op == "ne" || op == "not in" {
		not, plain, in, all = "NOT ", " != ", " NOT IN ", " <> ALL("
	}
	if op == "in" || op == "not in" {
		return x.among(left, in, all, v[1:])
	}
	right := v[1]
	if b, ok := right.Term.(*term.Build); ok {
		if b.Base == nil && isDataset(b) {
			plain = in
		}
		text, err := x.expression(b)
		return "(" + left + plain + text + ")", err
	}
	if c, ok := right.Term.(*term.Const); ok && c.Kind == term.Bool {
		return "(" + left + " IS " + not + strings.ToUpper(c.Text) + ")", nil
	}
	switch right.Form {
	case term.AsNil:
		return "(" + left + " IS " + not + "NULL)", nil
	case term.AsList:
		return "(" + left + all + x.Hole(right.Term, false) + "))", nil
	}
	text, err := x.of(right)
	return "(" + left + plain + text + ")", err
}

// among is an expression that is one of several values.
func (x expressions) among(left, in, all string, v []term.Value) (string, error) {
	if len(v) == 1 && (v[0].Form == term.AsList || v[0].Form == term.AsRest || v[0].Form == term.AsAny) {
		return "(" + left + all + x.Hole(v[0].Term, false) + "))", nil
	}
	texts := make([]string, len(v))
	for i := range v {
		text, err := x.of(v[i])
		if err != nil {
			return "", err
		}
		texts[i] = text
	}
	return "(" + left + in + "(" + strings.Join(texts, ", ") + "))", nil
}

// aliased is an expression with a name.
func (x expressions) aliased(v []term.Value) (string, error) {
	name, err := x.named(v[1])
	if err != nil {
		return "", err
	}
	return x.around("", v[0], " AS "+name)
}

func (x expressions) sorted(b *term.Build) (string, error) {
	text, err := x.of(b.Clauses[0].Values[0])
	text += " " + strings.ToUpper(b.Clauses[0].Word)
	for i := range b.Clauses[1:] {
		text += " " + strings.ToUpper(b.Clauses[i+1].Word)
	}
	return text, err
}

// chosen is a CASE. What is added to it only sometimes changes its meaning.
func (x expressions) chosen(clauses []term.Clause) (string, error) {
	value, whens, last := "", "", ""
	for i := range clauses {
		c := &clauses[i]
		if !c.Sure() {
			return "", &piece.SplitError{Clause: c}
		}
		var err error
		switch c.Word {
		case "case value":
			value, err = x.around(" ", c.Values[0])
		case "case when":
			var text string
			text, err = x.around(" WHEN ", c.Values[0], " THEN ", c.Values[1])
			whens += text
		case "case else":
			last, err = x.around(" ELSE ", c.Values[0])
		}
		if err != nil {
			return "", err
		}
	}
	return "CASE" + value + whens + last + " END", nil
}

// window is what a function looks at; parts of it that are not known change no row.
func (x expressions) window(clauses []term.Clause) (string, error) {
	out := ""
	words := map[string]string{"partition": "PARTITION BY ", "order": "ORDER BY "}
	for i := range clauses[1:] {
		c := &clauses[i+1]
		list, err := x.list(c.Values)
		if err != nil || words[c.Word] == "" {
			return "", errors.Join(err, errPart)
		}
		out = strings.TrimPrefix(out+" "+words[c.Word]+strings.Join(list, ", "), " ")
	}
	return "(" + out + ")", nil
}

// list writes columns one by one.
func (x expressions) list(values []term.Value) ([]string, error) {
	var out []string
	for _, v := range values {
		if v.Form == term.AsRest {
			return nil, errors.New("a list of columns that is not known")
		}
		if st, ok := v.Term.(*term.Struct); ok && st.Type == "" { // the columns of a row
			for _, f := range st.Fields {
				out = append(out, path(f.Name))
			}
			continue
		}
		text, err := x.named(v)
		if err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, nil
}
