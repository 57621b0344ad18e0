package tokens

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// statement writes a statement, a list of them, or a part of one that is a builder, too.
func (w *writer) statement(b *term.Build) (string, error) {
	if b.Base != nil {
		return "", errors.New("a statement built on what is not known: " + b.Base.String())
	}
	if len(b.Clauses) == 0 {
		return "", errors.New("a statement of nothing")
	}
	if write, ok := fragments[b.Clauses[0].Word]; ok {
		return write(w, b.Clauses[0].Values)
	}
	s := &draft{writer: w, sections: piece.Sections{}, injected: map[string][]string{}}
	if err := s.sort(b); err != nil {
		return "", err
	}
	text, err := s.written()
	if err != nil {
		return "", err
	}
	for _, left := range s.sections {
		return "", piece.UnknownClause(left[0])
	}
	for range s.injected {
		return "", errors.New("a text behind a part of the statement that it does not have")
	}
	return text, nil
}

// draft is a statement that is being written: its clauses by their words, and the texts
// that are put behind a section.
type draft struct {
	*writer
	kind     string
	sections piece.Sections
	all      []term.Clause
	injected map[string][]string
}

// kinds are the clauses that say what a statement is, with what they stand for.
var kinds = map[string]string{
	"select": "select", "select with": "select", "select of struct": "select",
	"insert": "insert", "insert ignoring": "insert", "replace": "insert", "insert of struct": "insert",
	"update": "update", "update with": "update", "update of struct": "update",
	"delete": "delete", "delete with": "delete",
	"union": "union", "union all": "union", "ctes": "ctes", "cte query": "cte", "cte table": "cte", "conditions": "conditions", "statement": "",
}

// behind are the sections behind which a text may be put, by the words of the clauses after
// which that is done.
var behind = map[string]string{
	"select": "columns", "columns set": "columns", "columns": "columns", "distinct": "columns", "from": "from", "join texts": "join", "join option": "join",
	"where texts": "where", "having texts": "group", "group": "group", "limit": "limit", "offset": "limit", "lock for": "lock", "returning": "returning",
	"order": "order", "order asc": "order", "order desc": "order", "order direction": "order", "with ctes": "with", "ctes": "ctes",
	"insert": "table", "insert ignoring": "table", "replace": "table", "into": "table", "into ignoring": "table", "into replacing": "table", "values": "values",
	"update": "table", "delete": "table", "table": "table", "set all": "set", "set more": "set", "union": "union", "union all": "union",
	"cte query": "cte", "cte table": "cte", "cte name": "cte", "as query": "as",
}

// sort takes the clauses apart: those that replace what was there take its place.
func (s *draft) sort(b *term.Build) error {
	s.all = b.Clauses
	marker, sure := "", true
	for i := range b.Clauses {
		c := &b.Clauses[i]
		if !c.Sure() && !mayMiss(c) {
			return &piece.SplitError{Clause: c}
		}
		if c.Word == "injected" {
			if !sure {
				return errors.New("a text behind a part of the statement that may be missing")
			}
			text, err := s.text(c.Values[0])
			if err != nil {
				return err
			}
			s.injected[marker] = append(s.injected[marker], text)
			continue
		}
		if section, ok := behind[c.Word]; ok && (len(c.Values) > 0 || section != "columns" && section != "table") {
			marker, sure = section, c.Sure()
		}
		if kind, ok := kinds[c.Word]; ok && kind != "" {
			if s.kind != "" && s.kind != kind {
				return piece.UnknownClause(c)
			}
			s.kind = kind
		}
		s.replaces(c)
		s.sections[c.Word] = append(s.sections[c.Word], c)
	}
	delete(s.sections, "statement")
	return nil
}

// replaces drops what a clause takes the place of.
func (s *draft) replaces(c *term.Clause) {
	for _, word := range map[string][]string{
		"columns set": {"columns set", "columns"}, "from": {"from"}, "table": {"table"}, "set all": {"set all", "set more"}, "union": {"union", "union all"},
		"union all": {"union", "union all"}, "into": {"into", "into ignoring", "into replacing"}, "into ignoring": {"into", "into ignoring", "into replacing"},
		"into replacing": {"into", "into ignoring", "into replacing"}, "returning": {"returning"}, "limit": {"limit"}, "offset": {"offset"},
		"order direction": {"order direction"}, "ctes": {"ctes"}, "with ctes": {"with ctes"}, "lock for": {"lock for"}, "cte name": {"cte name"}, "as query": {"as query"},
	}[c.Word] {
		if c.Sure() {
			delete(s.sections, word)
		}
	}
	if c.Word == "order" && s.kind != "select" && c.Sure() { // a write has one order
		for _, word := range []string{"order", "order asc", "order desc"} {
			delete(s.sections, word)
		}
	}
}

// mayMiss tells a clause of which the text of one statement can say when it is there, or
// that may stand there when it is not: what only narrows, and what no claim rests on.
func mayMiss(c *term.Clause) bool {
	switch c.Word {
	case "where texts", "having texts", "values", "group", "order", "order asc", "order desc", "order direction", "limit", "offset", "distinct", "returning", "lock for":
		return true
	case "set more": // a column and its value
		b, ok := c.Values[0].Term.(*term.Build)
		return ok && b.Base == nil && len(b.Clauses) == 1 && b.Clauses[0].Word == "assigned"
	case "join texts":
		return true
	case "join option":
		option, err := piece.Constant(c.Values[0].Term)
		return err == nil && (option == "" || option == "INNER" || strings.HasPrefix(option, "LEFT"))
	}
	return false
}

func (s *draft) written() (string, error) {
	var p piece.Sentence
	p.List(" ")(s.put(""), nil)
	switch s.kind {
	case "select":
		s.selected(&p)
	case "insert":
		s.inserted(&p)
	case "update":
		s.updated(&p)
	case "delete":
		s.deleted(&p)
	case "union":
		s.united(&p)
	case "ctes":
		p.Add(s.ctes())
		p.List(" ")(s.put("ctes"), nil)
	case "cte":
		s.cte(&p)
	case "conditions":
		s.sections.Take("conditions")
		p.Add(s.where())
	default:
		return "", errors.New("a builder without a statement")
	}
	return p.Done()
}

// put takes the texts that stand behind a section.
func (s *draft) put(section string) []string {
	out := s.injected[section]
	delete(s.injected, section)
	return out
}

func (s *draft) selected(p *piece.Sentence) {
	s.with(p, "select with")
	columns, err := s.columns()
	if len(columns) > 0 {
		p.Word("SELECT")
		if len(s.sections.Take("distinct")) > 0 {
			p.Word("DISTINCT")
		}
	}
	p.List(", ")(columns, err)
	p.List(" ")(s.put("columns"), nil)
	p.After("FROM", ", ")(s.tables("from"))
	p.List(" ")(s.put("from"), nil)
	joins, err := piece.Pieces(s.sections, s.join, s.all, "join texts", "join option")
	p.List(" ")(joins, err)
	if len(joins) > 0 {
		p.List(" ")(s.put("join"), nil)
	}
	s.narrowed(p)
	group, err := s.listed("group")
	p.After("GROUP BY", ", ")(group, err)
	if having := s.sections.Take("having texts"); len(group) > 0 {
		p.Add(s.conditions(having, "HAVING"))
		p.List(" ")(s.put("group"), nil)
	}
	s.ordered(p)
	s.limits(p)
	for _, c := range s.sections.Take("lock for") {
		word, err := piece.Constant(c.Values[0].Term)
		p.Add("FOR "+word, err)
		p.List(" ")(s.put("lock"), nil)
	}
}

// with writes the queries that stand before a statement, and notes those that it reads as
// tables.
func (s *draft) with(p *piece.Sentence, start string) {
	var before []term.Value
	for _, c := range s.sections[start] {
		before = append(before, c.Values[0])
	}
	for _, c := range s.sections.Take("with ctes") {
		before = append(before, c.Values[0])
	}
	if len(before) == 0 {
		return
	}
	p.Add(s.value(before[len(before)-1]))
	p.List(" ")(s.put("with"), nil)
}

// columns are what a SELECT gives: what was set last, and what was added to it.
func (s *draft) columns() ([]string, error) {
	var out []string
	var err error
	add := func(values []term.Value) {
		list, e := s.texts(values)
		out, err = append(out, list...), errors.Join(err, e)
	}
	set := s.sections.Take("columns set")
	for _, c := range s.sections.Take("select") {
		if len(set) == 0 {
			add(c.Values)
		}
	}
	for _, c := range s.sections.Take("select with") {
		if len(set) == 0 {
			add(c.Values[1:])
		}
		s.sections["with tables"] = append(s.sections["with tables"], c)
	}
	for _, c := range s.sections.Take("select of struct") {
		table, e := s.text(c.Values[0])
		err = errors.Join(err, e)
		if len(set) == 0 {
			out = append(out, table[strings.LastIndexByte(table, ' ')+1:]+".*")
		}
		if len(s.sections["from"]) == 0 {
			s.sections["from"] = append(s.sections["from"], c)
		}
	}
	for _, c := range append(set, s.sections.Take("columns")...) {
		add(c.Values)
	}
	return out, err
}

// tables are those of a clause, and the queries that are read as tables.
func (s *draft) tables(words ...string) ([]string, error) {
	var out []string
	for _, word := range words {
		for _, c := range s.sections.Take(word) {
			values := c.Values
			if strings.HasSuffix(c.Word, " with") {
				values = values[1:]
			}
			if strings.HasSuffix(c.Word, " of struct") {
				values = values[:1]
			}
			list, err := s.texts(values)
			if err != nil {
				return nil, err
			}
			if len(list) > 0 {
				out = list // the last ones
			}
		}
	}
	read, err := s.readQueries()
	return append(out, read...), err
}

// readQueries are the names of the queries before a statement that it reads as tables.
func (s *draft) readQueries() ([]string, error) {
	s.sections.Take("with tables")
	var out []string
	for i := range s.all {
		c := &s.all[i]
		if c.Word != "with ctes" && !strings.HasSuffix(c.Word, " with") {
			continue
		}
		list, err := s.names(c.Values[0].Term)
		if err != nil {
			return nil, err
		}
		out = list
	}
	return out, nil
}

// names are the names of the queries that stand in the list of tables by themselves.
func (s *draft) names(t term.Term) ([]string, error) {
	b, ok := t.(*term.Build)
	if !ok || b.Base != nil {
		return nil, errors.New("queries before a statement that are not known")
	}
	var out []string
	for _, c := range b.Clauses {
		if c.Word != "ctes" {
			continue
		}
		out = nil
		for _, v := range c.Values[1:] {
			query, ok := v.Term.(*term.Build)
			if !ok || len(query.Clauses) == 0 {
				return nil, errors.New("queries before a statement that are not known")
			}
			name, listed := "", false
			for _, q := range query.Clauses {
				listed = listed || q.Word == "cte table" || q.Word == "in tables"
				if strings.HasPrefix(q.Word, "cte ") && len(q.Values) > 0 {
					text, err := s.text(q.Values[0])
					if err != nil {
						return nil, err
					}
					name = text
				}
			}
			if listed {
				out = append(out, name)
			}
		}
	}
	return out, nil
}

// join writes a join. One that is there only sometimes filters nothing for sure: it is an
// outer join.
func (s *draft) join(c *term.Clause) ([]string, error) {
	values, option := c.Values, ""
	if c.Word == "join option" {
		word, err := piece.Constant(values[0].Term)
		if err != nil {
			return nil, err
		}
		values, option = values[1:], word
	}
	text := ""
	_, err := s.Within(c, func() (string, error) {
		table, err := s.text(values[0])
		if err != nil {
			return "", err
		}
		on, err := s.conditions(piece.Pointers(itemsOf(values[1:])), "ON")
		text = strings.TrimRight(table+" "+on, " ")
		return text, err
	})
	if err != nil {
		return nil, err
	}
	if !c.Sure() {
		if piece.Loose(text, "join", ",") {
			return nil, &piece.SplitError{Clause: c}
		}
		option = "LEFT"
	}
	return []string{strings.TrimLeft(option+" JOIN "+text, " ")}, nil
}

// where writes the conditions of a statement; those of another list of conditions are
// added as they stand there.
func (s *draft) where() (string, error) {
	var all []*term.Clause
	for i := range s.all {
		c := &s.all[i]
		switch c.Word {
		case "where texts":
			all = append(all, c)
		case "where with":
			for _, item := range itemsOf(c.Values[1:]) {
				item.If, item.Maybe = append(slices.Clone(c.If), item.If...), c.Maybe || item.Maybe
				all = append(all, &item)
			}
		case "where clause":
			b, ok := c.Values[0].Term.(*term.Build)
			if !ok || b.Base != nil {
				return "", errors.New("conditions that are not known")
			}
			inner := &draft{writer: s.writer, sections: piece.Sections{}, injected: map[string][]string{}}
			if err := inner.sort(Apart(b)); err != nil {
				return "", err
			}
			more, err := inner.clauses()
			if err != nil {
				return "", err
			}
			all = append(all, more...)
		}
	}
	for _, word := range []string{"where texts", "where with", "where clause"} {
		s.sections.Take(word)
	}
	return s.conditions(all, "WHERE")
}

// clauses are the conditions of a list that is put together by itself.
func (s *draft) clauses() ([]*term.Clause, error) {
	var out []*term.Clause
	for i := range s.all {
		c := &s.all[i]
		switch c.Word {
		case "conditions":
		case "where with":
			for _, item := range itemsOf(c.Values[1:]) {
				item.If, item.Maybe = append(slices.Clone(c.If), item.If...), c.Maybe || item.Maybe
				out = append(out, &item)
			}
		default:
			return nil, piece.UnknownClause(c)
		}
	}
	return out, nil
}

func (s *draft) narrowed(p *piece.Sentence) {
	text, err := s.where()
	p.Add(text, err)
	if text != "" {
		p.List(" ")(s.put("where"), nil)
	}
}

// listed are the texts of all clauses of a word.
func (s *draft) listed(word string) ([]string, error) {
	var out []string
	for _, c := range s.sections.Take(word) {
		list, err := s.texts(c.Values)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

var directions = map[string]string{"order": "", "order asc": " ASC", "order desc": " DESC"}

func (s *draft) ordered(p *piece.Sentence) {
	list, err := piece.Pieces(s.sections, func(c *term.Clause) ([]string, error) {
		out, err := s.texts(c.Values)
		for i := range out {
			out[i] += directions[c.Word]
		}
		return out, err
	}, s.all, "order", "order asc", "order desc")
	p.After("ORDER BY", ", ")(list, err)
	direction := s.sections.Take("order direction")
	if len(list) == 0 {
		return
	}
	if len(direction) > 0 {
		p.Add(piece.Constant(direction[len(direction)-1].Values[0].Term))
	}
	p.List(" ")(s.put("order"), nil)
}

func (s *draft) limits(p *piece.Sentence) {
	for _, x := range [][2]string{{"limit", "LIMIT "}, {"offset", "OFFSET "}} {
		if list := s.sections.Take(x[0]); len(list) > 0 {
			text, err := s.value(list[len(list)-1].Values[0])
			p.Add(x[1]+text, err)
		}
	}
	p.List(" ")(s.put("limit"), nil)
}

// united writes statements whose rows are put together, each in parentheses.
func (s *draft) united(p *piece.Sentence) {
	for _, word := range []string{"union", "union all"} {
		for _, c := range s.sections.Take(word) {
			var texts []string
			var err error
			for _, v := range c.Values {
				if v.Form == term.AsRest {
					err = errors.New("a list of statements that is not known")
					break
				}
				text, e := s.value(v)
				texts, err = append(texts, "("+text+")"), errors.Join(err, e)
			}
			p.List(" "+strings.ToUpper(word)+" ")(texts, err)
		}
	}
	p.List(" ")(s.put("union"), nil)
	s.ordered(p)
	s.limits(p)
}

// ctes are the queries before a statement.
func (s *draft) ctes() (string, error) {
	list := s.sections.Take("ctes")
	c := list[len(list)-1]
	word, _ := piece.Constant(c.Values[0].Term)
	var texts []string
	for _, v := range c.Values[1:] {
		if v.Form == term.AsRest {
			return "", errors.New("a list of queries that is not known")
		}
		text, err := s.value(v)
		if err != nil {
			return "", err
		}
		texts = append(texts, text)
	}
	return word + " " + strings.Join(texts, ", "), nil
}

// cte is one of them: its name with its columns, and what it reads.
func (s *draft) cte(p *piece.Sentence) {
	var head []term.Value
	for _, word := range []string{"cte query", "cte table", "cte name"} {
		for _, c := range s.sections.Take(word) {
			if len(c.Values) > 0 {
				head = c.Values
			}
		}
	}
	s.sections.Take("in tables")
	texts, err := s.texts(head)
	if err != nil || len(texts) == 0 {
		p.Add("", errors.Join(err, errors.New("a query without a name")))
		return
	}
	p.Word(texts[0])
	if len(texts) > 1 {
		p.Word("(" + strings.Join(texts[1:], ", ") + ")")
	}
	p.List(" ")(s.put("cte"), nil)
	for _, c := range s.sections.Take("as query") {
		text, err := s.value(c.Values[0])
		p.Add("AS ("+text+")", err)
		p.List(" ")(s.put("as"), nil)
	}
}
