package rls

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls/body"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema/setter"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// Hold decides of each table whether proofs may rest on its policies, and by which variable
// of the session.
//
// What an expression says the prover decides: it is a condition of a query on the table in
// which the variable is a bind value, and it must tie the row to that value alone, in every
// arm, wherever it comes from.
func Hold(c *catalogue.Catalogue) {
	if c.Diagram == nil || c.Diagram.Speaks() != sqltree.Postgres || slices.ContainsFunc(c.Diagram.Functions, isComparison) {
		return
	}
	// A policy may ask for a row of another table, whose own policies hold that.
	for range maxBehind {
		k := &checker{cat: c.UnderPolicies(), bare: c, readers: readers(c.Diagram), setters: setter.Of(c.Diagram)}
		changed := false
		for _, t := range c.Tables {
			if t.Held == nil {
				t.Held = k.held(t)
				changed = changed || t.Held != nil
			}
		}
		if !changed {
			return
		}
	}
}

// isComparison reports whether a function is an operator of the schema's own by which values are
// compared: for some types it is asked, and what it says nobody knows.
func isComparison(f *schema.Function) bool {
	return f.Language == sqltree.OperatorLanguage && (f.Name == "=" || f.Name == "<>")
}

// maxBehind caps how many tables stand behind each other in policies.
const maxBehind = 5

// held is what the policies make of a table, nil if they do not hold it in every command.
func (k *checker) held(t *catalogue.Table) *catalogue.Held {
	s := &t.Security
	if !s.Enabled || !ofTenant(t) || k.unread(t) {
		return nil
	}
	if slices.ContainsFunc(s.Policies, func(p *schema.Policy) bool { return len(k.setters.In(p.Using+" "+p.Check)) > 0 }) {
		return nil
	}
	out := &catalogue.Held{Owner: s.Forced}
	for _, p := range s.Policies {
		if p.Restrictive {
			continue // it only takes away: see looksElsewhere
		}
		setting, ok := k.bindsTo(t, p, out)
		switch {
		case ok && (out.Setting == "" || out.Setting == setting):
			out.Setting = setting
		case !ok && len(p.Roles) > 0 && !slices.Contains(p.Roles, "public"):
			out.Past = append(out.Past, p.Roles...)
		default:
			return nil
		}
	}
	if out.Setting == "" || slices.ContainsFunc(s.Policies, func(p *schema.Policy) bool { return p.Restrictive && k.looksElsewhere(t, p, out) }) {
		return nil
	}
	for _, e := range t.Edges {
		if len(e.Columns) == 1 && ofTenant(e.To) && e.To.Tenancy != catalogue.Root && k.refers(t, e, out.Setting) {
			out.Refers = append(out.Refers, e.Columns[0])
		}
	}
	slices.Sort(out.Past)
	out.Past = slices.Compact(out.Past)
	return out
}

// refers reports whether each policy that lets rows be written demands that a reference of
// the row is to one of the tenant's.
func (k *checker) refers(t *catalogue.Table, e *catalogue.Edge, setting string) bool {
	some := false
	for _, p := range t.Security.Policies {
		if p.Restrictive || !p.Covers("INSERT") && !p.Covers("UPDATE") {
			continue
		}
		if !k.demands(t, e, cmp.Or(p.Check, p.Using), setting) {
			return false
		}
		some = true
	}
	return some
}

// demands reports whether an expression ties not only the row to a variable, but the row of
// a reference, too.
func (k *checker) demands(t *catalogue.Table, e *catalogue.Edge, expression, setting string) bool {
	text, settings, _ := k.withHole(t, expression)
	if len(settings) != 1 || settings[0] != setting {
		return false
	}
	to := quoted(e.To) + " AS referred WHERE referred." + sqltext.QuoteName(e.RefColumns[0]) + " = " + sqltext.QuoteName(t.Name) + "." + sqltext.QuoteName(e.Columns[0])
	r, err := proof.Text("SELECT 1 FROM "+quoted(t)+", "+to+" AND ("+text+")", "postgres", k.bare) // its own policies do not hold what a key refers to
	if err != nil || len(r.Unproven) > 0 {
		return false
	}
	i := slices.IndexFunc(r.Relations, func(x proof.Relation) bool { return x.Alias == "referred" })
	return i >= 0 && slices.ContainsFunc(r.Relations[i].Alternatives, func(a proof.Alternative) bool {
		return unconditional(a) && !slices.Contains(a.Rules, "up") // that a row's parents are its tenant's is what is asked of a new one
	})
}

// looksElsewhere reports whether a restrictive policy of a table whose rows the others tie may
// take rows away by what it finds of other tenants'.
func (k *checker) looksElsewhere(t *catalogue.Table, p *schema.Policy, held *catalogue.Held) bool {
	var arms []string
	for _, o := range t.Security.Policies {
		for _, text := range []string{o.Using, o.Check} {
			if text != "" && !o.Restrictive {
				arms = append(arms, "("+text+")")
			}
		}
	}
	for _, text := range []string{p.Using, p.Check} {
		if !strings.Contains(strings.ToLower(expanded(k.cat, t, text)), "select") {
			continue
		}
		text, _, cat := k.withHole(t, "("+strings.Join(arms, " OR ")+") AND ("+text+")")
		r, err := proof.Text("SELECT 1 FROM "+quoted(t)+" WHERE "+text, "postgres", cat)
		if err != nil || len(r.Unproven) > 0 || len(r.Capped) > 0 {
			return true
		}
		for i := range r.Relations {
			rel := &r.Relations[i]
			if rel.Table != t && !k.ofTenantsOwn(rel, held) {
				return true
			}
			behind(t, rel.Table, held)
		}
	}
	return false
}

// bindsTo is the variable by which a policy lets rows of its tenant pass, and no others.
// What the tables that it asks rest on goes into held.
func (k *checker) bindsTo(t *catalogue.Table, p *schema.Policy, held *catalogue.Held) (setting string, ok bool) {
	for _, text := range []string{p.Using, p.Check} {
		if text == "" {
			continue
		}
		name, ok := k.ties(t, text, held)
		if !ok || setting != "" && name != setting {
			return "", false
		}
		setting = name
	}
	return setting, setting != ""
}

// ties is the variable to which an expression ties the rows of a table.
func (k *checker) ties(t *catalogue.Table, expression string, held *catalogue.Held) (setting string, ok bool) {
	text, settings, cat := k.withHole(t, expression)
	if len(settings) > 1 {
		return "", false
	}
	r, err := proof.Text("SELECT 1 FROM "+quoted(t)+" WHERE "+text, "postgres", cat)
	if err != nil || len(r.Unproven) > 0 || len(r.Relations) == 0 || len(r.Capped) > 0 {
		return "", false
	}
	for i := range r.Relations {
		rel := &r.Relations[i]
		switch at := slices.IndexFunc(rel.Alternatives, unconditional); {
		case rel.Table != t:
			if !k.ofTenantsOwn(rel, held) {
				return "", false
			}
		case at < 0:
			return "", false
		case rel.Alternatives[at].Needs[0].Kind == proof.Setting:
			settings = append(settings, rel.Alternatives[at].Needs[0].Column)
		}
		behind(t, rel.Table, held)
	}
	if settings = slices.Compact(settings); len(settings) != 1 {
		return "", false
	}
	return settings[0], true
}

// behind puts into held what the policies rest on of another table that a policy looks at: whom
// they do not hold, that one sees all of it.
func behind(t, other *catalogue.Table, held *catalogue.Held) {
	if h := other.Held; h != nil && other != t {
		held.Owner, held.Past = held.Owner && h.Owner, append(held.Past, h.Past...)
	}
}

// ofTenantsOwn reports whether the rows of another table that a policy looks at are the tenant's,
// and puts into held the references on which that rests.
func (k *checker) ofTenantsOwn(rel *proof.Relation, held *catalogue.Held) bool {
	if rel.Table.Security.Enabled && rel.Table.Held == nil {
		return false // its policies may take away some by what others have
	}
	best, found := []*catalogue.Edge(nil), false
	for _, a := range rel.Alternatives {
		if edges, ok := k.references(a.Assumes); ok && bySession(a) && (!found || len(edges) < len(best)) {
			best, found = edges, true
		}
	}
	for _, e := range best {
		if !slices.Contains(held.Rests, e) {
			held.Rests = append(held.Rests, e)
		}
	}
	return found
}

// references are the declared references that some assumptions are about, and that the database
// does not keep inside a tenant; ok is false if one is about something else.
func (k *checker) references(list []proof.Assumption) (out []*catalogue.Edge, ok bool) {
	for _, a := range list {
		if a.Hard {
			continue
		}
		e := k.edge(a)
		if a.Kind != proof.Ref || a.Inferred || e == nil {
			return nil, false
		}
		out = append(out, e)
	}
	return out, true
}

// edge is the reference that an assumption is about, nil if it is none.
func (k *checker) edge(a proof.Assumption) *catalogue.Edge {
	for _, t := range k.cat.Tables {
		if t.FullName() != a.Table {
			continue
		}
		for _, e := range t.Edges {
			if slices.Equal(e.Columns, a.Columns) && e.To.FullName() == a.To {
				return e
			}
		}
	}
	return nil
}

// unconditional tells the alternative in which the variable is the tenant, and nothing else
// is asked or assumed that the database does not see to.
func unconditional(a proof.Alternative) bool {
	soft := func(x proof.Assumption) bool { return !x.Hard }
	return bySession(a) && !slices.ContainsFunc(a.Assumes, soft)
}

// bySession tells an alternative in which the variable is the tenant, whatever it assumes.
func bySession(a proof.Alternative) bool {
	return a.Excuse == proof.NoExcuse && len(a.Needs) == 1 && (a.Needs[0].Kind == proof.Tenant || a.Needs[0].Kind == proof.Setting) && !a.Needs[0].Element
}

// quoted is the name of a table as SQL.
func quoted(t *catalogue.Table) string { return quotedName(t.Schema, t.Name) }

func quotedName(schema, name string) string {
	name = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	if schema != "" {
		name = `"` + strings.ReplaceAll(schema, `"`, `""`) + `".` + name
	}
	return name
}

var settingCall = regexp.MustCompile(`(?i)(?:pg_catalog\.)?current_setting\s*\(\s*'([^']+)'(?:::text)?\s*(?:,\s*(?:true|false|'t'|'f'|missing_ok\s*(?:=>|:=)\s*(?:true|false))\s*)?\)`)

// withHole is an expression on a table with a bind value in the place of what it reads of the
// session, the variables that it read, and what proofs of it may rest on: a function with the
// rights of its owner asks tables past their policies.
func (k *checker) withHole(t *catalogue.Table, expression string) (text string, settings []string, cat *catalogue.Catalogue) {
	text, asOwner := body.Expanded(k.cat.Diagram, t.Table, k.cat.Diagram.WithoutReaders(expression))
	if cat = k.cat; asOwner {
		cat = k.bare
	}
	for _, m := range settingCall.FindAllStringSubmatch(text, -1) {
		if name := strings.ToLower(m[1]); !slices.Contains(settings, name) {
			settings = append(settings, name)
		}
	}
	return settingCall.ReplaceAllString(text, "$$1"), settings, cat
}

// expanded is an expression on a table with what functions give in the places of their calls.
func expanded(c *catalogue.Catalogue, t *catalogue.Table, expression string) string {
	text, _ := body.Expanded(c.Diagram, t.Table, c.Diagram.WithoutReaders(expression))
	return text
}

// calls is what the functions give that an expression calls, "" if it calls none that is known.
func (k *checker) calls(t *catalogue.Table, expression string) string {
	if text := expanded(k.cat, t, expression); text != expression {
		return text
	}
	return ""
}
