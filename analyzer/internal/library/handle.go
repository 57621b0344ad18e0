package library

import (
	"go/types"
	"slices"
)

// Handles. Some libraries begin a statement at the connection itself, and the type of
// both is one: a value of it is a *handle*. A *root* begins a statement with each call;
// any other handle is changed by its calls.

// LoadsRelated reads the rows that belong to one which is there already.
const LoadsRelated = "related"

// handleClauses are the words for what a call of a handle adds to a statement.
var handleClauses = []string{
	Begun, Again, "session", "model", "table of", "filter", "or filter", "not filter", "having filter", "select of", "distinct of", "omit",
	"group by", "order by", "limit to", "offset to", "joins", "inner joins", "preload", "unscoped", "scopes", "applied", "clauses", Association, "association unscoped", "attrs", "assign", "raw text",
	InContext, Setting, Generic, RowsAre,
	// what ends a statement
	"find", "find one", "find batches", "find or create", "find or init", "scan", "pluck", "count", "rows", "create", "save", "set column", "set columns", "remove", "exec",
	LoadsRelated, "related count", "relate", "relate only", "unrelate", "unrelate all",
}

// hookClauses are the words by which functions that run with each statement are registered,
// and for what they may do. None of them is written.
var hookClauses = []string{
	SettingAsked, LookedUp, Stopped, Handed,
	"callbacks", "callbacks of", "before callback", "after callback", "matched callback", "set in row", "written by hand",
}

// HandleClauses are the words for what a call adds to a statement of an ORM.
func HandleClauses() []string { return slices.Concat(handleClauses, ormClauses, ormConditions) }

// Handle is how what is built upon a handle of a type is written, "" if it is none.
func (s *Set) Handle(t types.Type) string {
	p, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return ""
	}
	return s.handles[nameOf(p.Elem())]
}

// OfHandle reports whether a function's receiver, or what it begins, is a handle.
func (s *Set) OfHandle(m *Model) bool { return m != nil && s.packages[m.Package].Handles }
