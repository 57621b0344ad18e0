package gorm

import (
	"errors"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Association turns from a row to those of one of its relations: they are read, or it is
// written which of them belong to it. What a call stores of the rows themselves is what is
// stored of them with their owner.

// association is a relation of a row, with the rows that a call hands over.
type association struct {
	*together
	s     *statement
	owner *model.Table
	row   term.Value // the owner
	given []term.Value
}

// turned makes a statement about a row's relation one about the rows of that; nil for one
// that is about the rows of the model.
func (s *statement) turned() (*association, error) {
	if s.relation == nil {
		return nil, nil
	}
	name, ok := phrase.Constant(s.relation.Values[0].Term)
	t := s.models.Of(s.model.Type, naming)
	if !ok || t == nil || s.from != "" || s.model.Form != term.AsModel && s.model.Form != term.AsModels {
		return nil, errors.New("rows of an association that is not known")
	}
	r := t.Relation(name)
	if r == nil {
		return nil, errors.New("rows of an association that is not known: " + name)
	}
	o := s.models.Of(r.To, naming)
	if o == nil || o.Name == "" || len(r.Own) != 1 || len(r.On) > 0 {
		return nil, errors.New("rows of an association, in a way that is not followed: " + name)
	}
	a := &association{together: &together{Relation: r, table: o, sure: true}, s: s, owner: t, row: s.model, given: s.ends.Values}
	switch s.ends.Word {
	case "related", "related count":
		return nil, a.read()
	}
	return a, nil
}

// read makes the statement one that reads the rows.
func (a *association) read() error {
	s := a.s
	word := "find"
	if s.ends.Word == "related count" {
		word = "count"
	}
	s.ends = &term.Clause{Word: word, Values: s.ends.Values, If: s.ends.If, Maybe: s.ends.Maybe}
	s.model = term.Value{Term: term.ZeroTerm(), Form: term.AsModel, Type: a.To}
	if a.Kind == model.ManyToMany {
		on := "JOIN " + phrase.Path(a.Between) + " ON " + phrase.Quoted(a.Between, a.OthRefs[0]) + " = " + phrase.Quoted(a.table.Name, a.Other[0]) +
			" AND " + phrase.Quoted(a.Between, a.OwnRefs[0]) + " = ?"
		if a.row.Form == term.AsModels {
			on = on[:len(on)-len("= ?")] + "IN ?"
		}
		s.joins = append(s.joins, &term.Clause{Word: "joins", Values: []term.Value{phrase.Text(on), a.ownKey()}})
		return nil
	}
	s.conditions = append(s.conditions, a.belongs(a.table.Name))
	return nil
}

// ownKey is what the row has in the column by which others belong to it, or it to another.
func (a *association) ownKey() term.Value {
	c := a.owner.Column(a.Own[0])
	if c == nil {
		return term.Value{Term: term.Why("a key that is not known")}
	}
	if a.row.Form == term.AsModels {
		return term.Value{Term: phrase.Field(term.Elements(a.row.Term), c.Path), Form: term.AsList}
	}
	return term.Value{Term: phrase.Field(a.row.Term, c.Path)}
}

// belongs is the condition that rows are those of the owner.
func (a *association) belongs(table string) condition {
	return sure(phrase.Compared(false, phrase.Quoted(table, a.Other[0]), a.ownKey()))
}

func sure(p term.Clause) condition {
	return condition{parts: []term.Clause{p}, when: &term.Clause{}}
}

// written are the statements that write which rows belong to the owner.
func (a *association) written() ([]*term.Build, error) {
	s := a.s
	unknown := errors.New("rows of an association that are written in a way that is not followed: " + a.Field)
	if a.row.Form != term.AsModel || s.unscoped || s.cuts || len(s.asked) > 0 || len(s.joins) > 0 || s.raw != nil || s.enforce != nil && !a.unenforced() {
		return nil, unknown
	}
	if hook := a.owner.HookAt("update"); hook != "" {
		return nil, phrase.Changed(hook)
	}
	switch s.ends.Word {
	case "unrelate all":
		return a.parted(nil), nil
	case "unrelate":
		keys, ok := a.keys()
		if !ok {
			return nil, unknown
		}
		return a.parted(func(column string) term.Clause { return phrase.Compared(false, column, keys) }), nil
	}
	keys, ok := a.keys()
	if !ok {
		return nil, unknown
	}
	out, err := a.related()
	if err != nil || s.ends.Word == "relate" && (a.Kind == model.HasMany || a.Kind == model.ManyToMany) || a.Kind == model.BelongsTo {
		return out, err
	}
	return append(out, a.parted(func(column string) term.Clause {
		return phrase.Compared(true, column, keys)
	})...), nil
}

// unenforced reports whether callbacks leave the statements as they are.
func (a *association) unenforced() bool {
	for _, kind := range []string{"create", "update", "delete"} {
		if !untouched(a.s, kind, a.table) || !untouched(a.s, kind, a.owner) {
			return false
		}
	}
	return true
}

// keys are those of the rows that the call hands over.
func (a *association) keys() (v term.Value, ok bool) {
	c := a.table.Column(a.Other[0])
	if a.Kind == model.HasOne || a.Kind == model.HasMany {
		c = a.table.Key()[0]
	}
	if c == nil || len(a.table.Key()) != 1 || len(a.given) == 0 {
		return v, false
	}
	var all []term.Term
	for _, x := range a.given {
		if x.Type != a.To || x.Form != term.AsModel && x.Form != term.AsModels || phrase.Unknown(x.Term) {
			return v, false
		}
		row := x.Term
		if x.Form == term.AsModels {
			row = term.Elements(row)
		}
		all = append(all, phrase.Field(row, c.Path))
	}
	return term.Value{Term: term.JoinOf(all...), Form: term.AsList}, true
}

// had are the rows that the owner has in the field of the relation: they are stored once
// more, unless they were loaded with it. nil if there are none.
func (a *association) had() term.Term {
	if a.Kind != model.HasMany && a.Kind != model.ManyToMany || a.s.ends.Word == "relate only" {
		return nil
	}
	have := term.Select(a.row.Term, term.Step{Kind: term.FieldStep, Name: a.Field})
	if o, ok := have.(*term.Origin); ok && o.Kind == term.Unknown && o.Name == term.Related {
		return nil
	}
	if zero, known := phrase.InList(have); known && zero {
		return nil
	}
	return have
}

// related are the statements that make rows belong to the owner.
func (a *association) related() ([]*term.Build, error) {
	var out []*term.Build
	if sets := a.touched(); sets != nil && a.Kind != model.BelongsTo {
		out = append(out, a.change(a.owner, sets, a.found("")))
	}
	add := func(value term.Term, sure bool) error {
		a.value, a.sure = value, sure
		out = append(out, a.joined()...)
		return follows(a.s, a.together, a.owner)
	}
	if have := a.had(); have != nil {
		if err := add(have, false); err != nil {
			return nil, err
		}
	}
	for _, x := range a.given {
		row := x.Term
		if x.Form == term.AsModels {
			row = term.Elements(row)
		}
		if a.Kind == model.HasMany || a.Kind == model.ManyToMany {
			row = &term.List{Elems: []term.Term{row}}
		}
		if err := add(row, true); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// touched sets when the owner was changed last, where it says that.
func (a *association) touched() []term.Clause {
	for _, c := range a.owner.Columns {
		if c.Updated || c.Path[len(c.Path)-1] == "UpdatedAt" {
			return []term.Clause{{Word: "set", Values: []term.Value{phrase.Text(phrase.Quoted(c.Name)), {Term: phrase.Expression("now()")}}}}
		}
	}
	return nil
}

// joined are the statements that store the rows of one value, as the owner's.
func (a *association) joined() []*term.Build {
	if a.Kind == model.HasOne || a.Kind == model.HasMany {
		return []*term.Build{a.stored(a.table, a.Other[0], a.ownKey(), a.takenOver())}
	}
	var out []*term.Build
	if !slices.Contains(a.s.omitted, a.Field+".*") {
		out = append(out, a.stored(a.table, "", term.Value{}, "ON CONFLICT DO NOTHING"))
	}
	if a.Kind == model.BelongsTo {
		set := term.Clause{Word: "set", Values: []term.Value{phrase.Text(phrase.Quoted(a.Own[0])), {Term: a.key()}}}
		return append(out, a.change(a.owner, append([]term.Clause{set}, a.touched()...), a.found("")))
	}
	columns := []string{phrase.Quoted(a.OwnRefs[0]), phrase.Quoted(a.OthRefs[0])}
	return append(out, a.insert(a.Between, columns, []term.Value{a.ownKey(), {Term: a.key()}}, "", "ON CONFLICT DO NOTHING"))
}

// found is the condition that a row is the owner, by a column of a table that is named, or
// of none.
func (a *association) found(table string) term.Clause {
	key := a.owner.Key()[0]
	column := phrase.Quoted(key.Name)
	if table != "" {
		column = phrase.Quoted(table, key.Name)
	}
	return phrase.Compared(false, column, term.Value{Term: phrase.Field(a.row.Term, key.Path)})
}

// parted are the statements by which rows no longer belong to the owner: all of them, or
// those of which a condition on their key holds.
func (a *association) parted(which func(column string) term.Clause) []*term.Build {
	var conditions []term.Clause
	add := func(table, column string) {
		if which != nil {
			conditions = append(conditions, which(phrase.Quoted(table, column)))
		}
	}
	switch a.Kind {
	case model.ManyToMany:
		conditions = append(conditions, phrase.Compared(false, phrase.Quoted(a.Between, a.OwnRefs[0]), a.ownKey()))
		add(a.Between, a.OthRefs[0])
		from := term.Clause{Word: "from", Values: []term.Value{phrase.Text(phrase.Path(a.Between))}}
		return []*term.Build{phrase.Build(append([]term.Clause{{Word: "delete"}, from}, conditions...)...)}
	case model.BelongsTo:
		if which == nil {
			return []*term.Build{a.change(a.owner, a.nothing(a.Own[0]), a.found(""))}
		}
		conditions = append(conditions, a.found(a.owner.Name))
		add(a.owner.Name, a.Own[0])
		return []*term.Build{a.change(a.owner, a.nothing(a.Own[0]), conditions...)}
	}
	own := phrase.Compared(false, phrase.Quoted(a.table.Name, a.Other[0]), a.ownKey())
	add(a.table.Name, a.table.Key()[0].Name)
	if a.s.ends.Word == "unrelate" { // in the order of the library
		conditions = append([]term.Clause{own}, conditions...)
	} else {
		conditions = append(conditions, own)
	}
	return []*term.Build{a.change(a.table, a.nothing(a.Other[0]), conditions...)}
}

func (a *association) nothing(column string) []term.Clause {
	return []term.Clause{{Word: "set", Values: []term.Value{phrase.Text(phrase.Quoted(column)), {Term: term.ZeroTerm(), Form: term.AsNil}}}}
}

// change is an UPDATE of rows that are not deleted.
func (a *association) change(t *model.Table, sets []term.Clause, conditions ...term.Clause) *term.Build {
	list := append([]term.Clause{{Word: "update", Values: []term.Value{phrase.Text(phrase.Path(t.Name))}}}, sets...)
	list = append(list, conditions...)
	if t.Deleted != nil {
		list = append(list, phrase.Compared(false, phrase.Quoted(t.Name, t.Deleted.Name), term.Value{Term: term.ZeroTerm(), Form: term.AsNil}))
	}
	return phrase.Build(list...)
}
