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
	"analyzer/internal/schema":          {"sqltree", "index"},
	"analyzer/internal/catalogue":       {"schema", "config"},
	"analyzer/internal/library":         {},
	"analyzer/internal/term":            {},
	"analyzer/internal/flow":            {"library", "term"},
	"analyzer/internal/eval":            {"flow", "library", "term", "sqltree"},
	"analyzer/internal/unit":            {"term", "sqltree"},
	"analyzer/internal/compile":         {"flow", "eval", "library", "unit", "term"},
	"analyzer/internal/proof/premise":   {"sqltree"},
	"analyzer/internal/proof/formula":   {"proof/premise", "catalogue", "sqltree"},
	"analyzer/internal/proof/rules":     {"proof/premise", "proof/formula", "catalogue", "schema", "sqltree"},
	"analyzer/internal/proof/bind":      {"proof/premise", "proof/formula", "catalogue", "schema", "sqltree"},
	"analyzer/internal/proof/read":      {"proof/premise", "proof/formula", "proof/rules", "proof/bind", "catalogue", "sqltree"},
	"analyzer/internal/proof/plpgsql":   {"sqltree"},
	"analyzer/internal/proof/ledger":    {"proof/premise", "proof/formula", "proof/rules", "proof/bind", "proof/read", "catalogue", "schema", "sqltree"},
	"analyzer/internal/proof/judge":     {"proof/premise", "proof/formula", "proof/rules", "proof/bind", "proof/read", "proof/plpgsql", "proof/ledger", "catalogue", "schema", "sqltree"},
	"analyzer/internal/proof":           {"proof/premise", "proof/formula", "proof/bind", "proof/read", "proof/ledger", "proof/judge", "catalogue", "sqltree", "schema"},
	"analyzer/internal/link":            {"unit", "term", "proof", "catalogue", "finding", "schema"},
	"analyzer/internal/finding":         {},
	"analyzer/internal/report":          {"finding", "catalogue", "schema"},
	"analyzer/internal/config":          {},
	"analyzer/internal/proof/asifalone": {"proof", "catalogue", "sqltree", "schema"},
}

// owners are the outside modules that only some packages may import.
var owners = map[string][]string{
	"github.com/sqlc-dev/oliphant":   {"analyzer/internal/sqltree"},
	"golang.org/x/tools/go/ssa":      {"analyzer/internal/flow", "analyzer/internal/eval", "analyzer/internal/compile"},
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
