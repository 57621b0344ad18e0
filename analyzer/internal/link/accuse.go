package link

import (
	"fmt"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// accusation is all that a finding about a statement is made of.
type accusation struct {
	f       *fn
	run     *unit.Run
	stmt    *stmt
	texts   []*stmt // all that the statement may be
	context context
	cause   cause
	at      spot
}

// finding writes the finding down.
func (p *program) finding(a accusation) finding.Finding {
	checker := a.context.notes.asked()
	out := finding.Finding{
		Rule: a.rule(), Tier: p.tier(a, checker), Checker: checker,
		Place: place(a.at.fn, a.at.site), Statement: a.f.Symbol, Function: a.at.fn.Symbol, Package: a.at.fn.unit.Path,
	}
	if t := a.table(); t != nil {
		out.Table, out.ColumnName = tableName(t), t.Column
	}
	if out.Rule == finding.RequestTenant && a.cause.source != nil {
		out.Source = a.cause.source.Symbol + " " + a.cause.origin.String()
	}
	out.Message = a.message(out.Rule)
	out.Steps = p.steps(a)
	return out
}

// table is the table that a finding is about: the one that escapes, or the first.
func (a accusation) table() *catalogue.Table {
	if a.stmt.proof == nil {
		return nil
	}
	if a.cause.kind == gap {
		for i := range a.stmt.proof.Relations {
			if r := &a.stmt.proof.Relations[i]; r.Gap != nil && tableName(r.Table) == a.cause.table {
				return r.Table
			}
		}
	}
	for i := range a.stmt.proof.Relations {
		if r := &a.stmt.proof.Relations[i]; r.Target || !a.stmt.proof.Write {
			return r.Table
		}
	}
	if len(a.stmt.proof.Relations) > 0 {
		return a.stmt.proof.Relations[0].Table
	}
	return nil
}

// subject is the table, and its tenant column if it has one.
func (a accusation) subject() string {
	t := a.table()
	switch {
	case t == nil:
		return "statement"
	case t.Column == "":
		return tableName(t)
	}
	return tableName(t) + "." + t.Column
}

// noun is what the program calls a tenant.
func (a accusation) noun() string { return nounOf(a.stmt.cat) }

func nounOf(c *catalogue.Catalogue) string {
	if c.Column != "" {
		return strings.ReplaceAll(strings.TrimSuffix(strings.ToLower(c.Column), "_id"), "_", " ")
	}
	return "tenant"
}

// verb is what the statement does to the rows.
func (a accusation) verb() string {
	if a.stmt.proof == nil {
		return "read"
	}
	return [...]string{proof.Reads: "read", proof.Inserts: "inserted", proof.Changes: "changed", proof.Deletes: "deleted"}[a.stmt.proof.Shape.Verb]
}

func (a accusation) message(rule string) string {
	c := a.cause
	switch rule {
	case finding.RequestTenant:
		return fmt.Sprintf("%s: the %s is %s, which the client chose and nothing compares with the caller's; take it from the caller's context, or check the membership first",
			a.subject(), a.noun(), source(c.origin))
	case finding.UncheckedTenant:
		if a.verb() == "inserted" {
			return fmt.Sprintf("%s: the caller's %s may be missing here, and then the row is nobody's; end the request where the accessor fails", a.subject(), a.noun())
		}
		return fmt.Sprintf("%s: the caller's %s may be missing here, and then the statement is not filtered; end the request where the accessor fails", a.subject(), a.noun())
	}
	switch c.kind {
	case gap:
		return a.gapMessage(rule)
	case zeroValue:
		return fmt.Sprintf("%s: the filter is optional, and the %s may be empty here: rows of every %s are %s; demand a value, or drop the optional filter", a.subject(), a.noun(), a.noun(), a.verb())
	}
	if rule == finding.PartialFilter {
		return fmt.Sprintf("%s: %sbinds %s from %s, not the caller's %s; tie that part too, or check the row's %s first",
			a.subject(), a.arm(), c.atom.column, source(c.origin), a.noun(), a.noun())
	}
	if text := a.storedMessage(); text != "" {
		return text
	}
	by := c.atom.column
	if c.atom.kind != proof.Key {
		by = "user"
	}
	return fmt.Sprintf("%s: %s by %s from %s without the caller's %s; %sor check the row's %s first", a.subject(), a.verb(), by, source(c.origin), a.noun(), a.remedy(), a.noun())
}

func (a accusation) gapMessage(rule string) string {
	detail := ""
	if g := a.cause.gap; g != nil {
		if detail = g.Detail; detail == "" {
			detail = g.Reason
		}
	}
	if detail != "" {
		detail = " (" + detail + ")"
	}
	if rule == finding.PartialFilter {
		return fmt.Sprintf("%s: the statement binds the caller's %s, but a part of it escapes%s; tie that part too", a.subject(), a.noun(), detail)
	}
	if a.cause.origin != nil {
		return fmt.Sprintf("%s: %s by %s from %s without the caller's %s; %sor check the row's %s first",
			a.subject(), a.verb(), a.cause.atom.column, source(a.cause.origin), a.noun(), a.remedy(), a.noun())
	}
	return fmt.Sprintf("%s: %s without the caller's %s%s; %sor allow it with a reason", a.subject(), a.verb(), a.noun(), detail, a.remedy())
}

// remedy is the predicate to add.
func (a accusation) remedy() string {
	t := a.table()
	if t == nil {
		return ""
	}
	if t.Tenancy == catalogue.Child || t.Column == "" {
		if t.Owner != nil {
			return fmt.Sprintf("join %s and bind its %s, ", tableName(t.Owner.To), a.stmt.cat.Column)
		}
		return ""
	}
	word := "AND"
	if a.cause.kind == gap && !a.stmt.proof.Shape.Where {
		word = "WHERE"
	}
	return fmt.Sprintf("add \"%s %s = $%d\", ", word, t.Column, a.stmt.proof.Shape.Highest+1)
}

// namesTenant tells whether a condition of the statement compares the tenant
// column with a value, somewhere.
func (s *stmt) namesTenant() bool { return s.proof != nil && s.proof.Shape.NamesTenant }

// arm names the CASE or OR arm that compares the failing key.
func (a accusation) arm() string {
	key := a.cause.atom
	key.kind = proof.Key
	if arm := a.stmt.proof.Shape.Arm(a.holesOf(key)); arm != "" {
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
	if name == "?" {
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
func (p *program) steps(a accusation) []finding.Step {
	var out []finding.Step
	add := func(f *fn, site int, format string, args ...any) {
		if at := place(f, site); at.File != "" {
			out = append(out, finding.Step{File: at.File, Line: at.Line, Message: fmt.Sprintf(format, args...)})
		}
	}
	hops := a.context.hops
	if a.cause.kind == gap && a.cause.origin == nil {
		hops = append(p.witness(a.context.at), hops...)
		if len(hops) > 0 {
			add(hops[0].from, hops[0].from.Site, "a request enters at %s", short(hops[0].from.Symbol))
		}
	}
	if o := a.cause.origin; o != nil && a.cause.source != nil {
		for _, r := range a.cause.source.Reads {
			if sameRead(r.Origin, o) {
				add(a.cause.source, r.Site, "%s is read", source(o))
				break
			}
		}
		if a.cause.fn != nil {
			add(a.cause.fn, a.cause.site, "%s is passed on", source(o))
		}
	}
	if a.cause.kind == zeroValue && a.cause.fn != nil {
		add(a.cause.fn, a.cause.site, "the %s may be empty here", a.noun())
	}
	for _, h := range hops {
		if a.cause.origin != nil && h.from == a.cause.fn && h == hops[0] {
			continue
		}
		add(h.from, h.site, "%s calls %s", short(h.from.Symbol), short(h.to.Symbol))
	}
	add(a.f, a.run.Site, "%s runs %s", short(a.f.Symbol), a.stmt.name())
	return out
}

func sameRead(t term.Term, o *term.Origin) bool {
	r, ok := t.(*term.Origin)
	return ok && r.Group == o.Group && r.Name == o.Name
}

// badWriter is the finding at the writer of a context key.
func (p *program) badWriter(f *fn, put *unit.Put, c context, why cause, at spot) finding.Finding {
	noun := "tenant"
	column := ""
	for _, cat := range p.cats {
		noun, column = nounOf(cat), cat.Column
	}
	table := ""
	if why.atom.kind == proof.Principal {
		noun, column = "user", ""
	}
	out := finding.Finding{
		Rule: finding.RequestTenant, Tier: finding.Error, Table: table, ColumnName: column,
		Place: place(at.fn, at.site), Statement: f.Symbol, Function: at.fn.Symbol, Package: at.fn.unit.Path,
		Message: fmt.Sprintf("%s: the %s that goes into the context (%s) is %s, which the client chose and nothing compares with the caller's; every query behind trusts it; check the membership first",
			orNoun(column, noun), noun, short(put.Key), source(why.origin)),
	}
	if c.root != requestRoot || softHops(append(p.witness(c.at), c.hops...)) {
		out.Tier = finding.Warning
	}
	if checker := c.notes.asked(); checker != "" {
		out.Tier, out.Checker = finding.Warning, checker
	}
	for _, h := range c.hops {
		if at := place(h.from, h.site); at.File != "" {
			out.Steps = append(out.Steps, finding.Step{File: at.File, Line: at.Line, Message: fmt.Sprintf("%s calls %s", short(h.from.Symbol), short(h.to.Symbol))})
		}
	}
	if at := place(f, put.Site); at.File != "" {
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

func softHops(hops []*edge) bool {
	for _, e := range hops {
		if e.soft != "" {
			return true
		}
	}
	return false
}
