// Package queries makes up SELECT statements over a world: blocks, joins, sub-selects,
// CTEs and set operations, with conditions that tie their relations to the tenant in one
// of the ways that programs use, wrapped into forms that may let go, or forgotten.
//
// A [Grammar] is the state of one statement: its random numbers, its bind values and
// what each was meant to be. The same seed gives the same statement.
package queries
