package premise_test

import (
	"math/rand"
	"reflect"
	"slices"
	"testing"
	"testing/quick"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
)

// ways are alternatives over few bind values and tables, so that they often meet.
type ways []premise.Alternative

// Generate makes up to three alternatives.
func (ways) Generate(r *rand.Rand, _ int) reflect.Value {
	out := ways{}
	for range r.Intn(4) {
		out = append(out, way(r))
	}
	return reflect.ValueOf(out)
}

// way makes one alternative, sometimes with an assumption or an excuse.
func way(r *rand.Rand) premise.Alternative {
	var a premise.Alternative
	for range 1 + r.Intn(2) {
		a.Needs = append(a.Needs, []premise.Need{
			{Kind: premise.Tenant, Hole: 1 + r.Intn(2)},
			{Kind: premise.Tenant, Hole: 1 + r.Intn(2), Second: true},
			{Kind: premise.Key, Hole: 1 + r.Intn(2), Table: "t", Column: "id"},
			{Kind: premise.NonZero, Hole: 1 + r.Intn(2)},
		}[r.Intn(4)])
	}
	if r.Intn(3) == 0 {
		a.Assumes = append(a.Assumes, premise.Assumption{Kind: premise.Ref, Table: "t", Columns: []string{"c"}, To: "u"})
	}
	if r.Intn(4) == 0 {
		a.Excuse = premise.OwnRows
	}
	return a
}

// clone lets the algebra sort what it is given.
func (w ways) clone() []premise.Alternative {
	out := slices.Clone(w)
	for i := range out {
		out[i].Needs, out[i].Assumes = slices.Clone(out[i].Needs), slices.Clone(out[i].Assumes)
	}
	return out
}

// holds reports whether a law holds of lists of alternatives that are made at random.
func holds(t *testing.T, name string, law any) {
	t.Helper()
	assert.NoError(t, quick.Check(law, &quick.Config{MaxCount: 2000, Rand: rand.New(rand.NewSource(1))}), name)
}

// TestLaws: alternatives are sums of products. Adding a condition is commutative and
// associative, something without needs changes nothing, and a minimal list stays.
func TestLaws(t *testing.T) {
	free := func() []premise.Alternative { return []premise.Alternative{{}} }
	holds(t, "both commutes", func(a, b ways) bool {
		return premise.SameAlternatives(premise.Both(a.clone(), b.clone()), premise.Both(b.clone(), a.clone()))
	})
	holds(t, "both associates", func(a, b, c ways) bool {
		left := premise.Both(premise.Both(a.clone(), b.clone()), c.clone())
		right := premise.Both(a.clone(), premise.Both(b.clone(), c.clone()))
		// A list that is cut off may have lost either.
		return len(left) == len(right) && len(left) >= 12 || premise.SameAlternatives(left, right)
	})
	holds(t, "what needs nothing changes nothing", func(a ways) bool {
		return premise.SameAlternatives(premise.Both(a.clone(), free()), a.clone())
	})
	holds(t, "nothing is with what has no alternative", func(a ways) bool {
		return len(premise.Both(a.clone(), nil)) == 0
	})
	holds(t, "minimal is minimal", func(a ways) bool {
		once := premise.Minimal(a.clone())
		return reflect.DeepEqual(once, premise.Minimal(ways(once).clone()))
	})
	holds(t, "both with itself is itself or more", func(a ways) bool {
		return (len(premise.Both(a.clone(), a.clone())) == 0) == (len(a) == 0)
	})
}

// TestLevels: a need of the second level is not one of the first, and neither is the
// key of a row the tenant.
func TestLevels(t *testing.T) {
	first := premise.Alternative{Needs: []premise.Need{{Kind: premise.Tenant, Hole: 1}}}
	second := premise.Alternative{Needs: []premise.Need{{Kind: premise.Tenant, Hole: 1, Second: true}}}
	key := premise.Alternative{Needs: []premise.Need{{Kind: premise.Key, Hole: 1, Table: "t", Column: "id"}}}
	assert.Len(t, premise.Minimal([]premise.Alternative{first, second, key}), 3)
	assert.Len(t, premise.Both([]premise.Alternative{first}, []premise.Alternative{second})[0].Needs, 2)
	empty := premise.Alternative{Needs: []premise.Need{{Kind: premise.Zero, Hole: 1}}}
	assert.Empty(t, premise.Both([]premise.Alternative{empty}, []premise.Alternative{first}), "a value is not empty and the tenant")
}
