// Package body puts what a function of the schema gives in the place of a call of it.
//
// In go a diagram, the table that an expression is about, and the expression; out comes the
// same expression without calls of functions that are one value: SQL of one SELECT, and PL/pgSQL
// of declarations, assignments, IF and RETURN. An argument is a term that is read once or more;
// a *closed* body has no query in it, so that its names are its arguments.
//
// Invariant: the expression that comes out gives what the one that went in gives, or a value
// more where the function may also fail (WHEN OTHERS) or is not run (STRICT). Of a call that is
// not understood nothing is changed, so that whoever reads on sees it: of several functions of
// one name the types of the arguments must tell which, and a function that sets variables
// while it runs, that is volatile and asks tables, or whose names might be those of a query
// around it is left alone.
//
// It cannot see default arguments, rows as arguments, loops, and statements that are run for
// what they do.
package body
