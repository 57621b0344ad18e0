// Package bun says what statements bun makes of what its objects build, and go-pg, which it
// comes from, in the words of package sqlwrite, which writes them.
//
// In goes a [term.Build] whose structure is known, and the models of the program; out come
// the statements: one call may run several. Each condition has parentheses, conditions
// that WhereOr adds stand flat beside the others, what a soft deletion or WherePK adds
// stands beside all of them.
//
// Terms. An *expression* is a text with its values; the *alias* is the name by which a
// statement calls the table of its model.
//
// Invariant: a condition of which it is not known whether it is there says so in its
// clause; what is not understood is an error, which is the reason why nothing is proved.
//
// It cannot see what is set in a model after the statement was given it, and what other
// dialects than PostgreSQL's write in another way.
package bun

import (
	"errors"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// pg is the style of go-pg. Its objects begin with a model, and the call that runs one says
// what it is; a condition on the key stands among the others; what is zero is stored as NULL.
const pg = "pg"

// kinds are what statements are by the call that runs them.
var kinds = map[string]string{
	"scan": "select", "find one": "select", "count": "select", "exists": "select", "scan and count": "select", "rows": "select", "insert row": "insert",
	"update row": "update", "update nonzero": "update", "delete row": "delete", "delete for good": "delete",
}

// hookKind is the kind of statement as hooks know it.
func hookKind(kind string) string {
	if kind == "select" {
		return "read"
	}
	return kind
}

// maxVariants caps the clauses that are written with and without.
const maxVariants = 4

// Statements are the statements that a call runs, in the words of sqlwrite.
func Statements(b *term.Build, models *model.Models) ([]*term.Build, error) {
	if b.Base != nil {
		return nil, errors.New("a statement built on what is not known: " + b.Base.String())
	}
	return phrase.Variants(b, decides, maxVariants, func(b *term.Build) ([]*term.Build, error) {
		s, err := taken(b, models)
		if err != nil {
			return nil, err
		}
		return s.end()
	})
}

// decides tells a clause that a statement has or has not: no text says both.
func decides(c *term.Clause) bool {
	switch c.Word {
	case "or filter", "filter group", "model", "tables", "table expr", "model table", "only deleted", "unscoped", "forced", "where key",
		"group names", "group by", "join or", "join and", "relation", "on conflict", "union of", "union all of", "intersect of", "intersect all of",
		"except of", "except all of", "distinct on", "with query", "with recursive query", "omit", "columns of", "not followed":
		return true
	}
	return false
}

// statement is what the clauses of a build have said so far.
type statement struct {
	models *model.Models
	style  string // the library's, by which its models are named, too
	kind   string // the clause that it began with
	beside bool   // its rows are not those of the call
	begun  *term.Clause

	model   term.Value
	table   *model.Table // of the model, nil if there is none
	named   *expression  // in the place of the model's table
	tables  []expression
	withs   []term.Clause
	unions  []*term.Clause
	joins   []join
	related []*term.Clause

	conditions []condition
	keys       []*term.Clause // calls of WherePK
	having     []term.Clause
	rest       []term.Clause // of sqlwrite, as they are

	columns  []column
	omitted  []string
	distinct *expression // with DISTINCT ON, or empty
	sets     []assignment
	values   []assignment // in the place of the model's
	conflict *expression
	returned []expression
	omitZero bool

	deleted, all, forced bool // only what is deleted, that too, and for good
	ends                 *term.Clause
}

// taken is a statement after all clauses of a build.
func taken(b *term.Build, models *model.Models) (*statement, error) {
	s := &statement{models: models, style: b.Style}
	for i := range b.Clauses { // what the model is, all others ask
		if c := &b.Clauses[i]; c.Word == "model" {
			if err := s.modelOf(c.Values); err != nil {
				return nil, err
			}
		}
	}
	for i := range b.Clauses {
		if err := s.take(&b.Clauses[i]); err != nil {
			return nil, err
		}
	}
	if s.ends != nil && s.table != nil {
		if hook := s.table.HookAt(hookKind(s.kind)); hook != "" {
			return nil, phrase.Changed(hook)
		}
	}
	return s, nil
}

// modelOf finds the table of a model.
func (s *statement) modelOf(values []term.Value) error {
	var v term.Value
	if len(values) > 0 {
		v = values[len(values)-1]
	}
	switch {
	case s.style == pg && (len(values) == 0 || len(values) == 1 && v.Form == term.AsAny): // a context, and no model
		return nil
	case v.Term == nil:
		return errors.New("a statement without a model")
	}
	if v.Form != term.AsModel && v.Form != term.AsModels {
		return errors.New("a statement of which the type of the rows is not known: " + v.Term.String())
	}
	s.model, s.table = v, s.models.Of(v.Type, s.style)
	if s.table == nil || s.table.Name == "" {
		return errors.New("a statement of which the type of the rows is not known: " + v.Type)
	}
	return nil
}

// take adds a clause.
func (s *statement) take(c *term.Clause) error {
	switch c.Word {
	case "model":
	case "select", "insert", "update", "delete", "raw text", "truncate", "drop table", "drop column":
		s.kind, s.begun = c.Word, c
	case "merge", "values of":
		return errors.New("a " + map[string]string{"merge": "MERGE", "values of": "list of values"}[c.Word])
	case "not followed":
		why, _ := phrase.Constant(c.Values[0].Term)
		return errors.New("not followed: " + why)
	case "scopes":
		return errors.New("a function over the statement that is not known")
	case "filter", "or filter", "filter group", "filter in", "or filter in":
		return s.filter(c)
	case "where key":
		if s.style == pg {
			return s.keyed(c)
		}
		s.keys = append(s.keys, c)
	case "only deleted":
		s.deleted, s.all = true, false
	case "unscoped":
		s.all, s.deleted = true, false
	case "forced":
		s.forced = true
	case "omit zero":
		s.omitZero = true
	case "relation":
		s.related = append(s.related, c)
	case "union of", "union all of", "intersect of", "intersect all of", "except of", "except all of":
		s.unions = append(s.unions, c)
	case "scan", "rows", "count", "exists", "scan and count", "write":
		s.ends = c
		if s.kind == "" {
			s.kind = kinds[c.Word]
		}
	case "find one", "insert row", "update row", "update nonzero", "delete row", "delete for good":
		s.ends, s.kind = c, kinds[c.Word]
		s.omitZero = s.omitZero || c.Word == "update nonzero"
		if c.Word == "delete for good" { // of what is marked as deleted already
			s.forced, s.deleted = true, true
		}
	default:
		return s.takePart(c)
	}
	return nil
}

// takePart adds a clause that names tables, columns, orders, or what is set.
func (s *statement) takePart(c *term.Clause) error {
	switch c.Word {
	case "tables":
		return s.each(c, func(name string) { s.tables = append(s.tables, expression{sql: ident(name)}) })
	case "table expr", "model table", "on conflict", "returning expr", "distinct on", "group by", "order by", "column expr", "having filter":
		x, err := s.expressionOf(c, 0)
		if err != nil {
			return err
		}
		return s.express(c, x)
	case "columns of":
		return s.each(c, func(name string) { s.columns = append(s.columns, column{name: name}) })
	case "omit":
		return s.each(c, func(name string) { s.omitted = append(s.omitted, name) })
	case "group names":
		return s.each(c, func(name string) { s.rest = append(s.rest, phrase.Of("group", c, phrase.Text(ident(name)))) })
	case "order names", "order name":
		s.ordered(c)
	case "distinct of":
		s.distinct = &expression{}
	case "limit to", "offset to":
		word := map[string]string{"limit to": "limit", "offset to": "offset"}[c.Word]
		s.rest = append(s.rest, phrase.Of(word, c, phrase.Bare(c.Values[0])))
	case "lock":
	case "joins", "join and", "join or":
		return s.addJoin(c)
	case "with query", "with recursive query":
		return s.with(c)
	case "set expr", "set column expr", "value expr":
		return s.set(c)
	default:
		return errors.New("an object's " + c.Word + " where it has no meaning")
	}
	return nil
}

// express puts an expression where its clause says.
func (s *statement) express(c *term.Clause, x expression) error {
	switch c.Word {
	case "table expr":
		s.tables = append(s.tables, x)
	case "model table":
		s.named = &x
	case "on conflict":
		s.conflict = &x
	case "returning expr":
		s.returned = append(s.returned, x)
	case "distinct on":
		s.distinct = &x
	case "column expr":
		s.columns = append(s.columns, column{expression: &x})
	case "group by":
		if len(x.args) > 0 {
			return errors.New("groups by values: " + x.sql)
		}
		s.rest = append(s.rest, phrase.Under(phrase.Clause("group", x.sql), c))
	case "order by":
		s.rest = append(s.rest, phrase.Under(phrase.Part("order clause", phrase.Expression(x.sql, x.args...)), c))
	case "having filter":
		s.having = append(s.having, phrase.Under(phrase.Part("having", phrase.Expression("("+x.sql+")", x.args...)), c))
	}
	return nil
}

// each hands on the names that a clause lists.
func (s *statement) each(c *term.Clause, add func(name string)) error {
	for _, v := range c.Values {
		name, ok := phrase.Constant(v.Term)
		if !ok || v.Form != term.AsText {
			return errors.New("a name that is not known: " + v.Term.String())
		}
		add(name)
	}
	return nil
}

// ordered adds an order by columns: names in quotes, which change no row that is found.
func (s *statement) ordered(c *term.Clause) {
	for i, v := range c.Values {
		name, ok := phrase.Constant(v.Term)
		if !ok || name == "" || c.Word == "order name" && i > 0 {
			continue
		}
		head, tail := name, ""
		if k := slices.Index([]byte(name), ' '); k >= 0 {
			head, tail = name[:k], name[k:]
		}
		s.rest = append(s.rest, phrase.Of("order", c, phrase.Text(ident(head)+tail)))
	}
}

// end are the statements that the last call runs.
func (s *statement) end() ([]*term.Build, error) {
	if s.ends == nil {
		return nil, errors.New("a statement that nothing runs")
	}
	switch s.kind {
	case "raw text":
		x, err := s.expressionOf(s.begun, 0)
		return []*term.Build{phrase.Build(phrase.Clause("raw", x.sql, x.args...))}, err
	case "select":
		return s.found()
	case "insert":
		return s.inserted()
	case "update":
		return s.changed()
	case "delete":
		return s.removed()
	case "truncate", "drop table", "drop column":
		return s.defined()
	}
	return nil, errors.New("a statement that begins elsewhere")
}
