package gorm

import (
	"errors"
	"regexp"
	"strings"

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
