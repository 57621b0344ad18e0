package sqlwrite

import (
	"errors"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// value is a value in its form, as a piece of text.
func (w *writer) value(v term.Value) (string, error) {
	switch b := v.Term.(type) {
	case *term.Build:
		return w.embedded(b)
	}
	if v.Form == term.AsPart || term.Built(v.Term) {
		return "", errors.New("a fragment that is not known")
	}
	return w.Hole(v.Term, v.Form == term.AsNullable || v.Form == term.AsNil), nil
}

// embedded writes what stands within a text.
func (w *writer) embedded(b *term.Build) (string, error) {
	w.Texts++
	defer func() { w.Texts-- }()
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
	return "(" + w.Hole(t, false) + ")"
}

// afterIn tells a text that ends in IN.
func afterIn(text string) bool {
	text = strings.ToUpper(strings.TrimRight(text, " "))
	return strings.HasSuffix(text, " IN")
}

// filled is a text with its question marks replaced by the values; expand tells that
// fragments among them are put in their place.
func (w *writer) filled(text string, values []term.Value, expand bool) (string, error) {
	if piece.Numbered(text) {
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
			return "", piece.ErrMissing
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
		return "", piece.ErrMissing
	}
	return out.String(), nil
}
