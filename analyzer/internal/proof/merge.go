package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// A merging is a MERGE.
type merging struct{ stmt *sqltree.Merge }

func (p *prover) bindMerge(s *sqltree.Merge, outer *scope, ctes *cteEnv) *write {
	w := &write{stmt: s, with: s.With, returning: s.Returning, merge: &merging{s}}
	w.ctes = p.bindWith(s.With, outer, ctes)
	p.bindTarget(w, s.Target, outer)
	p.fail("MERGE")
	return w
}

func (p *prover) judgeMerge(w *write) {}
