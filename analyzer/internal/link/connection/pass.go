package connection

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
)

// passesBy reports whether a statement may read rows past their policies.
func (p *Connections) passesBy(s *statement.Statement) bool {
	if s.Cat == nil {
		return false
	}
	by, known := p.bypasses[s.Cat]
	if !known {
		by = rls.BypassOf(s.Cat.Diagram)
		p.bypasses[s.Cat] = by
	}
	tables := make([]*catalogue.Table, len(s.Proof.Relations))
	for i := range s.Proof.Relations {
		tables[i] = s.Proof.Relations[i].Table
	}
	return by.Takes(tables, s.Text)
}
