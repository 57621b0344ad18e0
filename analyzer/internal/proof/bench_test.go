package proof_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
)

// BenchmarkProve proves every case once per iteration; the parsing is not counted.
func BenchmarkProve(b *testing.B) {
	type job struct {
		stmt sqltree.Statement
		s    *suite
	}
	var jobs []job
	for _, s := range loadSuites(b) {
		for _, c := range s.cases() {
			stmt, err := sqlparse.Parse(c.sql, s.cat.Diagram.Dialect)
			require.NoError(b, err)
			jobs = append(jobs, job{stmt, s})
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, j := range jobs {
			proof.Prove(j.stmt, j.s.cat)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(jobs)), "µs/statement")
}

// FuzzProve: whatever parses is judged without a panic, in bounded time, and the
// explanation of it can be written.
func FuzzProve(f *testing.F) {
	suites := loadSuites(f)
	for i, s := range suites {
		for _, c := range s.cases() {
			f.Add(i, c.sql)
		}
	}
	f.Fuzz(func(t *testing.T, i int, sql string) {
		if len(sql) > 5000 {
			return
		}
		stmt, err := sqlparse.Parse(sql, sqltree.Postgres)
		if err != nil {
			return
		}
		s := suites[((i%len(suites))+len(suites))%len(suites)]
		began := time.Now()
		r := proof.Prove(stmt, s.cat)
		require.Less(t, time.Since(began), 20*time.Second, sql)
		require.NoError(t, proof.Explain(io.Discard, stmt, s.cat, r))
		for _, rel := range r.Relations {
			require.Equal(t, len(rel.Alternatives) == 0, rel.Gap != nil, sql)
		}
	})
}

// TestProveIsBounded: statements that multiply without a cap end soon.
func TestProveIsBounded(t *testing.T) {
	s := loadSuites(t)[0]
	for name, sql := range map[string]string{
		"disjunctions": "SELECT * FROM documents WHERE " + strings.Repeat("(id = $1 OR id = $2 OR title = $3) AND ", 60) + "true",
		"nested":       "SELECT * FROM documents WHERE " + strings.Repeat("(id = $1 AND (title = $2 OR ", 60) + "true" + strings.Repeat("))", 60),
		"ctes": "WITH a00 AS (SELECT * FROM documents)" + ctes(12) +
			" SELECT * FROM a12 WHERE org_id = $1",
		"unions": "SELECT id FROM documents WHERE org_id = $1" + strings.Repeat(" UNION SELECT id FROM documents WHERE org_id = $1", 100),
		"case":   "SELECT * FROM documents WHERE " + nested("CASE %s WHEN true THEN org_id = $1 WHEN false THEN author_id = $2 END", 24),
		"whens":  "SELECT * FROM documents WHERE " + nested("CASE WHEN %s THEN org_id = $1 ELSE title = $2 END", 24),
		"truth":  "SELECT * FROM documents WHERE " + nested("((%s) AND title = $2) IS NOT TRUE", 24),
		"chosen": "SELECT * FROM documents WHERE " + nested("COALESCE(%s, org_id = $1)", 24),
		"joins":  "SELECT 1 FROM documents d00" + joins(40) + " WHERE d00.org_id = $1",
		"list":   "SELECT * FROM documents WHERE id IN (" + strings.Repeat("$1, ", 3000) + "$2)",
		"rows":   "INSERT INTO documents (id, org_id) VALUES " + strings.Repeat("($1, $2), ", 2000) + "($3, $4)",
	} {
		t.Run(name, func(t *testing.T) {
			stmt, err := sqlparse.Parse(sql, sqltree.Postgres)
			require.NoError(t, err)
			began := time.Now()
			proof.Prove(stmt, s.cat)
			require.Less(t, time.Since(began), 20*time.Second)
		})
	}
}

// nested puts a form into itself.
func nested(form string, depth int) string {
	e := "author_id = $3"
	for range depth {
		e = strings.Replace(form, "%s", e, 1)
	}
	return e
}

// ctes is a chain in which each reads the one before twice.
func ctes(n int) string {
	var b strings.Builder
	for i := range n {
		x, y := number(i), number(i+1)
		b.WriteString(", a" + y + " AS (SELECT p.* FROM a" + x + " p JOIN a" + x + " q ON q.id = p.id)")
	}
	return b.String()
}

func joins(n int) string {
	var b strings.Builder
	for i := range n {
		x, y := number(i), number(i+1)
		b.WriteString(" JOIN documents d" + y + " ON d" + y + ".org_id = d" + x + ".org_id AND d" + y + ".id = d" + x + ".author_id")
	}
	return b.String()
}

func number(i int) string { return string(rune('0'+i/10)) + string(rune('0'+i%10)) }
