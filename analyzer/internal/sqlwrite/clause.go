package sqlwrite

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// column writes what a clause adds to the columns of the result.
func (w *writer) column(c *term.Clause) ([]string, error) {
	if c.Word == "column" {
		return some(w.predicate(c))
	}
	out := make([]string, len(c.Values))
	for i, v := range c.Values {
		if v.Form == term.AsRest {
			return nil, errors.New("a list of " + c.Word + " that is not known")
		}
		text, err := w.piece(v)
		if err != nil {
			return nil, err
		}
		out[i] = text
	}
	return out, nil
}

// piece is a piece of SQL as it stands, or a fragment in its place.
func (w *writer) piece(v term.Value) (string, error) {
	if b, ok := v.Term.(*term.Build); ok {
		return w.embedded(b)
	}
	return piece.Constant(v.Term)
}

func some(text string, err error) ([]string, error) {
	if text == "" {
		return nil, err
	}
	return []string{text}, err
}

var joins = map[string]string{
	"join": "JOIN ", "inner join": "INNER JOIN ", "left join": "LEFT JOIN ", "right join": "RIGHT JOIN ", "cross join": "CROSS JOIN ", "join clause": "",
	"join on": "JOIN ", "left join on": "LEFT JOIN ", "right join on": "RIGHT JOIN ", "full join on": "FULL JOIN ",
}

// join writes a join. One that is there only sometimes filters nothing for sure: it is
// an outer join.
func (w *writer) join(c *term.Clause) ([]string, error) {
	text, err := w.Within(c, func() (string, error) { return w.joining(c) })
	if err != nil || text == "" {
		return nil, err
	}
	if !c.Sure() {
		return []string{joins["left join"] + text}, nil
	}
	return []string{joins[c.Word] + text}, nil
}

// joining writes what is joined, with its condition.
func (w *writer) joining(c *term.Clause) (string, error) {
	if !strings.HasSuffix(c.Word, " on") {
		return w.predicate(c)
	}
	table, err := w.tabled(c.Values[0])
	if err != nil {
		return "", err
	}
	on, err := w.piece(c.Values[1])
	if err == nil && !c.Sure() && !piece.Balanced(on) {
		err = &piece.SplitError{Clause: c}
	}
	return table + " ON " + on, err
}

// tabled is a table by its name, or what stands in its place.
func (w *writer) tabled(v term.Value) (string, error) {
	if b, ok := v.Term.(*term.Build); ok {
		return w.embedded(b)
	}
	text, err := piece.Constant(v.Term)
	return w.style.name(text), err
}

var directions = map[string]string{"order": "", "order dir": "", "order asc": " ASC", "order desc": " DESC"}

// ordered writes what rows are ordered by: it is there, or a part of it. A direction that
// is a value is none that anything rests on.
func (w *writer) ordered(c *term.Clause) ([]string, error) {
	direction, ok := directions[c.Word]
	switch {
	case !ok:
		return some(w.predicate(c))
	case c.Word == "order":
		return piece.Constants(c)
	}
	if c.Word == "order dir" {
		direction = map[string]string{"true": " ASC", "false": " DESC"}[c.Values[1].Term.String()]
	}
	text, err := piece.Constant(c.Values[0].Term)
	return []string{text + direction}, err
}

// from writes the tables that are read: the last ones that were set.
func (w *writer) from(s piece.Sections) (string, error) {
	plain, sub := s.Take("from"), s.Take("from select")
	switch {
	case len(plain) > 0 && len(sub) > 0:
		return "", piece.UnknownClause(sub[0])
	case len(sub) > 0:
		text, err := w.alias(sub[len(sub)-1])
		return "FROM " + text, err
	case len(plain) == 0:
		return "", nil
	}
	text, err := w.column(plain[len(plain)-1])
	if err != nil || last(text) == "" {
		return "", err
	}
	return "FROM " + last(text), nil
}

// conditions writes WHERE and HAVING.
func (w *writer) conditions(s piece.Sections, word, keyword string) (string, error) {
	parts, err := w.parts(s.Take(word), w.predicate)
	if err != nil || len(parts) == 0 {
		return "", err
	}
	return keyword + " " + w.All(parts), nil
}

// before is how many rows stand before a page of a length.
func before(page, length term.Term) term.Term {
	p, n := digits(page), digits(length)
	if p < 1 || n < 0 {
		return term.Why("arithmetic")
	}
	return &term.Const{Kind: term.Number, Text: strconv.Itoa((p - 1) * n)}
}

// digits is a number that is known, -1 if it is not.
func digits(t term.Term) int {
	if c, ok := t.(*term.Const); ok && c.Kind == term.Number {
		if n, err := strconv.Atoi(c.Text); err == nil {
			return n
		}
	}
	return -1
}

// affix writes what stands before or behind a statement.
func (w *writer) affix(s piece.Sections, word string) (string, error) {
	var out []string
	for _, c := range s.Take(word) {
		text, err := w.expression(c)
		if err != nil {
			return "", err
		}
		out = append(out, text)
	}
	for _, c := range s.Take(word + " of") {
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
func (w *writer) rows(s piece.Sections) (string, error) {
	if maps := s.Take("set map"); len(maps) > 0 {
		if !maps[len(maps)-1].Sure() {
			return "", &piece.SplitError{Clause: maps[len(maps)-1]}
		}
		s.Take("columns")
		s.Take("values")
		return w.mapped(maps[len(maps)-1])
	}
	columns, err := w.stored(s)
	if err != nil {
		return "", err
	}
	if pairs := s.Take("pair"); len(pairs) > 0 {
		return w.paired(pairs, len(columns) > 0 || len(s["values"]) > 0)
	}
	head := ""
	if len(columns) > 0 {
		head = "(" + strings.Join(w.style.names(columns), ",") + ") "
	}
	if sub := s.Take("values of select"); len(sub) > 0 {
		s.Take("values")
		text, err := w.whole(sub[len(sub)-1].Values[0])
		return head + text, err
	}
	var rows []string
	for _, c := range append(s.Take("values"), s.Take("record")...) {
		row, err := w.row(c, columns)
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

// stored are the columns of an INSERT: all that were named, or the last ones.
func (w *writer) stored(s piece.Sections) ([]string, error) {
	if list := s["columns"]; w.style.each && len(list) > 1 {
		s["columns"] = list[len(list)-1:]
	}
	return s.Texts("columns")
}

// paired is a row that is given column by column.
func (w *writer) paired(pairs []*term.Clause, more bool) (string, error) {
	if more {
		return "", errors.New("a row that is given in two ways")
	}
	list := make([]term.Clause, len(pairs))
	for i, c := range pairs {
		list[i] = *c
	}
	return w.byEntries(list)
}

func (w *writer) row(c *term.Clause, columns []string) (string, error) {
	if c.Word == "record" {
		return w.record(c.Values[0].Term, columns)
	}
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

// mapped is a row that is given as a map. A column that is there only sometimes holds
// nothing otherwise.
func (w *writer) mapped(c *term.Clause) (string, error) {
	entries, err := piece.EntriesOf(c)
	if err != nil {
		return "", err
	}
	return w.byEntries(entries)
}

func (w *writer) byEntries(entries []term.Clause) (string, error) {
	var columns, values []string
	for i := range entries {
		e := &entries[i]
		column, err := piece.Constant(e.Values[0].Term)
		if err != nil {
			return "", err
		}
		value, err := w.value(e.Values[1])
		if err != nil {
			return "", err
		}
		if !e.Sure() {
			value = "CASE WHEN " + w.Given(e) + " THEN " + value + " END"
		}
		columns, values = append(columns, w.style.name(column)), append(values, value)
	}
	return "(" + strings.Join(columns, ",") + ") VALUES (" + strings.Join(values, ",") + ")", nil
}

// record is a row of the fields of a struct, by the names of the columns.
func (w *writer) record(t term.Term, columns []string) (string, error) {
	st, ok := t.(*term.Struct)
	if !ok || st.Base != nil {
		return "", errors.New("a row of a struct that is not known")
	}
	texts := make([]string, len(columns))
	for i, column := range columns {
		k := slices.IndexFunc(st.Fields, func(f term.Field) bool { return spelledAlike(f.Name, column) })
		if k < 0 {
			return "", errors.New("a column that no field of a row is named as: " + column)
		}
		texts[i] = w.Hole(st.Fields[k].Term, false)
	}
	return "(" + strings.Join(texts, ",") + ")", nil
}

// spelledAlike reports whether a field is called as a column, but for case and underscores.
func spelledAlike(field, column string) bool {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
	return plain(field) == plain(column)
}

// assignments are what an UPDATE sets. A column that is set only sometimes keeps its
// value otherwise.
func (w *writer) assignments(s piece.Sections) ([]string, error) {
	var list []term.Clause
	for _, word := range []string{"set", "increase", "decrease"} {
		for _, c := range s.Take(word) {
			list = append(list, *c)
		}
	}
	for _, c := range s.Take("set map") {
		entries, err := piece.EntriesOf(c)
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
	column, err := piece.Constant(c.Values[0].Term)
	if err != nil {
		return "", err
	}
	column = w.style.name(column)
	value, err := w.Within(c, func() (string, error) { return w.value(c.Values[1]) })
	if err != nil {
		return "", err
	}
	if b, ok := c.Values[1].Term.(*term.Build); ok && isSelect(b) && !w.style.parts {
		value = "(" + value + ")"
	}
	switch c.Word {
	case "increase":
		value = column + " + " + value
	case "decrease":
		value = column + " - " + value
	}
	if !c.Sure() {
		value = "CASE WHEN " + w.Given(c) + " THEN " + value + " ELSE " + column + " END"
	}
	return column + " = " + value, nil
}

func isSelect(b *term.Build) bool {
	return slices.ContainsFunc(b.Clauses, func(c term.Clause) bool { return c.Word == "select" })
}
