package proof

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/read"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A Verb is what a statement does to rows.
type Verb uint8

// The verbs. MERGE changes, TRUNCATE deletes; all that is no write reads.
const (
	Reads Verb = iota
	Inserts
	Changes
	Deletes
)

// A Probe is a query by a natural key that is unique over all tenants, such as a
// slug: each tenant may learn that it is taken. An id is no natural key: who asks
// whether an id exists is about to use it.
type Probe uint8

// The probes.
const (
	NoProbe  Probe = iota
	RowProbe       // gives columns of the row: a probe if the caller ignores them
	KeyProbe       // gives nothing of the row: SELECT 1, count(*), EXISTS (…)
)

// A Shape is what a statement asks and does, beside whose rows it touches. All
// names in it are resolved: a source is the table itself where the text names a
// view or a common table expression.
type Shape struct {
	Verb Verb
	// Where tells that the statement has a WHERE, or cannot have one.
	Where bool
	// Plain tells a query of one SELECT block: no VALUES, no set operation.
	Plain bool
	// Sources are the relations of which every row of the result, or every row
	// that is changed, has one: not the side of an outer join that may be missing,
	// and nothing of an INSERT or MERGE.
	Sources []Source
	// Equal are the columns of two sources that have one value in every row.
	Equal []Equality
	// Words are what a query demands of columns of its sources, or of those of the EXISTS
	// that is all it asks.
	Words []Word
	Probe Probe
	// Stored are the bind values that the statement stores as they are.
	Stored []Stored
	// Named are the names of the placeholders that have one, by number.
	Named map[int]string
	// Highest is the highest number of a placeholder, 0 if there is none.
	Highest int
	// NamesTenant tells that some condition compares a column of the tenant
	// column's name with a bind value; whose column that is does not matter.
	NamesTenant bool

	stmt     sqltree.Statement
	inserted *catalogue.Table // of a top-level INSERT
}

// A Source is one relation of a statement, and how its rows are found.
type Source struct {
	Table    *catalogue.Table // nil if it is no known table
	Relation int              // its number among the relations, -1 if nobody owns it
	Bound    []Binding        // in the order of the text
}

// A Binding says that a column equals a bind value in every row.
type Binding struct {
	Column string
	Hole   int
}

// An Equality says that columns of two sources have one value in every row.
type Equality struct{ A, B SourceColumn }

// A SourceColumn is a column of Shape.Sources[Source].
type SourceColumn struct {
	Source int
	Column string
}

// Stored is a bind value that a write gives to a column as it is.
type Stored struct {
	Column string
	Hole   int
}

// shape describes the statement that was judged last, and tells which of its
// sources the outputs come from.
func (p *prover) shape(stmt sqltree.Statement, r *Result) *Shape {
	s := &Shape{Verb: verbOf(stmt), Where: hasWhere(stmt), stmt: stmt}
	s.placeholders(stmt)
	s.NamesTenant = namesColumn(stmt, p.Cat.Column)
	s.Stored = p.storedBy(stmt)
	if _, ok := stmt.(*sqltree.Insert); ok {
		s.inserted = p.top.Write.Table
	}
	b := p.topBlock(stmt)
	if b == nil {
		return s
	}
	var tuples []*formula.Tuple
	p.sureTuples(b.From, &tuples)
	numbers := p.relationNumbers()
	for _, t := range tuples {
		s.Sources = append(s.Sources, Source{Table: t.Table, Relation: numbers.of(t)})
	}
	for i := range r.Outputs {
		if t := p.shown.terms[i]; t != formula.NoTerm {
			c, _ := p.sourceColumn(tuples, t)
			r.Outputs[i].Source = c.Source
		}
	}
	rows := p.rowsOf(b)
	p.lookUp(s, tuples, rows)
	if q, ok := stmt.(*sqltree.Query); ok {
		s.Plain = true
		p.demanded(s, b, &joined{tuples, s.Equal, numbers}, rows)
		s.Probe = p.probe(q, b)
	}
	return s
}

// verbOf tells what a statement does.
func verbOf(stmt sqltree.Statement) Verb {
	switch stmt.(type) {
	case *sqltree.Insert:
		return Inserts
	case *sqltree.Update, *sqltree.Merge:
		return Changes
	case *sqltree.Delete, *sqltree.Truncate:
		return Deletes
	}
	return Reads
}

// hasWhere reports whether a statement has a WHERE, or cannot have one.
func hasWhere(stmt sqltree.Statement) bool {
	switch x := stmt.(type) {
	case *sqltree.Query:
		sel, ok := x.Body.(*sqltree.Select)
		return !ok || sel.Where != nil
	case *sqltree.Update:
		return x.Where != nil
	case *sqltree.Delete:
		return x.Where != nil
	}
	return true
}

// placeholders gathers the numbers and names of the bind values.
func (s *Shape) placeholders(stmt sqltree.Statement) {
	s.Named = map[int]string{}
	sqltree.Walk(stmt, func(n sqltree.Node) bool {
		if h, ok := n.(*sqltree.Hole); ok {
			s.Highest = max(s.Highest, h.Number)
			if h.Name != "" {
				s.Named[h.Number] = h.Name
			}
		}
		return true
	})
}

// topBlock is the block of a query, an update or a delete that stands at the top,
// nil for all else.
func (p *prover) topBlock(stmt sqltree.Statement) *bind.Block {
	switch stmt.(type) {
	case *sqltree.Query:
		return p.top.Block
	case *sqltree.Update, *sqltree.Delete:
		return p.top.Write.Block
	}
	return nil
}

// sureTuples lists the rows of tables of which each row of a FROM tree has one,
// those of plain sub-selects too: of a view, a derived table, a reference to a
// common table expression. What an outer join adds may be missing.
func (p *prover) sureTuples(s *bind.Source, out *[]*formula.Tuple) {
	switch {
	case s == nil:
	case s.Leaf != nil:
		if sub := s.Leaf.Sub; sub != nil && s.Leaf.Func == nil {
			if sub.Block != nil && !sub.Shared && !bind.AggregatesAll(sub) {
				p.sureTuples(sub.Block.From, out)
			}
			return
		}
		*out = append(*out, s.Leaf.Tuple)
	case s.Kind == sqltree.Inner:
		p.sureTuples(s.Left, out)
		p.sureTuples(s.Right, out)
	case s.Kind == sqltree.Left:
		p.sureTuples(s.Left, out)
	}
}

// lookUp notes what the columns of the sources equal in every row.
func (p *prover) lookUp(s *Shape, tuples []*formula.Tuple, rows *formula.Conj) {
	s.Equal = p.equalities(tuples, rows)
	for _, a := range rows.Atoms {
		if a.Kind != formula.EqAtom || a.Weak {
			continue
		}
		l, okL := p.sourceColumn(tuples, a.A)
		r, okR := p.sourceColumn(tuples, a.B)
		switch {
		case okL && okR:
		case okL:
			s.bind(l, p.Terms[p.Origin(a.B)])
		case okR:
			s.bind(r, p.Terms[p.Origin(a.A)])
		}
	}
}

// equalities are the columns of two sources that have one value in every row.
func (p *prover) equalities(tuples []*formula.Tuple, rows *formula.Conj) []Equality {
	var out []Equality
	for _, a := range rows.Atoms {
		if a.Kind != formula.EqAtom || a.Weak {
			continue
		}
		l, okL := p.sourceColumn(tuples, a.A)
		r, okR := p.sourceColumn(tuples, a.B)
		if okL && okR {
			out = append(out, Equality{l, r})
		}
	}
	return out
}

// bind notes that a column equals a bind value; another value says nothing.
func (s *Shape) bind(c SourceColumn, value formula.Term) {
	if value.Kind == formula.HoleTerm {
		x := &s.Sources[c.Source]
		x.Bound = append(x.Bound, Binding{c.Column, value.Hole})
	}
}

// sourceColumn is the column of a source that a term is a copy of.
func (p *prover) sourceColumn(tuples []*formula.Tuple, t formula.TermID) (SourceColumn, bool) {
	tm := p.Terms[p.Origin(t)]
	if tm.Kind != formula.ColumnTerm {
		return SourceColumn{Source: -1}, false
	}
	i := slices.Index(tuples, tm.Tuple)
	return SourceColumn{i, tm.Column}, i >= 0
}

// rowsOf is what each row of a block says: its WHERE, and what joins its sources.
func (p *prover) rowsOf(b *bind.Block) *formula.Conj {
	return formula.And(p.JoinRows(b.From), p.FactsOf(b.Env, b.Where))
}

// probe reports whether a query asks for the one row with a natural key, and
// whether it gives anything of it.
func (p *prover) probe(q *sqltree.Query, b *bind.Block) Probe {
	if q.With != nil {
		return NoProbe
	}
	only := !slices.ContainsFunc(b.Items, givesColumn)
	if b.From == nil && len(b.Items) == 1 {
		if b, only = p.asked(b.Env, b.Items[0].Expr), true; b == nil {
			return NoProbe
		}
	}
	switch {
	case !p.byNaturalKey(b):
		return NoProbe
	case only:
		return KeyProbe
	}
	return RowProbe
}

// asked is the block of [NOT] EXISTS (…), nil if e is something else.
func (p *prover) asked(en *bind.Env, e sqltree.Expr) *bind.Block {
	switch x := formula.Uncast(e).(type) {
	case *sqltree.Not:
		return p.asked(en, x.X)
	case *sqltree.Exists:
		if x.Query.With == nil {
			return p.Sub(en, x.Query).Block
		}
	}
	return nil
}

// givesColumn reports whether an element of a select list holds something of a row.
func givesColumn(i sqltree.Item) bool {
	switch x := formula.Uncast(i.Expr).(type) {
	case *sqltree.Literal:
		return false
	case *sqltree.Call:
		return !read.Counts(x)
	case *sqltree.Binary:
		return givesColumn(sqltree.Item{Expr: x.L}) || givesColumn(sqltree.Item{Expr: x.R})
	}
	return true
}

// byNaturalKey reports whether a block reads one table, by bind values for all
// columns of a unique key that is not the primary one.
func (p *prover) byNaturalKey(b *bind.Block) bool {
	if b.From == nil || b.From.Leaf == nil || b.From.Leaf.Tuple.Table == nil {
		return false
	}
	t := b.From.Leaf.Tuple
	s := &Shape{Sources: []Source{{Table: t.Table}}}
	p.lookUp(s, []*formula.Tuple{t}, p.FactsOf(b.Env, b.Where))
	for _, k := range t.Table.Unique {
		if !k.Primary && !k.Expressions && len(k.Columns) > 0 && s.Sources[0].binds(k.Columns) {
			return true
		}
	}
	return false
}

// binds reports whether all of some columns equal bind values.
func (s *Source) binds(columns []string) bool {
	for _, c := range columns {
		if !slices.ContainsFunc(s.Bound, func(b Binding) bool { return b.Column == c }) {
			return false
		}
	}
	return true
}

// storedBy lists the bind values that SET or VALUES store as they are.
func (p *prover) storedBy(stmt sqltree.Statement) []Stored {
	var out []Stored
	store := func(column string, e sqltree.Expr) {
		if h, ok := bind.PlainHole(e); ok {
			out = append(out, Stored{column, h.Number})
		}
	}
	switch x := stmt.(type) {
	case *sqltree.Update:
		for _, set := range x.Set {
			if len(set.Columns) == 1 {
				store(set.Columns[0], set.Value)
			}
		}
	case *sqltree.Insert:
		in := p.top.Write.Insert
		for _, row := range in.SourceRows() {
			for i, v := range row {
				if i < len(in.Columns) {
					store(in.Columns[i], v)
				}
			}
		}
	}
	return out
}

// namesColumn reports whether a condition compares a column of a name with a bind
// value, somewhere in the statement.
func namesColumn(stmt sqltree.Statement, name string) bool {
	found := false
	sqltree.Walk(stmt, func(n sqltree.Node) bool {
		if x, ok := n.(*sqltree.Binary); ok && x.Op == "=" {
			l, r := formula.Uncast(x.L), formula.Uncast(x.R)
			if _, hole := l.(*sqltree.Hole); hole {
				l, r = r, l
			}
			c, isColumn := l.(*sqltree.Column)
			_, isHole := r.(*sqltree.Hole)
			found = found || isColumn && isHole && c.Name == name
		}
		return !found
	})
	return found
}

// Arm names the last CASE, or else the first OR, that uses one of some bind
// values: "CASE", "OR", or "" if they stand in none.
func (s *Shape) Arm(holes map[int]bool) string {
	arm := ""
	sqltree.Walk(s.stmt, func(n sqltree.Node) bool {
		switch x := n.(type) {
		case *sqltree.Case:
			if usesHole(x, holes) {
				arm = "CASE"
			}
		case *sqltree.Logic:
			if x.Or && arm == "" && usesHole(x, holes) {
				arm = "OR"
			}
		}
		return true
	})
	return arm
}

// usesHole reports whether one of some bind values stands in a node.
func usesHole(n sqltree.Node, holes map[int]bool) bool {
	found := false
	sqltree.Walk(n, func(x sqltree.Node) bool {
		if h, ok := x.(*sqltree.Hole); ok && holes[h.Number] {
			found = true
		}
		return !found
	})
	return found
}

// OpensWhenZero reports whether a zero value in the tenant column would open what
// a need ties: the row of an INSERT would belong to nobody, and no foreign key
// refuses it.
func (s *Shape) OpensWhenZero(n Need) bool {
	t := s.inserted
	if t == nil || t.Tenancy == catalogue.Root || t.Column == "" || n.Column != "" && n.Column != t.Column {
		return false
	}
	return !slices.ContainsFunc(t.ForeignKeys, func(k *schema.ForeignKey) bool { return slices.Contains(k.Columns, t.Column) })
}
