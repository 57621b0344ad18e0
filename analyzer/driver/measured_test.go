package driver

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMeasured holds the numbers of README against the modules that they speak of; that
// each line of them comes out as it says, TestShapes holds.
func TestMeasured(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "shapes", "*.txtar"))
	require.NoError(t, err)
	count := map[string]int{}
	marks := regexp.MustCompile(`// (want|limit miss|limit noise) \S+ ["` + "`" + `]`)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, m := range marks.FindAllStringSubmatch(string(text), -1) {
			count[m[1]]++
		}
	}
	file := filepath.Join("..", "..", "README.md")
	readme, err := os.ReadFile(file)
	require.NoError(t, err)
	modules := regexp.MustCompile(`in the \d+ small\s+modules`)
	lines := regexp.MustCompile(`\d+ lines that must be found are found, \d+ are known misses and \d+ are known false alarms`)
	want := modules.ReplaceAllString(string(readme), fmt.Sprintf("in the %d small\nmodules", len(files)))
	want = lines.ReplaceAllString(want, fmt.Sprintf("%d lines that must be found are found, %d are known misses and %d are known false alarms", count["want"], count["limit miss"], count["limit noise"]))
	require.Len(t, modules.FindAllString(want, -1), 1)
	require.Len(t, lines.FindAllString(want, -1), 1)
	if *updateReadme {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
		return
	}
	assert.Equal(t, want, string(readme), "README is stale: run go test ./analyzer/driver -run Measured -readme")
}
