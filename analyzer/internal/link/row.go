package link

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// run decides whether a statement is tied, in the environment of its function.
func (p *program) run(e *env, r *unit.Run, s *stmt) value {
	if s.broken != "" {
		return why(atom{t: term.Why(s.broken)}, s.broken)
	}
	ways := s.all()
	if len(ways) == 0 {
		if g := s.gap(); g != nil {
			return no(cause{kind: gap, atom: atom{t: term.ZeroTerm()}, gap: g.Gap, table: tableName(g.Table)})
		}
		return why(atom{t: term.Why("no alternative")}, "too many alternatives")
	}
	v := value{}
	for _, w := range ways {
		v = or(v, p.way(e, r, s, w))
	}
	return v
}

// way decides one alternative of a statement.
func (p *program) way(e *env, r *unit.Run, s *stmt, w alternative) value {
	atoms := make([]atom, 0, len(w.needs)+1)
	for _, n := range w.needs {
		atoms = append(atoms, p.demand(e.fn, r, s, n))
		if n.Kind == proof.Tenant && s.proof.Shape.OpensWhenZero(n) {
			atoms = append(atoms, atom{kind: proof.NonZero, t: p.hole(e.fn, r, s, n.Hole)})
		}
	}
	n := assumptions(w.assumes)
	if w.excuse != "" {
		n.excuse = string(w.excuse)
	}
	return p.proveAll(e, atoms).noted(n)
}

func (p *program) demand(f *fn, r *unit.Run, s *stmt, n proof.Need) atom {
	t := p.hole(f, r, s, n.Hole)
	if n.Element {
		t = elements(t)
	}
	a := atom{kind: n.Kind, null: n.Null, t: t}
	if n.Null && !slices.Contains(r.Nulls, n.Hole-1) {
		a.t = term.Why("a bind value whose zero may not be NULL")
	}
	if n.Kind == proof.Key {
		a.table, a.column = n.Table, n.Column
	}
	return a
}

// elements is any element of a list; a list that is not known as one stands for
// its elements.
func elements(t term.Term) term.Term {
	if l, ok := t.(*term.List); ok && len(l.Elems) > 0 {
		return term.JoinOf(l.Elems...)
	}
	return term.Select(t, term.Step{Kind: term.ElemStep})
}

// hole is the term that is bound to a hole.
func (p *program) hole(f *fn, r *unit.Run, s *stmt, n int) term.Term {
	if name := s.proof.Shape.Named[n]; name != "" {
		if named := p.namedBinds(f, r); named != nil {
			return term.Select(named, term.Step{Kind: term.FieldStep, Name: name})
		}
	}
	fixed := len(r.Args)
	if r.Spread {
		fixed--
	}
	if n >= 1 && n <= fixed {
		return r.Args[n-1]
	}
	if r.Spread && n > fixed {
		return spread(p.lists(f, r.Args[fixed], maxTextDepth), n-fixed-1)
	}
	return term.Why("bind value is missing")
}

// namedBinds is the struct of named bind values, which a wrapper hands on as the
// only one of its list; nil if there is none.
func (p *program) namedBinds(f *fn, r *unit.Run) term.Term {
	if r.Named != nil || len(r.Args) != 1 {
		return r.Named
	}
	t := r.Args[0]
	if r.Spread {
		t = spread(p.lists(f, t, maxTextDepth), 0)
	}
	for _, leaf := range term.Leaves(t) {
		if st, ok := leaf.(*term.Struct); !ok || st.Type != "" {
			return nil
		}
	}
	return t
}

// lists looks into the functions that give a list of bind values: where they are
// is told by the lists, not by the result.
func (p *program) lists(f *fn, t term.Term, depth int) term.Term {
	switch x := t.(type) {
	case *term.Join:
		out := make([]term.Term, len(x.Terms))
		for i, leaf := range x.Terms {
			out[i] = p.lists(f, leaf, depth)
		}
		return term.JoinOf(out...)
	case *term.Result:
		o := f.ops[x.Call]
		if o.call == nil || depth == 0 {
			return t
		}
		targets, known := p.callees(f, o.call)
		if !known {
			return t
		}
		var out []term.Term
		for _, c := range targets {
			for i := range c.fn.Gives {
				if inner, ok := given(x, x.Call, &c.fn.Gives[i]); ok {
					out = append(out, c.frame().into(p.lists(c.fn, inner, depth-1)))
				}
			}
		}
		if len(out) > 0 && !slices.ContainsFunc(term.Leaves(term.JoinOf(out...)), notList) {
			return term.JoinOf(out...)
		}
	}
	return t
}

func notList(t term.Term) bool {
	if zero, known := isZero(t); known && zero {
		return false
	}
	_, ok := t.(*term.List)
	return !ok
}

// spread is element i of a list that is handed on as a whole.
func spread(t term.Term, i int) term.Term {
	switch l := t.(type) {
	case *term.Join:
		// The lists belong to texts that have as many holes: one that is too
		// short is another text's.
		var out []term.Term
		for _, leaf := range l.Terms {
			if x, ok := leaf.(*term.List); !ok || x.Open || i < len(x.Elems) {
				out = append(out, spread(leaf, i))
			}
		}
		return term.JoinOf(out...)
	case *term.List:
		if l.Open {
			break
		}
		if i < len(l.Elems) {
			return l.Elems[i]
		}
		return term.Why("bind value is missing")
	}
	return term.Select(t, term.Step{Kind: term.ElemStep})
}

// row decides an atom on a column of a row that a statement of the function
// gave. Every text that the statement may have must agree.
func (p *program) row(e *env, a atom, res *term.Result, r *unit.Run) value {
	step, ok := columnStep(res.Steps)
	if !ok {
		return why(a, "a part of a column, a count or an error of a statement")
	}
	texts := p.statements(e.fn, r)
	if texts.open {
		return undecided(a) // the caller of the wrapper knows the text
	}
	if texts.reason != "" || len(texts.list) == 0 {
		return why(a, "a row of a statement that is not resolved")
	}
	v := yes(notes{})
	for _, s := range texts.list {
		v = and(v, p.column(e, a, step, r, s))
	}
	return v
}

// columnStep is the one column that steps lead to: of a row as a struct, the
// column of the field's name.
func columnStep(steps []term.Step) (term.Step, bool) {
	for len(steps) > 1 && steps[len(steps)-1].Kind == term.ElemStep {
		steps = steps[:len(steps)-1]
	}
	switch {
	case len(steps) == 1 && steps[0].Kind == term.ColumnStep:
		return steps[0], true
	case len(steps) == 2 && steps[0].Kind == term.PseudoStep && steps[0].Name == wholeRow && steps[1].Kind == term.FieldStep:
		return term.Step{Kind: term.ColumnStep, Name: steps[1].Name}, true
	}
	return term.Step{}, false
}

// column decides an atom on one column of the rows of one statement.
func (p *program) column(e *env, a atom, step term.Step, r *unit.Run, s *stmt) value {
	if s.broken != "" {
		return why(a, "a row of a statement that is unproven: "+s.broken)
	}
	o := p.output(s, step)
	if o == nil || o.Table == nil {
		return why(a, "a computed column")
	}
	if a.kind == proof.NonZero {
		return nonZeroColumn(a, o)
	}
	n, ok := implies(s, o.Table, o.Column, a)
	if !ok {
		return why(a, "column "+o.Table.Name+"."+o.Column)
	}
	n.row = &loaded{e.fn, r, s}
	return p.tied(e, r, s, o, a.kind).noted(n).throughRow(n.row)
}

// output is the column of a statement's result that a step names: by position,
// by its name, or as the field of a struct whose tag names it. Of several structs
// with such a field it is the one whose column the statement gives.
func (p *program) output(s *stmt, step term.Step) *proof.Output {
	if step.Name == "" {
		if step.Index < len(s.proof.Outputs) {
			return &s.proof.Outputs[step.Index]
		}
		return nil
	}
	if o := outputNamed(s, step.Name); o != nil {
		return o
	}
	var found *proof.Output
	for _, column := range p.index.columns[step.Name] {
		switch o := outputNamed(s, column); {
		case o == nil || o == found:
		case found != nil:
			return nil
		default:
			found = o
		}
	}
	return found
}

func outputNamed(s *stmt, name string) *proof.Output {
	for i := range s.proof.Outputs {
		if sameName(s.proof.Outputs[i].Name, name) {
			return &s.proof.Outputs[i]
		}
	}
	return nil
}

// sameName tells whether a column and a field have one name but for case and
// underscores.
func sameName(column, field string) bool {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
	return column == field || plain(column) == plain(field)
}

func nonZeroColumn(a atom, o *proof.Output) value {
	for _, c := range o.Table.Columns {
		if c.Name == o.Column && c.NotNull {
			return yes(notes{})
		}
	}
	for _, k := range o.Table.Keys {
		for _, c := range k.Columns {
			if k.Primary && c == o.Column {
				return yes(notes{})
			}
		}
	}
	return no(cause{kind: zeroValue, atom: a})
}

// implies tells whether a column of a tied row of a table is what the atom
// demands, and on which assumption.
func implies(s *stmt, t *catalogue.Table, column string, a atom) (notes, bool) {
	switch a.kind {
	case proof.Tenant:
		return notes{}, t.Column == column && t.Tenancy != catalogue.Child || s.referencesRoot(t, column)
	case proof.Principal:
		return notes{}, t.OfUser(column)
	case proof.Key:
		if tableName(t) == a.table && column == a.column {
			return notes{}, true
		}
		return references(t, column, a)
	}
	return notes{}, false
}

// referencesRoot tells a second column that holds a tenant, such as the
// organization that is active for a user.
func (s *stmt) referencesRoot(t *catalogue.Table, column string) bool {
	return t.Tenancy == catalogue.Shared && column == s.cat.Column && column != ""
}

// references tells whether a column references the key that the atom demands.
// That both rows have one tenant is an assumption, unless the database sees to it.
func references(t *catalogue.Table, column string, a atom) (notes, bool) {
	for _, e := range t.Edges {
		if tableName(e.To) != a.table {
			continue
		}
		for i, c := range e.Columns {
			if c != column || i >= len(e.RefColumns) || e.RefColumns[i] != a.column {
				continue
			}
			if e.SameTenant || t.Owner == e {
				return notes{}, true
			}
			n := assume(referencePremise(e, column))
			return n, true
		}
	}
	return notes{}, false
}

// tied decides whether the row that a column of the result is of belongs to the
// caller: by the alternatives of the relation, or by a
// comparison of the row with the caller's tenant after the fetch.
func (p *program) tied(e *env, r *unit.Run, s *stmt, o *proof.Output, kind proof.NeedKind) value {
	i, t := o.Relation, o.Table
	v := p.compared(e, r, s, i, kind)
	if isTrue(v) {
		return v
	}
	if i < 0 {
		return or(v, p.sharedRow(e, r, s, o, kind))
	}
	inner := p.at(e.fn, append(append([]term.Fact{}, e.facts...), r.If...))
	for _, w := range s.ways(i) {
		if kind == proof.Principal && w.excuse == "" {
			continue // a row of my tenant may be another user's
		}
		got := p.way(inner, r, s, w)
		if w.excuse == proof.Credential || w.excuse == proof.OwnRows {
			got = trustedRow(got, w.excuse)
			if isSettled(got) {
				p.trusted++
			}
		}
		v = or(v, got)
	}
	if len(v.alts) == 0 && len(v.fails) == 0 && len(s.ways(i)) == 0 {
		if kind == proof.Principal {
			return why(atom{kind: kind, t: term.Why("row of " + t.Name)}, "a user that is not the caller")
		}
		rel := &s.proof.Relations[i]
		return no(cause{kind: gap, atom: atom{t: term.ZeroTerm()}, gap: rel.Gap, table: tableName(rel.Table)})
	}
	return v
}
