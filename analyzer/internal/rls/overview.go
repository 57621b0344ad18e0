package rls

import (
	"reflect"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// Overview is what the migrations, or a database, say of the rows of one table of a tenant.
type Overview struct {
	Table   string `json:"table"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Enabled bool   `json:"enabled"`
	Forced  bool   `json:"forced"`
	// Policies are the names of the permissive policies by command; none lets nobody in.
	Policies    map[string][]string `json:"policies"`
	Restrictive []string            `json:"restrictive"`
	// Held is the variable by which its policies hold every row in every command, so that
	// proofs may rest on them; "" if they do not. Past are the roles that they let past by name.
	Held string   `json:"held"`
	Past []string `json:"past"`
	Gaps []string `json:"gaps"` // the rules that find something at the table
}

// Once leaves one of several databases of which the same files say the same: modules of a
// workspace may each name a folder that they share. Its name is the first one's; names are
// those of all, in their order.
func Once(list []*catalogue.Catalogue) (once []*catalogue.Catalogue, names []string) {
	var tables [][]Overview
	for _, c := range list {
		of := Tables(c)
		same := func(o *catalogue.Catalogue) bool {
			return len(c.Diagram.Files) > 0 && slices.Equal(o.Diagram.Files, c.Diagram.Files) && reflect.DeepEqual(tables[slices.Index(once, o)], of)
		}
		if i := slices.IndexFunc(once, same); i >= 0 {
			names[i] += ", " + c.Diagram.Name
			continue
		}
		once, names, tables = append(once, c), append(names, c.Diagram.Name), append(tables, of)
	}
	return once, names
}

// Commands are the commands that policies are asked for, in the order of a report.
func Commands() []string { return []string{"SELECT", "INSERT", "UPDATE", "DELETE"} }

// Tables are the overviews of the tables of a database that a tenant owns, in the order of
// their names. A table without a gap is secured as far as migrations can say it.
func Tables(c *catalogue.Catalogue) []Overview {
	found := Check(c)
	var out []Overview
	for _, t := range c.Tables {
		if !ofTenant(t) {
			continue
		}
		o := overview(t)
		for _, f := range found {
			if f.Table == o.Table && !slices.Contains(o.Gaps, f.Rule) {
				o.Gaps = append(o.Gaps, f.Rule)
			}
		}
		out = append(out, o)
	}
	return out
}

func overview(t *catalogue.Table) Overview {
	s := &t.Security
	o := Overview{
		Table: t.FullName(), File: t.Table.File, Line: t.Table.Line, Enabled: s.Enabled, Forced: s.Forced,
		Policies: map[string][]string{}, Restrictive: []string{}, Past: []string{}, Gaps: []string{},
	}
	if t.Held != nil {
		o.Held, o.Past = t.Held.Setting, append(o.Past, t.Held.Past...)
	}
	for _, command := range Commands() {
		o.Policies[command] = names(s.Policies, func(p *schema.Policy) bool { return !p.Restrictive && p.Covers(command) })
	}
	o.Restrictive = names(s.Policies, func(p *schema.Policy) bool { return p.Restrictive })
	return o
}

// names are those of the policies that f holds of.
func names(policies []*schema.Policy, f func(*schema.Policy) bool) []string {
	out := []string{}
	for _, p := range policies {
		if f(p) {
			out = append(out, p.Name)
		}
	}
	return out
}
