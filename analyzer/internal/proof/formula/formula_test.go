package formula_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
)

// is is the formula that two terms are equal.
func is(a, b formula.TermID) *formula.Conj {
	return formula.One(formula.Atom{Kind: formula.EqAtom, A: a, B: b})
}

// TestDisjunction: an arm that never holds is dropped, one that says nothing makes the
// whole say nothing, and so does one too many.
func TestDisjunction(t *testing.T) {
	s := formula.NewStore()
	row := s.NewTuple("d", nil, nil)
	x, y := is(s.ColumnOf(row, "x"), s.HoleOf(1)), is(s.ColumnOf(row, "y"), s.HoleOf(2))
	never := &formula.Conj{Never: true}
	or := func(arms ...*formula.Conj) *formula.Conj { return formula.Disjunction("or", nil, arms) }

	assert.True(t, or().Never, "no arm holds")
	assert.True(t, or(never, never).Never)
	assert.Equal(t, x, or(never, x), "the only arm is what holds")
	assert.Len(t, or(x, y).Ors, 1)
	assert.True(t, or(x, &formula.Conj{}).Empty(), "an arm that says nothing")
	many := make([]*formula.Conj, 13)
	for i := range many {
		many[i] = x
	}
	assert.Len(t, or(many[:12]...).Ors, 1)
	assert.True(t, or(many...).Empty(), "more arms than are read")
}

// TestWithout: what speaks of a row that is gone goes, in arms too; the rest stays.
func TestWithout(t *testing.T) {
	s := formula.NewStore()
	kept, gone := s.NewTuple("a", nil, nil), s.NewTuple("b", nil, nil)
	x, y := is(s.ColumnOf(kept, "x"), s.HoleOf(1)), is(s.ColumnOf(gone, "x"), s.ColumnOf(kept, "x"))
	far := map[int]bool{gone.ID: true}

	assert.Equal(t, x.Atoms, s.Without(formula.And(x, y), far).Atoms)
	assert.True(t, s.Without(formula.Disjunction("or", nil, []*formula.Conj{x, y}), far).Empty(), "an arm lost all that it says")
	both := formula.Disjunction("or", nil, []*formula.Conj{x, formula.And(x, y)})
	assert.Len(t, s.Without(both, far).Ors, 1)
}

// TestStore: equal terms have one number, and no two computed ones are equal.
func TestStore(t *testing.T) {
	s := formula.NewStore()
	a, b := s.NewTuple("a", nil, nil), s.NewTuple("a", nil, nil)
	assert.Equal(t, s.ColumnOf(a, "x"), s.ColumnOf(a, "x"))
	assert.NotEqual(t, s.ColumnOf(a, "x"), s.ColumnOf(b, "x"), "two rows of one alias")
	assert.NotEqual(t, s.HoleOf(1), s.ConstOf("1"))
	assert.NotEqual(t, s.Computed(true), s.Computed(true))
	assert.Equal(t, formula.NoTerm, s.Known(a, "y"))
}
