package rls

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// coverage looks at what is secured beside what is not: a table without security among
// tables that have it, a partition that is asked directly. Tables that are asked before
// anybody is known, by a secret or for a login, are left out: no session knows a tenant then.
// Where fewer are secured than are not, that is said once.
func (k *checker) coverage() {
	var bare []*catalogue.Table
	for _, t := range k.cat.Tables {
		if !ofTenant(t) || usesSecurity(t) || k.unread(t) || t.Tenancy == catalogue.Root || t.Tenancy == catalogue.Membership || len(t.Secrets)+len(t.Tokens) > 0 || t == k.cat.Principal {
			continue
		}
		if parent := k.parentOf(t); parent != nil {
			k.report(finding.RLSPartition, finding.Warning, t.Table.Position, t.FullName(), "",
				fmt.Sprintf("%s: who asks it directly is held by no policy; those of %s are asked only for statements on %s; enable row-level security and give it the same policies, or grant nothing on it",
					t.FullName(), parent.FullName(), parent.FullName()))
			k.found[len(k.found)-1].Cause = parent.FullName() // what made one made all
			continue
		}
		bare = append(bare, t)
	}
	n, first := k.siblings()
	if len(bare) > 1 && n < len(bare) {
		names := make([]string, len(bare))
		for i, t := range bare {
			names[i] = t.FullName()
		}
		k.report(finding.RLSMissing, finding.Warning, bare[0].Table.Position, bare[0].FullName(), "",
			fmt.Sprintf("%s: %d tables of a tenant have no row-level security, which %s: %s", names[0], len(bare), first, strings.Join(names, ", ")))
		return
	}
	for _, t := range bare {
		k.report(finding.RLSMissing, finding.Warning, t.Table.Position, t.FullName(), "",
			fmt.Sprintf("%s: it belongs to a tenant (%s) and has no row-level security, which %s; enable it and add a policy", t.FullName(), t.Why, first))
	}
}

// siblings says how many tables of a tenant are secured, and which.
func (k *checker) siblings() (n int, who string) {
	for _, t := range k.cat.Tables {
		if ofTenant(t) && t.Security.Enabled {
			if n++; n == 1 {
				who = t.FullName()
			}
		}
	}
	switch n {
	case 0:
		return 0, "other tables have policies for"
	case 1:
		return 1, who + " has"
	}
	return n, fmt.Sprintf("%d others have (%s)", n, who)
}

// parentOf is the secured table that a partition or an heir is a part of, nil if there is
// none.
func (k *checker) parentOf(t *catalogue.Table) *catalogue.Table {
	for _, name := range append([]string{t.PartitionOf}, t.Inherits...) {
		if p := k.secured(name); p != nil {
			return p
		}
	}
	return nil
}

// table checks a table that has policies, or row-level security.
func (k *checker) table(t *catalogue.Table) {
	s := &t.Security
	if !usesSecurity(t) {
		return
	}
	name := t.FullName()
	switch {
	case !s.Enabled:
		k.report(finding.RLSNotEnabled, finding.Error, s.Policies[0].Position, name, "",
			fmt.Sprintf("%s: it has the policy %s and row-level security is not enabled, so that nobody is held by it; ALTER TABLE %s ENABLE ROW LEVEL SECURITY", name, s.Policies[0].Name, name))
		return
	case k.unread(t):
	case len(s.Policies) == 0:
		k.report(finding.RLSNoPolicy, finding.Warning, s.EnabledAt, name, "",
			fmt.Sprintf("%s: row-level security is enabled without a policy: nobody but its owner sees a row, and its owner sees all", name))
		return
	}
	if !k.unread(t) && !slices.ContainsFunc(s.Policies, func(p *schema.Policy) bool { return !p.Restrictive }) {
		k.report(finding.RLSRestrictive, finding.Warning, s.Policies[0].Position, name, "",
			fmt.Sprintf("%s: all its policies are restrictive, and those only take away from what a permissive one gives: nobody sees a row", name))
	}
	if ofTenant(t) {
		k.policies(t)
		k.oracle(t)
	}
}

// forced tells of tables whose owner is held by no policy: once, where it is all of them.
func (k *checker) forced() {
	var loose []*catalogue.Table
	n := 0
	for _, t := range k.cat.Tables {
		s := &t.Security
		if !s.Enabled || len(s.Policies) == 0 || k.unread(t) {
			continue
		}
		n++
		if !s.Forced && t.OwnedBy == "" && !k.usedByOther(t) {
			loose = append(loose, t)
		}
	}
	const held = "the owner, which is who runs the migrations, is held by no policy"
	if len(loose) > 2 && len(loose) == n {
		t := loose[0]
		k.report(finding.RLSNotForced, finding.Warning, t.Security.EnabledAt, t.FullName(), "",
			fmt.Sprintf("%s: row-level security is forced on none of the %d tables that have it: %s; ALTER TABLE %s FORCE ROW LEVEL SECURITY, and so on, or connect as another role", t.FullName(), n, held, t.FullName()))
		return
	}
	for _, t := range loose {
		k.report(finding.RLSNotForced, finding.Warning, t.Security.EnabledAt, t.FullName(), "",
			fmt.Sprintf("%s: row-level security is not forced: %s; ALTER TABLE %s FORCE ROW LEVEL SECURITY, or connect as another role", t.FullName(), held, t.FullName()))
	}
}

// usedByOther reports whether the migrations make a role for the application, which owns nothing:
// one that logs in, is a member of no other, and may write to a table.
func (k *checker) usedByOther(t *catalogue.Table) bool {
	return slices.ContainsFunc(k.cat.Diagram.Roles, func(r *schema.Role) bool {
		return r.Login && !r.Bypass && !r.Superuser && len(r.Of) == 0 && slices.ContainsFunc(k.cat.Diagram.Grants, func(g *schema.Grant) bool {
			return g.Role == r.Name && !g.Default && (g.Table == t.FullName() || g.Table == "") && (g.Allows("INSERT") || g.Allows("UPDATE") || g.Allows("DELETE"))
		})
	})
}

// oracle tells of keys that are unique over all tenants: the check of uniqueness sees all
// rows, so that an error says that another tenant has the value.
func (k *checker) oracle(t *catalogue.Table) {
	if t.Tenancy == catalogue.Root { // a tenant is one by its name, too
		return
	}
	for _, key := range t.Keys {
		if key.Primary || key.Expressions || len(key.Columns) == 0 || slices.ContainsFunc(key.Columns, func(c string) bool { return owns(t, c) || secret(t, c) || random(t, c) }) {
			continue
		}
		k.report(finding.RLSUnique, finding.Warning, key.Position, t.FullName(), strings.Join(key.Columns, ","),
			fmt.Sprintf("%s: %s is unique over all tenants, and uniqueness sees every row: a refused INSERT tells that another tenant has the value; put the tenant's column into the key",
				t.FullName(), strings.Join(key.Columns, ", ")))
	}
}

// secret reports whether a column holds a secret, which nobody guesses.
func secret(t *catalogue.Table, column string) bool {
	return slices.Contains(t.Tokens, column) || slices.ContainsFunc(t.Secrets, func(k *schema.Key) bool { return slices.Contains(k.Columns, column) })
}

// random reports whether the server makes up the values of a column, or they are UUIDs.
func random(t *catalogue.Table, column string) bool {
	c := t.Table.Column(column)
	return c == nil || c.Type == "uuid" || c.Identity
}
