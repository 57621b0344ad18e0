package asifalone

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Tally is what a campaign counted.
type Tally struct {
	Statements int // that the server accepts
	Refused    int // that it does not; they count nowhere else
	Tied       int
	Rejected   int
	Unproven   map[string]int
	Skipped    map[string]int // alternatives that are not run
	Unparsed   map[string]string
	Runs       int // pairs of runs
	Failed     int // pairs of which one ended in an error
	Unbound    int // runs for which no bind values could be found
	Suppressed int // differences that are a foreign row in the way of ON CONFLICT
	Unordered  int // differences that another order of the stored rows explains
	Cases      []*Case
	Strict     map[string]*Strictness
	// Seen is how many tied trials gave or changed a row at least once: a trial
	// that never does shows nothing.
	Trials, Seen int
	examples     int // of each reason
}

// Strictness counts rejected statements by gap.
type Strictness struct {
	Tested   int
	Vacuous  int // never a row on any data set: they show nothing
	Needless int // never a difference
	Examples []string
}

// example keeps the shortest of the statements, at most some.
func (s *Strictness) example(most int, sql ...string) {
	s.Examples = append(s.Examples, sql...)
	slices.SortFunc(s.Examples, func(a, b string) int { return cmp.Or(len(a)-len(b), cmp.Compare(a, b)) })
	s.Examples = slices.Compact(s.Examples)
	s.Examples = s.Examples[:min(most, len(s.Examples))]
}

// newTally has maps that can be written to. It keeps some examples of each reason.
func newTally(examples int) *Tally {
	return &Tally{examples: examples, Unproven: map[string]int{}, Skipped: map[string]int{}, Unparsed: map[string]string{}, Strict: map[string]*Strictness{}}
}

// manyUnparsed is how many different messages of our parser are kept.
const manyUnparsed = 20

// unparsed counts a statement that the server takes and our parser does not.
func (t *Tally) unparsed(sql string, err error) {
	t.Unproven["not parsed"]++
	t.Unparsed[err.Error()] = sql
}

// settle counts what the trials of a world have shown.
func (t *Tally) settle(trials []*trial) {
	for _, one := range trials {
		if one.gap == "" {
			t.Trials++
			if one.seen {
				t.Seen++
			}
			continue
		}
		s := t.strict(one.gap)
		if one.stmt.Odd {
			s = t.strict(one.gap + oddForms)
		}
		s.Tested++
		switch {
		case one.done:
		case !one.seen:
			s.Vacuous++
		default:
			s.Needless++
			s.example(t.examples, one.stmt.SQL)
		}
	}
}

// oddForms marks the gaps of statements that people hardly write: being strict
// there costs little.
const oddForms = ", odd forms"

// strict is the counter of a gap.
func (t *Tally) strict(gap string) *Strictness {
	if t.Strict[gap] == nil {
		t.Strict[gap] = &Strictness{}
	}
	return t.Strict[gap]
}

// add sums up the tallies of worlds.
func (t *Tally) add(o *Tally) {
	if o == nil {
		return
	}
	t.Statements, t.Refused, t.Tied, t.Rejected = t.Statements+o.Statements, t.Refused+o.Refused, t.Tied+o.Tied, t.Rejected+o.Rejected
	t.Runs, t.Failed, t.Unbound, t.Unordered = t.Runs+o.Runs, t.Failed+o.Failed, t.Unbound+o.Unbound, t.Unordered+o.Unordered
	t.Suppressed += o.Suppressed
	t.Trials, t.Seen = t.Trials+o.Trials, t.Seen+o.Seen
	t.Cases = append(t.Cases, o.Cases...)
	for _, key := range slices.Sorted(maps.Keys(o.Unproven)) {
		t.Unproven[key] += o.Unproven[key]
	}
	for _, key := range slices.Sorted(maps.Keys(o.Skipped)) {
		t.Skipped[key] += o.Skipped[key]
	}
	for _, message := range slices.Sorted(maps.Keys(o.Unparsed)) {
		if len(t.Unparsed) < manyUnparsed {
			t.Unparsed[message] = o.Unparsed[message]
		}
	}
	for _, gap := range slices.Sorted(maps.Keys(o.Strict)) {
		mine, theirs := t.strict(gap), o.Strict[gap]
		mine.sum(theirs)
		mine.example(t.examples, theirs.Examples...)
	}
}

// String is the report for people.
func (t *Tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d statements (%d more were refused by the server): %d tied, %d rejected\n", t.Statements, t.Refused, t.Tied, t.Rejected)
	fmt.Fprintf(&b, "%d trials, of which %d gave or changed a row; %d pairs of runs, %d ended in an error, %d could not be bound; %d differences explained by the order of rows, %d by a foreign row in the way of ON CONFLICT; %d differences\n",
		t.Trials, t.Seen, t.Runs, t.Failed, t.Unbound, t.Unordered, t.Suppressed, len(t.Cases))
	counts(&b, "unproven", t.Unproven)
	counts(&b, "alternatives not run", t.Skipped)
	for _, message := range slices.Sorted(maps.Keys(t.Unparsed))[:min(5, len(t.Unparsed))] {
		fmt.Fprintf(&b, "not parsed: %s\n\t%s\n", message, t.Unparsed[message])
	}
	t.table(&b)
	return b.String()
}

// counts writes the dozen most frequent reasons.
func counts(b *strings.Builder, title string, m map[string]int) {
	keys := slices.Collect(maps.Keys(m))
	slices.SortFunc(keys, func(x, y string) int { return cmp.Or(m[y]-m[x], cmp.Compare(x, y)) })
	for _, key := range keys[:min(12, len(keys))] {
		fmt.Fprintf(b, "%s: %6d %s\n", title, m[key], key)
	}
}

// table is how needlessly strict each reason to reject is.
func (t *Tally) table(b *strings.Builder) {
	gaps := slices.Sorted(maps.Keys(t.Strict))
	slices.SortStableFunc(gaps, func(x, y string) int { return t.Strict[y].Tested - t.Strict[x].Tested })
	var plain, odd Strictness
	fmt.Fprintf(b, "%-40s %8s %8s %10s %8s\n", "rejected because", "tested", "vacuous", "no differ.", "share")
	for _, gap := range gaps {
		s := t.Strict[gap]
		s.line(b, gap)
		if strings.HasSuffix(gap, oddForms) {
			odd.sum(s)
		} else {
			plain.sum(s)
		}
	}
	plain.line(b, "all plain")
	odd.line(b, "all"+oddForms)
	for _, gap := range gaps {
		for _, e := range t.Strict[gap].Examples {
			fmt.Fprintf(b, "no difference, %s: %s\n", gap, e)
		}
	}
}

// sum adds another counter; examples are added by example.
func (s *Strictness) sum(o *Strictness) {
	s.Tested, s.Vacuous, s.Needless = s.Tested+o.Tested, s.Vacuous+o.Vacuous, s.Needless+o.Needless
}

// line writes a row of the table. The share leaves vacuous statements out.
func (s Strictness) line(b *strings.Builder, name string) {
	share := 0.0
	if n := s.Tested - s.Vacuous; n > 0 {
		share = 100 * float64(s.Needless) / float64(n)
	}
	fmt.Fprintf(b, "%-40s %8d %8d %10d %7.1f%%\n", name, s.Tested, s.Vacuous, s.Needless, share)
}
