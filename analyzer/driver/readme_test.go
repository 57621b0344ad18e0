package driver

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

var updateReadme = flag.Bool("readme", false, "write the output in README.md anew")

// TestReadme runs README's first command and holds its output against README.
func TestReadme(t *testing.T) {
	file := filepath.Join("..", "..", "README.md")
	readme, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(readme), "\ngo run ./cmd/tenantvet -C testdata/example ./...\n")

	var stdout, stderr bytes.Buffer
	code := Main([]string{"-C", filepath.Join("..", "..", "testdata", "example"), "./..."}, nil, &stdout, &stderr)
	require.Equal(t, exitFound, code, stderr.String())
	require.Empty(t, stderr.String())

	before, rest, ok := strings.Cut(string(readme), "<!-- example -->\n")
	require.True(t, ok)
	printed, after, ok := strings.Cut(rest, "<!-- end -->")
	require.True(t, ok)
	want := "```text\n" + stdout.String() + "```\n"
	if *updateReadme {
		require.NoError(t, os.WriteFile(file, []byte(before+"<!-- example -->\n"+want+"<!-- end -->"+after), 0o644))
		return
	}
	assert.Equal(t, want, printed, "README is stale: run go test ./analyzer/driver -run Readme -readme")
}

// expectedRow is a line of the table of findings in EXPECTED.md.
var expectedRow = regexp.MustCompile(`(?m)^\| \d+ \| (\S+) \| (\S+) \| (\S+) \| (error|warning) \|`)

// TestExampleWithPolicies holds what is found in the example that has a second wall against
// its table.
func TestExampleWithPolicies(t *testing.T) {
	dir := filepath.Join("..", "..", "testdata", "example-rls")
	text, err := os.ReadFile(filepath.Join(dir, "EXPECTED.md"))
	require.NoError(t, err)
	var want, got []string
	for _, m := range expectedRow.FindAllStringSubmatch(string(text), -1) {
		want = append(want, strings.Join(m[1:], " "))
	}
	var stdout, stderr bytes.Buffer
	code := Main([]string{"-C", dir, "--format", "json", "./..."}, nil, &stdout, &stderr)
	require.Equal(t, exitFound, code, stderr.String())
	run := &finding.Run{}
	require.NoError(t, json.Unmarshal(stdout.Bytes(), run))
	for _, f := range run.Findings {
		got = append(got, strings.Join([]string{f.File, f.Rule, cmp.Or(f.Table, "-"), string(f.Tier)}, " "))
	}
	assert.Equal(t, want, got)
	count := map[finding.Verdict]int{}
	for _, c := range run.Calls {
		if len(c.Tables) > 0 {
			count[c.Verdict]++
		}
	}
	assert.Equal(t, map[finding.Verdict]int{finding.Proved: 3, finding.Excused: 1, finding.Found: 4, finding.Unproven: 2}, count)
}
