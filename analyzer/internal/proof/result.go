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
	if !r.Certain {
		if inner, ok := p.witness(q); ok {
			rows, r.Holds = inner, 0
		}
	} else if inner, ok := p.existsOutput(q); ok {
		rows, r.Holds, r.Certain = inner, 0, false
	}
	p.shown = &sight{outs: q.outs, rows: rows}
	for _, o := range q.outs {
		t := noTerm
		if _, ok := p.index[termKey{columnTerm, q.tuple.id, o.name}]; ok || o.term != noTerm {
			t = p.origin(p.columnOf(q.tuple, o.name))
		}
		p.shown.terms = append(p.shown.terms, t)
	}
}

// existsOutput is the formula of SELECT EXISTS (…).
func (p *prover) existsOutput(q *query) (*conj, bool) {
	if q.block == nil || q.block.from != nil || len(q.block.items) != 1 || q.block.where != nil {
		return nil, false
	}
	e := uncast(q.block.items[0].Expr)
	x, ok := e.(*sqltree.Exists)
	if c, isCase := e.(*sqltree.Case); isCase {
		x, ok = existsCase(c)
	}
	if !ok {
		return nil, false
	}
	return p.rowFormula(p.sub(q.env, x.Query)), true
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

// witness is the formula of the rows that SELECT count(…) counts.
func (p *prover) witness(q *query) (*conj, bool) {
	b := q.block
	if b == nil || len(b.items) != 1 || len(b.node.GroupBy) > 0 || b.node.Having != nil || !counts(b.items[0].Expr) {
		return nil, false
	}
	return and(p.joinRows(b.from), p.factsOf(b.env, b.where)), true
}

// counts tells count(…), count(…) > 0 and bool_or(true).
func counts(e sqltree.Expr) bool {
	switch x := uncast(e).(type) {
	case *sqltree.Call:
		return x.Name == "count" && x.Over == nil && x.Filter == nil
	case *sqltree.Binary:
		l, ok := x.R.(*sqltree.Literal)
		return ok && (x.Op == ">" && l.Text == "0" || x.Op == ">=" && l.Text == "1") && counts(x.L)
	}
	return false
}

// origin follows copies of columns to where the value comes from.
func (p *prover) origin(t termID) termID {
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
		out := Output{Name: shownName(o.name), Relation: -1}
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
	eq := p.equalities(p.shown.rows.atoms)
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
