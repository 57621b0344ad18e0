package sqlwrite

import "github.com/tenantvet/tenantvet/analyzer/internal/term"

// handleWords are the clauses of handles, which package ormwrite turns into others. A value
// decides the text where its type says that it is one.
var handleWords = map[string]shape{
	"handle": {}, "again": {}, "context of": {}, "setting of": {}, "session": {}, "model": {}, "unscoped": {}, "attrs": {}, "assign": {}, "limit to": {}, "offset to": {}, "clauses": {}, "generic": {}, "rows are": {},
	"table of": {first: []role{asTyped}}, "filter": {first: []role{asTyped}}, "or filter": {first: []role{asTyped}}, "not filter": {first: []role{asTyped}},
	"having filter": {first: []role{asTyped}}, "select of": {rest: asTyped}, "distinct of": {rest: asTyped}, "omit": {rest: asTyped},
	"group by": {first: []role{asTyped}}, "order by": {first: []role{asTyped}}, "joins": {first: []role{asTyped}}, "inner joins": {first: []role{asTyped}},
	"preload": {first: []role{asTyped, asTyped}}, "scopes": ofParts, "applied": ofParts, "raw text": {first: []role{asTyped}}, "exec": {first: []role{asTyped}},

	"find batches": {}, "find": {first: []role{asBind, asTyped}}, "find one": {first: []role{asBind, asTyped}}, "find or create": {first: []role{asBind, asTyped}}, "find or init": {first: []role{asBind, asTyped}},
	"scan": {}, "pluck": {first: []role{asTyped}}, "count": {}, "rows": {}, "create": {}, "save": {}, "set column": {first: []role{asTyped}},
	"set columns": {}, "remove": {first: []role{asBind, asTyped}},
	"association": ofTexts, "association unscoped": {}, "related": {first: []role{asBind, asTyped}}, "related count": {}, "relate": {}, "relate only": {}, "unrelate": {}, "unrelate all": {},
}

// objectWords are the clauses of objects of ORMs.
var objectWords = map[string]shape{
	"merge": {}, "values of": {}, "drop table": {}, "drop column": {}, "query named": {first: []role{asTyped, asPart}}, "recursive": {}, "in list": {},
	"tables": {rest: asTyped}, "table expr": {first: []role{asTyped}}, "model table": {first: []role{asTyped}}, "columns of": {rest: asTyped},
	"column expr": {first: []role{asTyped}}, "where key": {rest: asTyped}, "filter group": {first: []role{asTyped}}, "only deleted": {}, "forced": {},
	"group names": {rest: asTyped}, "order names": {}, "order name": {}, "distinct on": {first: []role{asTyped}}, "union of": {}, "union all of": {},
	"intersect of": {}, "intersect all of": {}, "except of": {}, "except all of": {}, "join and": {first: []role{asTyped}}, "join or": {first: []role{asTyped}},
	"relation": {first: []role{asTyped}}, "set expr": {first: []role{asTyped}}, "set column expr": {first: []role{asTyped, asTyped}},
	"value expr": {first: []role{asTyped, asTyped}}, "omit zero": {}, "on conflict": {first: []role{asTyped}}, "returning expr": {first: []role{asTyped}},
	"with query": {first: []role{asTyped}}, "with recursive query": {first: []role{asTyped}}, "not followed": {},

	"select names": {rest: asTyped}, "paginate": {}, "belongs to": {}, "belongs to as": {first: []role{asBind, asTyped}},
	"join table": {first: []role{asTyped, asTyped, asTyped}},
	"find key":   {}, "find again": {}, "update columns": {rest: asTyped}, "update matched": {rest: asTyped}, "remove matched": {},

	"filter in": {first: []role{asTyped}}, "or filter in": {first: []role{asTyped}},

	"key is": {}, "alias of": {}, "not filter in": {}, "all columns": {}, "must columns": {}, "use bool": {}, "nullable columns": {}, "no row filter": {},
	"order names asc": {}, "order names desc": {}, "is null": {}, "not null": {}, "not": {},

	"scan and count": {}, "exists": {}, "write": {}, "insert row": {}, "update row": {}, "update nonzero": {}, "delete row": {}, "delete for good": {},
}

// Narrows tells a clause whose last value may be a function that narrows what it reads.
func Narrows(word string) bool {
	return word == "preload" || word == "relation" || word == "filter group" || word == "eager"
}

// entityWords are the clauses of generated code, which package entwrite writes. Conditions
// and statements within a statement decide its text, and so do names.
var entityWords = map[string]shape{
	"query of": {}, "along": {}, "where of": {rest: asPart}, "limit of": {}, "offset of": {}, "eager": {}, "modified": {}, "chosen": {rest: asTyped}, "grouped": {rest: asTyped},
	"create of": {}, "create all": {first: []role{asBind}, rest: asPart}, "create each": {}, "update of": {}, "update one": {}, "update row": {}, "delete of": {}, "delete one": {}, "delete row": {}, "get of": {},
	"set of": {}, "set some": {}, "increase of": {}, "clear of": {}, "change of": {}, "link": {}, "link row": {}, "link some": {}, "link all": {}, "link rows": {},
	"unlink all": {}, "unlink each": {}, "conflict of": {}, "conflict columns": {}, "new values": {}, "ignored": {}, "no change": {}, "changed by": {}, "new value": {},
	"rows of": {}, "row of": {}, "ids of": {}, "id of": {}, "count of": {}, "exists of": {}, "picked of": {}, "saved": {}, "deleted": {},
	"compare": {}, "has": {first: []role{asText, asText}, rest: asPart}, "negated": ofParts, "any condition": {}, "known as": {},
}

// tokenWords are the clauses of builders whose conditions are texts, which package tokens
// writes.
var tokenWords = map[string]shape{
	"join texts": ofTexts, "where texts": ofTexts, "having texts": ofTexts, "join option": ofTexts, "where clause": {first: []role{asPart}}, "conditions": {}, "where with": {first: []role{asBind}, rest: asText},
	"order direction": ofTexts, "lock for": ofTexts, "injected": ofTexts, "values selected": ofTexts, "set all": ofTexts, "set more": ofTexts,
	"insert ignoring": ofTexts, "into ignoring": ofTexts, "into replacing": ofTexts, "ctes": {first: []role{asText}, rest: asPart}, "with ctes": ofParts,
	"select with": {first: []role{asPart}, rest: asText}, "delete with": {first: []role{asPart}, rest: asText}, "update with": {first: []role{asPart}, rest: asText},
	"cte query": ofTexts, "cte table": ofTexts, "cte name": ofTexts, "as query": ofParts, "in tables": {},
	"struct": {}, "select of struct": {first: []role{asText}}, "insert of struct": {first: []role{asText, asPart, asText}}, "update of struct": {first: []role{asPart, asText}},

	"hole": {}, "list of": {}, "tuple": {}, "names": ofTexts, "tested": ofTexts, "bounds": {first: []role{asText, asText}}, "negation": ofTexts, "holding": {first: []role{asText}},
	"quantified": {first: []role{asText, asText, asText}}, "format": onColumn, "formatted": onColumn, "named format": onColumn,
	"aliased": ofTexts, "wrapped": {first: []role{asBind, asText}}, "lateral of": {first: []role{asBind, asText}},
	"assigned": onColumn, "counted": ofTexts, "calculated": {first: []role{asText, asText}},
}

// chunkWords are the clauses of builders that put pieces of text together.
var chunkWords = map[string]shape{
	"verb": onColumn, "from text": onColumn, "with statement": {first: []role{asText, asPart}}, "select text": onColumn, "update text": ofTexts, "insert text": ofTexts,
	"delete text": ofTexts, "set text": onColumn, "set expression": {first: []role{asText, asText}}, "where text": onColumn, "in values": {}, "join text": ofTexts,
	"order texts": ofTexts, "group text": ofTexts, "having text": onColumn, "returning text": ofTexts, "expression text": onColumn,
	"enclosed": {first: []role{asText, asText, asPart}}, "union of statement": {first: []role{asBind, asPart}}, "clause text": onColumn,
	"row": {}, "row set": onColumn, "row expression": {first: []role{asText, asText}}, "read into": {}, "bound columns": {},
}

// roleIn is the role of a value of a clause.
func roleIn(c *term.Clause, i int) role {
	for _, words := range []map[string]shape{handleWords, objectWords, tokenWords, chunkWords} {
		if x, ok := words[c.Word]; ok {
			return x.roleOf(i)
		}
	}
	if x, ok := entityWords[c.Word]; ok {
		return x.roleOf(i)
	}
	return words[c.Word].roleOf(i)
}
