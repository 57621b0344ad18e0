package analyzer_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/tenantvet/tenantvet/"

// house is the drawing of docs/design.md: which of our packages each package
// may import. When the house should change, change the drawing, here and there.
var house = map[string][]string{
	"cmd/tenantvet":                     {"analyzer/driver", "analyzer/driver/early"},
	"analyzer/driver/early":             {},
	"analyzer":                          {"unit", "finding", "index", "project"},
	"analyzer/driver":                   {"unit", "schema", "catalogue", "config", "finding", "index", "project", "report", "proof", "sqltree"},
	"analyzer/internal/project":         {"catalogue", "compile", "config", "finding", "index", "library", "link", "schema", "unit"},
	"analyzer/gclplugin":                {"analyzer"},
	"analyzer/internal/sqltree":         {},
	"analyzer/internal/golden":          {}, // of tests
	"analyzer/internal/index":           {},
	"analyzer/internal/trust":           {},
	"analyzer/internal/schema":          {"sqltree", "index", "trust"},
	"analyzer/internal/catalogue":       {"schema", "config", "trust"},
	"analyzer/internal/library":         {},
	"analyzer/internal/term":            {},
	"analyzer/internal/flow":            {"library", "term"},
	"analyzer/internal/flow/snippet":    {"flow", "library", "term"}, // of tests
	"analyzer/internal/eval":            {"flow", "library", "term"},
	"analyzer/internal/unit":            {"library", "term"},
	"analyzer/internal/compile":         {"flow", "eval", "library", "unit", "term", "trust"},
	"analyzer/internal/proof":           {"catalogue", "sqltree", "schema"},
	"analyzer/internal/link":            {"library", "unit", "term", "proof", "catalogue", "finding", "schema", "trust"},
	"analyzer/internal/finding":         {},
	"analyzer/internal/report":          {"finding", "catalogue", "schema"},
	"analyzer/internal/config":          {"trust"},
	"analyzer/internal/proof/asifalone": {"proof", "catalogue", "sqltree", "schema"},
}

// owners are the outside modules that only some packages may import.
var owners = map[string][]string{
	"github.com/sqlc-dev/oliphant":   {"analyzer/internal/sqltree"},
	"golang.org/x/tools/go/ssa":      {"analyzer/internal/flow", "analyzer/internal/flow/snippet", "analyzer/internal/eval", "analyzer/internal/compile"},
	"golang.org/x/tools/go/analysis": {"analyzer", "analyzer/gclplugin"},
}

func TestHouse(t *testing.T) {
	for dir, imports := range importsOf(t) {
		allowed, known := house[dir]
		if !assert.True(t, known, "%s is not in the drawing of the house", dir) {
			continue
		}
		for _, path := range imports {
			if own, ok := strings.CutPrefix(path, module); ok {
				short := strings.TrimPrefix(own, "analyzer/internal/")
				assert.Truef(t, own == dir || slices.Contains(allowed, short) || slices.Contains(allowed, own),
					"%s imports %s, which the drawing of the house does not allow", dir, own)
			}
			for prefix, users := range owners {
				if path == prefix || strings.HasPrefix(path, prefix+"/") {
					assert.Containsf(t, users, dir, "%s imports %s", dir, path)
				}
			}
		}
	}
}

// importsOf lists the imports of every package of the module, tests left out.
func importsOf(t *testing.T) map[string][]string {
	out := map[string][]string{}
	for _, root := range []string{"../cmd", "."} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && d.Name() == "testdata" {
				return filepath.SkipDir
			}
			if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			dir := path.Join("analyzer", filepath.ToSlash(filepath.Dir(name)))
			for _, spec := range file.Imports {
				p, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					return err
				}
				out[dir] = append(out[dir], p)
			}
			return nil
		})
		require.NoError(t, err)
	}
	return out
}
