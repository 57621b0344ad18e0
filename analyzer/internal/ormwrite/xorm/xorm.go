// Package xorm says what statements xorm makes of what its sessions build, and of the rows
// that they are handed, in the words of package sqlwrite, which writes them.
//
// In goes a [term.Build] whose structure is known, and the models of the program; out come
// the statements: one call may run several. Conditions are a tree: an OR takes all that has
// been said so far, a text stands in parentheses beside others. Fields of a row that are not
// zero are conditions where the row is one.
//
// Terms. A *bean* is a row that a call is handed, be it to be filled, stored or compared.
//
// Invariant: what is not understood is an error, which is the reason why nothing is proved.
// A condition that can only narrow may be missing.
//
// It cannot see mappers that are set while the program runs, methods of rows that run before
// they are stored, and rows that are loaded with others.
package xorm

import (
	"errors"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

const naming = "xorm"

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
	case "raw text", "table of", "select names", "select of", "distinct of", "omit", "all columns", "must columns", "use bool", "nullable columns", "no row filter",
		"unscoped", "join table", "group by", "alias of", "not followed", "or filter":
		return true
	}
	return false
}

// statement is what the clauses of a build have said so far.
type statement struct {
	models *model.Models
	table  *model.Table // of the rows, nil if their type is no struct
	name   string       // of the table, if a call has named it
	as     string

	where *term.Build // the conditions so far, nil if there are none
	key   *term.Clause
	joins []term.Clause
	rest  []term.Clause // of sqlwrite, as they are
	sets  []term.Clause
	raw   []term.Value
	cols  columns

	shown    string
	distinct bool
	noRow    bool // rows are no conditions
	unscoped bool
	ends     *term.Clause
}

// columns are those that calls have chosen, in lower letters.
type columns struct {
	only, omit, must, null map[string]bool
	order                  []string // those that only are there
	all, bools             bool
}

// take adds a clause.
func (s *statement) take(c *term.Clause) error {
	switch c.Word {
	case "session":
	case "filter", "or filter":
		x, err := s.condition(c.Values)
		if err != nil || x == nil {
			return err
		}
		s.add(x, c)
	case "filter in", "not filter in":
		x, err := s.within(c.Values, c.Word == "not filter in")
		if err != nil {
			return err
		}
		s.add(x, c)
	case "key is":
		s.key = c
	case "order by":
		x, err := textual(c.Values)
		if err != nil {
			return err
		}
		s.rest = append(s.rest, phrase.Under(phrase.Part("order clause", x), c))
	case "order names asc", "order names desc", "group by", "having filter":
		return s.ordered(c)
	case "limit to":
		s.rest = append(s.rest, phrase.Of("limit", c, phrase.Bare(c.Values[0])))
	case "raw text":
		s.raw = c.Values
	case "unscoped":
		s.unscoped = true
	case "no row filter":
		s.noRow = len(c.Values) == 0 || !isFalse(c.Values[0].Term)
	case "not followed":
		why, _ := phrase.Constant(c.Values[0].Term)
		return errors.New("not followed: " + why)
	default:
		return s.takePart(c)
	}
	return nil
}

func isFalse(t term.Term) bool {
	zero, known := term.Zeroness(t)
	return known && zero
}

// ordered takes names in the order and the groups of the rows.
func (s *statement) ordered(c *term.Clause) error {
	names, err := namesOf(c.Values)
	if err != nil {
		return err
	}
	for _, n := range names {
		switch c.Word {
		case "order names asc":
			s.rest = append(s.rest, phrase.Of("order clause", c, phrase.Text(quoted(n)+" ASC")))
		case "order names desc":
			s.rest = append(s.rest, phrase.Of("order clause", c, phrase.Text(quoted(n)+" DESC")))
		case "group by":
			s.rest = append(s.rest, phrase.Of("group", c, phrase.Text(plain(n))))
		default:
			s.rest = append(s.rest, phrase.Of("having", c, phrase.Text(plain(n))))
		}
	}
	return nil
}

func (s *statement) takePart(c *term.Clause) error {
	switch c.Word {
	case "table of":
		return s.named(c.Values[0])
	case "alias of":
		names, err := namesOf(c.Values)
		if err == nil {
			s.as = names[0]
		}
		return err
	case "join table":
		return s.join(c)
	case "select of":
		names, err := namesOf(c.Values)
		if err == nil {
			s.shown = plain(names[0])
		}
		return err
	case "select names", "omit", "must columns", "use bool", "nullable columns", "distinct of":
		return s.choose(c)
	case "all columns":
		s.cols.all = true
	case "increase", "decrease", "set expr":
		return s.counts(c)
	case "find", "find one", "count", "scan and count", "exists", "exec", "rows", "insert row", "update row", "remove":
		s.ends = c
	default:
		return errors.New("an object's " + c.Word + " where it has no meaning")
	}
	return nil
}

// choose takes the columns that a call names.
func (s *statement) choose(c *term.Clause) error {
	names, err := namesOf(c.Values)
	if err != nil {
		return err
	}
	into := map[string]*map[string]bool{"select names": &s.cols.only, "distinct of": &s.cols.only, "omit": &s.cols.omit, "must columns": &s.cols.must, "use bool": &s.cols.must, "nullable columns": &s.cols.null}[c.Word]
	if *into == nil {
		*into = map[string]bool{}
	}
	for _, list := range names {
		for _, n := range strings.Split(list, ",") { // one text may name several
			n = strings.Trim(n, "`\"[] ")
			(*into)[strings.ToLower(n)] = true
			if into == &s.cols.only {
				s.cols.order = append(s.cols.order, n)
			}
		}
	}
	s.cols.bools = s.cols.bools || c.Word == "use bool" && len(names) == 0
	s.distinct = s.distinct || c.Word == "distinct of"
	return nil
}

// counts takes what an UPDATE adds to a column, or sets it to.
func (s *statement) counts(c *term.Clause) error {
	names, err := namesOf(c.Values[:1])
	if err != nil {
		return err
	}
	value := term.Value{Term: &term.Const{Kind: term.Number, Text: "1"}}
	if len(c.Values) > 1 {
		value = c.Values[1]
	}
	column := quoted(names[0])
	var x *term.Build
	sql, isText := phrase.Constant(value.Term)
	switch {
	case c.Word == "increase":
		x = phrase.Expression(column+" + ?", phrase.Bare(value))
	case c.Word == "decrease":
		x = phrase.Expression(column+" - ?", phrase.Bare(value))
	case value.Form == term.AsText && isText:
		x = phrase.Expression(plain(sql))
	case value.Form == term.AsText || value.Form == term.AsPart || term.Built(value.Term):
		return errors.New("an expression that is not known: " + value.Term.String())
	default:
		x = phrase.Expression("?", phrase.Bare(value))
	}
	s.sets = append(s.sets, phrase.Of("set", c, phrase.Text(column), term.Value{Term: x}))
	return nil
}

// named is the table that a call names: by a text, or by a row of it.
func (s *statement) named(v term.Value) error {
	if name, ok := phrase.Constant(v.Term); ok && v.Form == term.AsText {
		s.name = name
		return nil
	}
	if v.Form == term.AsModel {
		if t := s.models.Of(v.Type, naming); t != nil && t.Name != "" {
			s.table, s.name = t, t.Name
			return nil
		}
	}
	return errors.New("a table that is not known: " + v.Term.String())
}

// ofRows finds the table of the rows that a call is handed.
func (s *statement) ofRows(v term.Value) error {
	if v.Form == term.AsModel || v.Form == term.AsModels {
		if t := s.models.Of(v.Type, naming); t != nil && (t.Name != "" || s.name != "") {
			s.table = t
			return nil
		}
	}
	if s.name == "" {
		return errors.New("a statement of which the type of the rows is not known: " + v.Term.String())
	}
	return nil
}

// tableName is the table of the statement, in quotes.
func (s *statement) tableName() string {
	if s.name != "" {
		return plain(quotedTable(s.name))
	}
	return phrase.Path(s.table.Name)
}

// quotedTable is the name of a table in quotes, unless it is more than a name.
func quotedTable(name string) string {
	if strings.ContainsAny(name, " `\"[(") {
		return name
	}
	return phrase.Path(name)
}

// from is the table under its alias.
func (s *statement) from() string {
	if s.as != "" {
		return s.tableName() + " AS " + quoted(s.as)
	}
	return s.tableName()
}

// column is a column of the table; beside others it has the table's name.
func (s *statement) column(name string) string {
	switch {
	case len(s.joins) == 0:
		return phrase.Quoted(name)
	case s.as != "":
		return quoted(s.as) + "." + phrase.Quoted(name)
	}
	return s.tableName() + "." + phrase.Quoted(name)
}

// join adds a join by its kind, its table and its condition.
func (s *statement) join(c *term.Clause) error {
	kind, err := namesOf(c.Values[:1])
	if err != nil {
		return err
	}
	table, err := s.joined(c.Values[1])
	if err != nil {
		return err
	}
	on, err := textual(c.Values[2:])
	if err != nil {
		return err
	}
	head := kind[0] + " JOIN " + table + " ON ?"
	s.joins = append(s.joins, phrase.Part("join clause", phrase.Expression(head, term.Value{Term: on})))
	return nil
}

// joined is the table of a join: a name, a name with an alias, or a row.
func (s *statement) joined(v term.Value) (string, error) {
	if name, ok := phrase.Constant(v.Term); ok && v.Form == term.AsText {
		return plain(quotedTable(name)), nil
	}
	if v.Form == term.AsModel {
		if t := s.models.Of(v.Type, naming); t != nil && t.Name != "" {
			return phrase.Path(t.Name), nil
		}
	}
	if l, ok := v.Term.(*term.List); ok && !l.Open && len(l.Elems) == 2 {
		name, known := phrase.Constant(l.Elems[0])
		as, named := phrase.Constant(l.Elems[1])
		if known && named {
			return phrase.Path(name) + " AS " + quoted(as), nil
		}
	}
	return "", errors.New("a table of a join that is not known: " + v.Term.String())
}

// namesOf are names that a call lists.
func namesOf(values []term.Value) ([]string, error) {
	var out []string
	for _, v := range values {
		if l, ok := v.Term.(*term.List); ok && !l.Open {
			for _, e := range l.Elems {
				name, ok := phrase.Constant(e)
				if !ok {
					return nil, errors.New("a name that is not known: " + e.String())
				}
				out = append(out, name)
			}
			continue
		}
		name, ok := phrase.Constant(v.Term)
		if !ok {
			return nil, errors.New("a name that is not known: " + v.Term.String())
		}
		out = append(out, name)
	}
	return out, nil
}

// plain is a text in which names stand in the quotes of the standard.
func plain(sql string) string { return strings.ReplaceAll(sql, "`", `"`) }

// quoted is the name of a column, or of a column of a table, in quotes.
func quoted(name string) string {
	if strings.ContainsAny(name, " (*`\"") {
		return plain(name)
	}
	return phrase.Path(name)
}
