package rls

import (
	"cmp"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema/setter"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Check gives the findings of the rules rls-… on one database, by place. It finds nothing
// where no table has row-level security, nor in databases other than PostgreSQL.
func Check(c *catalogue.Catalogue) []finding.Finding {
	if c.Diagram.Speaks() != sqltree.Postgres || !slices.ContainsFunc(c.Tables, usesSecurity) {
		return nil
	}
	k := &checker{cat: c, readers: readers(c.Diagram)}
	k.coverage()
	k.forced()
	for _, t := range c.Tables {
		k.table(t)
	}
	k.settings()
	k.defaults()
	k.views()
	k.functions()
	k.roles()
	k.grants()
	slices.SortStableFunc(k.found, func(a, b finding.Finding) int {
		return cmp.Or(a.Place.Compare(b.Place), cmp.Compare(a.Rule, b.Rule))
	})
	finding.SetRoots(k.found)
	return k.found
}

// usesSecurity reports whether somebody has begun to secure the rows of a table.
func usesSecurity(t *catalogue.Table) bool {
	return t.Security.Enabled || len(t.Security.Policies) > 0
}

// checker collects the findings of one database.
type checker struct {
	cat     *catalogue.Catalogue
	bare    *catalogue.Catalogue // where no proof may rest on policies
	readers map[string]bool      // functions of the schema that read a setting of the session
	setters *setter.Setters
	found   []finding.Finding
}

// report adds a finding at a place of a migration. What tells it from others of its rule is
// the table and the object, so that it stays the same when lines shift. Where the tenant's column is a guess, nothing
// is an error.
func (k *checker) report(rule string, tier finding.Tier, at schema.Position, table, object, message string) {
	if k.cat.Confidence == catalogue.Low {
		tier = finding.Warning
	}
	id := finding.Identity{Rule: rule, Table: table, Column: object}
	k.found = append(k.found, finding.Finding{
		Rule: rule, Tier: tier, Place: finding.Place{File: at.File, Line: at.Line, Column: 1},
		Table: table, Message: message, Fingerprint: id.Fingerprint(),
	})
}

// unread reports whether something that the files say of a table could not be read: then
// nothing is concluded from what they do not say.
func (k *checker) unread(t *catalogue.Table) bool {
	return slices.ContainsFunc(k.cat.Diagram.Problems, func(p schema.Problem) bool { return p.Covers(t.Table) })
}

// ofTenant reports whether a tenant owns the rows of a table.
func ofTenant(t *catalogue.Table) bool {
	return t.Tenancy != catalogue.Shared && !t.Public && t.Undecided == ""
}

// secured finds a table by its full name, nil if a tenant does not own it or its rows are not
// secured.
func (k *checker) secured(full string) *catalogue.Table {
	for _, t := range k.cat.Tables {
		if t.FullName() == full && t.Security.Enabled && ofTenant(t) {
			return t
		}
	}
	return nil
}
