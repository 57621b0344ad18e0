package driver

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
