package solve

import (
	"sync"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/carried"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/installation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/owner"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rewritten"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/signature"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/tabling"
)

// New makes the solver of a program. Its functions that lead up are set by whoever
// knows callers and staff.
func New(p Parts) *Solver {
	s := &Solver{
		Tabling: tabling.New(), proved: map[string]obligation.Value{}, provedAlone: map[string]obligation.Value{}, provisional: tabling.Provisional[obligation.Value]{}, provisionalAlone: tabling.Provisional[obligation.Value]{}, keys: map[string]*keyAnswer{}, Assumed: obligation.Assumptions{}, tenantSource: p.TenantSource,
		rewritten:  rewritten.New(p.Graph),
		signatures: signature.New(p.Graph, p.Conditions),
		owners:     owner.New(p.Graph, p.Statements),
		fields:     installation.NewFields(p.Graph),
		graph:      p.Graph, chains: p.Chains, stmts: p.Statements, conds: p.Conditions, access: p.Access, rows: p.Rows,
	}
	s.ownContext = sync.OnceValue(func() string { return carried.OwnContext(p.Graph) })
	s.underAnyName = sync.OnceValue(func() bool { return carried.UnderAnyName(p.Graph) })
	p.Conditions.Derive = s.accepted
	return s
}
