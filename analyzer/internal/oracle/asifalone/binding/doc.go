// Package binding chooses bind values: such that they are what a proof needs for the
// viewer (its tenant, a key of a row of it, not empty), and for the others values that
// rows are likely to have, taken from the data and from what the statement compares them
// with.
package binding
