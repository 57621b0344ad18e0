package rowflow

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Between the load of an organization by its slug and its first use stands, in most
// programs, a query for the caller's membership in it. It takes the row's key and
// gives a row of the caller's own: that is a question about the row, and no use.

// asksMembership reports whether a call only looks up rows that are the user's own by
// what it is handed.
func (p *Rows) asksMembership(f *callgraph.Function, c *unit.Call, depth int) bool {
	return p.allTargets(f, c, depth, p.looksUpOwn)
}

func (p *Rows) looksUpOwn(f *callgraph.Function, depth int) bool {
	if len(f.Puts)+len(f.Stores)+len(f.Uses) > 0 {
		return false
	}
	asks := len(f.Runs) > 0
	for i := range f.Runs {
		if !p.ownLookup(f, &f.Runs[i]) {
			return false
		}
	}
	for i := range f.Calls {
		member := p.asksMembership(f, &f.Calls[i], depth)
		if !member && !p.IsMapping(f, &f.Calls[i], depth) {
			return false
		}
		asks = asks || member
	}
	return asks
}

// ownLookup reports whether every table of a query may be tied as the user's own.
func (p *Rows) ownLookup(f *callgraph.Function, run *unit.Run) bool {
	texts := p.stmts.Of(f, run)
	if texts.Open || texts.Reason != "" || len(texts.List) == 0 {
		return false
	}
	for _, s := range texts.List {
		if s.Broken != "" || s.Proof.Write || len(s.Proof.Relations) == 0 {
			return false
		}
		for i := range s.Proof.Relations {
			if !slices.ContainsFunc(s.Proof.Relations[i].Alternatives, func(a proof.Alternative) bool { return a.Excuse == proof.OwnRows }) {
				return false
			}
		}
	}
	return true
}
