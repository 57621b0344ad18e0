package proof

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/judge"
)

// A prover proves one statement: it judges it, and makes a result of what was found.
type prover struct {
	*judge.Judge
	top   *bind.Query // the statement itself, if it is a query or a write
	shown *sight
}

// newProver starts with nothing known.
func newProver(cat *catalogue.Catalogue) *prover { return &prover{Judge: judge.NewJudge(cat)} }
