// Package access tells which calls may decide access, and who is asked about.
//
// In goes a call graph, the names that the catalogue's tenant and principal go by,
// and the checkers that the settings name; out come the calls that count as asking a
// checker. Nothing here proves: a checker's word is worth a question until a person
// has answered it.
package access

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// Deciders finds the access decisions of a program.
type Deciders struct {
	Names *Names

	graph    *callgraph.Graph
	checkers []string // of the settings
}

// New makes the deciders of a program.
func New(graph *callgraph.Graph, names *Names, checkers []string) *Deciders {
	return &Deciders{Names: names, graph: graph, checkers: checkers}
}

// TrustedKey tells the context keys whose names say that they hold the caller's tenant or
// user, and which.
func (p *Deciders) TrustedKey(key string) (proof.NeedKind, bool) {
	for _, kind := range []proof.NeedKind{proof.Tenant, proof.SecondTenant, proof.Principal} {
		if p.Names.ContextKey(kind, key, nil) {
			return kind, true
		}
	}
	return 0, false
}
