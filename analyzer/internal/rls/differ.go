package rls

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
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
// call, the views on them, what roles may pass by, what runs beside a statement, what ties a row
// to its tenant (foreign keys, unique keys, columns that are NOT NULL), who owns them, and what
// else the rules find in the database alone. They are in the order of tables. Owners are the
// roles that own tables of the database, by their full names.
func Differences(migrations, database *catalogue.Catalogue, owners map[string]string) []Difference {
	d := differ{files: migrations, live: database}
	for _, t := range migrations.Tables {
		switch o := d.find(database, t.FullName()); {
		case !ofTenant(t):
		case o == nil:
			d.add(t.FullName(), "the migrations make it, and the database has no such table")
		default:
			d.table(t, o)
			d.found = append(d.found, tiesApart(t, o)...)
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
	d.besides()
	d.owners(owners)
	d.rules()
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
		case d.files.Diagram.Functions[i].Definer != f.Definer:
			d.flag("", "the function "+f.Name+", which policies call, runs as its owner", d.files.Diagram.Functions[i].Definer, f.Definer)
		case !slices.Equal(d.files.Diagram.Functions[i].Sets, f.Sets):
			d.add("", "policies call the function %s, which sets other variables while it runs in the database than in the migrations", f.Name)
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

// besides compares the triggers and rules of secured tables: what they run may set a variable,
// or write rows.
func (d *differ) besides() {
	names := func(c *catalogue.Catalogue) []Difference {
		var out []Difference
		for _, t := range c.Diagram.Triggers {
			out = append(out, Difference{t.Table, "the trigger " + t.Name + " is"})
		}
		for _, r := range c.Diagram.Rules {
			out = append(out, Difference{r.Table, "the rule " + r.Name + " is"})
		}
		return slices.DeleteFunc(out, func(x Difference) bool {
			t := d.find(c, x.Table)
			return t == nil || !ofTenant(t) || !t.Security.Enabled || t.PartitionOf != ""
		})
	}
	files, live := names(d.files), names(d.live)
	for _, x := range files {
		if !slices.Contains(live, x) && d.find(d.live, x.Table) != nil {
			d.flag(x.Table, x.Message, true, false)
		}
	}
	for _, x := range live {
		if !slices.Contains(files, x) && d.find(d.files, x.Table) != nil {
			d.flag(x.Table, x.Message, false, true)
		}
	}
}

// rules tells of what the rules find in the database alone. How the policies of a table differ
// was told, and whether they are forced; roles belong to the server.
func (d *differ) rules() {
	known, told := Check(d.files), slices.Clone(d.found)
	for _, f := range Check(d.live) {
		same := func(x finding.Finding) bool { return x.Fingerprint == f.Fingerprint }
		differs := func(x Difference) bool { return x.Table == f.Table && !slices.Contains(besidePolicies, f.Rule) }
		if f.Rule != finding.RLSBypass && f.Rule != finding.RLSNotForced && !slices.ContainsFunc(known, same) && !slices.ContainsFunc(told, differs) {
			d.add(f.Table, "in the database, and not in the migrations: %s (%s)", strings.TrimPrefix(f.Message, f.Table+": "), f.Rule)
		}
	}
}

// owners compares who owns tables with what the migrations say of it. Of tables of which these say
// nothing whoever ran them is the owner: the owner of most.
func (d *differ) owners(live map[string]string) {
	const why = ": policies do not hold an owner where they are not forced, and an owner may change them"
	tables := slices.DeleteFunc(slices.Clone(d.files.Tables), func(t *catalogue.Table) bool { return live[t.FullName()] == "" || isSessionRole(t.OwnedBy) })
	unsaid := map[string]int{}
	for _, t := range tables {
		if t.OwnedBy == "" {
			unsaid[live[t.FullName()]]++
		}
	}
	most := slices.MaxFunc(append(slices.Sorted(maps.Keys(unsaid)), ""), func(a, b string) int { return cmp.Compare(unsaid[a], unsaid[b]) })
	for _, t := range tables {
		switch name, owner := t.FullName(), live[t.FullName()]; {
		case !ofTenant(t):
		case t.OwnedBy != "" && t.OwnedBy != owner:
			d.add(name, "%s owns it in the migrations, and %s in the database"+why, t.OwnedBy, owner)
		case t.OwnedBy == "" && owner != most:
			d.add(name, "%s owns it in the database, %s owns other tables, and no migration says who does"+why, owner, most)
		}
	}
}

// besidePolicies are the rules that find something else at a table than its policies.
var besidePolicies = []string{
	finding.RLSTruncate, finding.RLSReferences, finding.RLSDefaultGrant, finding.RLSDefiner, finding.RLSSearchPath, finding.RLSUnique, finding.RLSDefaultSetting,
}
