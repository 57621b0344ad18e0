package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// A merging is a MERGE: the source, and the arms.
type merging struct {
	stmt   *sqltree.Merge
	source *source
	en     *env // sees target and source
}

// bindMerge resolves a MERGE: ON and the arms see target and source.
func (p *binder) bindMerge(s *sqltree.Merge, outer *scope, ctes *cteEnv) *write {
	w := &write{stmt: s, with: s.With, returning: s.Returning}
	w.ctes = p.bindWith(s.With, outer, ctes)
	p.bindTarget(w, s.Target, outer)
	m := &merging{stmt: s, en: w.block.env}
	target := w.block.from
	m.source = p.bindFrom(s.Source, &scope{parent: outer}, w.ctes)
	w.block.from = comma(target, m.source)
	w.block.env.scope.from = w.block.from
	w.merge = m
	return w
}

// judgeMerge ties the target's rows in each arm. Rows that match ON matter to
// every arm that inserts, whatever else is asked of them: they decide what is
// not matched.
func (p *judge) judgeMerge(w *write) {
	m := w.merge
	on := and(p.factsOf(m.en, m.stmt.On), w.given)
	source := and(p.joinRows(m.source), w.given)
	inserts, keeps := m.has(sqltree.NotMatched), m.has(sqltree.NotMatchedBySource)
	filter := &conj{}
	if !inserts && !keeps {
		filter = and(on, p.someArm(m))
	}
	p.judgeFrom(&block{env: m.en, from: m.source}, filter)
	p.judgeCondition(m.en, m.stmt.On, source)
	if inserts && isOwned(w.table) {
		p.record(w.target.tuple, and(source, on))
	}
	for i := range m.stmt.Whens {
		p.judgeWhen(w, &m.stmt.Whens[i], and(source, on))
	}
	p.judgeReturning(w, &conj{})
}

// someArm: a pair of rows matters only to an arm whose condition it meets.
func (p *pusher) someArm(m *merging) *conj {
	var arms []*conj
	for _, w := range m.stmt.Whens {
		if w.Action != "NOTHING" {
			arms = append(arms, p.factsOf(m.en, w.Cond))
		}
	}
	return p.or("when", m.stmt, arms)
}

// has tells whether an arm sees such rows.
func (m *merging) has(match sqltree.MergeMatch) bool {
	for _, w := range m.stmt.Whens {
		if w.Match == match {
			return true
		}
	}
	return false
}

// judgeWhen judges one arm. pair is what holds for a matched pair of rows.
func (p *judge) judgeWhen(w *write, when *sqltree.MergeWhen, pair *conj) {
	m := w.merge
	rows := pair
	switch when.Match {
	case sqltree.NotMatched:
		rows = and(p.joinRows(m.source), w.given)
	case sqltree.NotMatchedBySource:
		rows = and(w.given)
	}
	p.judgeCondition(m.en, when.Cond, rows)
	rows = and(rows, p.factsOf(m.en, when.Cond))
	for _, a := range when.Set {
		p.judgeExpr(m.en, a.Value, rows)
	}
	p.judgeExprs(m.en, when.Values, rows)
	switch {
	case !isOwned(w.table) || when.Action == "NOTHING":
	case when.Match == sqltree.NotMatched:
		p.mergeInsert(w, when, rows)
	default:
		p.record(w.target.tuple, rows)
		p.checkSet(w, when.Set, assignment{target: w.target.tuple, env: m.en, rows: rows})
	}
}

// mergeInsert judges WHEN NOT MATCHED THEN INSERT like an INSERT of one row.
func (p *judge) mergeInsert(w *write, when *sqltree.MergeWhen, rows *conj) {
	in := &insertion{stmt: &sqltree.Insert{Paths: when.Paths}, columns: when.Columns}
	in.row = p.newTuple(w.target.alias, w.table, w.target.tuple.at)
	in.row.fresh = true
	if len(in.columns) == 0 {
		for _, c := range w.table.Columns {
			in.columns = append(in.columns, c.Name)
		}
	}
	in.values = rows
	for i, c := range in.columns {
		if i < len(when.Values) && !in.hasPath(i) {
			in.values = and(in.values, p.valueFacts(w.merge.en, p.columnOf(in.row, c), when.Values[i]))
			p.noteStored(w, c, p.storedValues(w.merge.en, when.Values[i]), rows)
		}
	}
	arm := *w
	arm.insert = in
	p.conclude(p.target(w), p.insertTies(&arm))
}
