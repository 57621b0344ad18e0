package proof_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// TestCapped: a limit that was met is named, and its neighbour below meets none.
func TestCapped(t *testing.T) {
	cat := catalogueOf(t, "write")
	holes := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf("upper($%d)", i+1)
		}
		return strings.Join(list, ", ")
	}
	pairs := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf("(org_id = $1 OR id = $%d)", i+2)
		}
		return strings.Join(list, " AND ")
	}
	for _, c := range []struct {
		sql  string
		want []proof.Limit
	}{
		{"SELECT 1 FROM documents WHERE title IN (" + holes(12) + ") AND org_id = $1", nil},
		{"SELECT 1 FROM documents WHERE title IN (" + holes(13) + ") AND org_id = $1", []proof.Limit{proof.Arms}},
		{"SELECT 1 FROM documents WHERE title IN ('a'" + strings.Repeat(", 'b'", 20) + ") AND org_id = $1", nil},
		{"WITH x AS (SELECT * FROM documents WHERE org_id = $1) SELECT 1 FROM x a" + strings.Repeat(" CROSS JOIN x", 9), nil},
		{"WITH x AS (SELECT * FROM documents WHERE org_id = $1) SELECT 1 FROM x a" + strings.Repeat(" CROSS JOIN x", 110), []proof.Limit{proof.Copies, proof.Derivations, proof.QueryPredicates}},
		{"SELECT 1 FROM documents WHERE " + pairs(5), nil},
		{"SELECT 1 FROM documents WHERE " + pairs(14), []proof.Limit{proof.AlternativeList}},
	} {
		r, err := proof.Text(c.sql, "", cat)
		require.NoError(t, err)
		assert.Equal(t, c.want, r.Capped, "%.100s", c.sql)
	}
}

// TestSecondLevel: a need says of which level the tenant is, and by which column.
func TestSecondLevel(t *testing.T) {
	cat := catalogueOf(t, "levels")
	for sql, want := range map[string]string{
		"SELECT * FROM builds WHERE organization_id = $1 AND project_id = $2": "tenant@$1 by organization_id, tenant2@$2 by project_id",
		"SELECT * FROM projects WHERE organization_id = $1 AND id = $2":       "tenant@$1 by organization_id, tenant2@$2 by id",
		"SELECT * FROM invoices WHERE organization_id = $1":                   "tenant@$1 by organization_id",
		"SELECT * FROM builds WHERE id = $1":                                  "key(builds.id)@$1 by id",
	} {
		r, err := proof.Text(sql, "", cat)
		require.NoError(t, err)
		require.NotEmpty(t, r.Alternatives, sql)
		var list []string
		for _, n := range r.Alternatives[0].Needs {
			list = append(list, need(n)+" by "+n.Column)
		}
		assert.Equal(t, want, strings.Join(list, ", "), sql)
	}
}
