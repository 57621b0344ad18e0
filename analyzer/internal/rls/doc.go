// Package rls checks row-level security, the second wall: what the migrations of a
// database say of it, table by table and policy by policy.
//
// In go catalogues, which know what a tenant owns, with the diagrams under them; out come
// findings of the rules rls-…, each at the line of a migration. A database in which no
// table has row-level security has no findings: not to build a second wall is no mistake.
//
// Terms. A policy's expression is a list of arms, the operands of its outermost OR. An arm
// is bound if a condition of it compares the row's tenant (or user, or the key of a row
// that a sub-select finds) with what the session says of the caller; it is open if nothing
// in it speaks of the row; it is free if it speaks of the row and not of whose it is.
//
// What is not understood accuses nobody: an arm with a call or a sub-select that this
// package cannot read is taken for bound. It cannot see who owns a table or runs a
// migration, grants that other files give, and what the application connects as.
package rls
