// Package live reads the catalogue of a running PostgreSQL as far as row-level security is
// concerned.
//
// In goes how to connect; out comes a [Database]: its definitions as a text of SQL, in which
// they stand as a migration would write them, so that everything that reads migrations reads
// them, and the role that connected.
//
// Invariant: it changes nothing. All queries run in one transaction that is read-only and
// sees one state; they name no object of the database's users, and search no schema of
// theirs. No row of a table is read.
//
// It cannot see what other roles than the one that connects may log in as, settings of
// other databases, and what a pooler between does.
package live
