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

// TestPolicyFunctions: functions of one name are told by the types of their arguments, and with
// the last of a name go the policies that call it.
func TestPolicyFunctions(t *testing.T) {
	const two = `CREATE TABLE lists (id bigint PRIMARY KEY);
CREATE FUNCTION may(l bigint) RETURNS boolean LANGUAGE sql AS $$ SELECT l = 1 $$;
CREATE FUNCTION may(l text) RETURNS boolean LANGUAGE sql STRICT AS $$ SELECT l = 'x' $$;
CREATE POLICY p ON lists USING (may(id)); CREATE POLICY q ON lists USING (id > 1);`
	for more, want := range map[string]struct {
		bodies   []string
		policies int
	}{
		"": {[]string{" SELECT l = 1 ", " SELECT l = 'x' "}, 2},
		"CREATE OR REPLACE FUNCTION may(l int8) RETURNS boolean LANGUAGE sql AS 'SELECT true'": {[]string{"SELECT true", " SELECT l = 'x' "}, 2},
		"DROP FUNCTION may(text)":                                    {[]string{" SELECT l = 1 "}, 2},
		"DROP FUNCTION may(text); DROP FUNCTION may(bigint) CASCADE": {nil, 1},
		"DROP FUNCTION may(uuid)":                                    {[]string{" SELECT l = 1 ", " SELECT l = 'x' "}, 2},
	} {
		d := schema.Replay("db", []schema.Text{{File: "a.sql", Text: two + more}})
		var bodies []string
		for _, f := range d.Functions {
			bodies = append(bodies, f.Body)
		}
		assert.Equal(t, want.bodies, bodies, more)
		assert.Len(t, d.Find("lists").Security.Policies, want.policies, more)
	}
}

// TestAlteredFunction: ALTER FUNCTION says of the one that it names what that is declared as.
func TestAlteredFunction(t *testing.T) {
	d := schema.Replay("db", []schema.Text{{File: "a.sql", Text: `CREATE FUNCTION may(l bigint) RETURNS boolean LANGUAGE sql STRICT AS $$ SELECT l = 1 $$;
CREATE FUNCTION may(l text) RETURNS boolean LANGUAGE sql STRICT AS $$ SELECT l = 'x' $$;
ALTER FUNCTION may(text) SECURITY DEFINER CALLED ON NULL INPUT STABLE;`}})
	assert.False(t, d.Functions[0].Definer || !d.Functions[0].Strict || d.Functions[0].Steady)
	assert.True(t, d.Functions[1].Definer && !d.Functions[1].Strict && d.Functions[1].Steady)
}
