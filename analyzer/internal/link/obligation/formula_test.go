package obligation

import (
	"math/rand"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/quick"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/termtext"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Generate draws a value from few atoms, so that alternatives often contain each
// other. Its premises depend on its atoms alone: two alternatives with the same atoms
// are the same, as in a program, where both come from one proof.
func (Value) Generate(r *rand.Rand, _ int) reflect.Value {
	v := Value{}
	for range r.Intn(4) {
		var atoms []Atom
		for range r.Intn(4) {
			atoms = mergeAtoms(atoms, []Atom{{Kind: proof.Tenant, T: term.P(r.Intn(4))}})
		}
		v = Or(v, Value{Alts: []Conjunction{{Atoms: atoms}}})
	}
	for range r.Intn(3) {
		v.Fails = JoinCauses(v.Fails, []Cause{drawCause(r)})
	}
	if len(v.Alts)+len(v.Fails) == 0 {
		v = No(drawCause(r))
	}
	return reflect.ValueOf(v)
}

func drawCause(r *rand.Rand) Cause {
	c := Cause{Kind: causeKind(r.Intn(4)), Atom: Atom{T: term.P(r.Intn(3))}}
	if c.Kind == Unknown {
		c.Reason = "why"
	}
	return c
}

// holds is what a value means: whether it is true when just these atoms are. It is the
// definition that the laws are held against.
func holds(v Value, isTrue map[string]bool) bool {
	return slices.ContainsFunc(v.Alts, func(c Conjunction) bool {
		return !slices.ContainsFunc(c.Atoms, func(a Atom) bool { return !isTrue[a.String()] })
	})
}

// worlds calls f with every choice of atoms that are true.
func worlds(f func(map[string]bool) bool) bool {
	for bits := range 16 {
		w := map[string]bool{}
		for i := range 4 {
			w[Atom{Kind: proof.Tenant, T: term.P(i)}.String()] = bits>>i&1 == 1
		}
		if !f(w) {
			return false
		}
	}
	return true
}

func law(t *testing.T, name string, f any) {
	t.Helper()
	assert.NoError(t, quick.Check(f, &quick.Config{MaxCount: 2000}), name)
}

// same compares what values demand.
func same(a, b Value) bool { return a.Key() == b.Key() }

func TestLaws(t *testing.T) {
	law(t, "or means or", func(a, b Value) bool {
		return worlds(func(w map[string]bool) bool { return holds(Or(a, b), w) == (holds(a, w) || holds(b, w)) })
	})
	law(t, "and means and", func(a, b Value) bool {
		return worlds(func(w map[string]bool) bool { return holds(And(a, b), w) == (holds(a, w) && holds(b, w)) })
	})
	law(t, "or is commutative", func(a, b Value) bool { return same(Or(a, b), Or(b, a)) })
	law(t, "and is commutative", func(a, b Value) bool { return same(And(a, b), And(b, a)) })
	law(t, "or is associative", func(a, b, c Value) bool { return same(Or(a, Or(b, c)), Or(Or(a, b), c)) })
	law(t, "and is associative", func(a, b, c Value) bool { return same(And(a, And(b, c)), And(And(a, b), c)) })
	law(t, "or is idempotent", func(a Value) bool { return same(Or(a, a), a) })
	law(t, "and is idempotent", func(a Value) bool { return same(And(a, a), a) })
	law(t, "or absorbs", func(a, b Value) bool { return same(Or(a, And(a, b)), a) })
	law(t, "and absorbs", func(a, b Value) bool { return same(And(a, Or(a, b)), a) })
	law(t, "true is nothing in and", func(a Value) bool { return same(And(a, Yes(Notes{})), a) })
	law(t, "no alternative contains another", func(a, b Value) bool {
		alts := And(a, b).Alts
		for i := range alts {
			for j := range alts {
				if i != j && contains(alts[i].Atoms, alts[j].Atoms) {
					return false
				}
			}
		}
		return true
	})
}

// TestFailsNeverProve: causes are no alternatives, and what has none is never true,
// whatever it is joined with by and.
func TestFailsNeverProve(t *testing.T) {
	law(t, "and with a failure", func(a Value, c uint8) bool {
		failed := No(Cause{Kind: causeKind(c % 4), Atom: Atom{T: term.P(0)}})
		return len(And(a, failed).Alts) == 0 && len(And(failed, a).Alts) == 0 && len(And(a, failed).Fails) > 0
	})
	law(t, "or with a failure", func(a Value, c uint8) bool {
		return same(Or(a, No(Cause{Kind: causeKind(c % 4), Atom: Atom{T: term.P(0)}})), a)
	})
	law(t, "unknown is never definite", func(a Value) bool {
		v := And(a, Why(Atom{T: term.P(0)}, "not understood"))
		if len(a.Alts) == 0 && Definite(a.Fails) {
			return Definite(v.Fails) // one side fails for sure, so both do
		}
		return !Definite(v.Fails) && !IsSettled(v)
	})
}

// TestDefiniteFailureOutweighs: what fails for sure makes a conjunction fail for sure,
// though the other part is not understood.
func TestDefiniteFailureOutweighs(t *testing.T) {
	sure, unsure := No(Cause{Kind: Gap}), Why(Atom{T: term.P(0)}, "budget")
	for _, v := range []Value{And(sure, unsure), And(unsure, sure)} {
		require.Len(t, v.Fails, 1)
		assert.Equal(t, Gap, v.Fails[0].Kind)
	}
	assert.Len(t, And(sure, No(Cause{Kind: Request})).Fails, 2)
	assert.Len(t, Or(sure, unsure).Fails, 2, "an alternative that is not understood may have held")
	assert.False(t, Definite(Or(sure, unsure).Fails))
	assert.False(t, Definite(nil))
}

// TestCapsWeaken: what is over a cap makes a value weaker, never stronger.
func TestCapsWeaken(t *testing.T) {
	v := Value{}
	for i := range maxAlternatives + 10 {
		v = Or(v, Undecided(Atom{Kind: proof.Tenant, T: term.P(i)}))
	}
	assert.Len(t, v.Alts, maxAlternatives)
	assert.False(t, IsSettled(v))
	w := And(v, Undecided(Atom{Kind: proof.Principal, T: term.P(0)}))
	assert.Len(t, w.Alts, maxAlternatives)
	for _, c := range w.Alts {
		assert.Len(t, c.Atoms, 2, "no atom is dropped")
	}
	var fails []Cause
	for i := range maxFails + 5 {
		kind := Request
		if i%2 == 0 {
			kind = Unknown
		}
		fails = JoinCauses(fails, []Cause{{Kind: kind, Site: i, Atom: Atom{T: term.P(0)}}})
	}
	assert.Len(t, fails, maxFails)
	assert.False(t, Definite(fails), "the undecided ones stay")
	assert.Equal(t, Request, MostSignificant(fails).Kind, "and the most telling one")
}

// TestHeldOutweighs: what is asked first and holds without premises ends the question; with an excuse, a
// soft premise or an open question the other alternatives stay.
func TestHeldOutweighs(t *testing.T) {
	open := Undecided(Atom{Kind: proof.Tenant, T: term.P(0)})
	for _, c := range []struct {
		notes Notes
		alts  int
	}{
		{Notes{}, 1}, {Notes{Assumes: []string{"x"}}, 1},
		{Notes{Excuse: "job"}, 2}, {Notes{Assumes: []string{"x"}, Soft: []string{"x"}}, 2}, {Notes{Asks: []string{"can"}}, 2},
	} {
		assert.Len(t, Or(Yes(c.notes), open).Alts, c.alts, "%+v", c.notes)
	}
}

// TestBetter: no question, then no excuse, then fewer soft premises, then fewer.
func TestBetter(t *testing.T) {
	order := []Notes{
		{}, {Assumes: []string{"a"}}, {Assumes: []string{"a", "b"}},
		{Assumes: []string{"a"}, Soft: []string{"a"}}, {Excuse: "job"},
		{Asks: []string{"can"}}, {Asks: []string{"can"}, Excuse: "job"}, {Asks: []string{"can", "may"}},
	}
	for i := range order {
		for j := range order {
			assert.Equal(t, i < j, Better(order[i], order[j]), "%+v, %+v", order[i], order[j])
		}
		best, ok := Value{Alts: []Conjunction{{Notes: order[len(order)-1]}, {Notes: order[i]}}}.Holds()
		assert.True(t, ok)
		assert.Equal(t, order[i], best)
	}
	_, ok := Undecided(Atom{T: term.P(0)}).Holds()
	assert.False(t, ok, "an atom is open")
}

func TestSettled(t *testing.T) {
	open := Undecided(Atom{Kind: proof.Tenant, T: term.P(0)})
	for _, c := range []struct {
		name                  string
		v                     Value
		settled, proved, last bool
	}{
		{"holds", Yes(Notes{}), true, true, true},
		{"holds softly", Yes(Notes{Soft: []string{"a"}}), true, true, true},
		{"is excused", Yes(Notes{Excuse: "job"}), true, false, true},
		{"waits for an answer", Yes(Notes{Asks: []string{"can"}}), false, false, true},
		{"is open", open, false, false, false},
		{"holds or is open", Value{Alts: append(Yes(Notes{}).Alts, open.Alts...)}, true, true, true},
		{"waits, or is open", Value{Alts: append(Yes(Notes{Asks: []string{"can"}}).Alts, open.Alts...)}, false, false, false},
		{"fails", No(Cause{Kind: Gap}), false, false, true},
	} {
		assert.Equal(t, c.settled, IsSettled(c.v), "settled: %s", c.name)
		assert.Equal(t, c.proved, IsTrue(c.v), "true: %s", c.name)
		assert.Equal(t, c.last, c.v.Fixed(), "fixed: %s", c.name)
	}
}

// TestNotes: what two proofs rest on, both do; the row that was found first stays.
func TestNotes(t *testing.T) {
	first, second := &Row{}, &Row{}
	a := Notes{Assumes: []string{"a", "c"}, Soft: []string{"c"}, Row: first, Asks: []string{StaffMark + "root"}}
	b := Notes{Assumes: []string{"b", "c"}, Excuse: "own rows", Row: second, Asks: []string{"can"}}
	n := a.With(b)
	assert.Equal(t, []string{"a", "b", "c"}, n.Assumes)
	assert.Equal(t, []string{"c"}, n.Soft)
	assert.Equal(t, "own rows", n.Excuse)
	assert.Same(t, first, n.Row)
	assert.Same(t, second, Notes{}.With(b).Row)
	assert.Equal(t, "first", Notes{Excuse: "first"}.With(b).Excuse)
	assert.Equal(t, "can", n.Asked(), "a checker before a staff test")
	assert.Equal(t, StaffMark+"root", a.Asked())
	assert.Empty(t, Notes{}.Asked())
	v := Or(Undecided(Atom{T: term.P(0)}), No(Cause{})).Noted(b)
	assert.Equal(t, b.Assumes, v.Alts[0].Notes.Assumes)
	assert.Len(t, v.Fails, 1)
	noted := Undecided(Atom{T: term.P(0)})
	for _, n := range []Notes{{Excuse: "x"}, {Assumes: []string{"x"}}, {Soft: []string{"x"}}, {Row: first}, {Asks: []string{"x"}}} {
		assert.Equal(t, n, noted.Noted(n).Alts[0].Notes)
	}
}

func TestAtomText(t *testing.T) {
	id, err := termtext.Parse("request(path, id)")
	require.NoError(t, err)
	for want, a := range map[string]Atom{
		"tenant@request(path, id)":           {Kind: proof.Tenant},
		"principal@request(path, id)":        {Kind: proof.Principal},
		"key(invoices.id)@request(path, id)": {Kind: proof.Key, Table: "invoices", Column: "id"},
		"nonzero@request(path, id)":          {Kind: proof.NonZero},
		"zero@request(path, id)":             {Kind: proof.Zero},
		"null@request(path, id)":             {Kind: proof.Zero, Null: true},
		"second@request(path, id)":           {Kind: proof.SecondTenant},
	} {
		assert.Equal(t, want, a.On(id).String())
		assert.Equal(t, strings.HasPrefix(want, "tenant") || strings.HasPrefix(want, "second"), a.IsTenant())
	}
}

// TestKey: values that differ in what a caller would see have different keys.
func TestKey(t *testing.T) {
	open := Undecided(Atom{Kind: proof.Tenant, T: term.P(0)})
	seen := map[string]Notes{}
	for _, n := range []Notes{{}, {Excuse: "job"}, {Soft: []string{"a"}}, {Soft: []string{"a", "b"}}, {Asks: []string{"can"}}} {
		key := Value{Alts: []Conjunction{{Atoms: open.Alts[0].Atoms, Notes: n}}}.Key()
		assert.NotContains(t, seen, key)
		seen[key] = n
	}
}
