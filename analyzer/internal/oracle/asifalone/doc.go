// Package asifalone holds proofs against a real PostgreSQL: what a statement
// that is called tied does on the data of three tenants must equal what it does
// on the data of one tenant alone.
//
// In go a seed and a number; out come a [Tally] and, for every statement that
// differs, a small [Case]. A world is a schema with its catalogue; per world
// there are statements (from a grammar, and by mutating the txtar cases of the
// proof) and data sets.
//
// Terms. A row is a tenant's, shared, or nobody's (a NULL tenant that nothing
// declares shared, a child without parent). D is a data set; D′ is what is left
// of it for tenant A: A's rows and the shared ones. An assumption is kept by a
// data set if it holds there; every assumption that a proof does not list, and
// the database does not enforce, is broken wherever the schema lets it.
//
// The invariant that is tested, for an alternative whose needs the bind values
// meet for A: a read returns the same rows on D and D′; a write removes and adds
// the same rows on both, all of them A's, and no shared row of a table that it
// does not name.
//
// It cannot see errors (a statement that fails on either side is dropped and
// counted), ON DELETE actions and CHECK constraints (taken off), sequence gaps,
// and order (results compare as multisets; one that changes when rows are
// stored in another order is dropped and counted). Alternatives that are excused
// as credential or public are not run. It is no unit test of single rules: it
// finds what nobody thought of.
package asifalone
