package analyzer_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/tenantvet/tenantvet/analyzer"
)

// TestMain keeps the tests out of the user's cache, but for the go command's.
func TestMain(m *testing.M) {
	builds, err := exec.Command("go", "env", "GOCACHE").Output()
	dir, failed := os.MkdirTemp("", "tenantvet")
	err = errors.Join(err, failed, os.Setenv("GOCACHE", strings.TrimSpace(string(builds))), os.Setenv("XDG_CACHE_HOME", dir))
	if err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// found runs an analyzer over a module and returns what it reports, with the
// program that reports it.
func found(t *testing.T, a *analysis.Analyzer, dir string) []string {
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.LoadAllSyntax | packages.NeedModule, Dir: dir, Tests: true,
		Env: append(os.Environ(), "GOWORK=off"),
	}, "./...")
	require.NoError(t, err)
	graph, err := checker.Analyze([]*analysis.Analyzer{a}, pkgs, nil)
	require.NoError(t, err)
	var out []string
	for act := range graph.All() {
		require.NoError(t, act.Err, act.Package.PkgPath)
		for _, d := range act.Diagnostics {
			at := act.Package.Fset.Position(d.Pos)
			rel, err := filepath.Rel(dir, at.Filename)
			require.NoError(t, err)
			out = append(out, fmt.Sprintf("%s: %s:%d:%d: %s", act.Package.PkgPath, filepath.ToSlash(rel), at.Line, at.Column, d.Message))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// service is a copy of the module of that name, with a test file beside the
// handler, which makes test variants of packages.
func service(t *testing.T) string {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("..", "testdata", "service"))))
	test := "package handler\n\nimport \"testing\"\n\nvar answers = make(map[string]int)\n\nfunc TestNothing(t *testing.T) { t.Log(answers) }\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "internal", "handler", "handler_test.go"), []byte(test), 0o644))
	return dir
}

// Both programs report the finding, in the file where the mistake is, whether
// the driver hands on all facts or those of direct imports only.
func TestFindingsOfAnotherPackage(t *testing.T) {
	dir := service(t)
	for _, all := range []bool{false, true} {
		lines := found(t, analyzer.New(analyzer.Settings{AllFacts: all}), dir)
		require.Len(t, lines, 2, "all facts: %v", all)
		for i, program := range []string{"admin", "api"} {
			prefix := "example.com/tickets/cmd/" + program + ": internal/handler/handler.go:28:52: tickets.organization_id: "
			assert.True(t, strings.HasPrefix(lines[i], prefix), lines[i])
		}
	}
}

func TestDigestChangesWithTheDecision(t *testing.T) {
	dir := service(t)
	name := func() string { return analyzer.Digest(analyzer.Settings{Dir: dir}).Name }
	first := name()
	assert.Equal(t, first, name())
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".tenantvet.yml"), []byte("shared: [tickets]\n"), 0o644))
	assert.NotEqual(t, first, name())
	require.NoError(t, analysis.Validate([]*analysis.Analyzer{analyzer.Analyzer, analyzer.Digest(analyzer.Settings{Dir: dir})}))
}

// An analyzer that fails would end the run of all others beside it.
func TestWrongSettingsAreSaidAtTheProgram(t *testing.T) {
	dir := service(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".tenantvet.yml"), []byte("shard: [tickets]\n"), 0o644))
	lines := found(t, analyzer.Analyzer, dir)
	require.Len(t, lines, 2)
	for i, program := range []string{"admin", "api"} {
		assert.Equal(t, fmt.Sprintf("example.com/tickets/cmd/%s: cmd/%s/main.go:2:1: "+
			`setup: .tenantvet.yml:1: unknown key "shard", did you mean "shared"?`, program, program), lines[i])
	}
}

// What makes the result hollow is a diagnostic: no one reads anything else.
func TestHollowSetupIsSaidAtTheProgram(t *testing.T) {
	dir := service(t)
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "migrations")))
	lines := found(t, analyzer.Analyzer, dir)
	require.Len(t, lines, 2)
	assert.Contains(t, lines[0], "cmd/admin/main.go:2:1: setup: no schema: ")
}

// Fixes lie in the program's own package, and are right by themselves.
func TestSuggestedFixes(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("..", "testdata", "suggest"))))
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax | packages.NeedModule, Dir: dir, Env: append(os.Environ(), "GOWORK=off")}, ".")
	require.NoError(t, err)
	graph, err := checker.Analyze([]*analysis.Analyzer{analyzer.Analyzer}, pkgs, nil)
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(dir, "main.go"))
	require.NoError(t, err)
	var fixes []string
	diagnostics := 0
	for act := range graph.All() {
		diagnostics += len(act.Diagnostics)
		for _, d := range act.Diagnostics {
			for _, f := range d.SuggestedFixes {
				for _, e := range f.TextEdits {
					from, to := act.Package.Fset.Position(e.Pos), act.Package.Fset.Position(e.End)
					assert.Equal(t, filepath.Join(dir, "main.go"), from.Filename)
					fixes = append(fixes, fmt.Sprintf("%s: line %d: %q is %q", f.Message, from.Line, text[from.Offset:to.Offset], e.NewText))
				}
			}
		}
	}
	assert.Equal(t, 6, diagnostics)
	slices.Sort(fixes)
	assert.Equal(t, []string{
		`bound org_id to org: line 49: "" is " AND org_id = $2"`,
		`bound org_id to org: line 49: "" is ", org"`,
		`put the OR in parentheses: line 56: "" is "("`,
		`put the OR in parentheses: line 56: "" is ")"`,
		`took tenant.OrgFromContext(r.Context()) for r.FormValue("org"): line 63: "r.FormValue(\"org\")" is "tenant.OrgFromContext(r.Context())"`,
	}, fixes)
}
