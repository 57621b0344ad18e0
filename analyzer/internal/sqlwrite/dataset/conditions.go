package dataset

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Lists of expressions: what is in them may be there only sometimes, as a whole or one by
// one.

// all writes a list of conditions, or a map of them.
func (x expressions) all(b *term.Build) (string, error) {
	first := &b.Clauses[0]
	join := x.Writer.All
	if first.Word == "or" || first.Word == "ex or" {
		join = x.Any
	}
	parts, err := x.members(b)
	if err != nil || len(parts) == 0 {
		return "", err
	}
	if len(parts) == 1 && parts[0].When.Sure() {
		return parts[0].Text, nil
	}
	if !slices.ContainsFunc(parts, func(p piece.Part) bool { return p.When.Sure() }) && (first.Word == "or" || first.Word == "ex or") {
		// where none of them is there, there is no condition at all
		return "", &piece.SplitError{Clause: parts[0].When}
	}
	return "(" + join(parts) + ")", nil
}

// members are the conditions of a list or a map, each with the clause that says when it is
// there.
func (x expressions) members(b *term.Build) ([]piece.Part, error) {
	first := &b.Clauses[0]
	if first.Word == "ex" || first.Word == "ex or" {
		return x.entries(b.Clauses[1:])
	}
	out, err := x.conditionsOf(first.Values, first)
	for i := range b.Clauses[1:] {
		if err != nil {
			return nil, err
		}
		c := &b.Clauses[i+1]
		var more []piece.Part
		more, err = x.conditionsOf(c.Values, c)
		out = append(out, more...)
	}
	return out, err
}

// conditionsOf are the conditions among the values of a clause: a list that is handed on
// as a whole stands for its items.
func (x expressions) conditionsOf(values []term.Value, c *term.Clause) ([]piece.Part, error) {
	var out []piece.Part
	for _, v := range values {
		b, ok := v.Term.(*term.Build)
		switch {
		case v.Form == term.AsNil:
			continue
		case !ok:
			return nil, errors.New("a condition that is not known: " + v.Term.String())
		case v.Form != term.AsRest:
			text, err := x.Within(c, func() (string, error) { return x.expression(b) })
			if out, err = x.add(out, text, c, err); err != nil {
				return nil, err
			}
			continue
		case b.Base != nil:
			return nil, errors.New("conditions that are not known: " + b.Base.String())
		}
		for i := range b.Clauses[1:] {
			item := b.Clauses[i+1]
			item.If = append(slices.Clone(c.If), item.If...)
			if item.Maybe = c.Maybe || item.Maybe; item.Maybe {
				item.If = nil
			}
			more, err := x.conditionsOf(item.Values, &item)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
	}
	return out, nil
}

// add adds a condition; one that is there only sometimes must stay what it is.
func (x expressions) add(out []piece.Part, text string, c *term.Clause, err error) ([]piece.Part, error) {
	switch {
	case err != nil:
		return nil, err
	case text == "":
		return out, nil
	case !c.Sure() && !piece.Closed(text):
		return nil, &piece.SplitError{Clause: c}
	}
	return append(out, piece.Part{Text: text, When: c}), nil
}

// entries are the conditions of a map: columns compared with values. The operators of one
// column are alternatives.
func (x expressions) entries(list []term.Clause) ([]piece.Part, error) {
	sorted, err := piece.ByColumn(list)
	if err != nil {
		return nil, err
	}
	var out []piece.Part
	for i := range sorted {
		c := &sorted[i]
		column, err := x.named(c.Values[0])
		if err != nil {
			return nil, err
		}
		text, err := x.Within(c, func() (string, error) { return x.entry(column, c.Values[1]) })
		if out, err = x.add(out, text, c, err); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// entry is a column compared with a value, or with several by operators.
func (x expressions) entry(column string, v term.Value) (string, error) {
	left := term.Value{Term: &term.Build{Style: "list", Clauses: []term.Clause{{Word: "text", Values: []term.Value{{Term: &term.Const{Kind: term.Text, Text: column}}}}}}}
	b, ok := v.Term.(*term.Build)
	if !ok || b.Base != nil || b.Clauses[0].Word != "op" {
		return x.compared("eq", []term.Value{left, v})
	}
	ops, err := piece.ByColumn(b.Clauses[1:])
	if err != nil {
		return "", err
	}
	var texts []string
	for i := range ops {
		if !ops[i].Sure() {
			return "", errors.New("an operator that is there only sometimes")
		}
		text, err := x.operated(left, ops[i].Values[0], ops[i].Values[1])
		if err != nil {
			return "", err
		}
		texts = append(texts, text)
	}
	if len(texts) == 1 {
		return texts[0], nil
	}
	return "(" + strings.Join(texts, " OR ") + ")", nil
}

// byName are the operators of a map of them, by their names.
var byName = map[string]string{
	"eq": "eq", "neq": "ne", "is": "eq", "isnot": "ne", "gt": "gt", "gte": "ge", "lt": "lt", "lte": "le", "in": "in", "notin": "not in",
	"like": "like", "notlike": "not like", "ilike": "ilike", "notilike": "not ilike", "between": "between", "notbetween": "not between",
}

var byPattern = map[string]string{"regexplike": "~", "regexpnotlike": "!~", "regexpilike": "~*", "regexpnotilike": "!~*"}

func (x expressions) operated(left, name, v term.Value) (string, error) {
	op, err := piece.Constant(name.Term)
	if err != nil {
		return "", err
	}
	op = strings.ToLower(op)
	if sign := byPattern[op]; sign != "" {
		return x.around("(", left, " "+sign+" ", v, ")")
	}
	word, ok := byName[op]
	if !ok {
		return "", errors.New("an operator that is not known: " + op)
	}
	return x.expression(&term.Build{Style: "list", Clauses: []term.Clause{{Word: word, Values: []term.Value{left, v}}}})
}
