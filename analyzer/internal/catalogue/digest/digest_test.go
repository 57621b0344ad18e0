package digest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue/digest"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// TestDigestSeesDecisions holds that the digest changes with what was decided,
// and with nothing else.
func TestDigestSeesDecisions(t *testing.T) {
	decide := func(sql string, s catalogue.Settings) string {
		return digest.Of(catalogue.Decide([]*schema.Diagram{schema.Replay("test", []schema.Text{{File: "a.sql", Text: sql}})}, s)[0])
	}
	const base = "CREATE TABLE orgs (id int PRIMARY KEY); CREATE TABLE a (id int, org_id int NOT NULL REFERENCES orgs);"
	first := decide(base, catalogue.Settings{})
	assert.Equal(t, first, decide(base, catalogue.Settings{}))
	assert.Equal(t, first, decide("-- a comment\n\n"+base+" GRANT SELECT ON a TO x;", catalogue.Settings{}))
	assert.NotEqual(t, first, decide(base+" ALTER TABLE a ADD UNIQUE (id);", catalogue.Settings{}))
	assert.NotEqual(t, first, decide(base+" ALTER TABLE a ALTER org_id DROP NOT NULL;", catalogue.Settings{}))
	assert.NotEqual(t, first, decide(base+" CREATE VIEW v AS SELECT 1;", catalogue.Settings{}))
	assert.NotEqual(t, first, decide(base, catalogue.Settings{Shared: []string{"a"}}))
	assert.NotEqual(t, first, decide(base, catalogue.Settings{Public: []string{"a"}}))
}
