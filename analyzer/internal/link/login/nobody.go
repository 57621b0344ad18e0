package login

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// NamesTenant reports whether a query finds a tenant by a name that the client gives where
// somebody logs in, or where nobody is known: there is nobody there who could be asked whose
// it is. What is read by the row that it finds is judged as ever.
func (p *Logins) NamesTenant(f *callgraph.Function, s *statement.Statement, why obligation.Cause, c solve.Context) bool {
	root, need := s.Cat.Root, why.Atom
	if root == nil || s.Proof.Write {
		return false
	}
	switch why.Kind {
	case obligation.Gap:
		return why.Row == nil && why.Gap != nil && why.Table == statement.TableName(root) && p.byHandle(why.Gap.Columns) && p.nobodyKnown(f)
	case obligation.Request:
		byName := need.Kind == proof.Key && need.Table == statement.TableName(root) && !primaryKey(root, need.Column)
		return byName && (p.LoggingIn(f, c) || why.Row == nil && p.nobodyKnown(f))
	}
	return false
}

// ShownByAddress reports whether a query shows a row to whoever has its address, where nobody is
// known who could be asked whose it is: a share, by its key. Whether that can be guessed, or was
// meant to be, nobody says.
func (p *Logins) ShownByAddress(f *callgraph.Function, s *statement.Statement, why obligation.Cause) bool {
	need := why.Atom
	return why.Kind == obligation.Request && need.Kind == proof.Key && !s.Proof.Write &&
		p.access.Names.Words.ShownByAddress(need.Table, need.Column) && p.nobodyKnown(f)
}

// byHandle reports whether one of the columns by which a row is found is what people call it.
func (p *Logins) byHandle(columns []string) bool {
	return slices.ContainsFunc(columns, func(column string) bool {
		words := trust.Split(column)
		return len(words) > 0 && p.access.Names.Handle(words[len(words)-1])
	})
}

func primaryKey(t *catalogue.Table, column string) bool {
	for _, k := range t.Keys {
		if k.Primary && slices.Contains(k.Columns, column) {
			return true
		}
	}
	return false
}

// nobodyKnown reports whether no request that comes to a function is known to be anybody's: no
// middleware before it has put a user or a tenant into the context, and nobody on the way looks
// for one there. A site is found by its name there, and whoever asks may ask for any.
func (p *Logins) nobodyKnown(f *callgraph.Function) bool {
	seen := map[*callgraph.Function]bool{f: true}
	queue := []*callgraph.Function{f}
	for len(queue) > 0 {
		g := queue[0]
		queue = queue[1:]
		if len(seen) > maxAbove || p.looksForCaller(g) || p.graph.IsEntry(g) && p.knowsUser(g) {
			return false
		}
		for _, e := range p.graph.Edges[g] {
			above := e.Caller()
			if l := p.graph.Live[above]; l != nil && l.By[callgraph.RequestRoot] && !seen[above] {
				seen[above] = true
				queue = append(queue, above)
			}
		}
	}
	return true
}

// maxAbove caps the functions from which requests come to another one.
const maxAbove = 300

// looksForCaller reports whether a function reads what a context key is trusted to say of the
// caller.
func (p *Logins) looksForCaller(f *callgraph.Function) bool {
	found := false
	note := func(t term.Term) {
		found = found || term.Any(t, func(x term.Term) bool {
			c, ok := x.(*term.Path)
			if !ok || c.Root != term.Context {
				return false
			}
			_, trusted := p.access.TrustedKey(c.Name)
			return trusted
		})
	}
	callgraph.EachValue(f, note)
	for i := range f.Uses {
		note(f.Uses[i].Value)
	}
	for i := range f.Runs {
		for _, a := range f.Runs[i].Args {
			note(a)
		}
	}
	return found || slices.ContainsFunc(f.Reads, func(r unit.Read) bool { return isCaller(r.Origin) })
}

func isCaller(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && (o.Kind == term.Tenant || o.Kind == term.Principal)
}
