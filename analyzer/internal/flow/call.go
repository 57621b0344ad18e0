package flow

import (
	"go/types"
	"sort"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// Kind tells what a call is.
type Kind uint8

// The kinds of calls.
const (
	Builtin   Kind = iota // a builtin function
	Static                // a function of the module
	Interface             // a method of an interface of the module, or of an unnamed one
	Dynamic               // a function value
	Library               // a function outside the module, with a model or without
)

// Call is one classified call.
type Call struct {
	Instr  ssa.CallInstruction
	Kind   Kind
	Symbol string         // Static, Library; "pkg.I" of Interface
	Method string         // Interface
	Model  *library.Model // of a Library call, or of an interface method that is one by name and signature
	N      int            // its number, 0 if it has none
	Recv   ssa.Value      // the receiver, nil without one
	Args   []ssa.Value    // without the receiver
	Sig    *types.Signature
}

// Runs tells whether the call runs a statement.
func (c *Call) Runs() bool { return c.Model != nil && c.Model.Verb == library.Runs }

// Program is what the frames of one package share. It is immutable.
type Program struct {
	Lib      *library.Set
	InModule func(path string) bool
	// Lookalikes are the models that an interface method of the user's code
	// matches by name and signature: see LookalikesOf.
	Lookalikes map[string][]Lookalike
	// Written tells whether a function of an imported package gives parameter i
	// as a result; nil knows of none.
	Written func(symbol string, i int) bool
	// Dispatches tells whether a function of the module calls by reflection what its
	// parameters choose; nil knows of none.
	Dispatches func(symbol string) bool
	// Globals gives the value of a package variable that is set once, by its
	// declaration, to a constant; nil if it is not.
	Globals func(*ssa.Global) *ssa.Const
	// MayDecide tells by its name a function that may decide access; nil knows of
	// none.
	MayDecide func(symbol string) bool
}

// Lookalike is a library method by which methods of the user's interfaces are
// recognised.
type Lookalike struct {
	Func  *types.Func
	Model *library.Model
}

// LookalikesOf finds the methods of the database libraries that the package
// imports, directly or not, whose name and signature identify them, by name.
func LookalikesOf(lib *library.Set, pkg *types.Package) map[string][]Lookalike {
	out := map[string][]Lookalike{}
	seen := map[*types.Package]bool{}
	var visit func(p *types.Package)
	visit = func(p *types.Package) {
		if seen[p] {
			return
		}
		seen[p] = true
		if known := lib.Package(p.Path()); known != nil && known.Database {
			addLookalikes(out, lib, p)
		}
		for _, imp := range p.Imports() {
			visit(imp)
		}
	}
	visit(pkg)
	for _, list := range out {
		sort.Slice(list, func(i, j int) bool { return list[i].Model.Key < list[j].Model.Key })
	}
	return out
}

func addLookalikes(out map[string][]Lookalike, lib *library.Set, p *types.Package) {
	for _, name := range p.Scope().Names() {
		tn, ok := p.Scope().Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		n, ok := types.Unalias(tn.Type()).(*types.Named)
		if !ok {
			continue
		}
		for _, f := range methodsOf(n) {
			m := lib.Find(f)
			if m == nil || m.Verb != library.Runs && m.Verb != library.Scans && m.Verb != library.Row || m.Of == library.Recv {
				continue
			}
			out[f.Name()] = append(out[f.Name()], Lookalike{Func: f, Model: m})
		}
	}
}

func methodsOf(n *types.Named) []*types.Func {
	var out []*types.Func
	for f := range n.Methods() {
		out = append(out, f)
	}
	if i, ok := n.Underlying().(*types.Interface); ok {
		for f := range i.ExplicitMethods() {
			out = append(out, f)
		}
	}
	return out
}

// Method is the model of a method or function: its own, or that of the library method
// that it stands for, nil if there is none.
func (p *Program) Method(f *types.Func) *library.Model {
	if m := p.Lib.Find(f); m != nil {
		return m
	}
	if recv := f.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) {
		return p.looks(f)
	}
	return nil
}

// looks is the library method that has the name and the signature of f, or nil.
func (p *Program) looks(f *types.Func) *library.Model {
	for _, l := range p.Lookalikes[f.Name()] {
		a, b := f.Signature(), l.Func.Signature()
		if a.Variadic() == b.Variadic() && types.Identical(a.Params(), b.Params()) && types.Identical(a.Results(), b.Results()) {
			return l.Model
		}
	}
	return nil
}

// Classify says what a call is, without a number.
func (p *Program) Classify(instr ssa.CallInstruction) *Call {
	common := instr.Common()
	c := &Call{Instr: instr, Sig: common.Signature(), Args: common.Args}
	if common.IsInvoke() {
		p.classifyInvoke(c, common)
		return c
	}
	switch v := common.Value.(type) {
	case *ssa.Builtin:
		c.Kind, c.Symbol = Builtin, v.Name()
		return c
	case *ssa.Function:
		p.classifyStatic(c, v)
		return c
	case *ssa.MakeClosure:
		if p.classifyBound(c, v) {
			return c
		}
	}
	c.Kind = Dynamic
	return c
}

// classifyBound covers the method of a library that is bound and called where it is
// known: run := db.Exec; run(text).
func (p *Program) classifyBound(c *Call, mc *ssa.MakeClosure) bool {
	fn, ok := mc.Fn.(*ssa.Function)
	if !ok || !strings.HasPrefix(fn.Synthetic, "bound method") || len(mc.Bindings) != 1 {
		return false
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok {
		return false
	}
	m := p.Method(obj)
	if m == nil || m.Verb != library.Runs {
		return false
	}
	c.Kind, c.Symbol, c.Model, c.Recv = Library, m.Key, m, mc.Bindings[0]
	return true
}

func (p *Program) classifyInvoke(c *Call, common *ssa.CallCommon) {
	m := common.Method
	c.Recv, c.Method = common.Value, m.Name()
	c.Model = p.Lib.Find(m)
	if c.Model != nil {
		c.Kind, c.Symbol = Library, c.Model.Key
		return
	}
	c.Kind, c.Symbol = Interface, TypeName(common.Value.Type())
	if look := p.lookalike(common); look != nil {
		c.Kind, c.Symbol, c.Model = Library, look.Key, look
		return
	}
	if m.Pkg() == nil || !p.InModule(m.Pkg().Path()) && !localInterface(common.Value.Type(), p) {
		c.Kind, c.Symbol = Library, library.Key(m)
	}
}

// lookalike is the library method that an interface method stands for: the one
// of the same name and signature. Methods as plain as Next() bool count only
// beside a Scan.
func (p *Program) lookalike(common *ssa.CallCommon) *library.Model {
	look := p.looks(common.Method)
	if look == nil || look.Verb == library.Runs || look.Verb == library.Scans {
		return look
	}
	i, ok := common.Value.Type().Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	for m := range i.Methods() {
		if found := p.looks(m); found != nil && found.Verb == library.Scans {
			return look
		}
	}
	if look.Kind == "count" {
		return look
	}
	return nil
}

// localInterface tells whether an interface type is of the module or unnamed:
// then a concrete type of the module may stand behind it.
func localInterface(t types.Type, p *Program) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && p.InModule(n.Obj().Pkg().Path())
}

func (p *Program) classifyStatic(c *Call, fn *ssa.Function) {
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	if c.Sig.Recv() != nil && len(c.Args) > 0 {
		c.Recv, c.Args = c.Args[0], c.Args[1:]
	}
	c.Symbol = Symbol(fn)
	if fn.Parent() != nil {
		c.Kind = Static
		return
	}
	obj, _ := fn.Object().(*types.Func)
	c.Model = p.Lib.Find(obj)
	switch {
	case c.Model != nil:
		c.Kind = Library
	case obj != nil && obj.Pkg() != nil && p.InModule(obj.Pkg().Path()), fn.Pkg != nil && p.InModule(fn.Pkg.Pkg.Path()):
		c.Kind = Static
	default:
		c.Kind = Library
	}
}

// Decides tells a call of a library function without a model that may decide
// access, by its name and because it gives an error or a boolean. What such a
// call gives is a symbol, so that its outcome is a fact.
func (p *Program) Decides(c *Call) bool {
	if c.Kind != Library || c.Model != nil || p.MayDecide == nil || !thirdParty(c.Symbol) || len(c.Args) == 0 {
		return false
	}
	answers := false
	for v := range c.Sig.Results().Variables() {
		answers = answers || isError(v.Type()) || isBasic(v.Type(), types.IsBoolean)
	}
	return answers && !wraps(c) && p.MayDecide(c.Symbol)
}

// thirdParty tells a symbol that is not of the standard library.
func thirdParty(symbol string) bool {
	host, _, ok := strings.Cut(symbol, "/")
	return ok && strings.Contains(host, ".")
}

// All is the receiver, if there is one, and the arguments.
func (c *Call) All() []ssa.Value {
	if c.Recv == nil {
		return c.Args
	}
	return append([]ssa.Value{c.Recv}, c.Args...)
}

// Arg is an argument by the position of a model, or nil.
func (c *Call) Arg(at int) ssa.Value {
	switch {
	case at == library.Recv:
		return c.Recv
	case at >= 0 && at < len(c.Args):
		return c.Args[at]
	}
	return nil
}
