package link

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// trustedRow: what a credential or the user's own row says is not chosen by the
// client; that the statement itself is merely excused does not pass on.
func trustedRow(v value, excuse proof.Excuse) value {
	out := value{alts: make([]conj, len(v.alts)), fails: v.fails}
	for i, c := range v.alts {
		c.notes.excuse = ""
		c.notes = c.notes.with(assume(trustedRows[excuse]))
		out.alts[i] = c
	}
	return out
}

// trustedRows are the assumptions of rows that say who the caller is.
var trustedRows = map[proof.Excuse]string{
	proof.Credential: "row found by a credential", proof.OwnRows: "row of the user's own",
}

// sharedRow: a row of a shared table says who its user or tenant is only where
// it was looked up by a secret.
func (p *program) sharedRow(e *env, r *unit.Run, s *stmt, t *catalogue.Table, kind proof.NeedKind) value {
	a := atom{kind: kind, t: term.Why("row of " + t.Name)}
	if hole := userLookup(s, t); hole > 0 && (kind == proof.Tenant || kind == proof.Principal) {
		inner := p.at(e.fn, append(append([]term.Fact{}, e.facts...), r.If...))
		v := p.prove(inner, atom{kind: proof.Principal, t: p.hole(r, s, hole)})
		if _, ok := v.holds(); ok || len(v.alts) > 0 {
			return v.noted(assume(trustedRows[proof.OwnRows]))
		}
	}
	if secretLookup(s, t) {
		p.trusted++
		return yes(assume(trustedRows[proof.Credential]))
	}
	return why(a, "a row of shared table "+t.Name)
}

// userLookup finds the hole by which a row of a shared table is looked up as
// the user's.
func userLookup(s *stmt, t *catalogue.Table) int {
	for _, eq := range equalities(s.tree) {
		if s.namesUser(t, eq.column) {
			return eq.hole
		}
	}
	return 0
}

// secretLookup tells whether a row of the table is looked up by a unique secret.
func secretLookup(s *stmt, t *catalogue.Table) bool {
	bound := map[string]bool{}
	for _, eq := range equalities(s.tree) {
		bound[eq.column] = true
	}
	for _, k := range t.Secrets {
		all := len(k.Columns) > 0
		for _, c := range k.Columns {
			all = all && bound[c]
		}
		if all {
			return true
		}
	}
	return false
}

type equality struct {
	column string
	hole   int
}

// equalities lists column = hole of the conjuncts of a query over one table, an
// update or a delete.
func equalities(tree sqltree.Statement) []equality {
	var where sqltree.Expr
	switch x := tree.(type) {
	case *sqltree.Query:
		sel, ok := x.Body.(*sqltree.Select)
		if !ok || len(sel.From) != 1 {
			return nil
		}
		if _, ok := sel.From[0].(*sqltree.Table); !ok {
			return nil
		}
		where = sel.Where
	case *sqltree.Update:
		if len(x.From) == 0 {
			where = x.Where
		}
	case *sqltree.Delete:
		if len(x.Using) == 0 {
			where = x.Where
		}
	}
	return conjuncts(where)
}

func conjuncts(e sqltree.Expr) []equality {
	switch x := e.(type) {
	case *sqltree.Logic:
		var out []equality
		for _, arg := range x.Args {
			if !x.Or {
				out = append(out, conjuncts(arg)...)
			}
		}
		return out
	case *sqltree.Binary:
		l, r := uncast(x.L), uncast(x.R)
		if _, ok := l.(*sqltree.Hole); ok {
			l, r = r, l
		}
		c, okc := l.(*sqltree.Column)
		h, okh := r.(*sqltree.Hole)
		if x.Op == "=" && okc && okh {
			return []equality{{c.Name, h.Number}}
		}
	}
	return nil
}
