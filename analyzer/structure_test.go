package analyzer_test

import (
	"go/ast"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

// The limits of a package and of a type. What is over them is one room for several
// ideas, or a type that everything hangs on.
const (
	maxLines   = 2500
	maxFiles   = 15
	maxCircle  = 8  // files that all need each other
	maxMethods = 60 // of one type
)

// large are the packages that may be larger, with the reason. Circles and types have
// no exceptions.
var large = map[string]string{}

// TestStructure holds the sizes of packages, of circles of files and of types.
func TestStructure(t *testing.T) {
	for _, p := range ownPackages(t) {
		m := measure(p)
		if large[m.name] == "" {
			assert.LessOrEqualf(t, m.lines, maxLines, "%s: lines", m.name)
			assert.LessOrEqualf(t, m.files, maxFiles, "%s: files", m.name)
		} else {
			assert.Truef(t, m.lines > maxLines || m.files > maxFiles, "%s needs no exception any more", m.name)
		}
		assert.LessOrEqualf(t, len(m.circle), maxCircle, "%s: files that all need each other: %v", m.name, m.circle)
		for _, typ := range slices.Sorted(maps.Keys(m.methods)) {
			assert.LessOrEqualf(t, m.methods[typ], maxMethods, "%s.%s: methods", m.name, typ)
		}
	}
}

// TestNamesOnce holds that no unexported name of a package is also that of one of its
// methods: who searches for it finds one thing.
func TestNamesOnce(t *testing.T) {
	for _, p := range ownPackages(t) {
		if strings.HasPrefix(shortPath(p), "oracle/") {
			continue
		}
		for _, twice := range namedTwice(p) {
			assert.Failf(t, "two declarations of one name", "%s: %s", shortPath(p), twice)
		}
	}
}

// TestDrawingIsCurrent holds that every arrow of the drawing exists.
func TestDrawingIsCurrent(t *testing.T) {
	imports := importsOf(t)
	for dir, arrows := range house {
		for _, to := range arrows {
			full := module + to
			if !strings.HasPrefix(to, "analyzer") && !strings.HasPrefix(to, "cmd") {
				full = module + "analyzer/internal/" + to
			}
			assert.Containsf(t, imports[dir], full, "%s → %s is drawn and does not exist", dir, to)
		}
	}
}

// measured is what the limits speak of.
type measured struct {
	name         string
	lines, files int
	circle       []string       // the largest set of files that all need each other
	methods      map[string]int // by type
}

func measure(p *packages.Package) measured {
	m := measured{name: shortPath(p), methods: map[string]int{}}
	needs := map[string]map[string]bool{}
	for _, f := range p.Syntax {
		m.files++
		m.lines += p.Fset.File(f.Pos()).LineCount()
		name := fileOf(p, f)
		needs[name] = neededBy(p, f)
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv != nil {
				m.methods[receiver(fd)]++
			}
		}
	}
	m.circle = largestCircle(needs)
	return m
}

// neededBy lists the files of the package whose declarations a file uses.
func neededBy(p *packages.Package, f *ast.File) map[string]bool {
	out := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		o := p.TypesInfo.Uses[id]
		if o == nil || o.Pkg() != p.Types || !isDeclaration(p, o) {
			return true
		}
		if to := filepath.Base(p.Fset.Position(o.Pos()).Filename); to != fileOf(p, f) {
			out[to] = true
		}
		return true
	})
	return out
}

// isDeclaration reports whether an object is declared at the top level: a name of the
// package, or a method that is written down.
func isDeclaration(p *packages.Package, o types.Object) bool {
	if o.Parent() == p.Types.Scope() {
		return true
	}
	fn, ok := o.(*types.Func)
	if !ok {
		return false
	}
	recv := fn.Signature().Recv()
	return recv != nil && !types.IsInterface(recv.Type())
}

// largestCircle is the largest strongly connected set of the files, by brute
// reachability: packages have few files.
func largestCircle(needs map[string]map[string]bool) []string {
	reach := map[string]map[string]bool{}
	for from := range needs {
		reach[from] = map[string]bool{}
		for work := []string{from}; len(work) > 0; work = work[1:] {
			for to := range needs[work[0]] {
				if !reach[from][to] {
					reach[from][to] = true
					work = append(work, to)
				}
			}
		}
	}
	var largest []string
	for _, a := range slices.Sorted(maps.Keys(reach)) {
		circle := []string{a}
		for _, b := range slices.Sorted(maps.Keys(reach)) {
			if a != b && reach[a][b] && reach[b][a] {
				circle = append(circle, b)
			}
		}
		if len(circle) > len(largest) {
			largest = circle
		}
	}
	return largest
}

// namedTwice lists the names of a package that are also methods of its types.
func namedTwice(p *packages.Package) []string {
	var out []string
	for _, f := range p.Syntax {
		for _, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if ok && fd.Recv != nil && !fd.Name.IsExported() && p.Types.Scope().Lookup(fd.Name.Name) != nil {
				out = append(out, receiver(fd)+"."+fd.Name.Name)
			}
		}
	}
	slices.Sort(out)
	return out
}

func receiver(fd *ast.FuncDecl) string {
	t := fd.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if index, ok := t.(*ast.IndexExpr); ok {
		t = index.X
	}
	return t.(*ast.Ident).Name
}

func fileOf(p *packages.Package, f *ast.File) string {
	return filepath.Base(p.Fset.Position(f.Pos()).Filename)
}

func shortPath(p *packages.Package) string {
	return strings.TrimPrefix(strings.TrimPrefix(p.PkgPath, module), "analyzer/internal/")
}

// ownPackages are the packages of the module with their types, loaded once.
func ownPackages(t *testing.T) []*packages.Package {
	list, err := loadOwn()
	require.NoError(t, err)
	return list
}

var loadOwn = sync.OnceValues(func() ([]*packages.Package, error) {
	const mode = packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports
	return packages.Load(&packages.Config{Dir: "..", Mode: mode}, "./...")
})
