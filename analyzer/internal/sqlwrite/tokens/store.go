package tokens

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// verbs are how an INSERT begins, by what it was last said to be.
var verbs = map[string]string{
	"insert": "INSERT INTO", "into": "INSERT INTO", "insert ignoring": "INSERT IGNORE INTO", "into ignoring": "INSERT IGNORE INTO",
	"replace": "REPLACE INTO", "into replacing": "REPLACE INTO",
}

func (s *draft) inserted(p *piece.Sentence) {
	for i := range s.all {
		if c := &s.all[i]; c.Word == "insert of struct" {
			s.insertedRows(p, c)
		}
	}
	verb, table := "", ""
	for i := range s.all {
		c := &s.all[i]
		if v, ok := verbs[c.Word]; ok && len(c.Values) > 0 && len(s.sections[c.Word]) > 0 {
			text, err := piece.Constant(c.Values[0].Term)
			p.Add("", err)
			verb, table = v, text
		}
	}
	for word := range verbs {
		s.sections.Take(word)
	}
	if verb != "" {
		p.Word(verb + " " + table)
	}
	p.List(" ")(s.put("table"), nil)
	columns, err := s.columnsOf()
	p.Add("", err)
	if len(columns) > 0 {
		p.Word("(" + strings.Join(columns, ", ") + ")")
	}
	p.List(" ")(s.put("columns"), nil)
	if len(s.sections["values selected"]) > 0 {
		s.read(p)
		return
	}
	var rows []string
	for _, c := range s.sections.Take("values") {
		text, err := s.values(c.Values)
		p.Add("", err)
		rows = append(rows, "("+text+")")
	}
	p.After("VALUES", ", ")(rows, nil)
	p.List(" ")(s.put("values"), nil)
	p.After("RETURNING", ", ")(s.listed("returning"))
	p.List(" ")(s.put("returning"), nil)
}

// columnsOf are the columns of an INSERT: names, in which a dollar is one.
func (s *draft) columnsOf() ([]string, error) {
	var out []string
	for _, c := range s.sections.Take("columns set") {
		list, err := piece.Constants(c)
		if err != nil {
			return nil, err
		}
		out = list
	}
	return out, nil
}

// read writes the SELECT whose rows an INSERT stores, which is built on from there: what was
// added to it stands behind.
func (s *draft) read(p *piece.Sentence) {
	for _, c := range s.sections.Take("values selected") {
		p.Word("SELECT")
		columns, err := s.texts(c.Values)
		more, errMore := s.listed("columns")
		p.List(", ")(append(columns, more...), errors.Join(err, errMore))
	}
	p.After("FROM", ", ")(s.tables("from"))
	p.List(" ")(piece.Pieces(s.sections, s.join, s.all, "join texts", "join option"))
	s.narrowed(p)
	p.After("GROUP BY", ", ")(s.listed("group"))
	s.ordered(p)
	s.limits(p)
}

// insertedRows writes an INSERT of structs: the fields that they have for columns.
func (s *draft) insertedRows(p *piece.Sentence, c *term.Clause) {
	s.sections.Take(c.Word)
	if err := wholeStruct(c); err != nil {
		p.Add("", err)
		return
	}
	verb, _ := piece.Constant(c.Values[0].Term)
	table, err := piece.Constant(c.Values[2].Term)
	p.Add("", err)
	var columns, rows []string
	for i, v := range c.Values[3:] {
		fields, err := fieldsOf(v)
		if err != nil {
			p.Add("", err)
			return
		}
		values := make([]string, len(fields))
		for k, f := range fields {
			if i == 0 {
				columns = append(columns, f.Name)
			}
			values[k] = s.Hole(f.Term, false)
		}
		rows = append(rows, "("+strings.Join(values, ", ")+")")
	}
	if len(rows) == 0 {
		p.Add("", errors.New("an INSERT without values"))
		return
	}
	p.Word(verb + " INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES " + strings.Join(rows, ", "))
}

// wholeStruct holds that a statement of a struct is one of all its fields.
func wholeStruct(c *term.Clause) error {
	if len(c.Values) < 3 {
		return errors.New("the fields with a tag")
	}
	return nil
}

// fieldsOf are the values of a row by the names of its columns.
func fieldsOf(v term.Value) ([]term.Field, error) {
	st, ok := v.Term.(*term.Struct)
	if !ok || st.Base != nil || v.Form == term.AsRest {
		return nil, errors.New("a row of a struct that is not known")
	}
	return st.Fields, nil
}

func (s *draft) updated(p *piece.Sentence) {
	s.with(p, "update with")
	rows := slices.Clone(s.sections["update of struct"])
	tables, err := s.target("update of struct", "update", "update with", "table")
	p.After("UPDATE", ", ")(tables, err)
	p.List(" ")(s.put("table"), nil)
	sets, err := s.assignments(rows)
	if err == nil && len(sets) == 0 {
		err = errors.New("an UPDATE that sets nothing")
	}
	p.After("SET", ", ")(sets, err)
	p.List(" ")(s.put("set"), nil)
	from, err := s.listed("from")
	read, errRead := s.readQueries()
	p.After("FROM", ", ")(append(from, read...), errors.Join(err, errRead))
	p.List(" ")(s.put("from"), nil)
	s.tail(p)
}

// target is the table that a statement writes to: the last ones that were set.
func (s *draft) target(words ...string) ([]string, error) {
	var out []string
	for _, word := range words {
		for _, c := range s.sections.Take(word) {
			values := c.Values
			switch word {
			case "update with", "delete with":
				values = values[1:]
			case "update of struct":
				if err := wholeStruct(c); err != nil {
					return nil, err
				}
				values = values[1:2]
			}
			list, err := s.texts(values)
			if err != nil {
				return nil, err
			}
			if len(list) > 0 {
				out = list
			}
		}
	}
	return out, nil
}

// assignments are what an UPDATE sets. A column that is set only sometimes keeps its value
// otherwise.
func (s *draft) assignments(rows []*term.Clause) ([]string, error) {
	var out []string
	replaced := len(s.sections.Take("set all")) > 0
	for _, c := range rows {
		fields, err := fieldsOf(c.Values[2])
		if err != nil {
			return nil, err
		}
		for _, f := range fields {
			if !replaced {
				out = append(out, f.Name+" = "+s.Hole(f.Term, false))
			}
		}
	}
	for _, c := range s.sections.Take("set more") {
		text, err := s.Within(c, func() (string, error) { return s.text(c.Values[0]) })
		if err != nil {
			return nil, err
		}
		if !c.Sure() {
			column, value, _ := strings.Cut(text, " = ")
			text = column + " = CASE WHEN " + s.Given(c) + " THEN " + value + " ELSE " + column + " END"
		}
		if text != "" {
			out = append(out, text)
		}
	}
	return out, nil
}

func (s *draft) deleted(p *piece.Sentence) {
	s.with(p, "delete with")
	p.After("DELETE FROM", ", ")(s.target("delete", "delete with", "table"))
	p.List(" ")(s.put("table"), nil)
	s.tail(p)
}

// tail writes what stands behind the tables of a write.
func (s *draft) tail(p *piece.Sentence) {
	s.narrowed(p)
	s.ordered(p)
	s.limits(p)
	p.After("RETURNING", ", ")(s.listed("returning"))
	p.List(" ")(s.put("returning"), nil)
}
