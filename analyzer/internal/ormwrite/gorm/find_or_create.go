package gorm

import (
	"errors"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// foundOrCreated is a SELECT of one row; where there is none, an INSERT of what its
// conditions, Attrs and Assign say that columns equal; where there is one, an UPDATE to what
// Assign says. What the call gives is the row, found or made.
func (s *statement) foundOrCreated(creates bool) ([]*term.Build, error) {
	v := s.ends.Values[0]
	made := map[string]term.Value{}
	for _, c := range s.asked {
		if err := s.equal(c, made); err != nil {
			return nil, err
		}
	}
	assigned := map[string]term.Value{}
	for _, c := range s.attrs {
		into := []map[string]term.Value{made}
		if c.Word == "assign" {
			into = append(into, assigned)
		}
		for _, m := range into {
			if err := s.equal(c, m); err != nil {
				return nil, err
			}
		}
	}
	s.ends = &term.Clause{Word: "find one", Values: []term.Value{v}}
	out, err := s.found()
	if err != nil || !creates {
		return out, err
	}
	inserts, err := s.inserted(made, v)
	if err != nil || len(assigned) == 0 {
		return append(out, phrase.Beside(inserts)...), err
	}
	updates, err := s.reassigned(assigned)
	return append(out, phrase.Beside(append(inserts, updates...))...), err
}

// inserted is the INSERT of the row, with what columns are set to.
func (s *statement) inserted(set map[string]term.Value, v term.Value) ([]*term.Build, error) {
	if err := s.hooked("insert"); err != nil {
		return nil, err
	}
	if v.Form != term.AsModel || phrase.Unknown(v.Term) {
		v = term.Value{Term: term.StructOf("", nil, nil), Form: term.AsModel}
	}
	inner := anew(s)
	inner.table, inner.name, inner.from, inner.fromArgs = s.table, s.name, s.from, s.fromArgs
	inner.omitted, inner.columns, inner.made, inner.full = s.omitted, s.columns, set, s.full
	if err := enforced(inner, "create"); err != nil {
		return nil, err
	}
	return inner.created(v)
}

// reassigned is the UPDATE of the row that was found.
func (s *statement) reassigned(set map[string]term.Value) ([]*term.Build, error) {
	if err := s.hooked("update"); err != nil {
		return nil, err
	}
	if err := enforced(s, "update"); err != nil {
		return nil, err
	}
	t, err := s.ofModel()
	if err != nil {
		return nil, err
	}
	var sets []term.Clause
	for _, c := range t.Columns {
		if value, ok := set[c.Name]; ok {
			x, err := s.set(c.Name, value)
			if err != nil {
				return nil, err
			}
			sets = append(sets, x)
		}
	}
	for _, k := range t.Key() {
		p := phrase.Compared(false, phrase.Quoted(k.Name), term.Value{Term: term.OwnColumn(k.Name)})
		s.conditions = append(s.conditions, condition{parts: []term.Clause{p}, when: &term.Clause{}})
	}
	return s.update(sets)
}

var errSet = errors.New("columns of a row that is made where none is found, which are not known")

// equal notes what a call says that columns equal.
func (s *statement) equal(c *term.Clause, set map[string]term.Value) error {
	if len(c.Values) == 0 || c.Word != "filter" && c.Word != "attrs" && c.Word != "assign" {
		return nil
	}
	t, err := s.ofModel()
	if err != nil {
		return err
	}
	first := c.Values[0]
	if first.Form == term.AsText {
		sql, ok := phrase.Constant(first.Term)
		if column := t.Column(sql); ok && column != nil && len(c.Values) == 2 && !strings.ContainsAny(sql, "? ") {
			set[column.Name] = c.Values[1]
		}
		return unsure(c, first.Form == term.AsText && c.Word == "filter")
	}
	if b, ok := first.Term.(*term.Build); ok {
		return equalEntries(t, b, c, set)
	}
	if first.Form != term.AsModel || phrase.Unknown(first.Term) {
		return errSet
	}
	o := s.models.Of(first.Type, naming)
	if o == nil {
		return errSet
	}
	for _, x := range o.Columns {
		value := phrase.Set(first.Term, x, "insert")
		if zero, known := term.Zeroness(value); !known || !zero {
			set[x.Name] = term.Value{Term: value, Form: formOf(x)}
		}
	}
	return unsure(c, false)
}

// unsure is an error where it is not known whether a call was made that sets columns.
func unsure(c *term.Clause, harmless bool) error {
	if c.Sure() || harmless {
		return nil
	}
	return errSet
}

// equalEntries notes what a map says that columns equal.
func equalEntries(t *model.Table, b *term.Build, c *term.Clause, set map[string]term.Value) error {
	if b.Base != nil || len(b.Clauses) == 0 {
		return errSet
	}
	if b.Clauses[0].Word != "eq" { // an expression
		return unsure(c, true)
	}
	for i := range b.Clauses[1:] {
		e := &b.Clauses[1+i]
		name, ok := phrase.Constant(e.Values[0].Term)
		column := t.Column(name)
		if !ok || e.Word != "entry" || column == nil || !e.Sure() {
			return errSet
		}
		set[column.Name] = e.Values[1]
	}
	return unsure(c, false)
}
