package sqlwrite

import (
	"errors"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// sections are the clauses of a statement by their words, in order.
type sections map[string][]*term.Clause

// statement writes a SELECT, INSERT, UPDATE or DELETE, or what began with a text.
func (w *writer) statement(b *term.Build) (string, error) {
	return w.styled(b, func() (string, error) { return w.whichever(b) })
}

func (w *writer) whichever(b *term.Build) (string, error) {
	if b.Base != nil {
		return "", errors.New("a statement built on what is not known: " + b.Base.String())
	}
	if len(b.Clauses) == 0 {
		return "", errors.New("a statement of nothing")
	}
	if w.style.tree {
		return expressions{w}.statement(b)
	}
	switch first := &b.Clauses[0]; first.Word {
	case "raw":
		return w.expression(first)
	case "union", "union all":
		return w.union(first)
	}
	kind, s := "", sections{}
	for i := range b.Clauses {
		c := &b.Clauses[i]
		if !c.Sure() && !mayMiss(c) {
			return "", &splitError{c}
		}
		switch c.Word {
		case "select", "insert", "replace", "update", "delete":
			if kind != "" {
				return "", unknownClause(c)
			}
			kind = c.Word
		case "no columns":
			s["select"], s["columns"], s["column"] = nil, nil, nil
			continue
		case "no limit", "no offset":
			delete(s, strings.TrimPrefix(c.Word, "no "))
			continue
		case "distinct":
			c = &term.Clause{Word: "options", Values: []term.Value{{Term: &term.Const{Kind: term.Text, Text: "DISTINCT"}}}}
		}
		s[c.Word] = append(s[c.Word], c)
	}
	delete(s, "statement")
	var out string
	var err error
	switch kind {
	case "select":
		out, err = w.selected(s, b.Clauses)
	case "insert", "replace":
		out, err = w.inserted(kind, s)
	case "update":
		out, err = w.updated(s)
	case "delete":
		out, err = w.deleted(s)
	default:
		return "", errors.New("a builder without a statement")
	}
	if err != nil {
		return "", err
	}
	for _, left := range s {
		return "", unknownClause(left[0])
	}
	return out, nil
}

// mayMiss tells a clause of which the text of one statement can say when it is there, or
// that may stand there when it is not: what only narrows, and what no claim rests on.
func mayMiss(c *term.Clause) bool {
	switch c.Word {
	case "where", "having", "set", "set map", "increase", "decrease", "values", "pair", "group", "order", "order clause", "order asc", "order desc", "order dir",
		"limit", "offset", "page", "distinct", "returning":
		return true
	case "join on", "left join on":
		return !term.Built(c.Values[0].Term) && !term.Built(c.Values[1].Term)
	case "join", "inner join", "left join":
		text, err := constant(c.Values[0].Term)
		return err == nil && !loose(text, "join", ",")
	}
	return false
}

// take removes a section and gives its clauses.
func (s sections) take(word string) []*term.Clause {
	out := s[word]
	delete(s, word)
	return out
}

// texts removes sections and gives the texts of their clauses, in order.
func (s sections) texts(words ...string) ([]string, error) {
	var out []string
	for _, word := range words {
		for _, c := range s.take(word) {
			t, err := constants(c)
			if err != nil {
				return nil, err
			}
			out = append(out, t...)
		}
	}
	return out, nil
}

// pieces writes the clauses of some words, each by itself, in the order in which they
// were added.
func (w *writer) pieces(s sections, write func(*term.Clause) ([]string, error), all []term.Clause, words ...string) ([]string, error) {
	kept := map[*term.Clause]bool{}
	for _, word := range words {
		for _, c := range s.take(word) {
			kept[c] = true
		}
	}
	var out []string
	for i := range all {
		if !kept[&all[i]] {
			continue
		}
		t, err := write(&all[i])
		if err != nil {
			return nil, err
		}
		out = append(out, t...)
	}
	return out, nil
}

func (w *writer) selected(s sections, all []term.Clause) (string, error) {
	var p sentence
	p.add(w.affix(s, "prefix"))
	p.word("SELECT")
	p.list(" ")(s.texts("options"))
	columns, err := w.pieces(s, w.column, all, "select", "columns", "column")
	if err == nil && len(columns) == 0 {
		err = errors.New("a SELECT without columns")
	}
	p.list(", ")(columns, err)
	p.add(w.from(s))
	p.list(" ")(w.pieces(s, w.join, all, "join", "inner join", "left join", "right join", "cross join", "join clause", "join on", "left join on", "right join on", "full join on"))
	p.add(w.conditions(s, "where", "WHERE"))
	p.after("GROUP BY", ", ")(s.texts("group"))
	p.add(w.conditions(s, "having", "HAVING"))
	p.after("ORDER BY", ", ")(w.pieces(s, w.ordered, all, "order", "order clause", "order asc", "order desc", "order dir"))
	w.limits(&p, s)
	p.add(w.affix(s, "suffix"))
	return p.done()
}

func (w *writer) inserted(kind string, s sections) (string, error) {
	var p sentence
	p.add(w.affix(s, "prefix"))
	p.word(strings.ToUpper(kind))
	p.list(" ")(s.texts("options"))
	if len(s.take("ignoring")) > 0 {
		p.word("IGNORE")
	}
	p.word("INTO")
	tables, err := s.texts(kind, "into")
	p.add(w.style.name(last(tables)), err)
	p.add(w.rows(s))
	p.after("RETURNING", ",")(w.returned(s))
	p.add(w.affix(s, "suffix"))
	return p.done()
}

func (w *writer) updated(s sections) (string, error) {
	var p sentence
	p.add(w.affix(s, "prefix"))
	p.word("UPDATE")
	tables, err := s.texts("update", "table")
	p.add(w.style.name(last(tables)), err)
	p.after("SET", ", ")(w.assignments(s))
	p.add(w.from(s))
	w.narrowed(&p, s)
	return p.done()
}

func (w *writer) deleted(s sections) (string, error) {
	var p sentence
	p.add(w.affix(s, "prefix"))
	p.word("DELETE FROM")
	tables, err := s.texts("delete", "from")
	p.add(w.style.name(last(tables)), err)
	w.narrowed(&p, s)
	return p.done()
}

// returned are the columns that a write gives back: the last ones that were set.
func (w *writer) returned(s sections) ([]string, error) {
	list := s.take("returning")
	if len(list) == 0 {
		return nil, nil
	}
	columns, err := constants(list[len(list)-1])
	return w.style.names(columns), err
}

// limits writes how many rows there are, and which of them.
func (w *writer) limits(p *sentence, s sections) {
	for _, c := range s.take("page") { // page and length
		s["limit"] = append(s["limit"], &term.Clause{Word: "limit", Values: c.Values[1:]})
		s["offset"] = append(s["offset"], &term.Clause{Word: "offset", Values: []term.Value{{Term: before(c.Values[0].Term, c.Values[1].Term)}}})
	}
	p.add(w.number(s, "limit", "LIMIT"))
	p.add(w.number(s, "offset", "OFFSET"))
}

// narrowed writes what stands behind the table of a write.
func (w *writer) narrowed(p *sentence, s sections) {
	p.add(w.conditions(s, "where", "WHERE"))
	p.after("RETURNING", ",")(w.returned(s))
	p.after("ORDER BY", ", ")(s.texts("order"))
	w.limits(p, s)
	p.add(w.affix(s, "suffix"))
}

func last(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[len(texts)-1]
}
