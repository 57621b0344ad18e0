package config

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
)

// TestSchemaAgrees: what the schema allows is what the reader reads, but for what a
// schema cannot say (a key that stands twice, a pattern that is none, a rule that there is
// not).
func TestSchemaAgrees(t *testing.T) {
	schema, err := Schema()
	require.NoError(t, err)
	golden.File(t, filepath.Join("..", "..", "..", "docs", "settings.schema.json"), string(schema))
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(string(schema)))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("settings.json", parsed))
	compiled, err := c.Compile("settings.json")
	require.NoError(t, err)
	for _, text := range []string{
		"", "# nothing", "tenant_column: org_id", "tenant_colum: org_id", "tenant_column: [a]", "tenant_column: ''",
		"shared: a", "shared: [a, b]", "shared: {a: b}", "shared: [[a]]", "tenant_source: request", "tenant_source: header",
		"warnings: true", "warnings: maybe", "ask_new_tables: false", "- a", "schema: [db/*.sql]", "shared: []",
		"exclude: [{path: a, reason: b}]", "exclude: [{rule: a, reason: b}]", "exclude: [{reason: b}]", "exclude: [{path: a}]",
		"exclude: [{path: a, reason: b, why: c}]", "exclude: x", "exclude: []",
		"severity: {a: off}", "severity: {a: {to: off, reason: x}}", "severity: {a: {to: off}}", "severity: {a: {to: warning, reason: x}}", "severity: {a: warning}", "severity: {a: high}", "severity: high", "words: w.yml", "rls: required", "rls: both",
	} {
		var doc any
		require.NoError(t, yaml.Unmarshal([]byte(text), &doc), text)
		_, read := Read("f.yml", []byte(text))
		assert.Equal(t, read == nil, compiled.Validate(doc) == nil, "%q: the reader says %v", text, read)
	}
}
