package access

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// Names tells by a name whether a value is the caller's tenant or principal.
// What a tenant is called is taken from the catalogue, so that project_id is no
// tenant where organizations are.
type Names struct {
	*trust.Words
	tenant    map[string]bool
	second    map[string]bool // tenants of the second level, where the settings ask for one
	principal map[string]bool
}

func NewNames(cats []*catalogue.Catalogue, words *trust.Words) *Names {
	n := &Names{Words: words, tenant: map[string]bool{"tenant": true}, second: map[string]bool{}, principal: map[string]bool{}}
	for _, w := range words.All(trust.Callers) {
		n.principal[w] = true
	}
	for _, c := range cats {
		n.learn(n.tenant, c.Column)
		if c.Root != nil {
			n.learn(n.tenant, c.Root.Name)
		}
		if c.Level2Required {
			n.learn(n.second, c.Level2)
		}
		if c.Principal != nil {
			n.learn(n.principal, c.Principal.Name)
		}
	}
	for t := range n.tenant {
		delete(n.principal, t)
	}
	for t := range n.second {
		delete(n.tenant, t)
	}
	return n
}

func (n *Names) learn(into map[string]bool, name string) {
	idea := n.Concept(name)
	if idea == "" {
		return
	}
	for _, word := range []string{idea, trust.Singular(idea)} {
		into[word] = true
		for _, s := range n.Spellings(word) {
			into[s] = true
		}
	}
}

// Is reports whether a name says that a value is of the kind.
func (n *Names) Is(kind proof.NeedKind, name string) bool {
	switch kind {
	case proof.Tenant:
		return n.tenant[n.Concept(name)]
	case proof.SecondTenant:
		return n.second[n.Concept(name)]
	case proof.Principal:
		return n.principal[n.Concept(name)]
	}
	return false
}

// TenantTable reports whether a table's name is one that tables of tenants, or of parts of them,
// have: no plan, no region.
func (n *Names) TenantTable(name string) bool {
	words := trust.Split(name)
	return len(words) > 0 && n.Class(trust.Singular(words[len(words)-1])) != trust.Unlisted
}

// ContextKey reports whether the value at steps below a context key is of the
// kind: the key "org_id", the OrgID of the key "claims", the ID of the key
// "organization".
func (n *Names) ContextKey(kind proof.NeedKind, key string, steps []term.Step) bool {
	if term.IsComputedKey(key) {
		return false
	}
	last := ""
	for _, s := range steps {
		if s.Kind != term.FieldStep {
			return false
		}
		last = s.Name
	}
	if last != "" && n.Concept(last) != "" && !(kind == proof.Principal && n.Has(trust.UserKeys, n.Concept(last))) {
		return n.Is(kind, last)
	}
	for _, part := range n.KeyNames(key) {
		if n.Is(kind, part) {
			return true
		}
	}
	return false
}

// GivesCaller tells by its name a function of a library that gives the tenant or
// the principal of the caller, not one of the request's parameters.
func (n *Names) GivesCaller(kind proof.NeedKind, symbol string) bool {
	return n.Is(kind, n.Accessor(symbol))
}

// ClaimOf reports whether the value at steps of a call's result is a claim of the
// kind: the OrgID of ParseToken(…).
func (n *Names) ClaimOf(kind proof.NeedKind, symbol string, steps []term.Step) bool {
	if len(steps) == 0 || steps[len(steps)-1].Kind != term.FieldStep || !n.Is(kind, steps[len(steps)-1].Name) {
		return false
	}
	return n.Claim(symbol)
}
