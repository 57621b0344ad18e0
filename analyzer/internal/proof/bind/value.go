package bind

import (
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// values says which term an expression is, and whether it may be NULL.
type values struct {
	*scopes
	Cat *catalogue.Catalogue
	// Links tells which column an output of a query copies.
	Links map[formula.TermID]formula.TermID
	OfRow map[int]*Query // the query that a row is given by
	// Grouped holds, while what stands behind GROUP BY is read, the block whose
	// grouping sets may make NULL of what cannot be.
	Grouped map[*formula.Tuple]*Block
	InBody  int // inside of a function's body, where $1 is an argument
}

// newValues starts with nothing known.
func newValues(cat *catalogue.Catalogue) *values {
	return &values{
		scopes: &scopes{formula.NewStore()}, Cat: cat, Links: map[formula.TermID]formula.TermID{}, OfRow: map[int]*Query{}, Grouped: map[*formula.Tuple]*Block{},
	}
}

// PlainTerm is the term of an expression that is a column, a bind value or a
// literal, casts aside.
func (p *values) PlainTerm(en *Env, e sqltree.Expr) formula.TermID {
	switch e := e.(type) {
	case *sqltree.Column:
		return p.Resolve(en.Scope, e)
	case *sqltree.Hole:
		return p.holeTerm(en, e.Number)
	case *sqltree.Literal:
		if e.Kind != sqltree.Null {
			return p.ConstOf(e.Text)
		}
	case *sqltree.Cast:
		return p.castTerm(en, e)
	case *sqltree.Coalesce:
		return p.coalesceTerm(en, e)
	case *sqltree.Call:
		if e.Name == "lower" && len(e.Args) == 1 {
			return p.loweredTerm(en, e.Args[0])
		}
	case *sqltree.Other:
		if e.Kind == "field" {
			return p.fieldTerm(en, e)
		}
	}
	return formula.NoTerm
}

// fieldTerm is (t).c, where t is an item of FROM and no column.
func (p *values) fieldTerm(en *Env, e *sqltree.Other) formula.TermID {
	row, ok := e.Args[0].(*sqltree.Column)
	name := strings.TrimPrefix(e.Parts[1], ".")
	if !ok || row.Table != "" || strings.Contains(name, `"`) || p.mayBeColumn(en.Scope, row.Name) {
		return formula.NoTerm
	}
	return p.Resolve(en.Scope, &sqltree.Column{Pos: row.Pos, Table: row.Name, Name: name})
}

// coalesceTerm is the first argument, where it cannot be NULL or is all there is.
func (p *values) coalesceTerm(en *Env, e *sqltree.Coalesce) formula.TermID {
	first := p.PlainTerm(en, e.Args[0])
	if first == formula.NoTerm || p.SettledNotNull(en, first) {
		return first
	}
	for _, a := range e.Args[1:] {
		if p.PlainTerm(en, a) != first {
			return formula.NoTerm
		}
	}
	return first
}

// SettledNotNull is notNull for a block that is being bound: of the rows around
// it, what outer joins do to them is not settled yet.
func (p *values) SettledNotNull(en *Env, t formula.TermID) bool {
	return p.NotNull(t) && (p.Terms[t].Kind != formula.ColumnTerm || en.Scope.From.Tuples()[p.Terms[t].Tuple.ID])
}

// loweredTerm sees through lower(x::text) where the text has no capitals.
func (p *values) loweredTerm(en *Env, e sqltree.Expr) formula.TermID {
	c, ok := e.(*sqltree.Cast)
	if !ok {
		return formula.NoTerm
	}
	t := p.PlainTerm(en, c)
	if t == formula.NoTerm || p.Terms[t].Kind != formula.ColumnTerm {
		return formula.NoTerm
	}
	if typ := lastName(p.columnType(p.Terms[t])); typ == "uuid" || wholeNumber(typ) {
		return t
	}
	return formula.NoTerm
}

// holeTerm is a bind value; in a function's body $1 is an argument.
func (p *values) holeTerm(en *Env, number int) formula.TermID {
	for s := en.Scope; s != nil; s = s.Parent {
		if s.Values != nil {
			if t, ok := s.Values["$"+strconv.Itoa(number)]; ok {
				return t
			}
			return formula.NoTerm
		}
	}
	return p.HoleOf(number)
}

// castTerm sees through a cast that keeps different values different. The cast
// of a bind value says which type it has; the cast of a column may merge values
// ('01'::int is '1'::int), but not to text.
func (p *values) castTerm(en *Env, e *sqltree.Cast) formula.TermID {
	t := p.PlainTerm(en, e.X)
	if t == formula.NoTerm || !KeepsValue(e) {
		return formula.NoTerm
	}
	if p.Terms[t].Kind != formula.ColumnTerm {
		return t
	}
	from := p.columnType(p.Terms[t])
	switch {
	case textType(e.Type):
		return t
	case from != "" && sameFamily(from, e.Type):
		return t
	}
	return formula.NoTerm
}

// KeepsValue reports whether a cast gives the value that was there, written in
// another way: it does not cut it short, and if it is one of a cast, it reads a text,
// makes one, or stays between whole numbers. `$1::boolean::int` does none of these.
func KeepsValue(e *sqltree.Cast) bool {
	to := ElementType(e.Type)
	if strings.Contains(to, "(") || cutsShort(to) {
		return false
	}
	inner, ok := e.X.(*sqltree.Cast)
	if !ok {
		return true
	}
	from := ElementType(inner.Type)
	if name := lastName(from); name == "bool" || name == "boolean" {
		return false
	}
	return textType(from) || textType(to) || sameFamily(from, to)
}

// Kept takes off the casts that keep a value.
func Kept(e sqltree.Expr) sqltree.Expr {
	for {
		c, ok := e.(*sqltree.Cast)
		if !ok || !KeepsValue(c) {
			return e
		}
		e = c.X
	}
}

// ElementType is the type of an array's elements, or the type itself.
func ElementType(typ string) string { return strings.TrimRight(typ, "[]") }

// cutsShort tells the types of one letter, of few bits or of a name's length, and
// the numbers that are rounded: large ids become one.
func cutsShort(typ string) bool {
	switch lastName(typ) {
	case "char", "character", "bpchar", "bit", "name", "real", "float4", "float8", "double precision", "money":
		return true
	}
	return false
}

// columnType is the declared type of a column, "" if it is not known.
func (p *values) columnType(t formula.Term) string {
	if t.Tuple.Table != nil {
		return declaredType(t.Tuple.Table, t.Column)
	}
	q := p.OfRow[t.Tuple.ID]
	if q == nil || q.Block == nil {
		return ""
	}
	for _, o := range q.Outputs {
		if o.Name == t.Column && o.Term != formula.NoTerm && p.Terms[o.Term].Kind == formula.ColumnTerm {
			return p.columnType(p.Terms[o.Term])
		}
	}
	return ""
}

// declaredType is a column's type in lower case, "" if the table has no such column.
func declaredType(t *catalogue.Table, name string) string {
	for _, c := range t.Columns {
		if c.Name == name {
			return strings.ToLower(c.Type)
		}
	}
	return ""
}

// textType tells the types to which a cast keeps different values different.
func textType(typ string) bool {
	switch lastName(typ) {
	case "text", "varchar", "character varying":
		return true
	}
	return false
}

// sameFamily tells the casts between whole numbers, and those that change nothing.
func sameFamily(from, to string) bool {
	from, to = lastName(from), lastName(to)
	return from == to || wholeNumber(from) && wholeNumber(to)
}

// wholeNumber tells the types between which a cast changes no value.
func wholeNumber(typ string) bool {
	switch typ {
	case "int", "int2", "int4", "int8", "integer", "bigint", "smallint", "serial", "bigserial", "numeric", "decimal":
		return true
	}
	return false
}

// lastName takes the schema off a type's name.
func lastName(typ string) string {
	typ = strings.ToLower(typ)
	return typ[strings.LastIndexByte(typ, '.')+1:]
}

// ElementOf says that a term is an element of an array, where the array is a
// bind value or a list of them.
func (p *values) ElementOf(t formula.TermID, array sqltree.Expr, cite sqltree.Expr) *formula.Conj {
	if !p.OwnHoles() {
		return &formula.Conj{}
	}
	switch a := array.(type) {
	case *sqltree.Cast:
		if KeepsValue(a) {
			return p.ElementOf(t, a.X, cite)
		}
	case *sqltree.Hole:
		return formula.One(formula.Atom{Kind: formula.MemberAtom, A: t, Holes: []int{a.Number}, Elem: true, Cite: cite})
	case *sqltree.Array:
		return p.OneOf(t, a.Items, cite)
	}
	return &formula.Conj{}
}

// OneOf says that a term is one of several bind values; nothing if one of them
// is anything else.
func (p *values) OneOf(t formula.TermID, list []sqltree.Expr, cite sqltree.Expr) *formula.Conj {
	var holes []int
	for _, e := range list {
		h, ok := PlainHole(e)
		if !ok {
			return &formula.Conj{}
		}
		if h.Slice {
			if len(list) > 1 {
				return &formula.Conj{}
			}
			return formula.One(formula.Atom{Kind: formula.MemberAtom, A: t, Holes: []int{h.Number}, Elem: true, Cite: cite})
		}
		holes = append(holes, h.Number)
	}
	if len(holes) == 0 {
		return &formula.Conj{}
	}
	return formula.One(formula.Atom{Kind: formula.MemberAtom, A: t, Holes: holes, Cite: cite})
}

// OwnHoles reports whether a hole in the text is a bind value of the statement.
func (p *values) OwnHoles() bool { return p.InBody == 0 }

// NotNull tells that a term cannot be NULL whatever the data.
func (p *values) NotNull(id formula.TermID) bool {
	t := p.Terms[id]
	switch t.Kind {
	case formula.ConstTerm:
		return true
	case formula.ColumnTerm:
		switch {
		case t.Tuple.Nullable || p.Grouped[t.Tuple] != nil && !p.survivesGrouping(id):
			return false
		case t.Tuple.Table != nil:
			return formula.ColumnNotNull(t.Tuple.Table, t.Column)
		}
		return p.outputNotNull(p.OfRow[t.Tuple.ID], t.Column)
	}
	return false
}

// survivesGrouping tells a column that every grouping set of its block keeps.
// GROUP BY itself sees the rows before they are grouped.
func (p *values) survivesGrouping(id formula.TermID) bool {
	t := p.Terms[id].Tuple
	b := p.Grouped[t]
	delete(p.Grouped, t)
	defer func() { p.Grouped[t] = b }()
	return p.Determined(b, GroupingOf(b.Node), id)
}

// outputNotNull reports whether an output of a query cannot be NULL.
func (p *values) outputNotNull(q *Query, name string) bool {
	if q == nil || q.Open {
		return false
	}
	for i, o := range q.Outputs {
		if o.Name == name {
			return p.NotNullAt(q, i)
		}
	}
	return false
}

// NotNullAt is outputNotNull of the i-th output; of a set operation both arms
// must say so, or the one that all rows come from.
func (p *values) NotNullAt(q *Query, i int) bool {
	if i >= len(q.Outputs) || q.Open {
		return false
	}
	if q.Op != nil {
		left, right := p.NotNullAt(q.Op.Left, i), p.NotNullAt(q.Op.Right, i)
		switch q.Op.Op {
		case "UNION":
			return left && right
		case "INTERSECT":
			return left || right
		}
		return left
	}
	t := q.Outputs[i].Term
	if q.Block == nil || t == formula.NoTerm || !p.NotNull(t) {
		return false
	}
	g := GroupingOf(q.Block.Node)
	return g == nil || !g.Sets || p.Determined(q.Block, g, t)
}
