package gorm

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// changed is an UPDATE of one column, or of those of a map or a struct.
func (s *statement) changed() ([]*term.Build, error) {
	sets, err := s.assigned()
	if err != nil {
		return nil, err
	}
	if err := s.keyOf(s.model); err != nil {
		return nil, err
	}
	if s.model.Form == term.AsModels {
		if err := s.keysOf(s.model); err != nil {
			return nil, err
		}
	}
	s.refused()
	return s.update(sets)
}

func (s *statement) update(sets []term.Clause) ([]*term.Build, error) {
	if len(sets) == 0 {
		return nil, errors.New("an UPDATE that sets nothing")
	}
	if len(s.joins) > 0 {
		return nil, errors.New("an UPDATE with a join")
	}
	from, err := s.fromTable()
	if err != nil {
		return nil, err
	}
	if from.Word != "from" {
		return nil, errors.New("an UPDATE of a table that is not known")
	}
	wheres, err := s.wheres()
	if err != nil {
		return nil, err
	}
	list := append([]term.Clause{{Word: "update", Values: from.Values}}, sets...)
	return []*term.Build{phrase.Build(append(list, wheres...)...)}, nil
}

// assigned are the columns that are set.
func (s *statement) assigned() ([]term.Clause, error) {
	v := s.ends.Values[0]
	if s.ends.Word == "set column" {
		name, ok := phrase.Constant(v.Term)
		if !ok {
			return nil, errors.New("a column that is set and not known")
		}
		set, err := s.set(s.columnNamed(name), s.ends.Values[1])
		return []term.Clause{set}, err
	}
	if b, ok := v.Term.(*term.Build); ok && b.Base == nil && len(b.Clauses) > 0 && b.Clauses[0].Word == "eq" {
		var out []term.Clause
		for i := range b.Clauses[1:] {
			e := &b.Clauses[1+i]
			name, ok := phrase.Constant(e.Values[0].Term)
			if !ok || e.Word != "entry" {
				return nil, errors.New("columns that are set and not known")
			}
			if !s.takes(s.columnNamed(name), name) {
				continue
			}
			set, err := s.set(s.columnNamed(name), e.Values[1])
			if err != nil {
				return nil, err
			}
			out = append(out, phrase.Under(set, e))
		}
		return out, nil
	}
	if v.Form != term.AsModel || phrase.Unknown(v.Term) {
		return nil, errors.New("columns that are set and not known")
	}
	t := s.models.Of(v.Type, naming)
	if t == nil {
		return nil, errors.New("columns that are set and not known")
	}
	if s.model.Term == nil {
		s.model = v
	}
	var out []term.Clause
	for _, c := range t.Columns {
		value := phrase.Set(v.Term, c, "update")
		own := v.Type == s.model.Type && c.Primary
		if own || c.ReadOnly || !s.takes(c.Name, c.Path[len(c.Path)-1]) {
			continue
		}
		set, err := s.set(c.Name, term.Value{Term: value})
		if err != nil {
			return nil, err
		}
		if len(s.columns) == 0 {
			if phrase.Unknown(value) {
				set.Maybe = true
			} else if x, there := phrase.Nonzero(set, value); there {
				set = x
			} else {
				continue
			}
		}
		out = append(out, set)
	}
	return out, nil
}

func (s *statement) set(column string, v term.Value) (term.Clause, error) {
	value, err := s.value(v)
	return term.Clause{Word: "set", Values: []term.Value{phrase.Text(phrase.Quoted(column)), value}}, err
}

// columnNamed is the column of a name that may be a field's.
func (s *statement) columnNamed(name string) string {
	if s.table != nil {
		if c := s.table.Column(name); c != nil {
			return c.Name
		}
	}
	return name
}

// takes reports whether Select and Omit leave a column in.
func (s *statement) takes(names ...string) bool {
	named := func(list []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(list, n) })
	}
	return !named(s.omitted) && (len(s.columns) == 0 || named(s.columns) || slices.Contains(s.columns, "*"))
}

// created is an INSERT, of one row or of each of a list.
func (s *statement) created(v term.Value) ([]*term.Build, error) {
	t, err := s.ofModel()
	if err != nil {
		return nil, err
	}
	if v.Form != term.AsModel && v.Form != term.AsModels || phrase.Unknown(v.Term) {
		return nil, errors.New("a new row that is not known: " + v.Term.String())
	}
	row := v.Term
	if v.Form == term.AsModels {
		row = term.Elements(v.Term)
	}
	others, err := s.associated(t, row)
	if err != nil {
		return nil, err
	}
	from, err := s.fromTable()
	if err != nil {
		return nil, err
	}
	var columns, values []term.Value
	for _, c := range storedOrder(t) {
		if c.ReadOnly || !s.takes(c.Name, c.Path[len(c.Path)-1]) {
			continue
		}
		value := phrase.Set(row, c, "insert")
		given, isGiven := s.made[c.Name]
		if isGiven {
			value = given.Term
		}
		if zero, known := term.Zeroness(value); known && zero && (c.Counted || c.Default != "") {
			continue
		}
		columns = append(columns, phrase.Text(phrase.Quoted(c.Name)))
		values = append(values, belonging(others, c.Name, term.Value{Term: value, Form: formOf(c)}))
	}
	b := phrase.Build(term.Clause{Word: "insert", Values: from.Values}, term.Clause{Word: "columns", Values: columns}, term.Clause{Word: "values", Values: values})
	suffix, err := s.onConflict(t)
	if suffix != "" {
		b.Clauses = append(b.Clauses, term.Clause{Word: "suffix", Values: []term.Value{phrase.Text(suffix)}})
	}
	if suffix != "" && len(others) > 0 && strings.HasSuffix(suffix, "DO NOTHING") { // the row may be another one
		return nil, errors.New("rows of " + others[0].Field + " that are saved with a row that may be there already")
	}
	return slices.Concat([]*term.Build{b}, phrase.Beside(before(others)), phrase.Beside(behind(others, b))), err
}

// storedOrder are the columns as an INSERT has them: those that the server can fill last.
func storedOrder(t *model.Table) []*model.Column {
	out := slices.Clone(t.Columns)
	slices.SortStableFunc(out, func(a, b *model.Column) int { return filled(a) - filled(b) })
	return out
}

func filled(c *model.Column) int {
	if c.Counted || c.Default != "" {
		return 1
	}
	return 0
}

// formOf is the form in which a column's value is bound.
func formOf(c *model.Column) term.Form {
	if c.Field.Pointer {
		return term.AsNullable
	}
	return term.AsValue
}

// onConflict is what is done where there is such a row already.
func (s *statement) onConflict(t *model.Table) (string, error) {
	c := s.conflict
	if c == nil {
		return "", nil
	}
	field := func(name string) term.Term {
		return term.Select(c, term.Step{Kind: term.FieldStep, Name: name})
	}
	if zero, known := term.Zeroness(field("Where")); !known || !zero {
		return "", errors.New("a conflict with a condition")
	}
	target, err := conflictColumns(field("Columns"))
	if err != nil {
		return "", err
	}
	if yes, known := isTrue(c, "DoNothing"); yes || !known {
		if !known {
			return "", errors.New("what is done on a conflict is not known")
		}
		return "ON CONFLICT " + target + "DO NOTHING", nil
	}
	all, known := isTrue(c, "UpdateAll")
	if !known {
		return "", errors.New("what is done on a conflict is not known")
	}
	var names []string
	switch updates := field("DoUpdates").(type) {
	case *term.Build:
		for _, v := range updates.Clauses[0].Values {
			if l, ok := v.Term.(*term.List); ok && !l.Open {
				for _, e := range l.Elems {
					if name, ok := phrase.Constant(e); ok {
						names = append(names, name)
					}
				}
			}
		}
		if len(names) == 0 || updates.Clauses[0].Word != "columns" {
			return "", errors.New("what is set on a conflict is not known")
		}
	default:
		if !all {
			return "", errors.New("what is set on a conflict is not known")
		}
	}
	if all {
		names = nil
		for _, x := range t.Columns {
			if !x.Primary && !x.ReadOnly {
				names = append(names, x.Name)
			}
		}
	}
	if target == "" {
		var key []string
		for _, k := range t.Key() {
			key = append(key, phrase.Quoted(k.Name))
		}
		target = "(" + strings.Join(key, ",") + ") "
	}
	sets := make([]string, len(names))
	for i, n := range names {
		sets[i] = phrase.Quoted(n) + " = excluded." + phrase.Quoted(n)
	}
	return "ON CONFLICT " + target + "DO UPDATE SET " + strings.Join(sets, ", "), nil
}

// conflictColumns are the columns of a conflict's key, in parentheses.
func conflictColumns(t term.Term) (string, error) {
	if zero, known := term.Zeroness(t); known && zero {
		return "", nil
	}
	l, ok := t.(*term.List)
	if !ok || l.Open {
		return "", errors.New("columns of a conflict that are not known")
	}
	var names []string
	for _, e := range l.Elems {
		name, ok := phrase.Constant(term.Select(e, term.Step{Kind: term.FieldStep, Name: "Name"}))
		if !ok || name == "" {
			return "", errors.New("columns of a conflict that are not known")
		}
		names = append(names, phrase.Quoted(name))
	}
	return "(" + strings.Join(names, ",") + ") ", nil
}

// saved is an INSERT of a row without a key; of one with a key an UPDATE by the key, and,
// where that hits no row, an INSERT that overwrites what it finds under the key.
func (s *statement) saved(v term.Value) ([]*term.Build, error) {
	t, err := s.ofModel()
	if err != nil {
		return nil, err
	}
	if v.Form != term.AsModel && v.Form != term.AsModels || phrase.Unknown(v.Term) {
		return nil, errors.New("a row that is saved and not known: " + v.Term.String())
	}
	if err := s.hooked("insert"); err != nil {
		return nil, err
	}
	upsert := *s
	if upsert.conflict == nil {
		upsert.conflict = term.StructOf("", nil, []term.Field{{Name: "UpdateAll", Term: &term.Const{Kind: term.Bool, Text: "true"}}}).(*term.Struct)
	}
	if err := enforced(&upsert, "create"); err != nil {
		return nil, err
	}
	if v.Form == term.AsModels {
		return upsert.created(v)
	}
	for _, c := range t.Key() {
		if zero, known := term.Zeroness(phrase.Field(v.Term, c.Path)); known && zero {
			s.made = upsert.made
			return s.created(v)
		}
	}
	others, err := s.associated(t, v.Term)
	if err != nil {
		return nil, err
	}
	var sets []term.Clause
	for _, c := range t.Columns {
		if c.Primary || c.ReadOnly || !s.takes(c.Name, c.Path[len(c.Path)-1]) {
			continue
		}
		set, err := s.set(c.Name, belonging(others, c.Name, term.Value{Term: phrase.Set(v.Term, c, "update"), Form: formOf(c)}))
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	for _, c := range t.Key() {
		p := phrase.Compared(false, phrase.Quoted(c.Name), term.Value{Term: phrase.Set(v.Term, c, "update")})
		s.conditions = append(s.conditions, condition{parts: []term.Clause{p}, when: &term.Clause{}})
	}
	out, err := s.update(sets)
	if len(s.columns) > 0 && len(others) > 0 {
		return nil, errors.New("rows that are saved with a row of " + t.Name + " of which columns are chosen")
	}
	if err != nil || len(s.columns) > 0 {
		return out, err
	}
	more, err := upsert.created(v)
	return append(out, more...), err
}
