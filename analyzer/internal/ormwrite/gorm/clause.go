package gorm

import (
	"errors"
	"regexp"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/gorm/callback"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

var asName = regexp.MustCompile(`(?i)^\s*("?[\w.]+"?|\(\?\))\s+(?:as\s+)?"?(\w+)"?\s*$`)

// tableOf names the table, with or without another name of it.
func (s *statement) tableOf(c *term.Clause) error {
	name, ok := phrase.Constant(c.Values[0].Term)
	if !ok {
		return errors.New("a table that is not known: " + c.Values[0].Term.String())
	}
	s.from, s.fromArgs = name, c.Values[1:]
	if m := asName.FindStringSubmatch(name); m != nil {
		s.name = m[2]
	} else if !strings.ContainsAny(name, " ,(") {
		s.from = phrase.Path(name)
		s.name = name[strings.LastIndexByte(name, '.')+1:]
	}
	return nil
}

// selectOf names the columns.
func (s *statement) selectOf(c *term.Clause) error {
	first := c.Values[0]
	s.columns, s.selected = nil, nil
	if sql, ok := phrase.Constant(first.Term); ok && first.Form == term.AsText {
		if len(c.Values) > 1 && strings.Count(sql, "?") >= len(c.Values)-1 {
			s.selected = c
			return nil
		}
		s.columns = append(s.columns, sql)
		return s.moreColumns(c.Values[1:])
	}
	return s.moreColumns(c.Values)
}

func (s *statement) moreColumns(values []term.Value) error {
	for _, v := range values {
		if name, ok := phrase.Constant(v.Term); ok && v.Form == term.AsText {
			s.columns = append(s.columns, name)
			continue
		}
		l, ok := v.Term.(*term.List)
		if !ok || l.Open {
			return errors.New("columns that are not known")
		}
		for _, e := range l.Elems {
			name, ok := phrase.Constant(e)
			if !ok {
				return errors.New("columns that are not known")
			}
			s.columns = append(s.columns, name)
		}
	}
	return nil
}

// orderBy is a text, or a column with its direction.
func (s *statement) orderBy(c *term.Clause) error {
	v := c.Values[0]
	if v.Form == term.AsNil {
		return nil
	}
	if v.Form == term.AsText {
		if sql, ok := phrase.Constant(v.Term); ok && sql == "" {
			return nil
		}
		s.rest = append(s.rest, phrase.Of("order", c, term.Value{Term: v.Term}))
		return nil
	}
	name, ok := phrase.Constant(phrase.Field(v.Term, []string{"Column", "Name"}))
	if !ok || name == "" || strings.ContainsAny(name, " ()") {
		return errors.New("an order that is not known")
	}
	s.rest = append(s.rest, phrase.Of("order", c, phrase.Text(phrase.Quoted(name))))
	return nil
}

// limit keeps the last one; a negative one is none.
func (s *statement) limit(c *term.Clause) {
	word := strings.TrimSuffix(c.Word, " to")
	if k, ok := c.Values[0].Term.(*term.Const); ok && strings.HasPrefix(k.Text, "-") {
		return
	}
	s.rest = append(s.rest, phrase.Of(word, c, phrase.Bare(c.Values[0])))
}

// clauses are parts of a statement that are given as such: what is done on a conflict, or a
// lock, which changes nothing of what is read.
func (s *statement) clauses(c *term.Clause) error {
	for _, v := range c.Values {
		if b, ok := v.Term.(*term.Build); ok {
			s.asked = append(s.asked, &term.Clause{Word: "filter", Values: []term.Value{{Term: b}}, If: c.If, Maybe: c.Maybe})
			continue
		}
		st, _ := v.Term.(*term.Struct)
		switch kind := v.Type[strings.LastIndexByte(v.Type, '.')+1:]; {
		case indifferent(v):
		case kind == "OnConflict" && st != nil:
			s.conflict = st
		default:
			return errors.New("a clause that is not known: " + kind)
		}
	}
	return nil
}

// Callbacks. The library runs functions that a program registers around each statement of a
// kind, in an order that their names tell. What one adds before the statement is written is
// there as if the program had added it; a raw text is written already, and what is added then
// is nowhere.

// registeredFor is the kind of a statement by the call that runs it, as callbacks are registered;
// one within another one is a query.
func registeredFor(s *statement) string {
	if s.nested {
		return "query"
	}
	switch s.ends.Word {
	case "create":
		return "create"
	case "save", "set column", "set columns":
		return "update"
	case "remove":
		return "delete"
	case "scan", "rows":
		return "row"
	case "exec":
		return "raw"
	}
	return "query"
}

// enforced adds what callbacks add to a statement of a kind.
func enforced(s *statement, kind string) error {
	if s.enforce == nil {
		return nil
	}
	at := &phrase.Moment{Style: style, Kind: kind, Table: s.table, Holds: asked(s).Holds}
	if s.context != nil {
		if !s.context.Sure() {
			return errors.New("enforcer not understood: a statement that is run in a context only sometimes")
		}
		at.Context = s.context.Values[0].Term
	}
	clauses, err := s.enforce(at)
	if err != nil || s.raw != nil || kind == "raw" {
		return err
	}
	for i := range clauses {
		if err := addedBy(s, kind, &clauses[i]); err != nil {
			return err
		}
	}
	return nil
}

// addedBy takes a clause that a callback adds.
func addedBy(s *statement, kind string, c *term.Clause) error {
	switch c.Word {
	case "filter", "or filter", "not filter":
		return s.filter(c)
	case "clauses":
		return conditionsOf(s, c)
	case "set in row":
		return setInRow(s, kind, c)
	case "order by", "limit to", "offset to":
		return s.add(c)
	}
	return errors.New("enforcer not understood: " + c.Word)
}

// setInRow sets a column of a row before it is stored, whatever the program has set it to.
func setInRow(s *statement, kind string, c *term.Clause) error {
	name, ok := phrase.Constant(c.Values[0].Term)
	if !ok || s.table == nil || !c.Sure() || len(c.Values) < 2 {
		return errors.New("enforcer not understood: a column that is set sometimes, or not known")
	}
	column := s.table.Column(name)
	if column == nil {
		return nil
	}
	if kind != "create" {
		return errors.New("enforcer not understood: a column that is set in an update")
	}
	made := map[string]term.Value{column.Name: c.Values[1]}
	for name, v := range s.made {
		if name != column.Name {
			made[name] = v
		}
	}
	s.made = made
	return nil
}

// conditionsOf are the conditions in a WHERE that is added as such: each of AND.
func conditionsOf(s *statement, c *term.Clause) error {
	for _, v := range c.Values {
		where, ok := v.Term.(*term.Struct)
		if !ok || callback.KindName(where.Type) != "Where" {
			return errors.New("enforcer not understood: a clause that is no condition")
		}
		list, ok := term.Select(where, term.Step{Kind: term.FieldStep, Name: "Exprs"}).(*term.List)
		if !ok || list.Open {
			return errors.New("enforcer not understood: conditions that are not known")
		}
		for _, e := range list.Elems {
			p, err := asked(s).Compared(e, s.column)
			if err != nil {
				return err
			}
			s.conditions = append(s.conditions, condition{parts: []term.Clause{p}, when: c})
		}
	}
	return nil
}

// untouched reports whether callbacks leave a statement of a kind about the rows of another
// table as it is, which is run beside one.
func untouched(s *statement, kind string, t *model.Table) bool {
	other := anew(s)
	other.table = t
	if s.enforce == nil {
		return true
	}
	at := &phrase.Moment{Style: style, Kind: kind, Table: t, Holds: asked(other).Holds}
	if s.context != nil {
		at.Context = s.context.Values[0].Term
	}
	clauses, err := s.enforce(at)
	return err == nil && len(clauses) == 0
}

// asked is what callbacks find out of a statement.
func asked(s *statement) *callback.Statement {
	return &callback.Statement{Table: s.table, Unscoped: s.unscoped, NoHooks: s.skipsHooks, Settings: s.settings}
}
