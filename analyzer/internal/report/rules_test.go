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

// TestExcusePagesAreFresh fails when a page of docs is not what the table of excuses
// says; -update writes them anew.
func TestExcusePagesAreFresh(t *testing.T) {
	docs := filepath.Join("..", "..", "..", "docs")
	var index bytes.Buffer
	require.NoError(t, ExcusesPage(&index))
	golden.File(t, filepath.Join(docs, "excuses.md"), index.String())
	for _, e := range finding.Excuses() {
		var page bytes.Buffer
		require.NoError(t, ExcusePage(&page, e))
		golden.File(t, filepath.Join(docs, "excuses", e.Page()+".md"), page.String())
	}
	pages, err := filepath.Glob(filepath.Join(docs, "excuses", "*.md"))
	require.NoError(t, err)
	assert.Len(t, pages, len(finding.Excuses()), "a page without an excuse")
}

// TestCategoryPagesAreFresh fails when a page of docs is not what the table of categories
// says; -update writes them anew.
func TestCategoryPagesAreFresh(t *testing.T) {
	docs := filepath.Join("..", "..", "..", "docs")
	var index bytes.Buffer
	require.NoError(t, CategoriesPage(&index))
	golden.File(t, filepath.Join(docs, "categories.md"), index.String())
	for _, c := range finding.Categories() {
		var page bytes.Buffer
		require.NoError(t, CategoryPage(&page, c))
		golden.File(t, filepath.Join(docs, "categories", c.Name+".md"), page.String())
	}
	pages, err := filepath.Glob(filepath.Join(docs, "categories", "*.md"))
	require.NoError(t, err)
	assert.Len(t, pages, len(finding.Categories()), "a page without a category")
}

// TestGlossaryIsFresh fails when the glossary of docs is not what the table says;
// -update writes it anew.
func TestGlossaryIsFresh(t *testing.T) {
	var page bytes.Buffer
	require.NoError(t, GlossaryPage(&page))
	golden.File(t, filepath.Join("..", "..", "..", "docs", "glossary.md"), page.String())
}
