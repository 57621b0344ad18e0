package callgraph

import (
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// ArgumentSite is the site of the argument that a parameter of the callee has.
func ArgumentSite(t term.Term, call *unit.Call, sites []int, fallback int) int {
	if p, ok := t.(*term.Path); ok && p.Root == term.Param && p.Index < len(sites) && sites[p.Index] >= 0 {
		return sites[p.Index]
	}
	if call != nil {
		return call.Site
	}
	return fallback
}

// FileLine is a site as a reason names it, file:line, or the function where it has none: what
// was generated.
func FileLine(f *Function, site int) string {
	if at := Place(f, site); at.File != "" {
		return at.File + ":" + strconv.Itoa(at.Line)
	}
	return unit.Short(f.Symbol)
}

// Place is a site as a report shows it.
func Place(f *Function, site int) finding.Place {
	if f == nil || site < 0 || site >= len(f.Unit.Sites) {
		return finding.Place{}
	}
	s := f.Unit.Sites[site]
	return finding.Place{
		File: f.Unit.Files[s.File].Name, Line: s.Line, Column: s.Column,
		EndLine: s.EndLine, EndColumn: s.EndColumn,
	}
}

// Generated reports whether a function stands in a generated file, where no
// finding may stand.
func Generated(f *Function) bool {
	if f.Site < 0 || f.Site >= len(f.Unit.Sites) {
		return false
	}
	return f.Unit.Files[f.Unit.Sites[f.Site].File].Generated
}

// Spot is a place in a function.
type Spot struct {
	Fn   *Function
	Site int
}
