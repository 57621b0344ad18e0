package compile

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// store writes down what is stored into fields of the module's types and into
// package variables. A local struct counts if its type has methods, whose
// receiver it may become, or if a function is stored.
func (b *body) store(st *ssa.Store) {
	switch addr := st.Addr.(type) {
	case *ssa.Global:
		b.storeGlobal(addr, st)
	case *ssa.FieldAddr:
		b.storeField(addr, st)
	default:
		b.storeWhole(st)
	}
}

func (b *body) storeGlobal(g *ssa.Global, st *ssa.Store) {
	t := b.f.At(st.Val, st)
	if o, ok := t.(*term.Origin); ok && (o.Kind == term.Unknown || o.Kind == term.Zero || o.Kind == term.Fresh) {
		return
	}
	if g.Name() == "init$guard" {
		return
	}
	b.add("", g.Pkg.Pkg.Path()+"."+g.Name(), t, st)
}

// storeEntry covers an entry of a map that a package variable holds.
func (b *body) storeEntry(up *ssa.MapUpdate) {
	b.storeElement(up.Map, up.Value, up)
	load, ok := up.Map.(*ssa.UnOp)
	if !ok {
		return
	}
	if g, ok := load.X.(*ssa.Global); ok {
		entry := &term.List{Elems: []term.Term{b.f.At(up.Value, up)}, Open: true}
		b.add("", g.Pkg.Pkg.Path()+"."+g.Name(), entry, up)
	}
}

func (b *body) storeField(fa *ssa.FieldAddr, st *ssa.Store) {
	if m := b.f.ModelAt(fa); m != nil && m.Verb == library.Plays {
		b.registered(m, st)
		return
	}
	owner, name := fieldOwner(fa)
	if owner != nil && !b.c.inModule(owner) && isFunction(st.Val.Type()) && !b.ignored(st) {
		b.registered(&library.Model{Key: callsite.TypeName(owner) + "." + name}, st)
	}
	if owner == nil || !b.c.inModule(owner) {
		return
	}
	t := b.called(st.Val, st)
	if b.f.Local(fa) && owner.NumMethods() == 0 && !holdsFunctions(st.Val.Type(), maxHeldDepth) && !b.containsFunc(t, 0) {
		return
	}
	b.add(callsite.TypeName(owner), name, t, st)
}

// storeWhole covers *p = T{…} through a pointer that is not a local variable.
func (b *body) storeWhole(st *ssa.Store) {
	n, ok := types.Unalias(st.Val.Type()).(*types.Named)
	if !ok || !b.c.inModule(n) || b.f.Local(st.Addr) {
		return
	}
	s, ok := b.f.At(st.Val, st).(*term.Struct)
	if !ok {
		return
	}
	for _, f := range s.Fields {
		b.add(callsite.TypeName(n), f.Name, f.Term, st)
	}
}

func (b *body) add(typ, field string, t term.Term, st ssa.Instruction) {
	b.fn.Stores = append(b.fn.Stores, unit.Store{
		Type: typ, Field: field, Value: t,
		Site: b.c.sites.at(st.Pos(), st.Pos()), If: b.f.Facts(st.Block()),
	})
}

// registered is a function that is handed over by storing it into a library's
// struct: cobra.Command{RunE: f}.
func (b *body) registered(m *library.Model, st *ssa.Store) {
	t := b.called(st.Val, st)
	if !b.containsFunc(t, 0) && !b.fromElsewhere(t) {
		return
	}
	b.fn.Calls = append(b.fn.Calls, unit.Call{
		N: b.f.NextNumber(), Kind: unit.Library, Symbol: m.Key, Role: m.Role(), Args: []term.Term{t},
		Site: b.c.sites.at(st.Pos(), st.Pos()), If: b.f.Facts(st.Block()),
	})
}

// read notes a field of a request object that is read.
func (b *body) read(t term.Term, from, to token.Pos, m *library.Model) {
	if m == nil || m.Verb != library.Request {
		return
	}
	b.fn.Reads = append(b.fn.Reads, unit.Read{Origin: t, Site: b.c.sites.at(from, to)})
}

// fieldOwner is the named struct type that a field belongs to, and its name.
func fieldOwner(fa *ssa.FieldAddr) (*types.Named, string) {
	return namedField(fa.X.Type(), fa.Field)
}

// namedField is field i of a named struct type, or of one that a pointer leads to.
func namedField(t types.Type, i int) (*types.Named, string) {
	t = types.Unalias(t)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	if !ok {
		return nil, ""
	}
	st, ok := n.Underlying().(*types.Struct)
	if !ok {
		return nil, ""
	}
	return n, st.Field(i).Name()
}

func (c *compiler) inModule(n *types.Named) bool {
	return n.Obj().Pkg() != nil && c.in.InModule(n.Obj().Pkg().Path())
}

// ours tells whether a symbol is of the module.
func (c *compiler) ours(symbol string) bool {
	p := symbol
	if i := strings.LastIndex(p, "/"); i >= 0 {
		if k := strings.Index(p[i:], "."); k >= 0 {
			p = p[:i+k]
		}
	} else if k := strings.Index(p, "."); k >= 0 {
		p = p[:k]
	}
	return c.in.InModule(p)
}
