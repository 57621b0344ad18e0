package sqlwrite

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// style is how a library writes.
type style struct {
	each   bool // each condition of a list has parentheses, and the list has none
	parts  bool // fragments may stand in the place of bind values, statements in parentheses
	quotes bool // names of tables and columns are quoted
	typed  bool // only what is nil without a type is compared as NULL
}

// styles are the ways to write, by the words of library data.
var styles = map[string]style{
	"bare":   {},
	"parens": {each: true, parts: true, quotes: true, typed: true},
}

// styled writes in the style of a build.
func (w *writer) styled(b *term.Build, write func() (string, error)) (string, error) {
	before := w.style
	defer func() { w.style, w.Each = before, before.each }()
	if s, ok := styles[b.Style]; ok {
		w.style, w.Each = s, s.each
	}
	return write()
}

// name is the name of a table or column.
func (s style) name(text string) string {
	if !s.quotes {
		return text
	}
	return sqltext.QuotePath(strings.SplitN(text, ".", 2))
}

func (s style) names(list []string) []string {
	out := make([]string, len(list))
	for i, text := range list {
		out[i] = s.name(text)
	}
	return out
}

// joined is a list of conditions that stands by itself.
func (s style) joined(text string) string {
	if s.each {
		return text
	}
	return "(" + text + ")"
}

// stays tells a condition that is the same whatever stands beside it.
func (s style) stays(text string) bool {
	if s.each {
		return piece.Balanced(text)
	}
	return piece.Closed(text)
}
