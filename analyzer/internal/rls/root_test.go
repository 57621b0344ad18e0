package rls_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
)

// TestOneEscape: policies that one variable opens are one cause, and another variable is another.
func TestOneEscape(t *testing.T) {
	policy := func(name, variable string) string {
		return "CREATE POLICY " + name + " ON invoices USING (organization_id = current_setting('app.tenant')::bigint OR current_setting('" + variable + "', true) = 'service');\n"
	}
	c := decide("ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;\nALTER TABLE invoices FORCE ROW LEVEL SECURITY;\n" + policy("a", "app.kind") + policy("b", "app.kind") + policy("c", "app.other"))
	var roots []string
	for _, f := range rls.Check(c) {
		if f.Rule == finding.RLSEscape {
			roots = append(roots, f.Root)
		}
	}
	require.Len(t, roots, 3)
	assert.NotEmpty(t, roots[0])
	assert.Equal(t, roots[0], roots[1])
	assert.Empty(t, roots[2])
}
