// Package load reads the packages of the main modules: which there are, their syntax
// and their types.
//
// In goes a folder; out come the packages as the go command lists them, and each
// package of a main module parsed and type-checked, in the order of imports. Nothing is
// built: what is imported comes from export data, or from the declarations in its source.
//
// It cannot see what the go command does not list; errors of parser and type checker
// are kept with the package and end nothing.
package load

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// The loader is x/tools' go/packages cut to what is needed here: that one
// builds dependencies for their export data, or checks all of them from source
// with their bodies, which takes minutes and gigabytes on a large module. Here
// a dependency is declarations only, and the packages of the module are worked
// on in parallel, in the order of their imports.

// loader type-checks the packages of the main modules from source, and takes
// those that they import from export data, or from the declarations in their
// source where the build cache has no export data.
type loader struct {
	fset  *token.FileSet
	sizes types.Sizes
	byID  map[string]*Node
	order []*Node // dependencies first

	// exported are the packages that came from export data; after readExports
	// nobody writes to them.
	exported map[string]*types.Package
	slots    chan struct{} // one for each package that may be worked on at a time

	overlay map[string][]byte // by absolute path
}

// Node is one package of the load.
type Node struct {
	*Listed
	deps   []*Node // direct imports that were listed
	source bool    // type-checked from source
	done   chan struct{}

	Types  *types.Package
	Files  []*ast.File
	Info   *types.Info
	Errors []types.Error
}

// newLoader plans the load. A package comes from source if it is one of ours, if
// the build cache has no export data of it, or if something that it imports comes
// from source: types of one package must not be there twice.
func newLoader(all []*Listed, fset *token.FileSet) *loader {
	ld := &loader{
		fset: fset, sizes: types.SizesFor("gc", runtime.GOARCH),
		byID: map[string]*Node{}, exported: map[string]*types.Package{},
		slots: make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
	for _, p := range all {
		n := &Node{Listed: p, done: make(chan struct{})}
		// No export data is no failure: whoever never built the module, or built
		// it with another version of Go, waits a little longer.
		n.source = p.Main() || p.Export == "" && p.ImportPath != "unsafe"
		for _, path := range p.Imports {
			if d := ld.byID[n.mapped(path)]; d != nil {
				n.deps = append(n.deps, d)
				n.source = n.source || d.source
			}
		}
		ld.byID[p.ImportPath] = n
		ld.order = append(ld.order, n)
	}
	return ld
}

// mapped is the path of the package that an import means (vendoring).
func (n *Node) mapped(path string) string {
	if to, ok := n.ImportMap[path]; ok {
		return to
	}
	return path
}

// Each type-checks the listed packages and calls visit with each one of a main module,
// after those that it imports; packages that do not need each other are visited in
// parallel. The error is one of reading, with which nothing can be said.
// An overlay has the texts of files that are read from there in the place of the disk, by
// absolute path.
func Each(all []*Listed, fset *token.FileSet, overlay map[string][]byte, visit func(*Node)) error {
	ld := newLoader(all, fset)
	ld.overlay = overlay
	return ld.run(visit)
}

// run reads all export data that is needed, then checks the rest in parallel;
// visit is called with each package of a main module once it is checked and
// all that it imports was visited. Afterwards its syntax is dropped.
func (ld *loader) run(visit func(*Node)) error {
	if err := ld.readExports(); err != nil {
		return err
	}
	var wg sync.WaitGroup
	for _, n := range ld.order {
		if !n.source {
			close(n.done)
			continue
		}
		wg.Go(func() { ld.finish(n, visit) })
	}
	wg.Wait()
	return nil
}

// finish waits for the imports of n, checks n and has it visited. It takes a slot
// only once it need not wait any more, so that waiting packages keep nobody out.
func (ld *loader) finish(n *Node, visit func(*Node)) {
	// Importers go on whatever happens here; they find what there is of n.
	defer close(n.done)
	for _, d := range n.deps {
		<-d.done
	}
	ld.slots <- struct{}{}
	defer func() { <-ld.slots }()
	ld.check(n)
	if n.Main() {
		visit(n)
	}
	// A large module's syntax is most of its memory, and the unit needs it no
	// more.
	n.Files, n.Info = nil, nil
}

// readExports reads the export data of each package that a package which is
// checked from source imports. It is done before anything is checked, because
// reading adds to packages that were read before.
func (ld *loader) readExports() error {
	for _, n := range ld.order {
		if !n.source {
			continue
		}
		for _, d := range n.deps {
			if err := ld.readExport(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// readExport reads one package, once. The packages that its types mention are read
// with it, as far as they are mentioned.
func (ld *loader) readExport(n *Node) error {
	if n.source || n.Types != nil || n.ImportPath == "unsafe" {
		return nil
	}
	var err error
	n.Types, err = ReadExportFile(ld.fset, n.Export, ld.exported, n.ImportPath)
	return err
}

// check parses and type-checks n; errors are kept, not returned, and the
// package is as complete as they leave it. Bodies of packages outside the main
// modules are not looked at.
func (ld *loader) check(n *Node) {
	ld.parse(n)
	n.Info = NewInfo()
	conf := types.Config{
		Importer: ImporterFunc(func(path string) (*types.Package, error) { return ld.imported(n, path) }),
		Sizes:    ld.sizes,
		// What a library's functions do is said by data, not by their bodies.
		IgnoreFuncBodies: !n.Main(),
		// cgo's generated files are not at hand; what they declare is unknown.
		FakeImportC: true,
		Error:       func(err error) { n.Errors = append(n.Errors, AsTypeError(err)) },
	}
	if n.Module != nil && n.Module.GoVersion != "" {
		conf.GoVersion = "go" + n.Module.GoVersion
	}
	n.Types, _ = conf.Check(n.ImportPath, ld.fset, n.Files, n.Info) // errors went to conf.Error
}

// parse reads the files of n. Comments are kept for our own packages only, where
// they may be directives. A file that does not parse gives its errors and what
// could be read of it.
func (ld *loader) parse(n *Node) {
	mode := parser.SkipObjectResolution
	if n.Main() {
		mode |= parser.ParseComments
	}
	for i, names := range [][]string{n.GoFiles, n.CgoFiles} {
		for _, name := range names {
			path := filepath.Join(n.Dir, name)
			var text any
			if over, ok := ld.overlay[path]; ok {
				text = over
			}
			file, err := parser.ParseFile(ld.fset, path, text, mode)
			if err != nil {
				n.Errors = append(n.Errors, SyntaxErrors(ld.fset, err)...)
			}
			if file != nil {
				if i == 1 && !n.Main() {
					withoutValuesOfC(file)
				}
				n.Files = append(n.Files, file)
			}
		}
	}
}

// imported is the package that n imports as path. Its errors go into the message
// of the type checker at the import, where a person looks for them.
func (ld *loader) imported(n *Node, path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	d := ld.byID[n.mapped(path)]
	switch {
	case d == nil:
		return nil, errors.New("not found")
	case d.Types == nil:
		return nil, errors.New("import cycle")
	case d.Name == "" && d.Error != nil:
		return nil, errors.New(firstLine(d.Error.Err))
	}
	return d.Types, nil
}

// firstLine keeps what fits into a message.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSuffix(line, ":")
}

// ImporterFunc is a types.Importer.
type ImporterFunc func(path string) (*types.Package, error)

// Import calls f.
func (f ImporterFunc) Import(path string) (*types.Package, error) { return f(path) }

// NewInfo is the type information that compile and go/ssa need, no more.
func NewInfo() *types.Info {
	return &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Instances:    map[*ast.Ident]types.Instance{},
		Scopes:       map[ast.Node]*types.Scope{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		FileVersions: map[*ast.File]string{},
	}
}

// Errors of the parser and of the type checker come in three shapes; everything
// behind the front ends knows one.

// AsTypeError makes an error of the type checker one with a position. Those of an
// importer have none; they are kept all the same, because a package that lacks an
// import is not understood.
func AsTypeError(err error) types.Error {
	var t types.Error
	if errors.As(err, &t) {
		return t
	}
	return types.Error{Msg: err.Error()}
}

// SyntaxErrors makes errors of the parser look like those of the type checker, one
// for each, so that a file that does not parse says every line at once.
func SyntaxErrors(fset *token.FileSet, err error) []types.Error {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return []types.Error{{Fset: fset, Msg: err.Error()}}
	}
	var out []types.Error
	for _, e := range list {
		out = append(out, types.Error{Fset: fset, Pos: posOf(fset, e.Pos), Msg: e.Msg})
	}
	return out
}

// posOf finds the position again that a file set printed; none where the file is
// not of the set. The parser's errors only carry what is printed.
func posOf(fset *token.FileSet, p token.Position) token.Pos {
	found := token.NoPos
	fset.Iterate(func(f *token.File) bool {
		if f.Name() == p.Filename && p.Offset <= f.Size() {
			found = f.Pos(p.Offset)
		}
		return found == token.NoPos
	})
	return found
}
