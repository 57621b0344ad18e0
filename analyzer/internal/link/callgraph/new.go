package callgraph

import (
	"sort"

	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// New builds the call graph of a program. The index is shared by the programs of a
// module and grows by their units; the words tell by their names the library functions
// that call at once what they are handed.
func New(main string, units []*unit.Unit, index *Index, words *trust.Words) *Graph {
	g := &Graph{
		Main: main, Units: units, Index: index, words: words,
		Live: map[*Function]*Liveness{}, Stores: map[string][]Write{}, Puts: map[string][]Write{}, Edges: map[*Function][]*Edge{},
		unregistered: map[*Function]bool{},
		has:          map[string]bool{}, idle: map[string]*Function{}, impls: map[string]*implementations{}, inside: map[insideCall]bool{},
	}
	sort.SliceStable(units, func(i, j int) bool { return units[i].Path < units[j].Path })
	for _, u := range units {
		index.add(u)
		g.has[u.Path] = true
	}
	g.indexConversions()
	g.reach()
	g.resolved = map[*unit.Call][]Callee{}
	return g
}
