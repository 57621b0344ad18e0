package ledger

import (
	"math"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/builtin"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/read"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A storedValue is one that a write may give to a column.
type storedValue struct {
	kind ValueKind
	need premise.Need   // BoundValue: its hole
	term formula.TermID // of a column: its term
	at   sqltree.Expr   // nil if it stands in no list of values
}

// NoteStored notes the values that a write may store in a column as a reference to
// an owned row: the invariant Ref of that edge then rests on them. The key that
// says whose the row is has been a need already. rows is what is known of the row
// that is stored.
func (p *Ledger) NoteStored(w *bind.Write, column string, values []storedValue, rows *formula.Conj) {
	if w.Table == nil || !p.OwnHoles() || p.Dry > 0 || p.decidesOwner(w.Table, column) && !p.heldByAny(w.Table) {
		return
	}
	for _, v := range values {
		for _, e := range w.Table.Edges {
			if i := slices.Index(e.Columns, column); i >= 0 && formula.IsOwned(e.To) {
				p.noteReference(w, v, Written{Table: w.Table, Column: column, Edge: e, Need: premise.Need{Kind: premise.Key, Table: formula.Qualified(e.To), Column: e.RefColumns[i]}}, rows)
			}
		}
	}
}

// heldByAny reports whether policies hold a table that has several parents: they look at any
// of them, and the others are references like all.
func (p *Ledger) heldByAny(t *catalogue.Table) bool {
	return t.Column == "" && len(t.Owners) > 1 && p.Cat.HeldBy(t) != nil
}

// refers reports whether a column refers to an owned row.
func refers(t *catalogue.Table, column string) bool {
	return t != nil && slices.ContainsFunc(t.Edges, func(e *catalogue.Edge) bool {
		return slices.Contains(e.Columns, column) && formula.IsOwned(e.To)
	})
}

// noteReference notes one value, once for each edge.
func (p *Ledger) noteReference(w *bind.Write, v storedValue, x Written, rows *formula.Conj) {
	x.Value, x.At = v.kind, v.at
	x.Need.Hole, x.Need.Element = v.need.Hole, v.need.Element
	if x.Value == keyColumn {
		tm := p.Terms[v.term]
		if tm.Tuple.Table == nil || holdsKey(tm.Tuple.Table, tm.Column, x.Edge.To, x.Need.Column) {
			return // whose row that is has been settled where it was stored
		}
		x.Value = StrayColumn
	}
	toRoot := x.Edge.To.Tenancy == catalogue.Root && len(x.Edge.Columns) == 1
	x.Rests = !x.Edge.SameTenant && !toRoot
	if !slices.ContainsFunc(p.Writes, func(y owed) bool {
		return y.Edge == x.Edge && y.Column == x.Column && y.Value == x.Value && y.Need == x.Need
	}) {
		p.Writes = append(p.Writes, owed{x, rows})
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

// StoredValues lists what an expression may give.
func (p *Ledger) StoredValues(en *bind.Env, e sqltree.Expr) []storedValue {
	switch x := e.(type) {
	case nil, *sqltree.Default:
		return nil
	case *sqltree.Hole:
		return []storedValue{{need: premise.Need{Hole: x.Number}, at: e}}
	case *sqltree.Literal:
		if x.Kind == sqltree.Null {
			return nil
		}
		return []storedValue{{kind: ConstantValue, at: e}}
	case *sqltree.Cast:
		if !bind.KeepsValue(x) {
			return p.taken(en, []sqltree.Expr{x.X}, e)
		}
		return p.StoredValues(en, x.X)
	case *sqltree.Coalesce:
		return p.storedInAny(en, x.Args)
	case *sqltree.Case:
		var arms []sqltree.Expr
		for _, w := range x.Whens {
			arms = append(arms, w.Then)
		}
		return p.storedInAny(en, append(arms, bind.Present(x.Else)...))
	case *sqltree.Call:
		if x.Name == "unnest" && len(x.Args) == 1 {
			return p.elementsOf(en, x.Args[0], e)
		}
		return p.taken(en, builtin.Taken(x.Name, x.Args), e)
	case *sqltree.Binary:
		return p.taken(en, partsOf(x), e)
	case *sqltree.Other:
		return p.storedInOther(en, x)
	case *sqltree.Subquery:
		if !x.Array {
			return p.storedOutput(p.Sub(en, x.Query), 0, e)
		}
	case *sqltree.Column:
		t := p.Resolve(en.Scope, x)
		if f := functionOf(en.Scope, x); t == formula.NoTerm && f != nil {
			return p.storedByFunction(f, allOutputs, e)
		}
		return p.storedColumn(t, e)
	}
	return unknownValue(e)
}

// unknownValue is a value that may be anything.
func unknownValue(e sqltree.Expr) []storedValue {
	return []storedValue{{kind: ComputedValue, at: e}}
}

// partsOf lists the operands that the result of an operator is made of.
func partsOf(e *sqltree.Binary) []sqltree.Expr {
	switch e.Op {
	case "->", "->>", "#>", "#>>":
		return []sqltree.Expr{e.L}
	case "||":
		return []sqltree.Expr{e.L, e.R}
	}
	return nil
}

// taken is a value that is made of parts of some expressions: whoever chose a bind
// value among them chose it. What else it is made of is not known.
func (p *Ledger) taken(en *bind.Env, from []sqltree.Expr, at sqltree.Expr) []storedValue {
	var out []storedValue
	rest := len(from) == 0
	for _, v := range p.storedInAny(en, from) {
		switch v.kind {
		case BoundValue, TakenValue:
			out = append(out, storedValue{kind: TakenValue, need: v.need, at: at})
		case ConstantValue:
		default:
			rest = true
		}
	}
	if rest || len(out) == 0 {
		return append(out, unknownValue(at)...)
	}
	return out
}

// elementsOf are the values that unnest gives of an array.
func (p *Ledger) elementsOf(en *bind.Env, array, at sqltree.Expr) []storedValue {
	if h, ok := bind.PlainHole(array); ok {
		return []storedValue{{need: premise.Need{Hole: h.Number, Element: true}, at: at}}
	}
	if list, ok := array.(*sqltree.Array); ok {
		return p.storedInAny(en, list.Items)
	}
	return p.taken(en, []sqltree.Expr{array}, at)
}

// storedInOther lists what an expression gives that chooses among its operands. Of
// any other kind it may be one of them, or something that is made of them.
func (p *Ledger) storedInOther(en *bind.Env, e *sqltree.Other) []storedValue {
	switch {
	case e.Kind == "NULLIF" && len(e.Args) == 2:
		return p.StoredValues(en, e.Args[0])
	case e.Kind == "GREATEST", e.Kind == "LEAST":
		return p.storedInAny(en, e.Args)
	case e.Kind == "field", e.Kind == "fields", e.Kind == "subscript":
		return p.taken(en, e.Args[:1], e)
	}
	return append(p.storedInAny(en, e.Args), unknownValue(e)...)
}

// storedInAny lists what any of several expressions may give.
func (p *Ledger) storedInAny(en *bind.Env, list []sqltree.Expr) []storedValue {
	var out []storedValue
	for _, e := range list {
		out = append(out, p.StoredValues(en, e)...)
	}
	return out
}

// storedColumn follows a column of a derived table to the values in it. A column
// of a table's row is that row's, which is tied by itself.
func (p *Ledger) storedColumn(t formula.TermID, at sqltree.Expr) []storedValue {
	if t == formula.NoTerm {
		return unknownValue(at)
	}
	written := p.Terms[t]
	t = p.Origin(t)
	switch tm := p.Terms[t]; tm.Kind {
	case formula.HoleTerm:
		return []storedValue{{need: premise.Need{Hole: tm.Hole}, at: at}}
	case formula.ConstTerm:
		return []storedValue{{kind: ConstantValue, at: at}}
	case formula.ColumnTerm:
		if q := p.OfRow[tm.Tuple.ID]; q != nil {
			return p.storedNamed(q, tm.Column, at)
		}
		if tm.Tuple.Table != nil {
			return []storedValue{{kind: keyColumn, term: t, at: at}}
		}
	case formula.ComputedTerm: // by a select list, of which the text is there
		if written.Kind == formula.ColumnTerm && p.OfRow[written.Tuple.ID] != nil {
			return p.storedNamed(p.OfRow[written.Tuple.ID], written.Column, at)
		}
	}
	return unknownValue(at)
}

// storedNamed lists what a column of a query may hold.
func (p *Ledger) storedNamed(q *bind.Query, column string, at sqltree.Expr) []storedValue {
	for i, o := range q.Outputs {
		if o.Name == column {
			return p.storedOutput(q, i, at)
		}
	}
	return unknownValue(at)
}

// storedOutput lists the values of one output of a query; at stands for those that
// stand in no expression of it.
func (p *Ledger) storedOutput(q *bind.Query, i int, at sqltree.Expr) []storedValue {
	switch {
	case i >= len(q.Outputs):
		return unknownValue(at)
	case q.Op != nil:
		return append(p.storedOutput(q.Op.Left, i, at), p.storedOutput(q.Op.Right, i, at)...)
	case q.Loop != nil:
		return append(p.storedOutput(q.Loop.Base, i, at), p.storedOutput(q.Loop.Step, i, at)...)
	case q.Values != nil:
		var out []storedValue
		for _, row := range q.Values {
			if i < len(row) {
				out = append(out, p.StoredValues(q.Env, row[i])...)
			}
		}
		return out
	case q.Func != nil:
		return p.storedByFunction(q, i, at)
	case q.Outputs[i].Expr != nil && q.Env != nil:
		return p.StoredValues(q.Env, q.Outputs[i].Expr)
	}
	return p.storedColumn(q.Outputs[i].Term, at)
}

// allOutputs stands for an output of a function whose columns are not listed.
const allOutputs = math.MaxInt

// functionOf finds the function in FROM whose row, or a field of it, a column names;
// nil if it is none.
func functionOf(s *bind.Scope, c *sqltree.Column) *bind.Query {
	for ; s != nil; s = s.Parent {
		for _, l := range s.From.Leaves() {
			if l.Func != nil && (l.Alias == c.Table || c.Table == "" && l.Alias == c.Name) {
				return l.Sub
			}
		}
	}
	return nil
}

// storedByFunction lists the values of an output of a function in FROM.
func (p *Ledger) storedByFunction(q *bind.Query, i int, at sqltree.Expr) []storedValue {
	if args := bind.Unnested(q.Func.Calls); i < len(args) {
		return p.elementsOf(q.Env, args[i], at)
	}
	var from []sqltree.Expr
	for _, e := range q.Func.Calls {
		c, ok := e.(*sqltree.Call)
		if !ok {
			return unknownValue(at)
		}
		parts := builtin.Taken(c.Name, c.Args)
		if len(parts) == 0 {
			return unknownValue(at)
		}
		from = append(from, parts...)
	}
	return p.taken(q.Env, from, at)
}

// assignedValues lists what SET stores in its i-th column.
func (p *Ledger) assignedValues(en *bind.Env, a sqltree.Assign, i int) []storedValue {
	if s, ok := a.Value.(*sqltree.Subquery); ok && len(a.Columns) > 1 {
		return p.storedOutput(p.Sub(en, s.Query), i, a.Value)
	}
	if v := read.AssignedValue(a, i); v != nil {
		return p.StoredValues(en, v)
	}
	return unknownValue(a.Value)
}

// NoteInserted notes what an INSERT stores, from every row and arm of its source.
func (p *Ledger) NoteInserted(w *bind.Write) {
	in := w.Insert
	if in.Source == nil || !p.OwnHoles() {
		return
	}
	for i, c := range in.Columns {
		switch {
		case !refers(w.Table, c):
		case in.Source.Open:
			p.NoteStored(w, c, unknownValue(nil), in.Values)
		case i < len(in.Source.Outputs):
			p.NoteStored(w, c, p.storedOutput(in.Source, i, in.Source.Outputs[i].Expr), in.Values)
		}
	}
}
