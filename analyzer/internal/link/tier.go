package link

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/decision"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// rule chooses the rule of a finding.
func (a findingBuilder) rule() string {
	c := a.cause
	switch {
	case c.Kind == obligation.NotHeld:
		return finding.RLSRequired
	case a.reference != nil:
		return finding.ForeignKeyWrite
	case a.movesRow():
		return finding.TenantWrite
	case a.storedMessage() != "" && !a.alsoBindsTenant():
		return finding.ForeignKeyWrite
	}
	switch c.Kind {
	case obligation.Outside:
		if strings.Contains(c.Reason, "the transaction beside it") {
			return finding.RLSOtherConnection
		}
		return finding.RLSOutside
	case obligation.Gap:
		if c.Gap != nil && c.Gap.Partial || slices.ContainsFunc(a.texts, (*statement.Statement).NamesTenant) {
			return finding.PartialFilter
		}
		return finding.MissingFilter
	case obligation.ZeroValue:
		if c.Accessor {
			return finding.UncheckedTenant
		}
		return finding.PartialFilter
	}
	switch {
	case c.Atom.IsTenant():
		return finding.RequestTenant
	case a.alsoBindsTenant():
		return finding.PartialFilter
	}
	return finding.MissingFilter
}

// alsoBindsTenant reports whether the key that fails is only a part of an
// alternative that binds the tenant, too.
func (a findingBuilder) alsoBindsTenant() bool {
	for _, w := range a.stmt.All() {
		key, tenant := false, false
		for _, n := range w.Needs {
			key = key || n.Kind == proof.Key && n.Table == a.cause.Atom.Table && n.Column == a.cause.Atom.Column
			tenant = tenant || n.Kind == proof.Tenant
		}
		if key && tenant {
			return true
		}
	}
	return false
}

// tier chooses the tier: an error needs a sure table and a sure way from a
// request, without a checker that is not understood.
func (p *verdict) tier(a findingBuilder, checker string) finding.Tier {
	t := a.table()
	switch {
	case a.cause.Kind == obligation.Outside:
		return finding.Warning // policies show it nothing, unless somebody has left a tenant there
	case p.meantToBeHeld(a):
		return finding.Warning // its policies are meant to hold it: that they do not is told of where the variable is set
	case a.cause.Kind == obligation.ZeroValue && a.verb() == "inserted":
		return finding.Warning // the row would be nobody's: untidy, and no leak
	case a.reference != nil && (a.rest == 0 || a.reference.Edge.Inferred):
		return finding.Warning // no read rests on it, or it is a reference by its name only
	case a.tree() != "", p.aboveTenants(a):
		return finding.Warning // whose the tenants below or above are, the program decides
	case p.logins.NamesTenant(a.f, a.stmt, a.cause, a.context), p.logins.ShownByAddress(a.f, a.stmt, a.cause):
		return finding.Warning // whose site it is, somebody who logs in says; or it is shown to whoever has its address
	case p.answersNothing(a), decision.Signed(p.decisions, decision.Question{Fn: a.f, Run: a.run, Hops: a.context.Hops, At: a.context.At}):
		return finding.Warning // whoever starts it sees no row of it; or a service that signs its messages speaks for whom it names
	case a.cause.Kind == obligation.Gap && a.cause.Gap != nil && a.cause.Gap.Joined != "":
		return finding.Warning // an id in a row of the caller's names it, though no reference says so
	case a.cause.Kind == obligation.Gap && a.cause.Gap != nil && a.cause.Gap.Nobodys && !t.SharesNull && (a.verb() == "inserted" || !a.stmt.Proof.Write):
		return finding.Warning // the row is no other tenant's: untidy, and no leak
	case a.context.Idle:
		return finding.Warning // it tells that there is a row, and nothing of it
	case checker != "", a.context.Root != callgraph.RequestRoot, len(a.context.Notes.Soft) > 0, t == nil:
		return finding.Warning
	case a.stmt.Cat.OfUsers && !p.privacy.Expects(a.stmt, t):
		return finding.Warning // it may be meant to be seen by everybody
	case t.Confidence == catalogue.Low, t.Owner != nil && t.Owner.Inferred:
		return finding.Warning
	case p.unregistered(p.entryOf(a.context.At)) != "":
		return finding.Warning // nobody is seen to register its handler
	case softHops(append(p.witness(a.context.At), a.context.Hops...)):
		return finding.Warning
	}
	return finding.Error
}

// meantToBeHeld reports whether policies are meant to hold the rows that an accusation is about,
// and the program sets their variable in vain.
func (p *verdict) meantToBeHeld(a findingBuilder) bool {
	if a.cause.Row != nil {
		a.stmt = a.cause.Row.Stmt
	} else if a.reference != nil || a.cause.Kind == obligation.Request && a.cause.Atom.IsTenant() {
		return false // what the client names no policy could make the caller's
	}
	return slices.ContainsFunc(a.stmt.Proof.Relations, func(r proof.Relation) bool {
		return r.Table.Held != nil && p.settings.InVain(r.Table.Held.Setting)
	})
}

// answersNothing reports whether a query that no part of the request chose is run only
// behind methods of services that say no more than how they ended.
func (p *verdict) answersNothing(a findingBuilder) bool {
	return !a.stmt.Proof.Write && a.cause.Kind == obligation.Gap && p.decisions.AnswersNothing(a.f)
}

// tree is the column by which tenants refer to tenants above them, where the rows that
// escape are found by it, beside or from the caller's own; "" if they are not.
func (a findingBuilder) tree() string {
	root := a.stmt.Cat.Root
	if a.cause.Kind != obligation.Gap || a.cause.Gap == nil || root == nil || a.table() != root {
		return ""
	}
	for _, e := range root.Edges {
		if e.To != root || len(e.Columns) != 1 {
			continue
		}
		column := e.Columns[0]
		if slices.Contains(a.cause.Gap.Columns, column) || a.cause.Gap.Partial && strings.Contains(a.stmt.Text, column) {
			return column
		}
	}
	return ""
}

// aboveTenants reports whether rows that escape are those of all tenants below something that
// the client did not choose: of the organizations of an environment, where each organization
// has one and the key of an API names it. Who may see all of them, the program decides.
func (p *verdict) aboveTenants(a findingBuilder) bool {
	root := a.stmt.Cat.Root
	if root == nil || a.cause.Kind != obligation.Gap || a.cause.Origin != nil || a.verb() == "inserted" {
		return false
	}
	e := p.conds.At(a.f, a.run.If)
	for _, edge := range root.Edges {
		if edge.To == root || len(edge.Columns) != 1 || !p.access.Names.TenantTable(edge.To.Name) {
			continue
		}
		if c := root.Table.Column(edge.Columns[0]); c == nil || !c.NotNull {
			continue
		}
		for _, b := range a.stmt.Proof.Bounds {
			t := a.stmt.Proof.Relations[b.Relation].Table
			if !(t == root && b.Column == edge.Columns[0] || t == edge.To && slices.Contains(edge.RefColumns, b.Column)) {
				continue
			}
			p.solver.Budget = solve.MaxWork
			v := p.solver.Closed(e, obligation.Atom{Kind: proof.Tenant, T: p.stmts.Bind(a.f, a.run, a.stmt, b.Hole)}, a.run.Site)
			if !slices.ContainsFunc(v.Fails, func(c obligation.Cause) bool { return c.Kind == obligation.Request }) {
				return true
			}
		}
	}
	return false
}

// unregistered is why nobody was seen to register an entry: the part of the program that was
// not read, where a check may stand before it, or that nothing names it, so that no request
// comes. It is "" where somebody was seen, or it is kept where it is not followed.
func (p *verdict) unregistered(entry *callgraph.Function) string {
	unregistered, dead := p.graph.Unregistered(entry)
	switch {
	case !unregistered:
		return ""
	case p.lost() != "":
		return p.lost()
	case dead:
		return "nothing that the program reaches names it"
	}
	return ""
}

// entryOf is the function by which requests come to f, f itself if it is that.
func (p *verdict) entryOf(f *callgraph.Function) *callgraph.Function {
	if way := p.witness(f); len(way) > 0 {
		return way[0].Caller()
	}
	return f
}

// witness leads from a request's entry down to f, as far as it is known, where
// it can be on a way that nobody allowed.
func (p *verdict) witness(f *callgraph.Function) []*callgraph.Edge {
	out := p.shortest(f)
	if p.directives().some && slices.ContainsFunc(out, func(e *callgraph.Edge) bool { return excuses(p.allowOn(e)) }) {
		if way, found, _ := p.wayAround(f); found {
			return way
		}
	}
	return out
}

func (p *verdict) shortest(f *callgraph.Function) []*callgraph.Edge {
	var out []*callgraph.Edge
	seen := map[*callgraph.Function]bool{}
	for l := p.graph.Live[f]; l != nil && !seen[f]; l = p.graph.Live[f] {
		seen[f] = true
		e := l.Via[callgraph.RequestRoot]
		if e == nil {
			break
		}
		out = append(out, e)
		f = e.Caller()
	}
	slices.Reverse(out)
	return out
}
