package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadEveryKey(t *testing.T) {
	s, err := Read("f.yml", []byte(`# corrections
tenant_column: org_id
second_level: project_id
tenant_source: request
principal: users
members: memberships
shared: [countries, plans]
public:
  - pages
  - posts
shares_null: [templates]
checkers: ["app/authz.(*Z).Can"]
staff: [instance_admin, IsSuperAdmin]
schema: [db/*.sql]
catalogue: db/catalogue.json
roots: [./plugins/...]
assumes: [accessor auth.OrgID]
words: words.yml
ask_new_tables: true
exclude:
  - {path: internal/gen/..., reason: generated}
  - rule: missing-filter
    reason: later
severity: {unchecked-tenant: warning, request-tenant: error, rls-unique: {to: off, reason: slugs are public}}
warnings: true
rls: required
`))
	require.NoError(t, err)
	assert.Equal(t, "org_id", s.TenantColumn)
	assert.Equal(t, "project_id", s.SecondLevel)
	assert.Equal(t, FromRequest, s.TenantSource)
	assert.Equal(t, "users", s.Principal)
	assert.Equal(t, []string{"memberships"}, s.Members)
	assert.Equal(t, []string{"countries", "plans"}, s.Shared)
	assert.Equal(t, []string{"pages", "posts"}, s.Public)
	assert.Equal(t, []string{"templates"}, s.SharesNull)
	assert.Equal(t, []string{"app/authz.(*Z).Can"}, s.Checkers)
	assert.Equal(t, []string{"instance_admin", "IsSuperAdmin"}, s.Staff)
	assert.Equal(t, []string{"db/*.sql"}, s.Schema)
	assert.Equal(t, []string{"./plugins/..."}, s.Roots)
	assert.Equal(t, []string{"accessor auth.OrgID"}, s.Assumes)
	assert.Equal(t, "words.yml", s.WordsFile)
	assert.True(t, s.Warnings)
	assert.Equal(t, RLSRequired, s.RLS)
	assert.Equal(t, 10, s.Line("public", "posts"))
	assert.Equal(t, 2, s.Line("tenant_column", "org_id"))
	assert.Equal(t, []Exclusion{{"internal/gen/...", "", "generated", 21}, {"", "missing-filter", "later", 22}}, s.Exclude)
	assert.Equal(t, map[string]Weight{"unchecked-tenant": {To: AsWarning}, "request-tenant": {To: AsError}, "rls-unique": {Off, "slugs are public"}}, s.Severity)
	assert.True(t, s.AskNewTables)
	assert.Equal(t, "db/catalogue.json", s.Catalogue)
	assert.Len(t, fields, 20, "a new key belongs into this test")
}

func TestWrongSettingsAreErrorsWithTheirLine(t *testing.T) {
	for in, want := range map[string]string{
		"tenant_colum: org_id":                        `f.yml:1: unknown key "tenant_colum", did you mean "tenant_column"?`,
		"\nfrobnicate: 1":                             "f.yml:2: unknown key \"frobnicate\"; `tenantvet help settings` lists the keys",
		"tenant_source: header":                       `f.yml:1: tenant_source is one of context, request, not "header"`,
		"warnings: maybe":                             "f.yml:1: warnings is true or false",
		"shared: {a: b}":                              "f.yml:1: shared is a list of names",
		"shared: [[a]]":                               "f.yml:1: shared is a list of names",
		"tenant_column: [a]":                          "f.yml:1: tenant_column is one name",
		"tenant_column:":                              "f.yml:1: tenant_column is one name",
		"principal: a\nprincipal: b":                  "f.yml:2: principal is set twice, first in line 1",
		"exclude: x":                                  "f.yml:1: exclude is a list of {path, rule, reason}",
		"exclude: [{path: a}]":                        "f.yml:1: exclude in line 1: it needs a reason",
		"exclude: [{reason: a}]":                      "f.yml:1: exclude in line 1: it needs a path or a rule",
		"exclude: [{path: a, why: b}]":                "f.yml:1: exclude in line 1: unknown key \"why\"; there are path, rule and reason",
		"exclude: [{path: \"[\", reason: b}]":         `f.yml:1: exclude in line 1: path "[" is no pattern`,
		"exclude: [x]":                                "f.yml:1: exclude in line 1: an entry is {path: GLOB, rule: NAME, reason: WHY}",
		"severity: high":                              "f.yml:1: severity is a mapping of rules to error, warning or off",
		"severity: {missing-filter: high}":            `f.yml:1: severity of missing-filter is one of error, warning, off, not "high"`,
		"severity: {a: error, a: error}":              "f.yml:1: severity of a stands twice",
		"severity: {a: off}":                          "f.yml:1: severity of a: off needs a reason: {to: off, reason: WHY}",
		"severity: {a: {to: off}}":                    "f.yml:1: severity of a: off needs a reason: {to: off, reason: WHY}",
		"severity: {a: {to: off, because: x}}":        `f.yml:1: severity of a: unknown key "because"; there are to and reason`,
		"- a":                                         "f.yml:1: settings are `key: value` lines, such as `tenant_column: org_id`",
		"shared: [a":                                  "f.yml:1: not YAML: did not find expected ',' or ']'",
		"Shared: [a]\npubic: [b]\nmembers: [m]\nx: 1": "f.yml:1: unknown key \"Shared\", did you mean \"shared\"?\nf.yml:2: unknown key \"pubic\", did you mean \"public\"?\nf.yml:4: unknown key \"x\"; `tenantvet help settings` lists the keys",
	} {
		_, err := Read("f.yml", []byte(in))
		assert.EqualError(t, err, want, in)
	}
}

func TestDigestIsOfTheMeaning(t *testing.T) {
	digest := func(text string) string {
		s, err := Read("f.yml", []byte(text))
		require.NoError(t, err)
		return s.Digest()
	}
	plain := digest("shared: [a]\nprincipal: u")
	assert.Equal(t, plain, digest("# why\n\nprincipal: 'u'\nshared:\n- a"))
	assert.NotEqual(t, plain, digest("shared: [a, b]\nprincipal: u"))
	assert.NotEqual(t, digest("severity: {a: error}"), digest("severity: {a: warning}"))
	assert.NotEqual(t, digest("exclude: [{path: a, reason: x}]"), digest("exclude: [{path: b, reason: x}]"))
	assert.NotEqual(t, plain, digest("public: [a]\nprincipal: u"))
	assert.Equal(t, (&Settings{}).Digest(), digest("# nothing"))
}

func TestFindWalksUpToTheRepository(t *testing.T) {
	top := t.TempDir()
	inner := filepath.Join(top, "repo", "services", "api")
	require.NoError(t, os.MkdirAll(inner, 0o755))
	require.NoError(t, os.Mkdir(filepath.Join(top, "repo", ".git"), 0o755))
	write := func(dir, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, Name), []byte(text), 0o644))
	}
	write(top, "tenant_column: outside")

	s, err := Find(inner)
	require.NoError(t, err)
	assert.Empty(t, s.TenantColumn, "a file above the repository does not count")

	write(filepath.Join(top, "repo"), "tenant_column: org_id")
	s, err = Find(inner)
	require.NoError(t, err)
	assert.Equal(t, "org_id", s.TenantColumn)
	assert.Equal(t, filepath.Join(top, "repo", Name), s.File)
}

func TestWordsFileBesideTheSettings(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, ".git"), 0o755))
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	write(Name, "words: w.yml\n")
	_, err := Find(dir)
	assert.EqualError(t, err, filepath.Join(dir, Name)+":1: words: w.yml cannot be read: no such file or directory")

	write("w.yml", "logins: {words: [einloggen]}\n")
	s, err := Find(dir)
	require.NoError(t, err)
	assert.True(t, s.Words().LogsIn("app.Einloggen"))
	before := s.Digest()

	write("w.yml", "logins: {words: [anmelden]}\n")
	s, err = Find(dir)
	require.NoError(t, err)
	assert.NotEqual(t, before, s.Digest(), "what the file says counts")

	write("w.yml", "\nlogin: {words: [x]}\n")
	_, err = Find(dir)
	assert.EqualError(t, err, filepath.Join(dir, "w.yml")+":2: unknown list login")
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, file string
		want          bool
	}{
		{"a.go", "a.go", true}, {"a.go", "x/a.go", false}, {"./a.go", "a.go", true}, {"x/*.go", "x/a.go", true}, {"x/*.go", "x/y/a.go", false},
		{"x/...", "x/a.go", true}, {"./x/...", "x/y/a.go", true}, {"x/...", "xy/a.go", false},
		{"**/*_gen.go", "a_gen.go", true}, {"**/*_gen.go", "x/y/a_gen.go", true}, {"**/gen/*.go", "x/gen/a.go", true}, {"**/gen/*.go", "x/a.go", false},
	} {
		assert.Equal(t, c.want, Matches(c.pattern, c.file), "%s, %s", c.pattern, c.file)
	}
}
