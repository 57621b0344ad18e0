package read

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
)

// Copied reports whether the step gives column i unchanged.
func (p *reader) Copied(l *bind.Loop, i int) bool {
	return l.Step.Outputs[i].Term == p.ColumnOf(l.Prior.Tuple, l.Prior.Outputs[i].Name)
}

// A Lineage is a pair of rows of one table, base's and the step's, that columns
// of the loop are taken from.
type Lineage struct {
	Base, Step *formula.Tuple
	Columns    []int
	Names      []string
}

// Lineages pairs the columns that base and step take from one table each.
func (p *reader) Lineages(l *bind.Loop) []*Lineage {
	var out []*Lineage
	for i := range l.Base.Outputs {
		b, s := l.Base.Outputs[i].Term, l.Step.Outputs[i].Term
		if b == formula.NoTerm || s == formula.NoTerm {
			continue
		}
		x, y := p.Terms[b], p.Terms[s]
		if x.Kind != formula.ColumnTerm || y.Kind != formula.ColumnTerm || x.Column != y.Column || x.Tuple.Table == nil || x.Tuple.Table != y.Tuple.Table {
			continue
		}
		g := findLineage(out, x.Tuple, y.Tuple)
		if g == nil {
			g = &Lineage{Base: x.Tuple, Step: y.Tuple}
			out = append(out, g)
		}
		g.Columns, g.Names = append(g.Columns, i), append(g.Names, x.Column)
	}
	return out
}

// findLineage finds the pair of two rows, nil if it is new.
func findLineage(list []*Lineage, base, step *formula.Tuple) *Lineage {
	for _, l := range list {
		if l.Base == base && l.Step == step {
			return l
		}
	}
	return nil
}

// CopiedColumns equates the loop's columns that the step copies with another
// query's: a filter on them holds for the rows before, too.
func (p *Pusher) CopiedColumns(q, other *bind.Query) *formula.Conj {
	out := &formula.Conj{}
	for i := range q.Outputs {
		if p.Copied(q.Loop, i) {
			a, b := p.ColumnOf(q.Tuple, q.Outputs[i].Name), p.ColumnOf(other.Tuple, other.Outputs[i].Name)
			out.Atoms = append(out.Atoms, formula.Atom{Kind: formula.EqAtom, Weak: true, A: a, B: b})
		}
	}
	return out
}
