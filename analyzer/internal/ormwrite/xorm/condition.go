package xorm

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// add joins a condition to those so far: by OR, it is an arm beside all of them.
func (s *statement) add(x *term.Build, c *term.Clause) {
	if s.where == nil {
		s.where = phrase.Build(term.Clause{Word: "and"}, phrase.Under(phrase.Item(x), c))
		return
	}
	word := "and"
	if c.Word == "or filter" {
		word = "or"
	}
	s.where = phrase.Build(term.Clause{Word: word}, phrase.Item(s.where), phrase.Under(phrase.Item(x), c))
}

// condition is what a call is given as one, nil if it is none: a text, a map, or conditions
// that are put together.
func (s *statement) condition(values []term.Value) (*term.Build, error) {
	if len(values) == 0 {
		return nil, nil
	}
	first := values[0]
	if first.Form == term.AsText {
		x, err := textual(values)
		return wrapped(x), err
	}
	if _, built := first.Term.(*term.Build); !built {
		return nil, errors.New("a condition that is not known: " + first.Term.String())
	}
	x, err := composed(first)
	if err != nil {
		return nil, err
	}
	for _, v := range values[1:] {
		if !term.Built(v.Term) {
			continue
		}
		more, err := composed(v)
		if err != nil {
			return nil, err
		}
		x = both("and", x, more)
	}
	return x, nil
}

// both are two conditions, of which either may be none.
func both(word string, x, y *term.Build) *term.Build {
	switch {
	case x == nil:
		return y
	case y == nil:
		return x
	}
	return phrase.Build(term.Clause{Word: word}, phrase.Item(x), phrase.Item(y))
}

// wrapped is a text in the parentheses in which it stands as a condition.
func wrapped(x *term.Build) *term.Build {
	if x == nil {
		return nil
	}
	return phrase.Expression("(?)", term.Value{Term: x})
}

// textual is a text with its bind values.
func textual(values []term.Value) (*term.Build, error) {
	if b, ok := values[0].Term.(*term.Build); ok {
		return composed(term.Value{Term: b})
	}
	sql, ok := phrase.Constant(values[0].Term)
	if !ok {
		return nil, errors.New("a text that is not known: " + values[0].Term.String())
	}
	var args []term.Value
	for _, v := range phrase.Spread(values[1:]) {
		switch v.Form {
		case term.AsRest, term.AsPart, term.AsModels, term.AsModel:
			return nil, errors.New("bind values of a text that are not known")
		}
		args = append(args, phrase.Bare(v))
	}
	return phrase.Expression(plain(sql), args...), nil
}

// composed is a condition that is put together by the library's types and functions.
func composed(v term.Value) (*term.Build, error) {
	b, ok := v.Term.(*term.Build)
	if !ok || b.Base != nil || len(b.Clauses) == 0 {
		return nil, errors.New("a condition that is not known: " + v.Term.String())
	}
	end := slices.IndexFunc(b.Clauses, func(c term.Clause) bool { return c.Word == "join and" || c.Word == "join or" })
	if end < 0 {
		end = len(b.Clauses)
	}
	x, err := single(b.Clauses[:end])
	for i := end; i < len(b.Clauses) && err == nil; i++ {
		c := &b.Clauses[i]
		word := strings.TrimPrefix(c.Word, "join ")
		var more *term.Build
		if more, err = junction(word, c.Values); more != nil {
			if x != nil {
				x = phrase.Build(term.Clause{Word: word}, phrase.Item(x), phrase.Under(phrase.Item(more), c))
			} else {
				x = phrase.Build(term.Clause{Word: "and"}, phrase.Under(phrase.Item(more), c))
			}
		}
	}
	return x, err
}

// junction are conditions joined by a word, nil if there are none.
func junction(word string, values []term.Value) (*term.Build, error) {
	var x *term.Build
	for _, v := range values {
		if v.Form == term.AsNil {
			continue
		}
		if v.Form == term.AsRest {
			return nil, errors.New("a list of conditions that is not known")
		}
		more, err := composed(v)
		if err != nil {
			return nil, err
		}
		x = both(word, x, more)
	}
	return x, nil
}

// single is one condition, nil if it is none.
func single(clauses []term.Clause) (*term.Build, error) {
	c := &clauses[0]
	switch c.Word {
	case "session":
		return nil, nil
	case "and", "or":
		values := c.Values
		for i := range clauses[1:] {
			if x := &clauses[i+1]; x.Word == "item" && x.Sure() {
				values = append(values[:len(values):len(values)], x.Values...)
			} else {
				return nil, errors.New("a list of conditions that is not known")
			}
		}
		return junction(c.Word, values)
	case "text":
		x, err := textual(c.Values)
		return wrapped(x), err
	case "eq", "ne", "lt", "le", "gt", "ge":
		return entries(c.Word, clauses[1:])
	case "in", "not in":
		return (&statement{}).within(c.Values, c.Word == "not in")
	}
	return held(c)
}

// entries are the entries of a map, joined by AND.
func entries(word string, list []term.Clause) (*term.Build, error) {
	if len(list) == 0 {
		return nil, nil
	}
	out := phrase.Build(term.Clause{Word: "and"})
	list = phrase.ByName(list)
	for i := range list {
		e := &list[i]
		name, ok := phrase.Constant(e.Values[0].Term)
		if e.Word != "entry" || !ok || len(e.Values) < 2 || e.Values[1].Form == term.AsPart || e.Values[1].Form == term.AsAny && phrase.Unknown(e.Values[1].Term) {
			return nil, errors.New("a map of conditions that is not known")
		}
		if term.Built(e.Values[1].Term) {
			return nil, errors.New("a statement within a condition")
		}
		p := phrase.Build(term.Clause{Word: word}, term.Clause{Word: "entry", Values: []term.Value{phrase.Text(quoted(name)), phrase.Bare(e.Values[1])}})
		out.Clauses = append(out.Clauses, phrase.Under(phrase.Item(p), e))
	}
	return out, nil
}

// held is a condition that holds what it is about: a column, or one with its values.
func held(c *term.Clause) (*term.Build, error) {
	unknown := errors.New("a condition that is not known: " + c.Word)
	if len(c.Values) == 0 {
		return nil, unknown
	}
	list, ok := c.Values[0].Term.(*term.List)
	if !ok || list.Open || len(list.Elems) == 0 {
		return nil, unknown
	}
	parts := list.Elems
	if c.Word == "not" {
		return negated(parts[0])
	}
	name, ok := phrase.Constant(parts[0])
	if !ok {
		return nil, unknown
	}
	column := quoted(name)
	switch {
	case c.Word == "is null":
		return phrase.Expression(column + " IS NULL"), nil
	case c.Word == "not null":
		return phrase.Expression(column + " IS NOT NULL"), nil
	case c.Word == "like" && len(parts) == 2:
		return phrase.Expression(column+" LIKE ?", term.Value{Term: parts[1]}), nil
	case c.Word == "between" && len(parts) == 3:
		return phrase.Expression(column+" BETWEEN ? AND ?", term.Value{Term: parts[1]}, term.Value{Term: parts[2]}), nil
	}
	return nil, unknown
}

// negated is the opposite of a condition; a text stands behind the NOT as it is, so that an OR
// in it is none of what is negated.
func negated(t term.Term) (*term.Build, error) {
	b, ok := t.(*term.Build)
	if ok && b.Base == nil && len(b.Clauses) == 1 && b.Clauses[0].Word == "text" {
		x, err := textual(b.Clauses[0].Values)
		return phrase.Expression("NOT ?", term.Value{Term: x}), err
	}
	x, err := composed(term.Value{Term: t})
	if x == nil || err != nil {
		return nil, errors.New("a condition that is not known: " + t.String())
	}
	return phrase.Expression("NOT (?)", term.Value{Term: x}), nil
}

// within is a column that is one of a list, or is not.
func (s *statement) within(values []term.Value, not bool) (*term.Build, error) {
	names, err := namesOf(values[:1])
	if err != nil {
		return nil, err
	}
	rest := values[1:]
	word := "eq"
	if not {
		word = "ne"
	}
	list := term.Value{Form: term.AsList}
	switch {
	case len(rest) == 1 && (rest[0].Form == term.AsRest || rest[0].Form == term.AsList):
		list.Term = rest[0].Term
	case len(rest) == 1 && rest[0].Form == term.AsAny || slices.ContainsFunc(rest, func(v term.Value) bool { return term.Built(v.Term) || v.Form == term.AsPart || v.Form == term.AsRest }):
		return nil, errors.New("a list that is not known: " + rest[0].Term.String())
	default:
		l := &term.List{}
		for _, v := range rest {
			l.Elems = append(l.Elems, v.Term)
		}
		list.Term = l
	}
	return phrase.Build(term.Clause{Word: word}, term.Clause{Word: "entry", Values: []term.Value{phrase.Text(quoted(names[0])), list}}), nil
}

// conditions are those of the session, those by its key, and what its end adds.
func (s *statement) conditions(more []term.Clause, byKey bool) ([]term.Clause, error) {
	var out []term.Clause
	if s.where != nil {
		out = append(out, phrase.Part("where", s.where))
	}
	out = append(out, more...)
	if s.key == nil || !byKey {
		return out, nil
	}
	if s.table == nil {
		return nil, errors.New("a key of a table whose rows are not known")
	}
	key := s.table.Key()
	parts, err := keyParts(s.key.Values, len(key))
	if err != nil {
		return nil, err
	}
	for i, c := range key {
		out = append(out, phrase.Under(phrase.Compared(false, s.column(c.Name), parts[i]), s.key))
	}
	return out, nil
}

// keyParts are the values of the columns of a key.
func keyParts(values []term.Value, n int) ([]term.Value, error) {
	v := values[0]
	if l, ok := v.Term.(*term.List); ok && !l.Open && len(l.Elems) == n {
		var out []term.Value
		for _, e := range l.Elems {
			out = append(out, term.Value{Term: e})
		}
		return out, nil
	}
	if n != 1 || v.Form == term.AsAny || v.Form == term.AsList || v.Form == term.AsRest || v.Form == term.AsModel {
		return nil, errors.New("a key that is not known: " + v.Term.String())
	}
	return []term.Value{v}, nil
}

// ofBean are the conditions that a row is: its fields that are not zero, and those that the
// session names. A field that is true or false, and one that is stored as JSON, is none.
func (s *statement) ofBean(v term.Value, t *model.Table) ([]term.Clause, error) {
	if phrase.Unknown(v.Term) {
		return nil, errors.New("a row as a condition that is not known: " + v.Term.String())
	}
	var out []term.Clause
	for _, c := range t.Columns {
		if c == t.Deleted && !s.unscoped {
			out = append(out, s.notDeleted(t)...)
		}
		must := s.cols.all || s.cols.must[strings.ToLower(c.Name)]
		if c.Serialize || c.Type == "json" || c.Type == "jsonb" {
			continue
		}
		if c.Field.Kind == unit.ModelBool && !must && !s.cols.bools {
			continue
		}
		value := phrase.Field(v.Term, c.Path)
		if phrase.Unknown(value) {
			return nil, errors.New("a condition by a field that is not known: " + c.Path[len(c.Path)-1])
		}
		p := phrase.Compared(false, s.column(c.Name), term.Value{Term: value})
		if !must || c.Field.Pointer {
			var there bool
			if p, there = phrase.Nonzero(p, value); !there {
				continue
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// notDeleted leaves out rows that are deleted.
func (s *statement) notDeleted(t *model.Table) []term.Clause {
	if t == nil || t.Deleted == nil || s.unscoped {
		return nil
	}
	column := s.column(t.Deleted.Name)
	x := phrase.Build(term.Clause{Word: "or"},
		phrase.Item(phrase.Expression(column+" = ?", term.Value{Term: &term.Const{Kind: term.Text, Text: "0001-01-01 00:00:00"}})),
		phrase.Item(phrase.Expression(column+" IS NULL")))
	return []term.Clause{phrase.Part("where", x)}
}
