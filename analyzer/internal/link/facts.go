package link

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxFacts caps the facts of an environment; more are dropped.
const maxFacts = 64

// env is a function with the facts that are in force at a place of it.
type env struct {
	fn         *fn
	facts      []term.Fact
	key        string
	impossible bool // the facts contradict each other: nothing comes there
}

// maxNested caps the outcomes of calls inside outcomes of calls that are looked
// into for one place.
const maxNested = 24

// at makes the environment of a place, with what its facts imply.
func (p *program) at(f *fn, facts []term.Fact) *env {
	flat := &factSet{}
	for _, x := range facts {
		flat.add(x)
	}
	key := f.Symbol + "|" + flat.key()
	if e, ok := p.expanded[key]; ok {
		return e
	}
	// While facts are still being added, what is proved must not be remembered
	// as if all were known.
	e := &env{fn: f, key: key + "~", facts: flat.facts}
	if p.nested >= maxNested {
		return e // a recursive function: facts that name the terms of ever more callers
	}
	p.nested++
	p.expanded[key] = e
	defer func() { e.key, e.impossible, p.nested = key, flat.contradictory, p.nested-1 }()
	for range 3 {
		n := len(flat.facts)
		p.implied(e, flat)
		e.facts = flat.facts
		if len(flat.facts) == n {
			break
		}
	}
	return e
}

// factSet collects facts in simplest form.
type factSet struct {
	facts         []term.Fact
	texts         []string // of facts: their text forms
	contradictory bool
}

func (s *factSet) key() string {
	return strings.Join(s.texts, ",")
}

var negated = map[term.FactOp]term.FactOp{
	term.Eq: term.Ne, term.Ne: term.Eq, term.NonZero: term.IsZero, term.IsZero: term.NonZero,
	term.Nil: term.NotNil, term.NotNil: term.Nil, term.True: term.False, term.False: term.True,
}

// add puts a fact into its simplest form: true(test(f)) is f, an error that is
// made here is not nil.
func (s *factSet) add(f term.Fact) {
	f = simplify(f)
	switch truth(f) {
	case always:
		return
	case never:
		s.contradictory = true
		return
	}
	text := f.String()
	if slices.Contains(s.texts, text) {
		return
	}
	for _, have := range s.facts {
		s.contradictory = s.contradictory || contradict(have, f)
	}
	if len(s.facts) < maxFacts {
		s.facts, s.texts = append(s.facts, f), append(s.texts, text)
	}
}

// contradict tells whether two facts cannot both hold.
func contradict(a, b term.Fact) bool {
	op, ok := negated[a.Op]
	if !(ok && op == b.Op || zeroish(a.Op) && solid(b.Op) || solid(a.Op) && zeroish(b.Op)) || !same(a.A, b.A) {
		return false
	}
	if a.B != nil && b.B != nil && !same(a.B, b.B) {
		return false
	}
	return true
}

func zeroish(op term.FactOp) bool {
	return op == term.Nil || op == term.IsZero || op == term.False
}

func solid(op term.FactOp) bool {
	return op == term.NotNil || op == term.NonZero || op == term.True || op == term.Positive
}

func simplify(f term.Fact) term.Fact {
	for range 4 {
		test, ok := f.A.(*term.Test)
		if !ok {
			return f
		}
		inner := test.Fact
		switch {
		case f.Op == term.True || f.Op == term.NonZero:
			f = inner
		case f.Op == term.False || f.Op == term.IsZero:
			op, ok := negated[inner.Op]
			if !ok {
				return f
			}
			f = term.Fact{Op: op, A: inner.A, B: inner.B}
		default:
			return f
		}
	}
	return f
}

// truthValue is what a fact is by itself.
type truthValue uint8

const (
	depends truthValue = iota
	always
	never
)

// truth decides facts about constants and about errors that are made on the
// spot; everything else depends.
func truth(f term.Fact) truthValue {
	zero, known := isZero(f.A)
	if !known {
		return depends
	}
	switch {
	case zeroish(f.Op):
		return decide(zero)
	case solid(f.Op):
		return decide(!zero)
	case f.Op == term.Eq && zero:
		if z, ok := isZero(f.B); ok {
			return decide(z)
		}
	}
	return depends
}

func decide(b bool) truthValue {
	if b {
		return always
	}
	return never
}

// isZero tells whether a term is the zero value, if that can be known.
func isZero(t term.Term) (zero, known bool) {
	switch x := t.(type) {
	case *term.Const:
		return x.Text == "" || x.Text == "0" && x.Kind == term.Number || x.Text == "false" && x.Kind == term.Bool, true
	case *term.Struct, *term.Func:
		return false, true
	case *term.List:
		return false, !x.Open && len(x.Elems) > 0
	case *term.Concat:
		for _, part := range x.Parts {
			if c, ok := part.(*term.Const); ok && c.Text != "" {
				return false, true
			}
		}
	case *term.Path:
		// A package variable of errors holds one: var ErrNotFound = errors.New(…).
		return false, x.Root == term.Global && len(x.Steps) == 0 && trust.ErrorVariable(x.Name)
	case *term.Origin:
		return x.Kind == term.Zero, x.Kind == term.Zero || x.Kind == term.Fresh
	}
	return false, false
}

// implied adds what the outcomes of calls in e imply about the caller's own
// terms: `err := translate(err2)` that is nil means that err2 is nil.
func (p *program) implied(e *env, into *factSet) {
	p.derive(e, into)
	for _, k := range tested(e) {
		o := e.fn.ops[k]
		if o.call == nil || o.call.Kind == unit.Library {
			continue
		}
		targets, known := p.callees(e.fn, o.call)
		if !known {
			continue
		}
		for _, f := range p.common(e, k, targets) {
			into.add(f)
		}
	}
}

// common gives the facts about arguments that hold after every outcome of call
// k that is still possible.
func (p *program) common(e *env, k int, targets []callee) []term.Fact {
	var shared map[string]term.Fact
	var order []string
	for _, c := range targets {
		for i := range c.fn.Gives {
			inner, ok := p.outcome(e, k, c.fn, &c.fn.Gives[i])
			if !ok {
				continue
			}
			now := map[string]term.Fact{}
			for _, f := range p.at(c.fn, inner).facts {
				moved := term.MapFact(f, func(x term.Term) term.Term { return p.restore(c, k, x) })
				if speaksOf(moved) {
					now[moved.String()] = moved
				}
			}
			if shared == nil {
				shared, order = now, slices.Sorted(maps.Keys(now))
				continue
			}
			for key := range shared {
				if _, ok := now[key]; !ok {
					delete(shared, key)
				}
			}
		}
	}
	var out []term.Fact
	for _, key := range order {
		if f, ok := shared[key]; ok {
			out = append(out, f)
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
	visit(f.A, check)
	visit(f.B, check)
	return own && !lost
}

// tested lists the operations whose results facts of e speak of, in order.
func tested(e *env) []int {
	var out []int
	add := func(t term.Term) {
		if r, ok := t.(*term.Result); ok && !slices.Contains(out, r.Call) {
			out = append(out, r.Call)
		}
	}
	for _, f := range e.facts {
		visit(f.A, add)
		visit(f.B, add)
	}
	slices.Sort(out)
	return out
}

// outcome moves what the caller knows of the results of call k into the callee
// that returns by g. ok is false if it cannot have returned by g.
func (p *program) outcome(e *env, k int, f *fn, g *unit.Give) (facts []term.Fact, ok bool) {
	key := outcomeKey{e, len(e.facts), k, g}
	if known, seen := p.outcomes[key]; seen {
		return known.facts, known.possible
	}
	facts, ok = p.newOutcome(e, k, f, g)
	if p.nested == 0 {
		p.outcomes[key] = outcome{facts, ok}
	}
	return facts, ok
}

// outcomeKey is a way to return from a call, in an environment that has so many
// facts by now.
type outcomeKey struct {
	env   *env
	facts int
	call  int
	give  *unit.Give
}

type outcome struct {
	facts    []term.Fact
	possible bool
}

func (p *program) newOutcome(e *env, k int, f *fn, g *unit.Give) (facts []term.Fact, ok bool) {
	s := &factSet{}
	for _, known := range g.If {
		s.add(known)
	}
	for _, known := range e.facts {
		if moved, ok := p.moveOutcome(k, g, known); ok {
			s.add(moved)
		}
	}
	return s.facts, !s.contradictory && !p.at(f, s.facts).impossible
}

func (p *program) moveOutcome(k int, g *unit.Give, f term.Fact) (term.Fact, bool) {
	a, ok := given(f.A, k, g)
	if !ok {
		if f.Op != term.Eq {
			return f, false
		}
		// eq is symmetric: let the result be on the left.
		f.A, f.B = f.B, f.A
		if a, ok = given(f.A, k, g); !ok {
			return f, false
		}
	}
	f.A = a
	if f.B == nil {
		return f, true
	}
	f.B = p.foreign(f.B)
	return f, true
}

// given gives the term behind a result of call k that returned by g.
func given(t term.Term, k int, g *unit.Give) (term.Term, bool) {
	r, ok := t.(*term.Result)
	if !ok || r.Call != k || len(r.Steps) == 0 || r.Steps[0].Kind != term.ResultStep || r.Steps[0].Index >= len(g.Results) {
		return nil, false
	}
	return term.Select(g.Results[r.Steps[0].Index], r.Steps[1:]...), true
}

// foreign writes a caller's term in a frame that cannot name it: as a captured
// variable that only [program.restore] knows.
func (p *program) foreign(t term.Term) term.Term {
	switch t.(type) {
	case *term.Const, *term.Origin:
		return t
	}
	text := t.String()
	i, ok := p.foreigners[text]
	if !ok {
		i = len(p.outer)
		p.outer = append(p.outer, t)
		p.foreigners[text] = i
	}
	return &term.Path{Root: term.Free, Name: foreignMark + strconv.Itoa(i)}
}

// foreignMark begins the names of foreign terms; no variable of Go has it.
const foreignMark = "^"

// restore moves a term from a callee's frame into the caller's, foreign terms
// being the caller's own.
// Results of a wrapper's statement become those of call n.
func (p *program) restore(c callee, n int, t term.Term) term.Term {
	b := c.frame()
	return term.Map(t, func(x term.Term) term.Term {
		if v, ok := x.(*term.Path); ok && v.Root == term.Free && strings.HasPrefix(v.Name, foreignMark) {
			i, _ := strconv.Atoi(v.Name[len(foreignMark):])
			return term.Select(p.outer[i], v.Steps...)
		}
		if r, ok := x.(*term.Result); ok {
			if moved, ok := p.ofWrapper(c.fn, r, n); ok {
				return moved
			}
		}
		return b.into(x)
	})
}
