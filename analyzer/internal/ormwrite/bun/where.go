package bun

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// condition is what one call adds to WHERE: an expression or a group of conditions.
type condition struct {
	or    bool // it is an arm
	not   bool
	is    expression
	group []condition
	when  *term.Clause
}

// filter adds a condition.
func (s *statement) filter(c *term.Clause) error {
	x, err := s.conditionOf(c)
	if err == nil && (x.is.sql != "" || len(x.group) > 0) {
		s.conditions = append(s.conditions, x)
	}
	return err
}

func (s *statement) conditionOf(c *term.Clause) (condition, error) {
	switch c.Word {
	case "filter in", "or filter in":
		list := term.Value{Term: phrase.Build(term.Clause{Word: "in list", Values: c.Values[1:]})}
		x, err := s.expressionOf(&term.Clause{Word: c.Word, Values: []term.Value{c.Values[0], list}}, 0)
		return condition{or: c.Word == "or filter in", is: x, when: c}, err
	case "filter", "or filter":
		x, err := s.expressionOf(c, 0)
		return condition{or: c.Word == "or filter", is: x, when: c}, err
	}
	out := condition{when: c}
	sep, ok := phrase.Constant(c.Values[0].Term)
	words := strings.Fields(strings.ToUpper(sep))
	if !ok || len(words) == 0 || len(words) > 2 || len(words) == 2 && words[1] != "NOT" || words[0] != "AND" && words[0] != "OR" {
		return out, errors.New("a group of conditions that is added in a way that is not known: " + c.Values[0].Term.String())
	}
	out.or, out.not = words[0] == "OR", len(words) == 2
	b, ok := c.Values[1].Term.(*term.Build)
	if !ok || b.Base != nil {
		return out, errors.New("a group of conditions that is not known: " + c.Values[1].Term.String())
	}
	for i := range b.Clauses {
		inner := &b.Clauses[i]
		switch inner.Word {
		case "filter", "or filter", "filter group", "filter in", "or filter in":
		default:
			return out, errors.New("a group of conditions with its " + inner.Word)
		}
		x, err := s.conditionOf(inner)
		if err != nil {
			return out, err
		}
		if x.is.sql != "" || len(x.group) > 0 {
			out.group = append(out.group, x)
		}
	}
	return out, nil
}

// text is a condition as it stands, in its parentheses.
func (x *condition) text() (*term.Build, error) {
	if len(x.group) == 0 {
		return phrase.Expression("("+x.is.sql+")", x.is.args...), nil
	}
	group, err := tree(x.group)
	if err != nil {
		return nil, err
	}
	head := "(?)"
	if x.not {
		head = "NOT (?)"
	}
	return phrase.Expression(head, term.Value{Term: group}), nil
}

// tree are conditions of which some are arms: AND binds closer than OR.
func tree(list []condition) (*term.Build, error) {
	or, and := phrase.Build(term.Clause{Word: "or"}), phrase.Build(term.Clause{Word: "and"})
	for i := range list {
		x := &list[i]
		if x.or && i > 0 {
			or.Clauses = append(or.Clauses, phrase.Item(and))
			and = phrase.Build(term.Clause{Word: "and"})
		}
		b, err := x.text()
		if err != nil {
			return nil, err
		}
		and.Clauses = append(and.Clauses, phrase.Under(phrase.Item(b), x.when))
	}
	if len(or.Clauses) == 1 {
		return and, nil
	}
	or.Clauses = append(or.Clauses, phrase.Item(and))
	return or, nil
}

// wheres are the conditions as clauses of sqlwrite.
func (s *statement) wheres() ([]term.Clause, error) {
	var out []term.Clause
	if slices.ContainsFunc(s.conditions, func(x condition) bool { return x.or }) {
		b, err := tree(s.conditions)
		if err != nil {
			return nil, err
		}
		out = append(out, phrase.Part("where", b))
	} else {
		for i := range s.conditions {
			b, err := s.conditions[i].text()
			if err != nil {
				return nil, err
			}
			out = append(out, phrase.Under(phrase.Part("where", b), s.conditions[i].when))
		}
	}
	if s.softly() {
		out = append(out, phrase.Part("where", phrase.Expression(s.deletedIs(phrase.Quoted(s.table.Alias), s.table))))
	}
	for _, c := range s.keys {
		more, err := s.byKey(c)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// softly reports whether the statement leaves out, or asks for, rows that are marked as
// deleted.
func (s *statement) softly() bool {
	return s.table != nil && s.table.Deleted != nil && !s.all && (!s.forced || s.deleted)
}

// deletedIs asks for rows of a table that are not deleted, or that are.
func (s *statement) deletedIs(alias string, t *model.Table) string {
	c := t.Deleted
	column := alias + "." + phrase.Quoted(c.Name)
	null, not := c.Field.Pointer || c.NullZero, ""
	if s.deleted {
		not = "NOT "
	}
	switch {
	case null:
		return column + " IS " + not + "NULL"
	case s.deleted:
		return column + " != '0001-01-01 00:00:00+00:00'"
	}
	return column + " = '0001-01-01 00:00:00+00:00'"
}

// byKey compares columns with what the model holds: zero, too.
func (s *statement) byKey(c *term.Clause) ([]term.Clause, error) {
	if s.table == nil {
		return nil, errors.New("a key of which the type of the rows is not known")
	}
	columns := s.table.Key()
	if len(c.Values) > 0 {
		columns = nil
		err := s.each(c, func(name string) { columns = append(columns, named(s.table, name)) })
		if err != nil || slices.Contains(columns, nil) {
			return nil, errors.New("a key that is not known")
		}
	}
	if len(columns) == 0 {
		return nil, errors.New("rows without a key: " + s.table.Type)
	}
	alias := phrase.Quoted(s.table.Alias)
	if s.model.Form == term.AsModels {
		if len(columns) > 1 {
			return nil, errors.New("rows of a key of several columns")
		}
		value := term.Value{Term: phrase.Stored(term.Elements(s.model.Term), columns[0], s.kind).Term, Form: term.AsList}
		return []term.Clause{phrase.Compared(false, alias+"."+phrase.Quoted(columns[0].Name), value)}, nil
	}
	x := s.keyIs(alias, columns)
	return []term.Clause{phrase.Under(phrase.Part("where", phrase.Expression("("+x.sql+")", x.args...)), c)}, nil
}

// keyIs compares columns with what the model holds.
func (s *statement) keyIs(alias string, columns []*model.Column) (x expression) {
	for i, k := range columns {
		if i > 0 {
			x.write(" AND ")
		}
		x.write(alias+"."+phrase.Quoted(k.Name)+" = ?", phrase.Stored(s.model.Term, k, s.kind))
	}
	return x
}

// keyed adds a condition on the key of the model, which stands among the others.
func (s *statement) keyed(c *term.Clause) error {
	if s.table == nil || len(s.table.Key()) == 0 {
		return errors.New("a key of which the type of the rows is not known")
	}
	if s.model.Form == term.AsModels {
		s.keys = append(s.keys, c)
		return nil
	}
	s.conditions = append(s.conditions, condition{is: s.keyIs(phrase.Quoted(s.table.Alias), s.table.Key()), when: c})
	return nil
}

// refused makes the one condition of a write sure: the library runs no write without any.
func (s *statement) refused() error {
	if len(s.conditions) == 0 && len(s.keys) == 0 && !s.deleted {
		return errors.New("a write without a condition, which is not run")
	}
	if len(s.conditions) == 1 && len(s.keys) == 0 && !s.deleted && !s.conditions[0].when.Maybe {
		s.conditions[0].when = &term.Clause{}
	}
	return nil
}
