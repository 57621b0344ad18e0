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
// kind it is, and it may set fields of the row that is stored, or of the one that was read.

// hooks fills in what the hooks do that the package declares.
func (m *models) hooks() {
	methods := map[*types.Func]*ast.FuncDecl{}
	for _, file := range m.p.Files {
		for _, d := range file.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv != nil && fd.Body != nil {
				if f, ok := m.p.Info.Defs[fd.Name].(*types.Func); ok {
					methods[f] = fd
				}
			}
		}
	}
	for f, fd := range methods {
		at := m.p.Library.Hooks(fd.Name.Name)
		n := callsite.Named(f.Signature().Recv().Type())
		if len(at) == 0 || f.Signature().Params().Len() == 0 || n == nil {
			continue
		}
		if x := m.modelOf(callsite.TypeName(n)); x != nil {
			m.hook(x, f, at, methods)
		}
	}
	for i := range m.p.Unit.Models {
		x := &m.p.Unit.Models[i]
		slices.Sort(x.Hooks)
		slices.Sort(x.Sets)
		x.Sets = slices.Compact(x.Sets)
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

// hook notes what one hook does, and when it is called.
func (m *models) hook(x *unit.Model, f *types.Func, at []string, methods map[*types.Func]*ast.FuncDecl) {
	body := methods[f].Body
	use := &hookUse{info: m.p.Info, lib: m.p.Library, methods: methods, asked: map[*ast.Ident]bool{}}
	ast.Inspect(body, use.asks)
	changes := false
	for p := range f.Signature().Params().Variables() {
		changes = changes || !library.IsContext(p.Type()) && m.changes(use, body, p)
	}
	sets := use.sets(f, 0)
	for _, kind := range at {
		if changes {
			x.Hooks = append(x.Hooks, kind+" "+f.Name())
		}
		for _, field := range sets {
			x.Sets = append(x.Sets, kind+" "+field)
		}
	}
}

// changes reports whether a hook may change the statement by what it is handed: all of that
// is one, or a part, beside which it is a connection at which others begin.
func (m *models) changes(use *hookUse, body ast.Node, p *types.Var) bool {
	n := callsite.Named(p.Type())
	if n == nil || n.Obj().Pkg() == nil {
		return use.changes(body, p)
	}
	part, reads := m.p.Library.HookPart(n.Obj().Pkg().Path())
	switch part {
	case "":
		return use.changes(body, p)
	case "none":
		return false
	}
	ast.Inspect(body, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := s.X.(*ast.Ident); ok && s.Sel.Name != part {
			use.asked[id] = true
		}
		if inner, ok := s.X.(*ast.SelectorExpr); ok && inner.Sel.Name == part && slices.Contains(reads, s.Sel.Name) {
			if id, ok := inner.X.(*ast.Ident); ok {
				use.asked[id] = true
			}
		}
		return true
	})
	return use.changes(body, p)
}

// hookUse is what the body of a hook does with its parameters.
type hookUse struct {
	info    *types.Info
	lib     *library.Set
	methods map[*types.Func]*ast.FuncDecl // of the package
	asked   map[*ast.Ident]bool           // uses that only ask for the type of something
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

// maxHookCalls is how deep a hook is followed into methods of the row.
const maxHookCalls = 3

// sets lists the fields of the receiver that a method sets: each that is assigned, or whose
// address goes somewhere, and any where the receiver is handed on. A method of the package
// that it calls is looked at; what gets a copy sets nothing.
func (u *hookUse) sets(f *types.Func, depth int) []string {
	recv := f.Signature().Recv()
	if _, pointer := recv.Type().(*types.Pointer); !pointer {
		return nil
	}
	fd := u.methods[f]
	if fd == nil || depth > maxHookCalls {
		return []string{unit.SetsAny}
	}
	w := &rowUse{hookUse: u, recv: recv, depth: depth, read: map[*ast.Ident]bool{}}
	ast.Inspect(fd.Body, w.visit)
	return w.set
}

// rowUse is what a body does with the receiver.
type rowUse struct {
	*hookUse
	recv  *types.Var
	depth int
	read  map[*ast.Ident]bool // uses that set nothing but what is noted
	set   []string
}

func (w *rowUse) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, l := range n.Lhs {
			w.assigned(l)
		}
	case *ast.IncDecStmt:
		w.assigned(n.X)
	case *ast.RangeStmt:
		w.assigned(n.Key)
		w.assigned(n.Value)
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			w.assigned(n.X)
		}
	case *ast.CallExpr:
		w.modelOf(n)
	case *ast.SelectorExpr:
		w.selects(n)
	case *ast.Ident:
		if w.info.Uses[n] == types.Object(w.recv) && !w.read[n] {
			w.set = append(w.set, unit.SetsAny)
		}
	}
	return true
}

// modelOf notes what a statement sets of the receiver that is about rows which belong to it:
// what refers to them, and never the key by which the receiver is found.
func (w *rowUse) modelOf(call *ast.CallExpr) {
	about, ok := w.receiverOf(call, library.Association).(*ast.CallExpr)
	if !ok || w.receiverOf(about, library.ModelOf) == nil {
		return
	}
	for _, arg := range about.Args {
		if id, ok := arg.(*ast.Ident); ok && w.info.Uses[id] == types.Object(w.recv) {
			w.read[id] = true
			w.set = append(w.set, unit.SetsButKey)
		}
	}
}

// receiverOf is what a call adds the clause of a word to, nil if it adds another one.
func (w *rowUse) receiverOf(call *ast.CallExpr, word string) ast.Expr {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	f, ok := w.info.Uses[s.Sel].(*types.Func)
	if !ok {
		return nil
	}
	if m := w.lib.Find(f); m == nil || m.Kind != word {
		return nil
	}
	return s.X
}

// assigned notes the fields that lead to what is set.
func (w *rowUse) assigned(e ast.Expr) {
	if fields, ok := w.fields(e); ok {
		w.set = append(w.set, fields...)
	}
}

// fields are those by which an expression leads from the receiver.
func (w *rowUse) fields(e ast.Expr) (names []string, ok bool) {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			names, e = append(names, x.Sel.Name), x.X
		case *ast.Ident:
			return names, w.info.Uses[x] == types.Object(w.recv)
		default:
			return nil, false
		}
	}
}

// selects notes what a method does that is called on the receiver, or on a field of it.
func (w *rowUse) selects(s *ast.SelectorExpr) {
	id, direct := s.X.(*ast.Ident)
	direct = direct && w.info.Uses[id] == types.Object(w.recv)
	f, method := w.info.Uses[s.Sel].(*types.Func)
	switch {
	case direct:
		w.read[id] = true
		if method {
			w.set = append(w.set, w.sets(f, w.depth+1)...)
		}
	case method && f.Signature().Recv() != nil:
		if _, pointer := f.Signature().Recv().Type().(*types.Pointer); pointer {
			w.assigned(s.X)
		}
	}
}
