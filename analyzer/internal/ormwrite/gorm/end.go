package gorm

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// ofModel is the table of the statement's rows.
func (s *statement) ofModel() (*model.Table, error) {
	if s.table == nil {
		return nil, errNoModel
	}
	return s.table, nil
}

// settle finds the table: that of the model, or of what the last call is given. Then the
// conditions can name its columns.
func (s *statement) settle() error {
	if s.ends == nil {
		return errors.New("a statement that nothing runs")
	}
	if a, err := turned(s); a != nil || err != nil {
		s.turnedTo = a
		return err
	}
	typ := s.model.Type
	if typ == "" && s.model.Term != nil && s.from == "" {
		return errNoModel
	}
	if typ == "" {
		switch s.ends.Word {
		case "find", "find one", "find or create", "find or init", "scan", "create", "save", "remove", "set columns":
			typ = s.ends.Values[0].Type
		}
	}
	if typ != "" {
		s.table = s.models.Of(typ, naming)
	}
	if s.name == "" && s.table != nil {
		s.name = s.table.Name
	}
	s.kind = kindOf(s.ends.Word)
	switch s.ends.Word {
	case "find", "find one", "find or create", "find or init", "remove":
		if more := s.ends.Values[1:]; len(more) > 0 {
			s.asked = append(s.asked, &term.Clause{Word: "filter", Values: more})
		}
	}
	for _, c := range s.asked {
		add := s.filter
		if c.Word == "having filter" {
			add = s.havingFilter
		}
		if err := add(c); err != nil {
			return err
		}
	}
	return nil
}

// kindOf is what a statement is by the call that runs it, as hooks know it.
func kindOf(word string) string {
	switch word {
	case "create":
		return "insert"
	case "save", "set column", "set columns":
		return "update"
	case "remove":
		return "delete"
	}
	return "none"
}

// end are the statements that the last call runs.
func (s *statement) end() ([]*term.Build, error) {
	if s.turnedTo != nil {
		return s.turnedTo.written()
	}
	if s.raw != nil || s.ends.Word == "exec" {
		if err := enforced(s, registeredFor(s)); err != nil {
			return nil, err
		}
		return s.written()
	}
	if err := s.hooked(s.kind, "any"); err != nil {
		return nil, err
	}
	if err := enforced(s, registeredFor(s)); err != nil {
		return nil, err
	}
	switch s.ends.Word {
	case "find", "find one", "scan", "pluck", "count", "rows":
		return s.found()
	case "create":
		return s.created(s.ends.Values[0])
	case "save":
		return s.saved(s.ends.Values[0])
	case "find or create", "find or init":
		return s.foundOrCreated(s.ends.Word == "find or create")
	case "set column", "set columns":
		return s.changed()
	case "remove":
		return s.removed()
	}
	return nil, errors.New("a handle's " + s.ends.Word + " is not followed")
}

// hooked tells that a method of the rows may change statements of some kinds.
func (s *statement) hooked(kinds ...string) error {
	for _, kind := range kinds {
		if s.table == nil {
			continue
		}
		if hook := s.table.HookAt(kind); hook != "" {
			return phrase.Changed(hook)
		}
	}
	return nil
}

// written is a statement that is given as a text.
func (s *statement) written() ([]*term.Build, error) {
	c := s.ends
	if s.raw != nil {
		c = s.raw
	}
	sql, ok := phrase.Constant(c.Values[0].Term)
	if !ok {
		return nil, errors.New("a text that is not known: " + c.Values[0].Term.String())
	}
	b, err := s.expression(sql, c.Values[1:])
	if err != nil {
		return nil, err
	}
	return []*term.Build{phrase.Build(term.Clause{Word: "raw", Values: b.Clauses[0].Values})}, nil
}

// found is a SELECT, and those of the rows that belong to what it finds.
func (s *statement) found() ([]*term.Build, error) {
	list, from, err := s.selected0()
	if err != nil {
		return nil, err
	}
	out := []*term.Build{list}
	for _, p := range s.preloads {
		more, err := s.preloaded(p, from)
		if err != nil {
			return nil, err
		}
		out = append(out, phrase.Beside(more)...)
	}
	return out, nil
}

// selected0 is the SELECT, and what it reads with its conditions.
func (s *statement) selected0() (*term.Build, []term.Clause, error) {
	if s.ends.Word == "find one" || s.ends.Word == "find" {
		if err := s.keyOf(s.ends.Values[0]); err != nil {
			return nil, nil, err
		}
	} else if err := s.keyOf(s.model); err != nil {
		return nil, nil, err
	}
	from, err := s.body()
	if err != nil {
		return nil, nil, err
	}
	columns, err := s.shown()
	if err != nil {
		return nil, nil, err
	}
	b := phrase.Build(term.Clause{Word: "select"})
	if s.distinct {
		b.Clauses = append(b.Clauses, term.Clause{Word: "distinct"})
	}
	b.Clauses = append(b.Clauses, columns...)
	b.Clauses = append(b.Clauses, from...)
	b.Clauses = append(b.Clauses, s.having...)
	b.Clauses = append(b.Clauses, s.rest...)
	if s.ends.Word == "find one" {
		b.Clauses = append(b.Clauses, term.Clause{Word: "limit", Values: []term.Value{{Term: &term.Const{Kind: term.Number, Text: "1"}}}})
	}
	return b, from, nil
}

// body is FROM with its joins, and WHERE.
func (s *statement) body() ([]term.Clause, error) {
	table, err := s.fromTable()
	if err != nil {
		return nil, err
	}
	out := []term.Clause{table}
	for _, j := range s.joins {
		joined, err := s.join(j)
		if err != nil {
			return nil, err
		}
		out = append(out, joined)
	}
	wheres, err := s.wheres()
	return append(out, wheres...), err
}

// fromTable is what the statement reads.
func (s *statement) fromTable() (term.Clause, error) {
	switch {
	case s.from != "" && len(s.fromArgs) == 0:
		return term.Clause{Word: "from", Values: []term.Value{phrase.Text(s.from)}}, nil
	case s.from != "":
		return s.fromSelect()
	case s.table == nil || s.table.Name == "":
		return term.Clause{}, errNoModel
	}
	return term.Clause{Word: "from", Values: []term.Value{phrase.Text(phrase.Path(s.table.Name))}}, nil
}

var aliased = regexp.MustCompile(`(?i)^\s*\(\?\)\s+(?:as\s+)?"?(\w+)"?\s*$`)

// fromSelect is a statement in the place of a table: Table("(?) AS x", other).
func (s *statement) fromSelect() (term.Clause, error) {
	m := aliased.FindStringSubmatch(s.from)
	b, ok := s.fromArgs[0].Term.(*term.Build)
	if m == nil || !ok || len(s.fromArgs) != 1 {
		return term.Clause{}, errors.New("a table that is not known: " + s.from)
	}
	inner, err := s.embedded(b)
	return term.Clause{Word: "from select", Values: []term.Value{{Term: inner}, phrase.Text(m[1])}}, err
}

// shown are the columns of the result.
func (s *statement) shown() ([]term.Clause, error) {
	one := func(sql string) []term.Clause {
		return []term.Clause{{Word: "columns", Values: []term.Value{phrase.Text(sql)}}}
	}
	switch s.ends.Word {
	case "count":
		if s.distinct && len(s.columns) == 1 {
			return one("COUNT(DISTINCT " + s.columns[0] + ")"), nil
		}
		return one("count(*)"), nil
	case "pluck":
		name, ok := phrase.Constant(s.ends.Values[0].Term)
		if !ok {
			return nil, errors.New("a column that is not known")
		}
		return one(name), nil
	}
	if s.selected != nil {
		sql, ok := phrase.Constant(s.selected.Values[0].Term)
		if !ok {
			return nil, errors.New("columns that are not known")
		}
		b, err := s.expression(sql, s.selected.Values[1:])
		return []term.Clause{{Word: "column", Values: []term.Value{{Term: b}}}}, err
	}
	if len(s.columns) > 0 {
		return one(strings.Join(s.columns, ",")), nil
	}
	if s.name != "" && len(s.joins) > 0 {
		return one(phrase.Quoted(s.name) + ".*"), nil
	}
	return one("*"), nil
}

// keyOf adds the condition on the key of a row that is handed over, where it has one. A key
// of which nothing is known can only narrow what is found; what is written is the row that
// has it, whatever it is.
func (s *statement) keyOf(v term.Value) error {
	if s.table == nil || v.Type != s.table.Type || v.Form != term.AsModel {
		return nil
	}
	writes := s.kind == "update" || s.kind == "delete"
	if phrase.Unknown(v.Term) && !writes {
		return nil
	}
	for _, c := range s.table.Key() {
		value := phrase.Set(v.Term, c, s.kind)
		unknown := phrase.Unknown(value)
		if unknown && !writes {
			continue
		}
		column := s.column(c.Name)
		if strings.HasPrefix(s.ends.Word, "set ") {
			column = phrase.Quoted(c.Name)
		}
		p, there := phrase.Compared(false, column, term.Value{Term: value}), true
		if !unknown {
			p, there = phrase.Nonzero(p, value)
		}
		if there {
			s.conditions = append(s.conditions, condition{parts: []term.Clause{p}, when: &term.Clause{}})
		}
	}
	return nil
}

// join is a relation's, by its name, or a text.
func (s *statement) join(c *term.Clause) (term.Clause, error) {
	sql, ok := phrase.Constant(c.Values[0].Term)
	if !ok {
		return term.Clause{}, errors.New("a join that is not known")
	}
	if s.table != nil {
		if r := s.table.Relation(sql); r != nil {
			return s.joinOf(c, r)
		}
		if strings.Contains(sql, ".") && !strings.Contains(strings.TrimSpace(sql), " ") {
			return term.Clause{}, errors.New("a relation of a relation that is joined: " + sql)
		}
	}
	b, err := s.expression(sql, c.Values[1:])
	return term.Clause{Word: "join clause", Values: []term.Value{{Term: b}}, If: c.If, Maybe: c.Maybe}, err
}

// joinOf is the join of a relation: its rows under the relation's name.
func (s *statement) joinOf(c *term.Clause, r *model.Relation) (term.Clause, error) {
	o := s.models.Of(r.To, naming)
	if len(c.Values) > 1 || o == nil || o.Name == "" || r.Kind == model.HasMany || r.Kind == model.ManyToMany {
		return term.Clause{}, errors.New("a relation that is joined in a way that is not followed: " + r.Field)
	}
	on := make([]string, len(r.Own))
	for i := range r.Own {
		on[i] = s.column(r.Own[i]) + " = " + phrase.Quoted(r.Field, r.Other[i])
	}
	if o.Deleted != nil && !s.unscoped {
		on = append(on, phrase.Quoted(r.Field, o.Deleted.Name)+" IS NULL")
	}
	kind := "LEFT JOIN "
	if c.Word == "inner joins" {
		kind = "INNER JOIN "
	}
	sql := kind + phrase.Path(o.Name) + " " + phrase.Quoted(r.Field) + " ON " + strings.Join(on, " AND ")
	return term.Clause{Word: "join clause", Values: []term.Value{{Term: phrase.Build(term.Clause{Word: "text", Values: []term.Value{phrase.Text(sql)}})}}}, nil
}

// preloaded are the statements that read the rows which belong to those that are found.
func (s *statement) preloaded(c *term.Clause, from []term.Clause) ([]*term.Build, error) {
	name, ok := phrase.Constant(c.Values[0].Term)
	if !ok || s.table == nil {
		return nil, errors.New("rows that are loaded with others, of which the relation is not known")
	}
	if name == "~~~as~~~" {
		var out []*term.Build
		if len(s.table.Unread) > 0 {
			return nil, errors.New("rows that are loaded with others, in a way that is not followed: " + s.table.Unread[0])
		}
		for _, r := range s.table.Relations {
			more, err := s.along(s.table, []string{r.Field}, s.rowsOf(from), nil)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
		return out, nil
	}
	return s.along(s.table, strings.Split(name, "."), s.rowsOf(from), c.Values[1:])
}

// rowsOf are the columns of rows that were found: of those that the call gives, if it gives
// all their columns, as bind values.
func (s *statement) rowsOf(from []term.Clause) func(t *model.Table, column string) term.Value {
	return func(t *model.Table, column string) term.Value {
		if len(s.columns) == 0 && s.selected == nil && (s.ends.Word == "find" || s.ends.Word == "find one") {
			return term.Value{Term: term.OwnColumn(column), Form: term.AsList}
		}
		return term.Value{Term: reading(s.qualified(t, column), from)}
	}
}

// along reads the rows of relations, each by the keys of the rows before. Conditions are
// those of the last one.
func (s *statement) along(t *model.Table, path []string, rows func(*model.Table, string) term.Value, conditions []term.Value) ([]*term.Build, error) {
	r := t.Relation(path[0])
	if r == nil && !s.models.HasField(t.Type, path[0]) { // the library finds no relation, and reads nothing
		return nil, nil
	}
	var o *model.Table
	if r != nil {
		o = s.models.Of(r.To, naming)
	}
	if o == nil || o.Name == "" || len(r.Own) != 1 {
		return nil, errors.New("rows that are loaded with others, in a way that is not followed: " + path[0])
	}
	keys := rows(t, r.Own[0])
	var out []*term.Build
	if r.Kind == model.ManyToMany {
		joins := []term.Clause{{Word: "from", Values: []term.Value{phrase.Text(phrase.Path(r.Between))}}, among(phrase.Quoted(r.Between, r.OwnRefs[0]), keys)}
		out = append(out, reading("*", joins))
		keys = term.Value{Term: reading(phrase.Quoted(r.Between, r.OthRefs[0]), joins)}
	}
	inner := anew(s)
	inner.table, inner.name, inner.unscoped = o, o.Name, s.unscoped
	if len(path) == 1 && len(conditions) > 0 {
		if b, ok := conditions[0].Term.(*term.Build); ok && slices.ContainsFunc(b.Clauses, func(c term.Clause) bool { return c.Word == "or filter" }) {
			return nil, errors.New("an Or in a function by which rows are loaded with others")
		}
		if err := inner.filter(&term.Clause{Word: "filter", Values: conditions}); err != nil {
			return nil, err
		}
	}
	if err := enforced(inner, "query"); err != nil {
		return nil, err
	}
	wheres, err := inner.wheres()
	if err != nil {
		return nil, err
	}
	in := among(phrase.Quoted(o.Name, r.Other[0]), keys)
	reads := append([]term.Clause{{Word: "from", Values: []term.Value{phrase.Text(phrase.Path(o.Name))}}, in}, wheres...)
	out = append(out, reading("*", reads))
	if len(path) == 1 {
		return out, nil
	}
	behind := func(t *model.Table, column string) term.Value {
		return term.Value{Term: reading(inner.qualified(t, column), reads)}
	}
	more, err := inner.along(o, path[1:], behind, conditions)
	return append(out, more...), err
}

// among is the condition that a column is one of those that a statement reads.
func among(column string, keys term.Value) term.Clause {
	if keys.Form == term.AsList {
		return phrase.Compared(false, column, keys)
	}
	return phrase.Part("where", phrase.Expression(column+" IN (?)", keys))
}

// reading is a SELECT of columns from what clauses say.
func reading(columns string, from []term.Clause) *term.Build {
	return phrase.Build(append([]term.Clause{{Word: "select"}, {Word: "columns", Values: []term.Value{phrase.Text(columns)}}}, from...)...)
}

func (s *statement) qualified(t *model.Table, column string) string {
	if t == s.table {
		return s.column(column)
	}
	return phrase.Quoted(t.Name, column)
}

// removed is a DELETE, or an UPDATE where rows are only marked.
func (s *statement) removed() ([]*term.Build, error) {
	if s.ends.Values[0].Form == term.AsModels {
		if err := s.keysOf(s.ends.Values[0]); err != nil {
			return nil, err
		}
	}
	if err := s.keyOf(s.ends.Values[0]); err != nil {
		return nil, err
	}
	if s.model.Term != nil && !term.Same(s.model.Term, s.ends.Values[0].Term) {
		if err := s.keyOf(s.model); err != nil {
			return nil, err
		}
	}
	s.refused()
	if s.table == nil || len(s.joins) > 0 {
		return nil, errNoModel
	}
	wheres, err := s.wheres()
	if err != nil {
		return nil, err
	}
	from, err := s.fromTable()
	if err != nil {
		return nil, err
	}
	if s.table.Deleted != nil && !s.unscoped {
		set := term.Clause{Word: "set", Values: []term.Value{phrase.Text(phrase.Quoted(s.table.Deleted.Name)), {Term: phrase.Build(term.Clause{Word: "text", Values: []term.Value{phrase.Text("now()")}})}}}
		return []*term.Build{phrase.Build(append([]term.Clause{{Word: "update", Values: from.Values}, set}, wheres...)...)}, nil
	}
	return []*term.Build{phrase.Build(append([]term.Clause{{Word: "delete"}, from}, wheres...)...)}, nil
}

// keysOf adds the condition on the keys of rows that are handed over as a list.
func (s *statement) keysOf(v term.Value) error {
	if s.table == nil || len(s.table.Key()) != 1 {
		return errors.New("rows of a key of several columns")
	}
	key := s.table.Key()[0]
	value := phrase.Set(term.Elements(v.Term), key, s.kind)
	p := phrase.Compared(false, s.column(key.Name), term.Value{Term: value, Form: term.AsList})
	p.If = []term.Fact{{Op: term.NonZero, A: v.Term}} // there may be no rows
	s.conditions = append(s.conditions, condition{parts: []term.Clause{p}, when: &term.Clause{}})
	return nil
}

// refused makes the one condition of a write sure: the library runs no write without any.
func (s *statement) refused() {
	var parts []*term.Clause
	for i := range s.conditions {
		for k := range s.conditions[i].parts {
			parts = append(parts, &s.conditions[i].parts[k])
		}
	}
	if len(parts) != 1 || s.global || !s.conditions[0].when.Sure() || parts[0].Maybe {
		return
	}
	if len(s.conditions) == 1 && !slices.ContainsFunc(parts[0].If, func(f term.Fact) bool { return f.Op != term.NonZero }) {
		parts[0].If = nil
	}
}
