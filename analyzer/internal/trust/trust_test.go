package trust

import (
	"go/ast"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/gofiles"
)

// few is a file of the form of words.yaml with one list.
const few = "logins: {means: m, words: [login]}\n"

func TestWordsAreReadStrictly(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown list", "login: {means: m, words: [a]}\n", "w.yaml:1: unknown list login"},
		{"unknown key", "logins:\n  meaning: m\n", "w.yaml:2: unknown key meaning"},
		{"a key of the user's", "logins: {means: m, without: [a]}\n", "w.yaml:1: unknown key without"},
		{"list twice", few + few, "w.yaml:2: logins stands here twice"},
		{"word twice", "logins:\n  means: m\n  words:\n    - a\n    - a\n", "w.yaml:5: a stands in logins already"},
		{"no meaning", "logins: {words: [a]}\n", "w.yaml:1: list logins lacks means or words"},
		{"no words", "logins: {means: m}\n", "w.yaml:1: list logins lacks means or words"},
		{"words of another type", "logins: {means: m, words: a}\n", "w.yaml:1: want a list of words"},
		{"a number", "logins: {means: m, words: [1]}\n", `w.yaml:1: want a word in lower case, have "1"`},
		{"upper case", "logins: {means: m, words: [Login]}\n", `w.yaml:1: want a word in lower case, have "Login"`},
		{"two words", "logins: {means: m, words: [log in]}\n", `w.yaml:1: want a word in lower case, have "log in"`},
		{"fixed", "logins: {means: m, fixed: yes, words: [a]}\n", `w.yaml:1: want true or no key at all, have "yes"`},
		{"unknown list taken over", "logins: {means: m, also: [a]}\n", "w.yaml:1: unknown list a"},
		{"two nouns", "tenants: {means: m, words: [{a: [b], c: [d]}]}\n", "w.yaml:1: want one noun with its spellings"},
		{"spelling twice", "tenants: {means: m, words: [{a: [b]}, {c: [b]}]}\n", "w.yaml:1: b is a spelling of a already"},
		{"no mapping", "[a]\n", "w.yaml:1: want a mapping"},
		{"missing list", few, `w.yaml: list "tenants" is missing`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := load("w.yaml", []byte(c.text))
			assert.EqualError(t, err, c.want)
		})
	}
}

// TestNoDoubles: a word stands once in lists of one idea, and no list takes a word
// over that it has itself.
func TestNoDoubles(t *testing.T) {
	_, err := load("w.yaml", []byte(strings.Replace(string(embedded), "words: [user]", "words: [user, identity]", 1)))
	assert.ErrorContains(t, err, "identity stands in principals already, which is of the same idea")
	_, err = load("w.yaml", []byte(strings.Replace(string(embedded), "    - team\n", "    - team\n    - org\n", 1)))
	assert.ErrorContains(t, err, "org is a spelling of organization already")
	_, err = load("w.yaml", embedded)
	require.NoError(t, err)
}

func TestAFileOfTheUsersWins(t *testing.T) {
	w, err := Builtin().With("mine.yml", []byte("likely tenants: {words: [{chapter: [chap]}, project]}\nlogins: {without: [reset]}\n"))
	require.NoError(t, err)
	assert.Equal(t, Likely, w.Class("chapter"))
	assert.Equal(t, "chapter", w.Noun("chap"))
	assert.Equal(t, Likely, w.Class("project"), "it has left the list of the same idea")
	assert.False(t, w.Has(PerhapsTenants, "project"))
	assert.False(t, w.LogsIn("app.ResetView"))
	assert.True(t, w.LogsIn("app.Login"))

	assert.Equal(t, Perhaps, Builtin().Class("project"), "the built-in words stay as they are")
	for text, want := range map[string]string{
		"access: {words: [x]}":                "mine.yml:1: list access is fixed: it is read before the settings are",
		"logins: {means: x}":                  "mine.yml:1: unknown key means; a list has words and without",
		"logins: {without: [x]}":              "mine.yml:1: x does not stand in logins",
		"\nlogins: {words: [login]}":          "mine.yml:2: login stands in logins already",
		"staff words: {words: [instanceadm]}": "mine.yml:1: unknown list staff words",
	} {
		_, err := Builtin().With("mine.yml", []byte(text))
		assert.EqualError(t, err, want)
	}
	same, err := Builtin().With("mine.yml", nil)
	require.NoError(t, err)
	assert.Equal(t, Surely, same.Class("tenant"))
}

// TestEveryListIsUsed: a list that nothing asks would look like knowledge.
func TestEveryListIsUsed(t *testing.T) {
	names := map[List]string{}
	used := map[string]bool{}
	gofiles.Each(t, "..", func(f gofiles.File) {
		ast.Inspect(f.File, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.ValueSpec: // where the lists are declared and listed
				if len(x.Values) == 1 && len(x.Names) == 1 && x.Names[0].IsExported() {
					if id, ok := x.Type.(*ast.Ident); ok && id.Name == "List" {
						names[List(strings.Trim(x.Values[0].(*ast.BasicLit).Value, `"`))] = x.Names[0].Name
					}
				}
				return x.Names[0].Name != "all"
			case *ast.Ident:
				if path.Base(path.Dir(f.Name)) == "trust" {
					used[x.Name] = used[x.Name] || x.Obj == nil || x.Obj.Pos() != x.Pos()
				}
			case *ast.SelectorExpr:
				if id, ok := x.X.(*ast.Ident); ok && id.Name == "trust" {
					used[x.Sel.Name] = true
				}
			}
			return true
		})
	})
	taken := map[List]bool{}
	for _, l := range Builtin().lists {
		for _, n := range l.also {
			taken[n] = true
		}
	}
	for _, name := range all {
		require.NotEmpty(t, names[name], name)
		assert.True(t, used[names[name]] || taken[name], "nothing asks for %s", name)
	}
}

// TestEveryListIsExercised asks a question for each list: one that its word
// answers, and one that a neighbour does not.
func TestEveryListIsExercised(t *testing.T) {
	w := Builtin()
	class := func(c Class) func(string) bool { return func(s string) bool { return w.Class(w.Noun(s)) == c } }
	rank := func(r Rank) func(string) bool { return func(s string) bool { return w.StaffRank(s) == r } }
	secret := func(column string) bool { return w.SecretColumn("users", column) }
	token := func(column string) bool { return w.TokenColumn("users", column) }
	id := func(column string) bool { _, ok := w.ColumnNoun(column); return ok }
	accessor := func(symbol string) bool { return w.Accessor(symbol) == "org" }
	has := func(l List) func(string) bool { return func(s string) bool { return w.Has(l, s) } }
	questions := map[List]struct {
		ask     func(string) bool
		yes, no string
	}{
		Tenants:            {class(Surely), "orgs", "organ"},
		LikelyTenants:      {class(Likely), "biz", "busy"},
		PerhapsTenants:     {class(Perhaps), "env", "envelope"},
		IDs:                {id, "invoice_uuid", "invoice_key"},
		SecondIDs:          {w.SecondID, "external_id", "external_name"},
		Enumerations:       {w.Enumeration, "invoice_statuses", "invoice_lines"},
		Fillers:            {func(s string) bool { return w.Concept(s) == "organization" }, "ctxKeyOrganizationID", "ctxLockOrganizationID"},
		People:             {w.Person, "employee", "employer"},
		Principals:         {w.Person, "identity", "entity"},
		CompoundUsers:      {w.Person, "appuser", "apprentice"},
		Users:              {w.Person, "user", "used"},
		PeopleWithAddress:  {func(s string) bool { return w.PrincipalRank(s, s, true) > 0 && !w.Person(s) }, "member", "user"},
		Callers:            {has(Callers), "viewer", "view"},
		UserIDs:            {has(Callers), "sub", "sum"},
		UserNames:          {w.NamesPerson, "login", "logged"},
		UserKeys:           {has(UserKeys), "subject", "object"},
		PersonNames:        {w.NamesPerson, "mobile_number", "number"},
		Addresses:          {w.Address, "phone_number", "house_number"},
		Actors:             {w.Actor, "created_on_behalf", "user_id"},
		Memberships:        {w.Member, "org_members", "org_remembers"},
		PartsOfMemberships: {w.Member, "member_roles", "org_roles"},
		Outsiders:          {func(s string) bool { return !w.Member(s) }, "pending_members", "org_members"},
		Logins:             {w.LogsIn, "app.SignIn", "app.AssignIn"},
		Tokens:             {token, "reset_token", "reset_taken"},
		Hashes:             {token, "token_digest", "token_digit"},
		Secrets:            {secret, "nonce", "once"},
		Credentials:        {func(c string) bool { return w.Credential("users", c) }, "password_digest", "passport_digits"},
		Contents:           {func(c string) bool { return !secret(c) && !token(c) }, "content_token", "reset_token"},
		NoSecrets:          {func(c string) bool { return !secret(c) }, "token_count", "reset_token"},
		Repeating:          {func(c string) bool { return !token(c) }, "push_token", "reset_token"},
		States:             {token, "oauth_state", "order_state"},
		SecretTables:       {w.SecretTable, "password_resets", "passwords"},
		HashedSecrets:      {token, "session_hash", "email_hash"},
		KeysOfSecrets:      {token, "api_key", "sort_key"},
		Claims:             {w.Claim, "x/y.ParseToken", "x/token.Parse"},
		Accessors:          {accessor, "auth.OrgFromContext", "auth.Org"},
		NoAccessors:        {func(s string) bool { return !accessor(s) }, "auth.LoadOrgFromContext", "auth.OrgFromContext"},
		OneTenantSettings:  {w.OneTenant, "AuthEnabled", "AuthorEnabled"},
		Listening:          {w.Listens, "net/http.(*Server).ListenAndServe", "net/http.(*Server).Shutdown"},
		Errors:             {ErrorVariable, "app.errNotFound", "app.errorMode"},
		Access:             {SpeaksOfAccess, "x/tin.Can", "x/tin.Cannon"},
		Tests:              {MayDecide, "app.verify", "app.very"},
		Form:               {func(s string) bool { return !MayDecide(s) }, "app.VerifyCaptcha", "app.Verify"},
		Supreme:            {rank(Staff), "IsSuperAdmin", "IsSupperAdmin"},
		Wide:               {rank(Staff), "instance_admin", "distance_admin"},
		Admins:             {rank(Admin), "org_admin", "org_member"},
		Rulers:             {rank(Staff), "platform_operator", "platform_reader"},
		Conversions:        {Converts, "uuid.MustParse", "app.Lookup"},
		Addressed:          {func(s string) bool { return w.ShownByAddress(s, "id") }, "file_shares", "file_spares"},
		Handles:            {w.Handle, "slug", "slogan"},
		FoldersAside:       {Aside, "db/testdata", "db/data"},
	}
	for _, name := range all {
		q, ok := questions[name]
		if assert.True(t, ok, "no question exercises %s", name) {
			assert.True(t, q.ask(q.yes), "%s: %s", name, q.yes)
			assert.False(t, q.ask(q.no), "%s: %s", name, q.no)
		}
	}
}

func TestSplit(t *testing.T) {
	for name, want := range map[string]string{
		"tenant_id": "tenant id", "tenantId": "tenant id", "TenantID": "tenant id", "orgUUID": "org uuid", "HTTPServer": "http server", "v1_task": "v1 task", "": "",
	} {
		assert.Equal(t, want, strings.Join(Split(name), " "), name)
	}
	for name, want := range map[string]string{
		"companies": "company", "addresses": "address", "statuses": "statuse", "boxes": "box", "users": "user", "status": "status", "people": "person", "series": "sery", "invoice_lines": "invoiceline",
	} {
		assert.Equal(t, want, TableNoun(name), name)
	}
}

// TestAssumptionOf: each premise is found by its text, with names in the places.
func TestAssumptionOf(t *testing.T) {
	for _, a := range Assumptions() {
		text := strings.NewReplacer("%s", "a.b(c).D", "%q", strconv.Quote("id")).Replace(a.Text)
		found := AssumptionOf(text)
		if assert.NotNil(t, found, text) {
			assert.Equal(t, a.Says, found.Says, text)
		}
	}
	assert.Nil(t, AssumptionOf("nothing of the kind"))
}
