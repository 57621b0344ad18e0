package sqlwrite

import (
	"errors"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

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
	switch first := &b.Clauses[0]; first.Word {
	case "raw":
		return w.expression(first)
	case "union", "union all":
		return w.union(first)
	}
	kind, s := "", piece.Sections{}
	for i := range b.Clauses {
		c := &b.Clauses[i]
		if !c.Sure() && !mayMiss(c) {
			return "", &piece.SplitError{Clause: c}
		}
		switch c.Word {
		case "select", "insert", "replace", "update", "delete":
			if kind != "" {
				return "", piece.UnknownClause(c)
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
		return "", piece.UnknownClause(left[0])
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
		text, err := piece.Constant(c.Values[0].Term)
		return err == nil && !piece.Loose(text, "join", ",")
	}
	return false
}

func (w *writer) selected(s piece.Sections, all []term.Clause) (string, error) {
	var p piece.Sentence
	p.Add(w.affix(s, "prefix"))
	p.Word("SELECT")
	p.List(" ")(s.Texts("options"))
	columns, err := piece.Pieces(s, w.column, all, "select", "columns", "column")
	if err == nil && len(columns) == 0 {
		err = errors.New("a SELECT without columns")
	}
	p.List(", ")(columns, err)
	p.Add(w.from(s))
	p.List(" ")(piece.Pieces(s, w.join, all, "join", "inner join", "left join", "right join", "cross join", "join clause", "join on", "left join on", "right join on", "full join on"))
	p.Add(w.conditions(s, "where", "WHERE"))
	p.After("GROUP BY", ", ")(s.Texts("group"))
	p.Add(w.conditions(s, "having", "HAVING"))
	p.After("ORDER BY", ", ")(piece.Pieces(s, w.ordered, all, "order", "order clause", "order asc", "order desc", "order dir"))
	w.limits(&p, s)
	p.Add(w.affix(s, "suffix"))
	return p.Done()
}

func (w *writer) inserted(kind string, s piece.Sections) (string, error) {
	var p piece.Sentence
	p.Add(w.affix(s, "prefix"))
	p.Word(strings.ToUpper(kind))
	p.List(" ")(s.Texts("options"))
	if len(s.Take("ignoring")) > 0 {
		p.Word("IGNORE")
	}
	p.Word("INTO")
	tables, err := s.Texts(kind, "into")
	p.Add(w.style.name(last(tables)), err)
	p.Add(w.rows(s))
	p.After("RETURNING", ",")(w.returned(s))
	p.Add(w.affix(s, "suffix"))
	return p.Done()
}

func (w *writer) updated(s piece.Sections) (string, error) {
	var p piece.Sentence
	p.Add(w.affix(s, "prefix"))
	p.Word("UPDATE")
	tables, err := s.Texts("update", "table")
	p.Add(w.style.name(last(tables)), err)
	p.After("SET", ", ")(w.assignments(s))
	p.Add(w.from(s))
	w.narrowed(&p, s)
	return p.Done()
}

func (w *writer) deleted(s piece.Sections) (string, error) {
	var p piece.Sentence
	p.Add(w.affix(s, "prefix"))
	p.Word("DELETE FROM")
	tables, err := s.Texts("delete", "from")
	p.Add(w.style.name(last(tables)), err)
	w.narrowed(&p, s)
	return p.Done()
}

// returned are the columns that a write gives back: the last ones that were set.
func (w *writer) returned(s piece.Sections) ([]string, error) {
	list := s.Take("returning")
	if len(list) == 0 {
		return nil, nil
	}
	columns, err := piece.Constants(list[len(list)-1])
	return w.style.names(columns), err
}

// limits writes how many rows there are, and which of them.
func (w *writer) limits(p *piece.Sentence, s piece.Sections) {
	for _, c := range s.Take("page") { // page and length
		s["limit"] = append(s["limit"], &term.Clause{Word: "limit", Values: c.Values[1:]})
		s["offset"] = append(s["offset"], &term.Clause{Word: "offset", Values: []term.Value{{Term: before(c.Values[0].Term, c.Values[1].Term)}}})
	}
	p.Add(w.Number(s, "limit", "LIMIT"))
	p.Add(w.Number(s, "offset", "OFFSET"))
}

// narrowed writes what stands behind the table of a write.
func (w *writer) narrowed(p *piece.Sentence, s piece.Sections) {
	p.Add(w.conditions(s, "where", "WHERE"))
	p.After("RETURNING", ",")(w.returned(s))
	p.After("ORDER BY", ", ")(s.Texts("order"))
	w.limits(p, s)
	p.Add(w.affix(s, "suffix"))
}

func last(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[len(texts)-1]
}
