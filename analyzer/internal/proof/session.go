package proof

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// AsksSession reports whether a statement may ask the session for the tenant by itself, or
// by a view.
func AsksSession(text string, cat *catalogue.Catalogue) bool {
	if cat.Diagram.Speaks() != sqltree.Postgres || !numbered(text) {
		return false
	}
	reads := func(text string) bool { return bind.ReadsSession(cat.Diagram.WithoutReaders(text)) }
	if reads(text) {
		return true
	}
	for _, v := range cat.Diagram.Views {
		if strings.Contains(text, v.Name) && reads(v.Query) {
			return true
		}
	}
	return false
}

// numbered reports whether the bind values of a text have their numbers in it: those of
// another would be other ones beside a new one.
func numbered(text string) bool {
	tokens := sqltext.Lex(text)
	cast := func(i int) bool { return i >= 0 && i < len(tokens) && tokens[i].Text == ":" }
	for i, t := range tokens {
		if t.Kind == sqltext.Op && strings.ContainsAny(t.Text, "?@") || t.Is("sqlc") || t.Text == ":" && !cast(i-1) && !cast(i+1) {
			return false
		}
	}
	return true
}

// bySession makes of what must be the tenant what must be in a variable of the session. Of
// one that must be anything else nothing is known.
func (p *prover) bySession(list []Alternative) []Alternative {
	if p.Session == nil {
		return list
	}
	var out []Alternative
	for _, a := range list {
		ofSession := func(n Need) bool { return p.Session.Variable(n.Hole) != "" }
		if !slices.ContainsFunc(a.Needs, ofSession) {
			out = append(out, a)
			continue
		}
		if slices.ContainsFunc(a.Needs, func(n Need) bool { return ofSession(n) && (n.Kind != Tenant || n.Element || n.Second) }) {
			continue
		}
		a.Needs = slices.Clone(a.Needs)
		for i, n := range a.Needs {
			if ofSession(n) {
				a.Needs[i] = Need{Kind: Setting, Column: p.Session.Variable(n.Hole)}
			}
		}
		out = append(out, a)
	}
	return premise.Minimal(out)
}
