package builder

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/cfg"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Handles. Whether a handle is a root, this function often does not know: its callers do.
// So each call's result is taken as a value of its own, which it is of a root, and of a
// handle that is used once; where another call may have changed the handle before, the
// clause "again" says so, and means nothing of a root.

// Ended is what a call runs: what its receiver builds, and what the call itself adds.
func (f *Builders) Ended(c *callsite.Call) term.Term {
	known := f.known
	f.known, f.runs = []map[ssa.Value]*made{{}}, c.Instr
	defer func() { f.known, f.runs = known, nil }()
	if !f.Program.Lib.Typed(c.Model) {
		return f.endedObject(c)
	}
	recv := f.receiver(c).styled(f.Program.Lib.StyleOf(c.Model))
	if atHandle(f, c) {
		recv = f.upToDate(c, recv)
	}
	if about := rowsOf(c.Recv); about != nil {
		recv = recv.with(about)
	}
	return recv.with(f.typed(c, c.Model.Ends)).term()
}

// atHandle reports whether a call is one of a handle, which it may change.
func atHandle(f *Builders, c *callsite.Call) bool {
	return f.Program.Lib.OfHandle(c.Model) && c.Recv != nil && f.Program.Lib.Handle(c.Recv.Type()) != ""
}

// rowsOf is the type of the rows that a builder of a generic type is about, as a clause; nil
// for any other one.
func rowsOf(v ssa.Value) *term.Clause {
	if v == nil {
		return nil
	}
	n, ok := types.Unalias(v.Type()).(*types.Named)
	if !ok || n.TypeArgs().Len() != 1 || !types.IsInterface(n) {
		return nil
	}
	return &term.Clause{Word: library.RowsAre, Values: []term.Value{{Term: term.ZeroTerm(), Form: term.AsModel, Type: callsite.TypeArg(n.TypeArgs().At(0))}}}
}

// endedObject is what a call runs of an object, or what it begins and runs at once.
func (f *Builders) endedObject(c *callsite.Call) term.Term {
	m := &made{style: f.Program.Lib.StyleOf(c.Model)}
	if f.isObject(c.Recv) {
		m = f.object(c.Recv, c.Instr)
	}
	m = m.styled(f.Program.Lib.StyleOf(c.Model)).with(f.clause(c))
	if ctx := contextOf(f, c); ctx != nil && m.style == "ent" {
		m = m.with(ctx)
	}
	return m.term()
}

// contextOf is the context in which a call runs a statement, as a clause; nil if it has none.
func contextOf(f *Builders, c *callsite.Call) *term.Clause {
	for _, a := range c.Args {
		if library.IsContext(a.Type()) {
			return &term.Clause{Word: library.InContext, Values: []term.Value{{Term: f.inside(a, c.Instr)}}}
		}
	}
	return nil
}

// receiver is what the receiver of a call that runs a statement builds: nothing, if it is a
// connection that begins one with each call.
func (f *Builders) receiver(c *callsite.Call) *made {
	v := c.Recv
	if load, ok := v.(*ssa.UnOp); ok && f.isObject(load.X) { // a method of what it points to
		v = load.X
	}
	if !f.isObject(v) && f.Program.Lib.Builder(v.Type()) == nil && f.Program.Lib.Handle(v.Type()) == "" {
		return prefixed(f, c)
	}
	return f.of(v, c.Instr)
}

// upToDate is what a handle builds where a call is made of it.
func (f *Builders) upToDate(c *callsite.Call, m *made) *made {
	if !f.ChangedBefore(c.Recv, c.Instr) {
		return m
	}
	return m.styled(f.Program.Lib.StyleOf(c.Model)).with(&term.Clause{Word: library.Again})
}

// ChangedBefore reports whether another use of a handle may have changed it before one.
func (f *Builders) ChangedBefore(v ssa.Value, at ssa.Instruction) bool {
	if f.isRoot(v) {
		return false
	}
	for _, same := range f.names(v) {
		for _, ref := range *same.Referrers() {
			if f.mayChange(ref, same, v, at) && follows(v, ref, at) {
				return true
			}
		}
	}
	return slices.ContainsFunc(captured(v), func(mc ssa.Instruction) bool { return follows(v, mc, at) })
}

// mayChange reports whether an instruction that uses a handle may change it, or lets
// another one do so.
func (f *Builders) mayChange(ref ssa.Instruction, v, recv ssa.Value, at ssa.Instruction) bool {
	switch ref := ref.(type) {
	case ssa.CallInstruction:
		return f.changes(f.Program.Classify(ref), v, ref == at)
	case *ssa.MakeClosure: // a method of it, as a value
		return true
	case *ssa.Store: // it has another name
		return ref.Val == v && v == recv
	}
	return false
}

// captured are the closures that see the variable which a handle is read from.
func captured(v ssa.Value) []ssa.Instruction {
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return nil
	}
	alloc, ok := load.X.(*ssa.Alloc)
	if !ok {
		return nil
	}
	var out []ssa.Instruction
	for _, ref := range *alloc.Referrers() {
		if mc, ok := ref.(*ssa.MakeClosure); ok {
			out = append(out, mc)
		}
	}
	return out
}

// isRoot tells a handle that begins a statement with each call, whatever it was built
// upon.
func (f *Builders) isRoot(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	m := f.Program.Classify(call).Model
	return f.Program.Lib.OfHandle(m) && (m.Verb == library.Same || m.Kind == library.Session || m.Kind == library.InContext)
}

// names are the values that are one handle: that itself, or all that are read from where
// it is read from.
func (f *Builders) names(v ssa.Value) []ssa.Value {
	if v.Referrers() == nil {
		return nil
	}
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return []ssa.Value{v}
	}
	at := f.Of(load.X)
	var out []ssa.Value
	for _, b := range f.Fn.Blocks {
		for _, instr := range b.Instrs {
			x, ok := instr.(*ssa.UnOp)
			if !ok || x.Op != load.Op || f.Program.Lib.Handle(x.Type()) == "" {
				continue
			}
			if p := f.Of(x.X); p.Base == at.Base && (slices.Equal(p.Path, at.Path) || slices.ContainsFunc(p.Path, isElement) && slices.ContainsFunc(at.Path, isElement)) {
				out = append(out, x)
			}
		}
	}
	return out
}

func isElement(s place.Step) bool { return s.Elem }

// changes reports whether a call may change a handle that it gets: it adds a clause, or it
// is of the module and gets it as an argument. A call that reads and says nothing of what
// it reads leaves it as it is.
func (f *Builders) changes(other *callsite.Call, v ssa.Value, itself bool) bool {
	m := other.Model
	if m == nil || other.Kind != callsite.Library {
		return !itself && slices.Contains(other.All(), v)
	}
	if !f.Program.Lib.OfHandle(m) || other.Recv != v {
		return false
	}
	switch m.Verb {
	case library.Builds:
		return !f.storedBack(other, v)
	case library.Runs:
		return m.Ends != "" && (m.Kind == "exec" || len(other.Args) > 1 && inline(other))
	}
	return false
}

// storedBack tells a handle that is set to what a call of it gives: q = q.Where(…). What
// is read from the variable afterwards is that.
func (f *Builders) storedBack(c *callsite.Call, v ssa.Value) bool {
	load, ok := v.(*ssa.UnOp)
	result, isCall := c.Instr.(*ssa.Call)
	return ok && isCall && slices.ContainsFunc(*result.Referrers(), func(ref ssa.Instruction) bool {
		st, ok := ref.(*ssa.Store)
		return ok && st.Addr == load.X
	})
}

// inline tells a call that has conditions among its arguments.
func inline(c *callsite.Call) bool {
	list, ok := c.Args[len(c.Args)-1].(*ssa.Const)
	return !ok || !list.IsNil()
}

// follows reports whether an instruction may run after another one, on the same handle:
// without coming by where that comes to be.
func follows(handle ssa.Value, first, then ssa.Instruction) bool {
	from, to := first.Block(), then.Block()
	if from == to && slices.Index(from.Instrs, first) < slices.Index(from.Instrs, then) {
		return true
	}
	def, ok := handle.(ssa.Instruction)
	if !ok {
		return cfg.Leads(from, to)
	}
	return def.Block() != to && cfg.Leads(from, to, def.Block())
}
