package proof

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A storedValue is one that a write may give to a column.
type storedValue struct {
	kind ValueKind
	need Need         // BoundValue: its hole
	term termID       // of a column: its term
	at   sqltree.Expr // nil if it stands in no list of values
}

// noteStored notes the values that a write may store in a column as a reference to
// an owned row: the invariant Ref of that edge then rests on them. The key that
// says whose the row is has been a need already. rows is what is known of the row
// that is stored.
func (p *ledger) noteStored(w *write, column string, values []storedValue, rows *conj) {
	if w.table == nil || !p.ownHoles() || p.dry > 0 || p.decidesOwner(w.table, column) {
		return
	}
	for _, v := range values {
		for _, e := range w.table.Edges {
			if i := slices.Index(e.Columns, column); i >= 0 && isOwned(e.To) {
				p.noteReference(w, v, Written{Table: w.table, Column: column, Edge: e, Need: Need{Kind: Key, Table: qualified(e.To), Column: e.RefColumns[i]}}, rows)
			}
		}
	}
}

// refers reports whether a column refers to an owned row.
func refers(t *catalogue.Table, column string) bool {
	return t != nil && slices.ContainsFunc(t.Edges, func(e *catalogue.Edge) bool {
		return slices.Contains(e.Columns, column) && isOwned(e.To)
	})
}

// noteReference notes one value, once for each edge.
func (p *ledger) noteReference(w *write, v storedValue, x Written, rows *conj) {
	x.Value, x.At = v.kind, v.at
	x.Need.Hole, x.Need.Element = v.need.Hole, v.need.Element
	if x.Value == keyColumn {
		tm := p.terms[v.term]
		if tm.tuple.table == nil || holdsKey(tm.tuple.table, tm.column, x.Edge.To, x.Need.Column) {
			return // whose row that is has been settled where it was stored
		}
		x.Value = StrayColumn
	}
	toRoot := x.Edge.To.Tenancy == catalogue.Root && len(x.Edge.Columns) == 1
	x.Rests = !x.Edge.SameTenant && !toRoot
	if !slices.ContainsFunc(p.writes, func(y owed) bool {
		return y.Edge == x.Edge && y.Column == x.Column && y.Value == x.Value && y.Need == x.Need
	}) {
		p.writes = append(p.writes, owed{x, rows})
	}
}

// holdsKey reports whether a column of a table holds keys of another: it is that
// key, or refers to it. A value that is no such key may by chance be the key of
// anybody's row.
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

// storedValues lists what an expression may give.
func (p *ledger) storedValues(en *env, e sqltree.Expr) []storedValue {
	switch x := e.(type) {
	case nil, *sqltree.Default:
		return nil
	case *sqltree.Hole:
		return []storedValue{{need: Need{Hole: x.Number}, at: e}}
	case *sqltree.Literal:
		if x.Kind == sqltree.Null {
			return nil
		}
		return []storedValue{{kind: ConstantValue, at: e}}
	case *sqltree.Cast:
		return p.storedValues(en, x.X)
	case *sqltree.Coalesce:
		return p.storedInAny(en, x.Args)
	case *sqltree.Case:
		var arms []sqltree.Expr
		for _, w := range x.Whens {
			arms = append(arms, w.Then)
		}
		return p.storedInAny(en, append(arms, present(x.Else)...))
	case *sqltree.Call:
		if x.Name == "unnest" && len(x.Args) == 1 {
			return elementsOf(x.Args[0], e)
		}
	case *sqltree.Other:
		return p.storedInOther(en, x)
	case *sqltree.Subquery:
		if !x.Array {
			return p.storedOutput(p.sub(en, x.Query), 0, e)
		}
	case *sqltree.Column:
		return p.storedColumn(p.resolve(en.scope, x), e)
	}
	return unknownValue(e)
}

// unknownValue is a value that may be anything.
func unknownValue(e sqltree.Expr) []storedValue {
	return []storedValue{{kind: ComputedValue, at: e}}
}

// elementsOf are the values that unnest gives of an array.
func elementsOf(array, at sqltree.Expr) []storedValue {
	if h, ok := plainHole(array); ok {
		return []storedValue{{need: Need{Hole: h.Number, Element: true}, at: at}}
	}
	return unknownValue(at)
}

// storedInOther lists what an expression gives that chooses among its operands. Of
// any other kind it may be one of them, or something that is made of them.
func (p *ledger) storedInOther(en *env, e *sqltree.Other) []storedValue {
	switch {
	case e.Kind == "NULLIF" && len(e.Args) == 2:
		return p.storedValues(en, e.Args[0])
	case e.Kind == "GREATEST", e.Kind == "LEAST":
		return p.storedInAny(en, e.Args)
	}
	return append(p.storedInAny(en, e.Args), unknownValue(e)...)
}

// storedInAny lists what any of several expressions may give.
func (p *ledger) storedInAny(en *env, list []sqltree.Expr) []storedValue {
	var out []storedValue
	for _, e := range list {
		out = append(out, p.storedValues(en, e)...)
	}
	return out
}

// storedColumn follows a column of a derived table to the values in it. A column
// of a table's row is that row's, which is tied by itself.
func (p *ledger) storedColumn(t termID, at sqltree.Expr) []storedValue {
	if t == noTerm {
		return unknownValue(at)
	}
	t = p.origin(t)
	switch tm := p.terms[t]; tm.kind {
	case holeTerm:
		return []storedValue{{need: Need{Hole: tm.hole}, at: at}}
	case constTerm:
		return []storedValue{{kind: ConstantValue, at: at}}
	case columnTerm:
		if q := p.ofRow[tm.tuple.id]; q != nil {
			return p.storedNamed(q, tm.column, at)
		}
		if tm.tuple.table != nil {
			return []storedValue{{kind: keyColumn, term: t, at: at}}
		}
	}
	return unknownValue(at)
}

// storedNamed lists what a column of a query may hold.
func (p *ledger) storedNamed(q *query, column string, at sqltree.Expr) []storedValue {
	for i, o := range q.outs {
		if o.name == column {
			return p.storedOutput(q, i, at)
		}
	}
	return unknownValue(at)
}

// storedOutput lists the values of one output of a query; at stands for those that
// stand in no expression of it.
func (p *ledger) storedOutput(q *query, i int, at sqltree.Expr) []storedValue {
	switch {
	case i >= len(q.outs):
		return unknownValue(at)
	case q.op != nil:
		return append(p.storedOutput(q.op.left, i, at), p.storedOutput(q.op.right, i, at)...)
	case q.loop != nil:
		return append(p.storedOutput(q.loop.base, i, at), p.storedOutput(q.loop.step, i, at)...)
	case q.values != nil:
		var out []storedValue
		for _, row := range q.values {
			if i < len(row) {
				out = append(out, p.storedValues(q.env, row[i])...)
			}
		}
		return out
	case q.fn != nil:
		if args := unnested(q.fn.Calls); i < len(args) {
			return elementsOf(args[i], at)
		}
		return unknownValue(at)
	case q.outs[i].expr != nil && q.env != nil:
		return p.storedValues(q.env, q.outs[i].expr)
	}
	return p.storedColumn(q.outs[i].term, at)
}

// assignedValues lists what SET stores in its i-th column.
func (p *ledger) assignedValues(en *env, a sqltree.Assign, i int) []storedValue {
	if s, ok := a.Value.(*sqltree.Subquery); ok && len(a.Columns) > 1 {
		return p.storedOutput(p.sub(en, s.Query), i, a.Value)
	}
	if v := assignedValue(a, i); v != nil {
		return p.storedValues(en, v)
	}
	return unknownValue(a.Value)
}

// noteInserted notes what an INSERT stores, from every row and arm of its source.
func (p *ledger) noteInserted(w *write) {
	in := w.insert
	if in.source == nil || !p.ownHoles() {
		return
	}
	for i, c := range in.columns {
		switch {
		case !refers(w.table, c):
		case in.source.open:
			p.noteStored(w, c, unknownValue(nil), in.values)
		case i < len(in.source.outs):
			p.noteStored(w, c, p.storedOutput(in.source, i, in.source.outs[i].expr), in.values)
		}
	}
}

// sourceRows are the rows of VALUES, nil for another source.
func (in *insertion) sourceRows() [][]sqltree.Expr {
	if in.source == nil {
		return nil
	}
	return in.source.values
}
