package schema

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// createRule adds a rule, or replaces that of the same name. Rules matter because a
// statement on the table then does something else than it says.
func (r *replay) createRule(c *sqltree.CreateRule) {
	rule := &Rule{Position: r.position(c.Pos), Name: c.Name, Table: r.reference(c.Table), Event: c.Event}
	r.dropRule(rule.Table, rule.Name)
	r.d.Rules = append(r.d.Rules, rule)
}

// dropRule removes a rule of a table, if there is one.
func (r *replay) dropRule(table, name string) {
	r.d.Rules = slices.DeleteFunc(r.d.Rules, func(x *Rule) bool { return x.Table == table && x.Name == name })
}

// createPolicy adds a policy, or replaces that of the same name, which a second run of
// the files would have dropped before.
func (r *replay) createPolicy(c *sqltree.CreatePolicy) {
	t := r.table(c.Table)
	if t == nil {
		r.d.AddNote(r.position(c.Pos), "policy on table %s, which is not known here", fullName(c.Table.Schema, c.Table.Name))
		return
	}
	t.dropPolicy(c.Name)
	t.Security.Policies = append(t.Security.Policies, &Policy{
		Position: r.position(c.Pos), Name: c.Name, Restrictive: c.Restrictive, Command: c.Command, Roles: c.Roles, Using: c.Using, Check: c.Check,
	})
}

// alterPolicy changes what the statement names.
func (r *replay) alterPolicy(c *sqltree.AlterPolicy) {
	t := r.table(c.Table)
	if t == nil {
		return
	}
	for _, p := range t.Security.Policies {
		if p.Name != c.Name {
			continue
		}
		p.Position = r.position(c.Pos)
		if c.Roles != nil {
			p.Roles = c.Roles
		}
		if c.Using != "" {
			p.Using = c.Using
		}
		if c.Check != "" {
			p.Check = c.Check
		}
	}
}

// rowSecurity switches the security of a table on and off.
func (r *replay) rowSecurity(t *Table, a *sqltree.RowSecurity, pos sqltree.Pos) {
	if a.Enabled != nil {
		t.Security.Enabled, t.Security.EnabledAt = *a.Enabled, r.position(pos)
	}
	if a.Forced != nil {
		t.Security.Forced = *a.Forced
	}
}

// setRole adds a role, or changes what the statement names of it.
func (r *replay) setRole(c *sqltree.SetRole) {
	at := slices.IndexFunc(r.d.Roles, func(x *Role) bool { return x.Name == c.Name })
	if at < 0 {
		at = len(r.d.Roles)
		r.d.Roles = append(r.d.Roles, &Role{Name: c.Name})
	}
	role := r.d.Roles[at]
	role.Position = r.position(c.Pos)
	for _, x := range []struct {
		to *bool
		by *bool
	}{{&role.Bypass, c.Bypass}, {&role.Superuser, c.Superuser}, {&role.Login, c.Login}} {
		if x.by != nil {
			*x.to = *x.by
		}
	}
}

// join makes roles members of others, or no members.
func (r *replay) join(c *sqltree.Membership) {
	for _, role := range r.d.Roles {
		if !slices.Contains(c.Members, role.Name) {
			continue
		}
		role.Of = without(role.Of, c.Roles)
		if !c.Revoke {
			role.Of = append(role.Of, c.Roles...)
		}
	}
}

// setDefault adds what sessions begin with, or takes it away.
func (r *replay) setDefault(c *sqltree.SessionDefault) {
	r.d.Defaults = slices.DeleteFunc(r.d.Defaults, func(x *Default) bool {
		return x.Role == c.Role && x.Database == c.Database && (x.Name == c.Name || c.Name == "")
	})
	if !c.Reset && strings.Contains(c.Name, ".") {
		r.d.Defaults = append(r.d.Defaults, &Default{r.position(c.Pos), c.Role, c.Database, c.Name, c.Value})
	}
}

// grant adds what roles may do, and takes away what is revoked from one by name.
func (r *replay) grant(c *sqltree.Grant) {
	names := []string{""}
	if !c.Default && len(c.Schemas) == 0 {
		names = nil
		for _, t := range c.Tables {
			if found := r.table(t); found != nil {
				names = append(names, found.FullName())
			}
		}
	}
	for _, role := range c.Roles {
		for _, name := range names {
			if !c.Revoke {
				r.d.Grants = append(r.d.Grants, &Grant{r.position(c.Pos), role, c.Privileges, name, c.Default})
				continue
			}
			r.d.Grants = slices.DeleteFunc(r.d.Grants, func(g *Grant) bool {
				if g.Role != role || g.Table != name && name != "" || g.Default != c.Default {
					return false
				}
				g.Privileges = without(g.Privileges, c.Privileges)
				return len(g.Privileges) == 0
			})
		}
	}
}

// without are the privileges that are left of some where others are revoked; none where all
// are.
func without(have, revoked []string) []string {
	if len(revoked) == 0 {
		return nil
	}
	if len(have) == 0 {
		have = []string{"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"}
	}
	return slices.DeleteFunc(slices.Clone(have), func(p string) bool { return slices.Contains(revoked, p) })
}

// isGrant tells a text that says who may do what.
func isGrant(text string) bool {
	word := strings.ToUpper(text)
	return strings.HasPrefix(word, "GRANT") || strings.HasPrefix(word, "REVOKE") || strings.HasPrefix(word, "ALTER DEFAULT")
}
