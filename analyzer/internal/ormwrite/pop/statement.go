package pop

import (
	"errors"
	"slices"
	"strings"

	"github.com/gobuffalo/flect"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

func singular(table string) string { return flect.Singularize(table) }

// end are the statements that the last call runs.
func (s *statement) end() ([]*term.Build, error) {
	if s.ends == nil {
		return nil, errors.New("a statement that nothing runs")
	}
	if s.eager != nil && stores(s.ends.Word) {
		return nil, errors.New("rows that are stored with others")
	}
	switch s.ends.Word {
	case "find", "find one", "find key", "find again", "count", "exists":
		return s.found()
	case "exec":
		if s.raw == nil {
			return nil, errors.New("a statement without a text")
		}
		b, err := s.written()
		return []*term.Build{b}, err
	case "related":
		return s.loaded()
	case "insert row":
		b, err := s.inserted()
		return []*term.Build{b}, err
	case "save":
		return s.saved()
	case "remove":
		return s.byKey(phrase.Build(term.Clause{Word: "delete"}, phrase.Clause("from", s.from())), "delete")
	case "remove matched":
		return []*term.Build{phrase.Build(append([]term.Clause{{Word: "delete"}, phrase.Clause("from", s.from())}, s.wheres...)...)}, nil
	}
	return s.changed()
}

// from is the table under its alias.
func (s *statement) from() string { return s.table.Name + " AS " + s.alias }

// written is a statement that is given as a text.
func (s *statement) written() (*term.Build, error) {
	x, err := text(s.raw.Values)
	if err != nil {
		return nil, err
	}
	return phrase.Build(term.Clause{Word: "raw", Values: x.Clauses[0].Values}), nil
}

// found is a SELECT, and the count of a page.
func (s *statement) found() ([]*term.Build, error) {
	b, err := s.selected(s.ends.Word == "find" || s.ends.Word == "find one" || s.ends.Word == "find key" || s.ends.Word == "find again")
	if err != nil {
		return nil, err
	}
	counted := phrase.Build(phrase.Clause("raw", "SELECT COUNT(*) AS row_count FROM (?) a", term.Value{Term: b}))
	switch s.ends.Word {
	case "count":
		return []*term.Build{counted}, nil
	case "exists":
		return []*term.Build{phrase.Build(phrase.Clause("raw", "SELECT EXISTS (?)", term.Value{Term: b}))}, nil
	}
	out := []*term.Build{b}
	if s.paged {
		out = append(out, counted)
	}
	if s.eager == nil {
		return out, nil
	}
	if s.table == nil {
		return nil, errors.New("rows that are loaded with those of a text")
	}
	more, err := s.along(s.eager, s.table, s.given)
	return append(out, phrase.Beside(more)...), err
}

// stores reports whether a statement writes a row with all that it holds.
func stores(word string) bool {
	return word == "insert row" || word == "save" || word == "update row"
}

// selected is the SELECT; what counts has no order.
func (s *statement) selected(ordered bool) (*term.Build, error) {
	if s.raw != nil {
		return s.written()
	}
	switch s.ends.Word {
	case "find key":
		s.wheres = append(s.wheres, s.keyIs(phrase.Bare(s.ends.Values[1])))
	case "find again":
		if len(s.table.Key()) != 1 {
			return nil, errors.New("a row without a key: " + s.table.Type)
		}
		s.wheres = append(s.wheres, s.keyIs(phrase.Stored(s.row.Term, s.table.Key()[0], "none")))
	}
	b := phrase.Build(term.Clause{Word: "select"}, phrase.Clause("columns", s.shown()), phrase.Clause("from", s.from()))
	b.Clauses = append(b.Clauses, s.joins...)
	b.Clauses = append(b.Clauses, s.wheres...)
	b.Clauses = append(b.Clauses, s.having...)
	for _, c := range s.rest {
		if ordered || c.Word == "group" {
			b.Clauses = append(b.Clauses, c)
		}
	}
	if s.ends.Word != "find" && ordered {
		b.Clauses = append(slices.DeleteFunc(b.Clauses, func(c term.Clause) bool { return c.Word == "limit" }), term.Clause{Word: "limit", Values: []term.Value{phrase.Number(1)}})
	}
	return b, nil
}

// keyIs compares the key with a value.
func (s *statement) keyIs(v term.Value) term.Clause {
	name := "id"
	if key := s.table.Key(); len(key) == 1 {
		name = key[0].Name
	}
	return phrase.Part("where", phrase.Expression(s.alias+"."+name+" = ?", v))
}

// shown are the columns of the result.
func (s *statement) shown() string {
	names := s.columns
	if names == nil {
		for _, c := range s.table.Columns {
			names = append(names, s.alias+"."+c.Name)
		}
		slices.Sort(names)
	}
	out := ""
	for i, n := range names {
		if i > 0 {
			out += ", "
		}
		out += n
	}
	if out == "" {
		return "*"
	}
	return out
}

// byKey is a write of rows that are found by their keys alone.
func (s *statement) byKey(b *term.Build, kind string) ([]*term.Build, error) {
	key := s.table.Key()
	if len(key) != 1 {
		return nil, errors.New("a row without a key: " + s.table.Type)
	}
	if s.row.Form == term.AsModels {
		value := term.Value{Term: phrase.Stored(term.Elements(s.row.Term), key[0], kind).Term, Form: term.AsList}
		b.Clauses = append(b.Clauses, phrase.Compared(false, s.alias+"."+key[0].Name, value))
		return []*term.Build{b}, nil
	}
	b.Clauses = append(b.Clauses, s.keyIs(phrase.Stored(s.row.Term, key[0], kind)))
	return []*term.Build{b}, nil
}

// one is the row that is stored, or any of several.
func (s *statement) one() (term.Term, error) {
	switch {
	case phrase.Unknown(s.row.Term):
		return nil, errors.New("a row that is not known: " + s.row.Term.String())
	case s.row.Form == term.AsModels:
		return term.Elements(s.row.Term), nil
	}
	return s.row.Term, nil
}

// inserted is an INSERT of all columns but those that are left out; a key that the database
// counts it makes itself.
func (s *statement) inserted() (*term.Build, error) {
	row, err := s.one()
	if err != nil {
		return nil, err
	}
	left, err := namesOf(s.ends.Values[1:])
	if err != nil {
		return nil, err
	}
	var columns, values []term.Value
	for _, c := range s.sorted() {
		if c.ReadOnly || c.Counted || !c.Primary && slices.Contains(left, c.Name) {
			continue
		}
		columns, values = append(columns, phrase.Text(phrase.Quoted(c.Name))), append(values, phrase.Stored(row, c, "insert"))
	}
	return phrase.Build(phrase.Clause("insert", phrase.Path(s.table.Name)), term.Clause{Word: "columns", Values: columns}, term.Clause{Word: "values", Values: values}), nil
}

// saved is an INSERT of a row without a key, and an UPDATE of one that has one.
func (s *statement) saved() ([]*term.Build, error) {
	row, err := s.one()
	if err != nil {
		return nil, err
	}
	key := s.table.Key()
	if len(key) != 1 {
		return nil, errors.New("a row without a key: " + s.table.Type)
	}
	zero, known := term.Zeroness(phrase.Field(row, key[0].Path))
	var out []*term.Build
	if zero || !known {
		b, err := s.inserted()
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	if zero {
		return out, nil
	}
	more, err := s.changed()
	return append(out, more...), err
}

// rowAndNames are the row that the last call is given, and the names that it lists behind it.
func (s *statement) rowAndNames() (row term.Term, names []string, err error) {
	if row, err = s.one(); err == nil {
		names, err = namesOf(s.ends.Values[1:])
	}
	return row, names, err
}

// changed is an UPDATE: of a row by its key, or of what conditions find.
func (s *statement) changed() ([]*term.Build, error) {
	row, names, err := s.rowAndNames()
	if err != nil {
		return nil, err
	}
	b := phrase.Build(phrase.Clause("update", phrase.Path(s.table.Name)+" AS "+s.alias))
	for _, c := range s.sorted() {
		if c.ReadOnly || !s.sets(c, names) {
			continue
		}
		b.Clauses = append(b.Clauses, term.Clause{Word: "set", Values: []term.Value{phrase.Text(phrase.Quoted(c.Name)), phrase.Stored(row, c, "update")}})
	}
	if s.ends.Word == "update matched" {
		b.Clauses = append(b.Clauses, s.wheres...)
		return []*term.Build{b}, nil
	}
	return s.byKey(b, "update")
}

// sorted are the columns of the table by their names.
func (s *statement) sorted() []*model.Column {
	return slices.SortedFunc(slices.Values(s.table.Columns), func(a, b *model.Column) int { return strings.Compare(a.Name, b.Name) })
}

// sets reports whether an UPDATE sets a column: names are those that it leaves out, or those
// that it sets, and the time of the change.
func (s *statement) sets(c *model.Column, names []string) bool {
	named := slices.Contains(names, c.Name)
	switch s.ends.Word {
	case "update columns":
		return !c.Primary && c.Name != "created_at" && (named || len(names) == 0)
	case "update matched":
		return !c.Primary && c.Name != "created_at" && (named || c.Name == "updated_at")
	}
	return !c.Primary && c.Name != "created_at" && !named
}
