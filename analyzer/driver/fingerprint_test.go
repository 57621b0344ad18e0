package driver_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/types"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"

	"github.com/tenantvet/tenantvet/analyzer/driver"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// TestFingerprintsHold makes 200 random edits of the example, and some of a module whose
// calls stand in closures, none of which concerns a finding: lines move, variables are
// renamed, statements, closures and functions are added. All fingerprints stay.
func TestFingerprintsHold(t *testing.T) {
	for module, batches := range map[string]int{"example": 25, "service": 6} {
		t.Run(module, func(t *testing.T) { holds(t, filepath.Join("..", "..", "testdata", module), batches) })
	}
}

// holds makes so many times eight edits of a module.
func holds(t *testing.T, from string, batches int) {
	const each = 8
	want := prints(t, from)
	require.NotEmpty(t, want)
	edits := possibleEdits(t, from)
	require.Greater(t, len(edits), 40)
	random := rand.New(rand.NewSource(1))
	for batch := range batches {
		dir := t.TempDir()
		require.NoError(t, os.CopyFS(dir, os.DirFS(from)))
		var chosen []change
		for len(chosen) < each {
			e := edits[random.Intn(len(edits))]
			if !slices.ContainsFunc(chosen, e.meets) {
				chosen = append(chosen, e)
			}
		}
		apply(t, dir, chosen)
		if !assert.Equal(t, want, prints(t, dir), "batch %d", batch) {
			for _, e := range chosen {
				t.Log(e.what)
			}
		}
	}
}

// TestFingerprintsOfAnotherStatement: an entry of a baseline does not hold for another
// statement than the one that it was written for, though the place is the same.
func TestFingerprintsOfAnotherStatement(t *testing.T) {
	from := filepath.Join("..", "..", "testdata", "service")
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(from)))
	before := prints(t, dir)
	file := filepath.Join(dir, "internal", "store", "store.go")
	replace(t, file, "SELECT subject FROM tickets WHERE id = $1`", "SELECT   subject\n\tFROM tickets WHERE id = $1`")
	assert.Equal(t, before, prints(t, dir), "another layout is the same statement")
	replace(t, file, "SELECT   subject\n\tFROM tickets WHERE id = $1`", "SELECT subject FROM tickets WHERE id = $1 OR subject = $1`")
	after := prints(t, dir)
	assert.NotEqual(t, before["missing-filter"], after["missing-filter"])
}

// TestFingerprintsOfClosures: closures are named by their numbers, which another one
// before them shifts.
func TestFingerprintsOfClosures(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "testdata", "service"))))
	before := prints(t, dir)
	replace(t, filepath.Join(dir, "internal", "auth", "auth.go"), "return http.HandlerFunc(", "func() {}()\n\treturn http.HandlerFunc(")
	assert.Equal(t, before, prints(t, dir))
}

func replace(t *testing.T, file, old, new string) {
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(data), old))
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(data), old, new, 1)), 0o644))
}

// prints are the fingerprints of a module's findings by rule, and of its calls.
func prints(t *testing.T, dir string) map[string][]string {
	var stdout, stderr bytes.Buffer
	driver.Main([]string{"-C", dir, "--format", "json"}, nil, &stdout, &stderr)
	require.Empty(t, stderr.String())
	run := &finding.Run{}
	require.NoError(t, json.Unmarshal(stdout.Bytes(), run))
	out := map[string][]string{}
	for _, f := range run.Findings {
		out[f.Rule] = append(out[f.Rule], f.Fingerprint)
	}
	for _, c := range run.Calls {
		out["call"] = append(out["call"], c.Fingerprint)
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}

// change replaces ranges of one file.
type change struct {
	what, file string
	ranges     []span
	with       string
}

type span struct{ from, to int }

// meets reports whether two edits touch.
func (e change) meets(other change) bool {
	return e.file == other.file && slices.ContainsFunc(e.ranges, func(a span) bool {
		return slices.ContainsFunc(other.ranges, func(b span) bool { return a.from <= b.to && b.from <= a.to })
	})
}

// possibleEdits are the edits that could be made of a module.
func possibleEdits(t *testing.T, dir string) []change {
	dir, err := filepath.Abs(dir)
	require.NoError(t, err)
	pkgs, err := packages.Load(&packages.Config{Dir: dir, Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedDeps | packages.NeedImports}, "./...")
	require.NoError(t, err)
	var out []change
	for _, p := range pkgs {
		require.Empty(t, p.Errors)
		for _, f := range p.Syntax {
			name := p.Fset.File(f.Pos()).Name()
			rel, err := filepath.Rel(dir, name)
			require.NoError(t, err)
			at := func(n ast.Node) int { return p.Fset.Position(n.Pos()).Offset }
			insert := func(offset int, text string) {
				out = append(out, change{fmt.Sprintf("%s at %d: %q", rel, offset, text), rel, []span{{offset, offset}}, text})
			}
			end := p.Fset.Position(f.FileEnd).Offset
			insert(end, fmt.Sprintf("\nfunc unrelated%d() int { return %d }\n", len(out), len(out)))
			for _, d := range f.Decls {
				if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil {
					insert(at(fd.Body)+1, "\n\t_ = 0\n")
					insert(at(fd.Body)+1, "\n\tfunc() {}()\n")
					insert(at(fd.Body)+1, "\n\n\n\t// a remark\n")
				}
			}
			out = append(out, renames(p, f, rel)...)
		}
	}
	slices.SortStableFunc(out, func(a, b change) int { return cmp.Compare(a.what, b.what) })
	return out
}

// renames are the edits that rename a variable of a function.
func renames(p *packages.Package, f *ast.File, rel string) []change {
	byVar := map[*types.Var]*change{}
	ast.Inspect(f, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := p.TypesInfo.ObjectOf(id).(*types.Var)
		if !ok || v.IsField() || v.Parent() == nil || v.Parent() == p.Types.Scope() || v.Name() == "_" || v.Pkg() != p.Types || !declared(p, v) {
			return true
		}
		from := p.Fset.Position(id.Pos()).Offset
		e := byVar[v]
		if e == nil {
			e = &change{what: fmt.Sprintf("%s at %d: rename %s", rel, from, v.Name()), file: rel, with: v.Name() + "Renamed"}
			byVar[v] = e
		}
		e.ranges = append(e.ranges, span{from, from + len(id.Name)})
		return true
	})
	var out []change
	for _, e := range byVar {
		out = append(out, *e)
	}
	return out
}

// declared reports whether a variable has a name that is written: that of a type switch
// has one for each case.
func declared(p *packages.Package, v *types.Var) bool {
	for _, o := range p.TypesInfo.Defs {
		if o == v {
			return true
		}
	}
	return false
}

// apply makes the edits, from the back of each file.
func apply(t *testing.T, dir string, edits []change) {
	type piece struct {
		span
		with string
	}
	byFile := map[string][]piece{}
	for _, e := range edits {
		for _, r := range e.ranges {
			byFile[e.file] = append(byFile[e.file], piece{r, e.with})
		}
	}
	for file, changes := range byFile {
		slices.SortFunc(changes, func(a, b piece) int { return cmp.Compare(b.from, a.from) })
		name := filepath.Join(dir, file)
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		text := string(data)
		for _, c := range changes {
			text = text[:c.from] + c.with + text[c.to:]
		}
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
}
