package rls

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
)

// settingText is a call that reads a variable, as SQL.
func settingText(c *sqltree.Call) string { return sqlprint.Print(c) }

// settings tells of a variable that only one policy reads where all others read another:
// two names for one thing, of which the application sets one.
func (k *checker) settings() {
	count := map[string]int{}
	last := map[string]*schema.Policy{}
	table := map[string]string{}
	for _, t := range k.cat.Tables {
		for _, p := range t.Security.Policies {
			for _, n := range schema.SettingsIn(p.Using + " AND " + p.Check) {
				count[n]++
				last[n], table[n] = p, t.FullName()
			}
		}
	}
	names := slices.SortedFunc(maps.Keys(count), func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), strings.Compare(a, b)) })
	for _, n := range names {
		if n == names[0] || count[n] > 1 || count[names[0]] < 3 || !alike(n, names[0]) {
			continue
		}
		k.report(finding.RLSSettingName, finding.Warning, last[n].Position, table[n], last[n].Name,
			fmt.Sprintf("%s: policy %s reads %s, and %d others read %s: nobody who sets the one sets the other", table[n], last[n].Name, n, count[names[0]], names[0]))
	}
}

// alike reports whether two names are likely meant to be one: a few letters differ, or only
// what stands before the dot.
func alike(a, b string) bool {
	return strings.Contains(bare(a), bare(b)) || strings.Contains(bare(b), bare(a))
}

// bare is a name without what stands before the dot, and without separators.
func bare(name string) string {
	if _, last, ok := strings.Cut(name, "."); ok {
		name = last
	}
	return strings.ReplaceAll(name, "_", "")
}

// views checks what shows the rows of secured tables past their policies.
func (k *checker) views() {
	for _, v := range k.cat.Diagram.Views {
		t := k.shown(v.Query)
		if t == nil {
			continue
		}
		full := viewName(v)
		switch {
		case v.Materialized:
			k.report(finding.RLSMaterialized, finding.Warning, v.Position, t.FullName(), full,
				fmt.Sprintf("%s: the materialised view %s keeps its rows as whoever refreshes it sees them, and no policy holds who reads it", t.FullName(), full))
		case !v.Invoker && !t.Security.Forced:
			k.report(finding.RLSView, finding.Warning, v.Position, t.FullName(), full,
				fmt.Sprintf("%s: the view %s reads it as the view's owner, who is held by no policy where they are not forced; WITH (security_invoker = true)", t.FullName(), full))
		}
	}
}

func viewName(v *schema.View) string {
	if v.Schema == "" {
		return v.Name
	}
	return v.Schema + "." + v.Name
}

// shown is a secured table of a tenant that a query reads without asking the session for
// the tenant, nil if there is none.
func (k *checker) shown(query string) *catalogue.Table {
	s, err := sqlparse.Parse(query, sqltree.Postgres)
	if err != nil || len(schema.SettingsIn(query)) > 0 {
		return nil
	}
	var found *catalogue.Table
	sqltree.Walk(s, func(n sqltree.Node) bool {
		switch x := n.(type) {
		case *sqltree.Table:
			if t := k.cat.Lookup(x.Schema, x.Name); found == nil && t != nil && t.Security.Enabled && ofTenant(t) {
				found = t
			}
		case *sqltree.Call:
			if k.reads(x) {
				found = nil
				return false
			}
		}
		return true
	})
	return found
}

// functions checks those that run as who made them.
func (k *checker) functions() {
	for _, f := range k.cat.Diagram.Functions {
		if !f.Definer {
			continue
		}
		if !f.FixedPath {
			k.report(finding.RLSSearchPath, finding.Warning, f.Position, "", f.Name,
				fmt.Sprintf("%s runs as its owner and takes its tables and functions from the caller's search_path, where the caller may have put others; SET search_path = pg_catalog, public", f.Name))
		}
		if t := k.touchedBy(f); t != nil && !f.Trigger && !k.asks(f, t) {
			k.report(finding.RLSDefiner, finding.Warning, f.Position, t.FullName(), f.Name,
				fmt.Sprintf("%s: %s runs as its owner, who is held by no policy, and does not ask for the tenant: whoever may call it reaches every tenant's rows", t.FullName(), f.Name))
		}
	}
}

// touchedBy is the first secured table of a tenant that a function names, nil if it names
// none, or if it is forced and the owner is held, too.
func (k *checker) touchedBy(f *schema.Function) *catalogue.Table {
	for _, t := range k.cat.Tables {
		if t.Security.Enabled && !t.Security.Forced && ofTenant(t) && namesTable(f.Body, t.Name) {
			return t
		}
	}
	return nil
}

func namesTable(body, table string) bool {
	return regexp.MustCompile(`(?i)\b(?:from|join|into|update|only)\s+(?:"?\w+"?\.)?"?` + regexp.QuoteMeta(table) + `"?(?:\W|$)`).MatchString(body)
}

// asks reports whether the body of a function speaks of the tenant, or of the session.
func (k *checker) asks(f *schema.Function, t *catalogue.Table) bool {
	words := append(slices.Collect(maps.Keys(k.readers)), settingReader, t.Column, k.cat.Column)
	return slices.ContainsFunc(words, func(w string) bool { return w != "" && strings.Contains(f.Body, w) })
}

// roles checks the roles that log in and are held by nothing.
func (k *checker) roles() {
	for _, r := range k.cat.Diagram.Roles {
		if !r.Login || !r.Bypass && !r.Superuser {
			continue
		}
		what := "BYPASSRLS"
		if r.Superuser {
			what = "SUPERUSER"
		}
		k.report(finding.RLSBypass, finding.Warning, r.Position, "", r.Name,
			fmt.Sprintf("the role %s logs in and has %s: no policy holds it; connect the application as a role without", r.Name, what))
	}
}

// grants checks what roles may do that no policy is asked for.
func (k *checker) grants() {
	seen := map[schema.Position]bool{}
	for _, g := range k.cat.Diagram.Grants {
		t := k.granted(g)
		if t == nil || seen[g.Position] || k.rules(g.Role) {
			continue
		}
		seen[g.Position] = true
		name := t.FullName()
		switch {
		case g.Default:
			k.report(finding.RLSDefaultGrant, finding.Warning, g.Position, "", g.Role,
				fmt.Sprintf("%s may use every table that comes later, from when it is there: it has no policy then, as %s has; grant table by table, beside the policies", g.Role, name))
		case g.Allows("TRUNCATE"):
			k.report(finding.RLSTruncate, finding.Warning, g.Position, name, g.Role,
				fmt.Sprintf("%s: %s may TRUNCATE it, which no policy is asked for: it empties the table for every tenant; grant SELECT, INSERT, UPDATE and DELETE", name, g.Role))
		case g.Allows("REFERENCES"):
			k.report(finding.RLSReferences, finding.Warning, g.Position, name, g.Role,
				fmt.Sprintf("%s: %s may make foreign keys to it, and their checks see every row: an INSERT tells whether another tenant has a key; grant SELECT, INSERT, UPDATE and DELETE", name, g.Role))
		}
	}
}

// granted is a secured table of a tenant that a grant is about, nil if there is none.
func (k *checker) granted(g *schema.Grant) *catalogue.Table {
	if g.Table != "" {
		return k.secured(g.Table)
	}
	i := slices.IndexFunc(k.cat.Tables, func(t *catalogue.Table) bool { return t.Security.Enabled && ofTenant(t) })
	if i < 0 {
		return nil
	}
	return k.cat.Tables[i]
}

// rules reports whether a role is past all policies anyway.
func (k *checker) rules(role string) bool {
	return slices.ContainsFunc(k.cat.Diagram.Roles, func(r *schema.Role) bool { return r.Name == role && (r.Superuser || r.Bypass) })
}
