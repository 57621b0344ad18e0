package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// maxReasons is how many reasons of unproven calls are printed.
const maxReasons = 8

// summary is what is printed of one program.
func summary(p program, m measured, t tally) string {
	var b strings.Builder
	s := &m.doc.Summary
	fmt.Fprintf(&b, "%s (read at %s): %s\n", p.name, p.commit, t.line())
	fmt.Fprintf(&b, "  %d calls: %d proved, %d excused, %d found, %d unproven; %d questions; %.1f s, %d MiB\n",
		s.Calls, s.Proved, s.Excused, s.Found, s.Unproven, len(m.doc.Questions), m.seconds, m.memory/1024)
	for _, r := range reasons(m.doc) {
		fmt.Fprintln(&b, "  unproven:", r)
	}
	for _, x := range t.fresh {
		fmt.Fprintln(&b, "  new:", x)
	}
	for _, x := range t.moved {
		fmt.Fprintln(&b, "  gone:", x)
	}
	for _, x := range t.lost {
		fmt.Fprintln(&b, "  LOST:", x)
	}
	return b.String()
}

// reasons counts the unproven calls by reason, the commonest ones first.
func reasons(doc *finding.Run) []string {
	count := map[string]int{}
	for i := range doc.Calls {
		if c := &doc.Calls[i]; c.Verdict == finding.Unproven {
			count[c.Reason]++
		}
	}
	var out []string
	for r := range count {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(a, b)
	})
	if len(out) > maxReasons {
		out = out[:maxReasons]
	}
	for i, r := range out {
		out[i] = fmt.Sprintf("%d %s", count[r], r)
	}
	return out
}
