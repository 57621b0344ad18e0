package sqlparse_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
)

// TestPrinted shows the shape of trees by how they are printed: operands in
// parentheses, one name for each operator and type.
func TestPrinted(t *testing.T) {
	for text, want := range map[string]string{
		`select A, "B" from T as X where a=1 and(b=2 and(c=3 or(d=4 or e=5)))`: `SELECT a, "B" FROM t AS x WHERE a = 1 AND b = 2 AND (c = 3 OR d = 4 OR e = 5)`,
		"SELECT a + b * -1 ^ 2":                                 "SELECT a + (b * ((-1) ^ 2))",
		"SELECT NOT a IN (SELECT 1), NOT (a IN (1))":            "SELECT a NOT IN (SELECT 1), NOT (a IN (1))",
		"SELECT a != b, a ISNULL, a LIKE 'x'":                   "SELECT a <> b, a IS NULL, a LIKE 'x'",
		"SELECT a::integer, CAST(b AS varchar(3)), c::float":    "SELECT a::int4, b::varchar(3), c::float8",
		"SELECT (a, b) IN ((1, 2)), a BETWEEN 1 AND 2":          "SELECT ROW(a, b) IN (ROW(1, 2)), a BETWEEN 1 AND 2",
		"SELECT a FROM t FULL OUTER JOIN u ON a = b, v":         "SELECT a FROM t FULL JOIN u ON a = b, v",
		"SELECT a FROM t JOIN (u JOIN v ON b) ON c":             "SELECT a FROM t JOIN (u JOIN v ON b) ON c",
		"TABLE t LIMIT ALL":                                     "SELECT * FROM t LIMIT NULL",
		"SELECT 1 UNION SELECT 2 UNION SELECT 3":                "(SELECT 1 UNION SELECT 2) UNION SELECT 3",
		"INSERT INTO t (a) VALUES (DEFAULT)":                    "INSERT INTO t (a) VALUES (DEFAULT)",
		"UPDATE t SET (a, b) = (SELECT 1, 2), (c) = ROW(1)":     "UPDATE t SET (a, b) = (SELECT 1, 2), (c) = ROW(1)",
		"SELECT extract(year FROM a), a AT TIME ZONE 'UTC'":     `SELECT pg_catalog."extract"('year', a), pg_catalog.timezone('UTC', a)`,
		"SELECT (t.a).b, t.a.b, a[1:]":                          "SELECT (t.a).b, t.a.b, (a)[1:]",
		"SELECT a INTO x FROM t":                                "CREATE TABLE x AS SELECT a FROM t",
		"COPY t FROM STDIN CSV HEADER":                          "COPY t FROM STDIN WITH (format 'csv', header 'true')",
		"explain  /* x */ select 1":                             "EXPLAIN SELECT 1",
		"SELECT count(*) FILTER (WHERE a), E'a\\\\b', B'01'":    `SELECT count(*) FILTER (WHERE a), E'a\\b', B'01'`,
		"SELECT sum(a) OVER (w ORDER BY b ROWS 1 PRECEDING)":    "SELECT sum(a) OVER (w ORDER BY b ROWS 1 PRECEDING)",
		"DELETE FROM t WHERE CURRENT OF \"C\"":                  `DELETE FROM t WHERE CURRENT OF "C"`,
		"SELECT DATE '2020-01-01', interval '1' day":            "SELECT '2020-01-01'::date, '1'::interval day",
		"SELECT a OPERATOR(pg_catalog.=) ANY ($1::uuid[])":      "SELECT a = ANY ($1::uuid[])",
		"SELECT * FROM t, LATERAL f(a) WITH ORDINALITY AS b(c)": "SELECT * FROM t, LATERAL f(a) WITH ORDINALITY AS b(c)",
	} {
		assert.Equal(t, want, sqlprint.Print(mustParse(t, text)), text)
	}
}

func TestUtilityKinds(t *testing.T) {
	for text, want := range map[string]string{
		"SET LOCAL a.b = 'c'":                    "SET",
		"BEGIN":                                  "BEGIN",
		"EXPLAIN (ANALYZE) SELECT 1":             "EXPLAIN",
		"DECLARE c CURSOR FOR SELECT 1":          "DECLARE",
		"PREPARE p AS SELECT 1":                  "PREPARE",
		"EXECUTE p(1)":                           "EXECUTE",
		"CREATE TEMP TABLE x AS SELECT 1":        "CREATE TABLE AS",
		"CREATE MATERIALIZED VIEW m AS SELECT 1": "CREATE MATERIALIZED VIEW",
		"CREATE OR REPLACE VIEW v AS SELECT 1":   "CREATE VIEW",
		"CREATE UNIQUE INDEX ON t (a)":           "CREATE INDEX",
		"CREATE TABLE t (a int)":                 "CREATE TABLE",
		"ALTER TABLE t ADD a int":                "ALTER TABLE",
		"DROP TABLE t":                           "DROP TABLE",
		"LOCK t":                                 "LOCK",
		"REFRESH MATERIALIZED VIEW m":            "REFRESH MATERIALIZED VIEW",
		"NOTIFY c":                               "NOTIFY",
		"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO x": "ALTER DEFAULT PRIVILEGES",
		"CREATE USER bob": "CREATE USER",
	} {
		s, ok := mustParse(t, text).(*sqltree.Utility)
		if assert.True(t, ok, text) {
			assert.Equal(t, want, s.Kind, text)
		}
	}
}

func TestUtilitiesReachWhatTheyWrap(t *testing.T) {
	s := mustParse(t, "CREATE POLICY p ON t USING (EXISTS (SELECT 1 FROM m WHERE m.a = t.a))").(*sqltree.Utility)
	assert.Len(t, s.Args, 1)
	assert.Equal(t, "t", s.Tables[0].Name)

	s = mustParse(t, "CREATE RULE r AS ON INSERT TO t DO INSTEAD (DELETE FROM u; INSERT INTO v VALUES (1))").(*sqltree.Utility)
	assert.Len(t, s.Bodies, 2)

	s = mustParse(t, "EXPLAIN ANALYZE DELETE FROM t").(*sqltree.Utility)
	assert.IsType(t, &sqltree.Delete{}, s.Inner)

	do := mustParse(t, "DO LANGUAGE plpgsql $$ x $$").(*sqltree.CallProc)
	assert.Equal(t, sqltree.CallProc{Pos: sqltree.NoPos, Body: " x ", Language: "plpgsql"}, *do)
}
