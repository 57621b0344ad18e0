package callsite

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// Program is what the frames of one package share. It is immutable.
type Program struct {
	Lib      *library.Set
	InModule func(path string) bool
	// Lookalikes are the models that an interface method of the user's code
	// matches by name and signature: see LookalikesOf.
	Lookalikes map[string][]Lookalike
	// Written reports whether a function of an imported package gives parameter i
	// as a result; nil knows of none.
	Written func(symbol string, i int) bool
	// Dispatches reports whether a function of the module calls by reflection what its
	// parameters choose; nil knows of none.
	Dispatches func(symbol string) bool
	// Globals gives the value of a package variable that is set once, by its
	// declaration, to a constant; nil if it is not.
	Globals func(*ssa.Global) *ssa.Const
	// MayDecide tells by its name a function that may decide access; nil knows of
	// none.
	MayDecide func(symbol string) bool

	writes    map[paramWrite]bool                // what is known of writes through parameters
	below     map[*ssa.Parameter]bool            // through what they lead to, see WritesBelow
	captures  map[*ssa.FreeVar]*captured         // see WrittenIn
	receivers map[receiverWrites][][]string      // and through interfaces
	impls     map[receiverWrites][]*ssa.Function // of an interface's method, as one package sees them
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
	return p.Lib.Like(f.Name(), SignatureText(f.Signature()))
}

// SignatureText is a signature without the names of its parameters and results.
func SignatureText(sig *types.Signature) string {
	bare := func(t *types.Tuple) *types.Tuple {
		vars := make([]*types.Var, t.Len())
		for i := range vars {
			vars[i] = types.NewParam(t.At(i).Pos(), t.At(i).Pkg(), "", t.At(i).Type())
		}
		return types.NewTuple(vars...)
	}
	text := types.TypeString(types.NewSignatureType(nil, nil, nil, bare(sig.Params()), bare(sig.Results()), sig.Variadic()), nil)
	return strings.ReplaceAll(text, "interface{}", "any")
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
	if p.Lib.Unread(obj) != "" {
		c.Kind, c.Symbol, c.Recv = Library, library.Key(obj), mc.Bindings[0]
		return true
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
	if look == nil || look.Verb == library.Runs || look.Verb == library.Scans || look.Verb == library.Writes {
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

// localInterface reports whether an interface type is of the module or unnamed:
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
		c.Recv = p.holding(c.Recv)
	case obj != nil && obj.Pkg() != nil && p.InModule(obj.Pkg().Path()), fn.Pkg != nil && p.InModule(fn.Pkg.Pkg.Path()):
		c.Kind = Static
	default:
		c.Kind = Library
	}
}

// holding is the builder whose method a call is, which a part of it has declared: what
// the part is of.
func (p *Program) holding(recv ssa.Value) ssa.Value {
	part, ok := recv.(*ssa.FieldAddr)
	if !ok || !p.IsObject(recv.Type()) || !p.IsObject(part.X.Type()) {
		return recv
	}
	return part.X
}
