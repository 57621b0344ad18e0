// Package flow turns the SSA form of one function into terms: which value is
// this, and which facts are in force here?
//
// In goes an [ssa.Function] and the library knowledge; out come, on demand, the
// term of a value at a point ([Frame.Term]), the facts in force at a block
// ([Frame.Facts]) and the classified calls ([Frame.Calls]).
//
// Terms. A *frame* is one function seen by itself; its parameters, captured
// variables and calls are symbols. A *call* is classified once: a statement that
// a database library runs, a call of the module, a library call with a model. A
// *point* is an instruction; the content of memory is asked for at a point. A
// *place* is a base (allocation, parameter, package variable, result) and a path
// of fields and elements from it.
//
// Memory is flow-sensitive for local variables and for places reached from one
// base: a load finds the stores that reach it by a backward walk over the blocks.
// Pointers are erased: a pointer's term is what it points to.
//
// Invariant: a term names every value that the program may have there, or says
// unknown with the reason; a fact that is listed holds whenever the point is
// reached.
//
// It cannot see other functions: what a callee writes through a pointer argument
// is not seen here (the callee's own record says it, but for interface methods that
// are handed the pointer), and two bases that become one object in another function
// are taken not to overlap.
//
// Whole-program SSA or a points-to analysis would see more, at the price of
// seeing the program; linking does that with terms.
package flow
