package binding

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/vary"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// SecretsIn finds the holes that predicates compare with a secret.
func SecretsIn(cites []sqltree.Expr, cat *catalogue.Catalogue) []proof.Need {
	var needs []proof.Need
	for _, cite := range cites {
		needs = append(needs, vary.Paired(cite, cat, secret)...)
	}
	return needs
}

// secret pairs the secret columns of one operand with the holes of the other.
func secret(cat *catalogue.Catalogue, l, r sqltree.Expr) []proof.Need {
	var needs []proof.Need
	for _, c := range columnsIn(l) {
		for _, h := range holesIn(r) {
			for _, t := range cat.Tables {
				if holdsSecret(t, c.Name) {
					needs = append(needs, proof.Need{Kind: proof.Key, Hole: h.Number, Table: domain.TableName(t), Column: c.Name})
				}
			}
		}
	}
	return needs
}

// holdsSecret tells the columns by which a proof takes a row for a credential's.
func holdsSecret(t *catalogue.Table, column string) bool {
	return slices.Contains(t.Tokens, column) || slices.ContainsFunc(t.Secrets, func(k *schema.Key) bool { return slices.Contains(k.Columns, column) })
}

// columnsIn lists the columns below an expression, through casts and calls.
func columnsIn(e sqltree.Expr) (out []*sqltree.Column) {
	walkIn(e, func(n sqltree.Node) {
		if c, ok := n.(*sqltree.Column); ok {
			out = append(out, c)
		}
	})
	return out
}

// holesIn lists the holes below an expression.
func holesIn(e sqltree.Expr) (out []*sqltree.Hole) {
	walkIn(e, func(n sqltree.Node) {
		if h, ok := n.(*sqltree.Hole); ok {
			out = append(out, h)
		}
	})
	return out
}

// walkIn visits what stands below an expression, which may be missing.
func walkIn(e sqltree.Expr, f func(sqltree.Node)) {
	if e != nil {
		sqltree.Walk(e, func(n sqltree.Node) bool { f(n); return true })
	}
}
