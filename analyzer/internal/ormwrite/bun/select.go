package bun

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// column is one of the result: by its name, or an expression.
type column struct {
	name string
	*expression
}

// join is a table that is joined, with its conditions.
type join struct {
	is   expression
	on   []condition
	when *term.Clause
}

// addJoin adds a join, or a condition to the last one.
func (s *statement) addJoin(c *term.Clause) error {
	x, err := s.expressionOf(c, 0)
	if err != nil {
		return err
	}
	if c.Word == "joins" {
		s.joins = append(s.joins, join{is: x, when: c})
		return nil
	}
	if len(s.joins) == 0 {
		return errors.New("a condition of a join that is not there")
	}
	j := &s.joins[len(s.joins)-1]
	j.on = append(j.on, condition{or: c.Word == "join or", is: x, when: &term.Clause{}})
	return nil
}

// with adds a statement under a name.
func (s *statement) with(c *term.Clause) error {
	values, recursive := c.Values, c.Word == "with recursive query"
	if b, ok := values[0].Term.(*term.Build); ok && b.Base == nil && len(b.Clauses) > 0 && b.Clauses[0].Word == "query named" {
		values = b.Clauses[0].Values
		recursive = slices.ContainsFunc(b.Clauses, func(c term.Clause) bool { return c.Word == "recursive" })
	}
	name, ok := phrase.Constant(values[0].Term)
	b, built := values[len(values)-1].Term.(*term.Build)
	if !ok || !built || len(values) != 2 {
		return errors.New("a statement under a name that is not known")
	}
	inner, err := s.inner(b)
	if err != nil {
		return err
	}
	head := ""
	if recursive {
		head = "RECURSIVE "
	}
	s.withs = append(s.withs, phrase.Clause("with", head+phrase.Quoted(name)+" AS (?)", term.Value{Term: inner}))
	return nil
}

// prefix is WITH.
func (s *statement) prefix() []term.Clause {
	if len(s.withs) == 0 {
		return nil
	}
	x := expression{sql: "WITH "}
	for i, w := range s.withs {
		if i > 0 {
			x.write(", ")
		}
		sql, _ := phrase.Constant(w.Values[0].Term)
		x.write(sql, w.Values[1:]...)
	}
	return []term.Clause{phrase.Clause("prefix", x.sql, x.args...)}
}

// found is a SELECT, and those of the rows that belong to what it finds.
func (s *statement) found() ([]*term.Build, error) {
	relations, err := s.relate()
	if err != nil {
		return nil, err
	}
	body, err := s.body(relations)
	if err != nil {
		return nil, err
	}
	switch s.ends.Word {
	case "count":
		b, err := s.counted(body)
		return []*term.Build{b}, err
	case "exists":
		if s.style == pg {
			s.columns = []column{{expression: &expression{sql: "1"}}}
			s.rest = append(slices.DeleteFunc(slices.Clone(s.rest), func(c term.Clause) bool { return c.Word == "order" || c.Word == "order clause" || c.Word == "limit" }),
				term.Clause{Word: "limit", Values: []term.Value{phrase.Number(1)}})
			b, err := s.united(s.selected(body, relations))
			return []*term.Build{b}, err
		}
		b, err := s.united(s.selected(body, relations))
		return []*term.Build{phrase.Build(phrase.Clause("raw", "SELECT EXISTS (?)", term.Value{Term: b}))}, err
	}
	if s.ends.Word == "find one" {
		if s.table != nil {
			s.rest = append(s.rest, phrase.Clause("order", listed(phrase.Quoted(s.table.Alias)+".", s.table.Key())))
		}
		s.rest = append(s.rest, term.Clause{Word: "limit", Values: []term.Value{phrase.Number(1)}})
	}
	b, err := s.united(s.selected(body, relations))
	if err != nil {
		return nil, err
	}
	out := []*term.Build{b}
	if s.ends.Word == "scan and count" {
		b, err := s.counted(body)
		if err != nil {
			return nil, err
		}
		out = append(out, phrase.Beside([]*term.Build{b})...)
	}
	if s.ends.Word == "rows" {
		return out, nil
	}
	for _, r := range relations {
		more, err := s.along(&r, s.owners(&r, body))
		if err != nil {
			return nil, err
		}
		out = append(out, phrase.Beside(more)...)
	}
	return out, nil
}

// selected is the SELECT.
func (s *statement) selected(body []term.Clause, relations []relation) *term.Build {
	b := phrase.Build(s.prefix()...)
	b.Clauses = append(b.Clauses, term.Clause{Word: "select"})
	b.Clauses = append(b.Clauses, s.distinctly()...)
	b.Clauses = append(b.Clauses, s.shown(relations)...)
	b.Clauses = append(b.Clauses, body...)
	b.Clauses = append(b.Clauses, s.having...)
	b.Clauses = append(b.Clauses, s.rest...)
	return b
}

func (s *statement) distinctly() []term.Clause {
	switch {
	case s.distinct == nil:
		return nil
	case s.distinct.sql == "":
		return []term.Clause{{Word: "distinct"}}
	}
	return []term.Clause{phrase.Clause("options", "DISTINCT ON ("+s.distinct.sql+")")}
}

// counted is the statement that counts the rows.
func (s *statement) counted(body []term.Clause) (*term.Build, error) {
	grouped := func(c term.Clause) bool { return c.Word == "group" }
	if s.distinct == nil && !slices.ContainsFunc(s.rest, grouped) {
		b := phrase.Build(s.prefix()...)
		b.Clauses = append(b.Clauses, term.Clause{Word: "select"}, phrase.Clause("columns", "count(*)"))
		return s.united(phrase.Build(append(append(b.Clauses, body...), s.having...)...))
	}
	plain := *s
	plain.rest = slices.DeleteFunc(slices.Clone(s.rest), func(c term.Clause) bool { return !grouped(c) })
	b, err := s.united(plain.selected(body, nil))
	return phrase.Build(phrase.Clause("raw", "WITH _count_wrapper AS (?) SELECT count(*) FROM _count_wrapper", term.Value{Term: b})), err
}

// united is a SELECT with the others that are put together with it.
func (s *statement) united(b *term.Build) (*term.Build, error) {
	if len(s.unions) == 0 {
		return b, nil
	}
	x := expression{sql: "(?)", args: []term.Value{{Term: b}}}
	for _, c := range s.unions {
		other, ok := c.Values[0].Term.(*term.Build)
		if !ok {
			return nil, errors.New("a statement of a union that is not known")
		}
		inner, err := s.inner(other)
		if err != nil {
			return nil, err
		}
		x.write(" "+strings.ToUpper(strings.TrimSuffix(c.Word, " of"))+" (?)", term.Value{Term: inner})
	}
	return phrase.Build(phrase.Clause("raw", x.sql, x.args...)), nil
}

// body is FROM with its joins, and WHERE.
func (s *statement) body(relations []relation) ([]term.Clause, error) {
	var out []term.Clause
	if from := s.from(); from.sql != "" {
		out = append(out, phrase.Part("from", phrase.Expression(from.sql, from.args...)))
	}
	for _, r := range relations {
		if !r.many {
			out = append(out, phrase.Part("join clause", phrase.Expression(r.joined(s))))
		}
	}
	for i := range s.joins {
		j, err := s.joins[i].clause()
		if err != nil {
			return nil, err
		}
		out = append(out, j)
	}
	wheres, err := s.wheres()
	return append(out, wheres...), err
}

// clause is a join with its conditions, each in parentheses.
func (j *join) clause() (term.Clause, error) {
	x := expression{}
	x.add(j.is)
	for i, on := range j.on {
		switch {
		case i == 0:
			x.write(" ON (")
		case on.or:
			x.write(") OR (")
		default:
			x.write(") AND (")
		}
		x.add(on.is)
	}
	if len(j.on) > 0 {
		x.write(")")
	}
	if !j.when.Sure() {
		return j.sometimes(x)
	}
	return phrase.Part("join clause", phrase.Expression(x.sql, x.args...)), nil
}

// sometimes is a join that is not always there: its words say which one it is.
func (j *join) sometimes(x expression) (term.Clause, error) {
	upper := strings.ToUpper(strings.TrimSpace(x.sql))
	for _, head := range []struct{ text, word string }{{"LEFT OUTER JOIN ", "left join"}, {"LEFT JOIN ", "left join"}, {"INNER JOIN ", "inner join"}, {"JOIN ", "join"}} {
		if strings.HasPrefix(upper, head.text) {
			sql := strings.TrimSpace(x.sql)[len(head.text):]
			return phrase.Under(phrase.Clause(head.word, sql, x.args...), j.when), nil
		}
	}
	return term.Clause{}, errors.New("a join that is there only sometimes")
}

// from is what the statement reads.
func (s *statement) from() expression {
	var x expression
	switch {
	case s.named != nil:
		x.add(*s.named)
	case s.table != nil:
		x.write(s.own())
	}
	for _, t := range s.tables {
		if x.sql != "" {
			x.write(", ")
		}
		x.add(t)
	}
	return x
}

// own is the table of the model under its alias.
func (s *statement) own() string {
	if s.table.Alias == s.table.Name {
		return ident(s.table.Name)
	}
	return ident(s.table.Name) + " AS " + phrase.Quoted(s.table.Alias)
}

// shown are the columns of the result.
func (s *statement) shown(relations []relation) []term.Clause {
	var out []term.Clause
	plain := func(sql string) { out = append(out, phrase.Clause("columns", sql)) }
	switch {
	case len(s.columns) > 0:
		for _, c := range s.columns {
			switch {
			case c.expression != nil:
				out = append(out, phrase.Part("column", phrase.Expression(c.sql, c.args...)))
			case s.style != pg && s.table != nil && named(s.table, c.name) != nil:
				plain(phrase.Quoted(s.table.Alias, c.name))
			default:
				plain(ident(c.name))
			}
		}
	case s.table == nil:
		plain("*")
	default:
		for _, c := range s.table.Columns {
			if !slices.Contains(s.omitted, c.Name) && !slices.Contains(s.omitted, "*") {
				plain(phrase.Quoted(s.table.Alias, c.Name))
			}
		}
	}
	for _, r := range relations {
		for _, sql := range r.shown() {
			plain(sql)
		}
	}
	return out
}
