package pathcond

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// SaidYes reports whether call k ended well, as it was tested: its only result is
// an error that is nil, or its first one is true or a constant. That the error
// beside a first result is nil says nothing of the answer.
func SaidYes(e *Env, k int) bool {
	return slices.ContainsFunc(e.Facts, func(f term.Fact) bool {
		r, ok := f.A.(*term.Result)
		if !ok || r.Call != k || len(r.Steps) == 0 || r.Steps[0].Kind != term.ResultStep || r.Steps[0].Index != 0 {
			return false
		}
		switch f.Op {
		case term.Nil:
			return len(r.Steps) == 1
		case term.True:
			return true
		case term.Eq:
			_, constant := f.B.(*term.Const)
			return constant
		}
		return false
	})
}

// Env is a function with the facts that are in force at a place of it.
type Env struct {
	Fn         *callgraph.Function
	Facts      []term.Fact
	Key        string // that no other function and facts have
	impossible bool   // the facts contradict each other: nothing comes there
	growing    bool   // what the facts imply is still being added
	outcomes   map[outcomeKey]outcome
	tested     []int // see [Tested]
}

// maxNested caps the outcomes of calls inside outcomes of calls that are looked
// into for one place.
const maxNested = 24

// At makes the environment of a place, with what its facts imply.
func (p *Conditions) At(f *callgraph.Function, facts []term.Fact) *Env {
	flat := &term.FactSet{}
	for _, x := range facts {
		flat.Add(x)
	}
	return p.at(f, flat)
}

// at is At of facts that are in their simplest form; what is implied is added to them.
func (p *Conditions) at(f *callgraph.Function, flat *term.FactSet) *Env {
	key := p.key(f.Symbol + "|" + flat.Key())
	if e, ok := p.expanded[key]; ok {
		return e
	}
	// While facts are still being added, what is proved must not be remembered
	// as if all were known.
	e := &Env{Fn: f, Key: key + "~", Facts: flat.Facts, growing: true}
	if p.nested >= maxNested {
		return e // a recursive function: facts that name the terms of ever more callers
	}
	p.nested++
	p.expanded[key] = e
	defer func() {
		e.Key, e.growing, e.impossible, p.nested = key, false, flat.Contradictory, p.nested-1
	}()
	added := flat.Facts
	for range 3 {
		n := len(flat.Facts)
		p.implied(e, added, flat)
		if added = flat.Facts[n:]; len(added) == 0 {
			break
		}
		e.Facts = flat.Facts
	}
	return e
}

// key is a short name for a text.
func (p *Conditions) key(text string) string {
	short, ok := p.keys[text]
	if !ok {
		short = strconv.Itoa(len(p.keys))
		p.keys[text] = short
	}
	return short
}

// implied adds what the outcomes of calls of which the last added facts of e speak imply
// about the caller's own terms: `err := translate(err2)` that is nil means that err2 is
// nil.
func (p *Conditions) implied(e *Env, added []term.Fact, into *term.FactSet) {
	p.Derive(e, into)
	for _, k := range tested(added) {
		o := e.Fn.Ops[k]
		if o.Call == nil {
			continue
		}
		for _, f := range leftFacts(p, e, k) {
			into.Add(f)
		}
		if o.Call.Kind == unit.Library {
			p.asked(e, k, o.Call, into)
			continue
		}
		targets, known := p.graph.Callees(e.Fn, o.Call)
		if !known {
			continue
		}
		facts, possible := p.common(e, k, targets)
		if !possible {
			into.Contradictory = true // the call cannot have ended so
		}
		for _, f := range facts {
			into.Add(f)
		}
	}
}

// common gives the facts about arguments that hold after every outcome of call
// k that is still possible; possible is false if none is.
func (p *Conditions) common(e *Env, k int, targets []callgraph.Callee) (facts []term.Fact, possible bool) {
	var ends [][]term.Fact
	returns := 0
	on := Unpromoted(e.Fn.Ops[k].Call, targets)
	for j, c := range targets {
		possible = possible || c.Fn.Over != ""
		for i := range c.Fn.Gives {
			returns++
			inner, ok := p.Outcome(e, k, c.Fn, &c.Fn.Gives[i])
			if !ok {
				continue
			}
			possible = true
			ends = append(ends, p.toCaller(on[j], k, inner.Facts))
		}
	}
	return inAll(ends), possible || returns == 0
}

// toCaller are the facts of an end of function c, which call k runs, that its caller can use.
func (p *Conditions) toCaller(c callgraph.Callee, k int, facts []term.Fact) []term.Fact {
	var out []term.Fact
	for _, f := range facts {
		if moved := term.MapFact(f, func(x term.Term) term.Term { return p.ToCaller(c, k, x) }); speaksOf(moved) {
			out = append(out, moved)
		}
	}
	return out
}

// inAll are the facts that all lists have, in the order of their texts.
func inAll(lists [][]term.Fact) []term.Fact {
	count, known := map[string]int{}, map[string]term.Fact{}
	for _, facts := range lists {
		seen := map[string]bool{}
		for _, f := range facts {
			if key := f.String(); !seen[key] {
				seen[key], known[key] = true, f
				count[key]++
			}
		}
	}
	var out []term.Fact
	for _, key := range slices.Sorted(maps.Keys(count)) {
		if count[key] == len(lists) {
			out = append(out, known[key])
		}
	}
	return out
}

// speaksOf tells a fact that the caller can use: it is about its own terms, and
// nothing of the callee is left in it.
func speaksOf(f term.Fact) bool {
	own, lost := false, false
	check := func(t term.Term) {
		switch x := t.(type) {
		case *term.Result, *term.Path:
			own = true
		case *term.Origin:
			own = own || x.Kind == term.Request
			lost = lost || x.Kind == term.Unknown
		}
	}
	term.Visit(f.A, check)
	term.Visit(f.B, check)
	return own && !lost && f.Op != term.Left && (f.Op == term.Every || !term.IsPicked(f.A) && !term.IsPicked(f.B))
}

// Tested lists the operations whose results facts of e speak of, in order.
func Tested(e *Env) []int {
	if e.growing {
		return tested(e.Facts)
	}
	if e.tested == nil {
		e.tested = tested(e.Facts)
	}
	return e.tested
}

func tested(facts []term.Fact) []int {
	out := []int{}
	add := func(t term.Term) {
		if r, ok := t.(*term.Result); ok && !slices.Contains(out, r.Call) {
			out = append(out, r.Call)
		}
	}
	for _, f := range facts {
		term.Visit(f.A, add)
		term.Visit(f.B, add)
	}
	slices.Sort(out)
	return out
}

// Outcome is the environment at return g of function f that call k of e runs: what the
// caller knows of the results, said of what g returns. ok is false if the call cannot
// have returned by g.
func (p *Conditions) Outcome(e *Env, k int, f *callgraph.Function, g *unit.Give) (at *Env, ok bool) {
	key := outcomeKey{k, g}
	known, seen := e.outcomes[key]
	if !seen || p.tells(k, g, e.Facts[known.facts:]) {
		known = p.newOutcome(e, k, f, g)
	}
	known.facts = len(e.Facts)
	if known.at == nil || !known.at.growing {
		if e.outcomes == nil {
			e.outcomes = map[outcomeKey]outcome{}
		}
		e.outcomes[key] = known
	}
	return known.at, known.at != nil && !known.at.impossible
}

// outcomeKey is a way to return from a call.
type outcomeKey struct {
	call int
	give *unit.Give
}

// outcome is what a way to return gives by some of the caller's facts.
type outcome struct {
	at    *Env // nil if they contradict each other
	facts int  // of the caller, that have been looked at
}

// tells reports whether one of some facts says something of what g returns to call k.
func (p *Conditions) tells(k int, g *unit.Give, facts []term.Fact) bool {
	return slices.ContainsFunc(facts, func(f term.Fact) bool {
		_, ok := p.moveOutcome(k, g, f)
		return ok
	})
}

func (p *Conditions) newOutcome(e *Env, k int, f *callgraph.Function, g *unit.Give) outcome {
	s := &term.FactSet{}
	for _, known := range g.If {
		s.Add(known)
	}
	for _, known := range e.Facts {
		if moved, ok := p.moveOutcome(k, g, known); ok {
			s.Add(moved)
		}
	}
	if s.Contradictory {
		return outcome{}
	}
	return outcome{at: p.at(f, s)}
}

func (p *Conditions) moveOutcome(k int, g *unit.Give, f term.Fact) (term.Fact, bool) {
	switch f.Op {
	case term.Every:
		return p.moveEvery(k, g, f)
	case term.Left:
		return f, false // of what the caller's loop had in hand
	}
	a, ok := callgraph.Given(f.A, k, g)
	if !ok {
		if f.Op != term.Eq {
			return f, false
		}
		// eq is symmetric: let the result be on the left.
		f.A, f.B = f.B, f.A
		if a, ok = callgraph.Given(f.A, k, g); !ok {
			return f, false
		}
	}
	f.A = a
	if f.B == nil {
		return f, true
	}
	f.B = p.opaque(f.B)
	return f, true
}

// moveEvery is moveOutcome of what holds of each element of a list that call k gave.
func (p *Conditions) moveEvery(k int, g *unit.Give, f term.Fact) (term.Fact, bool) {
	full := *g
	full.Results = make([]term.Term, len(g.Results))
	for i, t := range g.Results {
		full.Results[i] = filled(t)
	}
	holds, isTest := f.B.(*term.Test)
	a, ok := callgraph.Given(f.A, k, &full)
	if !ok || !isTest {
		return f, false
	}
	inner, ok := p.moveOutcome(k, &full, holds.Fact)
	return term.Fact{Op: term.Every, A: a, B: &term.Test{Fact: inner}}, ok
}

// filled are the values of a list that may have an element.
func filled(t term.Term) term.Term {
	if leaves := term.NotZero(t); len(leaves) > 0 {
		return term.JoinOf(leaves...)
	}
	return t
}

// opaque writes a caller's term in a frame that cannot name it: as a captured
// variable that only [Conditions.ToCaller] knows.
func (p *Conditions) opaque(t term.Term) term.Term {
	switch t.(type) {
	case *term.Const, *term.Origin:
		return t
	}
	text := t.String()
	i, ok := p.opaqueIndex[text]
	if !ok {
		i = len(p.outer)
		p.outer = append(p.outer, t)
		p.opaqueIndex[text] = i
	}
	return &term.Path{Root: term.Free, Name: opaqueMark + strconv.Itoa(i)}
}

// opaqueMark begins the names of foreign terms; no variable of Go has it.
const opaqueMark = "^"

// ToCaller moves a term from a callee's frame into the caller's, foreign terms
// being the caller's own.
// Results of a wrapper's statement become those of call n.
func (p *Conditions) ToCaller(c callgraph.Callee, n int, t term.Term) term.Term {
	b := c.Frame()
	return term.Map(t, func(x term.Term) term.Term {
		if v, ok := x.(*term.Path); ok && v.Root == term.Free && strings.HasPrefix(v.Name, opaqueMark) {
			i, _ := strconv.Atoi(v.Name[len(opaqueMark):])
			return term.SelectOutside(p.outer[i], v.Steps)
		}
		if r, ok := x.(*term.Result); ok {
			if moved, ok := p.stmts.OfWrapper(c.Fn, r, n); ok {
				return moved
			}
		}
		return b.Apply(x)
	})
}

// Sure drops zero from arguments that may be zero, or a part of what was found
// not to be: user.ID of a user that is there.
func (e *Env) Sure(b term.Substitution) term.Substitution {
	out := term.Substitution{Args: slices.Clone(b.Args), Free: b.Free}
	for i, a := range out.Args {
		part, ok := onlyValue(a)
		if ok && slices.ContainsFunc(e.Facts, func(f term.Fact) bool { return f.Op == term.NonZero && isPartOfValue(part, f.A) }) {
			out.Args[i] = part
		}
	}
	return out
}

// onlyValue is what a term is that may also be zero.
func onlyValue(t term.Term) (term.Term, bool) {
	j, ok := t.(*term.Join)
	if !ok || len(j.Terms) != 2 {
		return nil, false
	}
	for i, leaf := range j.Terms {
		if zero, known := term.Zeroness(leaf); known && zero {
			return j.Terms[1-i], true
		}
	}
	return nil, false
}

func isPartOfValue(part, found term.Term) bool {
	whole, ok := onlyValue(found)
	if !ok {
		return false
	}
	_, below := term.StepsTo(whole, part)
	return below || term.Same(whole, part)
}
