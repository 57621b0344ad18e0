package rules

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
)

// bySecret is [secret]: the row of a credential that the caller holds. A key of
// the secret alone says that no other row has it; beside other columns, in a
// partial key or without one, that random values do not repeat is an assumption.
func (d *derivation) bySecret(n *node) []premise.Alternative {
	if n.tuple.Met {
		return nil
	}
	var out []premise.Alternative
	for _, k := range n.table.Secrets {
		alt := premise.Alternative{Rules: []string{"secret"}, Excuse: premise.Credential}
		var given []string
		if alt.Cites, given = d.holds(n, k); len(given) == 0 {
			continue
		}
		if !plainKey(k) && !d.anyToken(n, given) {
			alt.Assumes = []premise.Assumption{{Kind: premise.Uniq, Table: formula.Qualified(n.table), Columns: given}}
		}
		if plainKey(k) || len(alt.Assumes) > 0 {
			alt.Assumes = append(alt.Assumes, d.softSecret(n, given)...)
			out = append(out, alt)
		}
	}
	for _, name := range n.table.Tokens {
		if cites, ok := d.givenColumn(n, name); ok {
			a := premise.Assumption{Kind: premise.Uniq, Table: formula.Qualified(n.table), Columns: []string{name}, Inferred: slices.Contains(n.table.Named, name)}
			out = append(out, premise.Alternative{Cites: cites, Rules: []string{"secret"}, Excuse: premise.Credential, Assumes: []premise.Assumption{a}})
		}
	}
	return out
}

// softSecret is the assumption that columns hold a secret, where only their names say so.
func (d *derivation) softSecret(n *node, columns []string) []premise.Assumption {
	if slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(n.table.Named, c) }) {
		return nil
	}
	return []premise.Assumption{{Kind: premise.Secret, Table: formula.Qualified(n.table), Columns: columns, Inferred: true}}
}

// anyToken tells columns of which one holds a random secret by its name.
func (d *derivation) anyToken(n *node, columns []string) bool {
	return slices.ContainsFunc(columns, func(c string) bool { return slices.Contains(n.table.Tokens, c) })
}

// holds finds the columns of a key that have a value which the caller gave, where
// the key is met as a whole: the others have a fixed value, and a partial key's
// predicate holds.
func (d *derivation) holds(n *node, k *schema.Key) (cites []sqltree.Expr, given []string) {
	for _, name := range k.Columns {
		path, ok := d.givenColumn(n, name)
		if ok {
			given = append(given, name)
		} else if path, ok = d.fixedColumn(n, name, k.NullsNotDistinct); !ok {
			return nil, nil
		}
		cites = premise.CiteAll(cites, path)
	}
	path, ok := d.meets(n, k)
	if !ok {
		return nil, nil
	}
	return premise.CiteAll(cites, path), given
}

// givenColumn reports whether a column has a value that the caller gave.
func (d *derivation) givenColumn(n *node, name string) ([]sqltree.Expr, bool) {
	t := d.column(n, name)
	if t == formula.NoTerm {
		return nil, false
	}
	given := d.eq.given(t)
	if given == formula.NoTerm {
		return nil, false
	}
	return d.eq.Path(t, given)
}

// fixedColumn reports whether a column that is no secret has one value in the row
// sought: a literal, or NULL where the key takes NULLs for equal.
func (d *derivation) fixedColumn(n *node, name string, nulls bool) ([]sqltree.Expr, bool) {
	t := d.column(n, name)
	if t == formula.NoTerm || slices.Contains(n.table.Tokens, name) {
		return nil, false
	}
	if nulls {
		for _, f := range d.eq.flags {
			if f.Kind == formula.NullAtom && f.A == t {
				return premise.CiteAlso(nil, f.Cite), true
			}
		}
	}
	for _, x := range d.eq.Terms {
		if d.p.Terms[x].Kind == formula.ConstTerm && d.eq.Same(x, t) {
			return d.eq.Path(t, x)
		}
	}
	return nil, false
}

// meets reports whether the row sought is among those that a partial key is of.
func (d *derivation) meets(n *node, k *schema.Key) ([]sqltree.Expr, bool) {
	if k.Where == "" {
		return nil, true
	}
	stmt, err := sqlparse.Parse("SELECT 1 WHERE "+k.Where, d.p.cat.Diagram.Speaks())
	if q, ok := stmt.(*sqltree.Query); ok && err == nil {
		if s, ok := q.Body.(*sqltree.Select); ok && s.Where != nil {
			return d.implied(n, s.Where)
		}
	}
	return nil, false
}

// implied reports whether the formula implies a condition on the row's columns:
// a conjunction of flags, tests for NULL and equalities with literals.
func (d *derivation) implied(n *node, e sqltree.Expr) ([]sqltree.Expr, bool) {
	switch e := e.(type) {
	case *sqltree.Logic:
		var cites []sqltree.Expr
		for _, a := range e.Args {
			c, ok := d.implied(n, a)
			if !ok || e.Or {
				return nil, false
			}
			cites = premise.CiteAll(cites, c)
		}
		return cites, true
	case *sqltree.Column:
		return d.truth(n, e.Name, "true")
	case *sqltree.Not:
		if c, ok := e.X.(*sqltree.Column); ok {
			return d.truth(n, c.Name, "false")
		}
	case *sqltree.IsBool:
		if c, ok := e.X.(*sqltree.Column); ok && !e.Not {
			return d.truth(n, c.Name, boolText(e.Value))
		}
	case *sqltree.IsNull:
		if c, ok := e.X.(*sqltree.Column); ok {
			return d.nullness(n, c.Name, e.Not)
		}
	case *sqltree.Binary:
		c, okC := e.L.(*sqltree.Column)
		l, okL := formula.Uncast(e.R).(*sqltree.Literal)
		if e.Op == "=" && okC && okL && l.Kind == sqltree.Bool {
			return d.truth(n, c.Name, l.Text)
		}
		if e.Op == "=" && okC && okL {
			return d.equalsLiteral(n, c.Name, l.Text)
		}
	}
	return nil, false
}

// boolText is the literal of IS TRUE and IS FALSE.
func boolText(value string) string {
	switch value {
	case "TRUE":
		return "true"
	case "FALSE":
		return "false"
	}
	return ""
}

// truth reports whether a boolean column is known to be true, or false.
func (d *derivation) truth(n *node, name, text string) ([]sqltree.Expr, bool) {
	t := d.column(n, name)
	for _, f := range d.eq.flags {
		if f.Kind == formula.FlagAtom && f.A == t && text == "true" && t != formula.NoTerm {
			return premise.CiteAlso(nil, f.Cite), true
		}
	}
	return d.equalsLiteral(n, name, text)
}

// equalsLiteral reports whether a column equals a literal.
func (d *derivation) equalsLiteral(n *node, name, text string) ([]sqltree.Expr, bool) {
	t := d.column(n, name)
	for _, x := range d.eq.Terms {
		if t != formula.NoTerm && d.p.Terms[x].Kind == formula.ConstTerm && d.p.Terms[x].Text == text && d.eq.Same(x, t) {
			return d.eq.Path(t, x)
		}
	}
	return nil, false
}

// nullness reports whether a column is known to be NULL, or not to be.
func (d *derivation) nullness(n *node, name string, not bool) ([]sqltree.Expr, bool) {
	if not && n.tuple != nil && !n.tuple.Nullable && formula.ColumnNotNull(n.table, name) {
		return nil, true
	}
	t := d.column(n, name)
	kind := formula.NullAtom
	if not {
		kind = formula.NotNullAtom
	}
	for _, f := range d.eq.flags {
		if f.Kind == kind && f.A == t && t != formula.NoTerm {
			return premise.CiteAlso(nil, f.Cite), true
		}
	}
	if not && t != formula.NoTerm {
		return d.givenColumn(n, name) // an equality that holds with a value
	}
	return nil, false
}
