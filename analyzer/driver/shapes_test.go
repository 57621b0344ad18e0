package driver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// Shapes are small modules whose lines say what must be found there, and
// nowhere else; see testdata/shapes/README.md. Each goes through the command
// and, unit by unit, through the vet tool, and both must say the same errors.
func TestShapes(t *testing.T) {
	files, err := filepath.Glob("../../testdata/shapes/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			shape := unpack(t, file)
			run := shape.standalone(t)
			shape.check(t, run)
			shape.checkCalls(t, run)
			if !testing.Short() {
				assert.Equal(t, errorLines(run), shape.vet(t), "go vet and the command differ")
			}
		})
	}
}

// shape is one module on disk.
type shape struct {
	dir   string
	wants map[string]want // "file:line" -> what must be found
	calls map[string]verdict
}

// verdict is what a line says of the calls that stand there, and why.
type verdict struct {
	verdict finding.Verdict
	reason  *regexp.Regexp
}

type want struct {
	tier          string // "" of any
	rule, message *regexp.Regexp
}

var wantComment = regexp.MustCompile(`// (?:want|limit noise) (?:(error|warning) )?(\S+) ("(?:[^"\\]|\\.)*"|` + "`[^`]*`" + `)\s*$`)

func unpack(t *testing.T, file string) *shape {
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	s := &shape{dir: t.TempDir(), wants: map[string]want{}, calls: map[string]verdict{}}
	for _, f := range archive.Files {
		name := filepath.Join(s.dir, filepath.FromSlash(f.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, f.Data, 0o644))
		for i, line := range strings.Split(string(f.Data), "\n") {
			if strings.HasSuffix(f.Name, ".go") && expects(line) {
				s.wants[fmt.Sprintf("%s:%d", f.Name, i+1)] = parseWant(t, line)
			}
			if m := verdictComment.FindStringSubmatch(line); m != nil && strings.HasSuffix(f.Name, ".go") {
				s.calls[fmt.Sprintf("%s:%d", f.Name, i+1)] = verdict{finding.Verdict(m[1]), regexp.MustCompile(m[2])}
			}
		}
	}
	return s
}

var verdictComment = regexp.MustCompile("// (proved|excused|unproven)(?: `([^`]*)`)?$")

// checkCalls compares the verdicts of calls with what the lines say that they are.
func (s *shape) checkCalls(t *testing.T, run *finding.Run) {
	seen := map[string]bool{}
	for _, c := range run.Calls {
		at := fmt.Sprintf("%s:%d", c.File, c.Line)
		if v, ok := s.calls[at]; ok {
			seen[at] = true
			assert.Equal(t, v.verdict, c.Verdict, "%s: %s", at, c.Reason)
			assert.Regexp(t, v.reason, strings.Join(append([]string{c.Reason}, c.Assumes...), "; "), at)
		}
	}
	for at := range s.calls {
		assert.True(t, seen[at], "%s: no call", at)
	}
}

// expects reports whether something must be found on the line: a mistake, or
// known noise. A line with `limit miss` is a mistake that is known to be missed;
// it must be silent, so that its pin is lifted when it is found.
func expects(line string) bool {
	return strings.Contains(line, "// want ") || strings.Contains(line, "// limit noise ")
}

func parseWant(t *testing.T, line string) want {
	m := wantComment.FindStringSubmatch(line)
	require.NotNil(t, m, "not a want comment: %s", line)
	text, err := strconv.Unquote(m[3])
	require.NoError(t, err)
	return want{m[1], regexp.MustCompile(`^(?:` + m[2] + `)$`), regexp.MustCompile(text)}
}

// command runs a program in the shape's folder and returns its two outputs.
func (s *shape) command(name string, args ...string) (stdout, stderr string, err error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	err = cmd.Run()
	return out.String(), problems.String(), err
}

func (s *shape) standalone(t *testing.T) *finding.Run {
	out, problems, err := s.command("tenantvet", "--format", "json", "./...")
	run := &finding.Run{}
	require.NoError(t, json.Unmarshal([]byte(out), run), "%v: %s", err, problems)
	return run
}

// check compares what was found with what the lines want.
func (s *shape) check(t *testing.T, run *finding.Run) {
	found := map[string][]finding.Finding{}
	for _, f := range run.Findings {
		if f.Excluded != "" {
			continue
		}
		at := fmt.Sprintf("%s:%d", f.File, f.Line)
		found[at] = append(found[at], f)
	}
	for at, findings := range found {
		w, wanted := s.wants[at]
		if !wanted {
			assert.Fail(t, "must be silent", "%s: %s", at, describe(findings))
			continue
		}
		assert.True(t, slices.ContainsFunc(findings, w.matches), "%s: want %s %s\nhave %s", at, w.rule, w.message, describe(findings))
		assert.False(t, slices.ContainsFunc(findings, w.accuses), "%s: want no error\nhave %s", at, describe(findings))
	}
	for at, w := range s.wants {
		if found[at] == nil {
			assert.Fail(t, "nothing found", "%s: want %s %s", at, w.rule, w.message)
		}
	}
}

func (w want) matches(f finding.Finding) bool {
	return w.rule.MatchString(f.Rule) && w.message.MatchString(f.Message) && (w.tier == "" || w.tier == string(f.Tier))
}

// accuses reports whether a line that wants warnings alone has an error.
func (w want) accuses(f finding.Finding) bool {
	return w.tier == string(finding.Warning) && f.Tier == finding.Error
}

func describe(findings []finding.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%s %s: %s\n", f.Tier, f.Rule, f.Message)
		for _, s := range f.Steps {
			fmt.Fprintf(&b, "    %s:%d: %s\n", s.File, s.Line, s.Message)
		}
	}
	return b.String()
}

// errorLines are the errors of a run as lines, each once, sorted.
func errorLines(run *finding.Run) []string {
	lines := []string{}
	for _, f := range run.Findings {
		if f.Tier == finding.Error && f.Excluded == "" {
			lines = append(lines, fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Diagnostic()))
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}
