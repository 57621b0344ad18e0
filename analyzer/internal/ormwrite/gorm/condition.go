package gorm

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// condition is what one call adds to WHERE.
type condition struct {
	parts []term.Clause // of AND: each a "where" of sqlwrite, with when it is there
	or    bool          // it is an arm
	when  *term.Clause  // when the call is made
	text  bool          // it is a text as it was given
}

// filter adds a condition: WHERE, OR or NOT.
func (s *statement) filter(c *term.Clause) error {
	parts, isText, err := s.parts(c.Values, c.Word == "not filter")
	if err != nil || len(parts) == 0 {
		return err
	}
	s.conditions = append(s.conditions, condition{parts: parts, or: c.Word == "or filter", when: c, text: isText})
	return nil
}

func (s *statement) havingFilter(c *term.Clause) error {
	parts, _, err := s.parts(c.Values, false)
	if err != nil {
		return err
	}
	for _, p := range parts {
		p.Word = "having"
		s.having = append(s.having, phrase.Under(p, c))
	}
	return nil
}

// parts are the conditions that the values of a call are, joined by AND.
func (s *statement) parts(values []term.Value, not bool) (parts []term.Clause, isText bool, err error) {
	if len(values) == 0 {
		return nil, false, nil
	}
	first, rest := values[0], values[1:]
	if first.Form == term.AsNil {
		return nil, false, nil
	}
	if first.Form == term.AsText {
		p, err := s.textual(first, rest, not)
		return p, !not, err
	}
	if b, ok := first.Term.(*term.Build); ok {
		return s.builtCondition(b, first, not)
	}
	if _, function := first.Term.(*term.Func); function {
		return nil, false, errors.New("a condition that is a function")
	}
	switch first.Form {
	case term.AsModel:
		p, err := s.structural(first, rest, not)
		return p, false, err
	case term.AsModels:
		return nil, false, errors.New("a list of rows as a condition")
	case term.AsAny, term.AsRest, term.AsPart:
		return nil, false, errors.New("a condition that is not known: " + first.Term.String())
	}
	return s.keyed(values, not)
}

// keyed is a condition on the key: one value of it, or a list of which none is no condition.
func (s *statement) keyed(values []term.Value, not bool) ([]term.Clause, bool, error) {
	t, err := s.ofModel()
	if err != nil {
		return nil, false, err
	}
	key := t.Key()
	if len(key) != 1 {
		return nil, false, errors.New("a value of a key of several columns")
	}
	v := values[0]
	if len(values) > 1 {
		list := &term.List{}
		for _, x := range values {
			list.Elems = append(list.Elems, x.Term)
		}
		v = term.Value{Term: list, Form: term.AsList}
	}
	p := phrase.Compared(not, s.column(key[0].Name), v)
	if v.Form == term.AsList {
		var there bool
		if p, there = phrase.Nonzero(p, v.Term); !there {
			return nil, false, nil
		}
	}
	return []term.Clause{p}, false, nil
}

// textual is a condition that is a text with its bind values. A number is one of the key.
func (s *statement) textual(first term.Value, rest []term.Value, not bool) ([]term.Clause, error) {
	sql, ok := phrase.Constant(first.Term)
	if !ok {
		return nil, errors.New("a condition that is not known: " + first.Term.String())
	}
	if _, err := strconv.Atoi(sql); err == nil {
		parts, _, err := s.keyed(append([]term.Value{first}, rest...), not)
		return parts, err
	}
	if sql == "" && len(rest) == 0 {
		return nil, nil
	}
	if len(rest) == 1 && !strings.ContainsAny(sql, "?@") && !strings.Contains(strings.TrimSpace(sql), " ") {
		return []term.Clause{phrase.Compared(not, phrase.Path(sql), rest[0])}, nil
	}
	if not {
		if joined(sql) {
			sql = "(" + sql + ")"
		}
		sql = "NOT " + sql
	}
	b, err := s.expression(sql, rest)
	if err != nil {
		return nil, err
	}
	return []term.Clause{{Word: "where", Values: []term.Value{{Term: b}}}}, nil
}

// joined tells a text that the library puts in parentheses beside others.
func joined(sql string) bool {
	upper := strings.ToUpper(sql)
	return strings.Contains(upper, " AND ") || strings.Contains(upper, " OR ")
}

// builtCondition is a map, an expression, or what another handle has as its conditions.
func (s *statement) builtCondition(b *term.Build, v term.Value, not bool) ([]term.Clause, bool, error) {
	if b.Base != nil {
		return nil, false, errors.New("a condition that is not known: " + b.Base.String())
	}
	if len(b.Clauses) > 0 && b.Clauses[0].Word == "eq" {
		parts, err := s.mapped(b.Clauses[1:], not)
		return parts, false, err
	}
	if len(b.Clauses) > 0 && b.Clauses[0].Word == "text" && b.Clauses[0].Sure() {
		c := &b.Clauses[0]
		parts, err := s.textual(c.Values[0], c.Values[1:], not)
		return parts, !not, err
	}
	if v.Form != term.AsPart {
		return nil, false, errors.New("a condition that is not known: " + b.String())
	}
	if not {
		return nil, false, errors.New("conditions of another handle behind a NOT")
	}
	group, err := s.grouped(b)
	if err != nil || group == nil {
		return nil, false, err
	}
	return []term.Clause{{Word: "where", Values: []term.Value{{Term: group}}}}, false, nil
}

// grouped are the conditions of another handle, in parentheses.
func (s *statement) grouped(b *term.Build) (*term.Build, error) {
	inner := &statement{models: s.models, model: s.model, table: s.table, from: s.from, name: s.name}
	for i := range b.Clauses {
		switch c := &b.Clauses[i]; c.Word {
		case "handle", "session", "model", "context of", "setting of":
		case "filter", "or filter", "not filter":
			if err := inner.filter(c); err != nil {
				return nil, err
			}
		case "order by", "limit to", "offset to", "select of", "omit":
		case "again":
			if len(inner.conditions) > 0 {
				return nil, errors.New("conditions of a handle that may have been changed before")
			}
		default:
			return nil, errors.New("conditions of another handle with its " + c.Word)
		}
	}
	if len(inner.conditions) == 0 {
		return nil, nil
	}
	return inner.tree()
}

// mapped are the entries of a map: columns that equal values, nil or one of a list.
func (s *statement) mapped(entries []term.Clause, not bool) ([]term.Clause, error) {
	var out []term.Clause
	entries = phrase.ByName(entries)
	for i := range entries {
		e := &entries[i]
		name, ok := phrase.Constant(e.Values[0].Term)
		if e.Word != "entry" || !ok || len(e.Values) < 2 {
			return nil, errors.New("a map of conditions that is not known")
		}
		column := phrase.Path(name)
		if !strings.Contains(name, ".") {
			column = s.column(name)
		}
		out = append(out, phrase.Under(phrase.Compared(not, column, e.Values[1]), e))
	}
	return out, nil
}

// structural is a struct as a condition: its fields that are not zero, or those that are
// named.
func (s *statement) structural(v term.Value, names []term.Value, not bool) ([]term.Clause, error) {
	t := s.models.Of(v.Type, naming)
	if t == nil {
		return nil, errors.New("a condition by a type that is not known: " + v.Type)
	}
	if phrase.Unknown(v.Term) {
		return nil, errors.New("a condition that is not known: " + v.Term.String())
	}
	chosen := map[string]bool{}
	for _, n := range names {
		name, ok := phrase.Constant(n.Term)
		if !ok {
			return nil, errors.New("a condition by fields that are not known")
		}
		chosen[name] = true
	}
	var out []term.Clause
	for _, c := range t.Columns {
		picked := chosen[c.Name] || chosen[c.Path[len(c.Path)-1]]
		if len(chosen) > 0 && !picked {
			continue
		}
		value := phrase.Field(v.Term, c.Path)
		p := phrase.Compared(not, s.column(c.Name), term.Value{Term: value})
		if phrase.Unknown(value) {
			return nil, errors.New("a condition by a field that is not known: " + c.Path[len(c.Path)-1])
		}
		if !picked {
			var there bool
			if p, there = phrase.Nonzero(p, value); !there {
				continue
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// wheres are the conditions as clauses of sqlwrite. Beside others, a text with AND or OR
// in it stands in parentheses; what a soft deletion adds stands beside all of them.
func (s *statement) wheres() ([]term.Clause, error) {
	deleted := s.deletedCondition()
	if slices.ContainsFunc(s.conditions, func(c condition) bool { return c.or }) {
		b, err := s.tree()
		if err != nil {
			return nil, err
		}
		return append([]term.Clause{{Word: "where", Values: []term.Value{{Term: b}}}}, deleted...), nil
	}
	var out []term.Clause
	alone := len(s.conditions)+len(deleted) == 1
	for _, c := range s.conditions {
		for _, p := range c.parts {
			if c.text && !alone {
				p = wrapped(p)
			}
			out = append(out, phrase.Under(p, c.when))
		}
	}
	return append(out, deleted...), nil
}

// wrapped puts a text in parentheses where the library does.
func wrapped(p term.Clause) term.Clause {
	b, ok := p.Values[0].Term.(*term.Build)
	if !ok || b.Clauses[0].Word != "text" {
		return p
	}
	c := b.Clauses[0]
	sql, ok := phrase.Constant(c.Values[0].Term)
	if !ok || !joined(sql) {
		return p
	}
	c.Values = append([]term.Value{phrase.Text("(" + sql + ")")}, c.Values[1:]...)
	p.Values = []term.Value{{Term: phrase.Build(c)}}
	return p
}

// tree are conditions of which some are arms: AND binds closer than OR.
func (s *statement) tree() (*term.Build, error) {
	list := slices.Clone(s.conditions)
	for i, c := range list { // what comes first is no arm
		if !c.or {
			list[0], list[i] = list[i], list[0]
			break
		}
	}
	or := phrase.Build(term.Clause{Word: "or"})
	and := phrase.Build(term.Clause{Word: "and"})
	for i, c := range list {
		if c.or && i > 0 {
			or.Clauses = append(or.Clauses, phrase.Item(and))
			and = phrase.Build(term.Clause{Word: "and"})
		}
		for _, p := range c.parts {
			if c.text && len(list) > 1 {
				p = wrapped(p)
			}
			if loose(p) {
				return nil, errors.New("an OR without parentheses beside an Or")
			}
			p = phrase.Under(p, c.when)
			p.Word = "item"
			and.Clauses = append(and.Clauses, p)
		}
	}
	or.Clauses = append(or.Clauses, phrase.Item(and))
	if len(or.Clauses) == 2 {
		return and, nil
	}
	return or, nil
}

// loose tells a text that has an OR which the library does not see, and so puts in no
// parentheses.
func loose(p term.Clause) bool {
	b, ok := p.Values[0].Term.(*term.Build)
	if !ok || b.Clauses[0].Word != "text" {
		return false
	}
	sql, ok := phrase.Constant(b.Clauses[0].Values[0].Term)
	return ok && !strings.HasPrefix(sql, "(") && slices.Contains(strings.Fields(strings.ToUpper(sql)), "OR")
}

// deletedCondition leaves out rows that are deleted.
func (s *statement) deletedCondition() []term.Clause {
	if s.table == nil || s.table.Deleted == nil || s.unscoped {
		return nil
	}
	return []term.Clause{phrase.Compared(false, s.column(s.table.Deleted.Name), term.Value{Term: term.ZeroTerm(), Form: term.AsNil})}
}

// column is a column of the statement's table.
func (s *statement) column(name string) string {
	if s.name == "" {
		return phrase.Quoted(name)
	}
	return phrase.Quoted(s.name, name)
}

var errNoModel = errors.New("a statement of which the type of the rows is not known")
