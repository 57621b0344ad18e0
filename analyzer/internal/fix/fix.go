package fix

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// maxCandidates is how many ways to mend one finding are offered. Each may cost an analysis
// of the whole program.
const maxCandidates = 4

// A Source is a package that was parsed and type-checked.
type Source struct {
	Fset  *token.FileSet
	Files []*ast.File
	Types *types.Package
	Info  *types.Info
	Words *trust.Words
	First string // the first placeholder of a statement: $1, or ? where they have no numbers
}

// An Edit puts text in the place of a range of a file, in bytes.
type Edit struct {
	File       string // absolute
	Start, End int
	New        string
}

// A Candidate is one way to mend a finding.
type Candidate struct {
	Edits []Edit
	What  string // what it does, for people
}

// Apply applies edits to the text of a file; they do not overlap.
func Apply(text []byte, edits []Edit) []byte {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int { return b.Start - a.Start })
	for _, e := range edits {
		text = slices.Concat(text[:e.Start], []byte(e.New), text[e.End:])
	}
	return text
}

// Candidates are the ways to mend a finding, the likeliest first: none where nothing of the
// caller is in reach, or where the code is not plain enough to be changed by a machine.
func (s *Source) Candidates(t Target) []Candidate {
	if !t.mendable() {
		return nil
	}
	switch t.Rule {
	case "missing-filter":
		return s.withPredicate(t)
	case "partial-filter":
		return append(s.withParentheses(t), s.withPredicate(t)...)
	case "request-tenant":
		return s.withCaller(t)
	}
	return nil
}

// withPredicate adds the predicate to the text, and its value to the arguments.
func (s *Source) withPredicate(t Target) []Candidate {
	c := s.callAt(t.Call)
	if c == nil {
		return nil
	}
	p, ok := read(c.text).add(t.Table, t.ColumnName, s.First, "")
	if !ok || len(c.args) != p.args || c.call.Ellipsis.IsValid() {
		return nil
	}
	var out []Candidate
	for _, v := range s.values(c.file, c.call.Pos(), t.ColumnName) {
		edits := c.edits(p.edits)
		if again := p.bound(c.args, v); again != "" {
			last := &edits[len(edits)-1]
			last.New = strings.TrimSuffix(last.New, p.bind) + again
		} else {
			edits = append(edits, c.argument(p.arg, v))
		}
		out = append(out, Candidate{Edits: edits, What: `bound ` + t.ColumnName + ` to ` + v})
	}
	return out
}

// bound is the placeholder with a number to which the statement binds a value already.
func (p *predicate) bound(args []ast.Expr, value string) string {
	for i, a := range args {
		if p.bind[0] == '$' && types.ExprString(a) == value {
			return "$" + strconv.Itoa(i+1)
		}
	}
	return ""
}

// withParentheses closes the OR that lets a part of the statement escape.
func (s *Source) withParentheses(t Target) []Candidate {
	c := s.callAt(t.Call)
	if c == nil {
		return nil
	}
	edits, ok := read(c.text).close(t.ColumnName)
	if !ok {
		return nil
	}
	return []Candidate{{Edits: c.edits(edits), What: "put the OR in parentheses"}}
}

// withCaller puts the caller's tenant in the place of the value of the request.
func (s *Source) withCaller(t Target) []Candidate {
	file, at := s.position(t.Place)
	if file == nil {
		return nil
	}
	var olds []ast.Expr
	if c := s.callAt(t.Place); c != nil {
		olds = c.args // the value is read where it is bound
	} else if old := exprAt(file, at); old != nil {
		olds = []ast.Expr{old}
	}
	var out []Candidate
	for _, old := range olds {
		for _, v := range s.values(file, old.Pos(), t.ColumnName) {
			if v != types.ExprString(old) && len(out) < maxCandidates {
				out = append(out, Candidate{Edits: []Edit{s.edit(old.Pos(), old.End(), v)}, What: "took " + v + " for " + types.ExprString(old)})
			}
		}
	}
	return out
}

// position is the file and the position of a place.
func (s *Source) position(p finding.Place) (*ast.File, token.Pos) {
	for _, f := range s.Files {
		if t := s.Fset.File(f.FileStart); filepath.Clean(t.Name()) == filepath.Clean(p.File) && 0 < p.Line && p.Line <= t.LineCount() {
			return f, t.LineStart(p.Line) + token.Pos(p.Column-1)
		}
	}
	return nil, token.NoPos
}

// edit is an edit of what lies between two positions.
func (s *Source) edit(from, to token.Pos, text string) Edit {
	f := s.Fset.File(from)
	return Edit{File: f.Name(), Start: f.Offset(from), End: f.Offset(to), New: text}
}

// exprAt is the longest expression that begins at a position.
func exprAt(file *ast.File, at token.Pos) ast.Expr {
	var found ast.Expr
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil || n.Pos() > at || n.End() <= at {
			return false
		}
		if e, ok := n.(ast.Expr); ok && found == nil && n.Pos() == at {
			found = e
		}
		return true
	})
	return found
}

// sqlCall is a call with the text of its statement.
type sqlCall struct {
	src  *Source
	file *ast.File
	call *ast.CallExpr
	lit  *ast.BasicLit // the text
	text string
	args []ast.Expr // of the statement
}

// callAt is the call at a place whose text stands in one literal that no other call shares.
func (s *Source) callAt(p finding.Place) *sqlCall {
	file, at := s.position(p)
	if file == nil {
		return nil
	}
	var found *sqlCall
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found != nil || call.Pos() != at && s.method(call) != at {
			return found == nil
		}
		for i, a := range call.Args {
			lit := s.literal(a)
			if lit == nil {
				continue
			}
			text := lit.Value[1 : len(lit.Value)-1]
			if strings.ContainsAny(text, "\\\r") && lit.Value[0] != '`' || len(strings.Fields(text)) < 3 {
				continue
			}
			found = &sqlCall{s, file, call, lit, text, call.Args[i+1:]}
			break
		}
		return true
	})
	return found
}

// method is the position of the name of what is called.
func (s *Source) method(call *ast.CallExpr) token.Pos {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		return sel.Sel.Pos()
	}
	return call.Fun.Pos()
}

// literal is the string literal that an expression is: in place, or as the value of a
// constant or variable that is used nowhere else and never written again.
func (s *Source) literal(e ast.Expr) *ast.BasicLit {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			return e
		}
	case *ast.Ident:
		obj := s.Info.Uses[e]
		if obj == nil || obj.Pkg() != s.Types || s.uses(obj) != 1 || !isText(obj.Type()) {
			return nil
		}
		if c, ok := obj.(*types.Const); ok && (c.Val().Kind() != constant.String || c.Exported() && obj.Parent() == s.Types.Scope()) {
			return nil // another package may use it
		}
		if v, ok := obj.(*types.Var); ok && v.Parent() == s.Types.Scope() {
			return nil // it may be written by anybody
		}
		return s.defined(obj)
	}
	return nil
}

// uses counts the uses of an object; a write is one.
func (s *Source) uses(obj types.Object) int {
	n := 0
	for _, o := range s.Info.Uses {
		if o == obj {
			n++
		}
	}
	return n
}

// defined is the literal that an object is declared with.
func (s *Source) defined(obj types.Object) *ast.BasicLit {
	var value ast.Expr
	match := func(names []ast.Expr, values []ast.Expr) {
		for i, n := range names {
			if id, ok := n.(*ast.Ident); ok && s.Info.Defs[id] == obj && len(names) == len(values) {
				value = values[i]
			}
		}
	}
	for _, f := range s.Files {
		if obj.Pos() < f.FileStart || obj.Pos() > f.FileEnd {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				match(n.Lhs, n.Rhs)
			case *ast.ValueSpec:
				names := make([]ast.Expr, len(n.Names))
				for i, id := range n.Names {
					names[i] = id
				}
				match(names, n.Values)
			}
			return true
		})
	}
	if lit, ok := value.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		return lit
	}
	return nil
}

func isText(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// edits are insertions into the text as edits of the file.
func (c *sqlCall) edits(in []insertion) []Edit {
	var out []Edit
	for _, x := range in {
		at := c.lit.ValuePos + token.Pos(1+x.at)
		out = append(out, c.src.edit(at, at, x.text))
	}
	return out
}

// argument is the edit that puts a value at an index among the arguments of the statement.
func (c *sqlCall) argument(i int, value string) Edit {
	if i < len(c.args) {
		at := c.args[i].Pos()
		return c.src.edit(at, at, value+", ")
	}
	at := c.call.Args[len(c.call.Args)-1].End()
	return c.src.edit(at, at, ", "+value)
}
