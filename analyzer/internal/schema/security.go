package schema

import (
	"regexp"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Security is what a table says of row-level security, as the migrations leave it.
type Security struct {
	Enabled, Forced bool
	// EnabledAt is where it was switched on last.
	EnabledAt Position
	Policies  []*Policy // in source order
}

// Policy is a policy of a table. Command is "ALL", "SELECT", "INSERT", "UPDATE" or
// "DELETE"; no roles are everybody. An expression is "" where there is none.
type Policy struct {
	Position
	Name         string
	Restrictive  bool
	Command      string
	Roles        []string
	Using, Check string
}

// Covers reports whether a policy is asked for a command.
func (p *Policy) Covers(command string) bool { return p.Command == "ALL" || p.Command == command }

// Role is a role that the files define, with what lets it past policies.
type Role struct {
	Position
	Name                     string
	Bypass, Superuser, Login bool
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

func (t *Table) dropPolicy(name string) {
	t.Security.Policies = slices.DeleteFunc(t.Security.Policies, func(p *Policy) bool { return p.Name == name })
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

// renameColumn renames a column in the expressions of the policies, which the server
// keeps by number.
func (s *Security) renameColumn(old, now string) {
	word := regexp.MustCompile(`\b` + regexp.QuoteMeta(old) + `\b`)
	for _, p := range s.Policies {
		p.Using, p.Check = word.ReplaceAllString(p.Using, now), word.ReplaceAllString(p.Check, now)
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
