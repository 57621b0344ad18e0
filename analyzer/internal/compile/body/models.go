package body

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// models notes the struct types that a call hands to a library which reads them as tables.
func (b *Body) models(c *callsite.Call) {
	if lib := b.Library.Package(unit.PackageOf(c.Symbol)); lib == nil || lib.ORM == nil {
		return
	}
	for _, a := range c.Args {
		b.model(a)
		for _, x := range callsite.Elements(a) {
			if x != nil {
				b.model(x)
			}
		}
	}
	if fn := c.Instr.Common().StaticCallee(); fn != nil {
		for _, t := range fn.TypeArgs() {
			b.used(t)
		}
	}
}

func (b *Body) model(v ssa.Value) { b.used(callsite.Behind(v).Type()) }

func (b *Body) used(t types.Type) {
	if n := callsite.RowType(t); n != nil && n.Obj().Pkg() != nil && b.InModule(n.Obj().Pkg().Path()) {
		b.Package.Used[n.Obj()] = true
	}
}
