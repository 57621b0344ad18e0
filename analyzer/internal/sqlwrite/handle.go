package sqlwrite

import "github.com/tenantvet/tenantvet/analyzer/internal/term"

// handleWords are the clauses of handles, which package ormwrite turns into others. A value
// decides the text where its type says that it is one.
var handleWords = map[string]shape{
	"handle": {}, "again": {}, "session": {}, "model": {}, "unscoped": {}, "attrs": {}, "limit to": {}, "offset to": {}, "clauses": {},
	"table of": {first: []role{asTyped}}, "filter": {first: []role{asTyped}}, "or filter": {first: []role{asTyped}}, "not filter": {first: []role{asTyped}},
	"having filter": {first: []role{asTyped}}, "select of": {rest: asTyped}, "distinct of": {rest: asTyped}, "omit": {rest: asTyped},
	"group by": {first: []role{asTyped}}, "order by": {first: []role{asTyped}}, "joins": {first: []role{asTyped}}, "inner joins": {first: []role{asTyped}},
	"preload": {first: []role{asTyped, asTyped}}, "scopes": {}, "raw text": {first: []role{asTyped}}, "exec": {first: []role{asTyped}},

	"find": {first: []role{asBind, asTyped}}, "find one": {first: []role{asBind, asTyped}}, "find or create": {first: []role{asBind, asTyped}},
	"scan": {}, "pluck": {first: []role{asTyped}}, "count": {}, "rows": {}, "create": {}, "save": {}, "set column": {first: []role{asTyped}},
	"set columns": {}, "remove": {first: []role{asBind, asTyped}},
}

// roleIn is the role of a value of a clause.
func roleIn(c *term.Clause, i int) role {
	if x, ok := handleWords[c.Word]; ok {
		return x.roleOf(i)
	}
	return words[c.Word].roleOf(i)
}
