package rls

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// policies checks the policies of a table that a tenant owns. Permissive policies widen
// each other, and one that holds nobody undoes all others; a restrictive one for the same
// command and for everybody holds all of them.
func (k *checker) policies(t *catalogue.Table) {
	for _, p := range t.Security.Policies {
		k.setting(t, p)
		if p.Restrictive || k.heldBack(t, p) || k.another(t, p) {
			continue
		}
		if p.Using != "" {
			k.expression(t, p, p.Using, "")
		}
		if p.Check != "" {
			k.checks(t, p)
		}
	}
}

// another reports whether a policy is for roles by name, and another binds the tenant for
// others: then those are the roles of a report, of jobs, of staff.
func (k *checker) another(t *catalogue.Table, p *schema.Policy) bool {
	if len(p.Roles) == 0 {
		return false
	}
	return slices.ContainsFunc(t.Security.Policies, func(o *schema.Policy) bool {
		shared := slices.ContainsFunc(o.Roles, func(r string) bool { return slices.Contains(p.Roles, r) })
		return o != p && !o.Restrictive && !shared && o.Using != "" && k.binds(o.Using, t)
	})
}

// heldBack reports whether a restrictive policy holds everybody that a policy lets in.
func (k *checker) heldBack(t *catalogue.Table, p *schema.Policy) bool {
	return slices.ContainsFunc(t.Security.Policies, func(r *schema.Policy) bool {
		return r.Restrictive && len(r.Roles) == 0 && (r.Command == "ALL" || r.Command == p.Command) && r.Using != "" && k.binds(r.Using, t) && (r.Check == "" || k.binds(r.Check, t))
	})
}

// binds reports whether every arm of an expression is bound.
func (k *checker) binds(expression string, t *catalogue.Table) bool {
	return !slices.ContainsFunc(k.arms(expression, t), func(a arm) bool { return a.says != bound })
}

// checks checks WITH CHECK: what a policy lets in, it must let be written to the caller's
// tenant only.
func (k *checker) checks(t *catalogue.Table, p *schema.Policy) {
	switch {
	case k.binds(p.Check, t):
	case p.Using == "":
		k.expression(t, p, p.Check, "WITH CHECK ")
	case k.binds(p.Using, t):
		k.report(finding.RLSCheck, tierFor(p), p.Position, t.FullName(), p.Name,
			fmt.Sprintf("%s: policy %s shows rows of the caller's tenant, and WITH CHECK (%s) lets them be written to any; leave WITH CHECK out, then USING holds for it, too", t.FullName(), p.Name, p.Check))
	}
}

// tierFor is an error where a policy is for everybody; for roles by name only who knows
// which of them the application has can tell.
func tierFor(p *schema.Policy) finding.Tier {
	if len(p.Roles) == 0 {
		return finding.Error
	}
	return finding.Warning
}

// expression checks the arms of an expression.
func (k *checker) expression(t *catalogue.Table, p *schema.Policy, text, clause string) {
	all := k.arms(text, t)
	unbound := slices.DeleteFunc(slices.Clone(all), func(a arm) bool { return a.says == bound })
	name := t.FullName()
	at := func(rule string, tier finding.Tier, format string, args ...any) {
		k.report(rule, tier, p.Position, name, p.Name+clause, fmt.Sprintf("%s: policy %s ", name, p.Name)+fmt.Sprintf(format, args...))
		if body := k.calls(t, text); body != "" {
			k.found[len(k.found)-1].Cause = body // one function opens all policies that call it
		}
	}
	// One forgotten SET opens all escapes, and the policy is told of once.
	slices.SortStableFunc(unbound, func(a, b arm) int { return cmp.Compare(a.rank(), b.rank()) })
	unbound = slices.CompactFunc(unbound, func(a, b arm) bool { return a.says == escape && b.says == escape })
	for _, a := range unbound {
		switch {
		case a.says == always && clause != "":
			at(finding.RLSAlwaysTrue, tierFor(p), "is always true (%s%s): it lets everybody write rows of any tenant, whatever the other policies say", clause, a.text)
		case a.says == always:
			at(finding.RLSAlwaysTrue, tierFor(p), "is always true (%s%s): it lets everybody see every tenant's rows, whatever the other policies say", clause, a.text)
		case a.says == escape && a.unset:
			at(finding.RLSEscape, tierFor(p), "is open where nobody has set the variable (%s): a forgotten SET, or one that ended with its transaction, shows every tenant's rows", a.text)
		case a.says == escape:
			at(finding.RLSEscape, finding.Warning, "lets a session pass that says of itself who it is (%s): every role that may connect may set such a variable", a.text)
			k.found[len(k.found)-1].Cause = a.text // one variable opens all policies that ask so
		case !speaksOf(all, bound) && !speaksOf(all, escape) && k.boundBy(t, p):
			at(finding.RLSWidened, finding.Warning, "does not ask whose the row is (%s), and permissive policies are joined with OR: rows of every tenant pass by it", a.text)
		case !speaksOf(all, bound) && !speaksOf(all, escape):
			at(finding.RLSNoTenant, tierFor(p), "does not ask whose the row is (%s)", a.text)
		default:
			at(finding.RLSWidened, finding.Warning, "has an arm that does not ask whose the row is (%s): rows of every tenant pass by it", a.text)
		}
	}
}

// boundBy reports whether another permissive policy for the same rows binds the tenant:
// then the policy widens it, which may be meant.
func (k *checker) boundBy(t *catalogue.Table, p *schema.Policy) bool {
	return slices.ContainsFunc(t.Security.Policies, func(o *schema.Policy) bool {
		return o != p && !o.Restrictive && o.Using != "" && (o.Command == "ALL" || o.Command == p.Command) && k.binds(o.Using, t)
	})
}

func speaksOf(list []arm, says holds) bool {
	return slices.ContainsFunc(list, func(a arm) bool { return a.says == says })
}

// setting checks how a policy reads the variable of the session; it is told of once.
func (k *checker) setting(t *catalogue.Table, p *schema.Policy) {
	for _, text := range []string{p.Using, p.Check} {
		if c := bareCast(text); c != nil {
			read := settingText(c.X.(*sqltree.Call))
			k.report(finding.RLSEmptySetting, finding.Warning, p.Position, t.FullName(), p.Name,
				fmt.Sprintf("%s: policy %s casts %s to %s: where SET LOCAL has ended the variable is an empty text and the cast fails every statement of that connection; NULLIF(%s, '')::%s",
					t.FullName(), p.Name, read, c.Type, read, c.Type))
			return
		}
	}
}

// bareCast is a cast of the variable as it is, which may be an empty text; nil if there is none.
func bareCast(text string) *sqltree.Cast {
	e := parsed(text)
	if text == "" || e == nil {
		return nil
	}
	var found *sqltree.Cast
	sqltree.Walk(e, func(n sqltree.Node) bool {
		if c, ok := n.(*sqltree.Cast); ok && found == nil && !isText(c.Type) {
			if call, ok := c.X.(*sqltree.Call); ok && call.Name == settingReader && len(call.Args) == 2 {
				found = c
			}
		}
		return found == nil
	})
	return found
}

func isText(typ string) bool {
	return slices.Contains([]string{"text", "character varying", "varchar", "character", "bpchar", "name"}, typ)
}
