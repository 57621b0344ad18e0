package body

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// keeps covers a row, or what may be one to a caller, that is put into a map, a cache or a
// channel which somebody else has made, and not for this call.
func (b *Body) keeps(into, key, v ssa.Value, at ssa.Instruction) {
	to, place := b.place(into, at)
	b.keepsAt(to, place, key, b.Frame.At(v, at), at)
}

func (b *Body) keepsAt(to *term.Path, place string, key ssa.Value, row term.Term, at ssa.Instruction) {
	if to == nil || len(to.Steps) == 0 && to.Root != term.Global && to.Root != term.Free || !unit.MayHoldRow(row) {
		return
	}
	k := unit.Keep{Into: to, Place: place, Value: row, Site: b.Sites.At(at.Pos(), at.Pos()), If: b.Frame.Facts(at.Block())}
	if key != nil {
		k.Key = b.Frame.At(key, at)
	}
	b.Fn.Keeps = append(b.Fn.Keeps, k)
}

// keepsEntries covers a map of this call's that takes the place of one that others look into:
// each entry is kept by its key.
//
//	m := map[string]*row{}; for rows.Next() { m[key] = r }; s.mu.Lock(); s.byKey = m
func (b *Body) keepsEntries(into, v ssa.Value, at ssa.Instruction) {
	m, ok := v.(*ssa.MakeMap)
	if !ok || !mayHoldRows(m.Type().Underlying().(*types.Map).Elem()) {
		return
	}
	to, place := b.place(into, at)
	for _, user := range *m.Referrers() {
		if up, ok := user.(*ssa.MapUpdate); ok && up.Map == m {
			b.keepsAt(to, place, up.Key, b.Frame.At(up.Value, up), up)
		}
	}
}

// finds covers a look into a map or a cache that a field or a package variable holds, by a key
// or, where that is nil, through all of it.
func (b *Body) finds(in, key ssa.Value, at ssa.Instruction) {
	from, place := b.place(in, at)
	if from == nil || place == "" {
		return
	}
	x := unit.Find{In: from, Place: place, Site: b.Sites.At(at.Pos(), at.Pos())}
	if key != nil {
		x.Key = b.Frame.At(key, at)
	}
	b.Fn.Finds = append(b.Fn.Finds, x)
}

// findsEntry is finds of a map whose elements may be rows, or hold what is of one.
func (b *Body) findsEntry(in, key ssa.Value, at ssa.Instruction) {
	m, ok := in.Type().Underlying().(*types.Map)
	if !ok {
		return
	}
	if basic, ok := m.Elem().Underlying().(*types.Basic); ok && basic.Info()&types.IsString == 0 {
		return
	}
	b.finds(in, key, at)
}

// findsWhole covers a look at what a field or a package variable holds that is set as a whole:
// a list, one row, a map that is handed on.
func (b *Body) findsWhole(load *ssa.UnOp) {
	if load.Op != token.MUL || !mayHoldRows(load.Type()) || !takenWhole(load) {
		return
	}
	place := b.ownPlace(holder(load))
	if place == "" || !b.later[place] || slices.ContainsFunc(b.Fn.Finds, func(x unit.Find) bool { return x.Key == nil && x.Place == place }) {
		return
	}
	b.finds(load, nil, load)
}

// mayHoldRows tells the types of rows, and of what holds them. One text of a row is not followed.
func mayHoldRows(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		_, ok := u.Elem().Underlying().(*types.Struct)
		return ok
	case *types.Slice, *types.Map, *types.Struct:
		return true
	}
	return false
}

// takenWhole reports whether what is loaded is more than looked into by a key, which is a find of its
// own, changed or compared.
func takenWhole(load *ssa.UnOp) bool {
	return slices.ContainsFunc(*load.Referrers(), func(by ssa.Instruction) bool {
		switch by := by.(type) {
		case *ssa.Lookup, *ssa.MapUpdate, *ssa.Range, *ssa.BinOp, *ssa.DebugRef:
			return false
		case *ssa.Call:
			_, builtin := by.Call.Value.(*ssa.Builtin)
			return !builtin
		}
		return true
	})
}

// NoteSet notes the fields and package variables that a function sets, but for those of an
// object that it makes itself.
func (s *Shared) NoteSet(fn *ssa.Function) {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			st, ok := instr.(*ssa.Store)
			if !ok || fn.Synthetic != "" { // the initialisation of a package
				continue
			}
			addr := holder(st.Addr)
			if fa, ok := addr.(*ssa.FieldAddr); ok {
				if _, made := fa.X.(*ssa.Alloc); made {
					continue
				}
			}
			if place := placeName(addr); place != "" {
				s.later[place] = true
			}
		}
	}
}

// asCache covers a call that puts something into a library's cache, or looks into it. A
// function that is handed to it is kept there, or called with all that is found.
func (b *Body) asCache(c *callsite.Call) {
	m, calls := c.Model, library.NoRole
	switch m.Role() {
	case library.Keeps:
		b.keeps(c.Recv, c.Arg(m.Args), c.Arg(m.Of), c.Instr)
	case library.Shares:
		to, place := b.place(c.Recv, c.Instr)
		given := &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.ResultStep}}}
		b.keepsAt(to, place, c.Arg(m.Args), given, c.Instr)
		fallthrough // who comes while it runs finds it
	default:
		b.finds(c.Recv, c.Arg(m.Args), c.Instr)
		calls = library.Calls
	}
	if b.values.HandsOver(c) {
		b.keep(c, calls)
		return
	}
	b.uses(c)
}

// place is where what holds others stands: a path to it, and the field or package variable that
// it is in. In a loop that fills it the path is that of the field, not of what it holds by then.
func (b *Body) place(v ssa.Value, at ssa.Instruction) (*term.Path, string) {
	if held, base, steps := behindGetter(v); held != nil {
		if to, ok := b.Frame.At(base, at).(*term.Path); ok {
			return below(to, steps...), b.ownPlace(held)
		}
	}
	switch x := holder(v).(type) {
	case *ssa.Global:
		name := placeName(x)
		return &term.Path{Root: term.Global, Name: name}, name
	case *ssa.FieldAddr:
		name := b.ownPlace(x)
		if name == "" {
			break
		}
		base := b.Frame.At(x.X, at)
		if changed, ok := base.(*term.Struct); ok {
			base = changed.Base
		}
		if p, ok := base.(*term.Path); ok {
			return below(p, fieldStep(x)), name
		}
	}
	to, _ := b.Frame.At(v, at).(*term.Path)
	return to, ""
}

func below(p *term.Path, steps ...term.Step) *term.Path {
	to := *p
	to.Steps = slices.Concat(p.Steps, steps)
	return &to
}

func fieldStep(x *ssa.FieldAddr) term.Step {
	_, field := fieldOwner(x)
	return term.Step{Kind: term.FieldStep, Name: field}
}

// ownPlace is the name of a field of a type of the module, or of a package variable, "" for
// any other address.
func (b *Body) ownPlace(addr ssa.Value) string {
	if fa, ok := addr.(*ssa.FieldAddr); ok {
		if owner, _ := fieldOwner(fa); owner == nil || !b.OwnType(owner) {
			return ""
		}
	}
	return placeName(addr)
}

func placeName(addr ssa.Value) string {
	switch x := addr.(type) {
	case *ssa.Global:
		return x.Pkg.Pkg.Path() + "." + x.Name()
	case *ssa.FieldAddr:
		if owner, field := fieldOwner(x); owner != nil {
			return callsite.TypeName(owner) + "." + field
		}
	}
	return ""
}

// behindGetter is the field that a method which does nothing else gives, the argument whose
// field it is, and the steps from there.
//
//	func (s *server) all() map[string]*row { return s.cache.rows }
func behindGetter(v ssa.Value) (held *ssa.FieldAddr, base ssa.Value, steps []term.Step) {
	call, ok := v.(*ssa.Call)
	if !ok {
		return nil, nil, nil
	}
	fn := call.Call.StaticCallee()
	if fn == nil || len(fn.Blocks) != 1 {
		return nil, nil, nil
	}
	ret, ok := fn.Blocks[0].Instrs[len(fn.Blocks[0].Instrs)-1].(*ssa.Return)
	if !ok || len(ret.Results) != 1 {
		return nil, nil, nil
	}
	for from := ret.Results[0]; ; {
		if load, ok := from.(*ssa.UnOp); ok && load.Op == token.MUL {
			from = load.X
		}
		switch x := from.(type) {
		case *ssa.FieldAddr:
			if held == nil {
				held = x
			}
			steps = append([]term.Step{fieldStep(x)}, steps...)
			from = x.X
		case *ssa.Parameter:
			return held, call.Call.Args[slices.Index(fn.Params, x)], steps
		default:
			return nil, nil, nil
		}
	}
}

// holder is the address that a value is loaded from, that of the outermost field where inner
// ones are embedded.
func holder(v ssa.Value) ssa.Value {
	from := v
	if load, ok := v.(*ssa.UnOp); ok {
		from = load.X
	}
	if fa, ok := from.(*ssa.FieldAddr); ok && embedded(fa) {
		if outer := holder(fa.X); outer != fa.X {
			return outer
		}
	}
	return from
}

func embedded(fa *ssa.FieldAddr) bool {
	t := fa.X.Type().Underlying().(*types.Pointer).Elem()
	s, ok := t.Underlying().(*types.Struct)
	return ok && s.Field(fa.Field).Embedded()
}
