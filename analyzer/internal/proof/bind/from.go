package bind

import (
	"cmp"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
)

// bindFrom resolves one element of FROM; s.from is what stands before it.
func (p *Binder) bindFrom(item sqltree.From, s *Scope, ctes *CTEs) *Source {
	switch item := item.(type) {
	case *sqltree.Table:
		return &Source{Leaf: p.bindTable(item, s.Parent, ctes)}
	case *sqltree.Derived:
		return &Source{Leaf: p.bindDerived(item, s, ctes)}
	case *sqltree.FuncTable:
		return &Source{Leaf: p.bindFunc(item, s, ctes)}
	case *sqltree.Join:
		return p.bindJoin(item, s, ctes)
	}
	return &Source{Leaf: p.unknownLeaf("", item)}
}

// bindTable finds what a table's name means: a CTE, a table, a view.
func (p *Binder) bindTable(t *sqltree.Table, outer *Scope, ctes *CTEs) *Leaf {
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
	if table := p.Table(t.Schema, t.Name); table != nil {
		return p.tableLeaf(t, table, name)
	}
	if l := p.bindView(t, name); l != nil {
		return l
	}
	switch {
	case !SystemTable(t):
		p.Fail("unknown table " + TableName(t))
	case showsValues(t.Name):
		p.Fail("system table " + TableName(t) + " shows values of every tenant")
	}
	return p.unknownLeaf(name, t)
}

// showsValues tells the tables of the database itself in which values of other
// tables stand: statistics, statements of other sessions, large objects.
func showsValues(name string) bool {
	switch name {
	case "pg_stats", "pg_stats_ext", "pg_stats_ext_exprs", "pg_statistic", "pg_statistic_ext_data",
		"pg_stat_activity", "pg_stat_statements", "pg_largeobject":
		return true
	}
	return false
}

// tableLeaf makes an item of a table, with the columns that the schema lists.
func (p *Binder) tableLeaf(t *sqltree.Table, table *catalogue.Table, name string) *Leaf {
	l := &Leaf{Alias: name, Tuple: p.NewTuple(name, table, t)}
	l.Tuple.Via, l.Tuple.Asked = p.Via, true
	if t.Alias == "" {
		l.schema = t.Schema
	}
	for _, c := range table.Columns {
		l.Columns = append(l.Columns, c.Name)
	}
	if len(t.Columns) > 0 {
		return p.renamedLeaf(l, t.Columns)
	}
	return l
}

// renamedLeaf is a table whose alias renames columns. It is read as a derived
// table, so that one name never means two columns.
func (p *Binder) renamedLeaf(l *Leaf, names []string) *Leaf {
	from := &Source{Leaf: l}
	en := p.NewEnv(&Scope{From: from}, nil)
	q := &Query{Tuple: p.NewTuple(l.Alias, nil, l.Tuple.At), Env: en}
	q.Node = &sqltree.Query{Pos: sqltree.NoPos}
	q.Block = &Block{From: from, Env: en, Extra: &formula.Conj{}, Node: &sqltree.Select{Pos: sqltree.NoPos}}
	for _, c := range l.Columns {
		q.Outputs = append(q.Outputs, Output{Name: c, Term: p.ColumnOf(l.Tuple, c)})
	}
	return p.queryLeaf(q, l.Alias, names, false)
}

// unknownLeaf stands for a table that is not known: any name may be its column.
func (p *Binder) unknownLeaf(name string, at sqltree.Node) *Leaf {
	return &Leaf{Alias: name, Tuple: p.NewTuple(name, nil, at), open: true}
}

// Table finds a table that the statement names, nil if there is none.
func (p *Binder) Table(schemaName, name string) *catalogue.Table {
	t := p.decided(p.tableNamed(schemaName, name))
	if t != nil && p.Cat.Confidence == catalogue.Low && t.Tenancy == catalogue.Shared && t.Confidence == catalogue.Low {
		p.Guessed = true
	}
	return t
}

// decided is a table whose tenancy stands; of another nothing is proved. One that is
// only unsure counts where the statement has no table of a tenant beside it.
func (p *Binder) decided(t *catalogue.Table) *catalogue.Table {
	if t == nil || t.Undecided == "" {
		return t
	}
	why := premise.Undecided + t.FullName() + ": " + t.Undecided
	if t.Unsure {
		p.Unsure = cmp.Or(p.Unsure, why)
		return t
	}
	p.Fail(why)
	return nil
}

// tableNamed finds a table of the catalogue: in the default schema, or, for a
// bare name, the only one of that name (a search path).
func (p *Binder) tableNamed(schemaName, name string) *catalogue.Table {
	if t := p.Cat.Lookup(schemaName, name); t != nil || schemaName != "" {
		return t
	}
	if p.diagramView("", name) != nil {
		return nil
	}
	var only *catalogue.Table
	for _, t := range p.Cat.Tables {
		if t.Name == name {
			if only != nil {
				return nil
			}
			only = t
		}
	}
	return only
}

// SystemTable tells the tables of the database itself, which hold no tenant's rows.
func SystemTable(t *sqltree.Table) bool {
	if t.Schema == "pg_catalog" || t.Schema == "information_schema" {
		return true
	}
	return t.Schema == "" && len(t.Name) > 3 && t.Name[:3] == "pg_"
}

// TableName is a table as the text writes it.
func TableName(t *sqltree.Table) string {
	if t.Schema == "" {
		return t.Name
	}
	return t.Schema + "." + t.Name
}

// bindDerived makes an item of a sub-select; only a lateral one sees its siblings.
func (p *Binder) bindDerived(d *sqltree.Derived, s *Scope, ctes *CTEs) *Leaf {
	outer := s.Parent
	if d.Lateral {
		outer = &Scope{Parent: s.Parent, From: s.From, Values: s.Values}
	}
	return p.queryLeaf(p.BindQuery(d.Query, outer, ctes), d.Alias, d.Columns, d.Lateral)
}

// queryLeaf makes an item of a query under an alias.
func (p *Binder) queryLeaf(q *Query, alias string, names []string, lateral bool) *Leaf {
	cols := p.AsLeaf(q, names)
	q.Tuple.Name = alias
	return &Leaf{Alias: alias, Tuple: q.Tuple, Columns: cols, open: q.Open, Sub: q, lateral: lateral}
}

// bindJoin resolves both sides, then what ON and USING see. A RIGHT JOIN is
// turned round, so that the preserved side is the left one.
func (p *Binder) bindJoin(j *sqltree.Join, s *Scope, ctes *CTEs) *Source {
	n := &Source{Kind: j.Kind, On: j.On, join: j, alias: j.Alias, renamed: len(j.Columns) > 0}
	n.Left = p.bindFrom(j.Left, s, ctes)
	// A lateral item on the right sees the left, and what stands before the join.
	inner := &Scope{Parent: s.Parent, From: comma(s.From, n.Left), Values: s.Values}
	n.Right = p.bindFrom(j.Right, inner, ctes)
	n.Env = p.NewEnv(&Scope{Parent: s.Parent, From: n, Values: s.Values}, ctes)
	p.bindUsing(n, j)
	if n.Kind == sqltree.Right {
		n.Kind, n.Left, n.Right, n.Swapped = sqltree.Left, n.Right, n.Left, true
	}
	return n
}

// bindUsing merges the columns of USING and NATURAL. The merged column is the
// preserved side's; of a FULL JOIN it is a COALESCE, which is no term.
func (p *Binder) bindUsing(n *Source, j *sqltree.Join) {
	names := j.Using
	if j.Natural {
		names = p.commonNames(n)
	}
	if len(names) == 0 {
		return
	}
	n.merged, n.names = map[string]formula.TermID{}, names
	for _, name := range names {
		l, r := p.lookup(n.Left, name), p.lookup(n.Right, name)
		n.merged[name] = formula.NoTerm
		if l.count != 1 || r.count != 1 {
			continue
		}
		if l.term != formula.NoTerm && r.term != formula.NoTerm {
			n.Using = append(n.Using, pair{l.term, r.term})
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
func (p *Binder) mergeFull(n *Source, name string, sides pair) {
	if sides.A == formula.NoTerm || sides.B == formula.NoTerm {
		return
	}
	if n.row == nil {
		n.row = p.NewTuple("", nil, n.join)
		n.row.Nullable = true
	}
	n.merged[name] = p.ColumnOf(n.row, name)
	n.full = append(n.full, mergedColumn{n.merged[name], sides})
}

// commonNames are the columns of a NATURAL join; none if a side is not known.
func (p *Binder) commonNames(n *Source) []string {
	l, okL := p.star(n.Left)
	r, okR := p.star(n.Right)
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

// A Transition is what a trigger's body sees under the name of a table: the
// rows that were written, each of them tied as the write is.
type Transition struct {
	Table *catalogue.Table
	Facts func(*formula.Tuple) *formula.Conj
	Alts  []premise.Alternative
}

// bindTransition makes an item of FROM of a transition table, nil if the name
// is none.
func (p *Binder) bindTransition(t *sqltree.Table, name string) *Leaf {
	tr, ok := p.Transitions[t.Name]
	if !ok || t.Schema != "" {
		return nil
	}
	l := p.tableLeaf(&sqltree.Table{Pos: t.Pos, Name: t.Name, Alias: t.Alias}, tr.Table, name)
	l.Tuple.Proved = tr.Alts
	l.Facts = tr.Facts(l.Tuple)
	if len(t.Columns) > 0 {
		return p.renamedLeaf(l, t.Columns)
	}
	return l
}

// Events lists what a write may fire.
func (w *Write) Events() []string {
	switch s := w.Stmt.(type) {
	case *sqltree.Insert:
		if s.Conflict != nil && s.Conflict.DoUpdate {
			return []string{"INSERT", "UPDATE"}
		}
		return []string{"INSERT"}
	case *sqltree.Update:
		return []string{"UPDATE"}
	case *sqltree.Delete:
		return []string{"DELETE"}
	}
	return []string{"INSERT", "UPDATE", "DELETE"}
}

// maxViewDepth bounds views over views.
const maxViewDepth = 8

// diagramView finds a view of the schema, nil if there is none.
func (p *Binder) diagramView(schemaName, name string) *schema.View {
	if p.Cat.Diagram == nil {
		return nil
	}
	if schemaName == "public" {
		schemaName = ""
	}
	for _, v := range p.Cat.Diagram.Views {
		if v.Name == name && v.Schema == schemaName {
			return v
		}
	}
	return nil
}

// bindView inlines a view as a block, nil if there is none of that name.
func (p *Binder) bindView(t *sqltree.Table, name string) *Leaf {
	v := p.diagramView(t.Schema, t.Name)
	if v == nil {
		return nil
	}
	if p.viewDepth >= maxViewDepth || p.Instances > MaxInstances {
		p.Fail("views nested too deeply at " + TableName(t))
		return p.unknownLeaf(name, t)
	}
	query := v.Query
	if p.Session != nil {
		query = p.Session.Bound(query)
	}
	stmt, err := sqlparse.Parse(query, p.Cat.Diagram.Dialect)
	body, ok := stmt.(*sqltree.Query)
	if err != nil || !ok {
		p.Fail("view " + TableName(t) + " was not understood")
		return p.unknownLeaf(name, t)
	}
	via := p.Via
	if via == nil {
		p.Via = t
	}
	p.viewDepth++
	q := p.BindQuery(body, nil, nil)
	p.viewDepth--
	p.Via = via
	p.AsLeaf(q, v.Columns)
	l := p.queryLeaf(q, name, t.Columns, false)
	if t.Alias == "" {
		l.schema = t.Schema
	}
	return l
}
