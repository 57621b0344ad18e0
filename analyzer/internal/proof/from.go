package proof

import (
	"cmp"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// bindFrom resolves one element of FROM; s.from is what stands before it.
func (p *prover) bindFrom(item sqltree.From, s *scope, ctes *cteEnv) *source {
	switch item := item.(type) {
	case *sqltree.Table:
		return &source{leaf: p.bindTable(item, s.parent, ctes)}
	case *sqltree.Derived:
		return &source{leaf: p.bindDerived(item, s, ctes)}
	case *sqltree.FuncTable:
		return &source{leaf: p.bindFunc(item, s, ctes)}
	case *sqltree.Join:
		return p.bindJoin(item, s, ctes)
	}
	return &source{leaf: p.unknownLeaf("", item)}
}

// bindTable finds what a table's name means: a CTE, a table, a view.
func (p *prover) bindTable(t *sqltree.Table, outer *scope, ctes *cteEnv) *leaf {
	name := t.Alias
	if name == "" {
		name = t.Name
	}
	if t.Schema == "" {
		if def := ctes.find(t.Name); def != nil {
			return p.bindCTE(def, t, name)
		}
	}
	if l := p.bindTransition(t, name); l != nil {
		return l
	}
	if table := p.table(t.Schema, t.Name); table != nil {
		return p.tableLeaf(t, table, name)
	}
	if l := p.bindView(t, name); l != nil {
		return l
	}
	if !systemTable(t) {
		p.fail("unknown table " + tableName(t))
	}
	return p.unknownLeaf(name, t)
}

// tableLeaf makes an item of a table, with the columns that the schema lists.
func (p *prover) tableLeaf(t *sqltree.Table, table *catalogue.Table, name string) *leaf {
	l := &leaf{alias: name, tuple: p.newTuple(name, table, t)}
	l.tuple.via = p.via
	if t.Alias == "" {
		l.schema = t.Schema
	}
	for _, c := range table.Columns {
		l.columns = append(l.columns, c.Name)
	}
	if len(t.Columns) > 0 {
		return p.renamedLeaf(l, t.Columns)
	}
	return l
}

// renamedLeaf is a table whose alias renames columns. It is read as a derived
// table, so that one name never means two columns.
func (p *prover) renamedLeaf(l *leaf, names []string) *leaf {
	from := &source{leaf: l}
	en := p.newEnv(&scope{from: from}, nil)
	q := &query{tuple: p.newTuple(l.alias, nil, l.tuple.at), env: en}
	q.node = &sqltree.Query{Pos: sqltree.NoPos}
	q.block = &block{from: from, env: en, extra: &conj{}, node: &sqltree.Select{Pos: sqltree.NoPos}}
	for _, c := range l.columns {
		q.outs = append(q.outs, output{name: c, term: p.columnOf(l.tuple, c)})
	}
	return p.queryLeaf(q, l.alias, names, false)
}

// unknownLeaf stands for a table that is not known: any name may be its column.
func (p *prover) unknownLeaf(name string, at sqltree.Node) *leaf {
	return &leaf{alias: name, tuple: p.newTuple(name, nil, at), open: true}
}

// table finds a table of the catalogue: in the default schema, or, for a bare
// name, the only one of that name (a search path).
func (p *prover) table(schemaName, name string) *catalogue.Table {
	if t := p.cat.Lookup(schemaName, name); t != nil || schemaName != "" {
		return p.decided(t)
	}
	if p.diagramView("", name) != nil {
		return nil
	}
	var only *catalogue.Table
	for _, t := range p.cat.Tables {
		if t.Name == name {
			if only != nil {
				return nil
			}
			only = t
		}
	}
	return p.decided(only)
}

// decided is a table whose tenancy stands; of another nothing is proved. One that is
// only unsure counts where the statement has no table of a tenant beside it.
func (p *prover) decided(t *catalogue.Table) *catalogue.Table {
	if t == nil || t.Undecided == "" {
		return t
	}
	why := "undecided table " + t.FullName() + ": " + t.Undecided
	if t.Unsure {
		p.unsure = cmp.Or(p.unsure, why)
		return t
	}
	p.fail(why)
	return nil
}

// systemTable tells the tables of the database itself, which hold no tenant's rows.
func systemTable(t *sqltree.Table) bool {
	if t.Schema == "pg_catalog" || t.Schema == "information_schema" {
		return true
	}
	return t.Schema == "" && len(t.Name) > 3 && t.Name[:3] == "pg_"
}

// tableName is a table as the text writes it.
func tableName(t *sqltree.Table) string {
	if t.Schema == "" {
		return t.Name
	}
	return t.Schema + "." + t.Name
}

// bindDerived makes an item of a sub-select; only a lateral one sees its siblings.
func (p *prover) bindDerived(d *sqltree.Derived, s *scope, ctes *cteEnv) *leaf {
	outer := s.parent
	if d.Lateral {
		outer = &scope{parent: s.parent, from: s.from, values: s.values}
	}
	return p.queryLeaf(p.bindQuery(d.Query, outer, ctes), d.Alias, d.Columns, d.Lateral)
}

// queryLeaf makes an item of a query under an alias.
func (p *prover) queryLeaf(q *query, alias string, names []string, lateral bool) *leaf {
	cols := p.asLeaf(q, names)
	q.tuple.name = alias
	return &leaf{alias: alias, tuple: q.tuple, columns: cols, open: q.open, sub: q, lateral: lateral}
}

// bindJoin resolves both sides, then what ON and USING see. A RIGHT JOIN is
// turned round, so that the preserved side is the left one.
func (p *prover) bindJoin(j *sqltree.Join, s *scope, ctes *cteEnv) *source {
	n := &source{kind: j.Kind, on: j.On, join: j, alias: j.Alias, renamed: len(j.Columns) > 0}
	n.left = p.bindFrom(j.Left, s, ctes)
	// A lateral item on the right sees the left, and what stands before the join.
	inner := &scope{parent: s.parent, from: comma(s.from, n.left), values: s.values}
	n.right = p.bindFrom(j.Right, inner, ctes)
	n.env = p.newEnv(&scope{parent: s.parent, from: n, values: s.values}, ctes)
	p.bindUsing(n, j)
	if n.kind == sqltree.Right {
		n.kind, n.left, n.right, n.swapped = sqltree.Left, n.right, n.left, true
	}
	return n
}

// bindUsing merges the columns of USING and NATURAL. The merged column is the
// preserved side's; of a FULL JOIN it is a COALESCE, which is no term.
func (p *prover) bindUsing(n *source, j *sqltree.Join) {
	names := j.Using
	if j.Natural {
		names = p.commonNames(n)
	}
	if len(names) == 0 {
		return
	}
	n.merged, n.names = map[string]termID{}, names
	for _, name := range names {
		l, r := p.lookup(n.left, name), p.lookup(n.right, name)
		n.merged[name] = noTerm
		if l.count != 1 || r.count != 1 {
			continue
		}
		if l.term != noTerm && r.term != noTerm {
			n.using = append(n.using, pair{l.term, r.term})
		}
		switch j.Kind {
		case sqltree.Inner, sqltree.Left:
			n.merged[name] = l.term
		case sqltree.Right:
			n.merged[name] = r.term
		case sqltree.Full:
			p.mergeFull(n, name, pair{l.term, r.term})
		}
	}
}

// mergeFull makes a term of a USING column of a FULL JOIN. In a row of the join
// it has the value of each side that is there: a row of one side meets none of
// the other where it is NULL or differs.
func (p *prover) mergeFull(n *source, name string, sides pair) {
	if sides.a == noTerm || sides.b == noTerm {
		return
	}
	if n.row == nil {
		n.row = p.newTuple("", nil, n.join)
		n.row.nullable = true
	}
	n.merged[name] = p.columnOf(n.row, name)
	n.full = append(n.full, mergedColumn{n.merged[name], sides})
}

// commonNames are the columns of a NATURAL join; none if a side is not known.
func (p *prover) commonNames(n *source) []string {
	l, okL := p.star(n.left)
	r, okR := p.star(n.right)
	if !okL || !okR {
		return nil
	}
	right := map[string]bool{}
	for _, c := range r {
		right[c.name] = true
	}
	var out []string
	for _, c := range l {
		if right[c.name] {
			out = append(out, c.name)
		}
	}
	return out
}
