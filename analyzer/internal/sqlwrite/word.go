package sqlwrite

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/dataset"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// role is what a value of a clause is.
type role uint8

const (
	asBind   role = iota // a bind value, or a fragment in its place
	asText               // a piece of SQL as it stands
	asPart               // a condition or another statement
	asEither             // a piece of SQL or a part
	asTyped              // a piece of SQL, if it is a text
)

// shape is a clause by its values: the roles of the first ones, and that of the rest.
type shape struct {
	first []role
	rest  role
}

var (
	ofTexts  = shape{rest: asText}
	ofParts  = shape{rest: asPart}
	ofEither = shape{rest: asEither}
	onColumn = shape{first: []role{asText}}
)

// words are all clauses that can be written.
var words = map[string]shape{
	"statement": {}, "select": {rest: asEither}, "columns": {rest: asEither}, "column": {first: []role{asEither}},
	"insert": ofTexts, "replace": ofTexts, "update": ofTexts, "delete": ofTexts, "table": ofTexts, "into": ofTexts, "from": {rest: asEither},
	"from select": {first: []role{asPart, asText}},
	"join":        {first: []role{asText}}, "inner join": {first: []role{asText}}, "left join": {first: []role{asText}},
	"right join": {first: []role{asText}}, "cross join": {first: []role{asText}}, "join clause": {first: []role{asEither}},
	"where": {first: []role{asEither}}, "having": {first: []role{asEither}},
	"group": ofTexts, "order": ofTexts, "order clause": {first: []role{asEither}},
	"limit": {}, "offset": {}, "no limit": {}, "no offset": {}, "no columns": {}, "distinct": {}, "options": ofTexts,
	"values": {}, "set": {first: []role{asText}}, "set map": {first: []role{asPart}}, "values of select": {first: []role{asPart}},
	"prefix": {first: []role{asText}}, "suffix": {first: []role{asText}}, "prefix of": {first: []role{asPart}}, "suffix of": {first: []role{asPart}},

	"raw": {first: []role{asText}}, "union": {rest: asPart}, "union all": {rest: asPart},
	"join on": {first: []role{asEither, asEither}}, "left join on": {first: []role{asEither, asEither}},
	"right join on": {first: []role{asEither, asEither}}, "full join on": {first: []role{asEither, asEither}},
	"order asc": ofTexts, "order desc": ofTexts, "order dir": {first: []role{asText}}, "page": {}, "record": {}, "pair": {first: []role{asText}},
	"ignoring": {}, "increase": {first: []role{asText}}, "decrease": {first: []role{asText}}, "returning": ofTexts,

	"truncate": ofTexts, "as insert": {}, "as update": {}, "as delete": {}, "as truncate": {}, "from self": {}, "compound from self": {}, "as": ofTexts,
	"select distinct": ofEither, "where all": ofParts, "having all": ofParts, "no where": {}, "more group": ofEither, "more order": ofEither, "order before": ofEither,
	"no order": {}, "with": {first: []role{asText, asPart}}, "with recursive": {first: []role{asText, asPart}},
	"intersect": ofParts, "intersect all": ofParts, "lock": {}, "natural join": ofEither, "natural left join": ofEither, "natural right join": ofEither, "natural full join": ofEither,
	"columns set": ofEither, "values of lists": {}, "no values": {}, "rows": {}, "no rows": {}, "set row": {}, "conflict": ofParts, "no conflict": {},

	"ex": {}, "ex or": {}, "op": {}, "record map": {}, "list": {}, "in": onColumn, "not in": onColumn, "is": {first: []role{asText, asPart}},
	"operator": {first: []role{asText, asPart}}, "prefixed": {first: []role{asText, asPart}}, "between": ofParts, "not between": ofParts, "range": {},
	"asc": ofParts, "desc": ofParts, "nulls first": {}, "nulls last": {}, "func": {first: []role{asText}}, "func of": {first: []role{asText, asEither}},
	"over": ofParts, "window": ofTexts, "partition": ofEither, "name": ofTexts, "dot": {first: []role{asPart, asEither}}, "dot before": {first: []role{asPart, asEither}},
	"all of": ofParts, "more": ofParts, "case value": {}, "case when": {}, "case else": {}, "on": ofParts, "using": ofEither, "lateral": ofParts,
	"do nothing": {}, "do update": {first: []role{asText}}, "cast": {first: []role{asPart, asText}},

	"eq": onColumn, "ne": onColumn, "lt": onColumn, "le": onColumn, "gt": onColumn, "ge": onColumn, "like": onColumn, "not like": onColumn, "ilike": {}, "not ilike": {},
	"entry": {first: []role{asText}},
	"and":   {rest: asPart}, "or": {rest: asPart}, "item": {first: []role{asPart}},
	"text": {first: []role{asText}}, "concat": {rest: asEither}, "alias": {first: []role{asPart, asText}},
	"case": {rest: asEither}, "when": {rest: asEither}, "else": {rest: asEither}, "ident": ofTexts,
}

// Known reports whether a clause can be written.
func Known(clause string) bool {
	_, ok := words[clause]
	_, handle := handleWords[clause]
	_, object := objectWords[clause]
	_, entity := entityWords[clause]
	_, token := tokenWords[clause]
	_, chunk := chunkWords[clause]
	return ok || handle || object || entity || token || chunk
}

func (c shape) roleOf(i int) role {
	if i < len(c.first) {
		return c.first[i]
	}
	return c.rest
}

// Structural reports whether value i of a clause decides the text: it must be a constant
// text or a build before anything can be written.
func Structural(c *term.Clause, i int) bool {
	switch r := roleIn(c, i); {
	case c.Values[i].Form == term.AsPart, term.Built(c.Values[i].Term):
		return true
	case r == asTyped:
		return c.Values[i].Form == term.AsText
	default:
		return r != asBind
	}
}

// Settled is a value of a clause whose names are not known, where that makes no difference:
// a condition on a column that is not known can only narrow, and an order by it changes no
// row. Any other value is as it was.
func Settled(word string, v term.Value) term.Value {
	b, ok := v.Term.(*term.Build)
	if !ok || b.Style != "list" || b.Base != nil {
		return v
	}
	return dataset.Settled(word, v)
}
