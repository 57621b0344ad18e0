package proof

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A tuple is a row variable: an occurrence of a relation in FROM, the row that
// a query gives, or a row that a statement writes. Every copy of an inlined CTE
// or view has tuples of its own, so that two references never share a row.
type tuple struct {
	id    int
	name  string           // alias, for people
	table *catalogue.Table // nil if it is no row of a known table
	at    sqltree.Node
	via   sqltree.Node // the view through which the table is seen, nil otherwise
	// nullable: an outer join may extend the row with NULLs, so that NOT NULL
	// columns of the table say nothing.
	nullable bool
	// written: a row that the statement changes or makes: no sharing excuses those.
	// steady: of those, one that stays whose it is.
	written, steady bool
	// fresh: a row that the statement makes. Its owner is what is stored in it.
	fresh bool
	// met: the row that ON CONFLICT finds. Holding a secret of it is no excuse to
	// overwrite it.
	met bool
	// proved holds, for the row of a recursive query, what ties it by induction.
	proved []Alternative
}

// termID names a term of the statement; noTerm says that an expression is none.
type termID int32

const noTerm termID = -1

type termKind uint8

const (
	columnTerm   termKind = iota // a column of a tuple
	holeTerm                     // a bind value
	constTerm                    // a literal, by its text
	computedTerm                 // an expression over bind values and literals only
)

// A term is what equalities speak of.
type term struct {
	kind   termKind
	tuple  *tuple
	column string
	hole   int
	text   string
}

// termKey is the identity of a term.
type termKey struct {
	kind  termKind
	tuple int
	text  string
}

// A store holds the terms and row variables of one statement.
type store struct {
	terms  []term
	index  map[termKey]termID
	tuples []*tuple
}

// newStore is an empty store.
func newStore() *store { return &store{index: map[termKey]termID{}} }

// newTuple makes a row variable.
func (p *store) newTuple(name string, table *catalogue.Table, at sqltree.Node) *tuple {
	t := &tuple{id: len(p.tuples), name: name, table: table, at: at}
	p.tuples = append(p.tuples, t)
	return t
}

// intern gives equal terms one number.
func (p *store) intern(key termKey, t term) termID {
	if id, ok := p.index[key]; ok {
		return id
	}
	id := termID(len(p.terms))
	p.index[key] = id
	p.terms = append(p.terms, t)
	return id
}

// columnOf is the term of a row's column.
func (p *store) columnOf(t *tuple, column string) termID {
	return p.intern(termKey{columnTerm, t.id, column}, term{kind: columnTerm, tuple: t, column: column})
}

// known is columnOf without making the term: noTerm if no predicate speaks of it.
func (p *store) known(t *tuple, column string) termID {
	if id, ok := p.index[termKey{columnTerm, t.id, column}]; ok {
		return id
	}
	return noTerm
}

// holeOf is the term of a bind value.
func (p *store) holeOf(number int) termID {
	return p.intern(termKey{holeTerm, number, ""}, term{kind: holeTerm, hole: number})
}

// constOf is the term of a literal: equal texts are equal values.
func (p *store) constOf(text string) termID {
	return p.intern(termKey{constTerm, 0, text}, term{kind: constTerm, text: text})
}

// computed makes a term for one occurrence of an expression; no two are equal.
func (p *store) computed() termID {
	n := len(p.terms)
	return p.intern(termKey{computedTerm, n, ""}, term{kind: computedTerm})
}

// notNull tells that a term cannot be NULL whatever the data.
func (p *values) notNull(id termID) bool {
	t := p.terms[id]
	switch t.kind {
	case constTerm:
		return true
	case columnTerm:
		switch {
		case t.tuple.nullable || p.grouped[t.tuple] != nil && !p.survivesGrouping(id):
			return false
		case t.tuple.table != nil:
			return columnNotNull(t.tuple.table, t.column)
		}
		return p.outputNotNull(p.ofRow[t.tuple.id], t.column)
	}
	return false
}

// survivesGrouping tells a column that every grouping set of its block keeps.
// GROUP BY itself sees the rows before they are grouped.
func (p *values) survivesGrouping(id termID) bool {
	t := p.terms[id].tuple
	b := p.grouped[t]
	delete(p.grouped, t)
	defer func() { p.grouped[t] = b }()
	return p.determined(b, groupingOf(b.node), id)
}

// outputNotNull tells whether an output of a query cannot be NULL.
func (p *values) outputNotNull(q *query, name string) bool {
	if q == nil || q.open {
		return false
	}
	for i, o := range q.outs {
		if o.name == name {
			return p.notNullAt(q, i)
		}
	}
	return false
}

// notNullAt is outputNotNull of the i-th output; of a set operation both arms
// must say so, or the one that all rows come from.
func (p *values) notNullAt(q *query, i int) bool {
	if i >= len(q.outs) || q.open {
		return false
	}
	if q.op != nil {
		left, right := p.notNullAt(q.op.left, i), p.notNullAt(q.op.right, i)
		switch q.op.op {
		case "UNION":
			return left && right
		case "INTERSECT":
			return left || right
		}
		return left
	}
	t := q.outs[i].term
	if q.block == nil || t == noTerm || !p.notNull(t) {
		return false
	}
	g := groupingOf(q.block.node)
	return g == nil || !g.sets || p.determined(q.block, g, t)
}

// columnNotNull tells whether the schema forbids NULL in a column.
func columnNotNull(t *catalogue.Table, name string) bool {
	for _, c := range t.Columns {
		if c.Name == name {
			return c.NotNull
		}
	}
	return false
}

// qualified is a table's name as people and needs write it.
func qualified(t *catalogue.Table) string {
	if t.Schema == "" {
		return t.Name
	}
	return t.Schema + "." + t.Name
}

// isOwned tells whether the rows of a table belong to tenants.
func isOwned(t *catalogue.Table) bool { return t != nil && t.Tenancy != catalogue.Shared }
