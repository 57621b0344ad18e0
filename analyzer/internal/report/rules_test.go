package report

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
)

// TestRulePagesAreFresh fails when a page of docs is not what the rule table
// says; -update writes them anew.
func TestRulePagesAreFresh(t *testing.T) {
	docs := filepath.Join("..", "..", "..", "docs")
	var index bytes.Buffer
	require.NoError(t, RulesPage(&index))
	golden.File(t, filepath.Join(docs, "rules.md"), index.String())
	for _, r := range finding.Rules() {
		var page bytes.Buffer
		require.NoError(t, RulePage(&page, r))
		golden.File(t, filepath.Join(docs, "rules", r.Name+".md"), page.String())
	}
	pages, err := filepath.Glob(filepath.Join(docs, "rules", "*.md"))
	require.NoError(t, err)
	assert.Len(t, pages, len(finding.Rules()), "a page without a rule")
}
