package memory

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/lent"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Some functions of libraries change what they are handed: they sort a list, or write
// into the request. What is read by the same name before and after is not the same.

// reorders records that the elements of a list may stand anywhere in it from here on.
func (f *Memory) reorders(c *callsite.Call) {
	list := c.Arg(c.Model.At)
	if list == nil {
		return
	}
	any := place.Step{Elem: true, Index: -1}
	p := f.Of(list).Then(any)
	f.write(p.Base, Event{Instr: c.Instr, Path: p.Path, Weak: true, Order: true, Gives: func(x evaluation, _ term.Term) term.Term {
		return f.Another(place.Pick(x.Value(list, c.Instr), []place.Step{any}), c.Symbol)
	}})
}

// answered records what handlers leave in the messages of a list.
func (f *Memory) answered(c *callsite.Call) {
	if c.Kind != callsite.Static {
		return
	}
	for _, m := range f.Program.Messages(c) {
		if _, ok := m.Value.Type().Underlying().(*types.Pointer); !ok || m.Elem < 0 {
			continue
		}
		p := f.Of(m.Value)
		after := &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.ResultStep, Index: c.Sig.Results().Len() + len(c.All()) + m.Elem}}}
		f.write(p.Base, Event{Instr: c.Instr, Path: p.Path, Gives: func(evaluation, term.Term) term.Term { return after }})
	}
}

// effects records what a library call writes through its arguments.
func (f *Memory) effects(c *callsite.Call) {
	f.changes(c)
	lentTo(f, c)
	switch {
	case c.Kind == callsite.Builtin && c.Symbol == "copy" && len(c.Args) == 2:
		p := f.Of(c.Args[0]).Then(place.Step{Elem: true, Index: -1})
		f.write(p.Base, Event{Instr: c.Instr, Path: p.Path, Weak: true, Gives: func(x evaluation, _ term.Term) term.Term {
			return place.Pick(x.Value(c.Args[1], c.Instr), p.Path[len(p.Path)-1:])
		}})
	case c.Kind == callsite.Builtin && c.Symbol == "append" && len(c.Args) == 2:
		f.overwrites(c)
	case c.Kind == callsite.Builtin && c.Symbol == "clear":
		f.writeUnknown(c, f.Of(c.Args[0]).Then(anyElement))
	case c.Kind != callsite.Library:
		f.lends(c)
		f.returned(c)
		f.answered(c)
	case c.Model == nil || c.Model.Role() == library.Reflects:
		f.escapes(c)
	case isDelivery(c):
		delivers(f, c)
	case c.Model.Verb == library.Runs && c.Model.Into != library.None:
		rows := &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.PseudoStep, Name: "rows"}}}
		many := c.Model.Kind == "query" && (!f.Program.Lib.OfHandle(c.Model) || callsite.Many(callsite.Behind(c.Arg(c.Model.Into)).Type()))
		f.loads(c, c.Model.Into, many, func(evaluation) term.Term { return rows })
	case c.Model.Verb == library.Scans && c.Model.By != "":
		f.loads(c, c.Model.At, c.Model.By == "all", func(x evaluation) term.Term { return x.Value(callsite.RowsOf(c), c.Instr) })
	case c.Model.Verb == library.Scans:
		f.scans(c, c.Model.At, func(x evaluation) term.Term { return x.Value(c.Recv, c.Instr) })
	case c.Runs() && c.Model.Dest != library.None:
		f.scans(c, c.Model.Dest, func(evaluation) term.Term {
			return &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.PseudoStep, Name: "rows"}}}
		})
	case c.Model.Verb == library.Changes && c.Model.By == "order":
		f.reorders(c)
	case c.Model.Verb == library.Changes && callsite.IsMap(c.Arg(c.Model.At)): // url.Values.Set
		f.writeUnknown(c, f.Of(c.Arg(c.Model.At)).Then(anyElement))
	case c.Model.Verb == library.Fills:
		f.fills(c, c.Model.At)
	case c.Model.Verb == library.Builds && c.Model.Dest != library.None:
		for _, v := range c.Listed(c.Model.Dest) {
			f.writeUnknown(c, f.Of(callsite.Behind(v)))
		}
	case c.Model.Text().Writes():
		f.writesText(c)
	case c.Model.Verb == library.Gives && c.Model.Kind == "claims" && c.Model.Of != library.None:
		f.fills(c, c.Model.Of)
	}
}

// lentTo records that what was never set of the variables that a call can reach may be set,
// and that nobody knows what is left in those that it is seen to write.
func lentTo(f *Memory, c *callsite.Call) {
	if c.Kind == callsite.Builtin || c.Model != nil && !(c.Model.Ends == library.LoadsRelated && c.Model.Into == library.None) {
		return
	}
	for i := range c.All() {
		for _, way := range f.Program.WrittenByMethod(f.Fn, c, i) {
			f.writeUnknown(c, below(f.Of(c.All()[i]), way))
		}
		vars := lent.Reached(c, i)
		if len(vars) > 0 && f.Program.WritesBelow(f.Fn, c, i) {
			for _, v := range vars {
				f.writeUnknown(c, place.Place{Base: v})
			}
		}
		refilled(f, c.Instr, vars, "written by "+callsite.CalleeOf(c))
	}
}

// leftElsewhere records the same of variables that are left where others find them.
func leftElsewhere(f *Memory, at ssa.Instruction, where place.Place, v ssa.Value) {
	switch where.Base.(type) {
	case *ssa.Alloc, *ssa.MakeMap, *ssa.MakeSlice:
	default:
		refilled(f, at, lent.From(v), "left where others find it")
	}
}

func refilled(f *Memory, at ssa.Instruction, vars []*ssa.Alloc, reason string) {
	for _, v := range vars {
		if !f.isObject(v) {
			f.write(v, Event{Instr: at, Below: deep, Empty: reason})
		}
	}
}

// overwrites records that append to a part of a list writes over what stands behind that
// part. What it only moves to the front, as a filter in place does, was there before.
//
//	_ = append(ids[:0], other)
func (f *Memory) overwrites(c *callsite.Call) {
	for _, part := range callsite.CutOff(c.Args[0]) {
		p := f.Of(part.X).Then(anyElement)
		moves := f.MovesWithin(part, callsite.Elements(c.Args[1]))
		f.write(p.Base, Event{Instr: c.Instr, Path: p.Path, Weak: true, Order: moves, Gives: func(x evaluation, _ term.Term) term.Term {
			if moves {
				return f.Another(place.Pick(x.Value(part.X, c.Instr), []place.Step{anyElement}), c.Symbol)
			}
			return place.Pick(x.Value(c.Args[1], c.Instr), []place.Step{anyElement})
		}})
	}
}

// writesText records a write to a text buffer.
func (f *Memory) writesText(c *callsite.Call) {
	buffer := c.Recv
	if buffer == nil && len(c.Args) > 0 {
		buffer = c.Args[0] // fmt.Fprintf(&buffer, …)
	}
	p := f.Of(buffer)
	f.write(p.Base, Event{Instr: c.Instr, Path: p.Path, Gives: func(x evaluation, before term.Term) term.Term { return x.Text(c, before) }})
}

// lends notes that a function of the module got a text buffer, and may write to
// it.
func (f *Memory) lends(c *callsite.Call) {
	for _, arg := range c.All() {
		if f.Program.IsBuffer(arg) {
			p := f.Of(arg)
			f.write(p.Base, Event{Instr: c.Instr, Path: p.Path, Weak: true, Gives: func(evaluation, term.Term) term.Term {
				return term.Why("written by a callee")
			}})
		}
	}
}

// scans stores column k of the row into destination k, the arguments from position at on.
func (f *Memory) scans(c *callsite.Call, at int, rows func(evaluation) term.Term) {
	scansInto(f, c, callsite.Spread(c, at), rows)
}

func scansInto(f *Memory, c *callsite.Call, dests []ssa.Value, rows func(evaluation) term.Term) {
	for k, d := range dests {
		if d == nil {
			continue
		}
		p := f.Of(d)
		f.write(p.Base, Event{Instr: c.Instr, Path: p.Path, Try: &Attempt{Call: c, Failed: algebra.Untouched}, Gives: func(x evaluation, _ term.Term) term.Term {
			column := algebra.Column(rows(x), term.Step{Kind: term.ColumnStep, Index: k})
			if column == nil || f.ReadOnce(c) {
				return column
			}
			return place.Marked(column, f.Again(c)+1) // another row
		}})
	}
}

// loads stores a row, or all of them, by the names of the columns. A map is taken to
// hold nothing else afterwards: an entry that no column names is not known.
func (f *Memory) loads(c *callsite.Call, at int, many bool, rows func(evaluation) term.Term) {
	dest := c.Arg(at)
	if dest == nil {
		return
	}
	if list := f.Gathered(dest); list != nil {
		scansInto(f, c, list, rows)
		return
	}
	loadsInto(f, c, dest, many, false, rows)
}

// fills stores what was decoded; fields that a decoder leaves out stay.
func (f *Memory) fills(c *callsite.Call, at int) {
	if c.Sig.Variadic() && at == len(c.Args)-1 { // fmt.Sscan
		for _, dest := range callsite.Spread(c, at) {
			f.fillsOne(c, dest)
		}
		return
	}
	f.fillsOne(c, c.Arg(at))
}

func (f *Memory) fillsOne(c *callsite.Call, dest ssa.Value) {
	if dest == nil {
		return
	}
	p := f.Of(dest)
	_, isMap := dest.Type().Underlying().(*types.Map) // maps.Copy: entries are added
	f.write(p.Base, Event{Instr: c.Instr, Path: p.Path, Weak: isMap, Below: deep, Try: f.attemptOf(c), Gives: func(x evaluation, before term.Term) term.Term {
		return f.KeepHidden(p, before, x.Decoded(c))
	}})
}

// escapes notes that a library function without a model got the address of a variable:
// it may have written there. What the function was itself handed it may fill only where
// it takes anything, as decoders do.
func (f *Memory) escapes(c *callsite.Call) {
	for i, arg := range c.All() {
		p := f.Of(arg)
		switch p.Base.(type) {
		case *ssa.Alloc:
			if !callsite.PointerArg(arg) {
				continue
			}
		case *ssa.Parameter, *ssa.FreeVar:
			if !callsite.TakesAnything(c, i) || !callsite.MayPoint(arg) || f.dispatches() {
				continue
			}
		default:
			continue
		}
		f.write(p.Base, Event{Instr: c.Instr, Path: p.Path, Weak: true, Below: deep, Gives: func(evaluation, term.Term) term.Term {
			return term.Why("escapes to " + c.Symbol)
		}})
	}
}

// dispatches reports whether the function itself calls by reflection what it is handed:
// what that leaves in a message is seen where the message is sent.
func (f *Memory) dispatches() bool {
	return f.Program.Dispatches != nil && f.Program.Dispatches(callsite.Symbol(f.Fn))
}

// attemptOf is how a call that decodes may fail.
func (f *Memory) attemptOf(c *callsite.Call) *Attempt {
	if c.Model.Verb == library.Gives {
		return &Attempt{Call: c, Failed: algebra.Unverified}
	}
	return &Attempt{Call: c, Failed: algebra.NotDecoded}
}

// returned records what a call leaves in the local variables whose addresses it got.
func (f *Memory) returned(c *callsite.Call) {
	f.handedOn(c)
	f.writtenByReceiver(c)
	for i, arg := range c.All() {
		if c.Kind == callsite.Dynamic && callsite.PointerArg(arg) && !f.Program.OutArg(c, i) {
			f.mayWrite(c, i, arg)
			continue
		}
		if f.Program.WritesThrough(c, i) {
			f.mayWriteBelow(c, arg)
			continue
		}
		if !callsite.PointerArg(arg) && !callsite.IsMap(arg) && !f.Program.IsHanded(arg) || !f.Program.OutArg(c, i) || f.isObject(arg) {
			continue
		}
		p := f.Of(arg)
		after := &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.ResultStep, Index: c.Sig.Results().Len() + i}}}
		f.write(p.Base, Event{Instr: c.Instr, Path: p.Path, Below: object, ways: f.waysOf(c, i), Gives: func(_ evaluation, before term.Term) term.Term {
			return f.KeepHidden(p, before, after)
		}})
	}
}

// waysOf are the parts that a function of the package writes of what a pointer in its
// parameter leads to.
func (f *Memory) waysOf(c *callsite.Call, i int) (ways [][]place.Step) {
	fn := c.Instr.Common().StaticCallee()
	if fn == nil || len(fn.Blocks) == 0 {
		return nil
	}
	for _, way := range f.Program.WrittenBy(fn, i) {
		if len(way) > 1 {
			ways = append(ways, below(place.Place{}, way).Path)
		}
	}
	return ways
}

// handedOn records that a function of the module got the addresses of local variables in
// a list of anything: what it hands them to is not seen, and may be a scan.
func (f *Memory) handedOn(c *callsite.Call) {
	last := len(c.Args) - 1
	if !c.Sig.Variadic() || last < 0 || c.Kind == callsite.Builtin {
		return
	}
	for _, v := range callsite.Elements(c.Args[last]) {
		if v != nil && callsite.PointerArg(v) {
			f.mayWriteLocal(c, v)
		}
	}
}

// mayWriteBelow records that a call may write to what a value leads to: the elements of
// a list, or what the pointers in a struct point to.
func (f *Memory) mayWriteBelow(c *callsite.Call, v ssa.Value) {
	st, isStruct := v.Type().Underlying().(*types.Struct)
	if !isStruct {
		p := f.Of(v)
		if _, list := v.Type().Underlying().(*types.Slice); list {
			p = p.Then(place.Step{Elem: true, Index: -1})
		}
		f.writeUnknown(c, p)
		return
	}
	from := f.holder(v)
	for i := range st.NumFields() {
		to, ok := st.Field(i).Type().Underlying().(*types.Pointer)
		if !ok {
			continue
		}
		inner, ok := to.Elem().Underlying().(*types.Struct)
		if !ok {
			continue
		}
		for k := range inner.NumFields() {
			f.writeUnknown(c, from.Then(place.Step{Field: st.Field(i).Name()}).Then(place.Step{Field: inner.Field(k).Name()}))
		}
	}
}

// mayWrite records that a function value may write what a pointer leads to that it is
// handed: a functional option, a closure. One that is known is looked at.
func (f *Memory) mayWrite(c *callsite.Call, i int, v ssa.Value) {
	if fn, _ := callsite.KeyFunction(c.Instr.Common().Value); fn != nil && !f.Program.Writes(fn, i) {
		return
	}
	_, loaded := v.(*ssa.UnOp) // a pointer that a variable holds
	if local := isLocal(f.Of(v).Base); (loaded || !local) && !f.Program.OfModule(v.Type()) {
		return
	}
	f.writeUnknown(c, f.Of(v))
}

// mayWriteLocal records that a call may write the local variable that a pointer leads to:
// what is handed on to a scan.
func (f *Memory) mayWriteLocal(c *callsite.Call, v ssa.Value) {
	if p := f.Of(v); isLocal(p.Base) {
		f.writeUnknown(c, p)
	}
}

func isLocal(base ssa.Value) bool {
	_, ok := base.(*ssa.Alloc)
	return ok
}

// writtenByReceiver records that a method of an interface may write its receiver: of the
// value in the interface, where that is seen, else of what the package has for it.
//
//	var s setter = v; s.set(x)         // writes v
func (f *Memory) writtenByReceiver(c *callsite.Call) {
	if c.Kind != callsite.Interface || c.Recv == nil {
		return
	}
	m := c.Instr.Common().Method
	made := callsite.MadeInterfaces(c.Recv)
	for _, made := range made {
		if _, pointer := made.X.Type().Underlying().(*types.Pointer); !pointer {
			continue
		}
		if method := f.Fn.Prog.LookupMethod(made.X.Type(), m.Pkg(), m.Name()); method != nil && f.Program.Writes(method, 0) {
			writeWays(f, c, f.Program.WrittenBy(method, 0))
		}
	}
	if len(made) == 0 && f.Fn.Pkg != nil {
		writeWays(f, c, f.Program.WritesReceiver(f.Fn, m))
	}
}

// writeWays records that nobody knows what a method leaves at some parts of its receiver.
func writeWays(f *Memory, c *callsite.Call, ways [][]string) {
	for _, way := range ways {
		f.writeUnknown(c, below(f.Of(c.Recv), way))
	}
}

// writeUnknown records that nobody knows what a call leaves at a place.
func (f *Memory) writeUnknown(c *callsite.Call, p place.Place) {
	f.write(p.Base, Event{Instr: c.Instr, Path: p.Path, Weak: true, Below: deep, Gives: func(evaluation, term.Term) term.Term {
		return term.Why("written by " + callsite.CalleeOf(c))
	}})
}

func (f *Memory) isObject(v ssa.Value) bool { return f.Program.IsObject(callsite.Behind(v).Type()) }

// changes records what a call does to the objects among its receiver and arguments.
func (f *Memory) changes(c *callsite.Call) {
	for i, arg := range c.All() {
		if !f.isObject(arg) {
			continue
		}
		if holder := callsite.HeldBy(arg); holder != nil && f.isObject(holder) && c.Changes(i) {
			f.change(holder, c.Instr, &Change{Why: "changed through a field of it"})
			continue
		}
		switch {
		case c.Changes(i) && !isNow(c.Instr):
			f.change(arg, c.Instr, &Change{Why: "changed by a call that runs later"})
		case c.Ends(i):
			f.change(arg, c.Instr, &Change{Call: c, Arg: Ends})
		case c.Adds(i):
			f.change(arg, c.Instr, &Change{Call: c, Arg: Adds})
		case !c.Changes(i):
		case c.Kind == callsite.Library:
			f.change(arg, c.Instr, &Change{Why: "handed to " + c.Symbol})
		default:
			f.change(arg, c.Instr, &Change{Call: c, Arg: i})
		}
	}
}

// isNow tells a call that runs where it stands.
func isNow(instr ssa.CallInstruction) bool {
	_, ok := instr.(*ssa.Call)
	return ok
}

func (f *Memory) change(v ssa.Value, at ssa.Instruction, x *Change) {
	p := f.Of(v).Then(place.Step{Field: place.Built})
	f.write(p.Base, Event{Instr: at, Path: p.Path, Build: x})
}
