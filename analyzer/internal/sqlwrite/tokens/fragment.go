package tokens

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// fragment writes what stands for a placeholder: a condition, or another statement without
// parentheses.
func (w *writer) fragment(b *term.Build) (string, error) {
	if b.Base != nil {
		return "", errors.New("a fragment built on what is not known: " + b.Base.String())
	}
	if len(b.Clauses) == 0 {
		return "", nil
	}
	c := &b.Clauses[0]
	write, ok := fragments[c.Word]
	switch {
	case !ok:
		return w.statement(Apart(b))
	case len(b.Clauses) > 1:
		return "", piece.UnknownClause(&b.Clauses[1])
	}
	return write(w, c.Values)
}

// fragments are the ways to write what stands within a statement, by the words for it.
var fragments map[string]func(w *writer, v []term.Value) (string, error)

func init() {
	fragments = map[string]func(w *writer, v []term.Value) (string, error){
		"hole":       func(w *writer, v []term.Value) (string, error) { return w.value(v[0]) },
		"text":       func(_ *writer, v []term.Value) (string, error) { return piece.Constant(v[0].Term) },
		"list of":    func(w *writer, v []term.Value) (string, error) { return w.Hole(elementOf(v[0]), false), nil },
		"tuple":      (*writer).tuple,
		"names":      (*writer).named,
		"operator":   (*writer).compared,
		"in":         func(w *writer, v []term.Value) (string, error) { return w.among(v, "IN", " = ANY(", "0 = 1") },
		"not in":     func(w *writer, v []term.Value) (string, error) { return w.among(v, "NOT IN", " <> ALL(", "0 = 0") },
		"tested":     (*writer).tested,
		"bounds":     (*writer).bounded,
		"quantified": (*writer).quantified,
		"holding":    (*writer).holding,
		"negation":   (*writer).negation,
		"and":        func(w *writer, v []term.Value) (string, error) { return w.junction(v, w.All, false) },
		"or":         func(w *writer, v []term.Value) (string, error) { return w.junction(v, w.Any, true) },
		"aliased":    (*writer).aliased,
		"wrapped":    func(w *writer, v []term.Value) (string, error) { return w.wrapped("", v) },
		"lateral of": func(w *writer, v []term.Value) (string, error) { return w.wrapped("LATERAL ", v) },
		"assigned":   (*writer).assigned,
		"counted":    (*writer).counted,
		"calculated": (*writer).calculated,

		"format":       (*writer).format,
		"formatted":    (*writer).formatted,
		"named format": (*writer).byName,
	}
}

// compared is an operator, a column and a value: nothing, if there is no column.
func (w *writer) compared(v []term.Value) (string, error) {
	column, err := w.text(v[1])
	if err != nil || column == "" {
		return "", err
	}
	op, _ := piece.Constant(v[0].Term)
	value, err := w.value(v[2])
	return column + " " + op + " " + value, err
}

// among is a column that is one of several values.
func (w *writer) among(v []term.Value, op, list, none string) (string, error) {
	column, err := w.text(v[0])
	if err != nil || column == "" {
		return "", err
	}
	values := v[1:]
	if len(values) == 0 {
		return none, nil
	}
	if all, ok := wholeList(values); ok {
		return column + list + w.Hole(all, false) + ")", nil
	}
	text, err := w.values(values)
	return column + " " + op + " (" + text + ")", err
}

// wholeList is a list that is handed over as a whole, the only value there is.
func wholeList(values []term.Value) (term.Term, bool) {
	if len(values) != 1 {
		return nil, false
	}
	v := values[0]
	if b, ok := v.Term.(*term.Build); ok && b.Base == nil && len(b.Clauses) == 1 && b.Clauses[0].Word == "list of" {
		return b.Clauses[0].Values[0].Term, true
	}
	return v.Term, v.Form == term.AsRest || v.Form == term.AsList
}

// elementOf is any element of a list.
func elementOf(v term.Value) term.Term {
	return term.Select(v.Term, term.Step{Kind: term.ElemStep})
}

// values are bind values with commas between them.
func (w *writer) values(list []term.Value) (string, error) {
	out := make([]string, len(list))
	for i, v := range list {
		if v.Form == term.AsRest {
			return "", errors.New("a list of values that are not known one by one")
		}
		text, err := w.value(v)
		if err != nil {
			return "", err
		}
		out[i] = text
	}
	return strings.Join(out, ", "), nil
}

func (w *writer) tuple(v []term.Value) (string, error) {
	text, err := w.values(v)
	return "(" + text + ")", err
}

func (w *writer) named(v []term.Value) (string, error) {
	names, err := w.texts(v)
	return "(" + strings.Join(names, ", ") + ")", err
}

func (w *writer) tested(v []term.Value) (string, error) {
	column, err := w.text(v[1])
	if err != nil || column == "" {
		return "", err
	}
	test, err := piece.Constant(v[0].Term)
	return column + " " + test, err
}

func (w *writer) bounded(v []term.Value) (string, error) {
	column, err := w.text(v[1])
	if err != nil || column == "" {
		return "", err
	}
	op, _ := piece.Constant(v[0].Term)
	low, err := w.value(v[2])
	if err != nil {
		return "", err
	}
	high, err := w.value(v[3])
	return column + " " + op + " " + low + " AND " + high, err
}

// quantified is a column, an operator and a list of which one or all must fit.
func (w *writer) quantified(v []term.Value) (string, error) {
	word, _ := piece.Constant(v[0].Term)
	column, err := w.text(v[1])
	if err != nil {
		return "", err
	}
	op, err := w.text(v[2])
	if err != nil || column == "" || op == "" {
		return "", err
	}
	if len(v) == 3 {
		return "0 = 1", nil
	}
	list, whole := wholeList(v[3:])
	text := ""
	if whole {
		text = w.Hole(list, false)
	} else if text, err = w.values(v[3:]); err != nil {
		return "", err
	}
	return column + " " + op + " " + word + " (" + text + ")", nil
}

func (w *writer) holding(v []term.Value) (string, error) {
	word, _ := piece.Constant(v[0].Term)
	text, err := w.value(v[1])
	return word + " (" + text + ")", err
}

// negation is NOT before a condition, without parentheses.
func (w *writer) negation(v []term.Value) (string, error) {
	outer := w.negated
	w.negated = true
	w.Texts++
	defer func() { w.negated, w.Texts = outer, w.Texts-1 }()
	text, err := w.text(v[0])
	if err != nil || text == "" {
		return "", err
	}
	return "NOT " + text, nil
}

// junction is a list of conditions in parentheses; nothing, if it has none. One of which
// all conditions may be missing may be no condition at all, which OR would not say.
func (w *writer) junction(values []term.Value, join func([]piece.Part) string, open bool) (string, error) {
	items := itemsOf(values)
	unsure := func(c term.Clause) bool { return !c.Sure() }
	if w.negated && slices.ContainsFunc(items, unsure) {
		return "", errors.New("an optional condition behind NOT")
	}
	parts, err := w.parts(piece.Pointers(items))
	if err != nil || len(parts) == 0 {
		return "", err
	}
	if open && !slices.ContainsFunc(parts, func(p piece.Part) bool { return p.When.Sure() }) {
		parts = append(parts, piece.Part{Text: "1 = 1", When: &term.Clause{}})
	}
	return "(" + join(parts) + ")", nil
}

func (w *writer) aliased(v []term.Value) (string, error) {
	texts, err := w.texts(v)
	return strings.Join(texts, " AS "), err
}

func (w *writer) wrapped(before string, v []term.Value) (string, error) {
	inner, err := w.value(v[0])
	if err != nil {
		return "", err
	}
	name, err := w.text(v[1])
	return before + "(" + inner + ") AS " + name, err
}

func (w *writer) assigned(v []term.Value) (string, error) {
	column, err := piece.Constant(v[0].Term)
	if err != nil {
		return "", err
	}
	value, err := w.value(v[1])
	return column + " = " + value, err
}

func (w *writer) counted(v []term.Value) (string, error) {
	return w.calculated(append(slices.Clone(v), term.Value{Term: &term.Build{Style: Style, Clauses: []term.Clause{
		{Word: "text", Values: []term.Value{{Term: &term.Const{Kind: term.Text, Text: "1"}}}}}}}))
}

func (w *writer) calculated(v []term.Value) (string, error) {
	op, _ := piece.Constant(v[0].Term)
	column, err := piece.Constant(v[1].Term)
	if err != nil {
		return "", err
	}
	value, err := w.value(v[2])
	return column + " = " + column + " " + op + " " + value, err
}
