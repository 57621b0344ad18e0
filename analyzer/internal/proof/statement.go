package proof

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/ledger"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// statement judges a statement of any kind.
func (p *prover) statement(stmt sqltree.Statement, r *Result) {
	switch s := stmt.(type) {
	case *sqltree.Query:
		q := p.BindQuery(s, nil, nil)
		p.AsLeaf(q, nil)
		p.top = q
		p.JudgeQuery(q, &formula.Conj{})
		p.result(q, r)
		r.Write = writes(s)
	case *sqltree.Insert, *sqltree.Update, *sqltree.Delete, *sqltree.Merge:
		r.Write = true
		p.judgeWriting(s, r)
	case *sqltree.Truncate:
		r.Write = true
		emptied := p.emptied(s)
		for _, t := range emptied {
			if table := p.Table(t.Schema, t.Name); table != nil {
				p.JudgeEmptied(table, s)
			}
		}
		p.refuseTables(emptied, Gap{Reason: "truncate", Detail: "TRUNCATE removes the rows of every tenant"})
	case *sqltree.Copy:
		r.Write = s.From
		p.judgeCopy(s, r)
	case *sqltree.CallProc:
		p.JudgeProcedure(s)
	case *sqltree.Utility:
		p.judgeUtility(s, r)
	case nil:
		p.Fail("no statement")
	}
}

// writes reports whether a query writes in a WITH clause: what it gives was written then.
func writes(s *sqltree.Query) bool {
	found := false
	sqltree.Walk(s, func(n sqltree.Node) bool {
		switch n.(type) {
		case *sqltree.Insert, *sqltree.Update, *sqltree.Delete, *sqltree.Merge:
			found = true
		}
		return !found
	})
	return found
}

// judgeWriting judges a write at the top; its RETURNING list is the result.
func (p *prover) judgeWriting(stmt sqltree.Statement, r *Result) {
	w := p.BindWrite(stmt, nil, nil)
	q := &bind.Query{Tuple: p.NewTuple("", nil, stmt), Write: w, Block: w.Block, Env: w.Block.Env, CTEs: w.CTEs}
	p.BindOutputs(q, w.Returning)
	q.Block = nil
	p.top = q
	p.AsLeaf(q, nil)
	p.JudgeWrite(w)
	p.result(q, r)
}

// refuseTables makes a gap of each owned table of a list.
func (p *prover) refuseTables(list []*sqltree.Table, gap Gap) {
	for _, t := range list {
		table := p.Table(t.Schema, t.Name)
		if table == nil {
			if !bind.SystemTable(t) {
				p.Fail("unknown table " + bind.TableName(t))
			}
			continue
		}
		if !formula.IsOwned(table) {
			continue
		}
		tup := p.NewTuple(bind.AliasOf(t), table, t)
		tup.Written = true
		o := p.Occurrence(tup)
		o.Target = true
		g := gap
		g.At = t
		o.Gap = &g
		p.Conclude(o, nil)
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
		if t := p.Table(s.Table.Schema, s.Table.Name); t != nil && !formula.IsOwned(t) {
			p.JudgeCopied(t, s)
		}
	default:
		p.refuseTables(present1(s.Table), Gap{Reason: "no predicate", Detail: "COPY TO reads the rows of every tenant"})
		for _, o := range p.Found {
			o.Target = false
			if held := p.Cat.HeldBy(o.Table); held != nil { // it is a query on the table to the policies
				o.Alts = []Alternative{{Needs: []Need{{Kind: Setting, Column: held.Setting}}, Rules: []string{"policy"}}}
			}
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
		p.Table(t.Schema, t.Name) // LOCK and the like touch no row
	}
	switch s.Kind {
	case "EXECUTE":
		p.Fail("prepared statement by name")
	case "PREPARE":
		p.refuseParameters(s)
	case "DROP SCHEMA", "DROP DATABASE", "DROP OWNED":
		p.Fail(s.Kind + " removes tables that it does not name")
	}
	if s.Removes {
		r.Write = true
		p.refuseTables(s.Tables, Gap{Reason: "definition", Detail: s.Kind + " removes values of every tenant"})
	}
}

// refuseParameters: what $1 is in a prepared statement, EXECUTE says, and not the
// bind values of the call that prepares it.
func (p *prover) refuseParameters(s *sqltree.Utility) {
	sqltree.Walk(s.Inner, func(n sqltree.Node) bool {
		if _, ok := n.(*sqltree.Hole); ok {
			p.Fail("parameters of a prepared statement")
		}
		return true
	})
}

// emptied lists the tables of a TRUNCATE, with CASCADE those that refer to them, too.
func (p *prover) emptied(s *sqltree.Truncate) []*sqltree.Table {
	if !s.Cascade {
		return s.Tables
	}
	out := slices.Clone(s.Tables)
	have := map[*catalogue.Table]bool{}
	for i := 0; i < len(out); i++ {
		t := p.Table(out[i].Schema, out[i].Name)
		if t == nil || have[t] {
			continue
		}
		have[t] = true
		for _, other := range p.Cat.Tables {
			if !have[other] && slices.ContainsFunc(other.ForeignKeys, func(f *schema.ForeignKey) bool { return f.RefTable == t.Name && f.RefSchema == t.Schema }) {
				out = append(out, &sqltree.Table{Pos: s.Tables[0].Pos, Schema: other.Schema, Name: other.Name})
			}
		}
	}
	return out
}

// finish turns what was found into the result.
func (p *prover) finish(r *Result) {
	index := map[*ledger.Occurrence]int{}
	binds := p.BindsTenant()
	for i, o := range p.Relations() {
		index[o] = i
		o.Alts = p.bySession(o.Alts)
		rel := Relation{Table: o.Table, Alias: o.Alias, At: o.At, Target: o.Target, Grants: o.Target && o.Grants, Alternatives: o.Alts}
		if len(o.Alts) == 0 {
			rel.Gap = p.FinalGap(o, binds)
		}
		r.Relations = append(r.Relations, rel)
	}
	slices.Sort(p.Unproven)
	r.Guessed = p.Guessed
	r.Unproven, r.Notes = p.Unproven, p.Notes
	p.place(r, index)
	if len(p.Unproven) == 0 {
		r.Alternatives = together(r.Relations)
	}
	p.noteFull(r)
	r.Capped = p.Capped
	p.placeWrites(r, index)
}

// noteFull notes a list of alternatives that is as long as it may be.
func (p *prover) noteFull(r *Result) {
	full := len(r.Alternatives) >= premise.MaxAlternatives
	for _, rel := range r.Relations {
		full = full || len(rel.Alternatives) >= premise.MaxAlternatives
	}
	if full {
		p.Cap(AlternativeList)
	}
}

// together is the product of the relations' alternatives, none if one has none.
func together(relations []Relation) []Alternative {
	out := []Alternative{{}}
	for _, rel := range relations {
		out = premise.Both(out, rel.Alternatives)
		if len(out) == 0 {
			return nil
		}
	}
	return out
}
