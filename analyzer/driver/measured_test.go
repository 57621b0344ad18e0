package driver

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMeasured holds what README says of the modules in testdata/shapes; that each line
// of them comes out as it says, TestShapes holds.
func TestMeasured(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "shapes", "*.txtar"))
	require.NoError(t, err)
	count := map[string]int{}
	marks := regexp.MustCompile(`// (want|limit miss|limit noise) (?:error |warning )?\S+ ["` + "`" + `]`)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, m := range marks.FindAllStringSubmatch(string(text), -1) {
			count[m[1]]++
		}
	}
	assert.Greater(t, len(files), 75)
	assert.Greater(t, count["want"], 380)
	assert.LessOrEqual(t, count["limit miss"], 7)
	assert.LessOrEqual(t, count["limit noise"], 17)
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	require.NoError(t, err)
	plain := regexp.MustCompile(`\s+`).ReplaceAllString(string(readme), " ")
	assert.Contains(t, plain, "in the more than 75 small modules")
	assert.Contains(t, plain, "more than 380 lines that must be found are found, up to 7 are known misses and up to 17 known false alarms")
}
