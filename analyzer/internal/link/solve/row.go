package solve

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/owner"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// row decides an atom on a column of a row that a statement of the function
// gave. Every text that the statement may have must agree.
func (p *Solver) row(e *pathcond.Env, a obligation.Atom, res *term.Result, r *unit.Run) obligation.Value {
	step, ok := statement.ColumnStep(res.Steps)
	if !ok {
		return obligation.Why(a, "a part of a column, a count or an error of a statement")
	}
	texts := p.stmts.Of(e.Fn, r)
	if texts.Open {
		return obligation.Undecided(a) // the caller of the wrapper knows the text
	}
	if texts.Reason != "" || len(texts.List) == 0 {
		return obligation.Why(a, "a row of a statement that is not resolved")
	}
	v := obligation.Yes(obligation.Notes{})
	for _, s := range texts.Given() {
		v = obligation.And(v, p.ofColumn(e, a, step, r, s))
	}
	return v
}

// ofColumn decides an atom on one column of the rows of one statement.
func (p *Solver) ofColumn(e *pathcond.Env, a obligation.Atom, step term.Step, r *unit.Run, s *statement.Statement) obligation.Value {
	if s.Broken != "" {
		return obligation.Why(a, "a row of a statement that is unproven: "+s.Broken)
	}
	o := p.stmts.Output(s, step)
	if o == nil || o.Table == nil {
		return obligation.Why(a, "a computed column")
	}
	if a.Kind == proof.NonZero {
		return nonZeroColumn(a, o)
	}
	n, ok := implies(s, o.Table, o.Column, a)
	if !ok {
		return obligation.Why(a, "column "+o.Table.Name+"."+o.Column)
	}
	n.Row = &obligation.Row{Fn: e.Fn, Run: r, Stmt: s}
	return tiedBut(p, e, r, s, o, beside(a, s, o.Table, o.Column)).Noted(n).ThroughRow(n.Row)
}

// beside is an atom on a column whose siblings do not show whose the row is that it refers to.
func beside(a obligation.Atom, s *statement.Statement, t *catalogue.Table, column string) obligation.Atom {
	if a.Kind != proof.Key {
		return a
	}
	return a.WithBut(owner.Siblings(s, t, column))
}

// Follows reports whether a statement that a library runs beside those of the call is tied
// where the rows that the call gives are the caller's, and on which assumptions: it is bound
// to their keys. Whether they are, the call's own statements answer for.
func Follows(p *Solver, e *pathcond.Env, r *unit.Run, texts *statement.Texts, s *statement.Statement) (obligation.Notes, bool) {
	given := texts.Given()
	if s.Broken != "" || len(given) != 1 || given[0] == s || given[0].Broken != "" {
		return obligation.Notes{}, false
	}
	for _, w := range s.All() {
		if w.Excuse != "" {
			continue
		}
		v := obligation.Yes(obligation.AssumedBy(w.Assumes))
		for _, n := range w.Needs {
			v = obligation.And(v, following(p, e, r, given[0], p.demand(e.Fn, r, s, n)))
		}
		if n, ok := v.Holds(); ok {
			return n, true
		}
	}
	return obligation.Notes{}, false
}

// following decides an atom, where the rows of a statement are the caller's.
func following(p *Solver, e *pathcond.Env, r *unit.Run, given *statement.Statement, a obligation.Atom) obligation.Value {
	res, ok := a.T.(*term.Result)
	if !ok || res.Call != r.N {
		return p.Prove(e, a)
	}
	if step, ok := statement.ColumnStep(res.Steps); ok {
		if o := p.stmts.Output(given, step); o != nil && o.Table != nil {
			if n, ok := implies(given, o.Table, o.Column, a); ok {
				return obligation.Yes(n)
			}
		}
	}
	return obligation.Why(a, "a row of the same call")
}

func nonZeroColumn(a obligation.Atom, o *proof.Output) obligation.Value {
	for _, c := range o.Table.Columns {
		if c.Name == o.Column && c.NotNull {
			return obligation.Yes(obligation.Notes{})
		}
	}
	for _, k := range o.Table.Keys {
		for _, c := range k.Columns {
			if k.Primary && c == o.Column {
				return obligation.Yes(obligation.Notes{})
			}
		}
	}
	return obligation.No(obligation.Cause{Kind: obligation.ZeroValue, Atom: a})
}

// implies reports whether a column of a tied row of a table is what the atom
// demands, and on which assumption.
func implies(s *statement.Statement, t *catalogue.Table, column string, a obligation.Atom) (obligation.Notes, bool) {
	switch a.Kind {
	case proof.Tenant:
		return obligation.Notes{}, t.Column == column && t.Tenancy != catalogue.Child || s.ReferencesRoot(t, column)
	case proof.SecondTenant:
		return obligation.Notes{}, t.Level2 != "" && t.Level2 == column
	case proof.Principal:
		return obligation.Notes{}, t.OfUser(column)
	case proof.Key:
		if statement.TableName(t) == a.Table && column == a.Column {
			return obligation.Notes{}, true
		}
		return references(t, column, a)
	}
	return obligation.Notes{}, false
}

// references reports whether a column references the key that the atom demands.
// That both rows have one tenant is an assumption, unless the database sees to it.
func references(t *catalogue.Table, column string, a obligation.Atom) (obligation.Notes, bool) {
	for _, e := range t.Edges {
		if statement.TableName(e.To) != a.Table {
			continue
		}
		for i, c := range e.Columns {
			if c != column || i >= len(e.RefColumns) || e.RefColumns[i] != a.Column {
				continue
			}
			if e.SameTenant || t.Owner == e {
				return obligation.Notes{}, true
			}
			n := obligation.Assuming(statement.ReferencePremise(e, column))
			return n, true
		}
	}
	return obligation.Notes{}, false
}

// Tied decides whether the row that a column of the result is of belongs to the
// caller: by the alternatives of the relation, or by a
// comparison of the row with the caller's tenant after the fetch.
func (p *Solver) Tied(e *pathcond.Env, r *unit.Run, s *statement.Statement, o *proof.Output, kind proof.NeedKind) obligation.Value {
	return tiedBut(p, e, r, s, o, obligation.Atom{Kind: kind})
}

// tiedBut is Tied where some references do not show whose the row is: those that atom a, which
// only says so and of what kind it is, leaves out.
func tiedBut(p *Solver, e *pathcond.Env, r *unit.Run, s *statement.Statement, o *proof.Output, a obligation.Atom) obligation.Value {
	kind := a.Kind
	i, t := o.Relation, o.Table
	v := comparedBut(p, e, r, s, i, a)
	if obligation.IsTrue(v) {
		return v
	}
	if i < 0 {
		return obligation.Or(v, p.sharedRow(e, r, s, o, kind))
	}
	found := obligation.Value{}
	inner := p.conds.At(e.Fn, append(append([]term.Fact{}, e.Facts...), r.If...))
	for _, w := range append(s.Ways(i), p.Connections.WaysOf(s, i)...) {
		held := slices.ContainsFunc(w.Needs, func(n proof.Need) bool { return n.Kind == proof.Setting })
		if kind == proof.Principal && w.Excuse == "" {
			continue // a row of my tenant may be another user's
		}
		if kind == proof.Principal && (w.Excuse == proof.Credential || w.Excuse == proof.OwnRows) && !s.OfUser(o) {
			continue // so may a row of a tenant where I am a member
		}
		got := p.way(inner, r, s, w, strings.Fields(a.But))
		if held {
			got = got.Noted(p.Connections.Premises(s))
		}
		if w.Excuse == proof.Credential || w.Excuse == proof.OwnRows {
			got = trustedRow(got, w.Excuse)
			if obligation.IsSettled(got) {
				p.Trusted++
			}
		}
		found = obligation.Or(found, got)
	}
	v = found.OwedBy(v) // how it was found is no reason where it is compared
	if len(v.Alts) == 0 && len(v.Fails) == 0 && len(s.Ways(i)) == 0 {
		if kind == proof.Principal {
			return obligation.Why(obligation.Atom{Kind: kind, T: term.Why("row of " + t.Name)}, "a user that is not the caller")
		}
		rel := &s.Proof.Relations[i]
		return obligation.No(obligation.Cause{Kind: obligation.Gap, Atom: obligation.Atom{T: term.ZeroTerm()}, Gap: rel.Gap, Table: statement.TableName(rel.Table)})
	}
	return v
}

// trustedRow: what a credential or the user's own row says is not chosen by the
// client; that the statement itself is merely excused does not pass on.
func trustedRow(v obligation.Value, excuse proof.Excuse) obligation.Value {
	out := obligation.Value{Alts: make([]obligation.Conjunction, len(v.Alts)), Fails: v.Fails}
	for i, c := range v.Alts {
		c.Notes.Excuse = ""
		c.Notes = c.Notes.With(obligation.Assuming(trustedRows[excuse].Premise()))
		out.Alts[i] = c
	}
	return out
}

// trustedRows are the assumptions of rows that say who the caller is.
var trustedRows = map[proof.Excuse]trust.Known{
	proof.Credential: trust.CredentialRow, proof.OwnRows: trust.OwnRow,
}
