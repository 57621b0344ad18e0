package link

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// noRelation is no relation of a statement.
const noRelation = -2

// compared decides whether a fact in force ties the rows of relation i: their
// tenant column is compared with the caller's tenant, their user with the
// principal, or a key with one that is the caller's; or a checker was handed the
// row.
func (p *program) compared(e *env, r *unit.Run, s *stmt, i int, kind proof.NeedKind) value {
	v := value{}
	if kind != proof.Principal {
		v = p.byHandedRow(e, r, s)
	}
	for _, f := range e.facts {
		if f.Op != term.Eq {
			continue
		}
		for _, side := range [][2]term.Term{{f.A, f.B}, {f.B, f.A}} {
			o := p.outputOf(e, side[0], r, s)
			if o == nil || o.Table == nil || o.Relation != i || fromRun(side[1], r.N) {
				continue
			}
			for _, w := range comparableOf(s, o) {
				if kind != proof.Principal || w.a.kind == proof.Principal {
					v = or(v, p.prove(e, w.a.on(side[1])).noted(w.notes))
				}
			}
		}
	}
	return v
}

// comparison is what a column's row belongs to if the column equals a value of
// which the atom holds.
type comparison struct {
	a     atom
	notes notes
}

// comparableOf lists what the comparison of a column may show.
func comparableOf(s *stmt, o *proof.Output) []comparison {
	t := o.Table
	var out []comparison
	if t.Column == o.Column && t.Tenancy != catalogue.Child {
		out = append(out, comparison{a: atom{kind: proof.Tenant}})
	}
	if t.OfUser(o.Column) {
		out = append(out, comparison{atom{kind: proof.Principal}, notes{excuse: string(proof.OwnRows)}})
	}
	for _, e := range t.Edges {
		if len(e.Columns) != 1 || e.Columns[0] != o.Column || len(e.RefColumns) != 1 || e.To == s.cat.Root {
			continue
		}
		w := comparison{a: atom{kind: proof.Key, table: tableName(e.To), column: e.RefColumns[0]}}
		if e != t.Owner && !e.SameTenant {
			w.notes = assume(referencePremise(e, o.Column))
		}
		out = append(out, w)
	}
	return out
}

// outputOf is the column of the statement that a term of its function is.
func (p *program) outputOf(e *env, t term.Term, r *unit.Run, s *stmt) *proof.Output {
	res, ok := t.(*term.Result)
	if !ok || res.Call != r.N {
		return nil
	}
	step, ok := columnStep(res.Steps)
	if !ok {
		return nil
	}
	return p.output(s, step)
}

// fromRun tells a value of the very row: it proves nothing about the row.
func fromRun(t term.Term, n int) bool {
	found := false
	visit(t, func(x term.Term) {
		if r, ok := x.(*term.Result); ok && r.Call == n {
			found = true
		}
	})
	return found
}
