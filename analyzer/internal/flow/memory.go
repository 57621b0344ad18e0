package flow

import (
	"go/types"
	"sort"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// event is a write to a place: of a value, or of what a library call leaves there.
type event struct {
	instr ssa.Instruction
	path  []step
	val   ssa.Value                        // a store
	gives func(x evaluation, before term.Term) term.Term // a library call; before is what was there
	weak  bool                             // what was there may stay
	try   *attempt                         // of a call that may fail, nil if it cannot
}

// evaluation is what the writes of calls ask of the values that they write.
type evaluation interface {
	// Value is the term of a value at a point, nil while it is evaluated further out.
	Value(v ssa.Value, at ssa.Instruction) term.Term
	// Text is what a buffer holds after a call that writes to it.
	Text(c *Call, before term.Term) term.Term
	// Decoded is what a call writes that decodes or verifies.
	Decoded(c *Call) term.Term
}

// index finds all writes of the function, by base and block, in order.
func (f *Frame) index() {
	f.memory = map[ssa.Value]map[*ssa.BasicBlock][]event{}
	f.writes = map[ssa.Value]string{}
	for _, b := range f.Fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store:
				p := f.place(instr.Addr)
				f.write(p.base, event{instr: instr, path: p.path, val: instr.Val})
			case *ssa.MapUpdate:
				p := f.place(instr.Map).then(mapStep(instr.Key))
				f.write(p.base, event{instr: instr, path: p.path, val: instr.Value})
			case *ssa.MakeClosure:
				f.captured(instr)
			case ssa.CallInstruction:
				f.effects(f.byCall[instr])
			}
		}
	}
}

func (f *Frame) write(base ssa.Value, e event) {
	m := f.memory[base]
	if m == nil {
		m = map[*ssa.BasicBlock][]event{}
		f.memory[base] = m
	}
	m[e.instr.Block()] = append(m[e.instr.Block()], e)
}

// mapStep is the way to a map's entry: a field if the key is a constant name.
func mapStep(key ssa.Value) step {
	if c, ok := key.(*ssa.Const); ok {
		if text, ok := constText(c); ok && isIdent(text) {
			return step{field: text}
		}
	}
	return step{elem: true, index: -1}
}

func isIdent(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// captured records the variables that a closure, or one inside it, writes.
func (f *Frame) captured(mc *ssa.MakeClosure) {
	fn, ok := mc.Fn.(*ssa.Function)
	if !ok || strings.HasPrefix(fn.Synthetic, "bound method") {
		return
	}
	for i, binding := range mc.Bindings {
		if i < len(fn.FreeVars) && writesTo(fn, fn.FreeVars[i], 0) {
			f.writes[f.place(binding).base] = Symbol(fn)
		}
	}
}

// writesTo tells whether a closure may write the variable that it captured.
func writesTo(fn *ssa.Function, fv *ssa.FreeVar, depth int) bool {
	if fv.Referrers() == nil || depth > 8 {
		return false
	}
	for _, ref := range *fv.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.FieldAddr, *ssa.IndexAddr:
			if addressWritten(ref.(ssa.Value), depth) {
				return true
			}
		case *ssa.MakeClosure:
			inner, ok := ref.Fn.(*ssa.Function)
			for i, b := range ref.Bindings {
				if ok && b == ssa.Value(fv) && i < len(inner.FreeVars) && writesTo(inner, inner.FreeVars[i], depth+1) {
					return true
				}
			}
		default: // stored to, or handed on by address
			return true
		}
	}
	return false
}

func addressWritten(v ssa.Value, depth int) bool {
	if depth > 8 || v.Referrers() == nil {
		return true
	}
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.FieldAddr, *ssa.IndexAddr:
			if addressWritten(ref.(ssa.Value), depth+1) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// effects records what a library call writes through its arguments.
func (f *Frame) effects(c *Call) {
	switch {
	case c.Kind == Builtin && c.Symbol == "copy" && len(c.Args) == 2:
		p := f.place(c.Args[0]).then(step{elem: true, index: -1})
		f.write(p.base, event{instr: c.Instr, path: p.path, weak: true, gives: func(x evaluation, _ term.Term) term.Term {
			return pick(x.Value(c.Args[1], c.Instr), p.path[len(p.path)-1:])
		}})
	case c.Kind != Library:
		f.lends(c)
		f.returned(c)
		f.answered(c)
	case c.Model == nil || c.Model.Role() == library.Reflects:
		f.escapes(c)
	case c.Model.Verb == library.Scans:
		f.scans(c)
	case c.Model.Verb == library.Changes && c.Model.By == "order":
		f.reorders(c)
	case c.Model.Verb == library.Fills:
		f.fills(c, c.Model.At)
	case c.Model.Text().Writes():
		f.writesText(c)
	case c.Model.Verb == library.Gives && c.Model.Kind == "claims" && c.Model.Of != library.None:
		f.fills(c, c.Model.Of)
	}
}

// writesText records a write to a text buffer.
func (f *Frame) writesText(c *Call) {
	buffer := c.Recv
	if buffer == nil && len(c.Args) > 0 {
		buffer = c.Args[0] // fmt.Fprintf(&buffer, …)
	}
	p := f.place(buffer)
	f.write(p.base, event{instr: c.Instr, path: p.path, gives: func(x evaluation, before term.Term) term.Term { return x.Text(c, before) }})
}

// Text is what a buffer holds after a call that writes to it.
func (f *Frame) Text(c *Call, before term.Term) term.Term {
	if f.texts == nil {
		return term.Why("text")
	}
	return f.texts.Written(f, c, before)
}

// lends notes that a function of the module got a text buffer, and may write to
// it.
func (f *Frame) lends(c *Call) {
	for _, arg := range c.All() {
		v := arg
		if mi, ok := v.(*ssa.MakeInterface); ok {
			v = mi.X
		}
		if p, ok := v.Type().(*types.Pointer); ok && f.Program.Lib.Kind(p.Elem()) == library.Buffer {
			p := f.place(v)
			f.write(p.base, event{instr: c.Instr, path: p.path, weak: true, gives: func(evaluation, term.Term) term.Term {
				return term.Why("written by a callee")
			}})
		}
	}
}

// scans stores column k of the row into destination k.
func (f *Frame) scans(c *Call) {
	dests := Spread(c, c.Model.At)
	for k, d := range dests {
		if d == nil {
			continue
		}
		p := f.place(d)
		f.write(p.base, event{instr: c.Instr, path: p.path, try: &attempt{c, untouched}, gives: func(x evaluation, _ term.Term) term.Term {
			return Column(x.Value(c.Recv, c.Instr), term.Step{Kind: term.ColumnStep, Index: k})
		}})
	}
}

// fills stores what was decoded; fields that a decoder leaves out stay.
func (f *Frame) fills(c *Call, at int) {
	if c.Sig.Variadic() && at == len(c.Args)-1 { // fmt.Sscan
		for _, dest := range Spread(c, at) {
			f.fillsOne(c, dest)
		}
		return
	}
	f.fillsOne(c, c.Arg(at))
}

func (f *Frame) fillsOne(c *Call, dest ssa.Value) {
	if dest == nil {
		return
	}
	p := f.place(dest)
	_, isMap := dest.Type().Underlying().(*types.Map) // maps.Copy: entries are added
	f.write(p.base, event{instr: c.Instr, path: p.path, weak: isMap, try: f.attemptOf(c), gives: func(x evaluation, before term.Term) term.Term {
		return f.keepHidden(p, before, x.Decoded(c))
	}})
}

// nameOf is the name of the one parameter that a call decodes, "" if it decodes all.
func (f *Frame) nameOf(c *Call) string {
	arg := c.Arg(c.Model.Of)
	if arg == nil {
		return ""
	}
	if text, ok := f.Value(arg, c.Instr).(*term.Const); ok {
		return text.Text
	}
	return "?"
}

// Decoded is what a call writes that decodes or verifies.
func (f *Frame) Decoded(c *Call) term.Term {
	m := c.Model
	switch {
	case m.Verb == library.Gives:
		return f.above.Claims(c)
	case m.Group != "":
		return &term.Origin{Kind: term.Request, Group: m.Group, Name: f.nameOf(c)}
	}
	if src := c.Arg(m.Of); src != nil {
		if src == c.Arg(m.At) { // filled from nowhere: random bytes
			return term.Of(term.Fresh)
		}
		return f.Value(src, c.Instr)
	}
	return term.Why("decoded")
}

// claims is what a verified token holds.
func claims() term.Term { return &term.Path{Root: term.Context, Name: "jwt"} }

func structOf(t types.Type) (*types.Struct, bool) {
	if t == nil {
		return nil, false
	}
	st, ok := t.Underlying().(*types.Struct)
	return st, ok
}

// escapes notes that a library function without a model got the address of a variable:
// it may have written there. What the function was itself handed it may fill only where
// it takes anything, as decoders do.
func (f *Frame) escapes(c *Call) {
	for i, arg := range c.All() {
		p := f.place(arg)
		switch p.base.(type) {
		case *ssa.Alloc:
			if !pointerArg(arg) {
				continue
			}
		case *ssa.Parameter, *ssa.FreeVar:
			if !takesAnything(c, i) || !mayPoint(arg) || f.dispatches() {
				continue
			}
		default:
			continue
		}
		f.write(p.base, event{instr: c.Instr, path: p.path, weak: true, gives: func(evaluation, term.Term) term.Term {
			return term.Why("escapes to " + c.Symbol)
		}})
	}
}

// dispatches reports whether the function itself calls by reflection what it is handed:
// what that leaves in a message is seen where the message is sent.
func (f *Frame) dispatches() bool {
	return f.Program.Dispatches != nil && f.Program.Dispatches(Symbol(f.Fn))
}

// takesAnything reports whether the parameter of an argument, the receiver counted, is an
// empty interface.
func takesAnything(c *Call, i int) bool {
	if c.Recv != nil {
		i--
	}
	if i < 0 || i >= c.Sig.Params().Len() {
		return false
	}
	iface, ok := c.Sig.Params().At(i).Type().Underlying().(*types.Interface)
	return ok && iface.NumMethods() == 0
}

// mayPoint reports whether a value is a pointer, or may hold one.
func mayPoint(v ssa.Value) bool {
	if pointerArg(v) {
		return true
	}
	iface, ok := v.Type().Underlying().(*types.Interface)
	return ok && iface.NumMethods() == 0
}

func pointerArg(v ssa.Value) bool {
	if mi, ok := v.(*ssa.MakeInterface); ok {
		v = mi.X
	}
	_, ok := v.Type().Underlying().(*types.Pointer)
	return ok
}

// Spread lists the arguments from position at on; a variadic rest is taken apart
// if it is written out, and is nil otherwise.
func Spread(c *Call, at int) []ssa.Value {
	if at >= len(c.Args) {
		return nil
	}
	if c.Sig.Variadic() && at == len(c.Args)-1 {
		return elements(c.Args[at])
	}
	return c.Args[at:]
}

// elements are the values of a slice that is written out, by index; nil if it is
// not.
func elements(v ssa.Value) []ssa.Value {
	s, ok := v.(*ssa.Slice)
	if !ok {
		return nil
	}
	alloc, ok := s.X.(*ssa.Alloc)
	if !ok || alloc.Referrers() == nil {
		return nil
	}
	array, ok := deref(alloc.Type()).Underlying().(*types.Array)
	if !ok || array.Len() > maxList {
		return nil
	}
	out := make([]ssa.Value, array.Len())
	for _, ref := range *alloc.Referrers() {
		ia, ok := ref.(*ssa.IndexAddr)
		if !ok || ia.Referrers() == nil {
			continue
		}
		i := constIndex(ia.Index)
		for _, use := range *ia.Referrers() {
			if st, ok := use.(*ssa.Store); ok && st.Addr == ssa.Value(ia) && i >= 0 && i < len(out) {
				out[i] = st.Val
			}
		}
	}
	return out
}

// contentOf is content, and whether a part of it was cut, because it is being
// evaluated further out.
func (f *Frame) contentOf(p place, at ssa.Instruction) (t term.Term, cut bool) {
	if len(p.path) > 12 {
		return term.Why("depth"), false
	}
	s := &search{f: f, place: p, at: at}
	w := newWalk(f, p)
	w.take, w.start, w.spent = s.take, s.initial, func() { s.add(term.Why("budget")) }
	outer := f.low
	f.low = noCycle
	w.from(at)
	s.cut = s.cut || f.low < noCycle
	f.low = min(f.low, outer)
	if by := f.writes[p.base]; by != "" {
		s.terms = append(s.terms, term.Why("written in "+by+f.moment(p.base, at)))
	}
	return s.result(), s.cut
}

// content is what stands at a place when the point is reached.
func (f *Frame) content(p place, at ssa.Instruction) term.Term {
	t, _ := f.contentOf(p, at)
	return t
}

// positionOf is the index of an instruction in its block.
func (f *Frame) positionOf(instr ssa.Instruction) int {
	for i, x := range instr.Block().Instrs {
		if x == instr {
			return i
		}
	}
	return len(instr.Block().Instrs)
}

// walk looks backwards from a point for the writes to a place.
type walk struct {
	f       *Frame
	place   place
	visited map[*ssa.BasicBlock]bool
	take    func(*event) bool // takes a write, and reports whether nothing before it matters
	start   func()            // takes that there may be no write on some way
	spent   func()            // takes that the budget is spent
}

// newWalk makes a walk that nothing is asked of yet.
func newWalk(f *Frame, p place) *walk {
	return &walk{f: f, place: p, visited: map[*ssa.BasicBlock]bool{}, start: func() {}, spent: func() {}}
}

// from walks from before an instruction.
func (w *walk) from(at ssa.Instruction) { w.block(at.Block(), w.f.positionOf(at)) }

// search joins what the writes that reach a point leave.
type search struct {
	f     *Frame
	place place
	at    ssa.Instruction
	terms []term.Term
	parts map[step]bool
	cut   bool
}

func (s *search) add(t term.Term) {
	if t == nil {
		s.cut = true
		return
	}
	s.terms = append(s.terms, t)
}

// block goes backwards from before instruction idx of the block.
func (w *walk) block(b *ssa.BasicBlock, idx int) {
	if w.f.steps++; w.f.steps > maxSteps {
		w.f.over = "memory"
		w.spent()
		return
	}
	events := w.f.memory[w.place.base][b]
	limit := w.definedIn(b, idx)
	for i := len(events) - 1; i >= 0; i-- {
		e := &events[i]
		n := w.f.positionOf(e.instr)
		if n >= idx || n < limit {
			continue
		}
		if w.take(e) {
			return
		}
	}
	if limit >= 0 || len(b.Preds) == 0 {
		w.start()
		return
	}
	if c := w.f.course; c != nil && c.backwards(w, b) {
		return
	}
	for _, p := range b.Preds {
		if !w.visited[p] {
			w.visited[p] = true
			w.block(p, len(p.Instrs))
		}
	}
}

// definedIn is the position in the block where the base comes to be, -1 if it
// is not there or not before idx.
func (w *walk) definedIn(b *ssa.BasicBlock, idx int) int {
	instr, ok := w.place.base.(ssa.Instruction)
	if !ok || instr.Block() != b {
		return -1
	}
	if n := w.f.positionOf(instr); n < idx {
		return n
	}
	return -1
}

// take uses a write, and tells whether nothing before it matters.
func (s *search) take(e *event) bool {
	m, weak := compare(e.path, s.place.path)
	switch m {
	case part:
		if s.parts == nil {
			s.parts = map[step]bool{}
		}
		s.parts[e.path[len(s.place.path)]] = true
	case covers:
		s.add(pick(s.f.written(e, s.place, s.at), s.place.path[len(e.path):]))
		return !weak && !e.weak
	}
	return false
}

// written is the value of a write. A pointer stands for what it points to when
// it is read.
func (f *Frame) written(e *event, p place, at ssa.Instruction) term.Term {
	if e.gives == nil {
		if _, ok := e.val.Type().Underlying().(*types.Pointer); ok && f.course == nil {
			return f.Value(e.val, at)
		}
		return f.Value(e.val, e.instr)
	}
	key := memoKey{v: p.base, at: e.instr, turn: f.turn()}
	if depth, ok := f.busy[key]; ok {
		f.low = min(f.low, depth)
		return nil
	}
	f.busy[key] = len(f.busy)
	defer delete(f.busy, key)
	var before term.Term
	if !e.weak {
		var cut bool
		if before, cut = f.contentOf(place{base: p.base, path: e.path}, e.instr); cut {
			before = term.JoinOf(before, term.Why(inLoop))
		}
	}
	return f.outcome(e.try, before, e.gives(f, before), at)
}

// attemptOf is how a call that decodes may fail.
func (f *Frame) attemptOf(c *Call) *attempt {
	if c.Model.Verb == library.Gives {
		return &attempt{c, unverified}
	}
	return &attempt{c, notDecoded}
}

// notDecoded is what was there before something else than a request is decoded. What
// was handed in by a caller is taken to be empty.
func notDecoded(before, wrote term.Term) term.Term {
	left := untouched(before, wrote)
	if left == nil || all(wrote, isRequest) {
		return nil
	}
	var known []term.Term
	for _, leaf := range term.Leaves(left) {
		if p, ok := leaf.(*term.Path); !ok || p.Root != term.Param {
			known = append(known, leaf)
		}
	}
	if known == nil {
		return nil
	}
	return term.JoinOf(known...)
}

func isRequest(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && o.Kind == term.Request
}

// all reports whether each of the values that a term may be is of a kind.
func all(t term.Term, is func(term.Term) bool) bool {
	for _, leaf := range term.Leaves(t) {
		if !is(leaf) {
			return false
		}
	}
	return true
}

// unverified is what a token holds whose verification failed.
func unverified(_, _ term.Term) term.Term {
	return term.Why("a token that is not known to be verified")
}

// initial is what stands there before any write.
func (s *search) initial() {
	switch base := s.place.base.(type) {
	case *ssa.Alloc:
		s.add(term.ZeroTerm())
	case *ssa.MakeSlice, *ssa.MakeMap:
		s.add(term.ZeroTerm())
	default:
		if _, ok := base.(ssa.Instruction); ok {
			var at ssa.Instruction
			if s.f.vouched(base) != nil {
				at = s.at
			}
			s.add(s.f.part(base, at, s.place.path))
			return
		}
		s.add(pick(s.f.base(base, s.at), s.place.path))
	}
}

// result puts the whole and its parts together.
func (s *search) result() term.Term {
	var whole term.Term
	if len(s.terms) > 0 {
		whole = term.JoinOf(s.terms...)
	}
	if len(s.parts) == 0 {
		if whole == nil && !s.cut {
			return term.ZeroTerm()
		}
		return whole
	}
	t := s.f.typeAt(s.place)
	for p := range s.parts {
		if p.elem {
			return s.list(t)
		}
	}
	return s.fields(t, whole)
}

func (s *search) fields(t types.Type, whole term.Term) term.Term {
	names := make([]string, 0, len(s.parts))
	for p := range s.parts {
		if p.field != valid {
			names = append(names, p.field)
		}
	}
	if len(names) == 0 {
		return s.nullable(whole)
	}
	sort.Strings(names)
	var fields []term.Field
	for _, n := range names {
		x := s.f.content(s.place.then(step{field: n}), s.at)
		if x == nil {
			x = term.Why("loop")
		}
		fields = append(fields, term.Field{Name: n, Term: x})
	}
	if isZero(whole) {
		whole = nil
	}
	return Override(structName(t), whole, fields)
}

// Override is a struct like base but for some fields.
func Override(typ string, base term.Term, fields []term.Field) term.Term {
	b, ok := base.(*term.Struct)
	if !ok {
		return term.StructOf(typ, base, fields)
	}
	if b.Type != "" {
		typ = b.Type
	}
	for _, old := range b.Fields {
		set := false
		for _, f := range fields {
			set = set || f.Name == old.Name
		}
		if !set {
			fields = append(fields, old)
		}
	}
	return term.StructOf(typ, b.Base, fields)
}

// nullable is the value of a wrapper whose Valid field was set: it may be none,
// unless that says true, or says that the value is not zero.
func (s *search) nullable(whole term.Term) term.Term {
	if whole == nil {
		return nil
	}
	switch v := s.f.content(s.place.then(step{field: valid}), s.at).(type) {
	case *term.Const:
		if isZero(whole) {
			return term.Why("an empty value that is not NULL")
		}
		return whole
	case *term.Test:
		if v.Fact.Op == term.NonZero && v.Fact.A.String() == whole.String() {
			return whole
		}
	}
	return term.JoinOf(whole, term.ZeroTerm())
}

func structName(t types.Type) string {
	if n := typeOrNil(t); n != nil {
		return TypeName(n)
	}
	return ""
}

func typeOrNil(t types.Type) *types.Named {
	if t == nil {
		return nil
	}
	n, _ := types.Unalias(t).(*types.Named)
	return n
}

// list is an array whose elements were set one by one.
func (s *search) list(t types.Type) term.Term {
	array, ok := types.Type(nil), false
	var size int64
	if t != nil {
		array = t.Underlying()
		if a, isArray := array.(*types.Array); isArray {
			size, ok = a.Len(), a.Len() <= maxList
		}
	}
	if !ok {
		x := s.f.content(s.place.then(step{elem: true, index: -1}), s.at)
		if x == nil {
			x = term.Why("loop")
		}
		return &term.List{Elems: []term.Term{x}, Open: true}
	}
	l := &term.List{}
	for i := range size {
		x := s.f.content(s.place.then(step{elem: true, index: int(i)}), s.at)
		if x == nil {
			x = term.Why("loop")
		}
		l.Elems = append(l.Elems, x)
	}
	return l
}

func isZero(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return t == nil || ok && o.Kind == term.Zero
}
