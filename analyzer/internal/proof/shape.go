package proof

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
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
	// Words are the constants that WHERE demands of columns of the sources.
	Words []string
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
	Table *catalogue.Table // nil if it is no known table
	Bound []Binding        // in the order of the text
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
	s.NamesTenant = namesColumn(stmt, p.cat.Column)
	s.Stored = p.storedBy(stmt)
	if _, ok := stmt.(*sqltree.Insert); ok {
		s.inserted = p.top.write.table
	}
	b := p.topBlock(stmt)
	if b == nil {
		return s
	}
	var tuples []*tuple
	p.sureTuples(b.from, &tuples)
	for _, t := range tuples {
		s.Sources = append(s.Sources, Source{Table: t.table})
	}
	for i := range r.Outputs {
		if t := p.shown.terms[i]; t != noTerm {
			c, _ := p.sourceColumn(tuples, t)
			r.Outputs[i].Source = c.Source
		}
	}
	where := p.factsOf(b.env, b.where)
	p.lookUp(s, tuples, and(p.joinRows(b.from), where))
	if q, ok := stmt.(*sqltree.Query); ok {
		s.Plain = true
		s.Words = p.words(tuples, where)
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
func (p *prover) topBlock(stmt sqltree.Statement) *block {
	switch stmt.(type) {
	case *sqltree.Query:
		return p.top.block
	case *sqltree.Update, *sqltree.Delete:
		return p.top.write.block
	}
	return nil
}

// sureTuples lists the rows of tables of which each row of a FROM tree has one,
// those of plain sub-selects too: of a view, a derived table, a reference to a
// common table expression. What an outer join adds may be missing.
func (p *prover) sureTuples(s *source, out *[]*tuple) {
	switch {
	case s == nil:
	case s.leaf != nil:
		if sub := s.leaf.sub; sub != nil && s.leaf.fn == nil {
			if sub.block != nil && !sub.shared && !aggregatesAll(sub) {
				p.sureTuples(sub.block.from, out)
			}
			return
		}
		*out = append(*out, s.leaf.tuple)
	case s.kind == sqltree.Inner:
		p.sureTuples(s.left, out)
		p.sureTuples(s.right, out)
	case s.kind == sqltree.Left:
		p.sureTuples(s.left, out)
	}
}

// lookUp notes what the columns of the sources equal in every row.
func (p *prover) lookUp(s *Shape, tuples []*tuple, rows *conj) {
	for _, a := range rows.atoms {
		if a.kind != eqAtom || a.weak {
			continue
		}
		l, okL := p.sourceColumn(tuples, a.a)
		r, okR := p.sourceColumn(tuples, a.b)
		switch {
		case okL && okR:
			s.Equal = append(s.Equal, Equality{l, r})
		case okL:
			s.bind(l, p.terms[p.origin(a.b)])
		case okR:
			s.bind(r, p.terms[p.origin(a.a)])
		}
	}
}

// bind notes that a column equals a bind value; another value says nothing.
func (s *Shape) bind(c SourceColumn, value term) {
	if value.kind == holeTerm {
		x := &s.Sources[c.Source]
		x.Bound = append(x.Bound, Binding{c.Column, value.hole})
	}
}

// sourceColumn is the column of a source that a term is a copy of.
func (p *prover) sourceColumn(tuples []*tuple, t termID) (SourceColumn, bool) {
	tm := p.terms[p.origin(t)]
	if tm.kind != columnTerm {
		return SourceColumn{Source: -1}, false
	}
	i := slices.Index(tuples, tm.tuple)
	return SourceColumn{i, tm.column}, i >= 0
}

// words lists the constants that a condition demands of columns of the sources.
func (p *prover) words(tuples []*tuple, where *conj) []string {
	var out []string
	for _, a := range where.atoms {
		if a.kind != eqAtom || a.weak {
			continue
		}
		for _, side := range [][2]termID{{a.a, a.b}, {a.b, a.a}} {
			_, ok := p.sourceColumn(tuples, side[0])
			if c := p.terms[side[1]]; ok && c.kind == constTerm {
				out = append(out, c.text)
			}
		}
	}
	return out
}

// probe reports whether a query asks for the one row with a natural key, and
// whether it gives anything of it.
func (p *prover) probe(q *sqltree.Query, b *block) Probe {
	if q.With != nil {
		return NoProbe
	}
	only := !slices.ContainsFunc(b.items, givesColumn)
	if b.from == nil && len(b.items) == 1 {
		if b, only = p.asked(b.env, b.items[0].Expr), true; b == nil {
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
func (p *prover) asked(en *env, e sqltree.Expr) *block {
	switch x := uncast(e).(type) {
	case *sqltree.Not:
		return p.asked(en, x.X)
	case *sqltree.Exists:
		if x.Query.With == nil {
			return p.sub(en, x.Query).block
		}
	}
	return nil
}

// givesColumn reports whether an element of a select list holds something of a row.
func givesColumn(i sqltree.Item) bool {
	switch x := uncast(i.Expr).(type) {
	case *sqltree.Literal:
		return false
	case *sqltree.Call:
		return !counts(x)
	case *sqltree.Binary:
		return givesColumn(sqltree.Item{Expr: x.L}) || givesColumn(sqltree.Item{Expr: x.R})
	}
	return true
}

// byNaturalKey reports whether a block reads one table, by bind values for all
// columns of a unique key that is not the primary one.
func (p *prover) byNaturalKey(b *block) bool {
	if b.from == nil || b.from.leaf == nil || b.from.leaf.tuple.table == nil {
		return false
	}
	t := b.from.leaf.tuple
	s := &Shape{Sources: []Source{{Table: t.table}}}
	p.lookUp(s, []*tuple{t}, p.factsOf(b.env, b.where))
	for _, k := range t.table.Unique {
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
		if h, ok := plainHole(e); ok {
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
		in := p.top.write.insert
		for _, row := range in.sourceRows() {
			for i, v := range row {
				if i < len(in.columns) {
					store(in.columns[i], v)
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
			l, r := uncast(x.L), uncast(x.R)
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
