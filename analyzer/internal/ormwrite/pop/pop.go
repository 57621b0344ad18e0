// Package pop says what statements pop makes of what its queries build, and of what its
// connections are handed, in the words of package sqlwrite, which writes them.
//
// In goes a [term.Build] whose structure is known, and the models of the program; out come
// the statements: one call may run several. Conditions stand as they are, joined by AND, so
// that an OR beside the tenant's condition is the leak that it is; what is changed or removed
// as a row is found by its key alone.
//
// Terms. The *alias* is the name by which a statement calls the table of its model.
//
// Invariant: what is not understood is an error, which is the reason why nothing is proved.
//
// It cannot see callbacks of models, and rows that are saved with others.
package pop

import (
	"errors"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

const naming = "pop"

// maxVariants caps the clauses that are written with and without.
const maxVariants = 4

// Statements are the statements that a call runs, in the words of sqlwrite.
func Statements(b *term.Build, models *model.Models) ([]*term.Build, error) {
	if b.Base != nil {
		return nil, errors.New("a statement built on what is not known: " + b.Base.String())
	}
	return phrase.Variants(b, decides, maxVariants, func(b *term.Build) ([]*term.Build, error) {
		s := &statement{models: models}
		for i := range b.Clauses {
			if err := s.take(&b.Clauses[i]); err != nil {
				return nil, err
			}
		}
		return s.end()
	})
}

// decides tells a clause that a statement has or has not: no text says both.
func decides(c *term.Clause) bool {
	switch c.Word {
	case "raw text", "select names", "group by", "join table", "not followed", "eager":
		return true
	}
	return false
}

// statement is what the clauses of a build have said so far.
type statement struct {
	models *model.Models
	table  *model.Table
	row    term.Value
	alias  string

	wheres  []term.Clause
	joins   []term.Clause
	having  []term.Clause
	rest    []term.Clause // of sqlwrite, as they are
	columns []string
	raw     *term.Clause
	paged   bool
	eager   *eager // what is loaded with the rows, nil if nothing is
	ends    *term.Clause
}

// take adds a clause.
func (s *statement) take(c *term.Clause) error {
	switch c.Word {
	case "session":
	case "filter":
		x, err := text(c.Values)
		if err != nil {
			return err
		}
		s.wheres = append(s.wheres, phrase.Under(phrase.Part("where", x), c))
	case "belongs to", "belongs to as":
		return s.belongs(c)
	case "order by":
		x, err := text(c.Values)
		if err != nil {
			return err
		}
		s.rest = append(s.rest, phrase.Under(phrase.Part("order clause", x), c))
	case "limit to":
		s.rest = append(s.rest, phrase.Of("limit", c, phrase.Bare(c.Values[0])))
	case "paginate":
		s.paged = true
	case "raw text":
		s.raw = c
	case "eager":
		return s.loadsWith(c)
	case "scopes":
		return errors.New("a function over the statement that is not known")
	case "not followed":
		why, _ := phrase.Constant(c.Values[0].Term)
		return errors.New("not followed: " + why)
	default:
		return s.takePart(c)
	}
	return nil
}

func (s *statement) takePart(c *term.Clause) error {
	switch c.Word {
	case "select names", "group by":
		names, err := namesOf(c.Values)
		if err != nil {
			return err
		}
		if c.Word == "select names" {
			s.columns = append(s.columns, names...)
			return nil
		}
		for _, n := range names {
			s.rest = append(s.rest, phrase.Of("group", c, phrase.Text(n)))
		}
	case "having filter":
		x, err := text(c.Values)
		if err != nil {
			return err
		}
		s.having = append(s.having, phrase.Under(phrase.Part("having", x), c))
	case "join table":
		return s.join(c)
	case "find", "find one", "find key", "find again", "count", "exists", "exec", "insert row", "save", "update row", "update columns", "update matched", "remove", "remove matched", "related":
		s.ends = c
		return s.modelOf(c)
	default:
		return errors.New("an object's " + c.Word + " where it has no meaning")
	}
	return nil
}

// modelOf finds the table of what the last call is given.
func (s *statement) modelOf(c *term.Clause) error {
	if len(c.Values) == 0 || s.raw != nil {
		return nil
	}
	s.row = c.Values[0]
	if name, ok := phrase.Constant(s.row.Term); ok && s.row.Form == term.AsText {
		s.table = &model.Table{Name: name}
	} else if s.row.Form == term.AsModel || s.row.Form == term.AsModels {
		s.table = s.models.Of(s.row.Type, naming)
	}
	if s.table == nil || s.table.Name == "" {
		return errors.New("a statement of which the type of the rows is not known: " + s.row.Term.String())
	}
	s.alias = strings.ReplaceAll(s.table.Name, ".", "_")
	return nil
}

// namesOf are names that a call lists.
func namesOf(values []term.Value) ([]string, error) {
	var out []string
	for _, v := range values {
		name, ok := phrase.Constant(v.Term)
		if !ok || v.Form != term.AsText {
			return nil, errors.New("a name that is not known: " + v.Term.String())
		}
		out = append(out, name)
	}
	return out, nil
}

// text is a text with its values; all of them stand behind IN, where the text has one place
// for a list.
func text(values []term.Value) (*term.Build, error) {
	sql, ok := phrase.Constant(values[0].Term)
	if !ok || values[0].Form != term.AsText {
		return nil, errors.New("a text that is not known: " + values[0].Term.String())
	}
	args := phrase.Spread(values[1:])
	before, after, one := strings.Cut(sql, "?")
	if one && !strings.Contains(after, "?") {
		head, rest, listed, err := phrase.Listed(before, after)
		if err != nil {
			return nil, err
		}
		if listed {
			return phrase.Expression(head+rest, list(args)), nil
		}
	}
	var bare []term.Value
	for _, v := range args {
		if v.Form == term.AsRest {
			return nil, errors.New("a list of bind values that is not known")
		}
		bare = append(bare, phrase.Bare(v))
	}
	return phrase.Expression(sql, bare...), nil
}

// list are values as one list.
func list(args []term.Value) term.Value {
	if len(args) == 1 && args[0].Form != term.AsText && args[0].Form != term.AsValue {
		return term.Value{Term: args[0].Term, Form: term.AsList}
	}
	l := &term.List{}
	for _, v := range args {
		l.Elems = append(l.Elems, v.Term)
	}
	return term.Value{Term: l, Form: term.AsList}
}

// belongs compares the column that is called after another table with the key of its row.
func (s *statement) belongs(c *term.Clause) error {
	v := c.Values[0]
	t := s.models.Of(v.Type, naming)
	if t == nil || t.Name == "" || v.Form != term.AsModel || len(t.Key()) != 1 {
		return errors.New("rows that belong to one that is not known: " + v.Term.String())
	}
	column := singular(t.Name) + "_id"
	if c.Word == "belongs to as" {
		names, err := namesOf(c.Values[1:])
		if err != nil {
			return err
		}
		column = names[0]
	}
	s.wheres = append(s.wheres, phrase.Under(phrase.Part("where", phrase.Expression(column+" = ?", phrase.Stored(v.Term, t.Key()[0], "none"))), c))
	return nil
}

// join adds a join by its kind, its table and its condition.
func (s *statement) join(c *term.Clause) error {
	names, err := namesOf(c.Values[:3])
	if err != nil {
		return err
	}
	sql := names[0] + " " + names[1]
	if names[2] != "" {
		sql += " ON " + names[2]
	}
	x, err := text(append([]term.Value{{Term: phrase.Text(sql).Term, Form: term.AsText}}, c.Values[3:]...))
	s.joins = append(s.joins, phrase.Part("join clause", x))
	return err
}
