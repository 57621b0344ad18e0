package proof

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/ledger"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// A Word is what a query demands of a column by a constant or a bind value.
type Word struct {
	Text string // the constant
	Hole int    // the number of the bind value, 0 of a constant
	// Of are the relations whose row says of which row it is demanded: that row itself, one
	// that names it by a key, one of the same user.
	//
	//	FROM user_roles u JOIN roles r ON r.id = u.role_id WHERE u.user_id = $1 AND r.name = 'admin'
	//
	// A row that is only beside the user's, of the same tenant, says nothing of the user.
	Of []int
}

// joined are the sources of a block, what joins them, and which relations they are of.
type joined struct {
	tuples  []*formula.Tuple
	equal   []Equality
	numbers numbering
}

// demanded notes what a query demands of its sources by constants and bind values; of and rows
// are those of its block.
func (p *prover) demanded(s *Shape, b *bind.Block, of *joined, rows *formula.Conj) {
	if b.From == nil && len(b.Items) == 1 {
		if b = p.asked(b.Env, b.Items[0].Expr); b == nil {
			return
		}
		of = &joined{numbers: of.numbers}
		p.sureTuples(b.From, &of.tuples)
		rows = p.rowsOf(b)
		of.equal = p.equalities(of.tuples, rows)
	}
	for _, a := range rows.Atoms {
		if a.Kind != formula.EqAtom || a.Weak {
			continue
		}
		for _, side := range [][2]formula.TermID{{a.A, a.B}, {a.B, a.A}} {
			c, ok := p.sourceColumn(of.tuples, side[0])
			if !ok {
				continue
			}
			switch v := p.Terms[side[1]]; v.Kind {
			case formula.ConstTerm:
				s.Words = append(s.Words, Word{Text: v.Text, Of: of.deciders(c.Source)})
			case formula.HoleTerm:
				s.Words = append(s.Words, Word{Hole: v.Hole, Of: of.deciders(c.Source)})
			}
		}
	}
}

// deciders are the relations whose row says which one of a source it is.
func (j *joined) deciders(source int) []int {
	reached := []int{source}
	for i := 0; i < len(reached); i++ {
		for u := range j.tuples {
			if !slices.Contains(reached, u) && decides(j.tuples, j.equal, u, reached[i]) {
				reached = append(reached, u)
			}
		}
	}
	var out []int
	for _, u := range reached {
		if i := j.numbers.of(j.tuples[u]); i >= 0 {
			out = append(out, i)
		}
	}
	return out
}

// numbering are the numbers of relations, by those of their tuples.
type numbering map[int]int

func (p *prover) relationNumbers() numbering {
	index := map[*ledger.Occurrence]int{}
	for i, o := range p.Relations() {
		index[o] = i
	}
	out := numbering{}
	for tuple, occ := range p.OfTuple {
		if i, ok := index[occ]; ok {
			out[tuple] = i
		}
	}
	return out
}

// of is the number of the relation that a row is of, -1 if it is none.
func (n numbering) of(t *formula.Tuple) int {
	if i, ok := n[t.ID]; ok {
		return i
	}
	return -1
}

// decides reports whether a row of source u says which one of source x stands beside it: it
// has its key, or both are of one user.
func decides(tuples []*formula.Tuple, equal []Equality, u, x int) bool {
	of, to := tuples[u].Table, tuples[x].Table
	if of == nil || to == nil {
		return false
	}
	named := map[string]bool{}
	for _, eq := range equal {
		for _, e := range []Equality{eq, {eq.B, eq.A}} {
			if e.A.Source != u || e.B.Source != x {
				continue
			}
			if of.OfUser(e.A.Column) && to.OfUser(e.B.Column) {
				return true
			}
			named[e.B.Column] = true
		}
	}
	return slices.ContainsFunc(keysOf(to), func(k *schema.Key) bool {
		return !slices.ContainsFunc(k.Columns, func(c string) bool { return !named[c] })
	})
}

// keysOf are the keys by which a value names one row of a table.
func keysOf(t *catalogue.Table) []*schema.Key {
	return slices.DeleteFunc(slices.Concat(t.Unique, t.SoftUnique), func(k *schema.Key) bool { return k.Expressions || len(k.Columns) == 0 })
}
