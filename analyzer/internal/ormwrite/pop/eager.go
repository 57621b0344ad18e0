package pop

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// eager are the fields whose rows are loaded with others: all that have some if none is named.
type eager struct {
	all    bool
	fields []string // a field, or one of the rows of one: "Books.Writer"
}

// loadsWith notes what a call says is loaded with the rows.
func (s *statement) loadsWith(c *term.Clause) error {
	names, err := namesOf(c.Values)
	if err != nil {
		return err
	}
	if s.eager == nil {
		s.eager = &eager{}
	}
	s.eager.all = s.eager.all || len(names) == 0
	s.eager.fields = append(s.eager.fields, names...)
	return nil
}

// of are the relations of a table that are loaded, each with what is loaded with its rows.
func (e *eager) of(t *model.Table) ([]*model.Relation, []*eager, error) {
	if e.all {
		if len(t.Unread) > 0 {
			return nil, nil, errors.New("rows that are loaded with others, of a field that is not known: " + t.Unread[0])
		}
		return t.Relations, make([]*eager, len(t.Relations)), nil
	}
	var out []*model.Relation
	var within []*eager
	for _, name := range e.fields {
		field, rest, nested := strings.Cut(strings.TrimSpace(name), ".")
		r := t.Relation(field)
		if r == nil {
			return nil, nil, errors.New("rows that are loaded with others, of a field that is not known: " + field)
		}
		i := slices.Index(out, r)
		if i < 0 {
			i = len(out)
			out, within = append(out, r), append(within, nil)
		}
		if !nested {
			continue
		}
		if within[i] == nil {
			within[i] = &eager{}
		}
		within[i].fields = append(within[i].fields, rest)
	}
	return out, within, nil
}

// along are the statements that load what goes with rows of a table: keys gives a column of
// those rows.
func (s *statement) along(e *eager, t *model.Table, keys func(column string) term.Value) ([]*term.Build, error) {
	if e == nil {
		return nil, nil
	}
	relations, within, err := e.of(t)
	if err != nil {
		return nil, err
	}
	var out []*term.Build
	for i, r := range relations {
		to := s.models.Of(r.To, naming)
		if to == nil || to.Name == "" || len(r.Own) != 1 {
			return nil, errors.New("rows that are loaded with others, of a type that is not known: " + r.To)
		}
		rows := &statement{models: s.models, table: to, alias: strings.ReplaceAll(to.Name, ".", "_")}
		where := behind(r, keys(r.Own[0]))
		out = append(out, rows.selecting(rows.shown(), where))
		more, err := s.along(within[i], to, func(column string) term.Value {
			return term.Value{Term: rows.selecting(rows.alias+"."+column, where)}
		})
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

func (s *statement) selecting(columns string, where term.Clause) *term.Build {
	return phrase.Build(term.Clause{Word: "select"}, phrase.Clause("columns", columns), phrase.Clause("from", s.from()), where)
}

// behind is the condition of the rows that belong to others by a relation.
func behind(r *model.Relation, keys term.Value) term.Clause {
	is := " = ?"
	switch {
	case keys.Form == term.AsList:
		is = " = ANY(?)"
	case term.Built(keys.Term):
		is = " IN (?)"
	}
	if r.Kind == model.ManyToMany {
		return phrase.Part("where", phrase.Expression(r.Other[0]+" IN (SELECT "+r.OthRefs[0]+" FROM "+r.Between+" WHERE "+r.OwnRefs[0]+is+")", keys))
	}
	return phrase.Part("where", phrase.Expression(r.Other[0]+is, keys))
}

// given are the keys of the rows that the call itself gives.
func (s *statement) given(column string) term.Value {
	return term.Value{Term: term.OwnColumn(column), Form: term.AsList}
}

// loaded are the statements that load what goes with a row that is there already.
func (s *statement) loaded() ([]*term.Build, error) {
	row, names, err := s.rowAndNames()
	if err != nil {
		return nil, err
	}
	more, err := s.along(&eager{all: len(names) == 0, fields: names}, s.table, func(column string) term.Value {
		return phrase.Stored(row, s.table.Column(column), "none")
	})
	return phrase.Beside(more), err
}
