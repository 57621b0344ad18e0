// Package goprogram draws small Go programs of several tenants, half of them right, and
// writes them as packages.
//
// In goes a source of chance; out comes a [Program], a composition of words of the
// [Grammar]; [Render] turns it into Go. A route has a tie (what is meant to keep its
// statement inside the tenant) and at most one fault, which breaks the tie.
//
// Terms. A source is where the client's value comes from; a carrier is what holds a value
// between two places, and may be written a second time through another name; a guard is a
// check before a statement; a layer is what stands between the handler and the statement.
//
// Each SQL text carries a comment /*qN*/ on the line of its call, so that what ran and what
// was said of it can be brought together.
//
// It cannot see whether a program leaks: a fault is only meant to. Package gorun tells.
package goprogram
