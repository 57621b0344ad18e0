// Package tokens writes what builders build whose conditions are texts: a placeholder in a
// text stands for a value that the builder was given, or for a condition that it was asked
// for. Texts stand where the program puts them, without parentheses; only lists that are
// asked for have them.
//
// In goes a [term.Build] whose structure is known; out comes its text. A text is a constant,
// a build, or both in a row.
package tokens

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Style is the name of the way to write, as library data has it.
const Style = "tokens"

// Write writes a statement.
func Write(p *piece.Writer, b *term.Build) (string, error) {
	return (&writer{Writer: p}).statement(b)
}

type writer struct {
	*piece.Writer
	negated bool // what is written stands behind NOT
}

// Apart is a build in which each condition is a clause of its own: a list of them that was
// put together before is taken apart, and so is what an UPDATE sets.
func Apart(b *term.Build) *term.Build {
	out := &term.Build{Style: b.Style, Base: b.Base}
	for _, c := range b.Clauses {
		word, ok := apart[c.Word]
		if !ok {
			out.Clauses = append(out.Clauses, c)
			continue
		}
		if word != c.Word { // it replaces what was there
			out.Clauses = append(out.Clauses, term.Clause{Word: c.Word, If: c.If, Maybe: c.Maybe})
		}
		for _, item := range itemsOf(c.Values) {
			item.Word = word
			item.If = append(slices.Clone(c.If), item.If...)
			item.Maybe = c.Maybe || item.Maybe
			out.Clauses = append(out.Clauses, item)
		}
	}
	return out
}

// apart are the clauses that are lists, with the words of their parts.
var apart = map[string]string{"where texts": "where texts", "having texts": "having texts", "set all": "set more", "set more": "set more"}

// itemsOf are the texts of a list, each with the condition under which it is there. One
// that is not known stays as it is.
func itemsOf(values []term.Value) []term.Clause {
	var out []term.Clause
	for _, v := range values {
		switch t := v.Term.(type) {
		case *term.Build:
			if v.Form != term.AsRest && t.Base == nil && len(t.Clauses) > 0 && t.Clauses[0].Word == "list" {
				out = append(out, t.Clauses[1:]...)
				continue
			}
		case *term.List:
			for _, x := range t.Elems {
				out = append(out, term.Clause{Word: "item", Values: []term.Value{{Term: x}}, Maybe: t.Open})
			}
			continue
		}
		out = append(out, term.Clause{Word: "item", Values: []term.Value{v}})
	}
	return out
}

// text is a piece of SQL with what stands for its placeholders.
func (w *writer) text(v term.Value) (string, error) {
	if v.Form == term.AsRest {
		return "", errors.New("a list of texts that is not known")
	}
	switch t := v.Term.(type) {
	case *term.Build:
		return w.fragment(t)
	case *term.Concat:
		w.Texts++
		defer func() { w.Texts-- }()
		var out strings.Builder
		for _, part := range t.Parts {
			text, err := w.text(term.Value{Term: part})
			if err != nil {
				return "", err
			}
			out.WriteString(text)
		}
		return out.String(), nil
	}
	text, err := piece.Constant(v.Term)
	if err != nil {
		return "", err
	}
	return unescaped(text)
}

// unescaped is a text as the library compiles it: a dollar is written twice. What a
// placeholder that the program has written itself stands for, is not known.
func unescaped(text string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '$' && i+1 < len(text) {
			switch c := text[i+1]; {
			case c == '$':
				i++
			case c == '?' || c == '{' || c >= '0' && c <= '9':
				return "", errors.New("a placeholder that the program has written itself")
			}
		}
		out.WriteByte(text[i])
	}
	return out.String(), nil
}

// texts are the pieces of SQL of a list.
func (w *writer) texts(values []term.Value) ([]string, error) {
	var out []string
	for _, c := range itemsOf(values) {
		if !c.Sure() {
			return nil, errors.New("a list of texts of which some may be missing")
		}
		text, err := w.text(c.Values[0])
		if err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, nil
}

// value is what is written for a placeholder: a statement as it stands, or a bind value.
func (w *writer) value(v term.Value) (string, error) {
	switch b := v.Term.(type) {
	case *term.Build:
		w.Texts++
		defer func() { w.Texts-- }()
		return w.fragment(b)
	case *term.Concat:
		if term.Built(b) {
			return "", errors.New("a text with placeholders as a bind value")
		}
	}
	if v.Form == term.AsPart || term.Built(v.Term) {
		return "", errors.New("a fragment that is not known")
	}
	return w.Hole(v.Term, v.Form == term.AsNullable || v.Form == term.AsNil), nil
}

// parts are conditions of a list, without those that have no text.
func (w *writer) parts(clauses []*term.Clause) ([]piece.Part, error) {
	var out []piece.Part
	for _, c := range clauses {
		if len(c.Values) != 1 {
			return nil, piece.UnknownClause(c)
		}
		text, err := w.Within(c, func() (string, error) { return w.text(c.Values[0]) })
		if err != nil {
			return nil, err
		}
		if text == "" {
			continue
		}
		if !c.Sure() && !piece.Closed(text) {
			return nil, &piece.SplitError{Clause: c}
		}
		out = append(out, piece.Part{Text: text, When: c})
	}
	return out, nil
}

// conditions writes WHERE, HAVING and what stands behind ON.
func (w *writer) conditions(clauses []*term.Clause, keyword string) (string, error) {
	parts, err := w.parts(clauses)
	if err != nil || len(parts) == 0 {
		return "", err
	}
	return keyword + " " + w.All(parts), nil
}
