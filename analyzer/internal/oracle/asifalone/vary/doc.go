// Package vary makes other statements of one: a mutant of a case of the proof, and the
// smaller statements that a counterexample is shrunk by.
//
// Both copy the tree and change one node, by reflection over the nodes of sqltree, so
// that a new kind of node takes part without a line here.
package vary
