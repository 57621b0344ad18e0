package statement

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// IsHandle tells the handle of a statement's rows.
func IsHandle(t term.Term) bool {
	r, ok := t.(*term.Result)
	return ok && len(r.Steps) == 1 && r.Steps[0].Kind == term.PseudoStep && r.Steps[0].Name == "rows"
}

// IsRowPart tells a column of a row, or the row.
func IsRowPart(r *term.Result) bool {
	if len(r.Steps) == 0 {
		return false
	}
	first := r.Steps[0]
	return first.Kind == term.ColumnStep || first.Kind == term.PseudoStep && first.Name == wholeRow
}

// wholeRow is the pseudo result that is a row as a struct, by column names.
const wholeRow = "row"

// Bind is the term that is bound to a hole.
func (p *Statements) Bind(f *callgraph.Function, r *unit.Run, s *Statement, n int) term.Term {
	if s.binds != nil {
		if n >= 1 && n <= len(s.binds) {
			return s.binds[n-1].Term
		}
		return term.Why("bind values are not those of the builder")
	}
	if name := s.Proof.Shape.Named[n]; name != "" {
		if named := p.namedBinds(f, r); named != nil {
			return p.namedBind(named, name)
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

// namedBind is what a name binds: a field, or, after a dot, one of its fields.
func (p *Statements) namedBind(named term.Term, name string) term.Term {
	for part := range strings.SplitSeq(name, ".") {
		var out []term.Term
		for _, leaf := range term.Leaves(named) {
			out = append(out, p.fieldNamed(leaf, part))
		}
		named = term.JoinOf(out...)
	}
	return named
}

// unseen is the type of what a wrapper was handed as any; its fields have the names of
// Go, and are known only where the struct is made.
const unseen = "any"

// fieldNamed is the field of a struct of binds that has a name, or, of a struct of Go,
// the field whose name or tag it is.
func (p *Statements) fieldNamed(t term.Term, name string) term.Term {
	st, ok := t.(*term.Struct)
	switch {
	case !ok || st.Type == "":
		return term.Select(t, term.Step{Kind: term.FieldStep, Name: name})
	case st.Type != unseen:
		return p.goField(st, name)
	}
	var out []term.Term
	for _, leaf := range term.Leaves(st.Base) {
		inner, ok := leaf.(*term.Struct)
		switch {
		case !ok:
			out = append(out, term.Why("a field of a struct that is not seen"))
		case inner.Type == "":
			out = append(out, term.Select(inner, term.Step{Kind: term.FieldStep, Name: name}))
		default:
			out = append(out, p.goField(inner, name))
		}
	}
	return term.JoinOf(out...)
}

// goField is the field of a struct of Go that a column's name leads to.
func (p *Statements) goField(st *term.Struct, name string) term.Term {
	for _, f := range st.Fields {
		if SameName(name, f.Name) || slices.Contains(p.graph.Index.Columns[f.Name], name) {
			return f.Term
		}
	}
	for _, f := range st.Fields {
		if inner, ok := f.Term.(*term.Struct); ok && strings.HasSuffix(inner.Type, "."+f.Name) { // embedded
			return p.goField(inner, name)
		}
	}
	return term.Why("a field that is not seen to be set")
}

// namedBinds is the struct of named bind values, which a wrapper hands on as the
// only one of its list; nil if there is none.
func (p *Statements) namedBinds(f *callgraph.Function, r *unit.Run) term.Term {
	if r.Named != nil || len(r.Args) != 1 {
		return r.Named
	}
	t := r.Args[0]
	if r.Spread {
		t = spread(p.lists(f, t, maxTextDepth), 0)
	}
	for _, leaf := range term.Leaves(t) {
		if st, ok := leaf.(*term.Struct); !ok || st.Type != "" && st.Type != unseen {
			return nil
		}
	}
	return t
}

// lists looks into the functions that give a list of bind values: where they are
// is told by the lists, not by the result.
func (p *Statements) lists(f *callgraph.Function, t term.Term, depth int) term.Term {
	switch x := t.(type) {
	case *term.Join:
		out := make([]term.Term, len(x.Terms))
		for i, leaf := range x.Terms {
			out[i] = p.lists(f, leaf, depth)
		}
		return term.JoinOf(out...)
	case *term.Result:
		o := f.Ops[x.Call]
		if o.Call == nil || depth == 0 {
			return t
		}
		targets, known := p.graph.Callees(f, o.Call)
		if !known {
			return t
		}
		var out []term.Term
		for c, inner := range callgraph.Behind(targets, x) {
			out = append(out, c.Frame().Apply(p.lists(c.Fn, inner, depth-1)))
		}
		if len(out) > 0 && !slices.ContainsFunc(term.Leaves(term.JoinOf(out...)), notList) {
			return term.JoinOf(out...)
		}
	}
	return t
}

func notList(t term.Term) bool {
	if zero, known := term.Zeroness(t); known && zero {
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

// ColumnStep is the one column that steps lead to: of a row as a struct, the
// column of the field's name.
func ColumnStep(steps []term.Step) (term.Step, bool) {
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

// Output is the column of a statement's result that a step names: by position,
// by its name, or as the field of a struct whose tag names it. Of several structs
// with such a field it is the one whose column the statement gives.
func (p *Statements) Output(s *Statement, step term.Step) *proof.Output {
	if step.Name == "" {
		if step.Index < len(s.Proof.Outputs) {
			return &s.Proof.Outputs[step.Index]
		}
		return nil
	}
	if s.SetOnRead(step) {
		return nil // it is not the column's any more
	}
	if o := outputNamed(s, step.Name); o != nil {
		return o
	}
	var found *proof.Output
	for _, column := range p.graph.Index.Columns[step.Name] {
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

// SetOnRead reports whether a method of the rows sets what a column was loaded into.
func (s *Statement) SetOnRead(step term.Step) bool {
	return step.Name != "" && slices.ContainsFunc(s.set, func(field string) bool { return SameName(field, step.Name) })
}

func outputNamed(s *Statement, name string) *proof.Output {
	for i := range s.Proof.Outputs {
		if SameName(s.Proof.Outputs[i].Name, name) {
			return &s.Proof.Outputs[i]
		}
	}
	return nil
}

// SameName reports whether a column and a field have one name but for case and
// underscores.
func SameName(column, field string) bool {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
	return column == field || plain(column) == plain(field)
}

// maxTextDepth caps how many functions a fragment may come through.
const maxTextDepth = 6
