package rls

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
)

// holds is what an arm of a policy's expression says of a row.
type holds uint8

// What an arm says. Whatever is not understood is bound.
const (
	bound  holds = iota // the row is the caller's, or what the arm says is not understood
	free                // the row has some column, whoever is asking
	escape              // the session is of some kind, whosever the row is
	always              // nothing: it is true
)

// arm is one way to pass a policy: an operand of the outermost OR.
type arm struct {
	says holds
	text string
	// unset tells that an escape is open where nobody has set the variable.
	unset bool
}

// rank orders the arms of an expression, those first that say least of the row.
func (a arm) rank() int {
	if a.unset {
		return -2*int(a.says) - 1
	}
	return -2 * int(a.says)
}

// parsed is the tree of a policy's expression, nil if it cannot be read.
func parsed(expression string) sqltree.Expr {
	s, err := sqlparse.Parse("SELECT 1 WHERE ("+expression+")", sqltree.Postgres)
	if err != nil {
		return nil
	}
	q, ok := s.(*sqltree.Query)
	if !ok {
		return nil
	}
	block, ok := q.Body.(*sqltree.Select)
	if !ok {
		return nil
	}
	return block.Where
}

// arms cuts an expression on the rows of a table at its outermost OR.
func (k *checker) arms(expression string, t *catalogue.Table) []arm {
	e := parsed(expanded(k.cat, t, expression))
	if e == nil {
		return nil
	}
	var out []arm
	for _, x := range operands(e, true) {
		out = append(out, k.read(x, t))
	}
	return out
}

// operands are the operands of an OR, or of an AND, with those of the ones inside. A CASE that
// lets pass under a condition, and asks another without it, is their OR.
func operands(e sqltree.Expr, or bool) []sqltree.Expr {
	if c, ok := e.(*sqltree.Case); ok && or && c.Operand == nil && len(c.Whens) == 1 && c.Else != nil && isTrue(c.Whens[0].Then) {
		return append(operands(c.Whens[0].Cond, or), operands(c.Else, or)...)
	}
	logic, ok := e.(*sqltree.Logic)
	if !ok || logic.Or != or {
		return []sqltree.Expr{e}
	}
	var out []sqltree.Expr
	for _, x := range logic.Args {
		out = append(out, operands(x, or)...)
	}
	return out
}

// read decides what the conjunction of some conditions says.
func (k *checker) read(e sqltree.Expr, t *catalogue.Table) arm {
	out := arm{says: always, text: sqlprint.Print(e)}
	for _, x := range operands(e, false) {
		switch says := k.condition(x, t); {
		case says == bound:
			return arm{says: bound, text: out.text}
		case says == escape:
			// Beside a condition on a column the session still decides who passes.
			out.says, out.unset = escape, out.unset || opensUnset(x)
		case says == free && out.says == always:
			out.says = free
		}
	}
	return out
}

// condition is what one condition says.
func (k *checker) condition(e sqltree.Expr, t *catalogue.Table) holds {
	if isTrue(e) {
		return always
	}
	if null, ok := e.(*sqltree.IsNull); ok && !null.Not && isOwner(null.X, t) {
		return bound // rows of nobody, which everybody may see
	}
	x := k.looked(e, t)
	switch {
	case x.opaque:
		return bound
	case x.owner && x.session:
		return bound
	case x.session && !x.column:
		return escape
	case x.session:
		return bound // a column that is compared with the caller, whatever it means
	case x.column:
		return free
	}
	return bound // constants alone, which may be false
}

// isTrue reports whether a condition is true by itself: TRUE, or a constant that equals
// itself.
func isTrue(e sqltree.Expr) bool {
	switch x := e.(type) {
	case *sqltree.Literal:
		return x.Kind == sqltree.Bool && x.Text == "true"
	case *sqltree.Binary:
		l, left := x.L.(*sqltree.Literal)
		r, right := x.R.(*sqltree.Literal)
		return x.Op == "=" && left && right && l.Kind == r.Kind && l.Kind != sqltree.Null && l.Text == r.Text
	}
	return false
}

func isOwner(e sqltree.Expr, t *catalogue.Table) bool {
	c, ok := e.(*sqltree.Column)
	return ok && owns(t, c.Name)
}

// look is what stands in a condition.
type look struct {
	owner   bool // a column that says whose the row is
	column  bool // any column
	session bool // what the session says of the caller
	opaque  bool // a query, or a function that PostgreSQL does not bring along
}

// looked walks over a condition.
func (k *checker) looked(e sqltree.Expr, t *catalogue.Table) look {
	var out look
	sqltree.Walk(e, func(n sqltree.Node) bool {
		switch x := n.(type) {
		case *sqltree.Query:
			out.opaque = true
			return false
		case *sqltree.Column:
			out.column = true
			out.owner = out.owner || owns(t, x.Name)
		case *sqltree.Call:
			switch {
			case k.reads(x):
				out.session = true
			case x.Schema != "" || k.defined(x.Name):
				out.opaque = true
			}
		case *sqltree.Other:
			out.session = out.session || slices.Contains(sessionWords, x.Kind)
		}
		return true
	})
	return out
}

// owns reports whether a column says whose a row is: the tenant's column, its level below,
// the user's, or the key of a parent.
func owns(t *catalogue.Table, column string) bool {
	if column == t.Column || column == t.Level2 || column == t.User || slices.Contains(t.Users, column) {
		return true
	}
	return slices.ContainsFunc(t.Edges, func(e *catalogue.Edge) bool { return slices.Contains(e.Columns, column) })
}

// sessionWords are the forms without parentheses that say who is connected.
var sessionWords = []string{"CURRENT_USER", "CURRENT_ROLE", "SESSION_USER", "USER"}

// settingReader is the function that reads a variable of the session.
const settingReader = "current_setting"

// reads reports whether a call gives what the session says of the caller: it reads a
// variable, as a function of the schema may do.
func (k *checker) reads(c *sqltree.Call) bool {
	return c.Name == settingReader || len(c.Args) == 0 && k.readers[c.Name]
}

// defined reports whether the schema has a function of a name.
func (k *checker) defined(name string) bool {
	return slices.ContainsFunc(k.cat.Diagram.Functions, func(f *schema.Function) bool { return f.Name == name })
}

// readers are the functions of a schema without arguments that read a variable of the
// session.
func readers(d *schema.Diagram) map[string]bool {
	out := map[string]bool{}
	for _, f := range d.Functions {
		if len(f.Args) == 0 && strings.Contains(f.Body, settingReader) {
			out[f.Name] = true
		}
	}
	return out
}

// opensUnset reports whether a condition on the session holds where the variable was never
// set, or was set in a transaction that has ended: it is NULL then, or empty.
func opensUnset(e sqltree.Expr) bool {
	switch x := e.(type) {
	case *sqltree.IsNull:
		return !x.Not
	case *sqltree.Binary:
		return x.Op == "=" && (isEmpty(x.L) || isEmpty(x.R))
	}
	return false
}

func isEmpty(e sqltree.Expr) bool {
	l, ok := uncast(e).(*sqltree.Literal)
	return ok && l.Kind == sqltree.String && l.Text == ""
}

// uncast takes casts off a value.
func uncast(e sqltree.Expr) sqltree.Expr {
	for {
		c, ok := e.(*sqltree.Cast)
		if !ok {
			return e
		}
		e = c.X
	}
}
