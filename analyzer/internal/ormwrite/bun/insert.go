package bun

import (
	"errors"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// inserted is an INSERT, of one row or of each of a list.
func (s *statement) inserted() ([]*term.Build, error) {
	target, err := s.target()
	if err != nil {
		return nil, err
	}
	if more := s.others(); more.sql != "" || len(target.args) > 0 {
		return nil, errors.New("an INSERT of what another statement reads")
	}
	if s.conflict == nil && s.named == nil && s.table != nil {
		target.sql = ident(s.table.Name)
	}
	if s.model.Form != term.AsModel && s.model.Form != term.AsModels || phrase.Unknown(s.model.Term) {
		return nil, errors.New("a new row that is not known")
	}
	row := s.model.Term
	if s.model.Form == term.AsModels {
		row = term.Elements(row)
	}
	fields, err := s.stored(true)
	if err != nil {
		return nil, err
	}
	var columns, values []term.Value
	for _, c := range fields {
		columns = append(columns, phrase.Text(phrase.Quoted(c.Name)))
		values = append(values, s.valueOf(row, c))
	}
	for _, a := range s.values {
		if named(s.table, a.column) == nil {
			columns = append(columns, phrase.Text(phrase.Quoted(a.column)))
			values = append(values, term.Value{Term: phrase.Expression(a.is.sql, a.is.args...)})
		}
	}
	b := phrase.Build(append(s.prefix(), phrase.Clause("insert", target.sql), term.Clause{Word: "columns", Values: columns}, term.Clause{Word: "values", Values: values})...)
	suffix, err := s.onConflict()
	if err != nil {
		return nil, err
	}
	back, err := s.returning()
	if err != nil {
		return nil, err
	}
	if len(back) > 0 {
		sql, _ := phrase.Constant(back[0].Values[0].Term)
		suffix.write(" RETURNING " + sql)
	}
	if suffix.sql != "" {
		b.Clauses = append(b.Clauses, phrase.Clause("suffix", strings.TrimSpace(suffix.sql), suffix.args...))
	}
	return []*term.Build{b}, nil
}

// valueOf is what is stored in a column: what stands in its place, the database's default
// where the row has nothing, or the row's.
func (s *statement) valueOf(row term.Term, c *model.Column) term.Value {
	if x, ok := s.instead(c.Name); ok {
		return term.Value{Term: phrase.Expression(x.sql, x.args...)}
	}
	v := phrase.Stored(row, c, s.kind)
	zero, known := term.Zeroness(v.Term)
	if known && zero && (c.Field.Pointer || c.NullZero || c.Default != "") {
		return term.Value{Term: phrase.Expression("DEFAULT")}
	}
	return v
}

// onConflict is what is done where there is such a row already.
func (s *statement) onConflict() (expression, error) {
	var x expression
	if s.conflict == nil {
		if len(s.conditions) > 0 {
			return x, errors.New("a condition of an INSERT without a conflict")
		}
		return x, nil
	}
	x.write("ON ")
	if s.style == pg {
		x.write("CONFLICT ")
	}
	x.add(*s.conflict)
	if err := s.setOnConflict(&x); err != nil {
		return x, err
	}
	for i, c := range s.conditions {
		if !c.when.Sure() || len(c.group) > 0 {
			return x, errors.New("a condition of a conflict that is there only sometimes")
		}
		switch {
		case i == 0:
			x.write(" WHERE (")
		case c.or:
			x.write(" OR (")
		default:
			x.write(" AND (")
		}
		x.add(c.is)
		x.write(")")
	}
	return x, nil
}

// setOnConflict adds what is set: what calls have said, or all columns of the new row.
func (s *statement) setOnConflict(x *expression) error {
	for i, a := range s.sets {
		if !a.when.Sure() {
			return errors.New("what is set on a conflict only sometimes")
		}
		if i == 0 {
			x.write(" SET ")
		} else {
			x.write(", ")
		}
		x.write(a.column + " = ")
		x.add(a.is)
	}
	if len(s.sets) > 0 || !strings.HasSuffix(strings.ToUpper(strings.TrimSpace(s.conflict.sql)), " DO UPDATE") {
		return nil
	}
	columns, err := s.stored(false)
	if err != nil {
		return err
	}
	for i, c := range columns {
		if i == 0 {
			x.write(" SET ")
		} else {
			x.write(", ")
		}
		name := phrase.Quoted(c.Name)
		x.write(name + " = EXCLUDED." + name)
	}
	return nil
}
