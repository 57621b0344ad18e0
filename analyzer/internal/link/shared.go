package link

import (
	"maps"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A shared table has rows of everybody. Which of them a query found says who the
// caller is only if it was found by a secret, or as the user's own, or by a row
// that was: sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = $1.

// found is how a row of a relation was found.
type found struct {
	secret bool // by a credential
	named  bool // which is one by its name alone
	hole   int  // by this bind value, the user's key; 0 if not
}

func (f found) known() bool { return f.secret || f.hole > 0 }

// looked is a relation of a query, an update or a delete.
type looked struct {
	table *catalogue.Table // nil if it is none that is known
	found found
}

// sharedRow: a row of a shared table says who its user or tenant is only where
// it was found by what the caller has. from is the column that says so.
func (p *program) sharedRow(e *env, r *unit.Run, s *stmt, from *proof.Output, kind proof.NeedKind) value {
	a := atom{kind: kind, t: term.Why("row of " + from.Table.Name)}
	found := found{}
	if kind == proof.Tenant || kind == proof.Principal || kind == proof.Key {
		found = s.foundRow(from)
	}
	switch {
	case found.secret:
		p.trusted++
		premise := trustedRows[proof.Credential].Premise()
		if found.named {
			premise = trust.NamedCredential.Premise()
		}
		return yes(assume(premise))
	case found.hole > 0 && kind != proof.Key:
		inner := p.at(e.fn, append(append([]term.Fact{}, e.facts...), r.If...))
		v := p.prove(inner, atom{kind: proof.Principal, t: p.hole(e.fn, r, s, found.hole)})
		if len(v.alts) > 0 {
			return v.noted(assume(trustedRows[proof.OwnRows].Premise()))
		}
	}
	return why(a, "a row of shared table "+from.Table.Name)
}

// foundRow is how the row was found that a column of the result is of.
func (s *stmt) foundRow(o *proof.Output) found {
	if o.Source < 0 {
		return found{}
	}
	return s.sources()[o.Source].found
}

// sources are the relations of a statement and how their rows were found.
func (s *stmt) sources() []looked {
	list := make([]looked, len(s.proof.Shape.Sources))
	for i, x := range s.proof.Shape.Sources {
		list[i].table = x.Table
		if x.Table != nil && len(x.Bound) > 0 {
			bound := map[string]int{}
			for _, b := range x.Bound {
				bound[b.Column] = b.Hole
			}
			list[i].found = s.foundBy(x.Table, bound)
		}
	}
	s.spread(list)
	return list
}

// foundBy tells what a row of a table is found by where columns are bound.
func (s *stmt) foundBy(t *catalogue.Table, bound map[string]int) found {
	if f := bySecret(t, bound); f.secret {
		return f
	}
	for _, c := range slices.Sorted(maps.Keys(bound)) {
		if t.OfUser(c) {
			return found{hole: bound[c]}
		}
	}
	return found{}
}

// bySecret tells whether a unique secret, or a random one, is bound, and whether
// that is one by its name alone.
func bySecret(t *catalogue.Table, bound map[string]int) found {
	out := found{}
	has := func(columns []string) {
		all, plain := len(columns) > 0, false
		for _, c := range columns {
			_, ok := bound[c]
			all = all && ok
			plain = plain || !slices.Contains(t.Named, c)
		}
		if all {
			out = found{secret: true, named: !plain && (out.named || !out.secret)}
		}
	}
	for _, c := range t.Tokens {
		has([]string{c})
	}
	for _, k := range t.Secrets {
		has(k.Columns)
	}
	return out
}

// spread goes from a row that was found to the one row that it names by a key,
// and from the user to the rows that are the user's.
func (s *stmt) spread(list []looked) {
	for range list {
		for _, eq := range s.proof.Shape.Equal {
			s.pass(list, eq.A, eq.B)
			s.pass(list, eq.B, eq.A)
		}
	}
}

func (s *stmt) pass(list []looked, from, to proof.SourceColumn) {
	a, b := &list[from.Source], &list[to.Source]
	if a == b || a.table == nil || b.table == nil || !a.found.known() || b.found.known() {
		return
	}
	own := a.table == s.cat.Principal && isKey(a.table, from.Column) && b.table.OfUser(to.Column)
	if isKey(b.table, to.Column) || own {
		b.found = a.found
	}
}
