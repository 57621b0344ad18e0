// Package gorm says what statements gorm makes of what is built upon its handle, in the
// words of package sqlwrite, which writes them.
//
// In goes a [term.Build] whose structure is known, and the models of the program; out come
// the statements: one call may run several. Which condition a struct, a map, a list or a
// text becomes, where parentheses stand, what a soft deletion adds and what is saved again
// where no row was hit, is gorm's own, condition by condition.
//
// Terms. A *condition* is what one call adds to WHERE; an *arm* is one that OR joins. The
// *key* is a model's primary key.
//
// Invariant: a condition of which it is not known whether it is there says so in its
// clause; what is not understood is an error, which is the reason why nothing is proved.
//
// It cannot see settings of the connection. What a hook of a model sets is not known.
package gorm

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

const (
	style  = "gorm"
	naming = "gorm"
)

// Statements are the statements that a call runs, in the words of sqlwrite.
func Statements(b *term.Build, models *model.Models, enforce phrase.Enforce) ([]*term.Build, error) {
	return translated(b, &statement{models: models, enforce: enforce}, maxVariants)
}

// maxVariants caps the clauses that are written with and without.
const maxVariants = 4

// translated are the statements of a build, with up to so many clauses that they have or
// have not.
func translated(b *term.Build, like *statement, variants int) ([]*term.Build, error) {
	if b.Base != nil {
		return nil, errors.New("a statement built on what is not known: " + b.Base.String())
	}
	return phrase.Variants(b, decides, variants, func(b *term.Build) ([]*term.Build, error) {
		s := anew(like)
		for i := range b.Clauses {
			if err := s.take(&b.Clauses[i]); err != nil {
				return nil, err
			}
		}
		if err := s.settle(); err != nil {
			return nil, err
		}
		out, err := s.end()
		if errors.Is(err, phrase.ErrNeverRuns) {
			return []*term.Build{phrase.Build(phrase.Clause("raw", "SELECT 1 WHERE FALSE"))}, nil
		}
		return out, err
	})
}

// decides tells a clause that a statement has or has not: no text says both.
func decides(c *term.Clause) bool {
	switch c.Word {
	case "clauses":
		return slices.ContainsFunc(c.Values, func(v term.Value) bool { return !indifferent(v) })
	case "or filter", "model", "association", "association unscoped", "table of", "session", "raw text", "omit", "select of", "unscoped", "group by", "inner joins":
		return true
	}
	return false
}

// indifferent tells a part of a statement that changes nothing of which rows it is about: a
// lock, or what it gives back.
func indifferent(v term.Value) bool {
	kind := v.Type[strings.LastIndexByte(v.Type, '.')+1:]
	return kind == "Locking" || kind == "Returning"
}

// statement is what the clauses of a build have said so far.
type statement struct {
	models   *model.Models
	enforce  phrase.Enforce
	context  *term.Clause   // that it is run with, nil if none is seen
	settings []*term.Clause // what is kept beside it
	nested   bool           // it is a part of another one

	model      term.Value   // what Model was given, with its type
	relation   *term.Clause // of the model's rows, to whose rows the statement turns
	turnedTo   *association // of which is written what belongs to the row
	cuts       bool         // what no longer belongs to a row is deleted
	table      *model.Table // of the model, nil if there is none
	from       string       // the table as the statement names it, "" for that of the model
	name       string       // by which its columns are qualified
	fromArgs   []term.Value
	unscoped   bool
	any        bool // something was added: the handle is no root any more
	global     bool // a write without a condition is let through
	skipsHooks bool // methods of the rows may not be called
	full       bool // rows that are stored with others overwrite what is there

	attrs      []*term.Clause        // what a row is made with, where none is found
	made       map[string]term.Value // what columns of a new row are set to, whatever it has
	asked      []*term.Clause        // conditions as they were given, until the table is known
	conditions []condition
	having     []term.Clause
	joins      []*term.Clause
	rest       []term.Clause // of sqlwrite, as they are
	columns    []string      // that Select names
	selected   *term.Clause  // an expression that Select was given
	omitted    []string
	preloads   []*term.Clause
	raw        *term.Clause
	conflict   *term.Struct
	distinct   bool
	ends       *term.Clause
	kind       string // of the statement that runs, as hooks know it
}

// anew is a statement of nothing, in the same context.
func anew(s *statement) *statement {
	return &statement{models: s.models, enforce: s.enforce, context: s.context, settings: s.settings, nested: s.nested}
}

// take adds a clause.
func (s *statement) take(c *term.Clause) error {
	switch c.Word {
	case "handle":
		*s = *anew(s)
		return nil
	case "again":
		if s.any {
			return errors.New("a handle that may have been changed before by another use of it")
		}
		return nil
	case "session":
		return s.session(c)
	case "scopes":
		return errors.New("a scope that is not known")
	case "context of":
		s.context = c
		return nil
	case "setting of":
		s.settings = append(s.settings, c)
		return nil
	case "attrs", "assign":
		s.attrs = append(s.attrs, c)
		return nil
	}
	s.any = true
	return s.add(c)
}

func (s *statement) add(c *term.Clause) error {
	switch c.Word {
	case "model":
		s.model = c.Values[0]
	case "association":
		s.relation = c
	case "association unscoped":
		s.cuts = true
	case "table of":
		return s.tableOf(c)
	case "filter", "or filter", "not filter", "having filter":
		s.asked = append(s.asked, c)
	case "select of":
		return s.selectOf(c)
	case "distinct of":
		s.distinct = true
		if len(c.Values) > 0 {
			return s.selectOf(c)
		}
	case "omit":
		for _, v := range c.Values {
			name, ok := phrase.Constant(v.Term)
			if !ok {
				return errors.New("columns left out that are not known")
			}
			s.omitted = append(s.omitted, name)
		}
	case "group by":
		s.rest = append(s.rest, phrase.Of("group", c, c.Values...))
	case "order by":
		return s.orderBy(c)
	case "limit to", "offset to":
		s.limit(c)
	case "joins", "inner joins":
		s.joins = append(s.joins, c)
	case "preload":
		s.preloads = append(s.preloads, c)
	case "unscoped":
		s.unscoped = true
	case "clauses":
		return s.clauses(c)
	case "raw text":
		s.raw = c
	case "find", "find one", "find or create", "find or init", "scan", "pluck", "count", "rows", "create", "save", "set column", "set columns", "remove", "exec", "related", "related count", "relate", "relate only", "unrelate", "unrelate all":
		s.ends = c
	case "not followed":
		return errors.New("a clause that is not followed")
	default:
		return errors.New("a handle's " + c.Word + " where it has no meaning")
	}
	return nil
}

// session makes a handle a root: with the conditions that it has, or without any.
func (s *statement) session(c *term.Clause) error {
	for _, v := range c.Values {
		st, ok := v.Term.(*term.Struct)
		if !ok && v.Form == term.AsModel {
			return errors.New("a session that is not known")
		}
		if !ok {
			continue
		}
		switch fresh, known := isTrue(st, "NewDB"); {
		case !known:
			return errors.New("a session that is not known")
		case fresh:
			*s = *anew(s)
		}
		if yes, known := isTrue(st, "AllowGlobalUpdate"); yes || !known {
			s.global = true
		}
		if ctx := term.Select(st, term.Step{Kind: term.FieldStep, Name: "Context"}); !isZero(ctx) {
			s.context = &term.Clause{Word: "context of", Values: []term.Value{{Term: ctx}}, If: c.If, Maybe: c.Maybe}
		}
		if yes, known := isTrue(st, "SkipHooks"); yes || !known {
			s.skipsHooks = true
		}
		if yes, known := isTrue(st, "FullSaveAssociations"); yes || !known {
			s.full = true
		}
	}
	return nil
}

func isZero(t term.Term) bool {
	zero, known := term.Zeroness(t)
	return known && zero
}

// isTrue reports whether a field of a struct is true, and whether that is known.
func isTrue(st *term.Struct, field string) (yes, known bool) {
	t := term.Select(st, term.Step{Kind: term.FieldStep, Name: field})
	if zero, ok := term.Zeroness(t); ok {
		return !zero, true
	}
	c, ok := t.(*term.Const)
	return ok && c.Text == "true", ok
}
