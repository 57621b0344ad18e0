package term

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// maxFacts caps the facts of an environment; more are dropped.
const maxFacts = 64

// FactSet collects facts in simplest form.
type FactSet struct {
	Facts         []Fact
	Contradictory bool
}

// Key tells sets of other facts apart.
func (s *FactSet) Key() string {
	texts := make([]string, len(s.Facts))
	for i, f := range s.Facts {
		texts[i] = f.String()
	}
	return strings.Join(texts, ",")
}

var negated = map[FactOp]FactOp{
	Eq: Ne, Ne: Eq, NonZero: IsZero, IsZero: NonZero,
	Nil: NotNil, NotNil: Nil, True: False, False: True,
}

// Not is the opposite of a fact, if it can be said.
func (f Fact) Not() (Fact, bool) {
	op, ok := negated[f.Op]
	return Fact{Op: op, A: f.A, B: f.B}, ok
}

// Cases are the facts of the two cases of an implication: its condition does not hold, or
// it does and so does what it implies. There are none if that the value of the condition
// is there says all, or the opposite cannot be said.
func Cases(f Fact) [][]Fact {
	when, ok := f.A.(*Test)
	then, both := f.B.(*Test)
	if f.Op != Implies || !ok || !both {
		return nil
	}
	not, ok := when.Fact.Not()
	if !ok {
		return nil
	}
	return [][]Fact{{not}, {when.Fact, then.Fact}}
}

// Add puts a fact into its simplest form: true(test(f)) is f, an error that is
// made here is not nil.
func (s *FactSet) Add(f Fact) {
	f = simplify(f)
	switch truth(f) {
	case always:
		return
	case never:
		s.Contradictory = true
		return
	}
	if slices.ContainsFunc(s.Facts, func(have Fact) bool { return SameFact(have, f) }) {
		return
	}
	for _, have := range s.Facts {
		s.Contradictory = s.Contradictory || contradict(have, f)
	}
	if len(s.Facts) < maxFacts {
		s.Facts = append(s.Facts, f)
	}
}

// contradict reports whether two facts cannot both hold.
func contradict(a, b Fact) bool {
	op, ok := negated[a.Op]
	if !(ok && op == b.Op || zeroish(a.Op) && Solid(b.Op) || Solid(a.Op) && zeroish(b.Op)) || !Same(a.A, b.A) {
		return false
	}
	if a.B != nil && b.B != nil && !Same(a.B, b.B) {
		return false
	}
	return true
}

func zeroish(op FactOp) bool {
	return op == Nil || op == IsZero || op == False
}

func Solid(op FactOp) bool {
	return op == NotNil || op == NonZero || op == True || op == Positive
}

func simplify(f Fact) Fact {
	for range 4 {
		test, ok := f.A.(*Test)
		if !ok {
			return f
		}
		inner := test.Fact
		switch {
		case f.Op == True || f.Op == NonZero:
			f = inner
		case f.Op == False || f.Op == IsZero:
			op, ok := negated[inner.Op]
			if !ok {
				return f
			}
			f = Fact{Op: op, A: inner.A, B: inner.B}
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
func truth(f Fact) truthValue {
	if f.Op == Implies {
		return implication(f)
	}
	if a, b, ok := twoConstants(f); ok {
		return decide((a.Text == b.Text) == (f.Op == Eq))
	}
	zero, known := Zeroness(f.A)
	if !known {
		return depends
	}
	switch {
	case zeroish(f.Op):
		return decide(zero)
	case Solid(f.Op):
		return decide(!zero)
	case f.Op == Eq || f.Op == Ne:
		if z, ok := Zeroness(f.B); ok && (zero || z) {
			return decide((zero == z) == (f.Op == Eq))
		}
	}
	return depends
}

// implication is the truth of what holds if something else does.
func implication(f Fact) truthValue {
	when, ok := f.A.(*Test)
	then, both := f.B.(*Test)
	switch {
	case !ok || !both:
		return depends
	case truth(when.Fact) == never, truth(then.Fact) == always:
		return always
	case truth(when.Fact) == always && truth(then.Fact) == never:
		return never
	}
	return depends
}

// twoConstants are the sides of a comparison of two texts, or two whole numbers, that are
// written in the program.
func twoConstants(f Fact) (a, b *Const, ok bool) {
	if f.Op != Eq && f.Op != Ne {
		return nil, nil, false
	}
	a, isConst := f.A.(*Const)
	b, both := f.B.(*Const)
	if !isConst || !both || a.Kind != b.Kind {
		return nil, nil, false
	}
	return a, b, a.Kind == Text || a.Kind == Number && isWhole(a.Text) && isWhole(b.Text)
}

// isWhole reports whether a number is written as a whole one, in the one way to write it.
func isWhole(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && strconv.Itoa(n) == text
}

func decide(b bool) truthValue {
	if b {
		return always
	}
	return never
}

// NotZero are the values that a term may be other than zero.
func NotZero(t Term) []Term {
	return slices.DeleteFunc(slices.Clone(Leaves(t)), func(x Term) bool {
		zero, known := Zeroness(x)
		return known && zero
	})
}

// Zeroness reports whether a term is the zero value, if that can be known.
func Zeroness(t Term) (zero, known bool) {
	switch x := t.(type) {
	case *Const:
		return x.Text == "" || x.Text == "0" && x.Kind == Number || x.Text == "false" && x.Kind == Bool, true
	case *Struct, *Func:
		return false, true
	case *List:
		return false, !x.Open && len(x.Elems) > 0
	case *Concat:
		for _, part := range x.Parts {
			if c, ok := part.(*Const); ok && c.Text != "" {
				return false, true
			}
		}
	case *Path:
		// A package variable of errors holds one: var ErrNotFound = errors.New(…).
		return false, x.Root == Global && len(x.Steps) == 0 && trust.ErrorVariable(x.Name)
	case *Origin:
		return x.Kind == Zero, x.Kind == Zero || x.Kind == Fresh
	}
	return false, false
}

// IsUnlessZero reports whether a term is a value wherever it is not zero.
func IsUnlessZero(whole, t Term) bool {
	if Same(whole, t) {
		return true
	}
	found := false
	for _, leaf := range Leaves(whole) {
		zero, known := Zeroness(leaf)
		switch {
		case known && zero:
		case Same(leaf, t):
			found = true
		default:
			return false
		}
	}
	return found
}
