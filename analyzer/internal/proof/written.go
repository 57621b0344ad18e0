package proof

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/ledger"
)

// placeWrites fills in the references and moves, now that relations have numbers.
func (p *prover) placeWrites(r *Result, index map[*ledger.Occurrence]int) {
	for _, m := range p.Moves {
		m.Relation = index[m.Of]
		r.Moves = append(r.Moves, m.Move)
	}
	for _, w := range p.Writes {
		if w.Value == BoundValue || w.Value == TakenValue {
			w.Alternatives = p.NamedRow(w)
		}
		r.Writes = append(r.Writes, w.Written)
	}
}
