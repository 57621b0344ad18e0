package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

// mutantsOf lists the mutants of a group, in the order of packages, files and lines.
func mutantsOf(root string, g group) ([]*mutant, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	var out []*mutant
	for _, short := range g.packages {
		list, err := packages.Load(&packages.Config{
			Dir: root,
			Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
				packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo,
		}, "./"+internal+short)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			if len(p.Errors) > 0 {
				return nil, fmt.Errorf("%s: %v", p.PkgPath, p.Errors[0])
			}
			found := mutantsIn(p, root)
			for _, m := range found {
				m.group, m.links, m.pkg = g.name, g.links, internal+short
				m.tests = append([]string{internal + short}, below(g.tests)...)
			}
			identify(found)
			out = append(out, found...)
		}
	}
	return out, nil
}

func below(packages []string) []string {
	var out []string
	for _, p := range packages {
		out = append(out, internal+p)
	}
	return out
}

// mutantsIn lists the mutants of a package.
func mutantsIn(p *packages.Package, root string) []*mutant {
	var out []*mutant
	for i, f := range p.Syntax {
		name, err := filepath.Rel(root, p.CompiledGoFiles[i])
		if err != nil {
			name = p.CompiledGoFiles[i]
		}
		v := &visitor{pkg: p, file: filepath.ToSlash(name), src: newSource(p.Fset, f, p.CompiledGoFiles[i])}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				v.functionDecl(fn)
			}
		}
		out = append(out, v.out...)
	}
	return out
}

// visitor collects the mutants of a file.
type visitor struct {
	pkg      *packages.Package
	file     string
	src      source
	function string
	out      []*mutant
}

// add notes a mutant of a node.
func (v *visitor) add(at ast.Node, kind, is string, insert []wrap, replace ...span) {
	v.out = append(v.out, &mutant{
		file: v.file, line: v.pkg.Fset.Position(at.Pos()).Line, function: v.function,
		kind: kind, was: v.src.short(at), is: is, insert: insert, replace: replace,
	})
}

// around wraps a node.
func (v *visitor) around(n ast.Node, before, after string) []wrap {
	return []wrap{{v.src.offset(n.Pos()), v.src.offset(n.End()), before, after}}
}

func (v *visitor) functionDecl(fn *ast.FuncDecl) {
	v.function = fn.Name.Name
	if fn.Recv != nil {
		v.function = strings.TrimPrefix(types.ExprString(fn.Recv.List[0].Type), "*") + "." + fn.Name.Name
	}
	v.earlyReturn(fn)
	var stack []ast.Node
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if d, ok := n.(*ast.GenDecl); ok && d.Tok == token.CONST {
			return false
		}
		var parent ast.Node
		if len(stack) > 0 {
			parent = stack[len(stack)-1]
		}
		v.node(n, parent)
		stack = append(stack, n)
		return true
	})
}

func (v *visitor) node(n, parent ast.Node) {
	switch x := n.(type) {
	case *ast.IfStmt:
		v.condition(x.Cond)
	case *ast.ForStmt:
		v.condition(x.Cond)
	case *ast.BinaryExpr:
		v.binary(x)
	case *ast.BasicLit:
		v.literal(x, parent)
	case *ast.BlockStmt:
		v.statements(x.List)
	case *ast.CaseClause:
		v.statements(x.Body)
		if s, ok := parent.(*ast.BlockStmt); ok && s != nil {
			for _, e := range x.List {
				if v.isBool(e) && !v.isConstant(e) {
					v.condition(e)
				}
			}
		}
	}
}

// condition negates what an if, a for or a case asks. Comparisons are left to binary.
func (v *visitor) condition(e ast.Expr) {
	if e == nil || !v.isBool(e) || v.isConstant(e) {
		return
	}
	if b, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && (b.Op == token.EQL || b.Op == token.NEQ) {
		return
	}
	v.add(e, "negate a condition", "!("+v.src.short(e)+")", v.around(e, "mutantOn(%d) != (", ")"))
}

// binary drops a part of a conjunction or disjunction, exchanges && and ||, and
// replaces comparisons.
func (v *visitor) binary(b *ast.BinaryExpr) {
	if !v.isBool(b) || v.isConstant(b) {
		return
	}
	operator := span{start: v.src.offset(b.OpPos), end: v.src.offset(b.OpPos) + len(b.Op.String())}
	between := func(kind, is, call, comma, end string) {
		operator.text = comma
		v.add(b, kind, is, v.around(b, call+"(%d, ", end), operator)
	}
	switch b.Op {
	case token.LAND, token.LOR:
		v.operand(b, b.X)
		v.operand(b, b.Y)
		if !v.isBool(b.X) || !v.isBool(b.Y) {
			return
		}
		if b.Op == token.LAND {
			between("exchange && and ||", "||", "mutantAnd", ", func() bool { return ", " })")
		} else {
			between("exchange && and ||", "&&", "mutantOr", ", func() bool { return ", " })")
		}
	case token.EQL:
		v.add(b, "replace a comparison", "!=", v.around(b, "(mutantOn(%d) != (", "))"))
	case token.NEQ:
		v.add(b, "replace a comparison", "==", v.around(b, "(mutantOn(%d) != (", "))"))
	case token.LSS:
		between("replace a comparison", "<=", "mutantLess", ",", ")")
	case token.LEQ:
		between("replace a comparison", "<", "mutantAtMost", ",", ")")
	case token.GTR:
		between("replace a comparison", ">=", "!mutantAtMost", ",", ")")
	case token.GEQ:
		between("replace a comparison", ">", "!mutantLess", ",", ")")
	}
}

// operand drops one part of a chain of && or ||.
func (v *visitor) operand(b *ast.BinaryExpr, part ast.Expr) {
	inner, ok := ast.Unparen(part).(*ast.BinaryExpr)
	if ok && inner.Op == b.Op || !v.isBool(part) {
		return
	}
	if b.Op == token.LAND {
		v.add(part, "drop a conjunct", "true", v.around(part, "(mutantOn(%d) || (", "))"))
	} else {
		v.add(part, "drop a disjunct", "false", v.around(part, "(!mutantOn(%d) && (", "))"))
	}
}

// literal adds one to a number that is an int at run time.
func (v *visitor) literal(l *ast.BasicLit, parent ast.Node) {
	if l.Kind != token.INT || v.pkg.TypesInfo.TypeOf(l) != types.Typ[types.Int] {
		return
	}
	switch p := parent.(type) {
	case *ast.ArrayType, *ast.UnaryExpr:
		return
	case *ast.KeyValueExpr:
		if p.Key == l {
			return
		}
	case *ast.CallExpr:
		if id, ok := p.Fun.(*ast.Ident); ok && id.Name == "make" { // a capacity
			return
		}
	}
	v.add(l, "off by one", l.Value+"+1", v.around(l, "(", " + mutantOne(%d))"))
}

// statements drops those that do something.
func (v *visitor) statements(list []ast.Stmt) {
	for _, s := range list {
		kind := "drop a statement"
		switch x := s.(type) {
		case *ast.ExprStmt:
			if call, ok := x.X.(*ast.CallExpr); ok && isNamed(call.Fun, "panic") {
				continue
			}
		case *ast.AssignStmt:
			if x.Tok == token.DEFINE || isNamed(x.Lhs[0], "_") {
				continue
			}
			if call, ok := x.Rhs[0].(*ast.CallExpr); ok && isNamed(call.Fun, "append") {
				kind = "drop an append"
			}
		case *ast.BranchStmt:
			if x.Tok != token.CONTINUE && x.Tok != token.BREAK {
				continue
			}
		case *ast.ReturnStmt:
			if len(x.Results) > 0 {
				continue
			}
		case *ast.IncDecStmt, *ast.DeferStmt, *ast.GoStmt:
		default:
			continue
		}
		v.add(s, kind, "nothing", v.around(s, "if !mutantOn(%d) { ", " }"))
	}
}

// earlyReturn leaves a function before it does anything: with zeros, and where the
// first result is a boolean, with true.
func (v *visitor) earlyReturn(fn *ast.FuncDecl) {
	if len(fn.Body.List) == 0 {
		return
	}
	sig := v.pkg.TypesInfo.Defs[fn.Name].Type().(*types.Signature)
	zeros, ok := v.zeros(fn, sig)
	if !ok {
		return
	}
	at := v.src.offset(fn.Body.Lbrace) + 1
	leave := func(results []string) {
		text := strings.Join(results, ", ")
		v.out = append(v.out, &mutant{
			file: v.file, line: v.pkg.Fset.Position(fn.Pos()).Line, function: v.function,
			kind: "return early", was: "the body", is: strings.TrimSpace("return " + text),
			insert: []wrap{{at, at, " if mutantOn(%d) { return " + text + " }; ", ""}},
		})
	}
	leave(zeros)
	if len(zeros) > 0 && zeros[0] == "false" {
		leave(append([]string{"true"}, zeros[1:]...))
	}
}

// zeros are the zero values of a function's results, as text that holds in its body.
func (v *visitor) zeros(fn *ast.FuncDecl, sig *types.Signature) ([]string, bool) {
	if fn.Type.Results == nil {
		return nil, true
	}
	var out []string
	for _, field := range fn.Type.Results.List {
		text, ok := v.zero(field.Type, sig)
		for range max(1, len(field.Names)) {
			out = append(out, text)
		}
		if !ok {
			return nil, false
		}
	}
	return out, true
}

// zero is the zero value of a type, or no text where a parameter hides a name of it.
func (v *visitor) zero(e ast.Expr, sig *types.Signature) (string, bool) {
	t := v.pkg.TypesInfo.TypeOf(e)
	if _, param := t.(*types.TypeParam); !param {
		switch u := t.Underlying().(type) {
		case *types.Basic:
			switch {
			case u.Info()&types.IsBoolean != 0:
				return "false", true
			case u.Info()&types.IsString != 0:
				return `""`, true
			}
			return "0", true
		case *types.Pointer, *types.Slice, *types.Map, *types.Interface, *types.Signature, *types.Chan:
			return "nil", true
		}
	}
	hidden := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		hidden = hidden || ok && hides(sig, id.Name)
		return true
	})
	return "*new(" + v.src.text(e) + ")", !hidden
}

// hides reports whether a parameter, a result or the receiver has the name.
func hides(sig *types.Signature, name string) bool {
	for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
		for i := range tuple.Len() {
			if tuple.At(i).Name() == name {
				return true
			}
		}
	}
	return sig.Recv() != nil && sig.Recv().Name() == name
}

// isBool reports whether an expression is a value of the plain type bool.
func (v *visitor) isBool(e ast.Expr) bool {
	t := v.pkg.TypesInfo.Types[e]
	return t.IsValue() && (t.Type == types.Typ[types.Bool] || t.Type == types.Typ[types.UntypedBool])
}

func (v *visitor) isConstant(e ast.Expr) bool { return v.pkg.TypesInfo.Types[e].Value != nil }

func isNamed(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}
