package proof

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A stored value is one that a write gives to a column, and where its names
// mean something.
type stored struct {
	column string
	en     *env
	value  sqltree.Expr
}

// noteForeignKey notes the bind values that a write may store as a reference to
// an owned row: the invariant Ref of that edge then rests on them. The key that
// says whose the row is has been a need already.
func (p *prover) noteForeignKey(w *write, s stored) {
	if s.value == nil || w.table == nil || !p.ownHoles() || !p.refers(w, s.column) {
		return
	}
	for _, n := range p.storedHoles(s.en, s.value) {
		p.noteReference(w, s.column, n, s.value)
	}
	if p.strays(w, s) {
		p.noteReference(w, s.column, Need{}, s.value)
	}
}

// strays tells a column that is stored as a reference and is none: its value may
// by chance be the key of anybody's row, and no bind value answers for that.
func (p *prover) strays(w *write, s stored) bool {
	e, ok := s.value.(*sqltree.Column)
	if !ok {
		return false
	}
	t := p.resolve(s.en.scope, e)
	if t == noTerm {
		return false
	}
	tm := p.terms[p.origin(t)]
	if tm.kind != columnTerm || p.ofRow[tm.tuple.id] != nil || tm.tuple.table == nil {
		return false
	}
	for _, edge := range w.table.Edges {
		for i, c := range edge.Columns {
			if c == s.column && isOwned(edge.To) && !p.decidesOwner(w.table, c) && !holdsKey(tm.tuple.table, tm.column, edge.To, edge.RefColumns[i]) {
				return true
			}
		}
	}
	return false
}

// holdsKey tells whether a column of a table holds keys of another: it is that key,
// or refers to it.
func holdsKey(t *catalogue.Table, column string, to *catalogue.Table, key string) bool {
	if t == to && column == key {
		return true
	}
	for _, e := range t.Edges {
		for i, c := range e.Columns {
			if c == column && e.To == to && e.RefColumns[i] == key {
				return true
			}
		}
	}
	return false
}

// refers tells whether a column refers to an owned row, beside saying whose its
// own row is.
func (p *prover) refers(w *write, column string) bool {
	for _, e := range w.table.Edges {
		if slices.Contains(e.Columns, column) && isOwned(e.To) && !p.decidesOwner(w.table, column) {
			return true
		}
	}
	return false
}

// noteReference notes one bind value, once for each edge.
func (p *prover) noteReference(w *write, column string, n Need, at sqltree.Expr) {
	if p.dry > 0 {
		return
	}
	for _, e := range w.table.Edges {
		for i, c := range e.Columns {
			if c != column || !isOwned(e.To) || p.decidesOwner(w.table, c) {
				continue
			}
			n.Kind, n.Table, n.Column = Key, qualified(e.To), e.RefColumns[i]
			x := Written{Table: w.table, Column: column, Edge: e, Need: n, At: at}
			if !slices.ContainsFunc(p.writes, func(y Written) bool { return y.Edge == e && y.Column == column && y.Need == n }) {
				p.writes = append(p.writes, x)
			}
		}
	}
}

// storedHoles lists the bind values that an expression may give unchanged.
func (p *prover) storedHoles(en *env, e sqltree.Expr) []Need {
	switch e := e.(type) {
	case *sqltree.Hole:
		return []Need{{Hole: e.Number}}
	case *sqltree.Cast:
		return p.storedHoles(en, e.X)
	case *sqltree.Coalesce:
		return p.storedInAny(en, e.Args)
	case *sqltree.Case:
		var arms []sqltree.Expr
		for _, w := range e.Whens {
			arms = append(arms, w.Then)
		}
		return p.storedInAny(en, append(arms, present(e.Else)...))
	case *sqltree.Other:
		return p.storedInAny(en, e.Args)
	case *sqltree.Call:
		if e.Name == "unnest" && len(e.Args) == 1 {
			if h, ok := plainHole(e.Args[0]); ok {
				return []Need{{Hole: h.Number, Element: true}}
			}
		}
		return nil
	case *sqltree.Subquery:
		return p.storedOutput(p.sub(en, e.Query), 0)
	case *sqltree.Column:
		return p.storedColumn(p.resolve(en.scope, e))
	}
	return nil
}

// storedInAny lists what any of several expressions may give.
func (p *prover) storedInAny(en *env, list []sqltree.Expr) []Need {
	var out []Need
	for _, e := range list {
		out = append(out, p.storedHoles(en, e)...)
	}
	return out
}

// storedColumn follows a column of a derived table to the bind values in it. A
// column of a table's row is that row's, which is tied by itself.
func (p *prover) storedColumn(t termID) []Need {
	if t == noTerm {
		return nil
	}
	switch tm := p.terms[p.origin(t)]; tm.kind {
	case holeTerm:
		return []Need{{Hole: tm.hole}}
	case columnTerm:
		if q := p.ofRow[tm.tuple.id]; q != nil {
			return p.storedNamed(q, tm.column)
		}
	}
	return nil
}

// storedNamed lists what a column of a query may hold.
func (p *prover) storedNamed(q *query, column string) []Need {
	for i, o := range q.outs {
		if o.name == column {
			return p.storedOutput(q, i)
		}
	}
	return nil
}

// storedOutput lists the bind values in one output of a query.
func (p *prover) storedOutput(q *query, i int) []Need {
	if i >= len(q.outs) {
		return nil
	}
	switch {
	case q.op != nil:
		return append(p.storedOutput(q.op.left, i), p.storedOutput(q.op.right, i)...)
	case q.loop != nil:
		return append(p.storedOutput(q.loop.base, i), p.storedOutput(q.loop.step, i)...)
	case q.values != nil:
		var out []Need
		for _, row := range q.values {
			if i < len(row) {
				out = append(out, p.storedHoles(q.env, row[i])...)
			}
		}
		return out
	case q.fn != nil:
		if args := unnested(q.fn.Calls); i < len(args) {
			if h, ok := plainHole(args[i]); ok {
				return []Need{{Hole: h.Number, Element: true}}
			}
		}
		return nil
	case q.outs[i].expr != nil && q.env != nil:
		return p.storedHoles(q.env, q.outs[i].expr)
	}
	return p.storedColumn(q.outs[i].term)
}

// noteAssigned notes what SET stores.
func (p *prover) noteAssigned(w *write, column string, en *env, a sqltree.Assign, i int) {
	if s, ok := a.Value.(*sqltree.Subquery); ok && len(a.Columns) > 1 {
		if p.ownHoles() && p.refers(w, column) {
			for _, n := range p.storedOutput(p.sub(en, s.Query), i) {
				p.noteReference(w, column, n, a.Value)
			}
		}
		return
	}
	p.noteForeignKey(w, stored{column, en, assignedValue(a, i)})
}

// noteInserted notes what an INSERT stores, from every row and arm of its source.
func (p *prover) noteInserted(w *write) {
	in := w.insert
	if in.source == nil || !p.ownHoles() {
		return
	}
	for i, c := range in.columns {
		if i >= len(in.source.outs) || in.source.open {
			break
		}
		if !p.refers(w, c) {
			continue
		}
		for _, n := range p.storedOutput(in.source, i) {
			p.noteReference(w, c, n, in.valueAt(i))
		}
	}
}

// valueAt is an expression that stands for what is stored in the i-th column.
func (in *insertion) valueAt(i int) sqltree.Expr {
	if rows := in.sourceRows(); len(rows) > 0 && i < len(rows[0]) {
		return rows[0][i]
	}
	return in.source.outs[i].expr
}
