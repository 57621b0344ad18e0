package link

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/access"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/login"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/propagate"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/staff"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
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
	cats      []*catalogue.Catalogue
	allows    *allows  // made when it is first asked for
	confirmed []string // premises that the settings confirm
}
