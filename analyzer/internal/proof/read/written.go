package read

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// InsertedRows is what is known of the new row, and of the one that RETURNING sees.
func (p *reader) InsertedRows(w *bind.Write) {
	w.Insert.Values = p.inserted(w)
	w.Insert.Rows = p.returned(w)
}

// inserted is what is known of the new row: its columns have the source's values.
func (p *reader) inserted(w *bind.Write) *formula.Conj {
	in := w.Insert
	if in.Source == nil || in.Source.Open || w.Table == nil {
		return &formula.Conj{}
	}
	if len(in.Source.Values) == 1 {
		out := &formula.Conj{}
		for i, c := range in.Columns {
			if i < len(in.Source.Values[0]) && !in.HasPath(i) {
				out = formula.And(out, p.ValueFacts(in.Source.Env, p.ColumnOf(in.Row, c), in.Source.Values[0][i]))
			}
		}
		return out
	}
	out := formula.And(p.RowFormula(in.Source))
	for i, o := range in.Source.Outputs {
		if i >= len(in.Columns) || in.HasPath(i) {
			break
		}
		a, b := p.ColumnOf(in.Row, in.Columns[i]), p.ColumnOf(in.Source.Tuple, o.Name)
		out.Atoms = append(out.Atoms, formula.Atom{Kind: formula.EqAtom, Weak: true, A: a, B: b, Cite: o.Expr})
	}
	return out
}

// returned links the row that RETURNING sees to the new one. After DO UPDATE it
// may be an old row, which shares only the columns of the conflict.
func (p *reader) returned(w *bind.Write) *formula.Conj {
	in := w.Insert
	if w.Table == nil || p.Fills(w.Table, true) != "" {
		return &formula.Conj{}
	}
	columns := in.Columns
	if c := in.Stmt.Conflict; c != nil && c.DoUpdate {
		columns = c.Columns
	}
	out := formula.And(in.Values)
	for _, c := range columns {
		if k := in.Stmt.Conflict; k != nil && bind.Sets(k.Set, c) {
			continue
		}
		a, b := p.ColumnOf(w.Target.Tuple, c), p.ColumnOf(in.Row, c)
		out.Atoms = append(out.Atoms, formula.Atom{Kind: formula.EqAtom, Weak: true, A: a, B: b})
	}
	return out
}

// WriteRows is what a written row implies, as RETURNING sees it: columns that
// the write sets no longer have the value that WHERE asked for.
func (p *reader) WriteRows(w *bind.Write) *formula.Conj {
	switch {
	case w.Insert != nil:
		return w.Insert.Rows
	case w.Merge != nil:
		return &formula.Conj{}
	}
	rows := formula.And(p.JoinRows(w.Block.From), p.FactsOf(w.Block.Env, w.Block.Where))
	changed := map[string]bool{}
	for _, a := range w.Set {
		for _, c := range a.Columns {
			changed[c] = true
		}
	}
	id := w.Target.Tuple.ID
	return p.Restrict(rows, func(t formula.Term) bool {
		return t.Kind != formula.ColumnTerm || t.Tuple.ID != id || !changed[t.Column]
	})
}

// Assigned is what SET column = value says of the new row.
func (p *reader) Assigned(en *bind.Env, t formula.TermID, a sqltree.Assign, i int) *formula.Conj {
	if s, ok := a.Value.(*sqltree.Subquery); ok && len(a.Columns) > 1 {
		sub := p.Sub(en, s.Query)
		if sub.Open || len(sub.Outputs) != len(a.Columns) {
			return &formula.Conj{}
		}
		return p.subValue(t, sub, i, a.Value)
	}
	return p.ValueFacts(en, t, AssignedValue(a, i))
}

// AssignedValue is the value of the i-th column, nil if it is part of a sub-select.
func AssignedValue(a sqltree.Assign, i int) sqltree.Expr {
	if len(a.Columns) == 1 {
		if r, ok := a.Value.(*sqltree.Row); ok && len(r.Items) == 1 {
			return r.Items[0]
		}
		return a.Value
	}
	if r, ok := a.Value.(*sqltree.Row); ok && i < len(r.Items) {
		return r.Items[i]
	}
	return nil
}

// ValueFacts says that a term is given a value.
func (p *reader) ValueFacts(en *bind.Env, t formula.TermID, e sqltree.Expr) *formula.Conj {
	switch e := e.(type) {
	case nil:
		return &formula.Conj{}
	case *sqltree.Coalesce:
		arms := make([]*formula.Conj, len(e.Args))
		for i, a := range e.Args {
			arms[i] = p.ValueFacts(en, t, a)
		}
		return p.or("coalesce", e, arms)
	case *sqltree.Case:
		return p.caseValue(en, t, e)
	case *sqltree.Literal:
		if e.Kind == sqltree.Null {
			return formula.One(formula.Atom{Kind: formula.NullAtom, A: t, Cite: e})
		}
	case *sqltree.Call:
		if e.Name == "unnest" && len(e.Args) == 1 { // one row for each element
			return formula.Weakly(p.ElementOf(t, e.Args[0], e), true)
		}
	case *sqltree.Other:
		if e.Kind == "NULLIF" && len(e.Args) == 2 {
			null := formula.One(formula.Atom{Kind: formula.NullAtom, A: t, Cite: e})
			null.Never = p.NotNull(t)
			return p.or("value", e, []*formula.Conj{p.ValueFacts(en, t, e.Args[0]), null})
		}
	}
	if s, ok := e.(*sqltree.Subquery); ok && !s.Array {
		if sub := p.Sub(en, s.Query); !sub.Open && len(sub.Outputs) == 1 {
			return p.subValue(t, sub, 0, e)
		}
		return &formula.Conj{}
	}
	v := p.PlainTerm(en, e)
	if v == formula.NoTerm {
		return &formula.Conj{}
	}
	return formula.One(formula.Atom{Kind: formula.EqAtom, Weak: true, A: t, B: v, Cite: e})
}

// subValue says that a term is given an output of a scalar sub-select: that of
// a row of it, or NULL if there is none, unless the term cannot be NULL.
func (p *reader) subValue(t formula.TermID, sub *bind.Query, i int, cite sqltree.Expr) *formula.Conj {
	eq := formula.One(formula.Atom{Kind: formula.EqAtom, Weak: true, A: t, B: p.ColumnOf(sub.Tuple, sub.Outputs[i].Name), Cite: cite})
	if p.NotNull(t) {
		return formula.And(p.RowFormula(sub), eq)
	}
	return p.or("value", cite, []*formula.Conj{formula.And(p.RowFormula(sub), eq), formula.One(formula.Atom{Kind: formula.NullAtom, A: t, Cite: cite})})
}

// caseValue: the term has the value of the arm that is taken.
func (p *reader) caseValue(en *bind.Env, t formula.TermID, e *sqltree.Case) *formula.Conj {
	var arms []*formula.Conj
	for _, w := range e.Whens {
		arms = append(arms, formula.And(p.WhenFacts(en, e, w), p.ValueFacts(en, t, w.Then)))
	}
	if e.Else == nil {
		return &formula.Conj{} // NULL
	}
	return p.or("case", e, append(arms, p.ValueFacts(en, t, e.Else)))
}
