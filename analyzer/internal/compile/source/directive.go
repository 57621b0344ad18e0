package source

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
func (p *Package) directives() {
	for _, f := range p.Files {
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
				d := p.parse(cm, docs[cm])
				if d == nil {
					continue
				}
				if code == nil {
					code = p.linesOf(f)
				}
				d.Line = code.spokenOf(p.Fset.PositionFor(cm.Pos(), false))
				p.Unit.Directives = append(p.Unit.Directives, *d)
			}
		}
	}
}

func (p *Package) parse(cm *ast.Comment, doc bool) *unit.Directive {
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
		return &unit.Directive{Verb: unit.Misspelt, Reason: strings.TrimSpace(strings.TrimPrefix(cm.Text, "//")), Site: p.Sites.At(cm.Pos(), cm.End())}
	}
	return &unit.Directive{Verb: m[1], Reason: m[2], Site: p.Sites.At(cm.Pos(), cm.End())}
}

// codeLines are the lines of a file on which code begins or ends, and the
// smallest column of it.
type codeLines struct {
	column map[int]int
	lines  []int
}

func (p *Package) linesOf(f *ast.File) *codeLines {
	code := &codeLines{column: map[int]int{}}
	note := func(pos token.Pos) {
		at := p.Fset.PositionFor(pos, false)
		if col, ok := code.column[at.Line]; !ok || at.Column < col {
			code.column[at.Line] = at.Column
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

// AllowAt is the allow directive that speaks of the line of a site, or nil.
func (p *Package) AllowAt(site int) *unit.Directive {
	file, line := p.Sites.line(site)
	if file < 0 {
		return nil
	}
	for i := range p.Unit.Directives {
		d := &p.Unit.Directives[i]
		f, _ := p.Sites.line(d.Site)
		if d.Verb == "allow" && f == file && d.Line == line {
			cp := *d
			return &cp
		}
	}
	return nil
}

// AllowIn is the allow directive in a doc comment, or nil.
func (p *Package) AllowIn(doc *ast.CommentGroup) *unit.Directive {
	if doc == nil {
		return nil
	}
	for _, cm := range doc.List {
		if d := p.parse(cm, true); d != nil && d.Verb == "allow" {
			d.Line = p.Fset.PositionFor(doc.End(), false).Line + 1
			return d
		}
	}
	return nil
}
