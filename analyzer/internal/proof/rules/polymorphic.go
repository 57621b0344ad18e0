package rules

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// polymorphic adds the references that a column beside them types: of a row
// with resource_type = 'document', resource_id is the key of documents. No key
// declares them, so they carry a proof as those do that are inferred by name.
func (d *derivation) polymorphic(i int) {
	n := d.nodes[i]
	if fresh(n) {
		return
	}
	for _, t := range n.terms {
		base, ok := strings.CutSuffix(d.p.Terms[t].Column, "_type")
		if !ok {
			continue
		}
		if e := d.typedEdge(n, base, t); e != nil && !d.namedParents(i, e) {
			d.unnamedParent(i, e)
		}
	}
}

// typedEdge is the reference of base_id where base_type equals the name of a
// table, nil if there is none.
func (d *derivation) typedEdge(n *node, base string, typ formula.TermID) *catalogue.Edge {
	id := base + "_id"
	if d.column(n, id) == formula.NoTerm || n.table.Column == id {
		return nil
	}
	for _, e := range n.table.Edges {
		if e.Columns[0] == id {
			return nil // the column refers to one table
		}
	}
	for _, to := range d.p.cat.Tables {
		if !formula.IsOwned(to) || to.PartitionOf != "" {
			continue
		}
		if word, ok := d.isNamed(typ, to); ok {
			return d.typedTo(n.table, id, to, word, typ)
		}
	}
	return nil
}

// typedTo is an edge to the primary key of a table, nil if that has more than
// one column.
func (d *derivation) typedTo(from *catalogue.Table, column string, to *catalogue.Table, word, typ formula.TermID) *catalogue.Edge {
	for _, k := range to.Keys {
		if k.Primary && len(k.Columns) == 1 {
			e := &catalogue.Edge{From: from, Columns: []string{column}, To: to, RefColumns: k.Columns, Inferred: true}
			if d.typed == nil {
				d.typed = map[*catalogue.Edge][]sqltree.Expr{}
			}
			d.typed[e], _ = d.eq.Path(typ, word)
			return e
		}
	}
	return nil
}

// withType adds why a reference is of its type to what is cited along it.
func (d *derivation) withType(e *catalogue.Edge, cites []sqltree.Expr) []sqltree.Expr {
	for _, c := range d.typed[e] {
		cites = premise.CiteAlso(cites, c)
	}
	return cites
}

// isNamed finds the name of a table, in the singular or the plural, that a term
// equals; "org" names organizations.
func (d *derivation) isNamed(t formula.TermID, table *catalogue.Table) (formula.TermID, bool) {
	name := plain(table.Name)
	for _, x := range d.eq.Terms {
		tm := d.p.Terms[x]
		if tm.Kind == formula.ConstTerm && d.eq.Same(x, t) && names(plain(tm.Text), name, table.Tenancy == catalogue.Root) {
			return x, true
		}
	}
	return formula.NoTerm, false
}

// names reports whether a word stands for a table.
func names(word, table string, root bool) bool {
	switch {
	case word == "":
		return false
	case word == table, word+"s" == table, word+"es" == table, strings.TrimSuffix(word, "y")+"ies" == table:
		return true
	}
	return root && len(word) >= 3 && strings.HasPrefix(table, word)
}

var separators = strings.NewReplacer("_", "", "-", "", " ", "")

// plain takes off case and separators.
func plain(s string) string { return separators.Replace(strings.ToLower(s)) }
