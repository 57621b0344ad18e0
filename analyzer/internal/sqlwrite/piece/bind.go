package piece

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Hole is the placeholder of a value: one that occurs twice has one number, so that
// whoever reads the text sees that it is one value.
func (w *Writer) Hole(t term.Term, null bool) string {
	if single(t) {
		text := t.String()
		null = null || slices.Contains(w.guarded, text)
		for i, b := range w.Binds {
			if b.Null == null && b.Term.String() == text {
				return "$" + strconv.Itoa(i+1)
			}
		}
	}
	w.Binds = append(w.Binds, Bind{t, null})
	return "$" + strconv.Itoa(len(w.Binds))
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

// ErrMissing is the error of a text that has more placeholders than values, or fewer.
var ErrMissing = errors.New("bind values do not fit the placeholders of a text")

// Numbered tells a text with placeholders like $1.
func Numbered(text string) bool {
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

// Constant is a piece of SQL as it stands.
func Constant(t term.Term) (string, error) {
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

// Constants are the texts of a clause.
func Constants(c *term.Clause) ([]string, error) {
	var out []string
	for _, v := range c.Values {
		if v.Form == term.AsRest {
			return nil, errors.New("a list of " + c.Word + " that is not known")
		}
		s, err := Constant(v.Term)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
