package schema

import (
	"slices"

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
