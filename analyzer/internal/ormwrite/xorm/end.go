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

// end are the statements that the last call runs.
func (s *statement) end() ([]*term.Build, error) {
	if s.ends == nil {
		return nil, errors.New("a statement that nothing runs")
	}
	values := s.ends.Values
	switch s.ends.Word {
	case "exec":
		return s.texts(values)
	case "insert row":
		return s.inserted(values)
	case "update row":
		return s.updated(values)
	case "remove":
		return s.removed(values)
	}
	if s.raw != nil {
		return s.texts(s.raw)
	}
	if len(values) == 0 { // Count() and Exist() of a table that is named
		if s.name == "" {
			return nil, errors.New("a statement without a table")
		}
		return s.found(nil, values)
	}
	if err := s.ofRows(values[0]); err != nil {
		return nil, err
	}
	if s.ends.Word == "rows" { // the row is what each is read into, and a condition
		return s.found(nil, values[:1])
	}
	return s.found(&values[0], values[1:])
}

// texts is a statement that is given as a text.
func (s *statement) texts(values []term.Value) ([]*term.Build, error) {
	if len(values) == 0 {
		values = s.raw
	}
	if len(values) == 0 {
		return nil, errors.New("a statement without a text")
	}
	if len(values) > 0 && values[0].Form == term.AsRest {
		return nil, errors.New("a text and bind values that are not known: " + values[0].Term.String())
	}
	x, err := textual(values)
	if err != nil {
		return nil, err
	}
	return []*term.Build{phrase.Build(term.Clause{Word: "raw", Values: x.Clauses[0].Values})}, nil
}

// found is a SELECT by the conditions of the session and those that a row is, and the count
// that goes with it.
func (s *statement) found(bean *term.Value, conds []term.Value) ([]*term.Build, error) {
	more, byKey, err := s.foundBy(bean, conds)
	if err != nil {
		return nil, err
	}
	wheres, err := s.conditions(more, byKey)
	if err != nil {
		return nil, err
	}
	switch s.ends.Word {
	case "count":
		return s.counted(wheres)
	case "scan and count":
		list, err := s.selected(wheres)
		if err != nil {
			return nil, err
		}
		counts, err := s.counted(append(wheres, s.notDeleted(s.table)...))
		return append(list, counts...), err
	}
	return s.selected(wheres)
}

// foundBy are the conditions that a call adds by the rows that it is handed, and whether the
// key of the session counts.
func (s *statement) foundBy(bean *term.Value, conds []term.Value) (more []term.Clause, byKey bool, err error) {
	many := s.ends.Word == "find" || s.ends.Word == "scan and count" || s.ends.Word == "rows"
	if many {
		if len(conds) == 0 || s.noRow {
			return s.notDeleted(s.table), false, nil
		}
		if conds[0].Form != term.AsModel {
			return nil, false, errors.New("a condition that is not known: " + conds[0].Term.String())
		}
		more, err = s.ofCondition(conds[0])
		return more, false, err
	}
	switch {
	case bean == nil:
		return s.notDeleted(s.table), true, nil
	case bean.Form != term.AsModel || s.noRow:
		return s.notDeleted(s.table), true, nil
	}
	more, err = s.ofBean(*bean, s.table)
	return more, true, err
}

// ofCondition are the conditions that a second row is, or a map.
func (s *statement) ofCondition(v term.Value) ([]term.Clause, error) {
	if b, ok := v.Term.(*term.Build); ok && b.Base == nil && len(b.Clauses) > 0 && b.Clauses[0].Word == "eq" {
		x, err := entries("eq", b.Clauses[1:])
		if x == nil || err != nil {
			return s.notDeleted(s.table), err
		}
		return append([]term.Clause{phrase.Part("where", x)}, s.notDeleted(s.table)...), nil
	}
	t := s.models.Of(v.Type, naming)
	if v.Form != term.AsModel || t == nil {
		return nil, errors.New("a condition that is not known: " + v.Term.String())
	}
	return s.ofBean(v, t)
}

// selected is the SELECT.
func (s *statement) selected(wheres []term.Clause) ([]*term.Build, error) {
	b := phrase.Build(term.Clause{Word: "select"})
	if s.distinct {
		b.Clauses = append(b.Clauses, term.Clause{Word: "distinct"})
	}
	one := s.ends.Word == "find one" || s.ends.Word == "exists"
	if s.ends.Word == "exists" && s.table == nil {
		b.Clauses = append(b.Clauses, phrase.Clause("columns", "*"))
	} else {
		b.Clauses = append(b.Clauses, phrase.Clause("columns", s.list()))
	}
	b.Clauses = append(b.Clauses, phrase.Clause("from", s.from()))
	b.Clauses = append(append(b.Clauses, s.joins...), wheres...)
	for _, c := range s.rest {
		if c.Word != "limit" || !one {
			b.Clauses = append(b.Clauses, c)
		}
	}
	if one {
		b.Clauses = append(b.Clauses, term.Clause{Word: "limit", Values: []term.Value{phrase.Number(1)}})
	}
	return []*term.Build{b}, nil
}

// counted is the count of the rows.
func (s *statement) counted(wheres []term.Clause) ([]*term.Build, error) {
	what := "count(*)"
	if s.distinct && len(s.cols.only) > 0 {
		what = "count(DISTINCT " + s.list() + ")"
	}
	b := phrase.Build(term.Clause{Word: "select"}, phrase.Clause("columns", what), phrase.Clause("from", s.from()))
	b.Clauses = append(append(b.Clauses, s.joins...), wheres...)
	for _, c := range s.rest {
		if c.Word == "group" || c.Word == "having" {
			b.Clauses = append(b.Clauses, c)
		}
	}
	return []*term.Build{b}, nil
}

// list are the columns of the result.
func (s *statement) list() string {
	var names []string
	switch {
	case s.shown != "":
		return s.shown
	case len(s.cols.only) > 0:
		for _, n := range s.cols.order {
			names = append(names, quoted(n))
		}
	case s.table != nil && len(s.joins) == 0:
		for _, c := range s.table.Columns {
			if !s.cols.omit[strings.ToLower(c.Name)] {
				names = append(names, phrase.Quoted(c.Name))
			}
		}
	}
	if len(names) == 0 {
		return "*"
	}
	return strings.Join(names, ", ")
}

// inserted is an INSERT of each of the rows.
func (s *statement) inserted(beans []term.Value) ([]*term.Build, error) {
	var out []*term.Build
	for _, v := range beans {
		if v.Form == term.AsRest {
			return nil, errors.New("rows that are not known: " + v.Term.String())
		}
		if b, ok := v.Term.(*term.Build); ok {
			x, err := s.insertedMap(b)
			if err != nil {
				return nil, err
			}
			out = append(out, x)
			continue
		}
		if err := s.ofRows(v); err != nil {
			return nil, err
		}
		if s.table == nil || phrase.Unknown(v.Term) {
			return nil, errors.New("a row that is not known: " + v.Term.String())
		}
		row := v.Term
		if v.Form == term.AsModels {
			row = term.Elements(row)
		}
		var columns, values []term.Value
		for _, c := range s.table.Columns {
			if value, ok := s.insertedValue(row, c); ok {
				columns, values = append(columns, phrase.Text(phrase.Quoted(c.Name))), append(values, value)
			}
		}
		out = append(out, phrase.Build(phrase.Clause("insert", s.tableName()), term.Clause{Word: "columns", Values: columns}, term.Clause{Word: "values", Values: values}))
	}
	return out, nil
}

// insertedValue is what an INSERT stores in a column, if it stores something.
func (s *statement) insertedValue(row term.Term, c *model.Column) (v term.Value, ok bool) {
	name := strings.ToLower(c.Name)
	if c.ReadOnly || s.cols.omit[name] || len(s.cols.only) > 0 && !s.cols.only[name] {
		return v, false
	}
	value := phrase.Field(row, c.Path)
	if c.Counted {
		if zero, known := term.Zeroness(value); zero || !known {
			return v, false
		}
	}
	switch {
	case c == s.table.Deleted, c.Updated, c.Stays:
		return term.Value{Term: term.Of(term.Fresh)}, true
	case c.Version:
		return phrase.Number(1), true
	}
	return phrase.Stored(row, c, "insert"), true
}

// insertedMap is an INSERT of the entries of a map.
func (s *statement) insertedMap(b *term.Build) (*term.Build, error) {
	list, err := mapped(b)
	if err != nil || s.name == "" {
		return nil, errors.New("a row that is not known: " + b.String())
	}
	var columns, values []term.Value
	for _, e := range list {
		if !e.Sure() {
			return nil, errors.New("a row of which a column may be missing")
		}
		name, _ := phrase.Constant(e.Values[0].Term)
		columns, values = append(columns, phrase.Text(quoted(name))), append(values, phrase.Bare(e.Values[1]))
	}
	return phrase.Build(phrase.Clause("insert", s.tableName()), term.Clause{Word: "columns", Values: columns}, term.Clause{Word: "values", Values: values}), nil
}

// mapped are the entries of a map that is written out, sorted.
func mapped(b *term.Build) ([]term.Clause, error) {
	if b.Base != nil || len(b.Clauses) == 0 || b.Clauses[0].Word != "eq" {
		return nil, errors.New("a map that is not known")
	}
	list := slices.Clone(b.Clauses[1:])
	for i := range list {
		if _, ok := phrase.Constant(list[i].Values[0].Term); !ok || list[i].Word != "entry" || len(list[i].Values) < 2 {
			return nil, errors.New("a map that is not known")
		}
	}
	slices.SortStableFunc(list, func(a, b term.Clause) int {
		return strings.Compare(a.Values[0].Term.String(), b.Values[0].Term.String())
	})
	return list, nil
}

// updated is an UPDATE of what the conditions find, and a second row: that the first one has
// a key is no condition.
func (s *statement) updated(values []term.Value) ([]*term.Build, error) {
	bean := values[0]
	sets, err := s.setsOf(bean)
	if err != nil {
		return nil, err
	}
	more := s.notDeleted(s.table)
	if len(values) > 1 && !s.noRow {
		if more, err = s.ofCondition(values[1]); err != nil {
			return nil, err
		}
	} else if s.noRow {
		more = nil
	}
	wheres, err := s.conditions(nil, true)
	if err != nil {
		return nil, err
	}
	wheres = append(wheres, more...)
	name := s.tableName()
	if s.as != "" {
		name += " AS " + quoted(s.as)
	}
	b := phrase.Build(phrase.Clause("update", name))
	b.Clauses = append(append(b.Clauses, sets...), s.sets...)
	if s.table != nil && bean.Form == term.AsModel {
		for _, c := range s.table.Columns {
			if c.Version {
				column := phrase.Quoted(c.Name)
				wheres = append(wheres, phrase.Compared(false, column, phrase.Stored(bean.Term, c, "none")))
				b.Clauses = append(b.Clauses, term.Clause{Word: "set", Values: []term.Value{phrase.Text(column), {Term: phrase.Expression(column + " + 1")}}})
			}
		}
	}
	b.Clauses = append(b.Clauses, wheres...)
	for _, c := range s.rest {
		if c.Word == "limit" {
			return nil, errors.New("an UPDATE with a limit")
		}
	}
	return []*term.Build{b}, nil
}

// setsOf is what an UPDATE stores: the fields of a row that are not zero, or those that the
// session names, or the entries of a map.
func (s *statement) setsOf(bean term.Value) ([]term.Clause, error) {
	if b, ok := bean.Term.(*term.Build); ok {
		list, err := mapped(b)
		if err != nil || s.name == "" {
			return nil, errors.New("a row that is not known: " + b.String())
		}
		var out []term.Clause
		for i := range list {
			name, _ := phrase.Constant(list[i].Values[0].Term)
			out = append(out, phrase.Of("set", &list[i], phrase.Text(quoted(name)), phrase.Bare(list[i].Values[1])))
		}
		return out, nil
	}
	if err := s.ofRows(bean); err != nil {
		return nil, err
	}
	if s.table == nil || bean.Form != term.AsModel || phrase.Unknown(bean.Term) {
		return nil, errors.New("a row that is not known: " + bean.Term.String())
	}
	var out []term.Clause
	for _, c := range s.table.Columns {
		if p, there := s.setOf(bean.Term, c); there {
			out = append(out, p)
		}
	}
	return out, nil
}

// setOf is what an UPDATE stores in a column, if it may store something.
func (s *statement) setOf(row term.Term, c *model.Column) (p term.Clause, there bool) {
	name := strings.ToLower(c.Name)
	column := phrase.Text(phrase.Quoted(c.Name))
	chosen := s.cols.only[name]
	counted := slices.ContainsFunc(s.sets, func(x term.Clause) bool { return x.Values[0].Term.String() == column.Term.String() })
	switch {
	case c.ReadOnly, c.Version, counted, c == s.table.Deleted && !s.unscoped, c.Stays && !chosen:
		return p, false
	case c.Updated:
		return term.Clause{Word: "set", Values: []term.Value{column, {Term: term.Of(term.Fresh)}}}, !s.cols.omit[name]
	case c.Counted && len(s.cols.only) == 0, s.cols.omit[name], len(s.cols.only) > 0 && !chosen:
		return p, false
	}
	value := phrase.Stored(row, c, "update")
	p = term.Clause{Word: "set", Values: []term.Value{column, value}}
	if chosen || s.cols.all || s.cols.must[name] || s.cols.null[name] || s.cols.bools && c.Field.Kind == unit.ModelBool {
		return p, true
	}
	if c.Field.Kind == unit.ModelBool {
		return p, false
	}
	return phrase.Nonzero(p, value.Term)
}

// removed is a DELETE by the conditions of the session and those that the row is, or the
// UPDATE that marks it.
func (s *statement) removed(values []term.Value) ([]*term.Build, error) {
	var more []term.Clause
	if len(values) > 0 {
		if err := s.ofRows(values[0]); err != nil {
			return nil, err
		}
		if values[0].Form == term.AsModel && !s.noRow && s.table != nil {
			var err error
			if more, err = s.ofBean(values[0], s.table); err != nil {
				return nil, err
			}
		}
	} else if s.name == "" {
		return nil, errors.New("a statement without a table")
	}
	wheres, err := s.conditions(more, true)
	if err != nil {
		return nil, err
	}
	b := phrase.Build(term.Clause{Word: "delete"}, phrase.Clause("from", s.tableName()))
	if s.table != nil && s.table.Deleted != nil && !s.unscoped {
		b = phrase.Build(phrase.Clause("update", s.tableName()), term.Clause{Word: "set", Values: []term.Value{phrase.Text(phrase.Quoted(s.table.Deleted.Name)), {Term: term.Of(term.Fresh)}}})
	}
	b.Clauses = append(b.Clauses, wheres...)
	return []*term.Build{b}, nil
}
