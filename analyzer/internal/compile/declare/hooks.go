package declare

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Hooks of models. A library may call a method of a model before it runs a statement, and
// hand it the statement: such a method may change it, if it does more than to ask of which
// kind it is, and it may set fields of the row that is stored.

// hooks fills in what the hooks do that the package declares.
func (m *models) hooks() {
	names := m.p.Library.Hooks()
	for _, file := range m.p.Files {
		for _, d := range file.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Recv == nil || fd.Body == nil || !slices.Contains(names, fd.Name.Name) {
				continue
			}
			f, ok := m.p.Info.Defs[fd.Name].(*types.Func)
			if !ok || f.Signature().Params().Len() == 0 {
				continue
			}
			n := callsite.Named(f.Signature().Recv().Type())
			if n == nil {
				continue
			}
			if x := m.modelOf(callsite.TypeName(n)); x != nil {
				m.hook(x, f, fd)
			}
		}
	}
}

func (m *models) modelOf(name string) *unit.Model {
	for i := range m.p.Unit.Models {
		if m.p.Unit.Models[i].Name == name {
			return &m.p.Unit.Models[i]
		}
	}
	return nil
}

// hook notes what one hook does.
func (m *models) hook(x *unit.Model, f *types.Func, fd *ast.FuncDecl) {
	use := &hookUse{info: m.p.Info, asked: map[*ast.Ident]bool{}}
	ast.Inspect(fd.Body, use.asks)
	for p := range f.Signature().Params().Variables() {
		if !library.IsContext(p.Type()) && use.changes(fd.Body, p) && !slices.Contains(x.Hooks, fd.Name.Name) {
			x.Hooks = append(x.Hooks, fd.Name.Name)
		}
	}
	for _, field := range use.sets(fd.Body, f.Signature().Recv()) {
		if !slices.Contains(x.Sets, field) {
			x.Sets = append(x.Sets, field)
		}
	}
	slices.Sort(x.Hooks)
	slices.Sort(x.Sets)
}

// hookUse is what the body of a hook does with its parameters.
type hookUse struct {
	info  *types.Info
	asked map[*ast.Ident]bool // uses that only ask for the type of something
}

// asks notes the uses of a variable that ask of which type it is, and no more.
func (u *hookUse) asks(n ast.Node) bool {
	var x ast.Expr
	switch n := n.(type) {
	case *ast.TypeSwitchStmt:
		if e, ok := n.Assign.(*ast.ExprStmt); ok {
			x = e.X
		}
	case *ast.AssignStmt:
		if blank, ok := n.Lhs[0].(*ast.Ident); ok && blank.Name == "_" && len(n.Rhs) == 1 {
			x = n.Rhs[0]
		}
	}
	if a, ok := x.(*ast.TypeAssertExpr); ok {
		if id, ok := a.X.(*ast.Ident); ok {
			u.asked[id] = true
		}
	}
	return true
}

// changes reports whether the body may change what a variable holds.
func (u *hookUse) changes(body ast.Node, v *types.Var) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && u.info.Uses[id] == types.Object(v) && !u.asked[id]
		return !found
	})
	return found
}

// anyField is the name under which all fields are set: it is not seen which.
const anyField = "*"

// sets lists the fields of the receiver that the body sets: each that is assigned, and any
// where the receiver is handed on.
func (u *hookUse) sets(body ast.Node, recv *types.Var) []string {
	var out []string
	read := map[*ast.Ident]bool{}
	of := func(e ast.Expr) (field string, ok bool) {
		s, isField := e.(*ast.SelectorExpr)
		if !isField {
			return "", false
		}
		id, isName := s.X.(*ast.Ident)
		if !isName || u.info.Uses[id] != types.Object(recv) {
			return "", false
		}
		_, isField = u.info.Uses[s.Sel].(*types.Var)
		read[id] = isField
		return s.Sel.Name, isField
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if field, ok := of(l); ok {
					out = append(out, field)
				}
			}
		case *ast.UnaryExpr:
			if field, ok := of(n.X); ok && n.Op == token.AND {
				out = append(out, field)
			}
		case *ast.SelectorExpr:
			of(n)
		case *ast.Ident:
			if u.info.Uses[n] == types.Object(recv) && !read[n] {
				out = append(out, anyField)
			}
		}
		return true
	})
	return out
}
