package gorm

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// With a row the library stores the rows of its relations that the program has put into it:
// those that it belongs to before it, which gives it their keys, and those that belong to it
// behind it, with its key. Whether there are any is often known to callers alone: the
// statement then asks whether the field is set.
//
// Not seen: rows that belong to such rows again, where a caller alone knows them.

// together are the rows of one relation that may be stored with a row.
type together struct {
	*model.Relation
	table *model.Table
	value term.Term
	sure  bool // there are some

	stores bool // the row to which they belong is stored with them
}

// rows is one of them.
func (r *together) rows() term.Term {
	if r.Kind == model.BelongsTo || r.Kind == model.HasOne {
		return r.value
	}
	return term.Elements(r.value)
}

// set is a condition that is met where there are any.
func (r *together) set() term.Value { return term.Value{Term: r.value, Form: term.AsNullable} }

// associated are the rows that are stored with a row. It is an error where it is not
// followed how.
func (s *statement) associated(t *model.Table, row term.Term) ([]*together, error) {
	var out []*together
	for _, r := range t.Relations {
		if slices.Contains(s.omitted, "~~~as~~~") || slices.Contains(s.omitted, r.Field) || len(s.columns) > 0 && !slices.Contains(s.columns, r.Field) {
			continue
		}
		value := phrase.Field(row, r.Path)
		if o, ok := value.(*term.Origin); ok && o.Kind == term.Unknown && o.Name == term.Related {
			continue // as they were loaded
		}
		zero, known := phrase.InList(value)
		if known && zero {
			continue
		}
		x := &together{Relation: r, table: s.models.Of(r.To, naming), value: value, sure: known, stores: true}
		if err := follows(s, x, t); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// follows is an error where it is not known what storing the rows of a relation does.
func follows(s *statement, r *together, t *model.Table) error {
	unknown := errors.New("rows of " + r.Field + " that are saved with a row of " + t.Name)
	switch {
	case r.table == nil, r.table.Name == "", len(r.Own) != 1, phrase.Unknown(r.value), s.full, !untouched(s, "create", r.table):
		return unknown
	case r.table.HookAt("insert") != "":
		return phrase.Changed(r.table.HookAt("insert"))
	}
	if r.Kind == model.BelongsTo && r.sure {
		if zero, known := term.Zeroness(r.key()); known && zero { // the server makes its key
			return unknown
		}
	}
	if !r.sure {
		return nil
	}
	more, err := anew(s).associated(r.table, r.rows())
	if err == nil && len(more) > 0 {
		return unknown
	}
	return err
}

// key is what the rows to which a row belongs have in the column that it refers to.
func (r *together) key() term.Term {
	c := r.table.Column(r.Other[0])
	if c == nil {
		return term.Why("a key that is not known")
	}
	return phrase.Field(r.rows(), c.Path)
}

// belonging is what a column of a row is set to: the key of a row that it belongs to, where one
// is stored with it.
func belonging(list []*together, column string, own term.Value) term.Value {
	for _, r := range list {
		if r.Kind != model.BelongsTo || r.Own[0] != column {
			continue
		}
		if r.sure {
			return term.Value{Term: r.key()}
		}
		return term.Value{Term: phrase.Expression("CASE WHEN ? IS NOT NULL THEN ? ELSE ? END", r.set(), term.Value{Term: r.key()}, own)}
	}
	return own
}

// before are the statements that store the rows to which a row belongs: what there is
// already stays as it is.
func before(list []*together) []*term.Build {
	var out []*term.Build
	for _, r := range list {
		if r.Kind == model.BelongsTo {
			out = append(out, r.stored(r.table, "", term.Value{}, "ON CONFLICT DO NOTHING"))
		}
	}
	return out
}

// behind are the statements that store the rows which belong to a row. Each has the statement
// that stores that row before it, under one name for its key.
func behind(list []*together, stores *term.Build) []*term.Build {
	var out []*term.Build
	add := func(part *term.Build) {
		out = append(out, phrase.Build(phrase.Clause("raw", "WITH stored AS (? RETURNING *) ?", term.Value{Term: stores}, term.Value{Term: part})))
	}
	for _, r := range list {
		switch r.Kind {
		case model.HasOne, model.HasMany:
			add(r.stored(r.table, r.Other[0], rowKey(r.Own[0]), r.takenOver()))
		case model.ManyToMany:
			out = append(out, r.stored(r.table, "", term.Value{}, "ON CONFLICT DO NOTHING"))
			add(r.between())
		}
	}
	return out
}

// rowKey is a column of the row that was stored.
func rowKey(column string) term.Value {
	return term.Value{Term: phrase.Expression("stored." + phrase.Quoted(column))}
}

// takenOver is what is done where there is a row of the key: it belongs to the new row.
func (r *together) takenOver() string {
	var key []string
	for _, c := range r.table.Key() {
		key = append(key, phrase.Quoted(c.Name))
	}
	column := phrase.Quoted(r.Other[0])
	return "ON CONFLICT (" + strings.Join(key, ",") + ") DO UPDATE SET " + column + " = excluded." + column
}

// stored is the INSERT of rows of a relation, with a value for one column.
func (r *together) stored(o *model.Table, column string, value term.Value, conflict string) *term.Build {
	var columns []string
	var values []term.Value
	row := r.rows()
	for _, c := range storedOrder(o) {
		v := term.Value{Term: phrase.Set(row, c, "insert"), Form: formOf(c)}
		if c.Name == column {
			v = value
		}
		if zero, known := term.Zeroness(v.Term); c.ReadOnly || known && zero && (c.Counted || c.Default != "") {
			continue
		}
		columns, values = append(columns, phrase.Quoted(c.Name)), append(values, v)
	}
	from := ""
	if column != "" && r.stores {
		from = fromStored
	}
	return r.insert(o.Name, columns, values, from, conflict)
}

// between is the INSERT of what joins rows of two tables.
func (r *together) between() *term.Build {
	other := r.table.Column(r.Other[0])
	value := term.Value{Term: phrase.Set(r.rows(), other, "insert")}
	columns := []string{phrase.Quoted(r.OwnRefs[0]), phrase.Quoted(r.OthRefs[0])}
	return r.insert(r.Between, columns, []term.Value{rowKey(r.Own[0]), value}, fromStored, "ON CONFLICT DO NOTHING")
}

// fromStored makes the row that was stored known to another statement.
const fromStored = " FROM stored"

func (r *together) insert(table string, columns []string, values []term.Value, from, conflict string) *term.Build {
	sql := "INSERT INTO " + phrase.Path(table) + " (" + strings.Join(columns, ",") + ") SELECT " + strings.TrimSuffix(strings.Repeat("?,", len(columns)), ",") + from
	args := values
	if !r.sure {
		sql += " WHERE ? IS NOT NULL"
		args = append(args, r.set())
	}
	return phrase.Build(phrase.Clause("raw", sql+" "+conflict, args...))
}

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
func turned(s *statement) (*association, error) {
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
	have := phrase.Field(a.row.Term, a.Path)
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
		out = append(out, a.storing()...)
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

// storing are the statements that store the rows of one value, as the owner's.
func (a *association) storing() []*term.Build {
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
