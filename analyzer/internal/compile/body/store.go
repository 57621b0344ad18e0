package body

import (
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/funcvalue"
	"github.com/tenantvet/tenantvet/analyzer/internal/compile/rewrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// store writes down what is stored into fields of the module's types and into
// package variables. A local struct counts if its type has methods, whose
// receiver it may become, or if a function is stored.
func (b *Body) store(st *ssa.Store) {
	b.keepsEntries(st.Addr, st.Val, st)
	if g, isVariable := st.Addr.(*ssa.Global); isVariable {
		b.storeGlobal(g, st)
		return
	}
	b.storeBelow(st.Addr, false, st.Val, st)
	switch addr := st.Addr.(type) {
	case *ssa.FieldAddr:
		b.storeField(addr, st)
	default:
		b.storeWhole(st)
	}
}

func (b *Body) storeGlobal(g *ssa.Global, st *ssa.Store) {
	t := b.Frame.At(st.Val, st)
	function := source.IsFunction(st.Val.Type()) // who calls it wants to know that there is another one
	if o, ok := t.(*term.Origin); ok && (o.Kind == term.Unknown && !function || o.Kind == term.Zero || o.Kind == term.Fresh) {
		return
	}
	if g.Name() == "init$guard" {
		return
	}
	b.add("", g.Pkg.Pkg.Path()+"."+g.Name(), t, st)
}

// soleValues covers the package variables whose type has one value: as keys they are that type.
//
//	var keyOrg contextKey // struct{}
func soleValues(b *Body) {
	if b.Frame.Fn.Synthetic != "package initializer" {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(b.Frame.Fn.Pkg.Members)) {
		g, ok := b.Frame.Fn.Pkg.Members[name].(*ssa.Global)
		if !ok || g.Name() == "init$guard" {
			continue
		}
		n, isNamed := types.Unalias(g.Type().Underlying().(*types.Pointer).Elem()).(*types.Named)
		if !isNamed {
			continue
		}
		if st, isStruct := n.Underlying().(*types.Struct); isStruct && st.NumFields() == 0 {
			b.Fn.Stores = append(b.Fn.Stores, unit.Store{Type: unit.Sole, Field: g.Pkg.Pkg.Path() + "." + name, Value: &term.Path{Root: term.Global, Name: callsite.TypeName(n) + "{}"}, Site: b.Sites.At(g.Pos(), g.Pos())})
		}
	}
}

// handsVariable covers a package variable that holds a function and whose address goes
// somewhere: another function may be stored there.
func (b *Body) handsVariable(instr ssa.Instruction) {
	for _, op := range instr.Operands(nil) {
		g, ok := (*op).(*ssa.Global)
		if !ok || !source.IsFunction(g.Type().Underlying().(*types.Pointer).Elem()) {
			continue
		}
		switch instr := instr.(type) {
		case *ssa.UnOp, *ssa.DebugRef:
			continue
		case *ssa.Store:
			if instr.Addr == g && instr.Val != g {
				continue
			}
		}
		b.add("", g.Pkg.Pkg.Path()+"."+g.Name(), term.Why("a variable whose address goes elsewhere"), instr)
	}
}

// changes covers a builder in a field or a package variable that is changed there: what
// it is from then on, nobody who finds it there knows.
func (b *Body) changes(c *callsite.Call) {
	for i, arg := range c.All() {
		if !b.Frame.Program.IsObject(arg.Type()) || !c.Changes(i) {
			continue
		}
		changed := term.Why("changed in " + callsite.Symbol(b.Frame.Fn))
		if from := b.values.Field(arg); from != nil {
			b.add(from.Name, from.Steps[0].Name, changed, c.Instr)
		} else if load, ok := arg.(*ssa.UnOp); ok {
			if g, ok := load.X.(*ssa.Global); ok {
				b.add("", g.Pkg.Pkg.Path()+"."+g.Name(), changed, c.Instr)
			}
		}
	}
}

// storeEntry covers an entry of a map that a package variable holds.
func (b *Body) storeEntry(up *ssa.MapUpdate) {
	b.storeElement(up.Map, up.Value, up)
	b.storeBelow(up.Map, true, up.Value, up)
	b.keeps(up.Map, up.Key, up.Value, up)
	rewrite.Function{Function: b.Function}.Entry(up)
	b.parameter(up)
}

// storeBelow covers a part of what a package variable holds or leads to, or an entry of it.
func (b *Body) storeBelow(addr ssa.Value, entry bool, v ssa.Value, at ssa.Instruction) {
	if g, part := b.Frame.PartOfVariable(addr, entry, v, at); g != nil {
		b.add("", g.Pkg.Pkg.Path()+"."+g.Name(), part, at)
	}
}

// carried covers what is written to objects that were taken out of a context: whoever finds
// one there finds what it is then.
//
//	ctx.Value(key{}).(*scope).OrgID = id
func (b *Body) carried() {
	for _, c := range b.Frame.Carried() {
		if c.Key == "" {
			b.Fn.Changes = append(b.Fn.Changes, unit.Change{Of: c.Of, Value: c.Object, Site: b.Sites.At(c.By.Pos(), c.By.Pos()), If: b.Frame.Facts(c.By.Block())})
			continue
		}
		b.Fn.Puts = append(b.Fn.Puts, unit.Put{Key: c.Key, Value: c.Object, Site: b.Sites.At(c.By.Pos(), c.By.Pos()), If: b.Frame.Facts(c.By.Block())})
	}
}

func (b *Body) storeField(fa *ssa.FieldAddr, st *ssa.Store) {
	if m := b.Frame.ModelAt(fa); m != nil && m.Verb == library.Plays {
		b.registered(m, st)
		return
	}
	rewrite.Function{Function: b.Function}.Field(fa, st)
	owner, name := fieldOwner(fa)
	if owner != nil && !b.OwnType(owner) && source.IsFunction(st.Val.Type()) && !b.values.Ignored(st) {
		b.registered(&library.Model{Key: callsite.TypeName(owner) + "." + name}, st)
	}
	if owner != nil && b.Library.SaysNames(callsite.TypeName(owner)+"."+name) != "" {
		b.add(unit.Naming, b.Library.SaysNames(callsite.TypeName(owner)+"."+name), b.namer(owner.Obj().Pkg().Path(), st), st)
	}
	if owner == nil || !b.OwnType(owner) {
		return
	}
	t := b.values.Called(st.Val, st)
	if b.Frame.Program.IsObject(st.Val.Type()) {
		t = b.Frame.Kept(st.Val, st)
	}
	if b.Frame.Local(fa) && owner.NumMethods() == 0 && !b.values.Kept(st.Val.Type()) && !b.values.ContainsFunc(t, 0) {
		return
	}
	b.add(callsite.TypeName(owner), name, t, st)
}

// storeWhole covers *p = T{…} through a pointer that is not a local variable.
func (b *Body) storeWhole(st *ssa.Store) {
	n, ok := types.Unalias(st.Val.Type()).(*types.Named)
	if !ok || !b.OwnType(n) || b.Frame.Local(st.Addr) {
		return
	}
	s, ok := b.Frame.At(st.Val, st).(*term.Struct)
	if !ok {
		return
	}
	for _, f := range s.Fields {
		b.add(callsite.TypeName(n), f.Name, f.Term, st)
	}
}

func (b *Body) add(typ, field string, t term.Term, st ssa.Instruction) {
	b.Fn.Stores = append(b.Fn.Stores, unit.Store{
		Type: typ, Field: field, Value: t,
		Site: b.Sites.At(st.Pos(), st.Pos()), If: b.Frame.Facts(st.Block()),
		Of: ownerOf(b.Frame.FollowsWithin, st),
	})
}

// registered is a function that is handed over by storing it into a library's
// struct: cobra.Command{RunE: f}. Of a hook it counts, too, that there is none from then on.
func (b *Body) registered(m *library.Model, st *ssa.Store) {
	t := b.values.Called(st.Val, st)
	if !m.Role().IsHook() && m.Role() != library.Parameter && !b.values.ContainsFunc(t, 0) && !b.values.FromElsewhere(t) {
		return
	}
	b.Fn.Calls = append(b.Fn.Calls, unit.Call{
		N: b.Frame.NextNumber(), Kind: unit.Library, Symbol: m.Key, Role: m.Role(), Args: []term.Term{t},
		Site: b.Sites.At(st.Pos(), st.Pos()), If: b.Frame.Facts(st.Block()),
	})
}

// read notes a field of a request object that is read.
func (b *Body) read(t term.Term, from, to token.Pos, m *library.Model) {
	if m == nil || m.Verb != library.Request {
		return
	}
	b.Fn.Reads = append(b.Fn.Reads, unit.Read{Origin: t, Site: b.Sites.At(from, to)})
}

// fieldOwner is the named struct type that a field belongs to, and its name.
func fieldOwner(fa *ssa.FieldAddr) (*types.Named, string) {
	return funcvalue.FieldOf(fa.X.Type(), fa.Field)
}

// storeElement covers functions that become elements of a map or a channel which
// a field holds.
func (b *Body) storeElement(to, v ssa.Value, at ssa.Instruction) {
	if !funcvalue.HoldsFunctions(v.Type(), funcvalue.MaxDepth) && !source.IsAny(v.Type()) && b.Library.Kind(v.Type()) != library.AnyValue {
		return
	}
	if field := b.values.Field(to); field != nil {
		b.add(field.Name, field.Steps[0].Name, &term.List{Elems: []term.Term{b.values.Called(v, at)}, Open: true}, at)
	}
}

// sends covers the sending cases of a select.
func (b *Body) sends(sel *ssa.Select) {
	for _, state := range sel.States {
		if state.Send != nil {
			b.storeElement(state.Chan, state.Send, sel)
			b.keeps(state.Chan, nil, state.Send, sel)
		}
	}
}

// opens writes down what the configuration with which a call opens a library's handle says of
// names, where it is seen; of another one that is seen where it is stored.
//
//	gorm.Open(d, &gorm.Config{Logger: l})
func (b *Body) opens(c *callsite.Call) {
	orm := b.Library.Package(c.Model.Package).ORM
	if orm == nil || orm.Names == "" || c.Model.Kind != library.Begun || len(c.Args) == 0 {
		return
	}
	at := strings.LastIndexByte(orm.Names, '.')
	typ, field := orm.Names[:at], orm.Names[at+1:]
	options := c.Args[len(c.Args)-1]
	if callsite.IsNilConst(options) {
		b.add(unit.Naming, orm.Naming, term.ZeroTerm(), c.Instr)
		return
	}
	for _, x := range callsite.Elements(options) {
		if x == nil || strings.TrimPrefix(callsite.TypeName(callsite.Behind(x).Type()), "*") != typ {
			continue
		}
		if config, ok := b.Frame.At(callsite.Behind(x), c.Instr).(*term.Struct); ok {
			b.add(unit.Naming, orm.Naming, term.Select(config, term.Step{Kind: term.FieldStep, Name: field}), c.Instr)
		}
	}
}

// namer is what is stored as that by which a library names things: a value of a type of its
// own is what it says, whatever names in another way is not known.
func (b *Body) namer(library string, st *ssa.Store) term.Term {
	v := callsite.Behind(st.Val)
	if !types.IsInterface(v.Type()) && !strings.HasPrefix(packageOf(v)+"/", library+"/") {
		return term.Why("a naming of another kind")
	}
	return b.Frame.At(v, st)
}

// A library's map may hold what each connection begins with. An entry that is written where the
// map stands in its field is known; a map that goes elsewhere may be given any.

// parameter covers an entry of such a map.
func (b *Body) parameter(up *ssa.MapUpdate) {
	if m := b.parametersIn(up.Map); m != nil {
		b.begins(m, up, b.Frame.At(up.Key, up), b.Frame.At(up.Value, up))
	}
}

// lendsParameters covers such a map that a value of the function is, where it goes elsewhere,
// and a pointer to its field.
func (b *Body) lendsParameters(v ssa.Value) {
	field, isAddress := v.(*ssa.FieldAddr)
	m := b.parametersIn(v)
	if isAddress {
		m = b.parameterField(field)
	}
	if m == nil {
		return
	}
	for _, use := range *v.Referrers() {
		if onlyReads(use, v) || isAddress && isPlain(use, field) {
			continue
		}
		b.begins(m, use, term.Why("a map that goes elsewhere"))
		return
	}
}

// begins writes down what a connection begins with: a name and a value, or something that is
// not known.
func (b *Body) begins(m *library.Model, at ssa.Instruction, args ...term.Term) {
	b.Fn.Calls = append(b.Fn.Calls, unit.Call{
		N: b.Frame.NextNumber(), Kind: unit.Library, Symbol: m.Key, Role: m.Role(), Args: args,
		Site: b.Sites.At(at.Pos(), at.Pos()), If: b.Frame.FactsAt(at),
	})
}

// parametersIn is the model of the field that a map of such parameters is loaded from, nil if
// it is another value.
func (b *Body) parametersIn(v ssa.Value) *library.Model {
	switch x := v.(type) {
	case *ssa.UnOp:
		if fa, ok := x.X.(*ssa.FieldAddr); ok && x.Op == token.MUL {
			return b.parameterField(fa)
		}
	case *ssa.Field:
		return b.parameterField(x)
	}
	return nil
}

// parameterField is the model of a field that holds such a map, nil if it is another one.
func (b *Body) parameterField(field ssa.Value) *library.Model {
	var m *library.Model
	switch x := field.(type) {
	case *ssa.FieldAddr:
		m = b.Frame.ModelAt(x)
	case *ssa.Field:
		m = b.Frame.FieldModel(x.X.Type(), x.Field)
	}
	if m == nil || m.Role() != library.Parameter {
		return nil
	}
	return m
}

// onlyReads reports whether an instruction reads a map, or writes an entry of it.
func onlyReads(use ssa.Instruction, m ssa.Value) bool {
	switch x := use.(type) {
	case *ssa.MapUpdate:
		return x.Map == m && x.Value != m
	case *ssa.Lookup, *ssa.Range, *ssa.DebugRef, *ssa.BinOp:
		return true
	case *ssa.Call:
		_, builtin := x.Call.Value.(*ssa.Builtin)
		return builtin
	}
	return false
}

// isPlain reports whether an instruction loads from a field, or stores into it.
func isPlain(use ssa.Instruction, field *ssa.FieldAddr) bool {
	switch x := use.(type) {
	case *ssa.UnOp:
		return x.Op == token.MUL
	case *ssa.Store:
		return x.Addr == field
	}
	return false
}
