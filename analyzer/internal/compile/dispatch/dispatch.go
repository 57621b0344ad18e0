// Package dispatch finds the functions that call by reflection what their parameters
// choose: a command bus, whose call is one of the handlers of its message.
//
// It sees what a function does itself, and what it hands to another dispatcher; those
// of imported packages are told by their units.
package dispatch

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Reflects tells the calls by reflection.
func Reflects(c *callsite.Call) bool {
	return c.Model != nil && c.Model.Role() == library.Reflects
}

// Dispatchers are the functions that call by reflection what their parameters choose.
type Dispatchers struct {
	p    *source.Package
	here map[string]bool // of the package
}

// New knows those of the packages that are imported.
func New(p *source.Package) *Dispatchers {
	return &Dispatchers{p: p, here: map[string]bool{}}
}

// Find finds the functions of the package that call by reflection, and those that
// hand what they are given to one that does.
func (d *Dispatchers) Find(prog *callsite.Program, all []*ssa.Function) {
	for changed := true; changed; {
		changed = false
		for _, fn := range all {
			if sym := callsite.Symbol(fn); fn.Parent() == nil && !d.here[sym] && takesAny(fn.Signature) && d.handsToReflection(prog, fn) {
				d.here[sym], changed = true, true
			}
		}
	}
}

// takesAny reports whether a function has a parameter that any message fits.
func takesAny(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		t := v.Type()
		if s, ok := t.Underlying().(*types.Slice); ok {
			t = s.Elem()
		}
		if source.IsAny(t) {
			return true
		}
	}
	return false
}

func (d *Dispatchers) handsToReflection(prog *callsite.Program, fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			ci, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			call := prog.Classify(ci)
			if Reflects(call) || call.Kind == callsite.Static && d.Calls(call.Symbol) && slices.ContainsFunc(call.Args, isParameter) {
				return true
			}
		}
	}
	return false
}

func isParameter(v ssa.Value) bool {
	_, ok := v.(*ssa.Parameter)
	return ok
}

// Calls reports whether a function calls by reflection what its parameters
// choose.
func (d *Dispatchers) Calls(symbol string) bool {
	path := unit.PackageOf(symbol)
	if path == d.p.Unit.Path || d.p.Imports == nil {
		return d.here[symbol]
	}
	imp := d.p.Imports(path)
	return imp != nil && dispatchesIn(imp, symbol, 4)
}

func dispatchesIn(u *unit.Unit, symbol string, depth int) bool {
	fn := u.Function(symbol)
	if fn == nil || depth == 0 {
		return false
	}
	for i := range fn.Calls {
		call := &fn.Calls[i]
		if call.Signature == unit.Reflected || call.Kind == unit.Static && slices.ContainsFunc(call.Args, isParam) && dispatchesIn(u, call.Symbol, depth-1) {
			return true
		}
	}
	return false
}

func isParam(t term.Term) bool {
	p, ok := t.(*term.Path)
	return ok && p.Root == term.Param
}
