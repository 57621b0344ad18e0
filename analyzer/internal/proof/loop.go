package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// A loop is a recursive query: its rows come from base, or from step applied to
// rows that it gave before.
//
// What holds for every row is shown by induction. A column that the step copies
// unchanged has in every row a value that base gave. Columns that base and step
// take from rows of one table, the step from another row of it each time, are
// those of some row of that table; and that row is the tenant's if base's is
// and if, given that the row before is, the step's is.
type loop struct {
	def   *cteDef
	body  *sqltree.Query
	op    *sqltree.SetOp
	base  *query
	step  *query
	prior *query // the rows that the step refers to; nil unless exactly once
	many  bool   // the step refers to them more than once
}

// bindLoop binds base and step; a reference inside of the step is to the rows
// that came before.
func (p *binder) bindLoop(def *cteDef, body *sqltree.Query, op *sqltree.SetOp) *query {
	q := &query{node: body, tuple: p.newTuple(def.node.Name, nil, body)}
	q.env = p.newEnv(def.outer, def.ctes)
	q.loop = &loop{def: def, body: body, op: op}
	q.loop.base = p.bindQuery(op.Left, def.outer, def.ctes)
	p.asLeaf(q.loop.base, def.node.Columns)
	p.nameLike(q, q.loop.base)
	def.self = q
	q.loop.step = p.bindQuery(op.Right, def.outer, def.ctes)
	def.self = nil
	p.asLeaf(q.loop.step, nil)
	if def.node.Search != nil || def.node.Cycle != nil {
		q.open = true
	}
	return q
}

// selfLeaf is the reference of the step to the rows that came before.
func (p *binder) selfLeaf(self *query, name string) *leaf {
	q := &query{tuple: p.newTuple(name, nil, self.node), shared: true}
	p.nameLike(q, self)
	self.loop.many = self.loop.prior != nil
	self.loop.prior = q
	return p.queryLeaf(q, name, nil, false)
}

// plain tells the loops that the induction is made for: base and step are
// single blocks, and the step's FROM names the loop once.
func (l *loop) plain() bool {
	if l.prior == nil || l.many || l.base.block == nil || l.step.block == nil || l.base.open || l.step.open {
		return false
	}
	if len(l.base.outs) != len(l.step.outs) || aggregatesAll(l.base) || aggregatesAll(l.step) {
		return false
	}
	for _, leaf := range l.step.block.from.leaves() {
		if leaf.sub == l.prior {
			return !leaf.tuple.nullable
		}
	}
	return false
}

// copied tells whether the step gives column i unchanged.
func (p *reader) copied(l *loop, i int) bool {
	return l.step.outs[i].term == p.columnOf(l.prior.tuple, l.prior.outs[i].name)
}

// A lineage is a pair of rows of one table, base's and the step's, that columns
// of the loop are taken from.
type lineage struct {
	base, step *tuple
	columns    []int
	names      []string
}

// lineages pairs the columns that base and step take from one table each.
func (p *reader) lineages(l *loop) []*lineage {
	var out []*lineage
	for i := range l.base.outs {
		b, s := l.base.outs[i].term, l.step.outs[i].term
		if b == noTerm || s == noTerm {
			continue
		}
		x, y := p.terms[b], p.terms[s]
		if x.kind != columnTerm || y.kind != columnTerm || x.column != y.column || x.tuple.table == nil || x.tuple.table != y.tuple.table {
			continue
		}
		g := findLineage(out, x.tuple, y.tuple)
		if g == nil {
			g = &lineage{base: x.tuple, step: y.tuple}
			out = append(out, g)
		}
		g.columns, g.names = append(g.columns, i), append(g.names, x.column)
	}
	return out
}

// findLineage finds the pair of two rows, nil if it is new.
func findLineage(list []*lineage, base, step *tuple) *lineage {
	for _, l := range list {
		if l.base == base && l.step == step {
			return l
		}
	}
	return nil
}

// rowsOf is what is known of one row of a loop whose columns are row's: the
// columns that every step copies are those of some row of witness, and those of
// a lineage are those of some row that alts tie.
func (p *judge) rowsOf(l *loop, row *query, witness *query, alts func(*lineage) []Alternative) *conj {
	out := and(p.rowFormula(witness))
	for i := range l.base.outs {
		if p.copied(l, i) {
			a, b := p.columnOf(row.tuple, row.outs[i].name), p.columnOf(witness.tuple, witness.outs[i].name)
			out.atoms = append(out.atoms, atom{kind: eqAtom, weak: true, a: a, b: b})
		}
	}
	for _, g := range p.lineages(l) {
		some := p.newTuple(g.base.name, g.base.table, g.base.at)
		some.nullable = g.base.nullable || g.step.nullable
		if found := alts(g); len(found) > 0 {
			some.proved = found
		}
		for k, i := range g.columns {
			a, b := p.columnOf(row.tuple, row.outs[i].name), p.columnOf(some, g.names[k])
			out.atoms = append(out.atoms, atom{kind: eqAtom, weak: true, a: a, b: b})
		}
	}
	return out
}

// loopRows is what the existence of a row of a recursive query implies. What
// ties its rows is learned from a second copy, judged without context.
func (p *judge) loopRows(q *query) *conj {
	l := q.loop
	if !l.plain() {
		return &conj{}
	}
	if p.instances > maxInstances {
		p.cap(Copies)
		return &conj{}
	}
	shadow := p.bindLoop(l.def, l.body, l.op)
	if !shadow.loop.plain() {
		return &conj{}
	}
	p.dry++
	p.judgeLoop(shadow, &conj{})
	p.dry--
	return p.rowsOf(shadow.loop, q, shadow.loop.base, func(g *lineage) []Alternative {
		return both(p.tied[g.base.id], p.tied[g.step.id])
	})
}

// judgeLoop judges base with the filters that may be pushed into it, then the
// step for rows that came before.
func (p *judge) judgeLoop(q *query, ctx *conj) {
	l := q.loop
	if !l.plain() {
		p.judgeQuery(l.base, &conj{})
		p.judgeQuery(l.step, &conj{})
		return
	}
	var push, again *conj
	if barrier(q) == "" && !q.open {
		push, again = p.copiedColumns(q, l.base), p.copiedColumns(q, l.prior)
	}
	p.judgeQuery(l.base, and(ctx, push))
	witness := p.bindQuery(l.op.Left, l.def.outer, l.def.ctes)
	p.asLeaf(witness, l.def.node.Columns)
	before := p.rowsOf(l, l.prior, witness, func(g *lineage) []Alternative { return p.tied[g.base.id] })
	p.judgeQuery(l.step, and(ctx, again, before))
}

// copiedColumns equates the loop's columns that the step copies with another
// query's: a filter on them holds for the rows before, too.
func (p *pusher) copiedColumns(q, other *query) *conj {
	out := &conj{}
	for i := range q.outs {
		if p.copied(q.loop, i) {
			a, b := p.columnOf(q.tuple, q.outs[i].name), p.columnOf(other.tuple, other.outs[i].name)
			out.atoms = append(out.atoms, atom{kind: eqAtom, weak: true, a: a, b: b})
		}
	}
	return out
}
