package proof_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/sqledit"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
)

// TestCitedPredicatesAreNeeded removes each predicate that an alternative of a
// relation cites: no alternative with the same needs and assumptions may be left
// that cites only what the old one did.
func TestCitedPredicatesAreNeeded(t *testing.T) {
	for _, s := range loadSuites(t) {
		for _, c := range s.cases() {
			stmt, err := sqlparse.Parse(c.sql, s.cat.Diagram.Dialect)
			require.NoError(t, err, c.name)
			r := proof.Prove(stmt, s.cat)
			for i, rel := range r.Relations {
				for _, a := range rel.Alternatives {
					checkCites(t, s, c, cited{stmt, i, a})
				}
			}
		}
	}
}

type cited struct {
	stmt     sqltree.Statement
	relation int
	alt      proof.Alternative
}

func checkCites(t *testing.T, s *suite, c specimen, x cited) {
	for _, e := range x.alt.Cites {
		rest, found := sqledit.Without(x.stmt, e)
		if !found {
			continue // it stands in a view or a function's body
		}
		less := proof.Prove(rest, s.cat)
		if x.relation >= len(less.Relations) {
			continue // the relation stood in the predicate
		}
		allowed := texts(x.alt.Cites, e)
		for _, b := range less.Relations[x.relation].Alternatives {
			same := alternative(b) == alternative(x.alt) && subset(texts(b.Cites, nil), allowed)
			assert.False(t, same, "%s: %s cites %s without need\n%s\nleft: %v", c.name, alternative(x.alt), sqlprint.Print(e), sqlprint.Print(x.stmt), texts(b.Cites, nil))
		}
	}
}

func texts(list []sqltree.Expr, but sqltree.Expr) map[string]int {
	out := map[string]int{}
	for _, e := range list {
		if e != but {
			out[sqlprint.Print(e)]++
		}
	}
	return out
}

func subset(a, b map[string]int) bool {
	for k, n := range a {
		if b[k] < n {
			return false
		}
	}
	return true
}
