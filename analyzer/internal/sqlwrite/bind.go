package sqlwrite

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// hole is the placeholder of a value: one that occurs twice has one number, so that
// whoever reads the text sees that it is one value.
func (w *writer) hole(t term.Term, null bool) string {
	if single(t) {
		text := t.String()
		null = null || slices.Contains(w.guarded, text)
		for i, b := range w.binds {
			if b.Null == null && b.Term.String() == text {
				return "$" + strconv.Itoa(i+1)
			}
		}
	}
	w.binds = append(w.binds, Bind{t, null})
	return "$" + strconv.Itoa(len(w.binds))
}

// single tells a term that is one value wherever it is written: no element of a list, no
// new value, none of several.
func single(t term.Term) bool {
	element := func(s term.Step) bool { return s.Kind == term.ElemStep }
	switch x := t.(type) {
	case *term.Path:
		return !slices.ContainsFunc(x.Steps, element)
	case *term.Result:
		return !slices.ContainsFunc(x.Steps, element)
	case *term.Origin:
		return (x.Kind == term.Tenant || x.Kind == term.Principal || x.Kind == term.Request) && !slices.ContainsFunc(x.Steps, element)
	}
	return false
}

// value is a value in its form, as a piece of text.
func (w *writer) value(v term.Value) (string, error) {
	switch b := v.Term.(type) {
	case *term.Build:
		return w.embedded(b)
	}
	if v.Form == term.AsPart || term.Built(v.Term) {
		return "", errors.New("a fragment that is not known")
	}
	return w.hole(v.Term, v.Form == term.AsNullable || v.Form == term.AsNil), nil
}

// embedded writes what stands within a text.
func (w *writer) embedded(b *term.Build) (string, error) {
	w.texts++
	defer func() { w.texts-- }()
	text, err := w.fragment(b)
	if s := styles[b.Style]; s.parts && givesRows(b) {
		text = "(" + text + ")"
	}
	return text, err
}

// givesRows tells a build that gives rows.
func givesRows(b *term.Build) bool {
	word := b.Clauses[0].Word
	return isSelect(b) || word == "union" || word == "union all" || word == "raw"
}

// listed is a value behind IN, which is written as the list of its elements.
func (w *writer) listed(v term.Value) string {
	t := v.Term
	if v.Form == term.AsList || v.Form == term.AsAny {
		t = term.Select(t, term.Step{Kind: term.ElemStep})
	}
	return "(" + w.hole(t, false) + ")"
}

// afterIn tells a text that ends in IN.
func afterIn(text string) bool {
	text = strings.ToUpper(strings.TrimRight(text, " "))
	return strings.HasSuffix(text, " IN")
}

// filled is a text with its question marks replaced by the values; expand tells that
// fragments among them are put in their place.
func (w *writer) filled(text string, values []term.Value, expand bool) (string, error) {
	if numbered(text) {
		return "", errors.New("a numbered placeholder in a text of a builder")
	}
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "?")
		out.WriteString(before)
		if !found {
			break
		}
		if rest, escaped := strings.CutPrefix(after, "?"); escaped {
			out.WriteString("?")
			text = rest
			continue
		}
		text = after
		if len(values) == 0 {
			return "", errMissing
		}
		v := values[0]
		if v.Form == term.AsRest {
			v = term.Value{Term: term.Select(v.Term, term.Step{Kind: term.ElemStep}), Form: term.AsAny}
		} else {
			values = values[1:]
		}
		if !expand && term.Built(v.Term) {
			return "", errors.New("a fragment in the place of a bind value")
		}
		if w.style.parts && !term.Built(v.Term) && v.Form != term.AsPart && afterIn(out.String()) {
			out.WriteString(w.listed(v))
			continue
		}
		s, err := w.value(v)
		if err != nil {
			return "", err
		}
		out.WriteString(s)
	}
	if len(values) > 0 && values[0].Form != term.AsRest {
		return "", errMissing
	}
	return out.String(), nil
}

var errMissing = errors.New("bind values do not fit the placeholders of a text")

// numbered tells a text with placeholders like $1.
func numbered(text string) bool {
	for i := strings.IndexByte(text, '$'); i >= 0 && i+1 < len(text); {
		if text[i+1] >= '0' && text[i+1] <= '9' {
			return true
		}
		next := strings.IndexByte(text[i+1:], '$')
		if next < 0 {
			return false
		}
		i += next + 1
	}
	return false
}

// constant is a piece of SQL as it stands.
func constant(t term.Term) (string, error) {
	switch x := t.(type) {
	case *term.Const:
		return x.Text, nil
	case *term.Origin:
		if x.Kind == term.Zero {
			return "", nil
		}
	}
	return "", errors.New("a text that is not known: " + t.String())
}

// constants are the texts of a clause.
func constants(c *term.Clause) ([]string, error) {
	var out []string
	for _, v := range c.Values {
		if v.Form == term.AsRest {
			return nil, errors.New("a list of " + c.Word + " that is not known")
		}
		s, err := constant(v.Term)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
