package obligation

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// TestJoinCauses: each cause once, in the order in which it was found; a place or a
// reason tells causes apart.
func TestJoinCauses(t *testing.T) {
	f := &callgraph.Function{}
	at := func(fn *callgraph.Function, site int, reason string, param int) Cause {
		return Cause{Kind: Request, Fn: fn, Site: site, Reason: reason, Atom: Atom{T: term.P(param)}}
	}
	a := at(f, 1, "", 0)
	for name, other := range map[string]Cause{
		"function": at(nil, 1, "", 0), "site": at(f, 2, "", 0), "reason": at(f, 1, "why", 0), "value": at(f, 1, "", 1),
		"kind": {Kind: Gap, Fn: f, Site: 1, Atom: Atom{T: term.P(0)}},
		"gap":  {Kind: Request, Fn: f, Site: 1, Atom: Atom{T: term.P(0)}, Gap: &proof.Gap{}},
	} {
		assert.Equal(t, []Cause{a, other}, JoinCauses([]Cause{a}, []Cause{other}), name)
	}
	assert.Equal(t, []Cause{a}, JoinCauses([]Cause{a}, []Cause{a}))
	assert.Equal(t, []Cause{a}, JoinCauses(nil, []Cause{a}))
	assert.Equal(t, []Cause{a}, JoinCauses([]Cause{a}, nil))
}

// TestMostSignificant: the client's tenant, then an accessor that may have failed,
// then a gap, then an id of the client's, then a zero.
func TestMostSignificant(t *testing.T) {
	order := []Cause{
		{Kind: Unknown}, {Kind: ZeroValue}, {Kind: Request, Atom: Atom{Kind: proof.Key}}, {Kind: Gap},
		{Kind: ZeroValue, Accessor: true}, {Kind: Request, Atom: Atom{Kind: proof.Tenant}},
	}
	for i := range order {
		for j := range order {
			assert.Equal(t, order[max(i, j)], MostSignificant([]Cause{order[i], order[j]}), "%d, %d", i, j)
		}
	}
	second := Cause{Kind: Request, Atom: Atom{Kind: proof.SecondTenant}}
	assert.Equal(t, second, MostSignificant([]Cause{{Kind: Gap}, second}))
	first := Cause{Kind: Gap, Site: 1}
	assert.Equal(t, first, MostSignificant([]Cause{first, {Kind: Gap, Site: 2}}), "the first of equals")
	id := func(table string) Atom { return Atom{Kind: proof.Key, Table: table, T: term.P(0)} }
	chosen, ofRow := Cause{Kind: Request, Atom: id("notes")}, Cause{Kind: Request, Atom: id("spaces"), Row: &Row{}}
	assert.Equal(t, ofRow, MostSignificant([]Cause{chosen, ofRow}), "the row that is not tied")
	assert.Equal(t, ofRow, MostSignificant([]Cause{ofRow, chosen}))
	found := Cause{Kind: Request, Atom: id("spaces")}
	assert.Equal(t, found, MostSignificant([]Cause{found, ofRow}), "what the row was found by, too")
	tenant := Cause{Kind: Request, Atom: Atom{Kind: proof.Tenant, T: term.P(0)}}
	assert.Equal(t, tenant, MostSignificant([]Cause{tenant, {Kind: Request, Atom: Atom{Kind: proof.Tenant, T: term.P(1)}, Row: &Row{}}}), "a tenant, the first")
	assert.Equal(t, Cause{}, MostSignificant(nil))
}

// TestPlaced: a cause has the place where it was seen first; a gap has none.
func TestPlaced(t *testing.T) {
	here, there := &callgraph.Function{}, &callgraph.Function{}
	v := Value{Fails: []Cause{{Kind: Request}, {Kind: Request, Fn: there, Site: 3}, {Kind: Gap}}}
	placed := v.Placed(func(Atom) (*callgraph.Function, int) { return here, 7 })
	assert.Equal(t, []Cause{{Kind: Request, Fn: here, Site: 7}, v.Fails[1], v.Fails[2]}, placed.Fails)
	assert.Nil(t, v.Fails[0].Fn, "the value itself stays")
	all := Value{Fails: v.Fails[1:]}
	assert.Equal(t, all, all.Placed(func(Atom) (*callgraph.Function, int) { return here, 7 }))
}

func TestThroughRow(t *testing.T) {
	first, second := &Row{}, &Row{}
	v := Value{Fails: []Cause{{Kind: Gap, Row: first}, {Kind: Request}, {Kind: Gap}}}.ThroughRow(second)
	assert.Same(t, first, v.Fails[0].Row)
	assert.Same(t, second, v.Fails[1].Row)
	assert.Equal(t, []Cause{v.Fails[0], v.Fails[2]}, OfRows(v.Fails))
}

// TestUnheeded: only a zero value is what an accessor gives when it fails.
func TestUnheeded(t *testing.T) {
	v := Value{Fails: []Cause{{Kind: ZeroValue}, {Kind: Request}, {Kind: Gap, Accessor: true}}}
	u := v.Unheeded()
	assert.Equal(t, []bool{true, false, true}, []bool{u.Fails[0].Accessor, u.Fails[1].Accessor, u.Fails[2].Accessor})
	assert.False(t, v.Fails[0].Accessor)
}

// TestAccused: the text that has the gap is shown, not the first that a run may be.
func TestAccused(t *testing.T) {
	gap := &proof.Gap{}
	statementWith := func(g *proof.Gap) *statement.Statement {
		return &statement.Statement{Cat: &catalogue.Catalogue{}, Proof: &proof.Result{Relations: []proof.Relation{{}, {Gap: g}}}}
	}
	first, second := statementWith(&proof.Gap{Reason: "another"}), statementWith(gap)
	texts := &statement.Texts{List: []*statement.Statement{first, second}}
	assert.Same(t, second, Accused(texts, Cause{Gap: gap}))
	assert.Same(t, first, Accused(texts, Cause{}))
}

// A cause may be about a whole statement, and then demands nothing of a value.
func TestCausesWithoutAtomAreJoined(t *testing.T) {
	a := []Cause{{Kind: Unknown, Reason: "statement does not parse"}, {Kind: Unknown, Reason: "cap"}}
	assert.Equal(t, a, JoinCauses(a, a[:1]))
}
