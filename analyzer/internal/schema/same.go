package schema

import (
	"fmt"
	"slices"
)

// AddNote adds a note.
func (d *Diagram) AddNote(at Position, format string, args ...any) {
	d.Notes = append(d.Notes, Note{at, fmt.Sprintf(format, args...)})
}

// NoteDifferences tells of columns that only the diagram that is left out has: one of the
// two is out of date, and the files do not say which.
func (d *Diagram) NoteDifferences(o *Diagram) {
	for _, t := range o.Tables {
		own := d.Find(t.FullName())
		if own == nil {
			continue
		}
		for _, c := range t.Columns {
			if own.Column(c.Name) == nil {
				d.Problems = append(d.Problems, Problem{
					Position: c.Position, Hides: Hides{Tables: []string{t.FullName()}, Column: c.Name, Quiet: true},
					Message: fmt.Sprintf("column %s of table %s is here and not in %s, which says the same database", c.Name, t.FullName(), d.Name),
				})
			}
		}
	}
}

// Complete takes over what only the diagram that is left out says of the same
// database's behaviour: functions, and what acts on rows of tables that are here. A
// file of tables for a generator of code often leaves these out.
func (d *Diagram) Complete(o *Diagram) {
	have := map[string]bool{}
	for _, f := range d.Functions {
		have[f.Name] = true
	}
	for _, f := range o.Functions {
		if !have[f.Name] {
			d.Functions = append(d.Functions, f)
		}
	}
	for _, t := range o.Triggers {
		same := func(x *Trigger) bool { return x.Table == t.Table && x.Name == t.Name }
		if d.Find(t.Table) != nil && !slices.ContainsFunc(d.Triggers, same) {
			d.Triggers = append(d.Triggers, t)
		}
	}
	for _, t := range o.Tables {
		if own := d.Find(t.FullName()); own != nil && !own.Security.Enabled && len(own.Security.Policies) == 0 {
			own.Security = t.Security
		}
	}
	if len(d.Roles) == 0 {
		d.Roles = o.Roles
	}
	if len(d.Defaults) == 0 {
		d.Defaults = o.Defaults
	}
	for _, r := range o.Rules {
		same := func(x *Rule) bool { return x.Table == r.Table && x.Name == r.Name }
		if d.Find(r.Table) != nil && !slices.ContainsFunc(d.Rules, same) {
			d.Rules = append(d.Rules, r)
		}
	}
}

// Find finds a table by its full name, nil if there is none.
func (d *Diagram) Find(full string) *Table {
	for _, t := range d.Tables {
		if t.FullName() == full {
			return t
		}
	}
	return nil
}

// Same reports whether two diagrams say the same database, by the names and the
// columns of their tables. Seven of ten must agree: a dump and the migrations
// behind it differ by what was added since, two services of one company share a
// few names like users.
func Same(a, b *Diagram) bool {
	small, large := a, b
	if len(small.Tables) > len(large.Tables) {
		small, large = large, small
	}
	if len(small.Tables) == 0 {
		return false
	}
	alike := 0
	for _, t := range small.Tables {
		if other := large.Find(t.FullName()); other != nil && similar(t, other) {
			alike++
		}
	}
	return 10*alike >= 7*len(small.Tables)
}

// similar tells that most columns of the narrower table are in the wider, in seven
// of ten, for the same reason.
func similar(a, b *Table) bool {
	if len(a.Columns) > len(b.Columns) {
		a, b = b, a
	}
	n := 0
	for _, c := range a.Columns {
		if b.Column(c.Name) != nil {
			n++
		}
	}
	return 10*n >= 7*len(a.Columns)
}
