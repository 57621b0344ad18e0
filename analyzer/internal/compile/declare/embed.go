package declare

import (
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxEmbedded is how many bytes of an embedded file are read as a statement.
const maxEmbedded = 256 << 10

// Embedded writes down the statements that //go:embed puts into package
// variables: to the program they are texts that the package's initializer stores.
// Only variables of one file each are statements; a file system is not looked into.
func Embedded(p *source.Package) {
	for _, f := range p.Files {
		dir := filepath.Dir(p.Fset.Position(f.Package).Filename)
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				spec := s.(*ast.ValueSpec)
				doc := spec.Doc
				if doc == nil && len(g.Specs) == 1 {
					doc = g.Doc
				}
				if name := embeds(doc); name != "" && len(spec.Names) == 1 && len(spec.Values) == 0 {
					embed(p, spec.Names[0], filepath.Join(dir, filepath.FromSlash(name)))
				}
			}
		}
	}
}

// embeds is the file that a //go:embed line names, "" if it names several.
func embeds(doc *ast.CommentGroup) string {
	if doc == nil {
		return ""
	}
	for _, line := range doc.List {
		names, ok := strings.CutPrefix(line.Text, "//go:embed ")
		if !ok {
			continue
		}
		name := strings.Trim(strings.TrimSpace(names), "\"`")
		if strings.ContainsAny(name, "*?[ \t") {
			return ""
		}
		return name
	}
	return ""
}

func embed(p *source.Package, name *ast.Ident, file string) {
	v, ok := p.Info.Defs[name].(*types.Var)
	if !ok || v.Parent() != p.Pkg.Scope() || !isText(v.Type()) {
		return
	}
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return // what is not there does not build, and says so
	}
	text, err := os.ReadFile(file)
	if err != nil || len(text) > maxEmbedded || !utf8.Valid(text) || !statement(string(text)) {
		return
	}
	init := initializer(p)
	init.Stores = append(init.Stores, unit.Store{
		Field: p.Pkg.Path() + "." + v.Name(), Value: &term.Const{Kind: term.Text, Text: string(text)}, Site: p.Sites.Node(name),
	})
}

// isText tells string and []byte.
func isText(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.String
	case *types.Slice:
		return types.Identical(u.Elem().Underlying(), types.Typ[types.Byte])
	}
	return false
}

// statement tells a text that begins like a statement, behind comments.
func statement(text string) bool {
	for text = strings.TrimSpace(text); strings.HasPrefix(text, "--"); text = strings.TrimSpace(text) {
		_, text, _ = strings.Cut(text, "\n")
	}
	word, _, _ := strings.Cut(strings.ToLower(text), " ")
	word, _, _ = strings.Cut(word, "\n")
	switch strings.TrimSpace(word) {
	case "select", "with", "insert", "update", "delete", "merge", "truncate", "(select":
		return true
	}
	return false
}

// initializer is the unit's function for the package's initializer.
func initializer(p *source.Package) *unit.Function {
	symbol := p.Pkg.Path() + ".init"
	for _, f := range p.Unit.Functions {
		if f.Symbol == symbol {
			return f
		}
	}
	f := &unit.Function{Symbol: symbol, Site: unit.NoSite}
	p.Unit.Functions = append(p.Unit.Functions, f)
	return f
}
