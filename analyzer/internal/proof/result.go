package proof

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/ledger"
)

// A sight is what the result shows, before relations have their numbers.
type sight struct {
	outs  []bind.Output
	terms []formula.TermID // what each output copies, NoTerm if nothing
	rows  *formula.Conj    // what a row implies
}

// result describes the outputs, and what a row of the result implies.
func (p *prover) result(q *bind.Query, r *Result) {
	r.Certain = !bind.AggregatesAll(q)
	rows := p.RowFormula(q)
	if w, ok := p.Witness(q); ok {
		rows, r.Holds, r.Counts, r.Absent, r.Certain = w.Rows, w.Output, w.Counts, w.Absent, false
	}
	p.shown = &sight{outs: q.Outputs, rows: rows}
	for _, o := range q.Outputs {
		t := formula.NoTerm
		if p.Known(q.Tuple, o.Name) != formula.NoTerm || o.Term != formula.NoTerm {
			t = p.Origin(p.ColumnOf(q.Tuple, o.Name))
		}
		p.shown.terms = append(p.shown.terms, t)
	}
}

// place fills in the outputs and bounds, now that relations have numbers.
func (p *prover) place(r *Result, index map[*ledger.Occurrence]int) {
	if p.shown == nil {
		return
	}
	for i, o := range p.shown.outs {
		out := Output{Name: shownName(o.Name), Relation: -1, Source: -1}
		if t := p.shown.terms[i]; t != formula.NoTerm && p.Terms[t].Kind == formula.ColumnTerm && p.Terms[t].Tuple.Table != nil {
			tm := p.Terms[t]
			out.Table, out.Column = tm.Tuple.Table, tm.Column
			if occ, ok := p.OfTuple[tm.Tuple.ID]; ok {
				out.Relation = index[occ]
			}
		}
		r.Outputs = append(r.Outputs, out)
	}
	r.Bounds = p.bounds(index)
}

// shownName takes off what told equal names apart.
func shownName(name string) string {
	if i := strings.IndexByte(name, '#'); i > 0 {
		return name[:i]
	}
	return name
}

// bounds lists the columns of relations that equal bind values in every row. A relation
// of a WITH clause stands for all references to it: what is bound in one of them only is
// not bound.
func (p *prover) bounds(index map[*ledger.Occurrence]int) []Bound {
	eq := p.Rules.Equalities(p.shown.rows.Atoms)
	copies := map[int]int{} // by the number of the relation
	for _, occ := range p.OfTuple {
		if i, numbered := index[occ]; numbered && (!occ.Target || copies[i] == 0) { // a target is a row before and after the write
			copies[i]++
		}
	}
	in := map[Bound]int{}
	for _, t := range eq.Terms {
		tm := p.Terms[t]
		if tm.Kind != formula.ColumnTerm {
			continue
		}
		occ, ok := p.OfTuple[tm.Tuple.ID]
		if !ok {
			continue
		}
		for _, h := range eq.Holes(t) {
			if _, strict := eq.Path(t, h); strict || occ.Target {
				in[Bound{index[occ], tm.Column, p.Terms[h].Hole}]++
			}
		}
	}
	var out []Bound
	for b, bound := range in {
		if n := copies[b.Relation]; n > 0 && bound >= n {
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b Bound) int {
		if a.Relation != b.Relation {
			return a.Relation - b.Relation
		}
		if a.Column != b.Column {
			return strings.Compare(a.Column, b.Column)
		}
		return a.Hole - b.Hole
	})
	return out
}
