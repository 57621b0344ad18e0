// Package worlds makes the worlds of the database test: a schema that is drawn from a
// seed, or that a case of the proof has, with its catalogue and the order in which its
// tables can be filled.
//
// A relation is a table, view or query under an alias, as a statement that is made up
// sees it. What a schema keeps (keys, NOT NULL, foreign keys) is asked here.
package worlds
