// Package goalone holds tenantvet against generated Go programs that run: what it calls
// proved must not leak.
//
// In go a seed and a number; out come a [Tally] and, for every program that leaks although
// nothing was said against it, a small [Case]. Package goprogram draws the programs, package
// gorun asks them; here they become one module that tenantvet reads once, and one process.
//
// Terms. A call is *unsound* if it is proved or excused, and a request leaks in which every call that ran
// is one of those; also if it has the verdict job or not reached and ran on a
// request, or ran and is not in the document. A *false alarm* is a call with an error that
// ran in twenty requests and leaked in none.
//
// It cannot see more than gorun sees, and blames all calls of a request together.
package goalone
