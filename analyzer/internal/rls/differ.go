package rls

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// Difference is something of the second wall that the migrations say and a database does not,
// or the other way round.
type Difference struct {
	Table   string `json:"table"` // "" where it is about no table
	Message string `json:"message"`
}

// Differences compares what migrations say of the tables of a tenant with what a database
// says: whether they are there, enabled and forced, their policies, the functions that those
// call, the views on them, and what roles may pass by. They are in the order of tables.
func Differences(migrations, database *catalogue.Catalogue) []Difference {
	d := differ{files: migrations, live: database}
	for _, t := range migrations.Tables {
		switch o := d.find(database, t.FullName()); {
		case !ofTenant(t):
		case o == nil:
			d.add(t.FullName(), "the migrations make it, and the database has no such table")
		default:
			d.table(t, o)
		}
	}
	for _, o := range database.Tables {
		if ofTenant(o) && d.find(migrations, o.FullName()) == nil {
			d.add(o.FullName(), "the database has it, and no migration makes it")
		}
	}
	d.functions()
	d.views()
	d.roles()
	slices.SortStableFunc(d.found, func(a, b Difference) int { return cmp.Compare(a.Table, b.Table) })
	return d.found
}

// differ collects the differences of two databases.
type differ struct {
	files, live *catalogue.Catalogue
	found       []Difference
}

func (d *differ) add(table, format string, args ...any) {
	d.found = append(d.found, Difference{table, fmt.Sprintf(format, args...)})
}

func (d *differ) find(c *catalogue.Catalogue, full string) *catalogue.Table {
	i := slices.IndexFunc(c.Tables, func(t *catalogue.Table) bool { return t.FullName() == full })
	if i < 0 {
		return nil
	}
	return c.Tables[i]
}

// table compares a table of the migrations with that of the database.
func (d *differ) table(t, o *catalogue.Table) {
	name := t.FullName()
	d.flag(name, "row-level security is enabled", t.Security.Enabled, o.Security.Enabled)
	d.flag(name, "row-level security is forced", t.Security.Forced, o.Security.Forced)
	named := func(list []*schema.Policy, name string) *schema.Policy {
		i := slices.IndexFunc(list, func(p *schema.Policy) bool { return p.Name == name })
		if i < 0 {
			return nil
		}
		return list[i]
	}
	for _, p := range t.Security.Policies {
		if live := named(o.Security.Policies, p.Name); live == nil {
			d.add(name, "the migrations have the policy %s, and the database has not", p.Name)
		} else {
			d.policy(name, p, live)
		}
	}
	for _, p := range o.Security.Policies {
		if named(t.Security.Policies, p.Name) == nil {
			d.add(name, "the database has the policy %s, and the migrations have not", p.Name)
		}
	}
}

func (d *differ) flag(name, what string, files, live bool) {
	if files != live {
		d.add(name, "%s", sides(what, files))
	}
}

// sides says of something on which side it is, where it is on one alone.
func sides(what string, inFiles bool) string {
	if inFiles {
		return what + " in the migrations, and not in the database"
	}
	return what + " in the database, and not in the migrations"
}

// policy compares two policies of one name.
func (d *differ) policy(table string, p, live *schema.Policy) {
	kind := func(p *schema.Policy) string {
		if p.Restrictive {
			return "restrictive"
		}
		return "permissive"
	}
	roles := func(p *schema.Policy) string {
		list := slices.DeleteFunc(slices.Clone(p.Roles), func(r string) bool { return r == "public" })
		slices.Sort(list)
		return cmp.Or(strings.Join(list, ", "), "everybody")
	}
	say := func(what, files, live string) {
		if files != live {
			d.add(table, "policy %s %s %s in the migrations, and %s in the database", p.Name, what, files, live)
		}
	}
	say("is", kind(p), kind(live))
	say("is for", p.Command, live.Command)
	if !slices.ContainsFunc(p.Roles, isSessionRole) { // whoever ran the migration
		say("is for", roles(p), roles(live))
	}
	if !sameExpression(p.Using, live.Using) {
		say("has USING", shownExpression(p.Using), shownExpression(live.Using))
	}
	if !sameExpression(p.Check, live.Check) {
		say("has WITH CHECK", shownExpression(p.Check), shownExpression(live.Check))
	}
}

func isSessionRole(role string) bool {
	return slices.Contains([]string{"current_user", "session_user", "current_role"}, strings.ToLower(role))
}

func shownExpression(text string) string {
	if text == "" {
		return "none"
	}
	return "(" + strings.Join(strings.Fields(text), " ") + ")"
}

// functions compares the bodies of functions that policies of the database call.
func (d *differ) functions() {
	var policies strings.Builder
	for _, t := range d.live.Tables {
		for _, p := range t.Security.Policies {
			policies.WriteString(p.Using + " " + p.Check + " ")
		}
	}
	for _, f := range d.live.Diagram.Functions {
		if !namesOne(policies.String(), f.Name) {
			continue
		}
		same := func(o *schema.Function) bool {
			return o.Name == f.Name && cmp.Or(o.Schema, "public") == cmp.Or(f.Schema, "public") && len(o.Args) == len(f.Args)
		}
		body := func(f *schema.Function) string { return strings.Trim(strings.Join(strings.Fields(f.Body), " "), "; ") }
		switch i := slices.IndexFunc(d.files.Diagram.Functions, same); {
		case i < 0:
			d.add("", "policies of the database call the function %s, which no migration makes", f.Name)
		case body(d.files.Diagram.Functions[i]) != body(f):
			d.add("", "policies call the function %s, whose body is another in the database than in the migrations", f.Name)
		}
	}
}

// views compares what views on secured tables say of who is held.
func (d *differ) views() {
	k := &checker{cat: d.live, readers: readers(d.live.Diagram)}
	for _, v := range d.live.Diagram.Views {
		t := k.shown(v.Query)
		if t == nil {
			continue
		}
		i := slices.IndexFunc(d.files.Diagram.Views, func(o *schema.View) bool { return bareSchema(viewName(o)) == bareSchema(viewName(v)) })
		if i < 0 {
			d.add(t.FullName(), "the view %s of the database shows it, and no migration makes that", viewName(v))
			continue
		}
		d.flag(t.FullName(), "the view "+viewName(v)+" reads as whoever asks", d.files.Diagram.Views[i].Invoker, v.Invoker)
	}
}

func bareSchema(name string) string { return strings.TrimPrefix(name, "public.") }

// roles compares the roles that the migrations make, and tells of others that policies name.
func (d *differ) roles() {
	for _, r := range d.files.Diagram.Roles {
		i := slices.IndexFunc(d.live.Diagram.Roles, func(o *schema.Role) bool { return o.Name == r.Name })
		if i < 0 {
			continue // roles belong to the server, and the one of a copy may have others
		}
		d.flag("", "the role "+r.Name+" goes past every policy", r.Bypass || r.Superuser, d.live.Diagram.Roles[i].Bypass || d.live.Diagram.Roles[i].Superuser)
	}
}
