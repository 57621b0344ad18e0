package schema

import (
	"path"
	"regexp"
	"strings"
)

// dialect names the SQL of a source: "postgresql", or one that is not read yet.
type dialect string

const postgres dialect = "postgresql"

// engineDialect reads the engine of a sqlc entry or a word of a path; "" if the
// word names no database.
func engineDialect(word string) dialect {
	switch strings.ToLower(word) {
	case "postgresql", "postgres", "pg", "pgsql", "psql", "cockroach", "cockroachdb", "crdb", "timescale", "timescaledb", "yugabyte":
		return postgres
	case "mysql", "mariadb", "tidb":
		return "mysql"
	case "sqlite", "sqlite3", "libsql", "turso", "d1":
		return "sqlite"
	case "clickhouse", "ch":
		return "clickhouse"
	case "mssql", "sqlserver", "oracle", "spanner", "duckdb", "cassandra", "scylla":
		return dialect(strings.ToLower(word))
	}
	return ""
}

// pathDialect tells the dialect that a path's folders or file name announce.
func pathDialect(file string) dialect {
	words := strings.FieldsFunc(strings.TrimSuffix(file, path.Ext(file)), func(r rune) bool {
		return r == '/' || r == '.' || r == '_' || r == '-'
	})
	for i := len(words) - 1; i >= 0; i-- {
		if d := engineDialect(words[i]); d != "" && words[i] != "ch" && words[i] != "pg" {
			return d
		}
	}
	return ""
}

// tells are what only one dialect writes.
type tells struct{ mysql, sqlite, clickhouse *regexp.Regexp }

func newTells() *tells {
	return &tells{
		mysql:      regexp.MustCompile("(?i)\\bAUTO_INCREMENT\\b|\\bENGINE\\s*=\\s*InnoDB|CREATE TABLE (?:IF NOT EXISTS )?`"),
		sqlite:     regexp.MustCompile(`(?i)\bAUTOINCREMENT\b|\bPRAGMA\s+\w+|\bWITHOUT\s+ROWID\b|\bstrftime\s*\(|\bINTEGER\s+PRIMARY\s+KEY\b(?:[^;]*\bDATETIME\b)`),
		clickhouse: regexp.MustCompile(`(?i)\bENGINE\s*=\s*\w*MergeTree\b`),
	}
}

// of guesses the dialect of a text; PostgreSQL where nothing tells otherwise.
func (t *tells) of(text string) dialect {
	switch {
	case t.clickhouse.MatchString(text):
		return "clickhouse"
	case t.mysql.MatchString(text):
		return "mysql"
	case t.sqlite.MatchString(text):
		return "sqlite"
	}
	return postgres
}
