package schema_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// TestSettings: the variables that policies read behind functions that call each other, in
// whatever order they were made.
func TestSettings(t *testing.T) {
	d := schema.Replay("db", []schema.Text{{File: "a.sql", Text: `CREATE TABLE lists (id bigint PRIMARY KEY);
CREATE FUNCTION who() RETURNS bigint LANGUAGE sql AS $$ SELECT current_setting('app.user')::bigint $$;
CREATE FUNCTION other() RETURNS bigint LANGUAGE sql AS $$ SELECT current_setting('app.other')::bigint $$;
CREATE FUNCTION member(l bigint) RETURNS boolean LANGUAGE sql AS $$ SELECT l = who() $$;
CREATE FUNCTION may(l bigint) RETURNS boolean LANGUAGE sql AS $$ SELECT member(l) $$;
CREATE POLICY p ON lists USING (may(id));`}})
	assert.Equal(t, []string{"app.user"}, d.Find("lists").Security.Settings(d))
}
