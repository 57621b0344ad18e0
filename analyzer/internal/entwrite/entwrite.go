// Package entwrite says what statements the code that entgo.io/ent generates makes of what
// is built by it, as text.
//
// In goes a [term.Build] whose structure is known, and the models of the program: entities
// with their columns and edges. Out come the statements: one call may run several, for
// rows that are loaded with others, and for edges that another table holds.
//
// Terms. A *condition* is a predicate of generated code, in an AND of all of them. An
// *edge* leads from an entity to another one; the *owner* of an edge is the table that has
// the key.
//
// Invariant: a condition of which it is not known whether it is there says so; what is not
// understood is an error, which is the reason why nothing is proved. Rows that are read
// once more after they were written are columns that the write gives back.
//
// It cannot see what hooks and policies make of a statement: an entity that
// has some is an error.
package entwrite

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Style is that of what is built by generated code.
const Style = "ent"

// Write writes the statements that a call runs.
func Write(b *term.Build, models *model.Models, enforce phrase.Enforce) ([]piece.Statement, error) {
	s, err := gathered(b, models)
	if err != nil || s == nil {
		return nil, err
	}
	narrowed, err := s.enforced(enforce)
	if errors.Is(err, phrase.ErrNeverRuns) {
		return []piece.Statement{{Text: "SELECT 1 WHERE FALSE"}}, nil
	}
	if err != nil {
		return nil, err
	}
	var out []piece.Statement
	for i := 0; ; i++ {
		more, beside := false, false
		list, err := piece.Write(b, func(w *piece.Writer, b *term.Build) (string, error) {
			s, err := gathered(b, models)
			if err != nil {
				return "", err
			}
			s.Writer, s.enforce = w, enforce
			s.wheres = append(s.wheres, narrowed...)
			w.Each = true
			texts := s.texts()
			if i >= len(texts) {
				return "", nil
			}
			more, beside = true, i > 0 && !s.writes()
			return texts[i]()
		})
		if errors.Is(err, errOther) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if !more {
			return out, nil
		}
		for k := range list {
			list[k].Beside = beside
		}
		out = append(out, list...)
	}
}

// statement is what the clauses of a build say.
type statement struct {
	*piece.Writer
	models *model.Models

	entity *model.Table // whose rows it is about
	start  *term.Clause
	wheres []*term.Clause
	sets   []*term.Clause // values of columns, and edges that are set
	eager  []*term.Clause
	limit  *term.Clause
	offset *term.Clause
	chosen *term.Clause // columns, or groups
	upsert *upsert
	sorted bool // it is one of several new rows
	ends   *term.Clause

	context *term.Clause   // that it is run with, nil if none is seen
	enforce phrase.Enforce // what functions of the program add to queries
}

// gathered sorts the clauses of a build; nil if they are of several entities, which no
// program that compiles can bring together.
func gathered(b *term.Build, models *model.Models) (*statement, error) {
	if b.Base != nil {
		return nil, errors.New("a statement built on what is not known: " + b.Base.String())
	}
	s := &statement{models: models}
	for i := range b.Clauses {
		if err := s.take(&b.Clauses[i]); err != nil {
			if errors.Is(err, errOther) {
				return nil, nil
			}
			return nil, err
		}
	}
	if s.start == nil {
		return nil, errors.New("a statement of nothing")
	}
	return s, nil
}

// errOther tells a clause of another entity.
var errOther = errors.New("a clause of another entity")

func (s *statement) take(c *term.Clause) error {
	switch c.Word {
	case "query of", "along", "create of", "create all", "create each", "update of", "update one", "update row", "delete of", "delete one", "delete row":
		return s.begin(c)
	case "chosen", "grouped", "modified", "conflict of", "conflict columns":
		return s.around(c)
	case "get of":
		if err := s.begin(c); err != nil {
			return err
		}
		s.ends = c
		return nil
	}
	if c.Word == "context of" {
		s.context = c
		return nil
	}
	if s.entity == nil {
		return errors.New("a clause of " + short(entityOf(c)) + " on what is not known")
	}
	if name := entityOf(c); name != s.entity.Type && name != "" { // a part of a builder tells none
		return errOther
	}
	switch c.Word {
	case "known as":
	case "where of":
		s.wheres = append(s.wheres, c)
	case "limit of":
		s.limit = c
	case "offset of":
		s.offset = c
	case "eager":
		s.eager = append(s.eager, c)
	case "set of", "set some", "increase of", "clear of", "change of", "link", "link row", "link some", "link all", "link rows", "unlink all", "unlink each":
		if s.upsert != nil {
			s.upsert.sets = append(s.upsert.sets, c)
		} else {
			s.sets = append(s.sets, c)
		}
	case "new values", "ignored", "no change", "new value", "changed by":
		if s.upsert == nil {
			return piece.UnknownClause(c)
		}
		s.upsert.sets = append(s.upsert.sets, c)
	case "rows of", "row of", "ids of", "id of", "count of", "exists of", "picked of", "saved", "deleted":
		s.ends = c
	default:
		return piece.UnknownClause(c)
	}
	return nil
}

// begin takes the clause that a statement begins with.
func (s *statement) begin(c *term.Clause) error {
	t := s.models.Of(entityOf(c), Style)
	if t == nil || t.Name == "" {
		return errors.New("an entity that is not known: " + short(entityOf(c)))
	}
	s.start, s.entity = c, t
	if c.Word != "along" {
		return nil
	}
	r, err := edge(t, c)
	if err != nil {
		return err
	}
	if s.entity = s.models.Of(r.To, Style); s.entity == nil || s.entity.Name == "" {
		return errors.New("an entity that is not known: " + short(r.To))
	}
	return nil
}

// around takes a clause that is put around another statement: columns of it, or what is
// done where there is such a row.
func (s *statement) around(c *term.Clause) error {
	if s.entity != nil { // of what is chosen already
		if c.Word == "modified" {
			return errors.New("a statement that is changed by hand (Modify)")
		}
		return piece.UnknownClause(c)
	}
	if c.Word == "modified" {
		return errors.New("a statement that is changed by hand (Modify)")
	}
	b, ok := c.Values[1].Term.(*term.Build)
	if !ok {
		return errors.New("a statement built on what is not known: " + c.Values[1].Term.String())
	}
	inner, err := gathered(b, s.models)
	if err != nil {
		return err
	}
	if inner == nil || inner.entity.Type != entityOf(c) {
		return errOther
	}
	*s = *inner
	if c.Word == "conflict of" || c.Word == "conflict columns" {
		s.upsert = &upsert{target: c}
	} else {
		s.chosen = c
	}
	return nil
}

// entityOf is the entity that a clause names.
func entityOf(c *term.Clause) string {
	if len(c.Values) == 0 {
		return ""
	}
	name, _ := constant(c.Values[0].Term)
	return name
}

// EntityOf is the entity whose rows the first clause of a build is about, "" if it has none.
func EntityOf(b *term.Build) string {
	if b.Style != Style || len(b.Clauses) == 0 || b.Clauses[0].Word == "along" || IsPredicate(&b.Clauses[0], 0) {
		return ""
	}
	if name := entityOf(&b.Clauses[0]); strings.Contains(name, ".") {
		return name
	}
	return ""
}

// IsBuilt reports whether a text is one that generated code builds.
func IsBuilt(t term.Term) bool {
	b, ok := t.(*term.Build)
	return ok && b.Style == Style
}

// edge is the edge that a clause names beside its entity.
func edge(t *model.Table, c *term.Clause) (*model.Relation, error) {
	name, _ := constant(c.Values[1].Term)
	r := t.Relation(name)
	if r == nil {
		r = t.InSingular(name)
	}
	if r == nil || len(r.Own) != 1 || len(r.Other) != 1 {
		return nil, errors.New("an edge that is not known: " + short(t.Type) + "." + name)
	}
	return r, nil
}

func short(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

func constant(t term.Term) (string, bool) {
	switch x := t.(type) {
	case *term.Const:
		return x.Text, true
	case *term.Origin:
		return "", x.Kind == term.Zero
	}
	return "", false
}

// enforced are the conditions that functions of the program add to the statement: those that
// run with queries; others are not understood.
func (s *statement) enforced(enforce phrase.Enforce) ([]*term.Clause, error) {
	variables := s.models.Enforcers(s.entity.Type)
	others := []string{"Hooks", "Policy"}
	if s.queries() {
		others = others[1:]
	}
	for _, name := range others {
		if _, ok := variables[name]; ok {
			return nil, fmt.Errorf("enforcer not understood: %s of %s", strings.ToLower(name), short(s.entity.Type))
		}
	}
	if enforce == nil {
		return nil, s.unenforced()
	}
	at := &phrase.Moment{Style: Style, Kind: "mutation", Table: s.entity, Context: term.Why("a context"), Holds: nothingKnown}
	if s.queries() {
		at.Kind, at.Own = "query", variables["Interceptors"]
	}
	if s.context != nil {
		at.Context = s.context.Values[0].Term
	}
	list, err := enforce(at)
	out := make([]*term.Clause, len(list))
	for i := range list {
		if list[i].Word != "where of" {
			return nil, piece.UnknownClause(&list[i])
		}
		out[i] = &list[i]
	}
	return out, err
}

func nothingKnown(int, term.Fact) (holds, known bool) { return false, false }

func (s *statement) queries() bool {
	return s.start.Word == "query of" || s.start.Word == "along" || s.start.Word == "get of"
}

// unenforced is an error where functions of the program run with a query that is a part of
// another statement: some of them do, and some do not.
func (s *statement) unenforced() error {
	if _, ok := s.models.Enforcers(s.entity.Type)["Interceptors"]; ok && s.queries() {
		return fmt.Errorf("enforcer not understood: interceptors of %s", short(s.entity.Type))
	}
	return nil
}

// writes reports whether it stores or deletes rows.
func (s *statement) writes() bool {
	verb, _, _ := strings.Cut(s.start.Word, " ")
	return verb == "create" || verb == "update" || verb == "delete"
}

// texts write the statements of a call, one after the other.
func (s *statement) texts() []func() (string, error) {
	switch s.start.Word {
	case "create of", "create all", "create each":
		return s.created()
	case "update of", "update one", "update row":
		return s.updated()
	case "delete of", "delete one", "delete row":
		return []func() (string, error){s.deleted}
	}
	return s.read()
}

func quoted(names ...string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(out, ".")
}

// idOf is the key of an entity that is handed over as a row.
func idOf(t term.Term) term.Term {
	return term.Select(t, term.Step{Kind: term.FieldStep, Name: "ID"})
}

// id is the column of an entity's key.
func id(t *model.Table) (string, error) {
	c := t.Column("ID")
	if c == nil {
		return "", errors.New("an entity without a key of one column: " + short(t.Type))
	}
	return c.Name, nil
}
