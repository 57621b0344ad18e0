package bun

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// assignment is what is set by one call.
type assignment struct {
	column string
	is     expression
	when   *term.Clause
}

// assigned is a text that sets a column.
var assigned = regexp.MustCompile(`(?s)^\s*((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)\s*=\s*(.*)$`)

// set adds what is set: by a text, by a column with an expression, or what stands in the
// place of the model's value.
func (s *statement) set(c *term.Clause) error {
	at := 0
	name := ""
	if c.Word != "set expr" {
		var ok bool
		if name, ok = phrase.Constant(c.Values[0].Term); !ok {
			return errors.New("a column that is set and not known")
		}
		at = 1
	}
	x, err := s.expressionOf(c, at)
	if err != nil {
		return err
	}
	if c.Word == "value expr" {
		if !c.Sure() {
			return errors.New("a value that stands in the place of another one only sometimes")
		}
		s.values = append(s.values, assignment{column: name, is: x, when: c})
		return nil
	}
	if name == "" {
		m := assigned.FindStringSubmatch(x.sql)
		if m == nil {
			return errors.New("what is set is not known: " + x.sql)
		}
		name, x.sql = m[1], m[2]
	}
	name = name[strings.LastIndexByte(name, '.')+1:]
	s.sets = append(s.sets, assignment{column: phrase.Quoted(strings.Trim(name, `"`)), is: x, when: c})
	return nil
}

// instead is what stands in the place of the model's value of a column.
func (s *statement) instead(column string) (expression, bool) {
	for i := len(s.values) - 1; i >= 0; i-- {
		if s.values[i].column == column {
			return s.values[i].is, true
		}
	}
	return expression{}, false
}

// stored are the columns of the model that a write stores: all, or those that were named.
func (s *statement) stored(keys bool) ([]*model.Column, error) {
	if s.table == nil {
		return nil, errors.New("a row of which the type is not known")
	}
	var out []*model.Column
	add := func(c *model.Column) {
		if c != nil && (keys || !c.Primary) {
			out = append(out, c)
		}
	}
	if len(s.columns) == 0 {
		for _, c := range s.table.Columns {
			if !slices.Contains(s.omitted, c.Name) {
				add(c)
			}
		}
		return out, nil
	}
	for _, c := range s.columns {
		if c.expression == nil {
			add(named(s.table, c.name))
		}
	}
	return out, nil
}

// target is the table of a write under its alias.
func (s *statement) target() (expression, error) {
	switch {
	case s.named != nil:
		return *s.named, nil
	case s.table != nil:
		return expression{sql: ident(s.table.Name) + " AS " + phrase.Quoted(s.table.Alias)}, nil
	case len(s.tables) > 0:
		return s.tables[0], nil
	}
	return expression{}, errors.New("a write without a table")
}

// others are the tables beside that of a write.
func (s *statement) others() expression {
	list := s.tables
	if s.named == nil && s.table == nil && len(list) > 0 {
		list = list[1:]
	}
	var x expression
	for i, t := range list {
		if i > 0 {
			x.write(", ")
		}
		x.add(t)
	}
	return x
}

// changed is an UPDATE.
func (s *statement) changed() ([]*term.Build, error) {
	if len(s.joins) > 0 {
		return nil, errors.New("an UPDATE with a join")
	}
	sets, err := s.assignments()
	if err != nil {
		return nil, err
	}
	return s.update(sets)
}

func (s *statement) update(sets []term.Clause) ([]*term.Build, error) {
	if err := s.refused(); err != nil {
		return nil, err
	}
	target, err := s.target()
	if err == nil && len(target.args) > 0 {
		err = errors.New("an UPDATE of a table that is not known: " + target.sql)
	}
	if err != nil {
		return nil, err
	}
	b := phrase.Build(append(s.prefix(), phrase.Clause("update", target.sql))...)
	b.Clauses = append(b.Clauses, sets...)
	if more := s.others(); more.sql != "" {
		b.Clauses = append(b.Clauses, phrase.Part("from", phrase.Expression(more.sql, more.args...)))
	}
	return s.narrowed(b)
}

// narrowed adds the conditions of a write, and what it gives back.
func (s *statement) narrowed(b *term.Build) ([]*term.Build, error) {
	wheres, err := s.wheres()
	if err != nil {
		return nil, err
	}
	b.Clauses = append(b.Clauses, wheres...)
	back, err := s.returning()
	b.Clauses = append(b.Clauses, back...)
	return []*term.Build{b}, err
}

// returning is what a write gives back.
func (s *statement) returning() ([]term.Clause, error) {
	var list []string
	for _, x := range s.returned {
		if len(x.args) > 0 {
			return nil, errors.New("what a write gives back is not followed: " + x.sql)
		}
		if !strings.EqualFold(x.sql, "null") && x.sql != "" {
			list = append(list, x.sql)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return []term.Clause{phrase.Clause("returning", strings.Join(list, ", "))}, nil
}

// assignments are what an UPDATE sets: what was given by calls, or the columns of the row.
func (s *statement) assignments() ([]term.Clause, error) {
	var out []term.Clause
	if s.model.Form == term.AsModel && s.table != nil && (len(s.sets) == 0 || s.style != pg && len(s.columns) > 0) {
		columns, err := s.stored(false)
		if err != nil {
			return nil, err
		}
		for _, c := range columns {
			if c.Stays {
				continue
			}
			if x, there := s.setOf(c); there {
				out = append(out, x)
			}
		}
	} else if len(s.sets) == 0 {
		return nil, errors.New("an UPDATE of several rows at once")
	}
	for _, a := range s.sets {
		value := term.Value{Term: phrase.Expression(a.is.sql, a.is.args...)}
		out = append(out, phrase.Of("set", a.when, phrase.Text(a.column), value))
	}
	if len(out) == 0 {
		return nil, errors.New("an UPDATE that sets nothing")
	}
	return out, nil
}

// setOf sets a column of the row; a row that is known to have nothing there sets nothing, if
// what is zero is left out.
func (s *statement) setOf(c *model.Column) (set term.Clause, there bool) {
	column := phrase.Text(phrase.Quoted(c.Name))
	if x, ok := s.instead(c.Name); ok {
		return term.Clause{Word: "set", Values: []term.Value{column, {Term: phrase.Expression(x.sql, x.args...)}}}, true
	}
	value := phrase.Stored(s.model.Term, c, s.kind)
	set = term.Clause{Word: "set", Values: []term.Value{column, value}}
	switch {
	case !s.omitZero || s.style == pg && !c.NullZero:
		if zero, known := term.Zeroness(value.Term); known && zero && value.Form == term.AsNullable && s.style != pg {
			set.Values[1] = term.Value{Term: phrase.Expression("DEFAULT")}
		}
		return set, true
	case phrase.Unknown(value.Term):
		set.Maybe = true
		return set, true
	}
	return phrase.Nonzero(set, value.Term)
}

// removed is a DELETE, or an UPDATE where rows are only marked.
func (s *statement) removed() ([]*term.Build, error) {
	if s.table != nil && s.table.Deleted != nil && !s.forced {
		now := phrase.Expression("now()")
		return s.update([]term.Clause{{Word: "set", Values: []term.Value{phrase.Text(phrase.Quoted(s.table.Deleted.Name)), {Term: now}}}})
	}
	if err := s.refused(); err != nil {
		return nil, err
	}
	target, err := s.target()
	if err != nil {
		return nil, err
	}
	if more := s.others(); more.sql != "" {
		target.write(" USING ")
		target.add(more)
	}
	if len(target.args) > 0 {
		return nil, errors.New("a DELETE of a table that is not known")
	}
	return s.narrowed(phrase.Build(append(s.prefix(), term.Clause{Word: "delete"}, phrase.Clause("from", target.sql))...))
}

// defined is a statement about a table as a whole.
func (s *statement) defined() ([]*term.Build, error) {
	target, err := s.target()
	if err != nil {
		return nil, err
	}
	if s.named == nil && s.table != nil {
		target.sql = ident(s.table.Name)
	}
	sql := map[string]string{"truncate": "TRUNCATE TABLE ", "drop table": "DROP TABLE ", "drop column": "ALTER TABLE "}[s.kind] + target.sql
	if s.kind == "truncate" {
		sql += " RESTART IDENTITY"
	}
	if s.kind == "drop column" {
		for i, c := range s.columns {
			if i > 0 {
				sql += ","
			}
			name := ident(c.name)
			if c.expression != nil {
				name = c.sql
			}
			sql += " DROP COLUMN " + name
		}
	}
	return []*term.Build{phrase.Build(phrase.Clause("raw", sql, target.args...))}, nil
}
