package gorm

import (
	"errors"
	"regexp"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// expression is a text with its bind values. A list behind IN is one value of the
// database's; named values take the places of their names.
func (s *statement) expression(sql string, values []term.Value) (*term.Build, error) {
	sql, values, err := namedValues(sql, phrase.Spread(values))
	if err != nil {
		return nil, err
	}
	var out strings.Builder
	args := []term.Value{}
	for {
		before, after, found := strings.Cut(sql, "?")
		out.WriteString(before)
		if !found {
			break
		}
		if len(values) == 0 { // it is an operator
			out.WriteString("??")
			sql = after
			continue
		}
		v := values[0]
		if v.Form == term.AsRest {
			return nil, errors.New("a list of bind values that is not known")
		}
		values, sql = values[1:], after
		if b, ok := v.Term.(*term.Build); ok {
			inner, err := s.embedded(b)
			if err != nil {
				return nil, err
			}
			out.WriteString("?")
			args = append(args, term.Value{Term: inner})
			continue
		}
		if v.Form == term.AsList || v.Form == term.AsAny || v.Form == term.AsModels {
			head, rest, ok, err := phrase.Listed(out.String(), after)
			if err != nil {
				return nil, err
			}
			if ok {
				out.Reset()
				out.WriteString(head)
				sql = rest
				args = append(args, phrase.Bare(v))
				continue
			}
		}
		if v.Form == term.AsList || v.Form == term.AsModels {
			return nil, errors.New("a list that is no bind value of IN")
		}
		out.WriteString("?")
		args = append(args, phrase.Bare(v))
	}
	if len(values) > 0 {
		return nil, errors.New("bind values do not fit the placeholders of a text")
	}
	return phrase.Build(term.Clause{Word: "text", Values: append([]term.Value{phrase.Text(out.String())}, args...)}), nil
}

var at = regexp.MustCompile(`@(\w+)`)

// namedValues puts named values in the places of their names.
func namedValues(sql string, values []term.Value) (string, []term.Value, error) {
	if strings.Contains(sql, "?") || !strings.Contains(sql, "@") || len(values) == 0 {
		return sql, values, nil
	}
	var found error
	var args []term.Value
	out := at.ReplaceAllStringFunc(sql, func(name string) string {
		v, ok := byName(values, name[1:])
		if !ok {
			found = errors.New("a named bind value that is not known: " + name[1:])
		}
		args = append(args, v)
		return "?"
	})
	return out, args, found
}

// byName is the value of a name in maps and structs of named values.
func byName(values []term.Value, name string) (term.Value, bool) {
	for _, v := range values {
		switch x := v.Term.(type) {
		case *term.Build:
			for i := range x.Clauses {
				if c := &x.Clauses[i]; c.Word == "entry" && c.Sure() {
					if key, ok := phrase.Constant(c.Values[0].Term); ok && key == name {
						return c.Values[1], true
					}
				}
			}
		case *term.Struct:
			for _, f := range x.Fields {
				if f.Name == name {
					return term.Value{Term: f.Term}, true
				}
			}
		}
	}
	return term.Value{}, false
}

// embedded is an expression, or a statement within another one.
func (s *statement) embedded(b *term.Build) (*term.Build, error) {
	if b.Base == nil && len(b.Clauses) == 1 && b.Clauses[0].Word == "text" {
		c := &b.Clauses[0]
		sql, ok := phrase.Constant(c.Values[0].Term)
		if !ok {
			return nil, errors.New("an expression that is not known: " + c.Values[0].Term.String())
		}
		return s.expression(sql, c.Values[1:])
	}
	inner := &term.Build{Style: b.Style, Base: b.Base, Clauses: append(b.Clauses[:len(b.Clauses):len(b.Clauses)], term.Clause{Word: "rows"})}
	like := anew(s)
	like.nested = true
	list, err := translated(inner, like, 0)
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// expressions puts expressions in the places of values.
func (s *statement) value(v term.Value) (term.Value, error) {
	b, ok := v.Term.(*term.Build)
	if !ok {
		return phrase.Bare(v), nil
	}
	inner, err := s.embedded(b)
	return term.Value{Term: inner}, err
}
