package proof_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

const shapeSchema = `
-- schema.sql --
CREATE TABLE organizations (id uuid PRIMARY KEY, slug text NOT NULL UNIQUE, name text NOT NULL);
CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE, role text NOT NULL);
CREATE TABLE sessions (id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES users (id), token text NOT NULL UNIQUE);
CREATE TABLE members (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    user_id uuid NOT NULL REFERENCES users (id),
    PRIMARY KEY (organization_id, user_id)
);
CREATE TABLE documents (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations (id), title text NOT NULL);
CREATE TABLE folders (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations (id));
CREATE TABLE loose (id uuid PRIMARY KEY, organization_id uuid NOT NULL, title text);
CREATE VIEW live_sessions AS SELECT s.id, s.user_id, s.token FROM sessions s;
CREATE VIEW admins AS SELECT id, email FROM users WHERE role = 'admin';
`

// TestShape: what a statement asks and does, names resolved.
func TestShape(t *testing.T) {
	cat := readCatalogue(t, txtar.Parse([]byte(shapeSchema)), sqltree.Postgres)
	for _, c := range []struct{ sql, want string }{
		{"SELECT user_id FROM sessions WHERE token = $1", "reads sessions(token=$1); row probe"},
		{"SELECT 1 FROM sessions WHERE token = $1 OR id = $2", "reads sessions()"},
		{"SELECT 1 FROM sessions WHERE token::text = $1::text", "reads sessions(token=$1); key probe"},
		{"SELECT 1 FROM sessions WHERE left(token, 4) = $1", "reads sessions()"},
		{"SELECT 1 FROM sessions WHERE token IS NOT DISTINCT FROM $1", "reads sessions()"},
		{"SELECT 1 FROM sessions WHERE token = ANY($1)", "reads sessions()"},
		{"SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token = $1", "reads sessions(token=$1) users(); 1.id=0.user_id"},
		{"SELECT 1 FROM sessions s, users u WHERE u.id = s.user_id AND token = $1 AND email = $2", "reads sessions(token=$1) users(email=$2); 1.id=0.user_id"},
		// Whose row decides which row a word is demanded of.
		{"SELECT 1 FROM members m JOIN users u ON u.id = m.user_id WHERE m.user_id = $1 AND u.role = 'admin'", "reads members(user_id=$1) users(); 1.id=0.user_id; says $1 of [0] admin of [0]"},
		{"SELECT 1 FROM members m JOIN members o USING (organization_id) JOIN users u ON u.id = o.user_id WHERE m.user_id = $1 AND u.role = 'admin'", "reads members(user_id=$1) members() users(); 0.organization_id=1.organization_id; 2.id=1.user_id; says $1 of [0] admin of [1]"},
		{"SELECT 1 FROM members m JOIN sessions s ON s.user_id = m.user_id WHERE m.user_id = $1 AND s.token = 'admin'", "reads members(user_id=$1) sessions(); 1.user_id=0.user_id; says $1 of [0] admin of [0]"},
		{"SELECT EXISTS (SELECT 1 FROM members m, users u WHERE m.user_id = $1 AND u.role = 'admin')", "reads; says $1 of [0] admin of []; no where"},
		{"SELECT EXISTS (SELECT 1 FROM members m, users u WHERE m.user_id = $1 AND u.id = m.user_id AND u.role = 'admin')", "reads; says $1 of [0] admin of [0]; no where"},
		// What an outer join adds is there or not; the other side is.
		{"SELECT 1 FROM users u LEFT JOIN sessions s ON s.user_id = u.id AND s.token = $1 WHERE u.email = $2", "reads users(email=$2)"},
		{"SELECT 1 FROM sessions s RIGHT JOIN users u ON s.user_id = u.id WHERE u.email = $1", "reads users(email=$1)"},
		{"SELECT 1 FROM users u LEFT JOIN sessions s ON s.user_id = u.id WHERE s.token = $1", "reads users() sessions(token=$1); 1.user_id=0.id"},
		// A name means what is in force where it stands.
		{"WITH sessions AS (SELECT id, email AS token FROM users) SELECT 1 FROM sessions WHERE token = $1", "reads users(email=$1)"},
		{"WITH x AS (SELECT * FROM sessions) SELECT 1 FROM x WHERE token = $1", "reads sessions(token=$1)"},
		{"SELECT 1 FROM live_sessions WHERE token = $1", "reads sessions(token=$1)"},
		{"SELECT 1 FROM (SELECT token AS t FROM sessions) q WHERE q.t = $1", "reads sessions(token=$1)"},
		{"SELECT 1 FROM (SELECT max(token) AS t FROM sessions) q WHERE q.t = $1", "reads"},
		{"SELECT 1 FROM users u JOIN (SELECT user_id AS id, token FROM sessions) s USING (id) WHERE token = $1", "reads users() sessions(token=$1); 0.id=1.user_id"},
		{"SELECT 1 FROM users JOIN sessions USING (id) WHERE id = $1", "reads users(id=$1) sessions(); 0.id=1.id"},
		{"SELECT 1 FROM sessions AS s (i, u, t) WHERE s.t = $1", "reads sessions(token=$1)"},
		{"SELECT 1 FROM sessions UNION SELECT 1 FROM users WHERE email = $1", "reads, several blocks"},
		{"SELECT 1 FROM users WHERE role = 'admin' AND 'x' = email", "reads users(); says admin of [] x of []"},
		{"SELECT 1 FROM users WHERE role = 'admin' OR email = 'x'", "reads users()"},
		{"SELECT 1 FROM users u WHERE EXISTS (SELECT 1 FROM users o WHERE o.role = 'admin')", "reads users()"},
		{"SELECT 1 FROM admins WHERE email = $1", "reads users(email=$1); says admin of [] $1 of []"},
		{"SELECT 1 FROM users u JOIN users o ON u.id = o.id AND o.role = 'admin' WHERE u.email = $1", "reads users(email=$1) users(); 0.id=1.id; says admin of [] $1 of []"},
		{"SELECT EXISTS (SELECT 1 FROM users WHERE role = 'admin' AND email = $1)", "reads; says admin of [] $1 of []; key probe, no where"},
		// Probes.
		{"SELECT EXISTS (SELECT 1 FROM organizations WHERE slug = $1)", "reads; key probe, no where"},
		{"SELECT NOT EXISTS (SELECT FROM organizations WHERE slug = $1 AND name <> 'x')", "reads; key probe, no where"},
		{"SELECT count(*) > 0 FROM organizations WHERE slug = $1", "reads organizations(slug=$1); key probe"},
		{"SELECT 1 FROM organizations WHERE slug = $1", "reads organizations(slug=$1); key probe"},
		{"SELECT name FROM organizations WHERE slug = $1", "reads organizations(slug=$1); row probe"},
		{"SELECT * FROM organizations WHERE slug = $1", "reads organizations(slug=$1); row probe"},
		{"SELECT 1 FROM organizations WHERE id = $1", "reads organizations(id=$1)"},
		{"SELECT 1 FROM organizations WHERE slug <> $1", "reads organizations()"},
		{"SELECT 1 FROM organizations o, users u WHERE o.slug = $1", "reads organizations(slug=$1) users()"},
		{"WITH x AS (SELECT 1) SELECT 1 FROM organizations WHERE slug = $1", "reads organizations(slug=$1)"},
		{"WITH organizations AS (SELECT name AS slug FROM documents) SELECT 1 FROM organizations WHERE slug = $1", "reads documents()"},
		// Writes.
		{"UPDATE documents SET title = $1, organization_id = $2::uuid WHERE id = $3", "changes documents(id=$3) grants; stores title=$1 organization_id=$2"},
		{"UPDATE documents SET title = upper($1) FROM users u WHERE u.id = $2", "changes documents() users(id=$2)"},
		{"DELETE FROM documents d USING users u WHERE d.id = $1 AND u.email = $2", "deletes documents(id=$1) users(email=$2)"},
		{"INSERT INTO documents (id, organization_id) VALUES ($1, $2)", "inserts grants; stores id=$1 organization_id=$2"},
		{"INSERT INTO folders VALUES ($1, $2)", "inserts grants; stores id=$1 organization_id=$2"},
		{"INSERT INTO loose (id, organization_id) VALUES ($1, $2)", "inserts grants; stores id=$1 organization_id=$2; open when zero"},
		{"INSERT INTO documents (id, organization_id) SELECT id, $1 FROM folders", "inserts grants"},
		{"WITH x AS (DELETE FROM documents WHERE id = $1 RETURNING id) SELECT id FROM x", "reads; no where"},
		{"WITH x AS (UPDATE documents SET organization_id = $2 WHERE id = $1 RETURNING id) SELECT id FROM x", "reads grants; no where"},
		{"SELECT 1 FROM documents WHERE organization_id = $2 OR true", "reads documents(); names the tenant, highest $2"},
		{"SELECT 1 FROM users WHERE email = @mail", "reads users(email=$1); key probe, $1 is mail"},
	} {
		r, err := proof.Text(c.sql, "", cat)
		require.NoError(t, err, c.sql)
		assert.Equal(t, c.want, shape(r), c.sql)
	}
}

// shape writes what a statement asks and does.
func shape(r *proof.Result) string {
	s := r.Shape
	parts := []string{[...]string{"reads", "inserts", "changes", "deletes"}[s.Verb]}
	for _, x := range s.Sources {
		var bound []string
		for _, b := range x.Bound {
			bound = append(bound, fmt.Sprintf("%s=$%d", b.Column, b.Hole))
		}
		parts[0] += " " + x.Table.Name + "(" + strings.Join(bound, ", ") + ")"
	}
	for _, rel := range r.Relations {
		if rel.Grants {
			parts[0] += " grants"
		}
	}
	if s.Verb == proof.Reads && !s.Plain {
		parts[0] += ", several blocks"
	}
	for _, eq := range s.Equal {
		parts = append(parts, fmt.Sprintf("%d.%s=%d.%s", eq.A.Source, eq.A.Column, eq.B.Source, eq.B.Column))
	}
	if slices.ContainsFunc(s.Words, func(w proof.Word) bool { return w.Hole == 0 }) {
		says := "says"
		for _, w := range s.Words {
			if w.Hole > 0 {
				w.Text = fmt.Sprintf("$%d", w.Hole)
			}
			says += fmt.Sprintf(" %s of %v", w.Text, w.Of)
		}
		parts = append(parts, says)
	}
	if len(s.Stored) > 0 {
		var list []string
		for _, x := range s.Stored {
			list = append(list, fmt.Sprintf("%s=$%d", x.Column, x.Hole))
		}
		parts = append(parts, "stores "+strings.Join(list, " "))
	}
	if s.OpensWhenZero(proof.Need{Kind: proof.Tenant, Hole: 1}) {
		parts = append(parts, "open when zero")
	}
	return strings.Join(append(parts, marks(s)...), "; ")
}

// marks writes what else a case tells: of most it is nothing.
func marks(s *proof.Shape) []string {
	var out []string
	if p := [...]string{"", "row probe", "key probe"}[s.Probe]; p != "" {
		out = append(out, p)
	}
	if !s.Where {
		out = append(out, "no where")
	}
	if s.NamesTenant {
		out = append(out, "names the tenant", fmt.Sprintf("highest $%d", s.Highest))
	}
	if name := s.Named[1]; name != "" {
		out = append(out, "$1 is "+name)
	}
	if len(out) == 0 {
		return nil
	}
	return []string{strings.Join(out, ", ")}
}

// TestArm: the arm that a bind value stands in.
func TestArm(t *testing.T) {
	cat := readCatalogue(t, txtar.Parse([]byte(shapeSchema)), sqltree.Postgres)
	for sql, want := range map[string]string{
		"SELECT 1 FROM documents WHERE id = $1":                                       "",
		"SELECT 1 FROM documents WHERE id = $1 OR title = $2":                         "OR",
		"SELECT 1 FROM documents WHERE title = 'a' OR title = 'b' AND title = $2":     "",
		"SELECT 1 FROM documents WHERE CASE WHEN title = 'a' THEN id = $1 END":        "CASE",
		"SELECT 1 FROM documents WHERE title = $2 AND (title = 'x' OR (id = $1))":     "OR",
		"SELECT 1 FROM documents WHERE CASE WHEN title = $2 THEN true END OR id = $1": "OR",
	} {
		r, err := proof.Text(sql, "postgres", cat)
		require.NoError(t, err, sql)
		assert.Equal(t, want, r.Shape.Arm(map[int]bool{1: true}), sql)
	}
}

// TestText: what does not parse says whether any database would take it.
func TestText(t *testing.T) {
	cat := readCatalogue(t, txtar.Parse([]byte(shapeSchema)), sqltree.Postgres)
	for text, hollow := range map[string]bool{"SELECT 1 FROM users WHERE": true, "SELEC 1": false} {
		_, err := proof.Text(text, "", cat)
		var wrong *proof.TextError
		require.True(t, errors.As(err, &wrong), text)
		assert.Equal(t, hollow, wrong.Hollow, text)
	}
}

const rivalSchema = `
-- schema.sql --
CREATE TABLE orgs (id int PRIMARY KEY);
CREATE TABLE accounts (id int PRIMARY KEY);
CREATE TABLE a (id int PRIMARY KEY, org_id int NOT NULL REFERENCES orgs);
CREATE TABLE b (id int PRIMARY KEY, org_id int NOT NULL REFERENCES orgs);
CREATE TABLE c (id int PRIMARY KEY, org_id int NOT NULL REFERENCES orgs);
CREATE TABLE d (id int PRIMARY KEY, account_id int NOT NULL REFERENCES accounts);
CREATE TABLE e (id int PRIMARY KEY, account_id int NOT NULL REFERENCES accounts);
CREATE TABLE f (id int PRIMARY KEY, account_id int NOT NULL REFERENCES accounts, org_id int REFERENCES orgs);
CREATE VIEW seen AS SELECT id FROM d;
`

// TestGuessed: of two columns that may be the tenant's one was taken, so what is said
// of the tables that have the other is a guess, by whichever way they are reached.
func TestGuessed(t *testing.T) {
	rivals := readCatalogue(t, txtar.Parse([]byte(rivalSchema)), sqltree.Postgres)
	settled := readCatalogue(t, txtar.Parse([]byte(rivalSchema+"-- settings.yml --\ntenant_column: org_id\n")), sqltree.Postgres)
	for sql, want := range map[string]bool{
		"SELECT id FROM a WHERE org_id = $1":                                       false,
		"SELECT id FROM d WHERE id = $1":                                           true,
		"SELECT id FROM seen":                                                      true,
		"SELECT id FROM a WHERE org_id = $1 AND EXISTS (SELECT 1 FROM d)":          true,
		"WITH d AS (SELECT id FROM a WHERE org_id = $1) SELECT id FROM d":          false,
		"WITH x AS (DELETE FROM d RETURNING id) SELECT id FROM a WHERE org_id = 1": true,
		"LOCK TABLE d": true,
	} {
		r, err := proof.Text(sql, "", rivals)
		require.NoError(t, err, sql)
		assert.Equal(t, want, r.Guessed, sql)
		r, err = proof.Text(sql, "", settled)
		require.NoError(t, err, sql)
		assert.False(t, r.Guessed, "with the column named: %s", sql)
	}
}
