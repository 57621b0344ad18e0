// Package builtin knows by name the functions that PostgreSQL and its usual
// extensions, MySQL, MariaDB and SQLite have: those whose result is made of their arguments and of the server's
// own state, so that a call of one reads no table.
//
// The names are data, taken from the catalogs of a server. Functions that read
// tables, large objects, files or other sessions by what they are given are not
// among them, and are to be refused like functions that nobody knows.
package builtin

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

//go:embed postgres.txt
var postgres string

//go:embed extensions.txt
var extensions string

//go:embed types.txt
var types string

//go:embed parts.txt
var parts string

//go:embed mysql.txt
var mysql string

//go:embed sqlite.txt
var sqlite string

//go:embed hashes.txt
var hashes string

//go:embed operators.txt
var operators string

// names is the set of all names, and true for those of PostgreSQL itself.
var names = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, list := range []struct {
		text string
		own  bool
	}{{extensions, false}, {types, true}, {postgres, true}} {
		for _, name := range lines(list.text) {
			out[name] = list.own
		}
	}
	return out
})

// others are the names that the other dialects have, none of which has schemas for them.
var others = sync.OnceValue(func() map[sqltree.Dialect]map[string]bool {
	out := map[sqltree.Dialect]map[string]bool{}
	for dialect, text := range map[sqltree.Dialect]string{sqltree.MySQL: mysql, sqltree.SQLite: sqlite} {
		out[dialect] = set(text)
	}
	return out
})

// symbols is the set of PostgreSQL's operators, and hiding that of hashes.txt.
var (
	symbols = sync.OnceValue(func() map[string]bool { return set(operators) })
	hiding  = sync.OnceValue(func() map[string]bool { return set(hashes) })
)

// set is the set of the names of a file.
func set(text string) map[string]bool {
	out := map[string]bool{}
	for _, name := range lines(text) {
		out[name] = true
	}
	return out
}

// KeepsSecret reports whether a function's result is as hard to guess as its argument.
func KeepsSecret(name string) bool { return hiding()[name] }

// taken maps the functions of parts.txt to the argument, 0 for any.
var taken = sync.OnceValue(func() map[string]int {
	out := map[string]int{}
	for _, line := range lines(parts) {
		name, which, _ := strings.Cut(line, " ")
		out[name], _ = strconv.Atoi(which) // * is no number, and 0
	}
	return out
})

// Taken lists, of a function's arguments, those that its result is a part of, or the
// same as but for how it is written; none if it makes something else of them.
func Taken[E any](name string, args []E) []E {
	n, known := taken()[name]
	switch {
	case !known || n > len(args):
		return nil
	case n == 0:
		return args
	}
	return args[n-1 : n]
}

// lines lists the names of a file; lines that begin with "# " are comments.
func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if name := strings.TrimSpace(line); name != "" && !strings.HasPrefix(name, "# ") {
			out = append(out, name)
		}
	}
	return out
}

// Operator reports whether PostgreSQL has an operator of the name. The schema may add
// others of the name for types of its own.
func Operator(name string) bool { return symbols()[name] }

// Function reports whether a name is that of a function of a dialect, or of an
// extension of PostgreSQL in any schema. PostGIS has a prefix of its own.
func Function(dialect sqltree.Dialect, schema, name string) bool {
	if dialect != sqltree.Postgres {
		return schema == "" && (others()[dialect][name] || strings.HasPrefix(name, "st_"))
	}
	own, known := names()[name]
	if schema == "pg_catalog" {
		return known && own
	}
	if strings.HasPrefix(name, "st_") && (schema == "" || schema == "public" || schema == "postgis") {
		return true
	}
	return known && (schema == "" || !own)
}
