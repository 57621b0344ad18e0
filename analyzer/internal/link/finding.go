package link

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// findingBuilder is all that a finding about a statement is made of.
type findingBuilder struct {
	f       *callgraph.Function
	run     *unit.Run
	stmt    *statement.Statement
	texts   []*statement.Statement // all that the statement may be
	context solve.Context
	cause   obligation.Cause
	at      callgraph.Spot

	reference *proof.Written // the stored reference that the finding is about, nil if it is about the statement's rows
	rest      int            // how many statements rest on that reference
}

// finding writes the finding down.
func (p *verdict) finding(a findingBuilder) finding.Finding {
	checker := a.context.Notes.Asked()
	out := finding.Finding{
		Rule: a.rule(), Tier: p.tier(a, checker), Checker: checker,
		Place: callgraph.Place(a.at.Fn, a.at.Site), Statement: a.f.Symbol, Function: a.at.Fn.Symbol, Package: a.at.Fn.Unit.Path,
	}
	if t := a.table(); t != nil {
		out.Table, out.ColumnName = statement.TableName(t), t.Column
	}
	if a.reference != nil {
		out.Table, out.ColumnName = statement.TableName(a.reference.Table), a.reference.Column
	}
	out.Cause = obligation.SharedStatement(a.f, a.run, a.reference)
	if o := a.cause.Origin; out.Rule == finding.RequestTenant && o != nil {
		out.Cause = obligation.SharedSource(a.cause, term.IsRepeatable(o))
	}
	if out.Rule == finding.RequestTenant && a.cause.Source != nil {
		out.Source = a.cause.Source.Symbol + " " + a.cause.Origin.String()
	}
	if a.cause.Kind == obligation.NotHeld && a.cause.Table != "" {
		out.Cause = a.cause.Reason // one migration mends it for all
	}
	out.Message = a.message(out.Rule)
	out.Steps = p.steps(a)
	out.Text, out.TextHash = a.stmt.Text, hashOf(a.texts)
	return out
}

// table is the table that a finding is about: the one that escapes, or the first.
func (a findingBuilder) table() *catalogue.Table {
	if a.stmt.Proof == nil {
		return nil
	}
	if held := a.cause.Kind == obligation.NotHeld; held || a.cause.Kind == obligation.Gap {
		for i := range a.stmt.Proof.Relations {
			if r := &a.stmt.Proof.Relations[i]; (held || r.Gap != nil) && statement.TableName(r.Table) == a.cause.Table {
				return r.Table
			}
		}
	}
	for i := range a.stmt.Proof.Relations {
		if r := &a.stmt.Proof.Relations[i]; r.Target || !a.stmt.Proof.Write {
			return r.Table
		}
	}
	if len(a.stmt.Proof.Relations) > 0 {
		return a.stmt.Proof.Relations[0].Table
	}
	return nil
}

// subject is the table, and its tenant column if it has one.
func (a findingBuilder) subject() string {
	t := a.table()
	switch {
	case t == nil:
		return "statement"
	case t.Column == "":
		return statement.TableName(t)
	case a.cause.Atom.Kind == proof.SecondTenant && t.Level2 != "":
		return statement.TableName(t) + "." + t.Level2
	}
	return statement.TableName(t) + "." + t.Column
}

// noun is what the program calls a tenant, of the level that is meant.
func (a findingBuilder) noun() string {
	if a.cause.Atom.Kind == proof.SecondTenant {
		return nounOfColumn(a.stmt.Cat.Level2)
	}
	return nounOf(a.stmt.Cat)
}

// nounOf is what the catalogue's program calls a tenant.
func nounOf(c *catalogue.Catalogue) string {
	if c.OfUsers {
		return "user id"
	}
	if c.Column != "" {
		return nounOfColumn(c.Column)
	}
	return "tenant"
}

func nounOfColumn(column string) string {
	return strings.ReplaceAll(strings.TrimSuffix(strings.ToLower(column), "_id"), "_", " ")
}

// emptied is what an optional filter compares: the tenant, or another value where the
// statement asks for no tenant.
func (a findingBuilder) emptied() string {
	for _, way := range a.stmt.All() {
		if slices.ContainsFunc(way.Needs, func(n proof.Need) bool { return n.Kind == proof.Tenant || n.Kind == proof.SecondTenant }) {
			return a.noun()
		}
	}
	return "value"
}

// verb is what the statement does to the rows.
func (a findingBuilder) verb() string {
	if a.stmt.Proof == nil {
		return "read"
	}
	return [...]string{proof.Reads: "read", proof.Inserts: "inserted", proof.Changes: "changed", proof.Deletes: "deleted"}[a.stmt.Proof.Shape.Verb]
}

func (a findingBuilder) message(rule string) string {
	c := a.cause
	switch rule {
	case finding.TenantWrite:
		return a.moveMessage()
	case finding.ForeignKeyWrite:
		if a.reference != nil {
			return a.referenceMessage()
		}
		return a.storedMessage()
	case finding.RequestTenant:
		return fmt.Sprintf("%s: the %s is %s, which the client chose and nothing compares with the caller's; take it from the caller's context, or check the membership first",
			a.subject(), a.noun(), source(c.Origin))
	case finding.UncheckedTenant:
		if a.verb() == "inserted" {
			return fmt.Sprintf("%s: the caller's %s may be missing here, and then the row is nobody's; end the request where the accessor fails", a.subject(), a.noun())
		}
		return fmt.Sprintf("%s: the caller's %s may be missing here, and then the statement is not filtered; end the request where the accessor fails", a.subject(), a.noun())
	}
	switch c.Kind {
	case obligation.NotHeld:
		return fmt.Sprintf("%s: its filter alone holds it, and rls: required asks for both walls: %s", a.subject(), c.Reason)
	case obligation.Outside:
		return fmt.Sprintf("%s: %s without the caller's %s, and %s; run it in the transaction that was given the %s, or filter by it",
			a.subject(), a.verb(), a.noun(), c.Reason, a.noun())
	case obligation.Gap:
		return a.gapMessage(rule)
	case obligation.ZeroValue:
		return fmt.Sprintf("%s: the filter is optional, and the %s may be empty here: rows of every %s are %s; demand a value, or drop the optional filter", a.subject(), a.emptied(), a.noun(), a.verb())
	}
	if rule == finding.PartialFilter {
		return fmt.Sprintf("%s: %sbinds %s from %s, not the caller's %s; tie that part too, or check the row's %s first",
			a.subject(), a.arm(), c.Atom.Column, source(c.Origin), a.noun(), a.noun())
	}
	by := c.Atom.Column
	if c.Atom.Kind != proof.Key {
		by = "user"
	}
	return fmt.Sprintf("%s: %s by %s from %s without the caller's %s; %sor check the row's %s first", a.subject(), a.verb(), by, source(c.Origin), a.noun(), a.remedy(), a.noun())
}

func (a findingBuilder) gapMessage(rule string) string {
	detail := ""
	if g := a.cause.Gap; g != nil {
		detail = cmp.Or(g.Detail, g.Reason)
	}
	if column := a.tree(); column != "" {
		detail += fmt.Sprintf("; by %s the %ss form a tree: whether those above or below are the caller's, the program must decide", column, a.noun())
	}
	if detail != "" {
		detail = " (" + detail + ")"
	}
	if rule == finding.PartialFilter {
		remedy := "tie that part too"
		if g := a.cause.Gap; g != nil && g.Nobodys {
			remedy = "name the table under shares_null: if rows of nobody are everybody's, or tie that part too"
		} else if strings.HasPrefix(detail, " (the arm ") {
			remedy = "put the OR in parentheses, or tie that part too"
		}
		return fmt.Sprintf("%s: the statement binds the caller's %s, but a part of it escapes%s; %s", a.subject(), a.noun(), detail, remedy)
	}
	if a.cause.Origin != nil {
		return fmt.Sprintf("%s: %s by %s from %s without the caller's %s; %sor check the row's %s first",
			a.subject(), a.verb(), a.cause.Atom.Column, source(a.cause.Origin), a.noun(), a.remedy(), a.noun())
	}
	return fmt.Sprintf("%s: %s without the caller's %s%s; %sor allow it with `//tenantvet:allow REASON`", a.subject(), a.verb(), a.noun(), detail, a.remedy())
}

// remedy is the predicate to add.
func (a findingBuilder) remedy() string {
	t := a.table()
	if t == nil {
		return ""
	}
	if t.Tenancy == catalogue.Child || t.Column == "" {
		if t.Owner != nil {
			return fmt.Sprintf("join %s and bind its %s, ", statement.TableName(t.Owner.To), a.stmt.Cat.Column)
		}
		return ""
	}
	word := "AND"
	if a.cause.Kind == obligation.Gap && !a.stmt.Proof.Shape.Where {
		word = "WHERE"
	}
	hole := fmt.Sprintf("$%d", a.stmt.Proof.Shape.Highest+1)
	if strings.Contains(a.stmt.Text, "?") && !strings.Contains(a.stmt.Text, "$") {
		hole = "?" // as the statement is written
	}
	return fmt.Sprintf("add \"%s %s = %s\", ", word, t.Column, hole)
}

// arm names the CASE or OR arm that compares the failing key.
func (a findingBuilder) arm() string {
	key := a.cause.Atom
	key.Kind = proof.Key
	if arm := a.stmt.Proof.Shape.Arm(a.holesOf(key)); arm != "" {
		return "an arm of " + arm + " "
	}
	return ""
}

// source is where in the request a value stands, for people.
func source(o *term.Origin) string {
	if o == nil {
		return "the request"
	}
	name := o.Name
	for _, s := range o.Steps {
		if s.Kind == term.FieldStep {
			name = s.Name
		}
	}
	if name == "?" || term.HasHandedName(o) && name == o.Name {
		name = ""
	}
	group := map[string]string{
		"path": "the path parameter", "query": "the query parameter", "header": "the header", "cookie": "the cookie",
		"form": "the form value", "body": "the request body", "message": "the request message", "argument": "the argument",
	}[o.Group]
	if group == "" {
		group = "the request's " + o.Group
	}
	switch {
	case name == "":
		return group
	case o.Group == "body" || o.Group == "message":
		return group + "'s " + name
	}
	return fmt.Sprintf("%s %q", group, name)
}

// steps lead from the source of the value to the statement.
func (p *verdict) steps(a findingBuilder) []finding.Step {
	var out []finding.Step
	add := func(f *callgraph.Function, site int, format string, args ...any) {
		if at := callgraph.Place(f, site); at.File != "" {
			out = append(out, finding.Step{File: at.File, Line: at.Line, Message: fmt.Sprintf(format, args...)})
		}
	}
	entry := p.entryOf(a.context.At)
	if part := p.unregistered(entry); part != "" {
		add(entry, entry.Site, "nobody is seen to register %s: %s", unit.Short(entry.Symbol), part)
	}
	hops := a.context.Hops
	if (a.cause.Kind == obligation.Gap || a.cause.OfPolicies()) && a.cause.Origin == nil {
		hops = append(p.witness(a.context.At), hops...)
		if len(hops) > 0 {
			add(hops[0].From, hops[0].From.Site, "a request enters at %s", unit.Short(hops[0].From.Symbol))
		}
	}
	if o := a.cause.Origin; o != nil && a.cause.Source != nil {
		for _, r := range a.cause.Source.Reads {
			if sameRead(r.Origin, o) {
				add(a.cause.Source, r.Site, "%s is read", source(o))
				break
			}
		}
		if a.cause.Fn != nil {
			add(a.cause.Fn, a.cause.Site, "%s is passed on", source(o))
		}
	}
	if a.cause.Kind == obligation.ZeroValue && a.cause.Fn != nil {
		add(a.cause.Fn, a.cause.Site, "the %s may be empty here", a.emptied())
	}
	for _, h := range hops {
		if a.cause.Origin != nil && h.From == a.cause.Fn && h == hops[0] {
			continue
		}
		add(h.From, h.Site, "%s calls %s", unit.Short(h.From.Symbol), unit.Short(h.To.Symbol))
	}
	add(a.f, a.run.Site, "%s runs %s", unit.Short(a.f.Symbol), a.stmt.Name())
	if name := p.unusedTenant(a); name != "" {
		add(a.f, a.f.Site, "%s is handed %s, and the statement does not bind it", unit.Short(a.f.Symbol), name)
	}
	return out
}

// unusedTenant is the parameter by which the function of a statement is handed the tenant that
// the statement does not bind; "" if there is none.
func (p *verdict) unusedTenant(a findingBuilder) string {
	if a.cause.Atom.IsTenant() || a.reference != nil {
		return "" // it is about the tenant that the statement does bind
	}
	return p.access.Names.UnusedTenant(a.f, a.run)
}

func sameRead(t term.Term, o *term.Origin) bool {
	r, ok := t.(*term.Origin)
	return ok && r.Group == o.Group && (r.Name == o.Name || term.IsNamed(o) && !term.IsNamed(r))
}

// badWriter is the finding at the writer of a context key.
func (p *verdict) badWriter(f *callgraph.Function, put *unit.Put, c solve.Context, why obligation.Cause, at callgraph.Spot) finding.Finding {
	noun := "tenant"
	column := ""
	for _, cat := range p.stmts.Cats {
		noun, column = nounOf(cat), cat.Column
	}
	table := ""
	if why.Atom.Kind == proof.Principal {
		noun, column = "user", ""
	}
	out := finding.Finding{
		Rule: finding.RequestTenant, Tier: finding.Error, Table: table, ColumnName: column,
		Place: callgraph.Place(at.Fn, at.Site), Statement: f.Symbol, Function: at.Fn.Symbol, Package: at.Fn.Unit.Path,
		Message: fmt.Sprintf("%s: the %s that goes into the context (%s) is %s, which the client chose and nothing compares with the caller's; every query behind trusts it; check the membership first",
			orNoun(column, noun), noun, unit.Short(put.Key), source(why.Origin)),
	}
	if c.Root != callgraph.RequestRoot || p.unregistered(p.entryOf(c.At)) != "" || softHops(append(p.witness(c.At), c.Hops...)) {
		out.Tier = finding.Warning
	}
	if checker := c.Notes.Asked(); checker != "" {
		out.Tier, out.Checker = finding.Warning, checker
	}
	for _, h := range c.Hops {
		if at := callgraph.Place(h.From, h.Site); at.File != "" {
			out.Steps = append(out.Steps, finding.Step{File: at.File, Line: at.Line, Message: fmt.Sprintf("%s calls %s", unit.Short(h.From.Symbol), unit.Short(h.To.Symbol))})
		}
	}
	if at := callgraph.Place(f, put.Site); at.File != "" {
		out.Steps = append(out.Steps, finding.Step{File: at.File, Line: at.Line, Message: "the value goes into the context"})
	}
	return out
}

func orNoun(column, noun string) string {
	if column == "" {
		return noun
	}
	return column
}

func softHops(hops []*callgraph.Edge) bool {
	for _, e := range hops {
		if e.Soft != "" {
			return true
		}
	}
	return false
}
