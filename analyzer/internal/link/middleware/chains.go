// Package middleware tells what runs before a request handler: the chains of
// middlewares on each of its registrations.
//
// In goes a call graph, whose edges know routers by the roles that library data
// gives to calls; out come [Chain]s. A chain is a source of facts for whoever proves
// something of a request: what every chain has checked of it holds in the handler.
//
// Only what is seen counts. A registration that is not understood has an empty chain.
package middleware

import "github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"

// Chains finds the middleware chains of a program.
type Chains struct {
	graph       *callgraph.Graph
	traced      map[string][]Chain                    // by the symbol of the entry
	takenBy     map[string][]*callgraph.Function      // by function: those in whose operations its value is
	mounting    map[string]bool                       // routers of which is being asked where they are mounted
	intercepted map[*callgraph.Function][]Interceptor // by the function that registers; see interceptor.go
	readBefore  map[string]bool                       // the parts of the request that middlewares read; nil until asked
}

// New makes the chains of a program.
func New(graph *callgraph.Graph) *Chains {
	return &Chains{graph: graph, traced: map[string][]Chain{}, mounting: map[string]bool{}, intercepted: map[*callgraph.Function][]Interceptor{}}
}
