package proof_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
)

func catalogueOf(t testing.TB, name string) *catalogue.Catalogue {
	a, err := txtar.ParseFile(filepath.Join("../../../testdata/proof", name+".txtar"))
	require.NoError(t, err)
	return readCatalogue(t, a, sqltree.Postgres)
}

// knowledge writes what a caller that sees a row knows.
func knowledge(r *proof.Result) string {
	var parts []string
	for _, b := range r.Bounds {
		parts = append(parts, fmt.Sprintf("%s.%s = $%d", r.Relations[b.Relation].Table.Name, b.Column, b.Hole))
	}
	out := strings.Join(parts, ", ")
	switch {
	case r.Holds >= 0:
		out += fmt.Sprintf(" if output %d holds", r.Holds)
		if r.Absent {
			out += " not"
		}
	case !r.Certain:
		out += " not certain"
	}
	return strings.TrimSpace(out)
}

// TestBounds: which columns equal which bind values in every row, and whether a
// row of the result implies it.
func TestBounds(t *testing.T) {
	cat := catalogueOf(t, "write")
	for sql, want := range map[string]string{
		"SELECT * FROM documents WHERE id = $1 AND org_id = $2":                                                             "documents.id = $1, documents.org_id = $2",
		"SELECT EXISTS (SELECT 1 FROM documents WHERE id = $1 AND org_id = $2)":                                             "documents.id = $1, documents.org_id = $2 if output 0 holds",
		"SELECT NOT EXISTS (SELECT 1 FROM documents WHERE id = $1 AND org_id = $2)":                                         "documents.id = $1, documents.org_id = $2 if output 0 holds not",
		"SELECT CASE WHEN EXISTS (SELECT 1 FROM documents WHERE id = $1) THEN true ELSE false END":                          "documents.id = $1 if output 0 holds",
		"SELECT count(*) FROM members WHERE user_id = $1 AND org_id = $2":                                                   "members.org_id = $2, members.user_id = $1 if output 0 holds",
		"SELECT count(*) > 0 FROM members WHERE user_id = $1 AND org_id = $2":                                               "members.org_id = $2, members.user_id = $1 if output 0 holds",
		"SELECT count(*) = 1 FROM members WHERE user_id = $1 AND org_id = $2":                                               "members.org_id = $2, members.user_id = $1 if output 0 holds",
		"SELECT count(*) <> 1 FROM members WHERE user_id = $1 AND org_id = $2":                                              "not certain",
		"SELECT now(), EXISTS (SELECT 1 FROM documents WHERE id = $1)":                                                      "documents.id = $1 if output 1 holds",
		"SELECT EXISTS (SELECT 1 FROM documents WHERE id = $1) WHERE $2":                                                    "",
		"SELECT EXISTS (SELECT max(number) FROM documents WHERE id = $1)":                                                   "if output 0 holds",
		"WITH documents AS (SELECT id FROM notes) SELECT EXISTS (SELECT 1 FROM documents WHERE id = $1)":                    "notes.id = $1 if output 0 holds",
		"SELECT max(number) FROM documents WHERE org_id = $1":                                                               "not certain",
		"SELECT org_id, count(*) FROM documents WHERE org_id = $1 GROUP BY org_id":                                          "documents.org_id = $1",
		"SELECT * FROM documents WHERE org_id = $1 OR id = $2":                                                              "",
		"SELECT * FROM documents WHERE org_id = ANY($1)":                                                                    "",
		"SELECT * FROM documents d LEFT JOIN notes n ON n.document_id = d.id AND n.org_id = $2 WHERE d.org_id = $1":         "documents.org_id = $1",
		"SELECT s.* FROM sections s JOIN documents d ON d.id = s.document_id WHERE d.id = $1":                               "sections.document_id = $1, documents.id = $1",
		"WITH d AS (SELECT * FROM documents) SELECT b.org_id FROM d a CROSS JOIN d b WHERE a.org_id = $1":                   "",
		"WITH d AS (SELECT * FROM documents) SELECT b.org_id FROM d a CROSS JOIN d b WHERE a.org_id = $1 AND b.org_id = $1": "documents.org_id = $1",
		"WITH d AS (SELECT * FROM documents) SELECT a.org_id FROM d a WHERE a.org_id = $1":                                  "documents.org_id = $1",
		"UPDATE documents SET title = $1 WHERE id = $2 RETURNING id":                                                        "documents.id = $2",
		"UPDATE documents SET number = $1 WHERE number = $2 AND org_id = $3":                                                "documents.org_id = $3",
		"DELETE FROM documents WHERE id = $1 AND org_id = $2":                                                               "documents.id = $1, documents.org_id = $2",
		"INSERT INTO documents (id, org_id, title) VALUES ($1, $2, $3)":                                                     "documents.id = $1, documents.org_id = $2, documents.title = $3",
		"INSERT INTO notes (id, org_id, document_id) VALUES ($1, $2, (SELECT d.id FROM documents d WHERE d.org_id = $3))":   "notes.id = $1, notes.org_id = $2",
		"INSERT INTO documents (id, org_id) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET title = 'x'":                     "documents.id = $1",
		"INSERT INTO documents (id, org_id) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET id = $3":                         "",
		"SELECT * FROM (SELECT id, org_id FROM documents WHERE org_id = $1) d WHERE d.id = $2":                              "documents.id = $2, documents.org_id = $1",
	} {
		stmt, err := sqlparse.Parse(sql, sqltree.Postgres)
		require.NoError(t, err, sql)
		assert.Equal(t, want, knowledge(proof.Prove(stmt, cat)), sql)
	}
}

// TestOutputs: which column of which relation each column of the result is.
func TestOutputs(t *testing.T) {
	cat := catalogueOf(t, "write")
	for sql, want := range map[string]string{
		"SELECT id, org_id AS o, title || 'x' FROM documents":                    "id=documents.id o=documents.org_id ?column?",
		"SELECT n.*, d.id FROM notes n JOIN documents d ON d.id = n.document_id": "id=notes.id org_id=notes.org_id document_id=notes.document_id text=notes.text id=documents.id",
		"WITH x AS (SELECT id AS a FROM documents) SELECT a AS b FROM x":         "b=documents.id",
		"SELECT (SELECT d.id FROM documents d LIMIT 1)":                          "id",
		"INSERT INTO documents (org_id) VALUES ($1) RETURNING id, org_id":        "id=documents.id org_id=documents.org_id",
		"SELECT id FROM documents UNION SELECT id FROM notes":                    "id",
		"SELECT count(*) FROM documents":                                         "count",
		"SELECT p.id FROM plans p":                                               "id=plans.id",
		// Columns of USING come first, in the order in which it lists them.
		"SELECT * FROM notes n JOIN documents d USING (org_id, id)":       "org_id=notes.org_id id=notes.id document_id=notes.document_id text=notes.text title=documents.title number=documents.number author_id=documents.author_id",
		"SELECT * FROM notes n RIGHT JOIN documents d USING (org_id, id)": "org_id=documents.org_id id=documents.id document_id=notes.document_id text=notes.text title=documents.title number=documents.number author_id=documents.author_id",
		"SELECT * FROM notes n NATURAL JOIN documents d":                  "id=notes.id org_id=notes.org_id document_id=notes.document_id text=notes.text title=documents.title number=documents.number author_id=documents.author_id",
	} {
		stmt, err := sqlparse.Parse(sql, sqltree.Postgres)
		require.NoError(t, err, sql)
		var parts []string
		for _, o := range proof.Prove(stmt, cat).Outputs {
			part := o.Name
			if o.Table != nil {
				part += "=" + o.Table.Name + "." + o.Column
				assert.Equal(t, o.Table.Tenancy == catalogue.Shared, o.Relation < 0, sql)
			}
			parts = append(parts, part)
		}
		assert.Equal(t, want, strings.Join(parts, " "), sql)
	}
}

// TestExplain: an explanation names relations, predicates and assumptions.
func TestExplain(t *testing.T) {
	cat := catalogueOf(t, "select")
	for sql, want := range map[string]string{
		"SELECT n.text FROM notes n JOIN documents d ON d.id = n.document_id WHERE d.org_id = $1": `tied, if
    $1 is the caller's tenant

notes n (owned, by org_id)
  tied by its tenant column, then its parent's key, if $1 is the caller's tenant
    because d.id = n.document_id
    because d.org_id = $1
    assuming that a row of notes and the row of documents that its document_id names have one tenant

documents d (owned, by org_id)
  tied by its tenant column, if $1 is the caller's tenant
    because d.org_id = $1
  a caller that sees a row knows that org_id = $1
`,
		"SELECT * FROM documents WHERE org_id = $1 OR title = $2": `not tied: documents

documents (owned, by org_id)
  not tied: the arm title = $2 does not tie documents by org_id
  at: title = $2
  the statement binds the tenant elsewhere, but this escapes
`,
		"SELECT * FROM plans": `nothing to tie: the statement touches no table that a tenant owns
`,
	} {
		stmt, err := sqlparse.Parse(sql, sqltree.Postgres)
		require.NoError(t, err)
		var b strings.Builder
		require.NoError(t, proof.Explain(&b, stmt, cat, proof.Prove(stmt, cat)))
		assert.Equal(t, want, b.String())
	}
}
