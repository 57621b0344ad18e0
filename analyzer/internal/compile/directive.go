package compile

import (
	"go/ast"
	"go/token"
	"regexp"
	"sort"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// directive is //tenantvet:verb reason; in the doc comment of a function also
// with blanks or SQL's dashes before it, as sqlc carries it over.
var (
	plainDirective = regexp.MustCompile(`^//tenantvet:(\w+)[ \t]*(.*?)[ \t]*$`)
	strayDirective = regexp.MustCompile(`^//[ \t]*(?:--[ \t]*)?(?i:tenantvet)[ \t]*:[ \t]*\w+`)
	looseDirective = regexp.MustCompile(`^//[ \t]*(?:--[ \t]*)?tenantvet:(\w+)[ \t]*(.*?)[ \t]*$`)
)

// directives collects the directives of the files, with the code line that each
// speaks of.
func (c *compiler) directives() {
	for _, f := range c.files {
		docs := map[*ast.Comment]bool{}
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Doc != nil {
				for _, cm := range fd.Doc.List {
					docs[cm] = true
				}
			}
		}
		var code *codeLines
		for _, group := range f.Comments {
			for _, cm := range group.List {
				d := c.parse(cm, docs[cm])
				if d == nil {
					continue
				}
				if code == nil {
					code = c.codeLines(f)
				}
				d.Line = code.spokenOf(c.in.Fset.PositionFor(cm.Pos(), false))
				c.u.Directives = append(c.u.Directives, *d)
			}
		}
	}
}

func (c *compiler) parse(cm *ast.Comment, doc bool) *unit.Directive {
	pattern := plainDirective
	if doc {
		pattern = looseDirective
	}
	m := pattern.FindStringSubmatch(cm.Text)
	if m == nil {
		if !strayDirective.MatchString(cm.Text) {
			return nil
		}
		// Whoever wrote it believes that it holds.
		return &unit.Directive{Verb: unit.Misspelt, Reason: strings.TrimSpace(strings.TrimPrefix(cm.Text, "//")), Site: c.sites.at(cm.Pos(), cm.End())}
	}
	return &unit.Directive{Verb: m[1], Reason: m[2], Site: c.sites.at(cm.Pos(), cm.End())}
}

// codeLines are the lines of a file on which code begins or ends, and the
// smallest column of it.
type codeLines struct {
	column map[int]int
	lines  []int
}

func (c *compiler) codeLines(f *ast.File) *codeLines {
	code := &codeLines{column: map[int]int{}}
	note := func(pos token.Pos) {
		p := c.in.Fset.PositionFor(pos, false)
		if col, ok := code.column[p.Line]; !ok || p.Column < col {
			code.column[p.Line] = p.Column
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.File:
			return true
		case nil, *ast.Comment, *ast.CommentGroup:
			return false
		case *ast.FuncDecl: // its position is that of the doc comment's end
			note(n.Type.Func)
			note(n.End() - 1)
			return true
		case *ast.GenDecl:
			note(n.TokPos)
			return true
		}
		note(n.Pos())
		note(n.End() - 1)
		return true
	})
	for l := range code.column {
		code.lines = append(code.lines, l)
	}
	sort.Ints(code.lines)
	return code
}

// spokenOf is the line that a comment speaks of: its own if code stands before
// it, the next line of code otherwise.
func (l *codeLines) spokenOf(p token.Position) int {
	if col, ok := l.column[p.Line]; ok && col < p.Column {
		return p.Line
	}
	i := sort.SearchInts(l.lines, p.Line+1)
	if i == len(l.lines) {
		return p.Line
	}
	return l.lines[i]
}

// allowAt is the allow directive that speaks of the line of a site, or nil.
func (c *compiler) allowAt(site int) *unit.Directive {
	file, line := c.sites.line(site)
	if file < 0 {
		return nil
	}
	for i := range c.u.Directives {
		d := &c.u.Directives[i]
		f, _ := c.sites.line(d.Site)
		if d.Verb == "allow" && f == file && d.Line == line {
			cp := *d
			return &cp
		}
	}
	return nil
}

// allowIn is the allow directive in a doc comment, or nil.
func (c *compiler) allowIn(doc *ast.CommentGroup) *unit.Directive {
	if doc == nil {
		return nil
	}
	for _, cm := range doc.List {
		if d := c.parse(cm, true); d != nil && d.Verb == "allow" {
			d.Line = c.in.Fset.PositionFor(doc.End(), false).Line + 1
			return d
		}
	}
	return nil
}
