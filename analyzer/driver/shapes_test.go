package driver_test

import (
	"bytes"
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

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	shapes "github.com/tenantvet/tenantvet/analyzer/internal/oracle/shape"
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
			s := unpack(t, file)
			run := s.standalone(t)
			for _, d := range s.Differences(run) {
				assert.Fail(t, "the run says otherwise", d)
			}
			if !testing.Short() {
				assert.Equal(t, errorLines(run), s.vet(t), "go vet and the command differ")
			}
		})
	}
}

// shape is one module on disk.
type shape struct{ *shapes.Shape }

func unpack(t *testing.T, file string) *shape {
	s, err := shapes.Unpack(file, t.TempDir())
	require.NoError(t, err)
	return &shape{s}
}

// command runs a program in the shape's folder and returns its two outputs.
func (s *shape) command(name string, args ...string) (stdout, stderr string, err error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = s.Dir
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
