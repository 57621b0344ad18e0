package sqlwrite

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// fragment writes what stands within a statement: a condition, an expression, or another
// statement without parentheses.
func (w *writer) fragment(b *term.Build) (string, error) {
	return w.styled(b, func() (string, error) { return w.thing(b) })
}

func (w *writer) thing(b *term.Build) (string, error) {
	if b.Base != nil {
		return "", errors.New("a fragment built on what is not known: " + b.Base.String())
	}
	if len(b.Clauses) == 0 {
		return "", nil
	}
	rest := b.Clauses[1:]
	first := &b.Clauses[0]
	if len(first.Values) > 0 && (first.Word == "and" || first.Word == "or") {
		rest = items(first.Values)
	}
	switch first.Word {
	case "eq", "ne", "lt", "le", "gt", "ge", "like", "not like", "ilike", "not ilike":
		if len(first.Values) > 1 {
			column, err := piece.Constant(first.Values[0].Term)
			if err != nil {
				return "", err
			}
			return w.compared(first.Word, w.style.name(column), first.Values[1])
		}
		return w.comparison(first.Word, rest)
	case "and":
		return w.junction(rest, "(1=1)", w.All)
	case "or":
		return w.junction(rest, "(1=0)", w.Any)
	case "text":
		return w.expression(first)
	case "concat":
		return w.concat(first)
	case "alias":
		return w.alias(first)
	case "case":
		return w.cases(first, rest)
	case "ident":
		text, err := piece.Constant(first.Values[0].Term)
		return w.style.name(text), err
	case "union", "union all":
		return w.union(first)
	}
	return w.statement(b)
}

// items are the conditions of a list that are given at once.
func items(values []term.Value) []term.Clause {
	out := make([]term.Clause, len(values))
	for i, v := range values {
		out[i] = term.Clause{Word: "item", Values: []term.Value{v}}
	}
	return out
}

// union is several statements whose rows are put together.
func (w *writer) union(c *term.Clause) (string, error) {
	texts := make([]string, len(c.Values))
	for i, v := range c.Values {
		b, ok := v.Term.(*term.Build)
		if !ok {
			return "", errors.New("a statement of a union that is not known")
		}
		text, err := w.fragment(b)
		if err != nil {
			return "", err
		}
		texts[i] = text
	}
	return strings.Join(texts, " "+strings.ToUpper(c.Word)+" "), nil
}

// whole is a piece of SQL or a fragment.
func (w *writer) whole(v term.Value) (string, error) {
	if b, ok := v.Term.(*term.Build); ok {
		return w.fragment(b)
	}
	return piece.Constant(v.Term)
}

// predicate is a text with its bind values, or a fragment: the first value of a clause,
// with the others.
func (w *writer) predicate(c *term.Clause) (string, error) {
	if len(c.Values) == 0 {
		return "", errors.New(c.Word + " without a value")
	}
	if b, ok := c.Values[0].Term.(*term.Build); ok {
		return w.fragment(b)
	}
	text, err := piece.Constant(c.Values[0].Term)
	if err != nil {
		return "", err
	}
	return w.filled(text, c.Values[1:], w.style.parts)
}

// expression is a text in whose placeholders fragments may stand.
func (w *writer) expression(c *term.Clause) (string, error) {
	text, err := piece.Constant(c.Values[0].Term)
	if err != nil {
		return "", err
	}
	return w.filled(text, c.Values[1:], true)
}

func (w *writer) concat(c *term.Clause) (string, error) {
	out := ""
	for _, v := range c.Values {
		if v.Form == term.AsRest {
			return "", errors.New("a list of fragments that is not known")
		}
		w.Texts++
		s, err := w.whole(v)
		w.Texts--
		if err != nil {
			return "", err
		}
		out += s
	}
	return out, nil
}

func (w *writer) alias(c *term.Clause) (string, error) {
	if w.style.parts {
		inner, err := w.piece(c.Values[0])
		if err != nil {
			return "", err
		}
		name, err := piece.Constant(c.Values[1].Term)
		return inner + " AS " + w.style.name(name), err
	}
	inner, err := w.whole(c.Values[0])
	if err != nil {
		return "", err
	}
	name, err := piece.Constant(c.Values[1].Term)
	return "(" + inner + ") AS " + name, err
}

// cases is a CASE. What is added to it only sometimes changes its meaning.
func (w *writer) cases(first *term.Clause, rest []term.Clause) (string, error) {
	out := "CASE "
	last := ""
	for _, v := range first.Values {
		s, err := w.whole(v)
		if err != nil {
			return "", err
		}
		out += s + " "
	}
	for i := range rest {
		c := &rest[i]
		if !c.Sure() {
			return "", &piece.SplitError{Clause: c}
		}
		var texts []string
		for _, v := range c.Values {
			s, err := w.whole(v)
			if err != nil {
				return "", err
			}
			texts = append(texts, s)
		}
		switch {
		case c.Word == "when" && len(texts) == 2:
			out += "WHEN " + texts[0] + " THEN " + texts[1] + " "
		case c.Word == "else" && len(texts) == 1:
			last = "ELSE " + texts[0] + " "
		default:
			return "", piece.UnknownClause(c)
		}
	}
	return out + last + "END", nil
}

// junction is a list of conditions in parentheses.
func (w *writer) junction(items []term.Clause, empty string, join func([]piece.Part) string) (string, error) {
	switch {
	case len(items) > 0:
	case w.style.each:
		return "", errors.New("a list of no conditions")
	default:
		return empty, nil
	}
	parts, err := w.parts(piece.Pointers(items), func(c *term.Clause) (string, error) {
		if c.Word != "item" || c.Values[0].Form == term.AsRest {
			return "", errors.New("conditions that are not known: " + c.String())
		}
		b, ok := c.Values[0].Term.(*term.Build)
		if !ok {
			return "", errors.New("a condition that is not known: " + c.Values[0].Term.String())
		}
		return w.fragment(b)
	})
	if err != nil || len(parts) == 0 {
		return "", err
	}
	if !slices.ContainsFunc(items, func(c term.Clause) bool { return c.Sure() }) {
		parts = append(parts, piece.Part{Text: empty, When: &term.Clause{}}) // none of them may be there
	}
	return w.style.joined(join(parts)), nil
}

// parts writes the clauses of a list of conditions; those without a text are none. A
// text that is there only sometimes must stay what it is beside the others.
func (w *writer) parts(clauses []*term.Clause, write func(*term.Clause) (string, error)) ([]piece.Part, error) {
	var out []piece.Part
	for _, c := range clauses {
		text, err := w.Within(c, func() (string, error) { return write(c) })
		if err != nil {
			return nil, err
		}
		if text == "" {
			continue
		}
		if !c.Sure() && !w.style.stays(text) {
			return nil, &piece.SplitError{Clause: c}
		}
		out = append(out, piece.Part{Text: text, When: c})
	}
	return out, nil
}

// comparison writes the entries of a map: columns compared with values, by column.
func (w *writer) comparison(op string, entries []term.Clause) (string, error) {
	if len(entries) == 0 && (op == "eq" || op == "ne") {
		return "(1=1)", nil
	}
	sorted, err := piece.ByColumn(entries)
	if err != nil {
		return "", err
	}
	parts, err := w.parts(piece.Pointers(sorted), func(c *term.Clause) (string, error) {
		column, err := piece.Constant(c.Values[0].Term)
		if err != nil {
			return "", err
		}
		return w.compared(op, column, c.Values[1])
	})
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(entries, func(c term.Clause) bool { return c.Sure() }) && (op == "eq" || op == "ne") {
		parts = append(parts, piece.Part{Text: "(1=1)", When: &term.Clause{}})
	}
	return w.All(parts), nil
}

var operators = map[string]string{
	"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "like": "LIKE", "not like": "NOT LIKE", "ilike": "ILIKE", "not ilike": "NOT ILIKE",
}

// compared is a column compared with a value: a list is one of its elements, nil is NULL.
func (w *writer) compared(op, column string, v term.Value) (string, error) {
	if term.Built(v.Term) || v.Form == term.AsPart {
		if !w.style.parts {
			return "", errors.New("a fragment in the place of a bind value")
		}
		text, err := w.value(v)
		return column + " " + operators[op] + " " + text, err
	}
	if op != "eq" && op != "ne" {
		if v.Form == term.AsList || v.Form == term.AsNil {
			return "", errors.New("no single value beside " + operators[op])
		}
		return column + " " + operators[op] + " " + w.Hole(v.Term, v.Form == term.AsNullable), nil
	}
	not, plain, all := "", " = ", " = ANY("
	if op == "ne" {
		not, plain, all = "NOT ", " <> ", " <> ALL("
	}
	null := column + " IS " + not + "NULL"
	switch v.Form {
	case term.AsNil:
		return null, nil
	case term.AsList:
		return column + all + w.Hole(v.Term, false) + ")", nil
	case term.AsNullable:
		n := w.Hole(v.Term, true)
		if w.style.typed || w.NotZero(v.Term) {
			return column + plain + n, nil
		}
		return "CASE WHEN " + n + " IS NULL THEN " + null + " ELSE " + column + plain + n + " END", nil
	}
	return column + plain + w.Hole(v.Term, false), nil
}
