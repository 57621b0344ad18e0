package dataset

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// replaced are the words whose last clause takes the place of those before it, and of
// those of the other words.
var replaced = map[string][]string{
	"select": {"columns"}, "select distinct": {"select", "columns"}, "from": nil, "group": {"more group"}, "order": {"more order", "order before"},
	"limit": nil, "offset": nil, "lock": nil, "table": nil, "into": nil, "columns set": {"columns"}, "values of lists": nil,
	"rows": nil, "values of select": nil, "conflict": nil, "returning": nil, "set row": nil,
}

// cleared are the words that take others away.
var cleared = map[string][]string{
	"no columns": {"select", "select distinct", "columns", "columns set", "distinct"}, "no where": {"where all"}, "no order": {"order", "more order", "order before"},
	"no limit": {"limit"}, "no offset": {"offset"}, "no values": {"values of lists"}, "no rows": {"rows"}, "no conflict": {"conflict"},
}

// turned are the words that make another statement of one that reads.
var turned = map[string]string{"as insert": "insert", "as update": "update", "as delete": "delete", "as truncate": "truncate"}

// optional are the words of which the text can say when they are there, or that may be
// there when they are not.
var optional = []string{"where all", "having all", "group", "more group", "order", "more order", "order before", "limit", "offset", "no limit", "no offset", "no order", "columns", "lock", "returning"}

// dataset writes a statement of a library of expressions.
func (x expressions) statement(b *term.Build) (string, error) {
	if b.Base != nil {
		return "", errors.New("a statement built on what is not known: " + b.Base.String())
	}
	kind, s := "", piece.Sections{}
	for i := range b.Clauses {
		c := &b.Clauses[i]
		if !c.Sure() && !slices.Contains(optional, c.Word) && !x.optionalJoin(c) {
			return "", &piece.SplitError{Clause: c}
		}
		switch c.Word {
		case "insert", "update", "delete", "truncate":
			kind = c.Word
			s["table"] = []*term.Clause{c}
			continue
		case "from self":
			return x.selfed(b, i)
		case "as", "compound from self":
			continue
		case "union", "union all", "intersect", "intersect all":
			s["compound"] = append(s["compound"], c)
			continue
		}
		if to := turned[c.Word]; to != "" {
			if kind = to; len(s["from"]) > 0 {
				s["table"] = s["from"]
				delete(s, "from")
			}
			continue
		}
		if gone, ok := cleared[c.Word]; ok {
			if !c.Sure() {
				continue // what it takes away may be there
			}
			for _, word := range gone {
				delete(s, word)
			}
			continue
		}
		if others, ok := replaced[c.Word]; ok && c.Sure() {
			delete(s, c.Word)
			for _, word := range others {
				delete(s, word)
			}
		}
		s[c.Word] = append(s[c.Word], c)
	}
	text, err := x.kinds(kind, s, b.Clauses)
	if err != nil {
		return "", err
	}
	for _, left := range s {
		return "", piece.UnknownClause(left[0])
	}
	return text, nil
}

func (x expressions) kinds(kind string, s piece.Sections, all []term.Clause) (string, error) {
	switch kind {
	case "insert":
		return x.stored(s)
	case "update":
		return x.changed(s)
	case "delete":
		return x.removed(s)
	case "truncate":
		tables, err := x.last(s, "table")
		return "TRUNCATE " + strings.Join(tables, ", "), err
	}
	return x.read(s, all)
}

// optionalJoin tells a join of which the text can say that it filters nothing.
func (x expressions) optionalJoin(c *term.Clause) bool {
	return c.Word == "join on" || c.Word == "left join on"
}

// selfed is a statement that reads what another one gives.
func (x expressions) selfed(b *term.Build, at int) (string, error) {
	inner := &term.Build{Style: b.Style, Clauses: b.Clauses[:at]}
	outer := &term.Build{Style: b.Style, Clauses: append([]term.Clause{{Word: "from", Values: []term.Value{{Term: inner}}}}, b.Clauses[at+1:]...)}
	return x.statement(outer)
}

// last writes the columns or tables of the last clause of a word.
func (x expressions) last(s piece.Sections, words ...string) ([]string, error) {
	for _, word := range words {
		if list := s.Take(word); len(list) > 0 {
			return x.list(list[len(list)-1].Values)
		}
	}
	return nil, nil
}

// each writes the columns of all clauses of some words.
func (x expressions) each(s piece.Sections, words ...string) ([]string, error) {
	var out []string
	for _, word := range words {
		for _, c := range s.Take(word) {
			list, err := x.list(c.Values)
			if err != nil {
				return nil, err
			}
			out = append(out, list...)
		}
	}
	return out, nil
}

// sources are the tables that are read: a statement without a name gets one.
func (x expressions) sources(s piece.Sections) ([]string, error) {
	clauses := s.Take("from")
	if len(clauses) == 0 {
		return nil, nil
	}
	var out []string
	unnamed := 0
	for _, v := range clauses[len(clauses)-1].Values {
		list, err := x.list([]term.Value{v})
		if err != nil {
			return nil, err
		}
		if b, ok := v.Term.(*term.Build); ok && isDataset(b) {
			if _, named := aliasOf(b); !named {
				unnamed++
				list[0] += " AS t" + strconv.Itoa(unnamed)
			}
		}
		out = append(out, list...)
	}
	return out, nil
}

// isDataset tells a statement by what it begins with.
func isDataset(b *term.Build) bool {
	return len(b.Clauses) > 0 && slices.Contains([]string{"from", "select", "insert", "update", "delete"}, b.Clauses[0].Word)
}

func (x expressions) read(s piece.Sections, all []term.Clause) (string, error) {
	var p piece.Sentence
	p.Add(x.tables(s))
	p.Word("SELECT")
	distinct := s.Take("select distinct")
	for _, c := range s.Take("distinct") {
		on, err := x.list(c.Values)
		if len(on) == 0 {
			p.Add("DISTINCT", err)
		} else {
			p.Add("DISTINCT ON ("+strings.Join(on, ", ")+")", err)
		}
	}
	if len(distinct) > 0 {
		p.Word("DISTINCT")
		s["select"] = distinct
	}
	columns, err := x.each(s, "select", "columns")
	if len(columns) == 0 {
		columns = []string{"*"}
	}
	p.List(", ")(columns, err)
	p.After("FROM", ", ")(x.sources(s))
	p.List(" ")(piece.Pieces(s, x.joined, all, "join on", "left join on", "right join on", "full join on", "cross join", "natural join", "natural left join", "natural right join", "natural full join"))
	p.Add(x.filter(s, "where all", "WHERE"))
	p.After("GROUP BY", ", ")(x.each(s, "group", "more group"))
	p.Add(x.filter(s, "having all", "HAVING"))
	p.List(" ")(x.compounds(s))
	p.After("ORDER BY", ", ")(x.each(s, "order before", "order", "more order"))
	p.Add(x.Number(s, "limit", "LIMIT"))
	p.Add(x.Number(s, "offset", "OFFSET"))
	if len(s.Take("lock")) > 0 {
		p.Word("FOR UPDATE")
	}
	return p.Done()
}

// tables are the statements that have names in this one.
func (x expressions) tables(s piece.Sections) (string, error) {
	recursive := len(s["with recursive"]) > 0
	var out []string
	for _, c := range append(s.Take("with"), s.Take("with recursive")...) {
		name, err := piece.Constant(c.Values[0].Term)
		if err != nil {
			return "", err
		}
		text, err := x.of(c.Values[1])
		if err != nil {
			return "", err
		}
		out = append(out, name+" AS "+text)
	}
	switch {
	case len(out) == 0:
		return "", nil
	case recursive:
		return "WITH RECURSIVE " + strings.Join(out, ", "), nil
	}
	return "WITH " + strings.Join(out, ", "), nil
}

var datasetJoins = map[string]string{
	"join on": "INNER JOIN ", "left join on": "LEFT JOIN ", "right join on": "RIGHT JOIN ", "full join on": "FULL JOIN ", "cross join": "CROSS JOIN ",
	"natural join": "NATURAL JOIN ", "natural left join": "NATURAL LEFT JOIN ", "natural right join": "NATURAL RIGHT JOIN ", "natural full join": "NATURAL FULL JOIN ",
}

// joined writes a join. One that is there only sometimes filters nothing for sure: it is
// an outer join.
func (x expressions) joined(c *term.Clause) ([]string, error) {
	word := c.Word
	if !c.Sure() {
		word = "left join on"
	}
	table, err := x.named(c.Values[0])
	if err != nil || len(c.Values) == 1 {
		return []string{datasetJoins[word] + table}, err
	}
	b, ok := c.Values[1].Term.(*term.Build)
	if !ok || b.Base != nil {
		return nil, errPart
	}
	first := &b.Clauses[0]
	if first.Word == "using" {
		columns, err := x.list(first.Values)
		return []string{datasetJoins[word] + table + " USING (" + strings.Join(columns, ", ") + ")"}, err
	}
	on, err := x.Within(c, func() (string, error) { return x.all(b) })
	if err == nil && !c.Sure() && piece.Loose(on, "join", ",") {
		err = &piece.SplitError{Clause: c}
	}
	return []string{datasetJoins[word] + table + " ON " + on}, err
}

// filter writes WHERE and HAVING: one list of all conditions.
func (x expressions) filter(s piece.Sections, word, keyword string) (string, error) {
	var parts []piece.Part
	for _, c := range s.Take(word) {
		more, err := x.conditionsOf(c.Values, c)
		if err != nil {
			return "", err
		}
		parts = append(parts, more...)
	}
	switch {
	case len(parts) == 0:
		return "", nil
	case len(parts) == 1 && parts[0].When.Sure():
		return keyword + " " + parts[0].Text, nil
	}
	return keyword + " (" + x.Writer.All(parts) + ")", nil
}

// compounds are the statements whose rows are put together with those of this one.
func (x expressions) compounds(s piece.Sections) ([]string, error) {
	var out []string
	for _, c := range s.Take("compound") {
		b, ok := c.Values[0].Term.(*term.Build)
		if !ok {
			return nil, errPart
		}
		text, err := x.statement(b)
		if slices.ContainsFunc(b.Clauses, func(c term.Clause) bool { return c.Word == "limit" || strings.Contains(c.Word, "order") }) {
			text = "SELECT * FROM (" + text + ") AS t1"
		}
		if err != nil {
			return nil, err
		}
		out = append(out, strings.ToUpper(c.Word)+" ("+text+")")
	}
	return out, nil
}
