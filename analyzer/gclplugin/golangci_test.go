package gclplugin_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// enabled is the variable that turns these tests on: they build golangci-lint,
// which takes minutes on a machine that never did.
const enabled = "TENANTVET_GOLANGCI"

const settings = `version: "2"
linters:
  default: none
  enable: [tenantvet%s]
  settings:
    custom:
      tenantvet:
        type: module
`

// lint is a build of golangci-lint with the plugin, and a module to run it on.
type lint struct {
	binary, dir string
	env         []string
}

// issue is what golangci-lint says, without what does not matter here.
type issue struct {
	Text string
	Pos  struct {
		Filename     string
		Line, Column int
	}
}

func build(t *testing.T) string {
	if os.Getenv(enabled) == "" {
		t.Skip("not run: builds golangci-lint; set " + enabled + "=1")
	}
	binary := filepath.Join(t.TempDir(), "golangci-lint")
	cmd := exec.Command("go", "build", "-o", binary, ".")
	cmd.Dir = filepath.Join("testdata", "golangci")
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return binary
}

// with copies a module of testdata, for golangci-lint to run on with empty
// caches.
func with(t *testing.T, binary, module, more string) *lint {
	l := &lint{binary: binary, dir: t.TempDir()}
	require.NoError(t, os.CopyFS(l.dir, os.DirFS(filepath.Join("..", "..", "testdata", module))))
	l.write(t, ".golangci.yml", fmt.Sprintf(settings, more))
	l.env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOLANGCI_LINT_CACHE="+t.TempDir())
	return l
}

func (l *lint) write(t *testing.T, name, text string) {
	require.NoError(t, os.WriteFile(filepath.Join(l.dir, name), []byte(text), 0o644))
}

// edit replaces a text that occurs once.
func (l *lint) edit(t *testing.T, name, old, new string) {
	text, err := os.ReadFile(filepath.Join(l.dir, name))
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(text), old), "%q in %s", old, name)
	l.write(t, name, strings.Replace(string(text), old, new, 1))
}

// run runs golangci-lint and returns "file:line:column: text" of each issue.
func (l *lint) run(t *testing.T, patterns ...string) []string {
	cmd := exec.Command(l.binary, append([]string{"run", "--output.json.path=stdout", "--output.text.path=", "--show-stats=false",
		"--max-issues-per-linter=0", "--max-same-issues=0"}, patterns...)...)
	cmd.Dir, cmd.Env = l.dir, l.env
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	var doc struct{ Issues []issue }
	require.NoError(t, json.Unmarshal(out, &doc), "%v\n%s\n%s", err, out, problems.String())
	lines := []string{}
	for _, i := range doc.Issues {
		lines = append(lines, fmt.Sprintf("%s:%d:%d: %s", filepath.ToSlash(i.Pos.Filename), i.Pos.Line, i.Pos.Column, i.Text))
	}
	slices.Sort(lines)
	return lines
}

// errorsOf are the errors that the command finds, in the same form.
func (l *lint) errorsOf(t *testing.T) []string {
	cmd := exec.Command("go", "run", "github.com/tenantvet/tenantvet/cmd/tenantvet", "-C", l.dir, "--format", "json")
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var problems strings.Builder
	cmd.Stderr = &problems
	out, _ := cmd.Output() // errors that it finds make it fail
	var doc finding.Run
	require.NoError(t, json.Unmarshal(out, &doc), "%s%s", out, problems.String())
	lines := []string{}
	for _, f := range doc.Findings {
		if f.Tier == finding.Error {
			lines = append(lines, fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Diagnostic()))
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

func TestGolangciLint(t *testing.T) {
	binary := build(t)
	t.Run("says the errors of the command", func(t *testing.T) {
		l := with(t, binary, "example", "")
		want := l.errorsOf(t)
		require.NotEmpty(t, want)
		assert.Equal(t, want, l.run(t, "./..."), "first run")
		assert.Equal(t, want, l.run(t, "./..."), "from the cache")
	})
	t.Run("says what makes a result hollow", func(t *testing.T) {
		l := with(t, binary, "service", "")
		require.NoError(t, os.RemoveAll(filepath.Join(l.dir, "migrations")))
		lines := l.run(t, "./...")
		require.Len(t, lines, 2, "one for each program")
		assert.Contains(t, lines[0], "cmd/admin/main.go:2:1: setup: no schema: ")
		l.write(t, ".tenantvet.yml", "shard: [tickets]\n")
		lines = l.run(t, "./...")
		require.Len(t, lines, 2)
		assert.Contains(t, lines[1], `cmd/api/main.go:2:1: setup: .tenantvet.yml:1: unknown key "shard", did you mean "shared"?`)
	})
	t.Run("applies fixes", func(t *testing.T) {
		l := with(t, binary, "suggest", "")
		require.Len(t, l.run(t, "./..."), 6)
		left := l.run(t, "--fix", "./...")
		assert.Len(t, left, 3, "%v", left)
		text, err := os.ReadFile(filepath.Join(l.dir, "main.go"))
		require.NoError(t, err)
		assert.Contains(t, string(text), "WHERE id = $1 AND org_id = $2`, r.FormValue(\"id\"), org)")
		assert.Contains(t, string(text), "org_id = $1 AND (title = $2 OR body = $2)")
		assert.Contains(t, string(text), "WHERE org_id = $1`, tenant.OrgFromContext(r.Context()))")
		assert.Equal(t, l.errorsOf(t), l.run(t, "./..."))
	})
	t.Run("sees what changes", func(t *testing.T) {
		l := with(t, binary, "service", ", nolintlint") // one cache for all steps
		require.Equal(t, l.errorsOf(t), l.run(t, "./..."))
		shared(t, l)
		decided(t, l)
		nolint(t, l)
		edited(t, l)
	})
}

const handler = "internal/handler/handler.go"

// shared runs on each of the two programs that share the finding.
func shared(t *testing.T, l *lint) {
	both := l.run(t, "./...")
	require.Len(t, both, 1, "one line for both")
	assert.Equal(t, both, l.run(t, "./cmd/api"))
	assert.Equal(t, both, l.run(t, "./cmd/admin"))
}

// decided changes the settings and the schema, and takes that back.
func decided(t *testing.T, l *lint) {
	l.write(t, ".tenantvet.yml", "shared: [tickets]\n")
	assert.Empty(t, l.run(t, "./..."), "settings")
	require.NoError(t, os.Remove(filepath.Join(l.dir, ".tenantvet.yml")))
	l.write(t, "migrations/000002_drop.up.sql", "ALTER TABLE tickets DROP COLUMN organization_id;\n")
	assert.Empty(t, l.run(t, "./..."), "migration")
	require.NoError(t, os.Remove(filepath.Join(l.dir, "migrations/000002_drop.up.sql")))
	assert.Len(t, l.run(t, "./..."), 1)
}

// nolint excludes the finding in another package's file than the program's.
func nolint(t *testing.T, l *lint) {
	const call, excluded = `AnySubject(r.Context(), r.PathValue("id"))`, ` //nolint:tenantvet // known`
	l.edit(t, handler, call, call+excluded)
	assert.Empty(t, l.run(t, "./..."), "it holds, and is not called unused")
	l.edit(t, handler, excluded, "")
}

// edited moves the line of the finding, and then repairs a package below it.
func edited(t *testing.T, l *lint) {
	l.edit(t, handler, "// AnySubject serves", "// Moved.\n\n// AnySubject serves")
	moved := l.run(t, "./...")
	require.Len(t, moved, 1)
	assert.Contains(t, moved[0], handler+":30:52: ")
	l.edit(t, "internal/store/store.go", "WHERE id = $1`, id)", "WHERE id = $1 AND subject = $2 AND organization_id = $3`, id, \"\", \"\")")
	assert.Equal(t, l.errorsOf(t), l.run(t, "./..."))
}

// TestPage: the commands of docs/ci.md name the binary that the file makes.
func TestPage(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("..", "..", ".golangci-plugin.yml"))
	require.NoError(t, err)
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "ci.md"))
	require.NoError(t, err)
	var custom struct{ Name string }
	require.NoError(t, yaml.Unmarshal(file, &custom))
	assert.Contains(t, string(page), "./"+custom.Name+" run ./...")
	assert.Contains(t, string(page), "path: "+custom.Name+"\n")
	assert.NotContains(t, string(page), "custom-gcl ")
}
