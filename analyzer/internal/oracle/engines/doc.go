// Package engines holds the proof against MariaDB and SQLite, as asifalone does against
// PostgreSQL. It is for tests only.
//
// A *world* is a schema with rows of three tenants, in two databases of one engine: the
// full one, and that of tenant A alone, with what all share. A *trial* is a statement
// drawn at random, with bind values that meet one alternative of its proof. If A's
// database gives another answer, or is changed otherwise, or the full one changes a row
// of somebody else, the proof is wrong.
//
// The statements are of what the dialects have of their own: upserts, replaces, writes of
// several tables, IS and <=>, IF, XOR, division, collations; what all dialects share is
// asifalone's.
//
// It cannot see errors as answers: a trial that either database refuses says nothing.
package engines
