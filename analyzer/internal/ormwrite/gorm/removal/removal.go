// Package removal says what gorm deletes with a row: the rows of the relations that Select
// names.
//
// In goes a build of the classic interface; out come builds of what is deleted beside its
// rows. Each is a statement of its own, on the key of the row that is handed over, whatever
// conditions the build has:
//
//	db.Where("org_id = ?", org).Select("Lines").Delete(&Note{ID: id})
//
// Invariant: what is not followed is an error.
package removal

import (
	"errors"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// all is the name that stands for all relations.
const all = "~~~as~~~"

// With is what is deleted with the rows of a build.
func With(b *term.Build, models *model.Models) ([]*term.Build, error) {
	if len(b.Clauses) == 0 || b.Clauses[len(b.Clauses)-1].Word != "remove" {
		return nil, nil
	}
	rows := b.Clauses[len(b.Clauses)-1].Values[0]
	t := models.Of(rows.Type, "gorm")
	if t == nil || rows.Form != term.AsModel && rows.Form != term.AsModels {
		return nil, nil // then nothing is known of the build either
	}
	var out []*term.Build
	for _, name := range relations(b, t) {
		r := t.Relation(name)
		switch {
		case slices.Contains(t.Unread, name):
			return nil, errors.New("rows that are deleted with others, in a way that is not followed: " + name)
		case r == nil || r.Kind == model.BelongsTo:
			continue
		case sometimes(b):
			return nil, errors.New("rows that are deleted with others only sometimes: " + name)
		}
		x, err := related(b, models, t, r, rows)
		if err != nil {
			return nil, err
		}
		if x != nil {
			out = append(out, x)
		}
	}
	return out, nil
}

// relations are the names that Select gives and Omit leaves in, each once.
func relations(b *term.Build, t *model.Table) []string {
	var names, left []string
	for i := range b.Clauses {
		switch c := &b.Clauses[i]; c.Word {
		case "select of":
			names = texts(c, t)
		case "omit":
			left = append(left, texts(c, t)...)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return slices.Contains(left, name) })
}

// texts are the names in a clause, as far as they are known: of all relations, those.
func texts(c *term.Clause, t *model.Table) []string {
	var out []string
	for _, v := range c.Values {
		elems := []term.Term{v.Term}
		if l, ok := v.Term.(*term.List); ok {
			elems = l.Elems
		}
		for _, e := range elems {
			name, ok := phrase.Constant(e)
			if ok && name != all {
				out = append(out, name)
			} else if ok {
				for _, r := range t.Relations {
					out = append(out, r.Field)
				}
				out = append(out, t.Unread...)
			}
		}
	}
	return out
}

// sometimes reports whether it is not sure which relations a build names.
func sometimes(b *term.Build) bool {
	return slices.ContainsFunc(b.Clauses, func(c term.Clause) bool { return (c.Word == "select of" || c.Word == "omit") && !c.Sure() })
}

// related deletes the rows of one relation; nil if it is sure that the rows have no key.
func related(b *term.Build, models *model.Models, t *model.Table, r *model.Relation, rows term.Value) (*term.Build, error) {
	o := models.Of(r.To, "gorm")
	if len(r.Own) != 1 || o == nil || o.Name == "" {
		return nil, errors.New("rows that are deleted with others, in a way that is not followed: " + r.Field)
	}
	row, form, is := rows.Term, term.AsValue, " = ?"
	if rows.Form == term.AsModels {
		row, form, is = term.Elements(rows.Term), term.AsList, " IN ?"
	}
	key := term.Value{Term: phrase.Set(row, t.Column(r.Own[0]), "delete"), Form: form}
	if zero, known := term.Zeroness(key.Term); known && zero {
		return nil, nil
	}
	out := &term.Build{Style: b.Style, Base: b.Base, Clauses: []term.Clause{{Word: "handle"}}}
	for _, c := range b.Clauses {
		if c.Word == "context of" || c.Word == "unscoped" {
			out.Clauses = append(out.Clauses, c)
		}
	}
	if r.Kind == model.ManyToMany {
		sql := "DELETE FROM " + phrase.Path(r.Between) + " WHERE " + phrase.Quoted(r.Between, r.OwnRefs[0]) + is
		out.Clauses = append(out.Clauses, term.Clause{Word: "exec", Values: []term.Value{{Term: phrase.Text(sql).Term, Form: term.AsText}, key}})
		return out, nil
	}
	where := term.Value{Term: phrase.Text(phrase.Quoted(o.Name, r.Other[0]) + is).Term, Form: term.AsText}
	some := term.Value{Term: term.ZeroTerm(), Form: term.AsModel, Type: r.To}
	out.Clauses = append(out.Clauses, term.Clause{Word: "filter", Values: []term.Value{where, key}}, term.Clause{Word: "remove", Values: []term.Value{some}})
	return out, nil
}
