package driver_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// workplace is a module under git with tenantvet on the path, where the commands of pages
// and actions run as they are written.
type workplace struct {
	dir string
	env []string
}

func newWorkplace(t *testing.T) *workplace {
	bin := t.TempDir()
	out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "tenantvet"), "github.com/tenantvet/tenantvet/cmd/tenantvet").CombinedOutput()
	require.NoError(t, err, "%s", out)
	w := &workplace{dir: t.TempDir()}
	require.NoError(t, os.CopyFS(w.dir, os.DirFS(filepath.Join("..", "..", "testdata", "service"))))
	w.env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "XDG_CACHE_HOME="+t.TempDir(),
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com", "GITHUB_STEP_SUMMARY=")
	_, code := w.bash(t, "git init -q -b main && git add . && git commit -q -m first")
	require.Zero(t, code)
	return w
}

// bash runs a script and gives what it prints and its exit code.
func (w *workplace) bash(t *testing.T, script string, env ...string) (out string, code int) {
	cmd := exec.Command("bash", "-e", "-o", "pipefail", "-c", script)
	cmd.Dir, cmd.Env = w.dir, append(w.env, env...)
	text, err := cmd.CombinedOutput()
	if exit, ok := err.(*exec.ExitError); ok {
		return string(text), exit.ExitCode()
	}
	require.NoError(t, err)
	return string(text), 0
}

// TestCIPage runs the commands of docs/ci.md in their order: after the baseline nothing
// is new.
func TestCIPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "ci.md"))
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)<!-- runs -->\n```sh\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	require.Len(t, blocks, 3)
	w := newWorkplace(t)
	for _, b := range blocks {
		out, code := w.bash(t, b[1])
		assert.Zero(t, code, "%s%s", b[1], out)
	}
	for _, file := range []string{".tenantvet-baseline", "tenantvet.sarif", "tenantvet.html"} {
		assert.FileExists(t, filepath.Join(w.dir, file))
	}
}

// step is a step of a composite action.
type step struct {
	ID, Shell, Run, Uses, If string
	Env                      map[string]string
	With                     map[string]string
}

// TestAction runs the script of the action: it prints annotations, writes SARIF, and hands
// on the exit code, 2 too.
func TestAction(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "action.yml"))
	require.NoError(t, err)
	var action struct {
		Inputs map[string]struct{ Description, Default string }
		Runs   struct{ Steps []step }
	}
	require.NoError(t, yaml.Unmarshal(text, &action))
	steps := map[string]step{}
	for _, s := range action.Runs.Steps {
		assert.True(t, (s.Run == "") != (s.Uses == ""), "a step runs something or uses something")
		assert.Equal(t, s.Run != "", s.Shell == "bash")
		assert.Regexp(t, `^([\w./-]+@v\d+)?$`, s.Uses)
		steps[s.ID] = s
	}
	used := regexp.MustCompile(`inputs\.([\w-]+)`).FindAllStringSubmatch(string(text), -1)
	for _, m := range used {
		assert.Contains(t, action.Inputs, m[1])
	}
	w := newWorkplace(t)
	temp := t.TempDir()
	run := func(args string) (printed, outputs string) {
		file := filepath.Join(temp, "output")
		require.NoError(t, os.WriteFile(file, nil, 0o644))
		printed, code := w.bash(t, steps["run"].Run, "RUNNER_TEMP="+temp, "GITHUB_OUTPUT="+file, "ARGS="+args, "PACKAGES=./...", "GITHUB_STEP_SUMMARY="+filepath.Join(temp, "summary.md"))
		assert.Zero(t, code, "the last step ends with the code")
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		return printed, string(data)
	}
	printed, outputs := run("")
	assert.Contains(t, outputs, "exit-code=1\n")
	assert.Contains(t, outputs, "sarif-file="+filepath.Join(temp, "tenantvet.sarif"))
	assert.Contains(t, printed, "::error file=internal/handler/handler.go,line=28,")
	assert.Contains(t, printed, "result:        1 error, no warnings")
	assert.FileExists(t, filepath.Join(temp, "summary.md"))

	_, outputs = run("--new-from main --strict")
	assert.Contains(t, outputs, "exit-code=0\n")

	require.NoError(t, os.WriteFile(filepath.Join(w.dir, ".tenantvet.yml"), []byte("shard: [a]\n"), 0o644))
	printed, outputs = run("")
	assert.Equal(t, "exit-code=2\n", outputs, "there is nothing to upload")
	assert.Contains(t, printed, `unknown key "shard"`)

	last := action.Runs.Steps[len(action.Runs.Steps)-1]
	_, code := w.bash(t, last.Run, "CODE=2")
	assert.Equal(t, 2, code)
}

// TestHook: the hook of pre-commit asks for nothing that the command does not know.
func TestHook(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", ".pre-commit-hooks.yaml"))
	require.NoError(t, err)
	var hooks []struct{ ID, Entry, Files string }
	require.NoError(t, yaml.Unmarshal(text, &hooks))
	w := newWorkplace(t)
	for _, h := range hooks {
		out, code := w.bash(t, h.Entry)
		assert.Zero(t, code, out)
		for _, name := range []string{"a/b.go", "m/1.sql", "go.mod", ".tenantvet.yml", "sqlc.yaml"} {
			assert.Regexp(t, h.Files, name)
		}
		assert.NotRegexp(t, h.Files, "README.md")
	}
	assert.NotEmpty(t, hooks)
	assert.False(t, strings.Contains(string(text), "\t"))
}
