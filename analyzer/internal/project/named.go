package project

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// Settings name functions and words of the program. A name that nothing has decides
// nothing, and whoever wrote it believes that it does.

// Named gathers the names of the project's packages by which those in the settings are
// told to be there. It may be used from several goroutines.
type Named struct {
	settings *config.Settings
	mu       sync.Mutex
	packages map[string]bool // import paths that were seen
	symbols  map[string]bool // functions and methods, as the settings write them
	words    map[string]bool // identifiers and texts, plain
	near     []string        // identifiers as they are written
}

// NewNamed makes an empty collection for the settings.
func NewNamed(s *config.Settings) *Named {
	return &Named{settings: s, packages: map[string]bool{}, symbols: map[string]bool{}, words: map[string]bool{}}
}

// Add takes the names of a package. Settings that name nothing need none.
func (n *Named) Add(pkg *Package) {
	if len(n.settings.Checkers)+len(n.settings.Staff) == 0 || pkg.Types == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.packages[pkg.Path] = true
	scope := pkg.Types.Scope()
	for _, name := range scope.Names() {
		n.symbol(pkg.Path, scope.Lookup(name))
	}
	for _, f := range pkg.Files {
		n.file(f)
	}
}

// symbol takes a function, or the methods of a type, those of an interface too.
func (n *Named) symbol(path string, o types.Object) {
	switch o := o.(type) {
	case *types.Func:
		n.symbols[path+"."+o.Name()] = true
	case *types.TypeName:
		for _, t := range []types.Type{o.Type(), types.NewPointer(o.Type())} {
			for m := range types.NewMethodSet(t).Methods() {
				if fn, ok := m.Obj().(*types.Func); ok {
					n.symbols[library.Key(fn)] = true
				}
			}
		}
	}
}

// file takes the identifiers and the texts of a file: a word of staff is a function, an
// attribute, or the text of a role, which may be that of a statement.
func (n *Named) file(f *ast.File) {
	ast.Inspect(f, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.Ident:
			if w := plain(x.Name); !n.words[w] {
				n.words[w], n.near = true, append(n.near, x.Name)
			}
		case *ast.BasicLit:
			if text, err := strconv.Unquote(x.Value); err == nil && x.Kind == token.STRING {
				n.text(text)
			}
		}
		return true
	})
}

// maxWord is how long the text of a role may be, in bytes.
const maxWord = 80

// text takes a text of the project, or the constants in one of SQL.
func (n *Named) text(text string) {
	if len(text) < maxWord {
		n.words[plain(text)] = true
	}
	for i, part := range strings.Split(text, "'") {
		if i%2 == 1 && len(part) < maxWord {
			n.words[plain(part)] = true
		}
	}
}

// plain is a name without what spelling differs in.
func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
}

// Unknown is the error of settings that name what no package has, nil if there is none.
// Functions of packages outside the project are taken as they are.
func (n *Named) Unknown(p *Project) error {
	var all []error
	for _, c := range n.settings.Checkers {
		path, _ := splitSymbol(c)
		own := n.packages[path] || p.Holds(path) || !strings.Contains(path, ".") && !strings.Contains(path, "/")
		if own && !n.symbols[c] {
			all = append(all, n.unknown("checkers", c, "is no function of this project", n.nearest(c)))
		}
	}
	for _, w := range n.settings.Staff {
		if _, last := splitSymbol(w); !n.words[plain(last)] && !n.words[plain(w)] {
			all = append(all, n.unknown("staff", w, "is no function, attribute or text of this project", config.Nearest(w, slices.Sorted(slices.Values(n.near)))))
		}
	}
	return errors.Join(all...)
}

// nearest is the symbol that was probably meant.
func (n *Named) nearest(symbol string) string {
	return config.Nearest(symbol, slices.Sorted(maps.Keys(n.symbols)))
}

// unknown is one such error, at the line of the name.
func (n *Named) unknown(key, name, what, meant string) error {
	text := fmt.Sprintf("%s: %s %s", key, name, what)
	if meant != "" {
		text += fmt.Sprintf(", did you mean %q?", meant)
	}
	return &config.Error{File: n.settings.File, Line: n.settings.Line(key, name), Message: text}
}

// splitSymbol cuts a symbol into the import path and the last name.
func splitSymbol(symbol string) (path, last string) {
	s := strings.NewReplacer("(*", "", ")", "").Replace(symbol)
	slash := strings.LastIndex(s, "/") + 1
	path = s
	if dot := strings.Index(s[slash:], "."); dot >= 0 {
		path = s[:slash+dot]
	}
	return path, s[strings.LastIndex(s, ".")+1:]
}
