package sqlwrite

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// column writes what a clause adds to the columns of the result.
func (w *writer) column(c *term.Clause) ([]string, error) {
	if c.Word != "column" {
		return constants(c)
	}
	return some(w.predicate(c))
}

func some(text string, err error) ([]string, error) {
	if text == "" {
		return nil, err
	}
	return []string{text}, err
}

var joins = map[string]string{
	"join": "JOIN ", "inner join": "INNER JOIN ", "left join": "LEFT JOIN ", "right join": "RIGHT JOIN ", "cross join": "CROSS JOIN ", "join clause": "",
}

// join writes a join. One that is there only sometimes filters nothing for sure: it is
// an outer join.
func (w *writer) join(c *term.Clause) ([]string, error) {
	text, err := w.within(c, func() (string, error) { return w.predicate(c) })
	if err != nil || text == "" {
		return nil, err
	}
	if !c.Sure() {
		return []string{joins["left join"] + text}, nil
	}
	return []string{joins[c.Word] + text}, nil
}

// ordered writes what rows are ordered by: it is there, or a part of it.
func (w *writer) ordered(c *term.Clause) ([]string, error) {
	if c.Word == "order" {
		return constants(c)
	}
	return some(w.predicate(c))
}

// from writes the tables that are read: the last ones that were set.
func (w *writer) from(s sections) (string, error) {
	plain, sub := s.take("from"), s.take("from select")
	switch {
	case len(plain) > 0 && len(sub) > 0:
		return "", unknownClause(sub[0])
	case len(sub) > 0:
		text, err := w.alias(sub[len(sub)-1])
		return "FROM " + text, err
	case len(plain) == 0:
		return "", nil
	}
	text, err := constants(plain[len(plain)-1])
	if err != nil || last(text) == "" {
		return "", err
	}
	return "FROM " + last(text), nil
}

// conditions writes WHERE and HAVING.
func (w *writer) conditions(s sections, word, keyword string) (string, error) {
	parts, err := w.parts(s.take(word), w.predicate)
	if err != nil || len(parts) == 0 {
		return "", err
	}
	return keyword + " " + w.all(parts), nil
}

// number writes a limit: digits if they are known.
func (w *writer) number(s sections, word, keyword string) (string, error) {
	list := s.take(word)
	if len(list) == 0 {
		return "", nil
	}
	v := list[len(list)-1].Values[0]
	if c, ok := v.Term.(*term.Const); ok && c.Kind == term.Number {
		return keyword + " " + c.Text, nil
	}
	return keyword + " " + w.hole(v.Term, false), nil
}

// affix writes what stands before or behind a statement.
func (w *writer) affix(s sections, word string) (string, error) {
	var out []string
	for _, c := range s.take(word) {
		text, err := w.expression(c)
		if err != nil {
			return "", err
		}
		out = append(out, text)
	}
	for _, c := range s.take(word + " of") {
		text, err := w.predicate(c)
		if err != nil {
			return "", err
		}
		out = append(out, text)
	}
	return strings.Join(slices.DeleteFunc(out, func(t string) bool { return t == "" }), " "), nil
}

// rows writes the columns of an INSERT and what is stored in them. Every row that may be
// there is.
func (w *writer) rows(s sections) (string, error) {
	if maps := s.take("set map"); len(maps) > 0 {
		if !maps[len(maps)-1].Sure() {
			return "", &splitError{maps[len(maps)-1]}
		}
		s.take("columns")
		s.take("values")
		return w.mapped(maps[len(maps)-1])
	}
	columns, err := s.texts("columns")
	if err != nil {
		return "", err
	}
	head := ""
	if len(columns) > 0 {
		head = "(" + strings.Join(columns, ",") + ") "
	}
	if sub := s.take("values of select"); len(sub) > 0 {
		s.take("values")
		text, err := w.whole(sub[len(sub)-1].Values[0])
		return head + text, err
	}
	var rows []string
	for _, c := range s.take("values") {
		row, err := w.row(c)
		if err != nil {
			return "", err
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return "", errors.New("an INSERT without values")
	}
	return head + "VALUES " + strings.Join(rows, ","), nil
}

func (w *writer) row(c *term.Clause) (string, error) {
	texts := make([]string, len(c.Values))
	for i, v := range c.Values {
		if v.Form == term.AsRest {
			return "", errors.New("a row of values that are not known one by one")
		}
		s, err := w.value(v)
		if err != nil {
			return "", err
		}
		texts[i] = s
	}
	return "(" + strings.Join(texts, ",") + ")", nil
}

// entriesOf are the entries of a map that is given as a whole.
func entriesOf(c *term.Clause) ([]term.Clause, error) {
	b, ok := c.Values[0].Term.(*term.Build)
	if !ok || b.Base != nil || len(b.Clauses) == 0 {
		return nil, errors.New("a map of columns that is not known")
	}
	return byColumn(b.Clauses[1:])
}

// mapped is a row that is given as a map. A column that is there only sometimes holds
// nothing otherwise.
func (w *writer) mapped(c *term.Clause) (string, error) {
	entries, err := entriesOf(c)
	if err != nil {
		return "", err
	}
	var columns, values []string
	for i := range entries {
		e := &entries[i]
		column, err := constant(e.Values[0].Term)
		if err != nil {
			return "", err
		}
		value, err := w.value(e.Values[1])
		if err != nil {
			return "", err
		}
		if !e.Sure() {
			value = "CASE WHEN " + w.given(e) + " THEN " + value + " END"
		}
		columns, values = append(columns, column), append(values, value)
	}
	return "(" + strings.Join(columns, ",") + ") VALUES (" + strings.Join(values, ",") + ")", nil
}

// assignments are what an UPDATE sets. A column that is set only sometimes keeps its
// value otherwise.
func (w *writer) assignments(s sections) ([]string, error) {
	var list []term.Clause
	for _, c := range s.take("set") {
		list = append(list, *c)
	}
	for _, c := range s.take("set map") {
		entries, err := entriesOf(c)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			e.If, e.Maybe = append(slices.Clone(c.If), e.If...), c.Maybe || e.Maybe
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		return nil, errors.New("an UPDATE that sets nothing")
	}
	var out []string
	for i := range list {
		text, err := w.assignment(&list[i])
		if err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, nil
}

func (w *writer) assignment(c *term.Clause) (string, error) {
	column, err := constant(c.Values[0].Term)
	if err != nil {
		return "", err
	}
	value, err := w.within(c, func() (string, error) { return w.value(c.Values[1]) })
	if err != nil {
		return "", err
	}
	if b, ok := c.Values[1].Term.(*term.Build); ok && isSelect(b) {
		value = "(" + value + ")"
	}
	if !c.Sure() {
		value = "CASE WHEN " + w.given(c) + " THEN " + value + " ELSE " + column + " END"
	}
	return column + " = " + value, nil
}

func isSelect(b *term.Build) bool {
	return slices.ContainsFunc(b.Clauses, func(c term.Clause) bool { return c.Word == "select" })
}
