package analyzer_test

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/gofiles"
)

const module = "github.com/tenantvet/tenantvet/"

// house is the drawing of docs/design.md: which of our packages each package
// may import. When the house should change, change the drawing, here and there.
var house = map[string][]string{
	"cmd/tenantvet":                {"analyzer/driver", "analyzer/driver/early"},
	"analyzer/gclplugin":           {"analyzer"},
	"analyzer/internal/revision":   {},
	"analyzer/internal/standalone": {"finding", "load", "project", "unit"},
	"analyzer/driver":              {"rls", "live", "mend", "baseline", "index", "revision", "standalone", "schema", "catalogue", "config", "finding", "load", "vettool", "project", "report", "report/ci", "report/plain", "trust", "proof", "sqltree", "sqltree/sqlparse", "schema/discover"},
	"analyzer/driver/early":        {},
	"analyzer":                     {"unit", "finding", "fix", "index", "project", "report/plain", "suggest"},

	"analyzer/internal/baseline":     {"finding"},
	"analyzer/internal/project":      {"baseline", "catalogue", "compile", "config", "finding", "index", "library", "link", "link/walls", "model", "rls", "schema", "unit", "schema/discover"},
	"analyzer/internal/load":         {},
	"analyzer/internal/vettool":      {"finding", "index", "load", "project", "report/plain", "suggest", "unit"},
	"analyzer/internal/report":       {"finding", "catalogue", "catalogue/digest", "schema", "rls", "report/sarif", "report/ci", "report/html", "report/plain"},
	"analyzer/internal/report/sarif": {"finding", "report/plain"},
	"analyzer/internal/report/ci":    {"finding", "report/plain"},
	"analyzer/internal/report/html":  {"finding", "report/plain"},
	"analyzer/internal/report/plain": {},
	"analyzer/internal/mend":         {"catalogue", "finding", "fix", "load", "proof", "sqltree/sqlparse", "standalone"},
	"analyzer/internal/suggest":      {"finding", "fix", "load", "project", "unit"},
	"analyzer/internal/fix":          {"finding", "sqltree/sqltext", "trust"},
	"analyzer/internal/rls":          {"catalogue", "finding", "proof", "schema", "schema/setter", "sqltree", "sqltree/sqlparse", "sqltree/sqlprint", "sqltree/sqltext", "rls/body"},
	"analyzer/internal/rls/body":     {"proof/builtin", "schema", "sqltree", "sqltree/sqltext"},
	"analyzer/internal/live":         {"schema"},
	"analyzer/internal/finding":      {},
	"analyzer/internal/config":       {"index", "trust", "yamldoc"},
	"analyzer/internal/index":        {},

	// The floors of link, each above those that it may import.
	"analyzer/internal/link/walls":     {"link", "link/connection", "finding"},
	"analyzer/internal/link":           {"link/connection", "link/setting", "link/staff", "link/propagate", "link/solve", "link/rowflow", "link/access", "link/pathcond", "link/obligation", "link/statement", "link/middleware", "link/callgraph", "unit", "term", "proof", "catalogue", "finding", "trust", "link/login", "link/decision", "link/privacy", "link/carried", "link/handedkey", "link/samekey", "link/kept", "link/lost"},
	"analyzer/internal/link/carried":   {"link/callgraph", "unit", "term"},
	"analyzer/internal/link/handedkey": {"link/callgraph", "unit", "term"},
	"analyzer/internal/link/samekey":   {"link/callgraph", "unit", "term"},
	"analyzer/internal/link/login": {
		"catalogue", "trust", "link/obligation", "link/solve", "link/rowflow", "link/access", "link/pathcond", "link/statement", "link/middleware", "link/callgraph", "unit", "term", "proof",
	},
	"analyzer/internal/link/kept":         {"link/solve", "link/owner", "link/rowflow", "link/pathcond", "link/obligation", "link/statement", "link/callgraph", "unit", "term", "proof", "catalogue", "schema"},
	"analyzer/internal/link/lost":         {"link/access", "link/callgraph", "unit"},
	"analyzer/internal/link/installation": {"link/obligation", "link/pathcond", "link/callgraph", "unit", "term", "proof", "trust"},
	"analyzer/internal/link/privacy":      {"link/statement", "link/callgraph", "proof", "catalogue"},
	"analyzer/internal/link/decision":     {"link/solve", "link/rowflow", "link/access", "link/pathcond", "link/obligation", "link/statement", "link/middleware", "link/callgraph", "unit", "term", "proof", "catalogue", "trust"},
	"analyzer/internal/link/pool":         {"link/callgraph", "link/obligation", "library", "unit", "term"},
	"analyzer/internal/link/connection":   {"link/pool", "link/setting", "link/solve", "link/pathcond", "link/obligation", "link/statement", "link/callgraph", "library", "unit", "term", "proof", "finding", "trust", "catalogue", "rls"},
	"analyzer/internal/link/setting":      {"rls", "catalogue", "schema", "schema/setter", "link/statement", "link/callgraph", "unit", "term", "finding", "library", "sqltree", "sqltree/sqlparse", "sqltree/sqltext"},
	"analyzer/internal/link/staff":        {"library", "link/solve", "link/rowflow", "link/access", "link/pathcond", "link/obligation", "link/statement", "link/middleware", "link/callgraph", "unit", "term", "proof", "catalogue", "trust"},
	"analyzer/internal/link/propagate":    {"link/owner", "link/tabling", "link/solve", "link/rowflow", "link/pathcond", "link/obligation", "link/statement", "link/middleware", "link/callgraph", "unit", "term", "proof", "trust"},
	"analyzer/internal/link/rewritten":    {"link/callgraph", "library", "unit", "term"},
	"analyzer/internal/link/solve":        {"link/rewritten", "link/installation", "link/owner", "link/tabling", "link/carried", "link/signature", "link/rowflow", "link/access", "link/pathcond", "link/obligation", "link/statement", "link/middleware", "link/callgraph", "unit", "term", "proof", "catalogue", "trust"},
	"analyzer/internal/link/owner":        {"link/obligation", "link/statement", "link/callgraph", "unit", "term", "proof", "catalogue"},
	"analyzer/internal/link/tabling":      {},
	"analyzer/internal/link/enforce":      {"finding", "model", "link/callgraph", "ormwrite", "ormwrite/phrase", "unit", "term", "library"},
	"analyzer/internal/link/signature":    {"link/pathcond", "link/callgraph", "unit", "term", "library"},
	"analyzer/internal/link/rowflow":      {"link/access", "link/pathcond", "link/statement", "link/callgraph", "unit", "term", "proof"},
	"analyzer/internal/link/access":       {"link/callgraph", "unit", "term", "proof", "catalogue", "library", "trust"},
	"analyzer/internal/link/pathcond":     {"link/statement", "link/callgraph", "unit", "term"},
	"analyzer/internal/link/obligation":   {"link/statement", "link/callgraph", "unit", "term", "proof", "trust"},
	"analyzer/internal/link/undecided":    {"ormwrite", "sqlwrite", "term", "unit"},
	"analyzer/internal/link/statement":    {"link/enforce", "link/callgraph", "link/undecided", "library", "entwrite", "model", "ormwrite", "sqlwrite", "unit", "term", "proof", "catalogue", "schema", "finding", "trust"},
	"analyzer/internal/link/middleware":   {"link/callgraph", "unit", "term", "library", "trust"},
	"analyzer/internal/link/callgraph":    {"unit", "term", "finding", "library", "trust"},

	"analyzer/internal/proof": {"catalogue", "sqltree", "schema", "sqltree/sqltext", "sqltree/sqlparse", "proof/bind", "proof/formula", "proof/judge", "proof/ledger", "proof/premise", "proof/read"},
	// The floors of the proof.
	"analyzer/internal/proof/judge": {
		"proof/ledger", "proof/read", "proof/rules", "proof/bind", "proof/builtin", "proof/formula", "proof/premise", "proof/plpgsql",
		"catalogue", "schema", "sqltree", "sqltree/sqlparse", "sqltree/sqltext",
	},
	"analyzer/internal/proof/ledger":  {"proof/read", "proof/rules", "proof/bind", "proof/builtin", "proof/formula", "proof/premise", "catalogue", "schema", "sqltree", "sqltree/sqlprint"},
	"analyzer/internal/proof/read":    {"proof/rules", "proof/bind", "proof/formula", "proof/premise", "catalogue", "sqltree"},
	"analyzer/internal/proof/rules":   {"proof/formula", "proof/premise", "catalogue", "schema", "sqltree", "sqltree/sqlparse"},
	"analyzer/internal/proof/bind":    {"proof/builtin", "proof/formula", "proof/premise", "catalogue", "schema", "sqltree", "sqltree/sqlparse", "sqltree/sqltext"},
	"analyzer/internal/proof/formula": {"proof/premise", "catalogue", "sqltree"},
	"analyzer/internal/proof/premise": {"sqltree"},
	"analyzer/internal/proof/plpgsql": {"sqltree/sqltext"},
	"analyzer/internal/proof/builtin": {"sqltree"},

	"analyzer/internal/catalogue/digest": {"catalogue", "schema"},
	"analyzer/internal/catalogue/naming": {"trust"},
	"analyzer/internal/catalogue/secret": {"schema", "trust"},
	"analyzer/internal/catalogue":        {"catalogue/naming", "catalogue/secret", "schema", "config", "trust"},
	"analyzer/internal/schema/discover":  {"index", "schema", "sqltree", "trust"},
	"analyzer/internal/schema/setter":    {"schema", "sqltree"},
	"analyzer/internal/schema":           {"sqltree", "sqltree/sqlparse", "sqltree/sqltext"},

	// SQL: the tree, and what reads and writes it.
	"analyzer/internal/sqltree/sqlparse": {"sqltree", "sqltree/postgres", "sqltree/mysql", "sqltree/pgddl", "sqltree/sqlite", "sqltree/sqltext"},
	"analyzer/internal/sqltree/mysql":    {"sqltree", "sqltree/sqltext"},
	"analyzer/internal/sqltree/sqlite":   {"sqltree", "sqltree/sqltext"},
	"analyzer/internal/sqltree/pgddl":    {"sqltree", "sqltree/pgnode", "sqltree/sqltext"},
	"analyzer/internal/sqltree/postgres": {"sqltree", "sqltree/sqltext", "sqltree/sqlprint", "sqltree/pgnode"},
	"analyzer/internal/sqltree/pgnode":   {"sqltree", "sqltree/sqltext"},
	"analyzer/internal/sqltree/sqlprint": {"sqltree", "sqltree/sqltext"},
	"analyzer/internal/sqltree/sqltext":  {},
	"analyzer/internal/sqltree":          {},

	"analyzer/internal/compile": {
		"compile/body", "compile/declare", "compile/dispatch", "compile/entry", "compile/prune", "compile/sound", "compile/source", "compile/unread",
		"flow", "eval", "unit", "term", "trust", "flow/callsite",
	},
	// The floors of compile.
	"analyzer/internal/compile/body":      {"compile/dispatch", "compile/entry", "compile/funcvalue", "compile/rewrite", "compile/run", "compile/source", "flow/callsite", "library", "term", "unit"},
	"analyzer/internal/compile/entry":     {"compile/funcvalue", "compile/source", "flow/callsite", "library", "term", "unit"},
	"analyzer/internal/compile/funcvalue": {"compile/run", "compile/source", "flow/algebra", "flow/callsite", "library", "term", "unit"},
	"analyzer/internal/compile/run":       {"compile/source", "flow/callsite", "library", "term", "unit"},
	"analyzer/internal/compile/declare":   {"compile/source", "flow/callsite", "library", "term", "unit"},
	"analyzer/internal/compile/rewrite":   {"compile/source", "flow/callsite", "library", "term", "unit"},
	"analyzer/internal/compile/dispatch":  {"compile/source", "flow/callsite", "library", "term", "unit"},
	"analyzer/internal/compile/prune":     {"compile/source", "flow/algebra", "term", "unit"},
	"analyzer/internal/compile/sound":     {"compile/source"},
	"analyzer/internal/compile/unread":    {"compile/source", "library", "unit"},
	"analyzer/internal/compile/source":    {"flow", "flow/callsite", "library", "unit"},
	"analyzer/internal/eval":              {"term", "library", "flow/algebra", "flow/callsite", "flow/value"},
	"analyzer/internal/flow":              {"library", "term", "flow/algebra", "flow/builder", "flow/callsite", "flow/fact", "flow/memory", "flow/place", "flow/result", "flow/value"},
	// The floors of flow.
	"analyzer/internal/flow/builder":  {"flow/algebra", "flow/callsite", "flow/cfg", "flow/fact", "flow/memory", "flow/place", "library", "term"},
	"analyzer/internal/flow/fact":     {"flow/algebra", "flow/callsite", "flow/cfg", "flow/local", "flow/memory", "flow/place", "flow/result", "library", "term"},
	"analyzer/internal/flow/result":   {"flow/algebra", "flow/callsite", "flow/place", "flow/value", "library", "term"},
	"analyzer/internal/flow/value":    {"flow/algebra", "flow/callsite", "flow/cfg", "flow/local", "flow/memory", "flow/place", "library", "term"},
	"analyzer/internal/flow/memory":   {"flow/algebra", "flow/callsite", "flow/cfg", "flow/lent", "flow/place", "library", "term"},
	"analyzer/internal/flow/lent":     {"flow/callsite"},
	"analyzer/internal/flow/cfg":      {},
	"analyzer/internal/flow/local":    {},
	"analyzer/internal/flow/place":    {"flow/algebra", "flow/callsite", "library", "term"},
	"analyzer/internal/flow/algebra":  {"flow/callsite", "library", "term"},
	"analyzer/internal/flow/callsite": {"flow/local", "term", "library", "trust"},
	"analyzer/internal/library":       {"yamldoc"},
	"analyzer/internal/unit":          {"term", "library"},
	"analyzer/internal/term":          {"trust"},
	"analyzer/internal/trust":         {"yamldoc"},
	"analyzer/internal/yamldoc":       {},

	// What struct types stand for.
	"analyzer/internal/model": {"schema", "sqltree", "term", "unit"},

	// What builders build, as text.
	"analyzer/internal/sqlwrite":               {"sqltree/sqltext", "sqlwrite/dataset", "sqlwrite/piece", "sqlwrite/tokens", "term"},
	"analyzer/internal/sqlwrite/dataset":       {"sqltree/sqltext", "sqlwrite/piece", "term"},
	"analyzer/internal/sqlwrite/piece":         {"term"},
	"analyzer/internal/sqlwrite/tokens":        {"sqlwrite/piece", "term"},
	"analyzer/internal/ormwrite":               {"ormwrite/bun", "ormwrite/gorm", "ormwrite/gorm/callback", "ormwrite/gorm/generic", "ormwrite/gorm/removal", "ormwrite/phrase", "ormwrite/pop", "ormwrite/xorm", "model", "sqlwrite", "term"},
	"analyzer/internal/ormwrite/bun":           {"ormwrite/phrase", "model", "term"},
	"analyzer/internal/ormwrite/gorm":          {"ormwrite/gorm/callback", "ormwrite/phrase", "model", "term"},
	"analyzer/internal/ormwrite/gorm/callback": {"ormwrite/phrase", "model", "term"},
	"analyzer/internal/ormwrite/gorm/generic":  {"term"},
	"analyzer/internal/ormwrite/gorm/removal":  {"ormwrite/phrase", "model", "term"},
	"analyzer/internal/ormwrite/pop":           {"ormwrite/phrase", "model", "term"},
	"analyzer/internal/ormwrite/xorm":          {"ormwrite/phrase", "model", "term", "unit"},
	"analyzer/internal/ormwrite/phrase":        {"model", "term"},
	"analyzer/internal/entwrite":               {"ormwrite/phrase", "model", "sqlwrite/piece", "term"},

	// The wing of the tests.
	"analyzer/internal/oracle/asifalone": {
		"oracle/asifalone/binding", "oracle/asifalone/changes", "oracle/asifalone/compare", "oracle/asifalone/domain", "oracle/asifalone/fixture", "oracle/asifalone/policies",
		"oracle/asifalone/queries", "oracle/asifalone/session", "oracle/asifalone/vary", "oracle/asifalone/worlds", "oracle/pgserver",
		"proof", "catalogue", "rls", "sqltree", "sqltree/sqlparse",
	},
	"analyzer/internal/oracle/asifalone/policies": {"oracle/asifalone/worlds", "oracle/asifalone/domain", "catalogue"},
	"analyzer/internal/oracle/asifalone/compare":  {"oracle/asifalone/session", "oracle/asifalone/fixture", "oracle/asifalone/worlds", "oracle/asifalone/domain", "proof", "catalogue"},
	"analyzer/internal/oracle/asifalone/session":  {"oracle/asifalone/fixture", "oracle/asifalone/worlds", "oracle/asifalone/domain", "oracle/pgserver", "catalogue"},
	"analyzer/internal/oracle/asifalone/binding":  {"oracle/asifalone/vary", "oracle/asifalone/fixture", "oracle/asifalone/worlds", "oracle/asifalone/domain", "proof", "catalogue", "schema", "sqltree"},
	"analyzer/internal/oracle/asifalone/vary":     {"oracle/asifalone/queries", "oracle/asifalone/domain", "proof", "catalogue", "sqltree", "sqltree/sqlparse", "sqltree/sqlprint"},
	"analyzer/internal/oracle/asifalone/changes":  {"oracle/asifalone/queries", "oracle/asifalone/worlds", "oracle/asifalone/domain", "catalogue", "schema"},
	"analyzer/internal/oracle/asifalone/queries":  {"oracle/asifalone/worlds", "oracle/asifalone/domain", "proof", "catalogue"},
	"analyzer/internal/oracle/asifalone/fixture":  {"oracle/asifalone/worlds", "oracle/asifalone/domain", "proof", "catalogue"},
	"analyzer/internal/oracle/asifalone/worlds":   {"oracle/asifalone/domain", "catalogue", "schema"},
	"analyzer/internal/oracle/asifalone/domain":   {"catalogue"},
	"analyzer/internal/oracle/pgserver":           {},
	"analyzer/internal/oracle/goalone":            {"oracle/goprogram", "oracle/gorun"},
	"analyzer/internal/oracle/gorun":              {"oracle/goprogram"},
	"analyzer/internal/oracle/goprogram":          {},
	"analyzer/internal/oracle/sqledit":            {"sqltree"},
	"analyzer/internal/oracle/gofiles":            {},
	"analyzer/internal/oracle/golden":             {},
	"analyzer/internal/oracle/mutate":             {},
	"analyzer/internal/oracle/mutate/replay":      {"finding", "load", "oracle/shape", "project", "standalone", "unit"},
	"analyzer/internal/oracle/shape":              {"finding"},
	"analyzer/internal/oracle/precision":          {"finding"},
	"analyzer/internal/oracle/reallib":            {"compile", "unit"},
	"analyzer/internal/oracle/seed":               {},
	"analyzer/internal/oracle/snippet":            {"flow", "library", "term", "flow/callsite", "flow/value"},
	"analyzer/internal/oracle/termtext":           {"term"},
	"analyzer/internal/oracle/unittext":           {"unit", "term", "oracle/termtext", "library"},
	"analyzer/internal/oracle/engines":            {"catalogue", "config", "proof", "schema", "sqltree"},
}

// owners are the outside modules that only some packages may import.
var owners = map[string][]string{
	"github.com/sqlc-dev/marino":     {"analyzer/internal/sqltree/mysql"},
	"github.com/sqlc-dev/meyer":      {"analyzer/internal/sqltree/sqlite"},
	"github.com/sqlc-dev/oliphant":   {"analyzer/internal/sqltree/pgnode", "analyzer/internal/sqltree/postgres", "analyzer/internal/sqltree/pgddl"},
	"gorm.io/gorm":                   {"analyzer/internal/model"},
	"github.com/gobuffalo/flect":     {"analyzer/internal/model", "analyzer/internal/ormwrite/pop"},
	"github.com/jinzhu/inflection":   {"analyzer/internal/model"},
	"golang.org/x/tools/go/ssa":      {"analyzer/internal/flow", "analyzer/internal/flow/builder", "analyzer/internal/flow/fact", "analyzer/internal/flow/result", "analyzer/internal/flow/value", "analyzer/internal/flow/memory", "analyzer/internal/flow/lent", "analyzer/internal/flow/cfg", "analyzer/internal/flow/local", "analyzer/internal/flow/place", "analyzer/internal/flow/algebra", "analyzer/internal/flow/callsite", "analyzer/internal/oracle/snippet", "analyzer/internal/eval", "analyzer/internal/compile", "analyzer/internal/compile/body", "analyzer/internal/compile/dispatch", "analyzer/internal/compile/entry", "analyzer/internal/compile/funcvalue", "analyzer/internal/compile/rewrite", "analyzer/internal/compile/run", "analyzer/internal/compile/sound", "analyzer/internal/compile/unread"},
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

// TestOracleIsForTests holds that nothing that is shipped imports the wing of
// generators, text forms and golden files, which only tests may use.
func TestOracleIsForTests(t *testing.T) {
	const wing = "analyzer/internal/oracle/"
	for dir, imports := range importsOf(t) {
		for _, path := range imports {
			own, _ := strings.CutPrefix(path, module)
			assert.Falsef(t, strings.HasPrefix(own, wing) && !strings.HasPrefix(dir, wing), "%s imports %s, which is for tests", dir, own)
		}
	}
}

// importsOf lists the imports of every package of the module, tests left out.
func importsOf(t *testing.T) map[string][]string {
	out := map[string][]string{}
	for _, root := range []string{"../cmd", "."} {
		gofiles.Each(t, root, func(f gofiles.File) {
			dir := path.Join("analyzer", path.Dir(f.Name))
			for _, spec := range f.Imports {
				p, err := strconv.Unquote(spec.Path.Value)
				require.NoError(t, err)
				out[dir] = append(out[dir], p)
			}
		})
	}
	return out
}
