package body

import (
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
	if to == nil || len(to.Steps) == 0 && to.Root != term.Global {
		return
	}
	row := b.Frame.At(v, at)
	if !unit.MayHoldRow(row) {
		return
	}
	k := unit.Keep{Into: to, Place: place, Value: row, Site: b.Sites.At(at.Pos(), at.Pos()), If: b.Frame.Facts(at.Block())}
	if key != nil {
		k.Key = b.Frame.At(key, at)
	}
	b.Fn.Keeps = append(b.Fn.Keeps, k)
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

// asCache covers a call that puts something into a library's cache, or looks into it. A
// function that is handed to it is kept there, or called with all that is found.
func (b *Body) asCache(c *callsite.Call) {
	m, calls := c.Model, library.NoRole
	if m.Role() == library.Keeps {
		b.keeps(c.Recv, c.Arg(m.Args), c.Arg(m.Of), c.Instr)
	} else {
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
	switch x := holder(v).(type) {
	case *ssa.Global:
		name := x.Pkg.Pkg.Path() + "." + x.Name()
		return &term.Path{Root: term.Global, Name: name}, name
	case *ssa.FieldAddr:
		owner, field := fieldOwner(x)
		if owner == nil || !b.OwnType(owner) {
			break
		}
		base := b.Frame.At(x.X, at)
		if changed, ok := base.(*term.Struct); ok {
			base = changed.Base
		}
		if p, ok := base.(*term.Path); ok {
			to := *p
			to.Steps = append(slices.Clone(p.Steps), term.Step{Kind: term.FieldStep, Name: field})
			return &to, callsite.TypeName(owner) + "." + field
		}
	}
	to, _ := b.Frame.At(v, at).(*term.Path)
	return to, ""
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
