package schema

import (
	"fmt"
	"slices"
	"strings"
)

// A module often says one database twice: migrations and the dump that they
// lead to, a schema for tests, a copy for a service. Two diagrams of it would
// make every table ambiguous, so one is chosen, and what is left out is said.

// candidate is a diagram with the source that it came from.
type candidate struct {
	*Diagram
	*source
}

// chosen keeps one diagram per database. Two sources say the same database if
// most tables of the smaller are in the larger, with mostly the same columns;
// a person is told which was left out.
func chosen(all []*Diagram, sources []*source) []*Diagram {
	var cands []candidate
	for i, d := range all {
		if !sources[i].loose && (len(d.Tables) > 0 || len(d.Problems) > 0) {
			cands = append(cands, candidate{d, sources[i]})
		}
	}
	slices.SortStableFunc(cands, candidate.compare)
	var kept []*Diagram
	var aside []string
	var first Position // of what is set aside
	for _, c := range cands {
		// The order is by trust, so what was kept before is the better of the two.
		same := slices.IndexFunc(kept, func(d *Diagram) bool { return sameDatabase(d, c.Diagram) })
		switch {
		case same >= 0:
			leftOut(kept[same], c)
		case c.aside && len(kept) > 0:
			if len(aside) == 0 {
				first = c.top()
			}
			aside = append(aside, c.Diagram.Name)
		case c.dialect != postgres && !c.sqlc && len(kept) > 0 && len(kept[0].Tables) > 0:
			kept[0].note(c.top(), "%s is not used: %s is not supported yet", c.Diagram.Name, c.dialect)
		default:
			kept = append(kept, c.Diagram)
		}
	}
	if len(aside) > 0 {
		kept[0].note(first, "not used, because they look like tests, examples or leftovers: %s", strings.Join(aside, ", "))
	}
	return kept
}

// compare puts what is trusted more first: sqlc's schemas, the program's own
// before those of tests, readable ones, larger ones, migrations. The first of two
// that say the same database is the one that is used, so this order decides.
func (c candidate) compare(o candidate) int {
	for _, better := range []func(candidate) int{
		func(c candidate) int { return truth(!c.aside) },
		func(c candidate) int { return truth(c.sqlc) },
		func(c candidate) int { return len(c.Tables) },
		func(c candidate) int { return truth(c.numbered) },
		func(c candidate) int { return c.columns() },
	} {
		if a, b := better(c), better(o); a != b {
			return b - a
		}
	}
	return 0
}

// top is the first line of a candidate's first file.
func (c candidate) top() Position { return Position{c.source.files[0], 1} }

// note adds a note.
func (d *Diagram) note(at Position, format string, args ...any) {
	d.Notes = append(d.Notes, Note{at, fmt.Sprintf(format, args...)})
}

// columns counts the columns of a diagram; of two with the same tables, the one
// that knows more of them is newer.
func (c candidate) columns() int {
	n := 0
	for _, t := range c.Tables {
		n += len(t.Columns)
	}
	return n
}

// truth makes a number of an answer, so that answers can be compared.
func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// leftOut records on the kept diagram that another one says the same database: a
// person must see which one counts. Its packages use the kept one.
func leftOut(kept *Diagram, c candidate) {
	shared := 0
	for _, t := range c.Tables {
		if kept.find(t.FullName()) != nil {
			shared++
		}
	}
	kept.differs(c)
	kept.note(c.top(), "%s says the same database (%d of its %d tables are here) and is not used; name one under schema: to choose", c.Diagram.Name, shared, len(c.Tables))
	// A diagram without packages is already that of every package.
	if len(kept.Packages) == 0 || len(c.Packages) == 0 {
		return
	}
	for _, p := range c.Packages {
		if !slices.Contains(kept.Packages, p) {
			kept.Packages = append(kept.Packages, p)
		}
	}
}

// differs tells of columns that only the diagram that is left out has: one of the
// two is out of date, and the files do not say which.
func (d *Diagram) differs(o candidate) {
	for _, t := range o.Tables {
		own := d.find(t.FullName())
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

// find finds a table by its full name, nil if there is none.
func (d *Diagram) find(full string) *Table {
	for _, t := range d.Tables {
		if t.FullName() == full {
			return t
		}
	}
	return nil
}

// Same reports whether two diagrams say the same database.
func Same(a, b *Diagram) bool { return sameDatabase(a, b) }

// sameDatabase compares tables by name and columns. Seven of ten must agree: a
// dump and the migrations behind it differ by what was added since, two services
// of one company share a few names like users.
func sameDatabase(a, b *Diagram) bool {
	small, large := a, b
	if len(small.Tables) > len(large.Tables) {
		small, large = large, small
	}
	if len(small.Tables) == 0 {
		return false
	}
	alike := 0
	for _, t := range small.Tables {
		if other := large.find(t.FullName()); other != nil && similar(t, other) {
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
