package link

import (
	"sync"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/access"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/carried"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/connection"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/decision"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/handedkey"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/kept"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/login"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/lost"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/privacy"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/propagate"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/samekey"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/setting"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/staff"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Library is the name of the pseudo-program of the packages that no program contains.
const Library = callgraph.Library

// verdict is the state of judging one program.
type verdict struct {
	graph     *callgraph.Graph
	stmts     *statement.Statements
	conds     *pathcond.Conditions
	access    *access.Deciders
	solver    *solve.Solver
	callers   *propagate.Callers
	staff     *staff.Staff
	logins    *login.Logins
	decisions *decision.Decisions
	changed   map[*callgraph.Function][]unit.Put // what they leave in objects of contexts, or under keys that others hand on
	privacy   *privacy.Privacy
	settings  *setting.Settings
	kept      *kept.Kept
	cats      []*catalogue.Catalogue
	confirmed []string       // premises that the settings confirm
	allows    *allows        // made when it is first asked for
	resting   map[string]int // by reference, the statements that rest on it; nil until asked

	// lost names a part of the program of which it is not known what it calls or
	// registers, "" if there is none; incomplete is why nothing is surely a job, "" if
	// jobs are. Both look at the whole program when they are first asked.
	lost, incomplete func() string
}

// newVerdict puts the floors on each other, from the call graph up.
func newVerdict(in Input) *verdict {
	if in.Shared == nil {
		in.Shared = NewShared()
	}
	graph := callgraph.New(in.Program, in.Units, in.Shared.index, in.Settings.Words)
	changed := carried.Puts(graph, samekey.Puts(graph, handedkey.Puts(graph)))
	p := solve.Parts{Graph: graph, TenantSource: in.Settings.TenantSource}
	p.Chains = middleware.New(graph)
	p.Statements = statement.New(graph, in.Catalogues, in.Shared.proofs)
	p.Conditions = pathcond.New(graph, p.Statements)
	p.Access = access.New(graph, access.NewNames(in.Catalogues, in.Settings.Words), in.Settings.Checkers)
	p.Rows = rowflow.New(graph, p.Statements, p.Conditions, p.Access)
	solver := solve.New(p)
	settings := setting.New(graph, p.Statements)
	connection.New(p, solver, settings, in.Settings.Wall)
	v := &verdict{
		graph: graph, changed: changed, stmts: p.Statements, conds: p.Conditions, access: p.Access, cats: in.Catalogues,
		solver: solver, settings: settings, callers: propagate.New(p, solver), staff: staff.New(p, solver, in.Settings.Staff), logins: login.New(p, solver), decisions: decision.New(p, solver), privacy: privacy.New(graph, p.Statements), kept: kept.New(p, solver), confirmed: in.Settings.Assumes,
	}
	v.lost, v.incomplete = sync.OnceValue(func() string { return lost.Part(graph) }), sync.OnceValue(v.whyIncomplete)
	return v
}
