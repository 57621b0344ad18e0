package proof

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A sight is what the result shows, before relations have their numbers.
type sight struct {
	outs  []output
	terms []termID // what each output copies, noTerm if nothing
	rows  *conj    // what a row implies
}

// result describes the outputs, and what a row of the result implies.
func (p *prover) result(q *query, r *Result) {
	r.Certain = !aggregatesAll(q)
	rows := p.rowFormula(q)
	if w, ok := p.witness(q); ok {
		rows, r.Holds, r.Counts, r.Certain = w.rows, w.output, w.counts, false
	}
	p.shown = &sight{outs: q.outs, rows: rows}
	for _, o := range q.outs {
		t := noTerm
		if p.known(q.tuple, o.name) != noTerm || o.term != noTerm {
			t = p.origin(p.columnOf(q.tuple, o.name))
		}
		p.shown.terms = append(p.shown.terms, t)
	}
}

// A witness is an output that tells whether there are certain rows.
type witness struct {
	output int
	counts bool  // it is their number
	rows   *conj // what one of them implies
}

// witness finds the output of a query that asks whether rows are there: the first
// EXISTS of a SELECT without FROM, or count(…) as its only item.
func (p *pusher) witness(q *query) (witness, bool) {
	b := q.block
	if b == nil || len(b.node.GroupBy) > 0 || b.node.Having != nil {
		return witness{}, false
	}
	if len(b.items) == 1 && counts(b.items[0].Expr) {
		_, number := uncast(b.items[0].Expr).(*sqltree.Call)
		return witness{counts: number, rows: and(p.joinRows(b.from), p.factsOf(b.env, b.where))}, true
	}
	if b.from != nil || b.where != nil {
		return witness{}, false
	}
	for i, item := range b.items {
		if x := existsIn(item.Expr); x != nil {
			return witness{output: i, rows: p.rowFormula(p.sub(q.env, x.Query))}, true
		}
	}
	return witness{}, false
}

// existsIn is the EXISTS whose truth an expression is, nil if it is none.
func existsIn(e sqltree.Expr) *sqltree.Exists {
	switch x := uncast(e).(type) {
	case *sqltree.Exists:
		return x
	case *sqltree.Case:
		if exists, ok := existsCase(x); ok {
			return exists
		}
	}
	return nil
}

// existsCase is CASE WHEN EXISTS (…) THEN true ELSE false END.
func existsCase(c *sqltree.Case) (*sqltree.Exists, bool) {
	if c.Operand != nil || len(c.Whens) != 1 || !isTruth(c.Whens[0].Then, "true") || !isTruth(c.Else, "false") {
		return nil, false
	}
	x, ok := c.Whens[0].Cond.(*sqltree.Exists)
	return x, ok
}

// isTruth tells the literals true and false.
func isTruth(e sqltree.Expr, text string) bool {
	l, ok := e.(*sqltree.Literal)
	return ok && l.Kind == sqltree.Bool && l.Text == text
}

// counts reports whether an expression is the number of rows, count(…), or tells
// that there are some, as count(…) > 0 does.
func counts(e sqltree.Expr) bool {
	switch x := uncast(e).(type) {
	case *sqltree.Call:
		return x.Name == "count" && x.Over == nil && x.Filter == nil
	case *sqltree.Binary:
		l, ok := x.R.(*sqltree.Literal)
		return ok && countsSome(x.Op, l.Text) && counts(x.L)
	}
	return false
}

// countsSome reports whether a comparison of a number of rows with a constant
// holds of no empty set.
func countsSome(op, constant string) bool {
	switch op + constant {
	case ">0", "<>0", ">=1", "=1":
		return true
	}
	return false
}

// origin follows copies of columns to where the value comes from.
func (p *pusher) origin(t termID) termID {
	for range maxDepth {
		next, ok := p.links[t]
		if !ok {
			return t
		}
		t = next
	}
	return t
}

// place fills in the outputs and bounds, now that relations have numbers.
func (p *prover) place(r *Result, index map[*occurrence]int) {
	if p.shown == nil {
		return
	}
	for i, o := range p.shown.outs {
		out := Output{Name: shownName(o.name), Relation: -1, Source: -1}
		if t := p.shown.terms[i]; t != noTerm && p.terms[t].kind == columnTerm && p.terms[t].tuple.table != nil {
			tm := p.terms[t]
			out.Table, out.Column = tm.tuple.table, tm.column
			if occ, ok := p.ofTuple[tm.tuple.id]; ok {
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

// bounds lists the columns of relations that equal bind values in every row.
func (p *prover) bounds(index map[*occurrence]int) []Bound {
	eq := p.rules.equalities(p.shown.rows.atoms)
	var out []Bound
	for _, t := range eq.terms {
		tm := p.terms[t]
		if tm.kind != columnTerm {
			continue
		}
		occ, ok := p.ofTuple[tm.tuple.id]
		if !ok {
			continue
		}
		for _, h := range eq.holes(t) {
			if _, strict := eq.path(t, h); strict || occ.target {
				b := Bound{index[occ], tm.column, p.terms[h].hole}
				if !slices.Contains(out, b) {
					out = append(out, b)
				}
			}
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
