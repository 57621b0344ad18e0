package proof

import (
	"fmt"
	"io"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/ledger"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Explain writes, relation by relation, how a statement's result says it is
// tied, by which predicates and under which assumptions, or the gap.
func Explain(w io.Writer, stmt sqltree.Statement, cat *catalogue.Catalogue, r *Result) error {
	e := &explanation{cat: cat, r: r}
	e.conclusion()
	for i := range r.Relations {
		e.relation(i)
	}
	e.remarks()
	if _, err := io.WriteString(w, e.b.String()); err != nil {
		return fmt.Errorf("writing the explanation of %T: %w", stmt, err)
	}
	return nil
}

type explanation struct {
	cat *catalogue.Catalogue
	r   *Result
	b   strings.Builder
}

func (e *explanation) line(format string, args ...any) { fmt.Fprintf(&e.b, format+"\n", args...) }

// conclusion says in a few lines what holds for the statement as a whole.
func (e *explanation) conclusion() {
	r := e.r
	switch {
	case len(r.Unproven) > 0:
		e.line("unproven: %s", strings.Join(r.Unproven, "; "))
	case len(r.Relations) == 0:
		e.line("nothing to tie: the statement touches no table that a tenant owns")
	case len(r.Alternatives) == 0:
		e.line("not tied: %s", e.escaping())
	case len(r.Alternatives) == 1 && len(r.Alternatives[0].Needs) == 0:
		e.line("tied: whatever the bind values are%s", excused(r.Alternatives[0]))
	default:
		e.line("tied, if")
		for i, a := range r.Alternatives {
			or := "  "
			if i > 0 {
				or = "or "
			}
			e.line("  %s%s%s", or, NeedText(a.Needs), excused(a))
		}
	}
}

// excused is the excuse in parentheses, "" if none is needed.
func excused(a Alternative) string {
	if a.Excuse == NoExcuse {
		return ""
	}
	return " (excused: " + string(a.Excuse) + ")"
}

// escaping names the relations that are not tied.
func (e *explanation) escaping() string {
	var names []string
	for _, rel := range e.r.Relations {
		if rel.Gap != nil {
			names = append(names, relationTitle(rel))
		}
	}
	if len(names) == 0 {
		return "no one choice of bind values ties all relations"
	}
	return strings.Join(names, ", ")
}

// NeedText says what bind values must be, as a phrase.
func NeedText(needs []Need) string {
	if len(needs) == 0 {
		return "always"
	}
	parts := make([]string, len(needs))
	for i, n := range needs {
		parts[i] = needPhrase(n)
	}
	return strings.Join(parts, " and ")
}

// needPhrase says one need.
func needPhrase(n Need) string {
	if n.Kind == Setting {
		return "the connection was given the tenant in " + n.Column
	}
	hole := fmt.Sprintf("$%d", n.Hole)
	if n.Element {
		hole = "every element of " + hole
	}
	switch n.Kind {
	case Tenant:
		if n.Second {
			return hole + " is the caller's " + n.Column
		}
		return hole + " is the caller's tenant"
	case Principal:
		return hole + " is the authenticated user"
	case Key:
		return hole + " is the " + n.Column + " of a row of " + n.Table + " that is the caller's"
	case NonZero:
		return hole + " is not empty"
	}
	if n.Null {
		return hole + " is NULL"
	}
	return hole + " is empty"
}

// relationTitle is a relation as the text writes it.
func relationTitle(rel Relation) string {
	name := formula.Qualified(rel.Table)
	if rel.Alias != "" && rel.Alias != rel.Table.Name {
		name += " " + rel.Alias
	}
	return name
}

// relation explains one relation: its gap, or each way in which it is tied.
func (e *explanation) relation(i int) {
	rel := e.r.Relations[i]
	role := tenancyText(rel.Table)
	if rel.Target {
		role += ", written"
	}
	e.line("")
	e.line("%s (%s)", relationTitle(rel), role)
	if rel.Gap != nil {
		e.gap(rel.Gap)
	}
	for _, a := range rel.Alternatives {
		e.alternative(a)
	}
	for _, b := range e.r.Bounds {
		if b.Relation == i && (e.r.Certain || e.r.Holds >= 0) {
			e.line("  a caller that sees a row knows that %s = $%d", b.Column, b.Hole)
		}
	}
}

// tenancyText says what a table is to a tenant.
func tenancyText(t *catalogue.Table) string {
	switch t.Tenancy {
	case catalogue.Root:
		return "the tenants table, by " + t.Column
	case catalogue.Membership:
		return "joins users to tenants, by " + t.Column
	case catalogue.Child:
		if t.Owner != nil {
			return "owned through " + strings.Join(t.Owner.Columns, ", ") + " by " + formula.Qualified(t.Owner.To)
		}
	case catalogue.Owned:
		return "owned, by " + t.Column
	}
	return t.Tenancy.String()
}

// gap says what escapes, and where.
func (e *explanation) gap(g *Gap) {
	e.line("  not tied: %s", g.Detail)
	if x, ok := g.At.(sqltree.Expr); ok {
		e.line("  at: %s", ledger.Printed(x))
	}
	if g.Partial {
		e.line("  the statement binds the tenant elsewhere, but this escapes")
	}
	if len(g.Columns) > 0 {
		e.line("  compared with bind values: %s", strings.Join(g.Columns, ", "))
	}
}

// alternative says one way, the predicates on it, and what it assumes.
func (e *explanation) alternative(a Alternative) {
	e.line("  tied%s by %s, if %s", excused(a), rulesText(a.Rules), NeedText(a.Needs))
	for _, c := range a.Cites {
		e.line("    because %s", ledger.Printed(c))
	}
	for _, x := range a.Assumes {
		e.line("    assuming that %s", AssumptionText(x))
	}
}

// rulesText names the rules on the way, as people know them.
func rulesText(rules []string) string {
	words := make([]string, len(rules))
	for i, r := range rules {
		words[i] = ruleText(r)
	}
	return strings.Join(words, ", then ")
}

// ruleText says a rule in the words of its reason.
func ruleText(rule string) string {
	switch rule {
	case "col":
		return "its tenant column"
	case "root":
		return "being the tenant's own row"
	case "user":
		return "being the user's own row"
	case "same":
		return "having the same tenant"
	case "key":
		return "its key"
	case "down":
		return "its parent's key"
	case "up":
		return "being what a tied row refers to"
	case "secret":
		return "a secret that the caller holds"
	case "optional":
		return "the arm being impossible"
	case "null":
		return "a row that all tenants share"
	case "public":
		return "a row that all tenants may read"
	case "new key":
		return "a key that the database has just made"
	}
	return rule
}

// AssumptionText says an assumption as a clause.
func AssumptionText(x Assumption) string {
	columns := strings.Join(x.Columns, ", ")
	text := ""
	switch x.Kind {
	case Ref:
		text = "a row of " + x.Table + " and the row of " + x.To + " that its " + columns + " names have one tenant"
	case FixT:
		text = "the tenant of a row of " + x.Table + " never changes"
	case Uniq:
		text = x.Table + "." + columns + " is unique over all tenants"
	case NullShare:
		text = "rows of " + x.Table + " without " + columns + " are for every tenant"
	case TriggerFills:
		text = "a trigger fills " + x.Table + "." + columns
	case Secret:
		text = "only its owner knows " + x.Table + "." + columns
	case PublicRows:
		text = "rows of " + x.Table + " are for every tenant to read"
	}
	switch {
	case x.Hard:
		text += " (the database enforces it)"
	case x.Inferred:
		text += " (a guess by the column's name)"
	}
	return text
}

// remarks adds what changes no verdict.
func (e *explanation) remarks() {
	for _, n := range e.r.Notes {
		e.line("")
		e.line("note: %s", n)
	}
	for _, w := range e.r.Writes {
		e.line("")
		if w.Need.Hole == 0 {
			e.line("stores %s in %s.%s, which is no key of %s: nothing shows whose row it names", ledger.Printed(w.At), formula.Qualified(w.Table), w.Column, formula.Qualified(w.Edge.To))
			continue
		}
		e.line("stores %s in %s.%s: proofs along that key stand only if %s", ledger.Printed(w.At), formula.Qualified(w.Table), w.Column, needPhrase(w.Need))
	}
	for _, c := range e.r.Capped {
		e.line("")
		e.line("a bound was met, the result may be weaker than it could be: %s", c)
	}
}
