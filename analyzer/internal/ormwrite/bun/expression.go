package bun

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// expression is a text in which each question mark stands for one of the values.
type expression struct {
	sql  string
	args []term.Value
}

func (x *expression) write(sql string, args ...term.Value) {
	x.sql += sql
	x.args = append(x.args, args...)
}

// add appends another expression.
func (x *expression) add(y expression) { x.write(y.sql, y.args...) }

// ident is a name in quotes, part by part.
func ident(name string) string {
	parts := strings.Split(name, ".")
	for i, p := range parts {
		if p != "*" {
			parts[i] = phrase.Quoted(p)
		}
	}
	return strings.Join(parts, ".")
}

// expressionOf is the text that value i of a clause is, with the values behind it.
func (s *statement) expressionOf(c *term.Clause, i int) (expression, error) {
	if i >= len(c.Values) {
		return expression{}, errors.New(c.Word + " without a text")
	}
	sql, ok := phrase.Constant(c.Values[i].Term)
	if !ok || c.Values[i].Form != term.AsText {
		return expression{}, errors.New("a text that is not known: " + c.Values[i].Term.String())
	}
	return s.formatted(sql, c.Values[i+1:])
}

// place is a placeholder with what it names: ?, ?0, ?TableAlias, ?(name), or one that is
// none because a backslash stands before it.
var place = regexp.MustCompile(`\\?\?(\([A-Za-z_]\w*\)|[A-Za-z]\w*|\d+)?`)

// formatted fills the placeholders of a text.
func (s *statement) formatted(sql string, values []term.Value) (expression, error) {
	f := &format{statement: s, values: values}
	for {
		at := place.FindStringSubmatchIndex(sql)
		if at == nil {
			f.out.sql += sql
			return f.out, f.failed
		}
		f.out.sql += sql[:at[0]]
		mark, rest := sql[at[0]:at[1]], sql[at[1]:]
		name := ""
		if at[2] >= 0 {
			name = strings.Trim(sql[at[2]:at[3]], "()")
		}
		if strings.HasPrefix(mark, `\`) {
			f.out.sql += "??"
			sql = strings.TrimPrefix(mark, `\?`) + rest
			continue
		}
		sql = f.fill(mark, name, rest)
	}
}

// format is the filling of the placeholders of one text.
type format struct {
	*statement
	values []term.Value
	next   int // the value of the next placeholder without a name
	out    expression
	failed error
}

func (f *format) fail(why string) {
	if f.failed == nil {
		f.failed = errors.New(why)
	}
}

// fill puts in what a placeholder stands for, and gives what is left of the text.
func (f *format) fill(mark, name, rest string) string {
	if name != "" {
		if i, err := strconv.Atoi(name); err == nil && i < len(f.values) {
			return f.put(f.values[i], rest)
		}
		if v, sql, ok := f.byName(name); ok {
			if sql != "" {
				f.out.sql += sql
				return rest
			}
			return f.put(v, rest)
		}
		f.out.sql += "??" + strings.TrimPrefix(mark, "?")
		return rest
	}
	if f.next >= len(f.values) { // it is an operator
		f.out.sql += "??"
		return rest
	}
	v := f.values[f.next]
	if v.Form == term.AsRest {
		f.fail("a list of bind values that is not known")
		return rest
	}
	f.next++
	return f.put(v, rest)
}

// put puts a value into the text.
func (f *format) put(v term.Value, rest string) string {
	b, built := v.Term.(*term.Build)
	switch {
	case !built && v.Form == term.AsPart:
		f.fail("a part of a statement that is not known: " + v.Term.String())
		return rest
	case !built && v.Form != term.AsList && v.Form != term.AsModels:
		f.out.write("?", phrase.Bare(v))
		return rest
	case built && (len(b.Clauses) == 0 || b.Clauses[0].Word != "in list"):
		x, err := f.part(b)
		if err != nil {
			f.fail(err.Error())
		}
		f.out.add(x)
		return rest
	}
	list := v
	if built {
		list = b.Clauses[0].Values[0]
	}
	head, left, ok, err := phrase.Listed(f.out.sql, rest)
	switch {
	case err != nil:
		f.fail(err.Error())
	case built && !ok:
		f.fail("a list that does not stand behind IN")
	case ok:
		f.out.sql = head
		f.out.args = append(f.out.args, term.Value{Term: list.Term, Form: term.AsList})
	default: // an array
		f.out.write("?", phrase.Bare(v))
	}
	return left
}

// part is what another call has made: a name, an expression, or a statement.
func (s *statement) part(b *term.Build) (expression, error) {
	if b.Base != nil || len(b.Clauses) == 0 {
		return expression{}, errors.New("a part of a statement that is not known: " + b.String())
	}
	switch c := &b.Clauses[0]; c.Word {
	case "ident", "name":
		name, ok := phrase.Constant(c.Values[0].Term)
		if !ok {
			return expression{}, errors.New("a name that is not known: " + c.Values[0].Term.String())
		}
		if c.Word == "name" {
			return expression{sql: phrase.Quoted(name)}, nil
		}
		return expression{sql: ident(name)}, nil
	case "text":
		return s.expressionOf(&term.Clause{Word: c.Word, Values: asTexts(c.Values)}, 0)
	}
	inner, err := s.inner(b)
	if err != nil {
		return expression{}, err
	}
	return expression{sql: "?", args: []term.Value{{Term: inner}}}, nil
}

// asTexts are the values of a text of a type of its own.
func asTexts(values []term.Value) []term.Value {
	first := values[0]
	first.Form = term.AsText
	return append([]term.Value{first}, values[1:]...)
}

// inner is another statement within this one.
func (s *statement) inner(b *term.Build) (*term.Build, error) {
	if b.Base != nil {
		return nil, errors.New("a statement built on what is not known: " + b.Base.String())
	}
	with := &term.Build{Style: b.Style, Clauses: append(b.Clauses[:len(b.Clauses):len(b.Clauses)], term.Clause{Word: "rows"})}
	list, err := phrase.Variants(with, decides, 0, func(b *term.Build) ([]*term.Build, error) {
		x, err := taken(b, s.models)
		if err != nil {
			return nil, err
		}
		return x.end()
	})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// byName is what a name stands for: a field of the one value, a field of the model, or a
// part of what the model stands for.
func (f *format) byName(name string) (v term.Value, sql string, ok bool) {
	if len(f.values) == 1 && f.values[0].Form == term.AsModel {
		if t := f.models.Of(f.values[0].Type, f.style); t != nil {
			if c := named(t, name); c != nil {
				return phrase.Stored(f.values[0].Term, c, ""), "", true
			}
		}
	}
	t := f.table
	if t == nil {
		return v, "", false
	}
	if c := named(t, name); c != nil && f.model.Form == term.AsModel {
		return phrase.Stored(f.model.Term, c, ""), "", true
	}
	alias := phrase.Quoted(t.Alias)
	switch name {
	case "TableName":
		return v, ident(t.Name), true
	case "TableAlias":
		return v, alias, true
	case "PKs":
		return v, listed("", t.Key()), true
	case "TablePKs":
		return v, listed(alias+".", t.Key()), true
	case "Columns":
		return v, listed("", t.Columns), true
	case "TableColumns":
		return v, listed(alias+".", t.Columns), true
	}
	return v, "", false
}

// named is the column of a name.
func named(t *model.Table, name string) *model.Column {
	for _, c := range t.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// listed are columns with commas between them.
func listed(prefix string, columns []*model.Column) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = prefix + phrase.Quoted(c.Name)
	}
	return strings.Join(out, ", ")
}
