package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// tally counts the errors of a run by what was said of them, and what became of the
// labels.
type tally struct {
	is    map[opinion]int
	fresh []string // errors that nobody has read
	moved []string // labels of errors that are none any more, and what they are now
	lost  []string // labels of true errors of which nothing is left
}

func (t *tally) add(u tally) {
	if t.is == nil {
		t.is = map[opinion]int{}
	}
	for o, n := range u.is {
		t.is[o] += n
	}
	t.fresh, t.moved, t.lost = append(t.fresh, u.fresh...), append(t.moved, u.moved...), append(t.lost, u.lost...)
}

// line is the figure that counts.
func (t *tally) line() string {
	good, read := t.is[isTrue]+t.is[arguable], t.is[isTrue]+t.is[arguable]+t.is[isFalse]
	share := "none read"
	if read > 0 {
		share = fmt.Sprintf("%d %% true or arguable", 100*good/read)
	}
	return fmt.Sprintf("%d errors read: %d true, %d arguable, %d false (%s); %d not read; %d labels are no errors any more, %d true ones without a word",
		read, t.is[isTrue], t.is[arguable], t.is[isFalse], share, len(t.fresh), len(t.moved), len(t.lost))
}

// compare holds the findings of a run against the labels of its program.
func compare(doc *finding.Run, labels []label) tally {
	t := tally{is: map[opinion]int{}}
	seen := map[int]bool{}
	for i := range doc.Findings {
		f := &doc.Findings[i]
		if f.Tier != finding.Error {
			continue
		}
		k := slices.IndexFunc(labels, func(x label) bool { return x.about(f) })
		if k < 0 {
			t.fresh = append(t.fresh, fmt.Sprintf("%s:%d %s", f.File, f.Line, f.Rule))
			continue
		}
		t.is[labels[k].opinion]++
		seen[k] = true
	}
	for k, x := range labels {
		if !seen[k] && x.tier == "error" {
			now := x.now(doc)
			t.moved = append(t.moved, fmt.Sprintf("%s:%d %s (%s): %s", x.file, x.line, x.rule, x.opinion, cmp.Or(now, "nothing")))
			if now == "" && x.opinion == isTrue {
				t.lost = append(t.lost, fmt.Sprintf("%s:%d %s", x.file, x.line, x.rule))
			}
		}
	}
	return t
}

// about reports whether a label is about a finding.
func (x label) about(f *finding.Finding) bool {
	return f.File == x.file && f.Line == x.line && f.Rule == x.rule
}

// now is what is said of a label's finding that is no error: a warning of it, or the
// verdict of a call at its place.
func (x label) now(doc *finding.Run) string {
	for i := range doc.Findings {
		if f := &doc.Findings[i]; x.about(f) {
			if f.Checker != "" {
				return "asks about " + f.Checker
			}
			return "a warning"
		}
	}
	for i := range doc.Calls {
		if c := &doc.Calls[i]; c.File == x.file && c.Line == x.line && c.Verdict != finding.Proved {
			return strings.TrimSpace(string(c.Verdict) + " " + c.Reason)
		}
	}
	return ""
}
