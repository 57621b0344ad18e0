package discover

import (
	"path"
	"slices"
	"strings"
)

// packed tells SQL files in a wrapper that is not read: compressed, encrypted, or a
// template for another tool.
func packed(file string) bool {
	switch strings.ToLower(path.Ext(file)) {
	case ".tmpl", ".tpl", ".gotmpl", ".template", ".j2", ".jinja", ".jinja2", ".erb", ".gz", ".bz2", ".xz", ".zst", ".zip", ".enc", ".gpg":
		inner := strings.TrimSuffix(file, path.Ext(file))
		return isSQL(inner) && !strings.HasSuffix(strings.TrimSuffix(inner, path.Ext(inner)), ".down")
	}
	return false
}

// baseOf is the last element of a path.
func baseOf(name string) string { return name[strings.LastIndex(name, "/")+1:] }

// sqitchPlan is the file in which Sqitch keeps the order of changes.
const sqitchPlan = "sqitch.plan"

// databaseFolder tells names of folders that hold a database's files, by one of their
// words: db, schema-migrator. Above the module nothing else is looked into but what is
// for all: the rest of a repository is other people's.
func databaseFolder(base string) bool {
	words := strings.FieldsFunc(strings.ToLower(base), func(r rune) bool { return strings.ContainsRune("-_.", r) })
	return slices.ContainsFunc(words, func(w string) bool {
		switch w {
		case "db", "database", "databases", "migration", "migrations", "migrator", "sql", "schema", "schemas", "supabase", "prisma", "postgres", "postgresql", "atlas", "flyway", "sqlc":
			return true
		}
		return false
	})
}

// forAll tells names of folders that hold what all modules of a repository use.
func forAll(base string) bool {
	switch strings.ToLower(base) {
	case "packages", "pkg", "libs", "lib", "shared", "common", "infra", "infrastructure", "deploy", "deployment", "ops":
		return true
	}
	return false
}

// skipped tells the folders that are not part of a module by their names, the same
// that the go command passes over, and those of dependencies.
func skipped(name string) bool {
	switch name {
	case "vendor", "node_modules", "testdata":
		return true
	}
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

func isSQL(file string) bool {
	switch strings.ToLower(path.Ext(file)) {
	case ".sql", ".pgsql", ".psql":
		return true
	}
	return false
}

// isSQLC tells sqlc's configurations, by the names that sqlc looks for.
func isSQLC(base string) bool {
	switch base {
	case "sqlc.yaml", "sqlc.yml", "sqlc.json":
		return true
	}
	return false
}

// isGoMigration tells migrations in Go, which are named like SQL ones: digits, an
// underscore, and something.
func isGoMigration(base string) bool {
	number, rest, ok := strings.Cut(base, "_")
	return ok && isGo(rest) && number != "" && strings.Trim(number, "0123456789") == ""
}

func isGo(base string) bool {
	return strings.HasSuffix(base, ".go") && !strings.HasSuffix(base, "_test.go")
}
