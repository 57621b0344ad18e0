package sqlparse_test

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// corpus gives every statement of testdata/corpus, with a name for messages.
func corpus(t testing.TB) (texts []string) {
	t.Helper()
	files, err := filepath.Glob("testdata/corpus/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		for _, f := range archive.Files {
			for _, piece := range sqltext.Split(string(f.Data)) {
				texts = append(texts, piece.Text)
			}
		}
	}
	return texts
}

// TestCorpus holds every statement against the grammar's own tree and prints
// and parses it again.
func TestCorpus(t *testing.T) {
	texts := corpus(t)
	require.Greater(t, len(texts), 250)
	for _, text := range texts {
		checkStatement(t, text)
	}
}

// places are where a query may stand in a statement.
func places() []string {
	return []string{
		"SELECT a FROM t WHERE EXISTS (%s) AND b",
		"SELECT a, (%s) AS x FROM t ORDER BY (%[1]s), a",
		"SELECT a FROM t WHERE a NOT IN (%s) OR b = ALL (%[1]s)",
		"SELECT f(a, ARRAY(%s)) OVER (PARTITION BY (%[1]s)) FROM t GROUP BY (%[1]s) HAVING (%[1]s) LIMIT (%[1]s)",
		"SELECT * FROM a LEFT JOIN LATERAL (%s) AS q ON (%[1]s) = q.a",
		"WITH x AS (%s), y AS (UPDATE t SET (a, b) = (%[1]s) RETURNING (%[1]s)) SELECT * FROM x, y",
		"(%s) UNION ALL (%[1]s)",
		"INSERT INTO t (a) (%s) ON CONFLICT (a) DO UPDATE SET a = (%[1]s) WHERE (%[1]s) RETURNING (%[1]s)",
		"DELETE FROM t USING (%s) AS q WHERE t.a[(%[1]s)] = CASE WHEN (%[1]s) THEN COALESCE((%[1]s), 1) END",
		"MERGE INTO t USING (%s) AS s ON (%[1]s) WHEN MATCHED AND (%[1]s) THEN UPDATE SET a = (%[1]s) WHEN NOT MATCHED THEN INSERT VALUES ((%[1]s))",
		"EXPLAIN %s",
		"CREATE TABLE x AS %s",
		"CREATE VIEW v AS %s",
		"COPY (%s) TO STDOUT",
		"SELECT xmlelement(name x, (%s)), json_value((%[1]s), '$'), ROW((%[1]s))",
	}
}

// TestQueriesInEveryPlace puts every query of the corpus into every place.
func TestQueriesInEveryPlace(t *testing.T) {
	count := 0
	for _, text := range corpus(t) {
		if s, err := sqlparse.Parse(text, sqltree.Postgres); err != nil || !isQuery(s) {
			continue
		}
		for _, place := range places() {
			checkStatement(t, fmt.Sprintf(place, text))
			count++
		}
	}
	assert.Greater(t, count, 1500)
}

func isQuery(s sqltree.Statement) bool {
	_, ok := s.(*sqltree.Query)
	return ok
}

// TestWalkReachesEveryNode finds all nodes of a statement by reflection, and
// all by Walk.
func TestWalkReachesEveryNode(t *testing.T) {
	for _, text := range corpus(t) {
		s, err := sqlparse.Parse(text, sqltree.Postgres)
		require.NoError(t, err)
		var walked []sqltree.Node
		sqltree.Walk(s, func(n sqltree.Node) bool {
			walked = append(walked, n)
			return true
		})
		var all []sqltree.Node
		reflected(reflect.ValueOf(&s).Elem(), &all)
		assert.ElementsMatch(t, all, walked, text)
	}
}

func reflected(v reflect.Value, all *[]sqltree.Node) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			reflected(v.Elem(), all)
		}
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if n, ok := v.Interface().(sqltree.Node); ok {
			*all = append(*all, n)
		}
		reflected(v.Elem(), all)
	case reflect.Slice:
		for i := range v.Len() {
			reflected(v.Index(i), all)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			reflected(v.Field(i), all)
		}
	}
}

// TestPositionsPointAtTheText holds what columns, holes and tables say of their
// place against the text.
func TestPositionsPointAtTheText(t *testing.T) {
	for _, text := range corpus(t) {
		s, err := sqlparse.Parse(text, sqltree.Postgres)
		require.NoError(t, err)
		sqltree.Walk(s, func(n sqltree.Node) bool {
			checkPosition(t, text, n)
			return true
		})
	}
}

func checkPosition(t *testing.T, text string, n sqltree.Node) {
	t.Helper()
	if n.At() == sqltree.NoPos {
		return
	}
	if !assert.Less(t, int(n.At()), len(text), text) {
		return
	}
	rest := strings.ToLower(strings.TrimLeft(text[n.At():], `"`))
	switch n := n.(type) {
	case *sqltree.Hole:
		if n.Name == "" {
			assert.True(t, strings.HasPrefix(rest, fmt.Sprintf("$%d", n.Number)), "%q in %s", rest, text)
			return
		}
		assert.True(t, strings.HasPrefix(rest, "@") || strings.HasPrefix(rest, "sqlc."), "%q in %s", rest, text)
	case *sqltree.Table:
		first := n.Name
		if n.Schema != "" {
			first = n.Schema
		}
		assert.True(t, strings.HasPrefix(rest, strings.ToLower(first)), "%q at %q in %s", first, rest, text)
	}
}
