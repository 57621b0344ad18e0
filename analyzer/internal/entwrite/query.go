package entwrite

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// read is a SELECT, and those of the rows that are loaded with what it finds.
func (s *statement) read() []func() (string, error) {
	out := []func() (string, error){s.found}
	if s.ends == nil || s.ends.Word != "rows of" && s.ends.Word != "row of" {
		return out
	}
	return append(out, s.loaded(s.entity, s.eager, s.given)...)
}

// found is the SELECT itself.
func (s *statement) found() (string, error) {
	if s.ends == nil {
		return "", errors.New("a statement that nothing runs")
	}
	key, err := id(s.entity)
	if err != nil && s.ends.Word != "rows of" && s.ends.Word != "picked of" {
		return "", err
	}
	switch s.ends.Word {
	case "exists of":
		inner, err := s.selecting(quoted(s.entity.Name, key))
		return "SELECT EXISTS (" + inner + ")", err
	case "count of":
		return s.selecting("COUNT(" + quoted(s.entity.Name, key) + ")")
	case "ids of", "id of":
		return s.selecting(quoted(s.entity.Name, key))
	case "picked of":
		return s.picked()
	}
	return s.selecting(columns(s.entity, keysOf(s.entity, s.eager)...))
}

// columns are all columns of an entity, and keys of edges, of which there need not be a field:
// these are read where the edge is loaded.
func columns(t *model.Table, keys ...string) string {
	var out []string
	for _, c := range t.Columns {
		out = append(out, quoted(t.Name, c.Name))
	}
	for _, key := range keys {
		if name := quoted(t.Name, key); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

// keysOf are an entity's own keys of the edges that are loaded.
func keysOf(t *model.Table, eager []*term.Clause) []string {
	var out []string
	for _, c := range eager {
		if r, err := edge(t, c); err == nil {
			out = append(out, r.Own[0])
		}
	}
	return out
}

// picked are some columns, or one row for each of their groups.
func (s *statement) picked() (string, error) {
	c := s.chosen
	if c == nil {
		return "", errors.New("columns of nothing")
	}
	var names []string
	for _, v := range c.Values[2:] {
		if name, ok := constant(v.Term); ok && name != "" && v.Form == term.AsValue {
			names = append(names, quoted(s.entity.Name, name))
		} else {
			names = nil
			break
		}
	}
	list := strings.Join(names, ", ")
	switch {
	case c.Word == "grouped" && list == "":
		return "", errors.New("groups by columns that are not known")
	case c.Word == "grouped":
		text, err := s.selecting(list + ", COUNT(*)")
		return text + " GROUP BY " + list, err
	case list == "":
		return s.selecting("COUNT(*)")
	}
	return s.selecting(list)
}

// selecting is a SELECT of some columns.
func (s *statement) selecting(what string) (string, error) {
	from, parts, err := s.from()
	if err != nil {
		return "", err
	}
	wheres, err := s.conditions(of(s.entity), s.wheres)
	if err != nil {
		return "", err
	}
	text := "SELECT " + what + " FROM " + from + s.where(append(parts, wheres...))
	if s.ends != nil && s.ends.Word == "row of" || s.ends != nil && s.ends.Word == "id of" {
		return text + " LIMIT 1", nil
	}
	if s.limit != nil {
		text += " LIMIT " + s.Hole(s.limit.Values[1].Term, false)
	}
	if s.offset != nil {
		text += " OFFSET " + s.Hole(s.offset.Values[1].Term, false)
	}
	return text, nil
}

func (s *statement) where(parts []piece.Part) string {
	if len(parts) == 0 {
		return ""
	}
	return " WHERE " + s.All(parts)
}

// sure is a condition that is always there.
func sure(text string) piece.Part { return piece.Part{Text: text, When: &term.Clause{}} }

// from is what is read: the table of an entity, or rows behind an edge.
func (s *statement) from() (from string, parts []piece.Part, err error) {
	from = quoted(s.entity.Name)
	switch c := s.start; c.Word {
	case "get of":
		key, err := id(s.entity)
		return from, []piece.Part{sure(quoted(s.entity.Name, key) + " = " + s.Hole(c.Values[1].Term, false))}, err
	case "along":
		return s.along(c)
	}
	return from, nil, nil
}

// along are rows behind an edge of one row, or of all that a query finds.
func (s *statement) along(c *term.Clause) (from string, parts []piece.Part, err error) {
	t := s.models.Of(entityOf(c), Style)
	r, err := edge(t, c)
	if err != nil {
		return "", nil, err
	}
	from = quoted(s.entity.Name)
	source := c.Values[len(c.Values)-1]
	if b, ok := source.Term.(*term.Build); ok {
		join, err := s.alongQuery(b, t, r)
		return from + join, nil, err
	}
	if source.Form == term.AsPart {
		return "", nil, errors.New("a statement built on what is not known: " + source.Term.String())
	}
	key := s.Hole(idOf(source.Term), false)
	switch r.Kind {
	case model.HasMany, model.HasOne:
		return from, []piece.Part{sure(quoted(r.Other[0]) + " = " + key)}, nil
	case model.ManyToMany:
		return from + " JOIN (SELECT " + quoted(r.Between, r.OthRefs[0]) + " FROM " + quoted(r.Between) + " WHERE " + quoted(r.Between, r.OwnRefs[0]) + " = " + key + ") AS \"t1\" ON " +
			quoted(s.entity.Name, r.Other[0]) + " = " + quoted("t1", r.OthRefs[0]), nil, nil
	}
	own, err := id(t)
	return from + " JOIN (SELECT " + quoted(r.Own[0]) + " FROM " + quoted(t.Name) + " WHERE " + quoted(own) + " = " + key + ") AS \"t1\" ON " +
		quoted(s.entity.Name, r.Other[0]) + " = " + quoted("t1", r.Own[0]), nil, err
}

// alongQuery joins what a query finds.
func (s *statement) alongQuery(b *term.Build, t *model.Table, r *model.Relation) (string, error) {
	inner, err := s.inner(b)
	if err != nil {
		return "", err
	}
	if inner.entity != t {
		return "", errOther
	}
	set, err := inner.selecting(quoted(t.Name, r.Own[0]))
	if err != nil {
		return "", err
	}
	if r.Kind == model.ManyToMany {
		return " JOIN (SELECT " + quoted(r.Between, r.OthRefs[0]) + " FROM " + quoted(r.Between) + " JOIN (" + set + ") AS \"t1\" ON " + quoted(r.Between, r.OwnRefs[0]) + " = " + quoted("t1", r.Own[0]) +
			") AS \"t1\" ON " + quoted(s.entity.Name, r.Other[0]) + " = " + quoted("t1", r.OthRefs[0]), nil
	}
	return " JOIN (" + set + ") AS \"t1\" ON " + quoted(s.entity.Name, r.Other[0]) + " = " + quoted("t1", r.Own[0]), nil
}

// inner is a statement within another one.
func (s *statement) inner(b *term.Build) (*statement, error) {
	inner, err := gathered(b, s.models)
	if err == nil && inner == nil {
		err = errOther
	}
	if err != nil {
		return nil, err
	}
	if err := inner.unenforced(); err != nil {
		return nil, err
	}
	inner.Writer = s.Writer
	return inner, nil
}

// given are a column's values in the rows that the call gives.
func (s *statement) given(column string) (string, error) {
	return s.Hole(term.OwnColumn(column), false), nil
}

// loaded are the statements that read the rows behind edges of those that are found.
func (s *statement) loaded(t *model.Table, eager []*term.Clause, keys func(string) (string, error)) []func() (string, error) {
	var out []func() (string, error)
	for _, c := range eager {
		r, err := edge(t, c)
		if err != nil {
			return append(out, failing(err))
		}
		to := s.models.Of(r.To, Style)
		if to == nil {
			return append(out, failing(errors.New("an entity that is not known: "+short(r.To))))
		}
		narrowed, err := s.narrowed(to, c)
		if err != nil {
			return append(out, failing(err))
		}
		rows := func(what string) (string, error) { return s.behindKeys(r, to, what, narrowed, keys) }
		own := keysOf(to, narrowed.eager)
		if r.Kind != model.ManyToMany {
			own = append(own, r.Other[0])
		}
		out = append(out, func() (string, error) { return rows(columns(to, own...)) })
		out = append(out, s.loaded(to, narrowed.eager, func(column string) (string, error) { return rows(quoted(to.Name, column)) })...)
	}
	return out
}

func failing(err error) func() (string, error) {
	return func() (string, error) { return "", err }
}

// narrowed is what the functions that are handed over with an edge add to its query.
func (s *statement) narrowed(to *model.Table, c *term.Clause) (*statement, error) {
	out := &statement{models: s.models, entity: to, start: &term.Clause{Word: "query of"}, context: s.context, enforce: s.enforce}
	for _, v := range c.Values[2:] {
		b, ok := v.Term.(*term.Build)
		if !ok {
			return nil, errors.New("rows that are loaded with others, by a function that is not known")
		}
		for i := range b.Clauses {
			if err := out.take(&b.Clauses[i]); err != nil {
				return nil, err
			}
		}
	}
	wheres, err := out.enforced(s.enforce)
	out.wheres = append(out.wheres, wheres...)
	return out, err
}

// behindKeys reads rows behind an edge, by the keys of those before.
func (s *statement) behindKeys(r *model.Relation, to *model.Table, what string, narrowed *statement, keys func(string) (string, error)) (string, error) {
	set, err := keys(r.Own[0])
	if err != nil {
		return "", err
	}
	narrowed.Writer = s.Writer
	parts, err := narrowed.conditions(of(to), narrowed.wheres)
	if err != nil {
		return "", err
	}
	from := quoted(to.Name)
	in := quoted(to.Name, r.Other[0])
	if r.Kind == model.ManyToMany {
		from += " JOIN " + quoted(r.Between) + " AS \"t1\" ON " + quoted(to.Name, r.Other[0]) + " = " + quoted("t1", r.OthRefs[0])
		in = quoted("t1", r.OwnRefs[0])
	}
	return "SELECT " + what + " FROM " + from + s.where(append([]piece.Part{sure(in + " IN (" + set + ")")}, parts...)), nil
}
