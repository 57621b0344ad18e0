// Package privacy tells which tables a program keeps for their owners, where users are the
// tenants: much that has a user's column is meant to be seen by everybody.
//
// In go the statements of a program; out comes whether it asks for the owner elsewhere
// when it does the like, and how often it asks for one at all. It cannot see owners that
// are compared after the fetch.
package privacy

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// Privacy is what the live statements of a program ask for.
type Privacy struct {
	graph *callgraph.Graph
	stmts *statement.Statements
	asked map[use]bool // nil until it is needed
}

// use is what is done to the rows of a table.
type use struct {
	table *catalogue.Table
	write bool
}

// New looks at a program.
func New(graph *callgraph.Graph, stmts *statement.Statements) *Privacy {
	return &Privacy{graph: graph, stmts: stmts}
}

// Expects reports whether statements of the program that do what s does, read or change,
// ask for the rows of a table, or of one that owns it, by their user. What nobody asks for
// so is as likely public, and what is only changed so may be read by all. Who a user is,
// others often may see.
func (p *Privacy) Expects(s *statement.Statement, t *catalogue.Table) bool {
	if p.asked == nil {
		p.asked = p.find()
	}
	for seen := map[*catalogue.Table]bool{}; t != nil && t != s.Cat.Root && !seen[t]; t = t.Owner.To {
		if p.asked[use{t, s.Proof.Write}] {
			return true
		}
		if seen[t] = true; t.Owner == nil {
			return false
		}
	}
	return false
}

func (p *Privacy) find() map[use]bool {
	out := map[use]bool{}
	for _, f := range p.graph.Order {
		for i := range f.Runs {
			for _, s := range p.stmts.Of(f, &f.Runs[i]).List {
				if s.Proof == nil { // no text is known
					continue
				}
				for j := range s.Proof.Relations {
					if r := &s.Proof.Relations[j]; s.Cat.OfUsers && s.Broken == "" && !r.Grants && asksForTenant(r) {
						out[use{r.Table, r.Target}] = true
					}
				}
			}
		}
	}
	return out
}

// asksForTenant reports whether a relation is tied by a value that must be the caller's.
func asksForTenant(r *proof.Relation) bool {
	return slices.ContainsFunc(r.Alternatives, func(a proof.Alternative) bool {
		return slices.ContainsFunc(a.Needs, func(n proof.Need) bool { return n.Kind == proof.Tenant })
	})
}

// Binding counts the live statements on owned tables of a catalogue, and those
// that compare the tenant column with a value, or leave that to policies.
func (p *Privacy) Binding(c *catalogue.Catalogue) (owned, bound int) {
	seen := map[*statement.Statement]bool{}
	for _, f := range p.graph.Order {
		for i := range f.Runs {
			for _, s := range p.stmts.Of(f, &f.Runs[i]).List {
				if s.Cat != c || seen[s] || s.Proof == nil || s.Broken != "" || len(s.Proof.Relations) == 0 {
					continue
				}
				seen[s] = true
				owned++
				if bindsTenant(s) {
					bound++
				}
			}
		}
	}
	return owned, bound
}

func bindsTenant(s *statement.Statement) bool {
	for i := range s.Proof.Relations {
		if s.Proof.Relations[i].Table.Held != nil {
			return true // its policies compare it
		}
		if g := s.Proof.Relations[i].Gap; g != nil && g.Partial {
			return true
		}
		if r := &s.Proof.Relations[i]; r.Table.Tenancy == catalogue.Child && len(r.Alternatives) > 0 {
			return true // the owning key is what a child has for a tenant
		}
		for _, a := range s.Proof.Relations[i].Alternatives {
			if slices.ContainsFunc(a.Needs, func(n proof.Need) bool { return namesTenant(n, s, i) }) {
				return true
			}
		}
	}
	return false
}

// namesTenant reports whether a relation is asked for by a tenant: by the value that its
// tenant column holds, or by another key of the row that this refers to.
func namesTenant(n proof.Need, s *statement.Statement, relation int) bool {
	root := s.Cat.Root
	return n.Kind == proof.Tenant ||
		n.Kind == proof.Key && root != nil && n.Table == statement.TableName(root) && s.Proof.Relations[relation].Table != root
}
