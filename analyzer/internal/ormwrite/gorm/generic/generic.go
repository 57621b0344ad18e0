// Package generic says what the generic interface of gorm's adds to the classic one.
//
// In goes a build of either; out comes one of the classic interface that runs the same. A
// statement of the generic interface is about the rows of a type, begins anew at its handle
// whatever that had, and is given its context by the call that ends it.
//
// Invariant: what is not known of a build stays in it.
package generic

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Classic is a build of the classic interface that runs what b runs.
func Classic(b *term.Build) *term.Build {
	out := &term.Build{Style: b.Style, Base: b.Base}
	var rows *term.Value // what the statement is about, nil if it is one of the classic interface
	for i := range b.Clauses {
		c := b.Clauses[i]
		c.Values = slices.Clone(c.Values)
		for k := range c.Values {
			if inner, ok := c.Values[k].Term.(*term.Build); ok {
				c.Values[k].Term = Classic(inner)
			}
		}
		switch {
		case c.Word == "generic":
			out.Clauses = append(out.Clauses, term.Clause{Word: "handle", If: c.If, Maybe: c.Maybe})
			if len(c.Values) > 0 {
				out.Clauses = append(out.Clauses, term.Clause{Word: "clauses", Values: c.Values, If: c.If, Maybe: c.Maybe})
			}
		case c.Word == "rows are":
			rows = &c.Values[0]
			if i == len(b.Clauses)-1 { // a part of another statement
				out.Clauses = append(out.Clauses, term.Clause{Word: "model", Values: c.Values})
			}
		case rows != nil:
			out.Clauses = append(out.Clauses, ended(c, *rows)...)
		case c.Word == "find batches": // each further one is of the rows behind those that were found
			out.Clauses = append(out.Clauses, term.Clause{Word: "find", Values: c.Values[:1], If: c.If, Maybe: c.Maybe})
		default:
			out.Clauses = append(out.Clauses, c)
		}
	}
	return out
}

// ended are the clauses of a call that ends a statement about rows: its first value is the
// context.
func ended(c term.Clause, rows term.Value) []term.Clause {
	if len(c.Values) == 0 {
		return []term.Clause{c}
	}
	out := []term.Clause{{Word: "context of", Values: c.Values[:1]}}
	c.Values = c.Values[1:]
	model := term.Clause{Word: "model", Values: []term.Value{rows}}
	switch c.Word {
	case "find one", "remove":
		c.Values = []term.Value{rows}
	case "find", "find batches":
		rows.Form = term.AsModels
		c.Word, c.Values = "find", []term.Value{rows}
	case "count":
		out = append(out, model, term.Clause{Word: "select of", Values: c.Values})
		c.Values = nil
	case "scan":
		out, c.Word = append(out, model), "find"
	case "rows", "set column", "exec":
		out = append(out, model)
	}
	return append(out, c)
}
