package rules

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
)

// SecondColumn is the column that says to which tenant of the second level a
// row belongs: the table's own, or the key of the table of those tenants.
func (p *Solver) SecondColumn(t *catalogue.Table) string {
	if t.Level2 != "" && t.Table.Column(t.Level2) != nil {
		return t.Level2
	}
	if e := p.secondRoot(); e != nil && e.To == t {
		return e.RefColumns[0]
	}
	return ""
}

// secondRoot is an edge to the table of second-level tenants, nil if unknown.
func (p *Solver) secondRoot() *catalogue.Edge {
	if p.secondEdge == nil {
		p.secondEdge = new(*catalogue.Edge)
		*p.secondEdge = findSecondRoot(p.cat)
	}
	return *p.secondEdge
}

// findSecondRoot looks for a foreign key on a second-level column.
func findSecondRoot(cat *catalogue.Catalogue) *catalogue.Edge {
	for _, t := range cat.Tables {
		for _, e := range t.Edges {
			if t.Level2 != "" && len(e.Columns) == 1 && e.Columns[0] == t.Level2 {
				return e
			}
		}
	}
	return nil
}

// HasSecond reports whether rows of a table belong to a tenant of the second
// level, and the settings ask for it.
func (p *Solver) HasSecond(t *catalogue.Table) bool {
	if !p.cat.Level2Required {
		return false
	}
	for range formula.MaxDepth {
		if t == nil || !formula.IsOwned(t) {
			return false
		}
		if p.SecondColumn(t) != "" {
			return true
		}
		if t.Column != "" || t.Owner == nil {
			return false
		}
		t = t.Owner.To
	}
	return false
}
