package compile

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// reflects tells the calls by reflection.
func reflects(c *callsite.Call) bool {
	return c.Model != nil && c.Model.Role() == library.Reflects
}

// reflected writes a call by reflection down as one of a function value.
func (b *body) reflected(c *callsite.Call) {
	args, _ := b.f.Elements(c.Args[0], c.Instr)
	b.fn.Calls = append(b.fn.Calls, unit.Call{
		N: c.N, Kind: unit.Dynamic, Value: b.f.At(c.Recv, c.Instr), Signature: unit.Reflected, Args: args,
		Site: b.site(c), If: b.f.Facts(c.Instr.Block()),
	})
}

// messages are what a call of a dispatcher sends.
func (b *body) messages(c *callsite.Call) []unit.Message {
	var out []unit.Message
	for _, m := range b.f.Program.Messages(c) {
		out = append(out, unit.Message{Arg: m.Arg, Elem: m.Elem, Type: m.Type, Value: b.f.At(m.Value, c.Instr)})
	}
	return out
}

// dispatching finds the functions of the package that call by reflection, and
// those that hand what they are given to one that does.
func (c *compiler) dispatching(pkg *ssa.Package) {
	c.dispatchers = map[string]bool{}
	all := declared(pkg)
	for changed := true; changed; {
		changed = false
		for _, fn := range all {
			if sym := callsite.Symbol(fn); fn.Parent() == nil && !c.dispatchers[sym] && takesAny(fn.Signature) && c.handsToReflection(fn) {
				c.dispatchers[sym], changed = true, true
			}
		}
	}
}

// takesAny tells whether a function has a parameter that any message fits.
func takesAny(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		t := v.Type()
		if s, ok := t.Underlying().(*types.Slice); ok {
			t = s.Elem()
		}
		if isAny(t) {
			return true
		}
	}
	return false
}

func isAny(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.NumMethods() == 0
}

func (c *compiler) handsToReflection(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			ci, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			call := c.prog.Classify(ci)
			if reflects(call) || call.Kind == callsite.Static && c.dispatches(call.Symbol) && slices.ContainsFunc(call.Args, isParameter) {
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

// dispatches tells whether a function calls by reflection what its parameters
// choose.
func (c *compiler) dispatches(symbol string) bool {
	path := packageOf(symbol)
	if path == c.u.Path || c.in.Imports == nil {
		return c.dispatchers[symbol]
	}
	imp := c.in.Imports(path)
	return imp != nil && dispatchesIn(imp, symbol, 4)
}

func dispatchesIn(u *unit.Unit, symbol string, depth int) bool {
	for _, fn := range u.Functions {
		if fn.Symbol != symbol || depth == 0 {
			continue
		}
		for i := range fn.Calls {
			call := &fn.Calls[i]
			if call.Signature == unit.Reflected || call.Kind == unit.Static && slices.ContainsFunc(call.Args, isParam) && dispatchesIn(u, call.Symbol, depth-1) {
				return true
			}
		}
	}
	return false
}

func isParam(t term.Term) bool {
	p, ok := t.(*term.Path)
	return ok && p.Root == term.Param
}
