package entwrite

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// upsert is what is done where there is such a row already.
type upsert struct {
	target *term.Clause
	sets   []*term.Clause
}

// created is an INSERT, of one row or of each that is made by a list of builders, and
// what sets the keys of rows that the edges lead to.
func (s *statement) created() []func() (string, error) {
	switch s.start.Word {
	case "create of":
		return s.insertOf(s)
	case "create each":
		return []func() (string, error){failing(errors.New("rows that a function makes"))}
	}
	var out []func() (string, error)
	for _, v := range s.start.Values[1:] {
		out = append(out, s.each(v)...)
	}
	return out
}

// each are the rows that one builder of a list makes, or each of a list of builders.
func (s *statement) each(v term.Value) []func() (string, error) {
	b, ok := v.Term.(*term.Build)
	if !ok {
		if l, isList := v.Term.(*term.List); isList {
			var out []func() (string, error)
			for _, t := range l.Elems {
				out = append(out, s.each(term.Value{Term: t})...)
			}
			return out
		}
		return []func() (string, error){failing(errors.New("a new row that is not known: " + v.Term.String()))}
	}
	row, err := s.inner(b)
	if err != nil {
		return []func() (string, error){failing(err)}
	}
	row.upsert, row.sorted = s.upsert, true
	return s.insertOf(row)
}

func (s *statement) insertOf(row *statement) []func() (string, error) {
	row.Writer = s.Writer
	return append([]func() (string, error){row.insert}, row.linked(row.newKey)...)
}

// newKey is the key of a new row.
func (s *statement) newKey() (string, error) {
	if _, err := id(s.entity); err != nil {
		return "", err
	}
	text, err := s.valueOf(s.entity.Column("ID"))
	if text == "" && err == nil {
		text = s.Hole(term.Of(term.Fresh), false)
	}
	return text, err
}

// insert is the INSERT of one row.
func (s *statement) insert() (string, error) {
	var names, values []string
	list := s.stored()
	if s.sorted {
		slices.SortFunc(list, func(a, b *model.Column) int { return strings.Compare(a.Name, b.Name) })
	}
	for _, c := range list {
		text, err := s.valueOf(c)
		if err != nil {
			return "", err
		}
		if text != "" {
			names, values = append(names, quoted(c.Name)), append(values, text)
		}
	}
	text := "INSERT INTO " + quoted(s.entity.Name) + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")"
	if len(names) == 0 {
		text = "INSERT INTO " + quoted(s.entity.Name) + " DEFAULT VALUES"
	}
	conflict, err := s.onConflict()
	return text + conflict + " RETURNING " + unqualified(s.entity), err
}

func unqualified(t *model.Table) string {
	out := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = quoted(c.Name)
	}
	return strings.Join(out, ", ")
}

// stored are the columns that a row may be written with: fields, then keys of edges, then
// the key.
func (s *statement) stored() []*model.Column {
	var out, keys []*model.Column
	key := s.entity.Column("ID")
	for _, r := range s.entity.Relations {
		if r.Kind != model.BelongsTo {
			continue
		}
		c := s.entity.Column(r.Own[0])
		if c == nil { // it is no field
			c = &model.Column{Name: r.Own[0], Path: []string{""}}
		}
		keys = append(keys, c)
	}
	for _, c := range s.entity.Columns {
		if c != key && !slices.Contains(keys, c) {
			out = append(out, c)
		}
	}
	out = append(out, keys...)
	if key != nil {
		out = append(out, key)
	}
	return out
}

// valueOf is what a column of a new row holds, "" if it is left out.
func (s *statement) valueOf(c *model.Column) (string, error) {
	text := ""
	if c.Default != "" {
		text = s.default0(c)
	}
	return s.assigned(c, text, "NULL")
}

// default0 is the value that the program gives a column that is not set: a new one of a
// key, else one that is not known.
func (s *statement) default0(c *model.Column) string {
	if c.Path[len(c.Path)-1] == "ID" {
		return s.Hole(term.Of(term.Fresh), false)
	}
	if slices.ContainsFunc(s.sets, func(x *term.Clause) bool { return x.Sure() && x.Word == "set of" && s.isOf(x, c) }) {
		return "NULL" // it is set
	}
	return s.Hole(term.Why("the default of "+c.Name), false)
}

// isOf reports whether a clause sets a column.
func (s *statement) isOf(x *term.Clause, c *model.Column) bool {
	name, _ := constant(x.Values[1].Term)
	switch x.Word {
	case "link", "link row", "link some", "unlink all":
		r, err := edge(s.entity, x)
		return err == nil && r.Kind == model.BelongsTo && r.Own[0] == c.Name
	case "link all", "link rows", "unlink each":
		return false
	}
	return c.Path[len(c.Path)-1] == name
}

// assigned is what the clauses make of a column that holds something before; otherwise is
// what stands there where it is not set.
func (s *statement) assigned(c *model.Column, before, otherwise string) (string, error) {
	text := before
	for _, x := range s.sets {
		if !s.isOf(x, c) {
			continue
		}
		had := text
		if had == "" {
			had = otherwise
		}
		value, err := s.newValue(x, c, had)
		if err != nil {
			return "", err
		}
		if !x.Sure() {
			value = "CASE WHEN " + s.Given(x) + " THEN " + value + " ELSE " + had + " END"
		}
		text = value
	}
	return text, nil
}

// newValue is what one clause sets a column to.
func (s *statement) newValue(x *term.Clause, c *model.Column, had string) (string, error) {
	text := ""
	_, err := s.Within(x, func() (string, error) {
		switch x.Word {
		case "clear of", "unlink all":
			text = "NULL"
		case "set some", "link some":
			text = s.Hole(x.Values[2].Term, true)
			if had != "NULL" {
				text = "COALESCE(" + text + ", " + had + ")"
			}
		case "link row":
			text = s.Hole(idOf(x.Values[2].Term), false)
		case "increase of":
			text = "COALESCE(" + quoted(s.entity.Name, c.Name) + ", 0) + " + s.Hole(x.Values[2].Term, false)
		default:
			text = s.Hole(x.Values[2].Term, nullable(x.Values[2]) || c.Field != nil && c.Field.Pointer)
		}
		return "", nil
	})
	return text, err
}

// updated is an UPDATE, and what changes the keys of rows that the edges lead to.
func (s *statement) updated() []func() (string, error) {
	return append([]func() (string, error){s.update}, s.linked(s.keyOfUpdated)...)
}

func (s *statement) update() (string, error) {
	var cleared, sets []string
	for _, c := range s.stored() {
		text, err := s.assigned(c, "", quoted(s.entity.Name, c.Name))
		if err != nil {
			return "", err
		}
		if text == "" && c.Updated {
			text = s.Hole(term.Why("the default of "+c.Name), false)
		}
		switch set := quoted(c.Name) + " = " + text; text {
		case "":
		case "NULL":
			cleared = append(cleared, set)
		default:
			sets = append(sets, set)
		}
	}
	sets = append(cleared, sets...)
	where, err := s.target()
	if err != nil {
		return "", err
	}
	if len(sets) == 0 {
		return "SELECT " + columns(s.entity) + " FROM " + quoted(s.entity.Name) + where, nil
	}
	text := "UPDATE " + quoted(s.entity.Name) + " SET " + strings.Join(sets, ", ") + where
	if s.start.Word != "update of" {
		text += " RETURNING " + unqualified(s.entity)
	}
	return text, nil
}

// target is the WHERE of a write: the key of one row, and the conditions.
func (s *statement) target() (string, error) {
	var parts []piece.Part
	if s.start.Word != "update of" && s.start.Word != "delete of" {
		key, err := id(s.entity)
		if err != nil {
			return "", err
		}
		value := s.start.Values[1].Term
		if strings.HasSuffix(s.start.Word, " row") {
			value = idOf(value)
		}
		column := quoted(key)
		if strings.HasPrefix(s.start.Word, "delete") {
			column = quoted(s.entity.Name, key)
		}
		parts = append(parts, sure(column+" = "+s.Hole(value, false)))
	}
	wheres, err := s.conditions(of(s.entity), s.wheres)
	return s.where(append(parts, wheres...)), err
}

func (s *statement) deleted() (string, error) {
	where, err := s.target()
	return "DELETE FROM " + quoted(s.entity.Name) + where, err
}

// keyOfUpdated is the key of the row that is changed, or of all of them.
func (s *statement) keyOfUpdated() (string, error) {
	key, err := id(s.entity)
	if err != nil {
		return "", err
	}
	where, err := s.target()
	return "(SELECT " + quoted(s.entity.Name, key) + " FROM " + quoted(s.entity.Name) + where + ")", err
}

// linked are the statements that change keys which other tables hold: of edges to many
// rows, and of those that have a table of their own.
func (s *statement) linked(own func() (string, error)) []func() (string, error) {
	var out []func() (string, error)
	for _, x := range s.sets {
		switch x.Word {
		case "link", "link row", "link some", "link all", "link rows", "unlink all", "unlink each":
		default:
			continue
		}
		r, err := edge(s.entity, x)
		if err != nil {
			return append(out, failing(err))
		}
		if r.Kind == model.BelongsTo {
			continue
		}
		out = append(out, func() (string, error) { return s.link(x, r, own) })
	}
	return out
}

// link changes the keys of one edge.
func (s *statement) link(x *term.Clause, r *model.Relation, own func() (string, error)) (string, error) {
	to := s.models.Of(r.To, Style)
	if to == nil {
		return "", errors.New("an entity that is not known: " + short(r.To))
	}
	mine, err := own()
	if err != nil {
		return "", err
	}
	others := s.others(x)
	in := ""
	if others != "" {
		in = quoted(r.Other[0]) + " IN (" + others + ")"
		if key, err := id(to); err == nil {
			in = quoted(key) + " IN (" + others + ")"
		}
	}
	removes := strings.HasPrefix(x.Word, "unlink")
	switch {
	case r.Kind == model.ManyToMany && removes:
		text := "DELETE FROM " + quoted(r.Between) + " WHERE " + quoted(r.OwnRefs[0]) + " IN (" + mine + ")"
		if others != "" {
			text += " AND " + quoted(r.OthRefs[0]) + " IN (" + others + ")"
		}
		return text, nil
	case r.Kind == model.ManyToMany:
		names, values := []string{quoted(r.OwnRefs[0]), quoted(r.OthRefs[0])}, []string{mine, others}
		if r.Inverse {
			slices.Reverse(names)
			slices.Reverse(values)
		}
		return "INSERT INTO " + quoted(r.Between) + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(values, ", ") + ") ON CONFLICT DO NOTHING", nil
	case removes:
		text := "UPDATE " + quoted(to.Name) + " SET " + quoted(r.Other[0]) + " = NULL WHERE " + quoted(r.Other[0]) + " IN (" + mine + ")"
		if in != "" {
			text += " AND " + in
		}
		return text, nil
	}
	return "UPDATE " + quoted(to.Name) + " SET " + quoted(r.Other[0]) + " = " + mine + " WHERE " + in + " AND " + quoted(r.Other[0]) + " IS NULL", nil
}

// others are the keys of the rows that an edge is set to, one value for each that is
// written out.
func (s *statement) others(x *term.Clause) string {
	var out []string
	for _, v := range x.Values[2:] {
		t := element(v)
		if strings.HasSuffix(x.Word, " row") || strings.HasSuffix(x.Word, " rows") {
			t = idOf(t)
		}
		out = append(out, s.Hole(t, false))
	}
	return strings.Join(out, ", ")
}

// onConflict is what is done where there is such a row.
func (s *statement) onConflict() (string, error) {
	if s.upsert == nil {
		return "", nil
	}
	var names []string
	for _, v := range s.upsert.target.Values[2:] {
		list, err := conflictColumns(s.upsert.target, v)
		if err != nil {
			return "", err
		}
		names = append(names, list...)
	}
	target := ""
	if len(names) > 0 {
		target = " (" + strings.Join(names, ", ") + ")"
	}
	sets, err := s.onConflictSets()
	switch {
	case err != nil:
		return "", err
	case sets == nil:
		return " ON CONFLICT" + target + " DO NOTHING", nil
	}
	return " ON CONFLICT" + target + " DO UPDATE SET " + strings.Join(sets, ", "), nil
}

// conflictColumns are the columns of a conflict's key.
func conflictColumns(c *term.Clause, v term.Value) ([]string, error) {
	if name, ok := constant(v.Term); ok && c.Word == "conflict columns" {
		return []string{quoted(name)}, nil
	}
	b, ok := v.Term.(*term.Build)
	if !ok || b.Base != nil || len(b.Clauses) != 1 || b.Clauses[0].Word != "columns" {
		return nil, errors.New("a conflict with an option that is not known")
	}
	names, err := piece.Constants(&b.Clauses[0])
	for i, n := range names {
		names[i] = quoted(n)
	}
	return names, err
}

// onConflictSets are the columns that are set where there is such a row, nil if nothing is.
func (s *statement) onConflictSets() ([]string, error) {
	var out []string
	for _, x := range s.upsert.sets {
		if !x.Sure() {
			return nil, errors.New("what is set on a conflict is not known")
		}
		switch x.Word {
		case "no change":
			return nil, nil
		case "ignored", "new values":
			for _, c := range s.stored() {
				text, err := s.valueOf(c)
				if err != nil {
					return nil, err
				}
				switch {
				case text == "":
				case x.Word == "ignored" || c.ReadOnly || c.Path[len(c.Path)-1] == "ID":
					out = append(out, quoted(c.Name)+" = "+quoted(s.entity.Name, c.Name))
				default:
					out = append(out, quoted(c.Name)+" = excluded."+quoted(c.Name))
				}
			}
		case "new value", "set of", "clear of", "increase of":
			name, _ := constant(x.Values[1].Term)
			c := s.entity.Column(name)
			if c == nil {
				return nil, errors.New("a column that is not known: " + name)
			}
			value := "excluded." + quoted(c.Name)
			if x.Word != "new value" {
				var err error
				if value, err = s.newValue(x, c, quoted(s.entity.Name, c.Name)); err != nil {
					return nil, err
				}
			}
			out = append(out, quoted(c.Name)+" = "+value)
		default:
			return nil, errors.New("what is set on a conflict is not known")
		}
	}
	return out, nil
}
