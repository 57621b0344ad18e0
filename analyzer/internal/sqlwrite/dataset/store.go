package dataset

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// stored writes an INSERT of a library of expressions.
func (x expressions) stored(s piece.Sections) (string, error) {
	var p piece.Sentence
	p.Add(x.tables(s))
	p.Word("INSERT INTO")
	if into := s.Take("into"); len(into) > 0 {
		s["table"] = into
	}
	p.List(", ")(x.last(s, "table"))
	p.Add(x.content(s))
	p.Add(x.conflict(s))
	p.After("RETURNING", ", ")(x.last(s, "returning"))
	return p.Done()
}

// content is what is stored: rows by the names of columns, lists of values, or what a
// statement reads.
func (x expressions) content(s piece.Sections) (string, error) {
	if rows := s.Take("rows"); len(rows) > 0 {
		return x.rowed(rows[len(rows)-1].Values)
	}
	columns, err := x.each(s, "columns set", "columns")
	if err != nil {
		return "", err
	}
	head := ""
	if len(columns) > 0 {
		head = "(" + strings.Join(columns, ", ") + ") "
	}
	if from := s.Take("values of select"); len(from) > 0 {
		b, ok := from[0].Values[0].Term.(*term.Build)
		if !ok {
			return "", errPart
		}
		text, err := x.statement(b)
		return head + text, err
	}
	var rows []string
	for _, c := range s.Take("values of lists") {
		for _, v := range c.Values {
			row, err := x.values(v)
			if err != nil {
				return "", err
			}
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return "", errors.New("an INSERT without values")
	}
	return head + "VALUES " + strings.Join(rows, ", "), nil
}

// values is one row of values.
func (x expressions) values(v term.Value) (string, error) {
	list, ok := v.Term.(*term.List)
	var elems []term.Value
	switch b, built := v.Term.(*term.Build); {
	case ok && !list.Open:
		for _, t := range list.Elems {
			elems = append(elems, term.Value{Term: t, Form: term.AsAny})
		}
	case built && b.Base == nil && b.Clauses[0].Word == "list":
		for _, c := range b.Clauses[1:] {
			elems = append(elems, c.Values...)
		}
	default:
		return "", errors.New("a row of values that are not known one by one")
	}
	texts := make([]string, len(elems))
	for i, e := range elems {
		text, err := x.of(e)
		if err != nil {
			return "", err
		}
		texts[i] = text
	}
	return "(" + strings.Join(texts, ", ") + ")", nil
}

// cell is a column with what is put into it.
type cell struct{ column, value string }

// rowed are rows by the names of their columns: maps and structs.
func (x expressions) rowed(rows []term.Value) (string, error) {
	var head string
	var texts []string
	for _, row := range flat(rows) {
		cells, err := x.cells(row)
		if err != nil {
			return "", err
		}
		columns, values := make([]string, len(cells)), make([]string, len(cells))
		for i, c := range cells {
			columns[i], values[i] = c.column, c.value
		}
		if now := strings.Join(columns, ", "); head == "" {
			head = now
		} else if head != now {
			return "", errors.New("rows of different columns")
		}
		texts = append(texts, "("+strings.Join(values, ", ")+")")
	}
	if len(texts) == 0 {
		return "", errors.New("an INSERT without values")
	}
	return "(" + head + ") VALUES " + strings.Join(texts, ", "), nil
}

// flat are the rows of which each may be there: those of a list that grows in a loop.
func flat(rows []term.Value) []term.Value {
	var out []term.Value
	for _, r := range rows {
		list, ok := r.Term.(*term.List)
		if !ok {
			out = append(out, r)
			continue
		}
		for _, t := range list.Elems {
			for _, leaf := range term.Leaves(t) {
				out = append(out, term.Value{Term: leaf})
			}
		}
	}
	return out
}

// cells are the columns of a row, sorted.
func (x expressions) cells(row term.Value) ([]cell, error) {
	var out []cell
	switch t := row.Term.(type) {
	case *term.Struct:
		if t.Base != nil {
			return nil, errors.New("a row of a struct that is not known")
		}
		for _, f := range t.Fields {
			out = append(out, cell{path(f.Name), x.Hole(f.Term, false)})
		}
	case *term.Build:
		entries, err := piece.EntriesOf(&term.Clause{Values: []term.Value{row}})
		if err != nil {
			return nil, err
		}
		for i := range entries {
			c, err := x.given1(&entries[i])
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
	default:
		return nil, errors.New("a row that is not known")
	}
	slices.SortFunc(out, func(a, b cell) int { return strings.Compare(a.column, b.column) })
	return out, nil
}

// given1 is an entry of a row; one that is there only sometimes holds nothing otherwise.
func (x expressions) given1(e *term.Clause) (cell, error) {
	column, err := piece.Constant(e.Values[0].Term)
	if err != nil {
		return cell{}, err
	}
	value, err := x.of(e.Values[1])
	if !e.Sure() {
		value = "CASE WHEN " + x.Given(e) + " THEN " + value + " END"
	}
	return cell{path(column), value}, err
}

// conflict writes what is done with a row that is there.
func (x expressions) conflict(s piece.Sections) (string, error) {
	list := s.Take("conflict")
	if len(list) == 0 {
		return "", nil
	}
	b, ok := list[len(list)-1].Values[0].Term.(*term.Build)
	if !ok || b.Base != nil {
		return "", errPart
	}
	first := &b.Clauses[0]
	if first.Word == "do nothing" {
		return "ON CONFLICT DO NOTHING", nil
	}
	target, err := piece.Constant(first.Values[0].Term)
	if err != nil {
		return "", err
	}
	if target != "" && !strings.HasPrefix(strings.ToLower(target), "on constraint") {
		target = "(" + target + ")"
	}
	sets, err := x.sets(first.Values[1])
	if err != nil {
		return "", err
	}
	inner := piece.Sections{}
	for i := range b.Clauses[1:] {
		inner["where all"] = append(inner["where all"], &b.Clauses[i+1])
	}
	where, err := x.filter(inner, "where all", "WHERE")
	return strings.TrimSuffix("ON CONFLICT "+target+" DO UPDATE SET "+strings.Join(sets, ",")+" "+where, " "), err
}

// sets are the columns that are set: of a map or a struct, or one alone.
func (x expressions) sets(v term.Value) ([]string, error) {
	if b, ok := v.Term.(*term.Build); ok && b.Base == nil && b.Clauses[0].Word == "set" {
		text, err := x.around("", b.Clauses[0].Values[0], "=", b.Clauses[0].Values[1], "")
		return []string{text}, err
	}
	if b, ok := v.Term.(*term.Build); ok {
		return x.assigned(b)
	}
	cells, err := x.cells(v)
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = c.column + "=" + c.value
	}
	return out, err
}

// assigned are the columns that a map sets; one that is set only sometimes keeps its value
// otherwise.
func (x expressions) assigned(b *term.Build) ([]string, error) {
	entries, err := piece.EntriesOf(&term.Clause{Values: []term.Value{{Term: b}}})
	if err != nil {
		return nil, err
	}
	out := make([]string, len(entries))
	for i := range entries {
		e := &entries[i]
		column, err := piece.Constant(e.Values[0].Term)
		if err != nil {
			return nil, err
		}
		value, err := x.Within(e, func() (string, error) { return x.of(e.Values[1]) })
		if err != nil {
			return nil, err
		}
		if !e.Sure() {
			value = "CASE WHEN " + x.Given(e) + " THEN " + value + " ELSE " + path(column) + " END"
		}
		out[i] = path(column) + "=" + value
	}
	return out, nil
}

// changed writes an UPDATE.
func (x expressions) changed(s piece.Sections) (string, error) {
	var p piece.Sentence
	p.Add(x.tables(s))
	p.Word("UPDATE")
	p.List(", ")(x.last(s, "table"))
	maps := s.Take("set row")
	if len(maps) == 0 {
		return "", errors.New("an UPDATE that sets nothing")
	}
	p.After("SET", ",")(x.sets(maps[len(maps)-1].Values[0]))
	p.After("FROM", ", ")(x.sources(s))
	x.ended(&p, s)
	return p.Done()
}

// removed writes a DELETE.
func (x expressions) removed(s piece.Sections) (string, error) {
	var p piece.Sentence
	p.Add(x.tables(s))
	p.Word("DELETE FROM")
	if from := s.Take("from"); len(from) > 0 {
		s["table"] = from
	}
	p.List(", ")(x.last(s, "table"))
	x.ended(&p, s)
	return p.Done()
}

// ended writes what stands behind the table of a write. PostgreSQL orders and limits none.
func (x expressions) ended(p *piece.Sentence, s piece.Sections) {
	for _, word := range []string{"order", "more order", "order before", "limit", "offset"} {
		delete(s, word)
	}
	p.Add(x.filter(s, "where all", "WHERE"))
	p.After("RETURNING", ", ")(x.last(s, "returning"))
}
