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
		value := term.Select(row, term.Step{Kind: term.FieldStep, Name: r.Field})
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
