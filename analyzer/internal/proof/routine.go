package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// judgeCall refuses a call of a function of the schema: its body is not read.
func (p *prover) judgeCall(_ *env, c *sqltree.Call, _ *conj) {
	if f := p.function(c.Name); f != nil {
		p.fail("function body " + c.Name)
	}
}

func (p *prover) judgeProcedure(s *sqltree.CallProc) {
	if s.Call != nil {
		p.fail("function body " + s.Call.Name)
		return
	}
	p.fail("DO block")
}

func (p *prover) judgeTriggers(*write) {}
