package report

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// TestRulePagesAreFresh fails when a page of docs is not what the rule table
// says; -update writes them anew.
func TestRulePagesAreFresh(t *testing.T) {
	docs := filepath.Join("..", "..", "..", "docs")
	var index bytes.Buffer
	require.NoError(t, RulesPage(&index))
	fresh(t, filepath.Join(docs, "rules.md"), index.Bytes())
	for _, r := range finding.Rules() {
		var page bytes.Buffer
		require.NoError(t, RulePage(&page, r))
		fresh(t, filepath.Join(docs, "rules", r.Name+".md"), page.Bytes())
	}
	pages, err := filepath.Glob(filepath.Join(docs, "rules", "*.md"))
	require.NoError(t, err)
	assert.Len(t, pages, len(finding.Rules()), "a page without a rule")
}

func fresh(t *testing.T, file string, want []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, want, 0o644))
	}
	have, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(have), "%s is stale: run go test with -update", file)
}
