package rules

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// joined finds references that no foreign key declares and the statement shows:
// columns of one row that equal the whole key of another. They carry [down] and
// [up] like an edge that is inferred by name.
func (d *derivation) joined(named int) {
	for j := range named {
		parent := d.nodes[j]
		if parent.tuple == nil || fresh(parent) || parent.table.Tenancy == catalogue.Root {
			continue
		}
		for i := range named {
			n := d.nodes[i]
			if i != j && !fresh(n) && n.table != parent.table && n.table.Tenancy != catalogue.Root && !d.connected(i, j) {
				d.joinedPair(i, j)
			}
		}
	}
}

// connected reports whether a rule leads from one row to the other already.
func (d *derivation) connected(i, j int) bool {
	return slices.ContainsFunc(d.nodes[i].arcs, func(t tie) bool { return t.to == j })
}

// joinedPair connects a row with one whose whole key its columns equal.
func (d *derivation) joinedPair(i, j int) {
	n, parent := d.nodes[i], d.nodes[j]
	for _, k := range append(slices.Clone(parent.table.Unique), parent.table.SoftUnique...) {
		if k.Where != "" || k.Expressions || len(k.Columns) == 0 {
			continue
		}
		columns, m, ok := d.references(n, parent, k)
		if !ok {
			continue
		}
		ref := premise.Assumption{Kind: premise.Ref, Table: formula.Qualified(n.table), Columns: columns, To: formula.Qualified(parent.table), Inferred: true}
		assumes := append([]premise.Assumption{ref}, m.assumes...)
		d.connect(j, i, tie{rule: "down", cites: m.cites, cost: byName, assumes: assumes})
		d.connect(i, j, tie{rule: "up", cites: m.cites, cost: byName, assumes: assumes})
		return
	}
}

// references finds, for each column of a key, a column of n that equals it and
// looks like a reference.
func (d *derivation) references(n, parent *node, k *schema.Key) ([]string, matched, bool) {
	var columns []string
	var m matched
	likely := false
	for _, ref := range k.Columns {
		found := false
		for _, t := range n.terms {
			c := d.p.Terms[t].Column
			cites, ok := d.equalColumns(n, c, parent, ref)
			if !ok || !d.mayRefer(n.table, c, parent.table, len(k.Columns) == 1) {
				continue
			}
			columns, found = append(columns, c), true
			likely = likely || refersByName(c)
			m.cites = premise.CiteAll(m.cites, cites)
			break
		}
		if !found {
			return nil, matched{}, false
		}
	}
	return columns, m, likely
}

// mayRefer tells the columns that may refer to a row of another table: not the
// tenant's, not one that the database makes up, and, where it is the whole
// reference, not the row's own id, nor one that refers to another table.
func (d *derivation) mayRefer(t *catalogue.Table, column string, to *catalogue.Table, whole bool) bool {
	if column == t.Column || ServerMade(t, column) {
		return false
	}
	if !whole {
		return true
	}
	if base, ok := strings.CutSuffix(column, "_id"); ok && t.Table.Column(base+"_type") != nil {
		return false // it refers to what its type says
	}
	if column == "id" || column == t.Level2 || column == t.User {
		return false
	}
	for _, e := range t.Edges {
		if e.To != to && slices.Contains(e.Columns, column) {
			return false
		}
	}
	return true
}

// refersByName tells column names that say "the id of something".
func refersByName(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, "id") || strings.HasSuffix(name, "uuid") || strings.HasSuffix(name, "_ref")
}
