package builder

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Hooks. A library may run a function with each statement, and hand it the statement in the
// making: what that adds is added to each of them. Here a handle is an object: whatever it is
// called by, there is one statement.

// Hooked is what a hook has made of the statement of its parameter i where it returns.
func Hooked(f *Builders, i int, ret ssa.Instruction) term.Term {
	param := f.Fn.Params[i]
	use := &hookUse{p: f.Program}
	use.statementOf(param)
	if use.why != "" {
		return term.Why(use.why)
	}
	m := &made{style: f.Program.Lib.Handle(param.Type()) + f.Program.Lib.AnyQuery(param.Type()), base: term.P(i)}
	for _, instr := range inSource(f, use.changes) {
		if !f.Reaches(instr, ret, nil) {
			continue
		}
		c, w := hookClause(f, instr), f.when(instr, ret)
		if c.Word == library.Stopped && w.exact && len(w.facts) == 0 {
			return (&made{style: m.style, base: m.base, list: []*term.Clause{c}}).term()
		}
		m = m.with(conditional([]*term.Clause{c}, w)[0])
	}
	return m.term()
}

// hookClause is what an instruction of a hook adds to its statement.
func hookClause(f *Builders, instr ssa.Instruction) *term.Clause {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return &term.Clause{Word: library.Stopped} // an error is set
	}
	c := f.CallOf(call)
	switch {
	case call.Call.IsInvoke():
		anyEntity := term.Value{Term: &term.Const{Kind: term.Text}}
		return &term.Clause{Word: library.WhereOf, Values: append([]term.Value{anyEntity}, f.rest(c.Args[0], call)...)}
	case c.Kind != callsite.Library:
		fn := call.Call.StaticCallee()
		after := &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.ResultStep, Index: fn.Signature.Results().Len() + f.Program.HookParam(fn)}}}
		return &term.Clause{Word: library.Handed, Values: []term.Value{{Term: after}}}
	case c.Model.Verb == library.Builds:
		return f.clause(c)
	}
	return &term.Clause{Word: library.Stopped} // an error is added
}

// inSource are instructions in the order in which they run.
func inSource(f *Builders, list []ssa.Instruction) []ssa.Instruction {
	if f.order == nil {
		f.order = map[*ssa.BasicBlock]int{}
		f.number(f.Fn.Blocks[0], new(int))
	}
	return slices.SortedStableFunc(slices.Values(list), func(a, b ssa.Instruction) int {
		if x, y := a.Block(), b.Block(); x != y {
			return f.order[y] - f.order[x]
		}
		return f.Position(a) - f.Position(b)
	})
}

// hookUse is what a function does with a statement that it is handed.
type hookUse struct {
	p       *callsite.Program
	depth   int
	changes []ssa.Instruction // that add something, or refuse the statement
	why     string            // what of it is not followed, "" if all is
}

func (h *hookUse) fail(why string) {
	if h.why == "" {
		h.why = why
	}
}

// statementOf follows a statement, as a handle or as a query of any entity.
func (h *hookUse) statementOf(v ssa.Value) {
	if h.p.Lib.AnyQuery(v.Type()) != "" {
		h.query(v)
	} else {
		h.handle(v)
	}
}

// query follows all uses of a query of any entity.
func (h *hookUse) query(v ssa.Value) {
	for _, ref := range *v.Referrers() {
		switch x := ref.(type) {
		case *ssa.DebugRef, *ssa.BinOp:
		case *ssa.ChangeInterface:
			h.query(x)
		case *ssa.TypeAssert:
			h.asserted(x)
		case *ssa.Call:
			h.asked(v, x)
		default:
			h.fail("a query that a hook hands on")
		}
	}
}

// asserted follows a query as one of another interface.
func (h *hookUse) asserted(x *ssa.TypeAssert) {
	if h.p.Lib.AnyQuery(x.AssertedType) == "" {
		h.fail("a query that a hook asks for its type")
		return
	}
	if !x.CommaOk {
		h.query(x)
		return
	}
	for _, ref := range *x.Referrers() {
		if e, ok := ref.(*ssa.Extract); ok && e.Index == 0 {
			h.query(e)
		}
	}
}

// asked follows a call with a query, or of it: one that gives a text tells something.
func (h *hookUse) asked(v ssa.Value, call *ssa.Call) {
	if call.Call.IsInvoke() && call.Call.Value == v {
		sig := call.Call.Signature()
		tells := sig.Params().Len() == 0 && sig.Results().Len() == 1 && callsite.IsBasic(sig.Results().At(0).Type(), types.IsString)
		switch {
		case h.p.Lib.Narrows(call.Call.Method):
			h.changes = append(h.changes, call)
		case !tells:
			h.fail("a hook that calls " + call.Call.Method.Name() + " of a query")
		}
		return
	}
	fn := call.Call.StaticCallee()
	if fn == nil || len(fn.Blocks) == 0 {
		h.fail("a query that a hook hands on")
		return
	}
	h.helper(v, call, fn)
}

// handle follows all uses of a handle of the statement.
func (h *hookUse) handle(v ssa.Value) {
	for _, ref := range *v.Referrers() {
		switch x := ref.(type) {
		case *ssa.DebugRef, *ssa.BinOp:
		case *ssa.FieldAddr:
			h.field(v, x)
		case *ssa.Call:
			h.call(v, x)
		default:
			h.fail("a statement that a hook hands on")
		}
	}
}

// field follows a field of a handle: the statement, an error that is set, or what is beside
// both.
func (h *hookUse) field(v ssa.Value, addr *ssa.FieldAddr) {
	part, _ := h.p.Lib.HookPart(callsite.Named(v.Type()).Obj().Pkg().Path())
	for _, ref := range *addr.Referrers() {
		switch x := ref.(type) {
		case *ssa.DebugRef:
		case *ssa.UnOp:
			if callsite.FieldOf(addr) == part {
				h.statement(x)
			}
		case *ssa.Store:
			m := h.p.Lib.Field(callsite.TypeName(callsite.Deref(addr.X.Type())) + "." + callsite.FieldOf(addr))
			if m == nil || m.Verb != library.Row || m.Kind != "err" || callsite.IsNilConst(x.Val) {
				h.fail("a field of a handle that a hook sets")
				continue
			}
			h.changes = append(h.changes, x)
		default:
			h.fail("a field of a handle that a hook hands on")
		}
	}
}

// statement follows the statement in a handle: what of it is only read, and its methods.
func (h *hookUse) statement(v ssa.Value) {
	for _, ref := range *v.Referrers() {
		switch x := ref.(type) {
		case *ssa.DebugRef, *ssa.BinOp:
		case *ssa.Call:
			h.call(v, x)
		case *ssa.FieldAddr:
			h.part(v, x)
		default:
			h.fail("a statement that a hook hands on")
		}
	}
}

// part follows a field of the statement: its handle once more, or what tells something.
func (h *hookUse) part(v ssa.Value, addr *ssa.FieldAddr) {
	path, name := callsite.Named(v.Type()).Obj().Pkg().Path(), callsite.FieldOf(addr)
	_, reads := h.p.Lib.HookPart(path)
	handle := h.p.Lib.Handle(callsite.Deref(addr.Type())) != ""
	asked := slices.Contains(h.p.Lib.HookAsks(path), name)
	if !callsite.IsRead(addr) || !handle && !slices.Contains(reads, name) && !(asked && onlyAsked(h.p, addr, map[ssa.Value]bool{})) {
		h.fail("what a hook does with " + name + " of a statement")
		return
	}
	if !handle {
		return
	}
	for _, ref := range *addr.Referrers() {
		if load, ok := ref.(*ssa.UnOp); ok {
			h.handle(load)
		}
	}
}

// onlyAsked reports whether a value, and what it leads to, is only looked at: compared, looked
// up in, or asked by a method that is known to change nothing.
func onlyAsked(p *callsite.Program, v ssa.Value, seen map[ssa.Value]bool) bool {
	if _, basic := v.Type().Underlying().(*types.Basic); basic || seen[v] || v.Referrers() == nil {
		return true
	}
	seen[v] = true
	return !slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool {
		switch x := ref.(type) {
		case *ssa.DebugRef, *ssa.BinOp:
			return false
		case *ssa.FieldAddr, *ssa.Field, *ssa.UnOp, *ssa.Lookup, *ssa.Extract, *ssa.Index, *ssa.IndexAddr, *ssa.Range, *ssa.Next, *ssa.Phi:
			return !onlyAsked(p, x.(ssa.Value), seen)
		case *ssa.Call:
			c := p.Classify(x)
			if c.Kind == callsite.Builtin && c.Symbol == "len" {
				return false
			}
			asks := c.Model != nil && (c.Model.Verb == library.Ignore || c.Model.Verb == library.Starts)
			return !asks || c.Recv != v || !onlyAsked(p, x, seen)
		}
		return true
	})
}

// call follows a call with the handle, or of it.
func (h *hookUse) call(v ssa.Value, instr *ssa.Call) {
	c := h.p.Classify(instr)
	if fn := instr.Call.StaticCallee(); fn != nil && len(fn.Blocks) > 0 && c.Kind == callsite.Static {
		h.helper(v, instr, fn)
		return
	}
	m := c.Model
	if c.Kind != callsite.Library || m == nil || c.Recv != v {
		h.fail("a statement that a hook hands to " + callsite.CalleeOf(c))
		return
	}
	switch m.Verb {
	case library.Builds:
		h.built(m, instr)
	case library.Same:
		if m.At >= 0 { // an error is added
			h.changes = append(h.changes, instr)
		}
	case library.Starts, library.Ignore:
	default:
		h.fail("a hook that calls " + c.Symbol)
	}
}

// built follows a call that adds something: what it gives is the statement again, unless it
// begins another one.
func (h *hookUse) built(m *library.Model, instr *ssa.Call) {
	switch m.Kind {
	case library.Session, library.InContext:
		return
	case library.Setting:
	default:
		h.changes = append(h.changes, instr)
	}
	if h.p.Lib.Handle(instr.Type()) != "" {
		h.handle(instr)
	}
}

// maxHelpers is how deep functions of the package are followed that are handed a statement.
const maxHelpers = 3

// helper follows a function of the package that is handed the statement: one that only looks
// at it changes nothing.
func (h *hookUse) helper(v ssa.Value, instr *ssa.Call, fn *ssa.Function) {
	for i, a := range instr.Call.Args {
		if a != v {
			continue
		}
		use := &hookUse{p: h.p, depth: h.depth + 1}
		if statement := h.p.Lib.Handle(v.Type()) + h.p.Lib.AnyQuery(v.Type()); use.depth <= maxHelpers && statement != "" && i < len(fn.Params) {
			use.statementOf(fn.Params[i])
		} else {
			use.why = "too deep"
		}
		switch {
		case use.why == "" && len(use.changes) == 0:
		case h.p.HookParam(fn) == i:
			h.changes = append(h.changes, instr)
		default:
			h.fail("a statement that a hook hands to " + fn.Name())
		}
	}
}
