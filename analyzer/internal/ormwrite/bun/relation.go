package bun

import (
	"errors"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// relation is one that a statement loads: by a join, or by a statement of its own.
type relation struct {
	*model.Relation
	alias   string // by which the statement calls its table
	from    string // the alias of the rows that it belongs to
	to      *model.Table
	many    bool
	columns []column    // that a function has chosen
	applied *term.Build // what a function adds to a statement of its own
	nested  []string    // what is loaded with its rows
}

// relate finds the relations, and adds what their functions add to the statement.
func (s *statement) relate() ([]relation, error) {
	var out []relation
	for _, c := range s.related {
		name, ok := phrase.Constant(c.Values[0].Term)
		if !ok || s.table == nil {
			return nil, errors.New("rows that are loaded with others, of which the relation is not known")
		}
		var err error
		if out, err = s.path(out, strings.Split(name, "."), c); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// path adds the relations of a path, up to the first one that is read by a statement of
// its own. A function is for the last one.
func (s *statement) path(out []relation, fields []string, c *term.Clause) ([]relation, error) {
	t, from := s.table, s.table.Alias
	var names []string
	for i, field := range fields {
		r := t.Relation(field)
		var o *model.Table
		if r != nil {
			o = s.models.Of(r.To, s.style)
		}
		if o == nil || o.Name == "" || len(r.Own) == 0 || r.Kind == model.ManyToMany {
			return nil, errors.New("rows that are loaded with others, in a way that is not followed: " + field)
		}
		names = append(names, r.Name)
		x := relation{Relation: r, alias: strings.Join(names, "__"), from: from, to: o, many: r.Kind == model.HasMany}
		if hook := o.HookAt("read"); hook != "" {
			return nil, phrase.Changed(hook)
		}
		if x.many {
			x.nested = fields[i+1:]
		}
		if x.many || i == len(fields)-1 {
			if err := s.apply(&x, c); err != nil {
				return nil, err
			}
			return append(out, x), nil
		}
		if !has(out, &x) {
			out = append(out, x)
		}
		t, from = o, x.alias
	}
	return out, nil
}

func has(list []relation, x *relation) bool {
	for i := range list {
		if list[i].alias == x.alias {
			return true
		}
	}
	return false
}

// apply adds what the function of a relation adds: of a joined one to the statement itself.
func (s *statement) apply(x *relation, c *term.Clause) error {
	if len(c.Values) < 2 || c.Values[1].Form == term.AsNil {
		return nil
	}
	b, ok := c.Values[1].Term.(*term.Build)
	if !ok || b.Base != nil {
		return errors.New("a function by which rows are loaded with others: " + x.Field)
	}
	if x.many {
		x.applied = b
		return nil
	}
	for i := range b.Clauses {
		switch inner := &b.Clauses[i]; inner.Word {
		case "columns of":
			if err := s.each(inner, func(name string) { x.columns = append(x.columns, column{name: name}) }); err != nil {
				return err
			}
		case "unscoped", "only deleted", "forced":
			return errors.New("a function of a relation that asks for deleted rows")
		default:
			if err := s.take(inner); err != nil {
				return err
			}
		}
	}
	return nil
}

// joined is the join of a relation.
func (r *relation) joined(s *statement) string {
	on := make([]string, len(r.Own))
	alias := phrase.Quoted(r.alias)
	for i := range r.Own {
		on[i] = alias + "." + phrase.Quoted(r.Other[i]) + " = " + phrase.Quoted(r.from, r.Own[i])
	}
	sql := "LEFT JOIN " + ident(r.to.Name) + " AS " + alias + " ON (" + strings.Join(on, " AND ") + ")"
	if r.to.Deleted != nil && !s.all {
		sql += " AND " + s.deletedIs(alias, r.to)
	}
	return sql
}

// shown are the columns of the result that a joined relation adds.
func (r *relation) shown() []string {
	if r.many {
		return nil
	}
	var names []string
	for _, c := range r.columns {
		names = append(names, c.name)
	}
	if names == nil {
		for _, c := range r.to.Columns {
			names = append(names, c.Name)
		}
	}
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = phrase.Quoted(r.alias, n) + " AS " + phrase.Quoted(r.alias+"__"+n)
	}
	return out
}

// owners are the keys of the rows that a relation's rows belong to: bind values where the call
// itself gives them, with all their columns.
func (s *statement) owners(r *relation, body []term.Clause) term.Value {
	given := s.ends.Word == "scan" || s.ends.Word == "find one" || s.ends.Word == "find key" || s.ends.Word == "find again"
	if given && !s.beside && len(s.columns) == 0 && r.from == s.table.Alias && len(r.Own) == 1 {
		return term.Value{Term: term.OwnColumn(r.Own[0]), Form: term.AsList}
	}
	return term.Value{Term: phrase.Build(append([]term.Clause{{Word: "select"}, phrase.Clause("columns", phrase.Quoted(r.from, r.Own[0]))}, body...)...)}
}

// along are the statements that read the rows of a relation by the keys of the rows before.
func (s *statement) along(r *relation, keys term.Value) ([]*term.Build, error) {
	if !r.many {
		return nil, nil
	}
	if len(r.Own) != 1 {
		return nil, errors.New("rows that are loaded with others by a key of several columns: " + r.Field)
	}
	inner := &statement{models: s.models, style: s.style, kind: "select", beside: true, table: r.to, model: term.Value{Term: term.ZeroTerm(), Form: term.AsModels, Type: r.to.Type}}
	in := expression{sql: phrase.Quoted(r.to.Alias, r.Other[0]) + " IN (?)", args: []term.Value{keys}}
	if keys.Form == term.AsList {
		in.sql = phrase.Quoted(r.to.Alias, r.Other[0]) + " = ANY(?)"
	}
	inner.conditions = append(inner.conditions, condition{is: in, when: &term.Clause{}})
	if r.applied != nil {
		for i := range r.applied.Clauses {
			if err := inner.take(&r.applied.Clauses[i]); err != nil {
				return nil, err
			}
		}
	}
	if len(r.nested) > 0 {
		inner.related = append(inner.related, &term.Clause{Word: "relation", Values: []term.Value{phrase.Text(strings.Join(r.nested, "."))}})
	}
	inner.ends = &term.Clause{Word: "scan"}
	return inner.found()
}
