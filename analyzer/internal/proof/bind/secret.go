package bind

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof/builtin"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
)

// KeepsSecret reports whether a value is as hard to guess as a bind value in it.
func (p *Binder) KeepsSecret(e sqltree.Expr) bool { return secrecy{Binder: p}.kept(e) }

// secrecy tells values that are as hard to guess as a bind value in them: that value, a
// hash of it, or the same beside something else. A piece of it is not.
type secrecy struct {
	*Binder
	args  []string // of the function whose body is read
	depth int
}

// kept reports whether a value is one of those.
func (s secrecy) kept(e sqltree.Expr) bool {
	switch e := e.(type) {
	case *sqltree.Hole:
		return true
	case *sqltree.Column:
		return e.Table == "" && slices.Contains(s.args, e.Name)
	case *sqltree.Cast:
		return KeepsValue(e) && s.kept(e.X)
	case *sqltree.Call:
		return slices.ContainsFunc(e.Args, s.kept) && (builtin.KeepsSecret(e.Name) || s.hashes(e.Name))
	case *sqltree.Binary:
		return e.Op == "||" && (s.kept(e.L) || s.kept(e.R))
	}
	return false
}

// hashes reports whether a function of the schema gives a hash of its arguments: its
// body is one expression in SQL that does.
func (s secrecy) hashes(name string) bool {
	f := s.Function(name)
	if f == nil || s.depth > 0 || !strings.EqualFold(f.Language, "sql") {
		return false
	}
	stmt, err := sqlparse.Parse(strings.TrimRight(strings.TrimSpace(f.Body), ";"), s.Cat.Diagram.Speaks())
	q, ok := stmt.(*sqltree.Query)
	if err != nil || !ok {
		return false
	}
	body, ok := q.Body.(*sqltree.Select)
	if !ok || len(body.From) > 0 || len(body.Items) != 1 {
		return false
	}
	return secrecy{s.Binder, f.Args, s.depth + 1}.kept(body.Items[0].Expr)
}
