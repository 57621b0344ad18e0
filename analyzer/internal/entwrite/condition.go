package entwrite

import (
	"errors"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// IsPredicate tells a value of a clause that is a predicate, or is handed what predicates are.
func IsPredicate(c *term.Clause, i int) bool {
	switch c.Word {
	case "where of", "modified":
		return i > 0
	case "has":
		return i > 1
	}
	return c.Word == "item" || c.Word == "and" || c.Word == "or" || c.Word == "negated"
}

// AnyPredicate is a predicate of which nothing is known.
func AnyPredicate() term.Term {
	return &term.Build{Style: Style, Clauses: []term.Clause{{Word: "any condition"}}}
}

// scope is a table under the name by which conditions call it.
type scope struct {
	table *model.Table
	name  string
}

func of(t *model.Table) scope { return scope{t, t.Name} }

func (s scope) column(name string) string { return quoted(s.name, name) }

// conditions are those of all clauses: each that may be missing says so.
func (s *statement) conditions(in scope, clauses []*term.Clause) ([]piece.Part, error) {
	var out []piece.Part
	for _, c := range clauses {
		parts, err := s.listed(in, c, c.Values[1:])
		if err != nil {
			return nil, err
		}
		out = append(out, parts...)
	}
	return out, nil
}

// listed are the conditions in the values of a clause.
func (s *statement) listed(in scope, c *term.Clause, values []term.Value) ([]piece.Part, error) {
	var out []piece.Part
	for _, v := range values {
		b, ok := v.Term.(*term.Build)
		if v.Form == term.AsNil {
			continue
		}
		if !ok || b.Base != nil || len(b.Clauses) == 0 {
			return nil, errors.New("a predicate that is not known: " + v.Term.String())
		}
		if b.Clauses[0].Word != "list" {
			text, err := s.within(c, in, b)
			if err != nil {
				return nil, err
			}
			if text != "" {
				out = append(out, piece.Part{Text: text, When: c})
			}
			continue
		}
		for i := range b.Clauses[1:] {
			item := &b.Clauses[1+i]
			parts, err := s.listed(in, both(c, item), item.Values)
			if err != nil {
				return nil, err
			}
			out = append(out, parts...)
		}
	}
	return out, nil
}

// both is a clause that is there where two others are.
func both(a, b *term.Clause) *term.Clause {
	out := &term.Clause{Word: b.Word, Maybe: a.Maybe || b.Maybe}
	if !out.Maybe {
		out.If = append(append([]term.Fact{}, a.If...), b.If...)
	}
	return out
}

func (s *statement) within(c *term.Clause, in scope, b *term.Build) (string, error) {
	return s.Within(c, func() (string, error) { return s.condition(in, b) })
}

// condition is one predicate.
func (s *statement) condition(in scope, b *term.Build) (string, error) {
	c := &b.Clauses[0]
	if len(b.Clauses) > 1 || !c.Sure() {
		return "", errors.New("a predicate that is not known: " + b.String())
	}
	switch c.Word {
	case "compare":
		return s.compared(in, c)
	case "and", "or", "negated":
		return s.joined(in, c)
	case "has":
		return s.has(in, c)
	case "any condition":
		return piece.Coin, nil
	}
	return "", piece.UnknownClause(c)
}

// joined are predicates under And, Or and Not. Of none there is no condition.
func (s *statement) joined(in scope, c *term.Clause) (string, error) {
	s.Texts++
	defer func() { s.Texts-- }()
	parts, err := s.listed(in, &term.Clause{}, c.Values)
	if err != nil {
		return "", err
	}
	if len(parts) == 0 {
		return "", nil
	}
	sure := false
	for _, p := range parts {
		sure = sure || p.When.Sure()
	}
	if !sure { // there may be none
		return piece.Coin, nil
	}
	switch c.Word {
	case "or":
		s.Texts--
		text := s.Any(parts)
		s.Texts++
		return "(" + text + ")", nil
	case "negated":
		return "NOT (" + s.All(parts) + ")", nil
	}
	return "(" + s.All(parts) + ")", nil
}

// compared is a column that is compared with values.
func (s *statement) compared(in scope, c *term.Clause) (string, error) {
	op, _ := constant(c.Values[0].Term)
	column, ok := constant(c.Values[1].Term)
	if !ok {
		return piece.Coin, nil // whichever it is, it can only narrow
	}
	left, values := in.column(column), c.Values[2:]
	switch op {
	case "IS NULL", "IS NOT NULL":
		return left + " " + op, nil
	case "IN", "NOT IN":
		if len(values) == 0 {
			return map[string]string{"IN": "FALSE", "NOT IN": "TRUE"}[op], nil
		}
		holes := make([]string, len(values))
		for i, v := range values {
			holes[i] = s.Hole(element(v), false)
		}
		return left + " " + op + " (" + strings.Join(holes, ", ") + ")", nil
	}
	if len(values) != 1 {
		return "", errors.New("a comparison with several values")
	}
	return left + " " + op + " " + s.Hole(values[0].Term, nullable(values[0])), nil
}

// element is a value of a list that may be handed on as a whole.
func element(v term.Value) term.Term {
	if v.Form == term.AsRest {
		return term.Select(v.Term, term.Step{Kind: term.ElemStep})
	}
	return v.Term
}

func nullable(v term.Value) bool { return v.Form == term.AsNullable || v.Form == term.AsNil }

// has is the condition that there is a row behind an edge for which others hold.
func (s *statement) has(in scope, c *term.Clause) (string, error) {
	part, _ := constant(c.Values[0].Term)
	t := s.models.OfPart(part)
	if t == nil {
		return "", errors.New("an entity that is not known: " + part)
	}
	r, err := edge(t, &term.Clause{Values: c.Values[:2]})
	if err != nil {
		return "", err
	}
	to := s.models.Of(r.To, Style)
	if to == nil {
		return "", errors.New("an entity that is not known: " + short(r.To))
	}
	other := of(to)
	if r.Kind == model.ManyToMany {
		other.name = "t1"
	}
	if to.Name == in.table.Name {
		other.name = in.name + "_edge"
	}
	from := quoted(to.Name)
	if other.name != to.Name {
		from += " AS " + quoted(other.name)
	}
	s.Texts++
	defer func() { s.Texts-- }()
	parts, err := s.listed(other, &term.Clause{}, c.Values[2:])
	if err != nil {
		return "", err
	}
	return s.behind(in, r, other, from, parts), nil
}

// behind is the sub-select of the rows behind an edge.
func (s *statement) behind(in scope, r *model.Relation, other scope, from string, parts []piece.Part) string {
	and := ""
	if len(parts) > 0 {
		and = " AND " + s.All(parts)
	}
	switch r.Kind {
	case model.BelongsTo:
		if and == "" {
			return in.column(r.Own[0]) + " IS NOT NULL"
		}
		return "EXISTS (SELECT " + other.column(r.Other[0]) + " FROM " + from + " WHERE " + in.column(r.Own[0]) + " = " + other.column(r.Other[0]) + and + ")"
	case model.ManyToMany:
		text := in.column(r.Own[0]) + " IN (SELECT " + quoted(r.Between, r.OwnRefs[0]) + " FROM " + quoted(r.Between)
		if and == "" {
			return text + ")"
		}
		return text + " JOIN " + from + " ON " + quoted(r.Between, r.OthRefs[0]) + " = " + other.column(r.Other[0]) + " WHERE " + strings.TrimPrefix(and, " AND ") + ")"
	}
	return "EXISTS (SELECT " + other.column(r.Other[0]) + " FROM " + from + " WHERE " + in.column(r.Own[0]) + " = " + other.column(r.Other[0]) + and + ")"
}
