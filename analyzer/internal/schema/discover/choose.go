package discover

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// A module often says one database twice: migrations and the dump that they
// lead to, a schema for tests, a copy for a service. Two diagrams of it would
// make every table ambiguous, so one is chosen, and what is left out is said.

// candidate is a diagram with the source that it came from.
type candidate struct {
	*schema.Diagram
	*source
}

// chosen keeps one diagram per database. Two sources say the same database if
// most tables of the smaller are in the larger, with mostly the same columns;
// a person is told which was left out.
func chosen(all []*schema.Diagram, sources []*source) []*schema.Diagram {
	var cands []candidate
	for i, d := range all {
		if !sources[i].loose && (len(d.Tables) > 0 || len(d.Problems) > 0) {
			cands = append(cands, candidate{d, sources[i]})
		}
	}
	slices.SortStableFunc(cands, candidate.compare)
	cands = postgresFirst(cands)
	var kept []*schema.Diagram
	var aside []string
	var first schema.Position // of what is set aside
	for _, c := range cands {
		// The order is by trust, so what was kept before is the better of the two.
		same := slices.IndexFunc(kept, func(d *schema.Diagram) bool { return schema.Same(d, c.Diagram) })
		switch {
		case same >= 0:
			leftOut(kept[same], c)
		case c.aside && len(kept) > 0:
			if len(aside) == 0 {
				first = c.top()
			}
			aside = append(aside, c.Diagram.Name)
		case !c.readable() && !c.sqlc && len(kept) > 0 && len(kept[0].Tables) > 0:
			kept[0].AddNote(c.top(), "%s is not used: %s is not supported yet", c.Diagram.Name, c.dialect)
		default:
			kept = append(kept, c.Diagram)
		}
	}
	if len(aside) > 0 {
		kept[0].AddNote(first, "not used, because they look like tests, examples or leftovers: %s", strings.Join(aside, ", "))
	}
	return kept
}

// postgresFirst puts the candidates last of which there is one for PostgreSQL, too: a
// program that runs on several databases is proved on the strictest.
func postgresFirst(cands []candidate) []candidate {
	var first, last []candidate
	for _, c := range cands {
		variant := c.dialect != postgres && slices.ContainsFunc(cands, func(o candidate) bool {
			return o.dialect == postgres && o.aside == c.aside && o.sqlc == c.sqlc && schema.Same(o.Diagram, c.Diagram)
		})
		if variant {
			last = append(last, c)
			continue
		}
		first = append(first, c)
	}
	return append(first, last...)
}

// readable reports whether the dialect of a candidate is read.
func (c candidate) readable() bool {
	_, read := c.dialect.read()
	return read
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
func (c candidate) top() schema.Position { return schema.Position{File: c.source.files[0], Line: 1} }

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
func leftOut(kept *schema.Diagram, c candidate) {
	shared := 0
	for _, t := range c.Tables {
		if kept.Find(t.FullName()) != nil {
			shared++
		}
	}
	kept.NoteDifferences(c.Diagram)
	kept.Complete(c.Diagram)
	kept.AddNote(c.top(), "%s says the same database (%d of its %d tables are here) and is not used; name one under schema: to choose", c.Diagram.Name, shared, len(c.Tables))
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
