// Package statement finds the statements that a run may be: its texts, resolved
// through constants, functions, variables and wrappers, each parsed and proved once.
//
// In go a call graph, the catalogues of the module and the proofs that its other
// programs have made; out come, for each run, [Texts].
//
// A *wrapper* is a function whose statement's text is given to it: its callers run
// the statement. A text of which a part is not known is not judged; the part is
// named.
package statement

import (
	"sync"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/enforce"
	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Statements resolves the statements of a program.
type Statements struct {
	graph    *callgraph.Graph
	Cats     []*catalogue.Catalogue
	proofs   Proofs
	resolved map[*unit.Run]*Texts
	inlined  map[operation]*unit.Run
	// noWrapper is how deep an operation was looked into that is no statement.
	noWrapper map[operation]int
	open      map[operation]bool       // calls whose results are being asked for
	cuts      int                      // how often one was that is
	given     map[givenKey][]term.Term // what functions give that may be texts

	models    *model.Models
	handlesAt map[handlePlace][]term.Term
	entity    string                // what is looked for is of this entity of generated code, "" of any
	widened   func() bool           // a call may widen what conditions of generated code narrow
	hooks     func() *enforce.Hooks // what libraries run with each statement
	seeking   bool                  // they are being sought
}

// New makes the statements of a program.
func New(graph *callgraph.Graph, cats []*catalogue.Catalogue, proofs Proofs) *Statements {
	p := &Statements{
		graph: graph, Cats: cats, proofs: proofs, resolved: map[*unit.Run]*Texts{}, inlined: map[operation]*unit.Run{}, noWrapper: map[operation]int{},
		given: map[givenKey][]term.Term{}, open: map[operation]bool{},
		models: model.New(graph.Units), handlesAt: map[handlePlace][]term.Term{},
	}
	p.widened = sync.OnceValue(func() bool { return p.hasCall(term.Widener) })
	p.hooks = sync.OnceValue(func() *enforce.Hooks {
		p.seeking = true
		defer func() { p.seeking = false }()
		return enforce.Find(graph, func(f *callgraph.Function, t term.Term) []term.Term { return p.textsOf(f, t, maxTextDepth) })
	})
	return p
}

// Enforcers are the functions of the program that libraries run with statements.
func (p *Statements) Enforcers() []finding.Enforcer { return p.hooks().Enforcers() }
