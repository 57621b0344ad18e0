package value

import (
	"go/token"
	"go/types"
	"maps"
	"slices"
	"sort"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Text is what a buffer holds after a call that writes to it.
func (f *Values) Text(c *callsite.Call, before term.Term) term.Term {
	if f.Texts == nil {
		return term.Why("text")
	}
	return f.Texts.Written(f, c, before)
}

// partName is the name of the one parameter that a call decodes, "" if it decodes all.
func (f *Values) partName(c *callsite.Call) string {
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
func (f *Values) Decoded(c *callsite.Call) term.Term {
	m := c.Model
	switch {
	case m.Verb == library.Gives:
		return f.Above.Claims(c)
	case m.Group != "":
		return f.NextMessage(c, &term.Origin{Kind: term.Request, Group: m.Group, Name: f.partName(c)})
	}
	if src := c.Arg(m.Of); src != nil {
		if src == c.Arg(m.At) { // filled from nowhere: random bytes
			return term.Of(term.Fresh)
		}
		if n := f.Again(c); n > 0 && src == c.Recv { // the next document
			return f.Derived(f.Value(src, c.Instr), "again "+strconv.Itoa(n))
		}
		return f.Value(src, c.Instr)
	}
	return term.Why("decoded")
}

// contentOf is content, and whether a part of it was cut, because it is being
// evaluated further out.
func (f *Values) contentOf(p place.Place, at ssa.Instruction) (t term.Term, cut bool) {
	return f.searched(&search{f: f, place: p, at: at})
}

// Put is what stands at a place but for what a builder makes of it there.
func (f *Values) Put(p place.Place, at ssa.Instruction) term.Term {
	t, _ := f.searched(&search{f: f, place: p, at: at, put: true})
	return t
}

func (f *Values) searched(s *search) (t term.Term, cut bool) {
	p, at := s.place, s.at
	if len(p.Path) > place.MaxPath {
		return term.Why("depth"), false
	}
	w := memory.NewWalk(f.Memory, p)
	s.walk = w
	w.Take, w.Start, w.Spent = s.take, s.initial, func() { s.add(term.Why("budget")) }
	outer := f.low
	f.low = noCycle
	w.From(at)
	s.cut = s.cut || f.low < noCycle
	f.low = min(f.low, outer)
	by, parts := f.WritersOf(p)
	if by != "" {
		s.terms = append(s.terms, term.Why(term.WrittenIn+by+f.Moment(p.Base, at)))
	}
	return f.withParts(s.result(), p, parts, at), s.cut
}

// withParts is what stands at a place of which closures write some fields, which are not
// known then.
func (f *Values) withParts(t term.Term, p place.Place, parts map[string]string, at ssa.Instruction) term.Term {
	if t == nil || len(parts) == 0 {
		return t
	}
	moment := f.Moment(p.Base, at)
	var fields []term.Field
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		now := place.Pick(t, []place.Step{{Field: name}})
		fields = append(fields, term.Field{Name: name, Term: term.JoinOf(now, term.Why(term.WrittenIn+parts[name]+moment))})
	}
	return algebra.Override(callsite.StructName(f.TypeAt(p)), t, fields)
}

// ContentAt is what stands at a place when the point is reached.
func (f *Values) ContentAt(p place.Place, at ssa.Instruction) term.Term {
	t, _ := f.contentOf(p, at)
	return t
}

// search joins what the writes that reach a point leave.
type search struct {
	f     *Values
	walk  *memory.Walk
	place place.Place
	at    ssa.Instruction
	terms []term.Term
	parts map[place.Step]bool
	cut   bool
	empty string // why what was never set may have been set since, "" if it is not

	put   bool // without what builders make of it
	built bool // it is a builder that is changed
}

func (s *search) add(t term.Term) {
	if t == nil {
		s.cut = true
		return
	}
	s.terms = append(s.terms, t)
}

// take uses a write, and reports whether nothing before it matters.
func (s *search) take(e *memory.Event) bool {
	if e.Build != nil && len(e.Path) == len(s.place.Path)+1 {
		m, _ := place.Compare(e.Path, s.place.Path, false)
		s.built = s.built || m == place.Part
		return false // what a builder builds, the builders tell
	}
	m, weak := place.Compare(e.Path, s.place.Path, s.walk.OneTurn())
	weak = weak && !e.All
	switch m {
	case place.Part:
		if e.Order { // the list as a whole holds what it did
			return false
		}
		if s.parts == nil {
			s.parts = map[place.Step]bool{}
		}
		s.parts[e.Path[len(s.place.Path)]] = true
	case place.Covers:
		if e.Empty != "" {
			s.empty = e.Empty
			return false
		}
		rest := s.place.Path[len(e.Path):]
		if from, ok := s.copiedFrom(e, rest); ok {
			s.add(s.ofTurn(s.f.ContentAt(from, s.at)))
		} else {
			s.add(s.ofTurn(place.Pick(s.f.written(e, s.place, s.at), rest)))
		}
		return !weak && !e.Weak
	}
	return false
}

// copiedFrom is where what a pointer in a struct leads to is found which was copied with the
// struct, and may have been written since; ok is false if it is what it was.
func (s *search) copiedFrom(e *memory.Event, rest []place.Step) (from place.Place, ok bool) {
	load, isLoad := e.Val.(*ssa.UnOp)
	if !isLoad || load.Op != token.MUL || len(rest) == 0 || s.at == nil || s.f.Course != nil {
		return from, false
	}
	from = s.f.Of(load.X).Then(rest[0])
	from.Held = append(from.Held[:len(from.Held):len(from.Held)], place.Load{At: load, Depth: len(from.Path)})
	if t := s.f.FieldTypeAt(from); t == nil || !callsite.Refers(t) || !memory.WrittenBetween(s.f.Memory, from, load, s.at) {
		return from, false
	}
	for _, step := range rest[1:] {
		from = from.Then(step)
	}
	return from, true
}

// written is the value of a write. A pointer stands for what it points to when
// it is read.
func (f *Values) written(e *memory.Event, p place.Place, at ssa.Instruction) term.Term {
	if e.Gives == nil {
		if callsite.Refers(e.Val.Type()) && f.Course == nil {
			return f.Value(e.Val, at)
		}
		return f.Value(e.Val, e.Instr)
	}
	before, after := left(f, e, p)
	if after == nil {
		return nil
	}
	return f.outcome(e.Try, before, after, at)
}

// left is what stood at the place of a write before it, and what the write leaves there;
// nil where that is being asked for further out. It is asked for by whatever may come after
// the write, and known once: a text that grows on some ways only has as many ways as the
// writes have subsets.
func left(f *Values, e *memory.Event, p place.Place) (before, after term.Term) {
	done := memoKey{turn: f.Turn(), write: e}
	if t, ok := f.memo[done]; ok {
		return f.memo[memoKey{turn: f.Turn(), write: e, by: true}], t
	}
	key := memoKey{v: p.Base, at: e.Instr, turn: f.Turn(), by: true}
	if depth, ok := f.busy[key]; ok {
		f.low = min(f.low, depth)
		return nil, nil
	}
	depth, outer := len(f.busy), f.low
	f.busy[key], f.low = depth, noCycle
	if !e.Weak {
		var cut bool
		if before, cut = f.contentOf(place.Place{Base: p.Base, Path: e.Path}, e.Instr); cut {
			before = term.JoinOf(before, term.Why(algebra.InLoop))
		}
	}
	after = e.Gives(f, before)
	delete(f.busy, key)
	if f.low >= depth && after != nil { // complete: nothing further out was cut
		f.memo[done], f.memo[memoKey{turn: f.Turn(), write: e, by: true}] = after, before
		f.low = outer
	}
	f.low = min(f.low, outer)
	return before, after
}

// initial is what stands there before any write.
func (s *search) initial() {
	switch base := s.place.Base.(type) {
	case *ssa.Alloc:
		s.add(term.ZeroTerm())
	case *ssa.MakeSlice, *ssa.MakeMap:
		s.add(term.ZeroTerm())
	default:
		if _, ok := base.(ssa.Instruction); ok {
			var at ssa.Instruction
			if s.f.Vouched(base) != nil {
				at = s.at
			}
			s.add(s.f.Part(base, at, s.place.Path))
			return
		}
		s.add(place.Pick(s.f.base(base, s.at), s.place.Path))
	}
}

// result puts the whole and its parts together.
func (s *search) result() term.Term {
	if s.built && !s.put {
		return s.f.Above.BuiltAt(s.place, s.at)
	}
	var whole term.Term
	if len(s.terms) > 0 {
		whole = term.JoinOf(s.terms...)
	}
	if whole == nil && !s.cut && len(s.parts) == 0 {
		whole = term.ZeroTerm()
	}
	if whole != nil && s.empty != "" {
		whole = term.Refilled(whole, s.empty)
	}
	if len(s.parts) == 0 {
		return whole
	}
	t := s.f.TypeAt(s.place)
	for p := range s.parts {
		if p.Elem {
			return s.list(t)
		}
	}
	return s.fields(t, whole)
}

func (s *search) fields(t types.Type, whole term.Term) term.Term {
	names := make([]string, 0, len(s.parts))
	for p := range s.parts {
		if p.Field != place.Valid {
			names = append(names, p.Field)
		}
	}
	if len(names) == 0 {
		return s.nullable(whole)
	}
	sort.Strings(names)
	var fields []term.Field
	for _, n := range names {
		x := s.f.ContentAt(s.place.Then(place.Step{Field: n}), s.at)
		if x == nil {
			x = term.Why("loop")
		}
		fields = append(fields, term.Field{Name: n, Term: x})
	}
	if algebra.IsZero(whole) {
		whole = nil
	}
	return algebra.Override(callsite.StructName(t), whole, fields)
}

// nullable is the value of a wrapper whose Valid field was set: it may be none,
// unless that says true, or says that the value is not zero.
func (s *search) nullable(whole term.Term) term.Term {
	if whole == nil {
		return nil
	}
	switch v := s.f.ContentAt(s.place.Then(place.Step{Field: place.Valid}), s.at).(type) {
	case *term.Const:
		if algebra.IsZero(whole) {
			return term.Why("an empty value that is not NULL")
		}
		return whole
	case *term.Test:
		if v.Fact.Op == term.NonZero && term.Same(v.Fact.A, whole) {
			return whole
		}
	}
	return term.JoinOf(whole, term.ZeroTerm())
}

// list is an array whose elements were set one by one.
func (s *search) list(t types.Type) term.Term {
	array, ok := types.Type(nil), false
	var size int64
	if t != nil {
		array = t.Underlying()
		if a, isArray := array.(*types.Array); isArray {
			size, ok = a.Len(), a.Len() <= callsite.MaxList
		}
	}
	if !ok {
		x := s.f.ContentAt(s.place.Then(place.Step{Elem: true, Index: -1}), s.at)
		if x == nil {
			x = term.Why("loop")
		}
		return &term.List{Elems: []term.Term{x}, Open: true}
	}
	l := &term.List{}
	for i := range size {
		x := s.f.ContentAt(s.place.Then(place.Step{Elem: true, Index: int(i)}), s.at)
		if x == nil {
			x = term.Why("loop")
		}
		l.Elems = append(l.Elems, x)
	}
	return l
}

// outcome is what stands at a point after a write: what the call wrote and, unless it
// is known to have succeeded there, what a failure left.
func (f *Values) outcome(a *memory.Attempt, before, wrote term.Term, at ssa.Instruction) term.Term {
	if a == nil || wrote == nil {
		return wrote
	}
	left := a.Failed(before, wrote)
	if left == nil || !a.Silent && f.Succeeded(a.Call, at) || a.Silent && place.Counted(f.Places, a.Call, at) {
		return wrote
	}
	if !a.Silent {
		f.Doubts = append(f.Doubts, a.Call)
	}
	return term.JoinOf(wrote, left)
}

// Content is what the variable that v points to holds at a point, and whether a
// part of it was left out, because it is being evaluated further out.
func (f *Values) Content(v ssa.Value, at ssa.Instruction) (t term.Term, cut bool) {
	return f.contentOf(f.Of(v), at)
}
