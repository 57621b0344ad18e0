package rls

import (
	"fmt"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// CheckRequired gives the findings on a database of which the settings ask for policies: those
// of [Check], and every table of a tenant that its policies do not hold, also where no table
// has any. A table that is told of as an error is not told of again.
func CheckRequired(c *catalogue.Catalogue) []finding.Finding {
	found := slices.DeleteFunc(Check(c), func(f finding.Finding) bool { return f.Rule == finding.RLSMissing })
	k := &checker{cat: c}
	for _, t := range c.Tables {
		told := slices.ContainsFunc(found, func(f finding.Finding) bool { return f.Table == t.FullName() && f.Tier == finding.Error })
		if why := k.notHeld(t); why != "" && !told {
			k.report(finding.RLSRequired, finding.Error, t.Table.Position, t.FullName(), "",
				fmt.Sprintf("%s: rls: required asks for policies, and %s", t.FullName(), why))
		}
	}
	return append(found, k.found...)
}

// notHeld is why no policy holds the rows of a table, "" if one does or no tenant owns them.
func (k *checker) notHeld(t *catalogue.Table) string {
	s := &t.Security
	permissive := func(p *schema.Policy) bool { return !p.Restrictive }
	switch {
	case !ofTenant(t) || t.Held != nil:
		return ""
	case k.cat.Diagram.Speaks() != sqltree.Postgres:
		return "its database has none; PostgreSQL has"
	case k.unread(t):
		return "what the files say of it was not all read"
	case !s.Enabled:
		return "row-level security is not enabled for it"
	case !slices.ContainsFunc(s.Policies, permissive):
		return "it has no policy that lets a tenant see its rows"
	}
	return "its policies do not tie every row, in every command, to one variable of the session"
}
