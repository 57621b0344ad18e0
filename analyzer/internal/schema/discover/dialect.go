package discover

import (
	"path"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Which dialect a file is in is told by who knows best: sqlc's engine, the
// names of folders, and only then the text.

// dialect names the SQL of a source: "postgresql", or one that is not read yet. A
// source in another dialect is named to the user and not guessed at: half-read
// tables would be worse than none.
type dialect string

const (
	postgres dialect = "postgresql"
	mysql    dialect = "mysql"
	sqlite   dialect = "sqlite"
)

// read is the dialect as it is parsed; false for one that is not.
func (d dialect) read() (sqltree.Dialect, bool) {
	switch d {
	case postgres:
		return sqltree.Postgres, true
	case mysql:
		return sqltree.MySQL, true
	case sqlite:
		return sqltree.SQLite, true
	}
	return 0, false
}

// engineDialect reads the engine of a sqlc entry or a word of a path; "" if the
// word names no database.
func engineDialect(word string) dialect {
	switch strings.ToLower(word) {
	case "postgresql", "postgres", "pg", "pgsql", "psql", "cockroach", "cockroachdb", "crdb", "timescale", "timescaledb", "yugabyte":
		return postgres
	case "mysql", "mariadb", "tidb":
		return mysql
	case "sqlite", "sqlite3", "libsql", "turso", "d1":
		return sqlite
	case "clickhouse", "ch":
		return "clickhouse"
	case "mssql", "sqlserver", "oracle", "spanner", "duckdb", "cassandra", "scylla":
		return dialect(strings.ToLower(word))
	}
	return ""
}

// pathDialect tells the dialect that a path's folders or file name announce, the
// innermost word first. Two words that are too short to mean a database for sure
// count only as an engine.
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

// textDialect guesses the dialect from what only one of them writes; PostgreSQL
// where nothing tells otherwise. It is asked last: a folder or a configuration
// knows better.
func textDialect(text string) dialect {
	up := strings.ToUpper(text)
	switch {
	case strings.Contains(up, "MERGETREE"):
		return "clickhouse"
	case strings.Contains(up, "AUTO_INCREMENT"), strings.Contains(up, "ENGINE=INNODB"), strings.Contains(up, "ENGINE = INNODB"),
		strings.Contains(up, "CREATE TABLE `"), strings.Contains(up, "CREATE TABLE IF NOT EXISTS `"):
		return mysql
	case strings.Contains(up, "AUTOINCREMENT"), strings.Contains(up, "PRAGMA "), strings.Contains(up, "WITHOUT ROWID"), strings.Contains(up, "STRFTIME("):
		return sqlite
	case strings.Contains(up, " DATETIME") && strings.Contains(up, "INTEGER PRIMARY KEY"):
		return sqlite
	}
	return postgres
}
