package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/catalogue"

// A prover proves one statement: it judges it, and makes a result of what was found.
type prover struct {
	*judge
	top   *query // the statement itself, if it is a query or a write
	shown *sight
}

// newProver starts with nothing known.
func newProver(cat *catalogue.Catalogue) *prover { return &prover{judge: newJudge(cat)} }
