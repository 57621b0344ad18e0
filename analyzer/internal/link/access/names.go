package access

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Names tells by a name whether a value is the caller's tenant or principal.
// What a tenant is called is taken from the catalogue, so that project_id is no
// tenant where organizations are.
type Names struct {
	tenant    map[string]bool
	principal map[string]bool
}

// synonyms of one idea; the catalogue decides which idea is the tenant.
var synonyms = [][]string{
	{"organization", "organisation", "org"},
	{"workspace", "ws"},
	{"company", "companies"},
	{"account", "acct"},
	{"customer"},
	{"project"},
	{"team"},
}

func NewNames(cats []*catalogue.Catalogue) *Names {
	n := &Names{tenant: map[string]bool{"tenant": true}, principal: map[string]bool{
		"user": true, "principal": true, "subject": true, "sub": true, "uid": true, "actor": true, "identity": true, "viewer": true,
	}}
	for _, c := range cats {
		n.learn(n.tenant, c.Column)
		if c.Root != nil {
			n.learn(n.tenant, c.Root.Name)
		}
		if c.Principal != nil {
			n.learn(n.principal, c.Principal.Name)
		}
	}
	for t := range n.tenant {
		delete(n.principal, t)
	}
	return n
}

func (n *Names) learn(into map[string]bool, name string) {
	idea := Concept(name)
	if idea == "" {
		return
	}
	for _, word := range []string{idea, Singular(idea)} {
		into[word] = true
		for _, group := range synonyms {
			for _, s := range group {
				if s == word {
					for _, other := range group {
						into[other] = true
					}
				}
			}
		}
	}
}

func Singular(s string) string {
	switch {
	case strings.HasSuffix(s, "ies"):
		return strings.TrimSuffix(s, "ies") + "y"
	case strings.HasSuffix(s, "sses"):
		return strings.TrimSuffix(s, "es")
	case strings.HasSuffix(s, "s") && !strings.HasSuffix(s, "ss"):
		return strings.TrimSuffix(s, "s")
	}
	return s
}

// filler are words of a name that say how a value is kept, not what it is.
var filler = map[string]bool{
	"id": true, "ids": true, "uuid": true, "key": true, "ctx": true, "context": true, "value": true, "val": true,
	"current": true, "active": true, "selected": true, "my": true, "auth": true, "authenticated": true, "the": true,
	"caller": true, "request": true, "session": true, "contextkey": true, "ctxkey": true, "k": true, "default": true,
}

// Words splits a name at case changes and separators, in lower case.
func Words(name string) []string { return unit.Words(name) }

// Concept is what a name speaks of, without fillers: "organization" of
// ctxKeyOrganizationID.
func Concept(name string) string {
	var kept []string
	for _, w := range Words(name) {
		if !filler[w] {
			kept = append(kept, unglue(w))
		}
	}
	return strings.Join(kept, "")
}

// unglue takes the id off a name that was written in one word: orgid, userid.
func unglue(w string) string {
	if rest := strings.TrimSuffix(w, "id"); len(rest) >= 3 && rest != w && (synonym(rest) || rest == "user" || rest == "tenant") {
		return rest
	}
	return w
}

func synonym(w string) bool {
	for _, group := range synonyms {
		for _, s := range group {
			if s == w {
				return true
			}
		}
	}
	return false
}

// Is tells whether a name says that a value is of the kind.
func (n *Names) Is(kind proof.NeedKind, name string) bool {
	switch kind {
	case proof.Tenant:
		return n.tenant[Concept(name)]
	case proof.Principal:
		return n.principal[Concept(name)]
	}
	return false
}

// ContextKey tells whether the value at steps below a context key is of the
// kind: the key "org_id", the OrgID of the key "claims", the ID of the key
// "organization".
func (n *Names) ContextKey(kind proof.NeedKind, key string, steps []term.Step) bool {
	last := ""
	for _, s := range steps {
		if s.Kind != term.FieldStep {
			return false
		}
		last = s.Name
	}
	if last != "" && Concept(last) != "" && !(kind == proof.Principal && identifies[Concept(last)]) {
		return n.Is(kind, last)
	}
	for _, part := range KeyNames(key) {
		if n.Is(kind, part) {
			return true
		}
	}
	return false
}

// identifies are attributes that name a user as its key does.
var identifies = map[string]bool{"email": true, "subject": true, "sub": true, "username": true, "login": true, "uid": true}

// KeyNames are the names that a context key may be told by, the value before
// the type: org of auth.ctxKey("org"), orgKey of auth.orgKey{}.
func KeyNames(key string) []string {
	var out []string
	if i := strings.IndexByte(key, '"'); i >= 0 {
		out = append(out, strings.Trim(key[i:], `")`))
		key = key[:i]
	}
	if i := strings.IndexByte(key, '('); i > 0 {
		key = key[:i]
	}
	key = strings.Trim(key, "(){}&*")
	key = key[strings.LastIndexByte(key, '/')+1:]
	pkg := ""
	if i := strings.LastIndexByte(key, '.'); i >= 0 {
		pkg, key = key[:i], key[i+1:]
	}
	if Concept(key) == "" {
		key = pkg // tenant.key{} says it by its package
	}
	return append(out, key)
}

// Accessor tells by its name a function of a library that gives the tenant or
// the principal of the caller, not one of the request's parameters.
func (n *Names) Accessor(kind proof.NeedKind, symbol string) bool {
	name := symbol[strings.LastIndexByte(symbol, '.')+1:]
	from := false
	var rest []string
	for _, w := range Words(name) {
		switch w {
		case "param", "params", "query", "header", "path", "form", "body", "parse", "new", "create", "find", "list", "load", "by", "with", "set":
			return false
		case "from", "get", "must", "require":
			from = true
		case "ctx", "context", "current":
			from = true
		default:
			rest = append(rest, w)
		}
	}
	return from && n.Is(kind, strings.Join(rest, "_"))
}

// ClaimWords are what functions and values of verified credentials are called.
var ClaimWords = map[string]bool{
	"claims": true, "claim": true, "token": true, "jwt": true, "session": true, "auth": true, "authenticate": true,
	"identity": true, "principal": true, "credential": true, "credentials": true, "whoami": true,
}

// Claim tells whether the value at steps of a call's result is a claim of the
// kind: the OrgID of ParseToken(…).
func (n *Names) Claim(kind proof.NeedKind, symbol string, steps []term.Step) bool {
	if len(steps) == 0 || steps[len(steps)-1].Kind != term.FieldStep || !n.Is(kind, steps[len(steps)-1].Name) {
		return false
	}
	for _, w := range Words(unit.Short(symbol)) {
		if ClaimWords[w] {
			return true
		}
	}
	return false
}
