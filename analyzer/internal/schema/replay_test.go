package schema_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// FuzzReplay holds that no text makes the replay fail or point outside of itself.
func FuzzReplay(f *testing.F) {
	archives, err := filepath.Glob("discover/testdata/load/*.txtar")
	require.NoError(f, err)
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		require.NoError(f, err)
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, ".sql") {
				f.Add(string(file.Data))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := schema.Replay("fuzz", []schema.Text{{File: "a.sql", Text: text}, {File: "b.sql", Text: text}})
		lines := strings.Count(text, "\n") + 1
		for _, p := range d.Problems {
			require.LessOrEqual(t, p.Line, lines, p.Message)
			require.Positive(t, p.Line, p.Message)
		}
		for _, table := range d.Tables {
			require.LessOrEqual(t, table.Line, lines)
		}
	})
}
