package rls

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// defaults tells of the values with which sessions begin: one that is a tenant, or that opens
// an escape. Each is told of once.
func (k *checker) defaults() {
	for _, d := range k.cat.Diagram.Defaults {
		if !slices.Contains(k.cat.Diagram.DefaultsOf(d.Name), d) {
			continue
		}
		who := "every session"
		if d.Role != "" {
			who = "every session of " + d.Role
		}
		if t, p := k.opened(d); p != nil {
			k.report(finding.RLSDefaultSetting, tierOf(d), d.Position, t.FullName(), d.Role+" "+d.Name,
				fmt.Sprintf("%s: %s begins with %s = '%s', by which policy %s lets rows of every tenant pass; take it away, and set it in the transaction that needs it", t.FullName(), who, d.Name, d.Value, p.Name))
			continue
		}
		if t := k.readsTenant(d.Name); t != nil {
			k.report(finding.RLSDefaultSetting, finding.Warning, d.Position, t.FullName(), d.Role+" "+d.Name,
				fmt.Sprintf("%s: %s begins with %s = '%s': where nothing sets it a statement has the rows of that tenant, whoever the caller is, and RESET goes back to it; begin with an empty text", t.FullName(), who, d.Name, d.Value))
		}
	}
}

// tierOf is an error where sessions of all roles begin so; a role by name may be that of jobs.
func tierOf(d *schema.Default) finding.Tier {
	if d.Role == "" {
		return finding.Error
	}
	return finding.Warning
}

// opened is a policy of which an arm lets every row pass by a value with which sessions begin,
// and its table.
func (k *checker) opened(d *schema.Default) (*catalogue.Table, *schema.Policy) {
	for _, t := range k.cat.Tables {
		for _, p := range t.Security.Policies {
			if t.Security.Enabled && ofTenant(t) && !p.Restrictive && !k.heldBack(t, p) && p.Using != "" && k.openedBy(p.Using, t, d) {
				return t, p
			}
		}
	}
	return nil, nil
}

// openedBy reports whether an arm of an expression asks for nothing but that a variable has a
// value.
func (k *checker) openedBy(expression string, t *catalogue.Table, d *schema.Default) bool {
	e := parsed(expanded(k.cat, t, expression))
	return e != nil && slices.ContainsFunc(operands(e, true), func(arm sqltree.Expr) bool {
		all := operands(arm, false)
		is := func(x sqltree.Expr) bool { return isValue(x, d) }
		return slices.ContainsFunc(all, is) && !slices.ContainsFunc(all, func(x sqltree.Expr) bool { return !is(x) && !isTrue(x) })
	})
}

// isValue reports whether a condition is that a variable has a value, or one of several.
func isValue(e sqltree.Expr, d *schema.Default) bool {
	is := func(e sqltree.Expr) bool {
		l, ok := uncast(e).(*sqltree.Literal)
		return ok && l.Text == d.Value
	}
	switch x := e.(type) {
	case *sqltree.Binary:
		return x.Op == "=" && (readBy(x.L) == d.Name && is(x.R) || readBy(x.R) == d.Name && is(x.L))
	case *sqltree.In:
		return !x.Not && readBy(x.X) == d.Name && slices.ContainsFunc(x.List, is)
	case *sqltree.Cast: // current_setting('app.bypass')::boolean
		return typeName(x.Type) == "boolean" && readBy(x.X) == d.Name && isOn(d.Value)
	}
	return false
}

// isOn reports whether PostgreSQL makes true of a text.
func isOn(text string) bool {
	on, err := strconv.ParseBool(text)
	return err == nil && on || text == "on" || text == "yes"
}

// readsTenant is a table of a tenant of which a policy compares whose a row is with a variable,
// nil if none does.
func (k *checker) readsTenant(name string) *catalogue.Table {
	for _, t := range k.cat.Tables {
		compares := func(p *schema.Policy) bool {
			return slices.ContainsFunc([]string{p.Using, p.Check}, func(text string) bool { return k.compares(text, t, name) })
		}
		if t.Security.Enabled && ofTenant(t) && slices.ContainsFunc(t.Security.Policies, compares) {
			return t
		}
	}
	return nil
}

// compares reports whether a condition of an expression compares a column that says whose a row
// is with a variable.
func (k *checker) compares(expression string, t *catalogue.Table, name string) bool {
	e := parsed(expanded(k.cat, t, expression))
	if expression == "" || e == nil {
		return false
	}
	found := false
	sqltree.Walk(e, func(n sqltree.Node) bool {
		x, ok := n.(*sqltree.Binary)
		if !ok {
			return true
		}
		own := func(e sqltree.Expr) bool { c, ok := uncast(e).(*sqltree.Column); return ok && owns(t, c.Name) }
		found = found || own(x.L) && readBy(uncast(x.R)) == name || own(x.R) && readBy(uncast(x.L)) == name
		return true
	})
	return found
}
