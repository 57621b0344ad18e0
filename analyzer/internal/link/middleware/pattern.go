package middleware

import (
	"strings"
	"unicode"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Patterns of routes: /orgs/{org}/invoices/{id:[0-9]+}, /orgs/:org. A parameter
// that a pattern binds is unknown, or another one, to what runs before the
// pattern is looked at.

// anyPattern stands for a pattern that is not known: it may bind every name.
const anyPattern = "?"

// patternOf is the pattern in a call of a router, "" if the call has none.
func patternOf(c *unit.Call) string {
	if len(c.Args) < 2 {
		return ""
	}
	for _, a := range c.Args {
		if text, ok := a.(*term.Const); ok && text.Kind == term.Text && strings.ContainsAny(text.Text, "/{:*") {
			return text.Text
		}
	}
	switch a := c.Args[1].(type) {
	case *term.Func, *term.List:
		return "" // a group without a pattern
	case *term.Origin:
		if a.Kind == term.Zero {
			return ""
		}
	case *term.Const:
		return a.Text
	}
	return anyPattern
}

// binds reports whether a pattern has a parameter of the name.
func binds(pattern, name string) bool {
	if pattern == anyPattern {
		return true
	}
	for i, r := range pattern {
		if r != '{' && r != ':' {
			continue
		}
		end := strings.IndexFunc(pattern[i+1:], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-' })
		if end < 0 {
			end = len(pattern) - i - 1
		}
		if pattern[i+1:i+1+end] == name {
			return true
		}
	}
	return false
}

// Hides reports whether a part of the path is not what the step saw under its name.
func (s Step) Hides(t term.Term) bool {
	o, ok := t.(*term.Origin)
	if !ok || o.Group != "path" {
		return false
	}
	for _, pattern := range s.hiding {
		if binds(pattern, o.Name) {
			return true
		}
	}
	return false
}

// below hides a pattern from the early steps of the chains of a router on which
// it is.
func below(pattern string, list []Chain) []Chain {
	if pattern == "" {
		return list
	}
	out := make([]Chain, len(list))
	for i, c := range list {
		out[i] = make(Chain, len(c))
		for k, s := range c {
			if s.early {
				s.hiding = append(append([]string{}, s.hiding...), pattern)
			}
			out[i][k] = s
		}
	}
	return out
}

// early marks all steps as running before the patterns below.
func early(list []Chain) []Chain {
	out := make([]Chain, len(list))
	for i, c := range list {
		out[i] = make(Chain, len(c))
		for k, s := range c {
			s.early = true
			out[i][k] = s
		}
	}
	return out
}
