package proof

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// statement judges a statement of any kind.
func (p *prover) statement(stmt sqltree.Statement, r *Result) {
	switch s := stmt.(type) {
	case *sqltree.Query:
		q := p.bindQuery(s, nil, nil)
		p.asLeaf(q, nil)
		p.top = q
		p.judgeQuery(q, &conj{})
		p.result(q, r)
	case *sqltree.Insert, *sqltree.Update, *sqltree.Delete, *sqltree.Merge:
		r.Write = true
		p.judgeWriting(s, r)
	case *sqltree.Truncate:
		r.Write = true
		p.refuseTables(s.Tables, Gap{Reason: "truncate", Detail: "TRUNCATE removes the rows of every tenant"})
	case *sqltree.Copy:
		r.Write = s.From
		p.judgeCopy(s, r)
	case *sqltree.CallProc:
		p.judgeProcedure(s)
	case *sqltree.Utility:
		p.judgeUtility(s, r)
	case nil:
		p.fail("no statement")
	}
}

// judgeWriting judges a write at the top; its RETURNING list is the result.
func (p *prover) judgeWriting(stmt sqltree.Statement, r *Result) {
	w := p.bindWrite(stmt, nil, nil)
	q := &query{tuple: p.newTuple("", nil, stmt), write: w, block: w.block, env: w.block.env, ctes: w.ctes}
	p.bindOutputs(q, w.returning)
	q.block = nil
	p.top = q
	p.asLeaf(q, nil)
	p.judgeWrite(w)
	p.result(q, r)
}

// refuseTables makes a gap of each owned table of a list.
func (p *prover) refuseTables(list []*sqltree.Table, gap Gap) {
	for _, t := range list {
		table := p.table(t.Schema, t.Name)
		if table == nil {
			if !systemTable(t) {
				p.fail("unknown table " + tableName(t))
			}
			continue
		}
		if !isOwned(table) {
			continue
		}
		tup := p.newTuple(aliasOf(t), table, t)
		tup.written = true
		o := p.occurrence(tup)
		o.target = true
		g := gap
		g.At = t
		o.gap = &g
		p.conclude(o, nil)
	}
}

// judgeCopy judges COPY: of a query as the query; of a table out as a reading of
// all of it; into a table as rows that the statement does not show.
func (p *prover) judgeCopy(s *sqltree.Copy, r *Result) {
	switch {
	case s.Query != nil:
		p.statement(s.Query, r)
	case s.From:
		p.refuseTables(present1(s.Table), Gap{Reason: "copy from", Detail: "COPY FROM stores rows whose tenant the statement does not show"})
	default:
		p.refuseTables(present1(s.Table), Gap{Reason: "no predicate", Detail: "COPY TO reads the rows of every tenant"})
		for _, o := range p.found {
			o.target = false
		}
	}
}

// present1 is the list of a table, empty for none.
func present1(t *sqltree.Table) []*sqltree.Table {
	if t == nil {
		return nil
	}
	return []*sqltree.Table{t}
}

// judgeUtility judges the statement inside of EXPLAIN, DECLARE, PREPARE …; a
// prepared statement that is executed by name is not known here.
func (p *prover) judgeUtility(s *sqltree.Utility, r *Result) {
	if s.Inner != nil {
		p.statement(s.Inner, r)
	}
	for _, t := range s.Tables {
		p.table(t.Schema, t.Name) // LOCK and the like touch no row
	}
	if s.Kind == "EXECUTE" {
		p.fail("prepared statement by name")
	}
}

// finish turns what was found into the result.
func (p *prover) finish(r *Result) {
	index := map[*occurrence]int{}
	binds := p.bindsTenant()
	for i, o := range p.relations() {
		index[o] = i
		rel := Relation{Table: o.table, Alias: o.alias, At: o.at, Target: o.target, Grants: o.target && o.grants, Alternatives: o.alts}
		if len(o.alts) == 0 {
			rel.Gap = p.finalGap(o, binds)
		}
		r.Relations = append(r.Relations, rel)
	}
	slices.Sort(p.unproven)
	r.Guessed = p.guessed
	r.Unproven, r.Notes = p.unproven, p.notes
	p.place(r, index)
	if len(p.unproven) == 0 {
		r.Alternatives = together(r.Relations)
	}
	p.noteFull(r)
	r.Capped = p.capped
	p.placeWrites(r, index)
}

// noteFull notes a list of alternatives that is as long as it may be.
func (p *prover) noteFull(r *Result) {
	full := len(r.Alternatives) >= maxAlternatives
	for _, rel := range r.Relations {
		full = full || len(rel.Alternatives) >= maxAlternatives
	}
	if full {
		p.cap(AlternativeList)
	}
}

// together is the product of the relations' alternatives, none if one has none.
func together(relations []Relation) []Alternative {
	out := []Alternative{{}}
	for _, rel := range relations {
		out = both(out, rel.Alternatives)
		if len(out) == 0 {
			return nil
		}
	}
	return out
}
