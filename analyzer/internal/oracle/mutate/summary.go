package main

import (
	"fmt"
	"io"
)

// summarise prints the survivors by package, and returns their share in percent.
func summarise(w io.Writer, sample []*mutant) float64 {
	var order []string
	by := map[string][]*mutant{}
	alive := 0
	for _, m := range sample {
		if by[m.pkg] == nil {
			order = append(order, m.pkg)
		}
		by[m.pkg] = append(by[m.pkg], m)
		if m.alive() {
			alive++
		}
	}
	for _, pkg := range order {
		survivors := 0
		for _, m := range by[pkg] {
			if m.alive() {
				survivors++
			}
		}
		fmt.Fprintf(w, "%s: %d of %d survive\n", pkg, survivors, len(by[pkg]))
		for _, m := range by[pkg] {
			if m.fate == unreached {
				fmt.Fprintf(w, "  %s (reached by no test)\n", m)
			} else if m.alive() {
				fmt.Fprintf(w, "  %s\n", m)
			}
		}
	}
	share := 100 * float64(alive) / float64(max(1, len(sample)))
	fmt.Fprintf(w, "%d of %d survive: %.0f %%\n", alive, len(sample), share)
	return share
}

func (m *mutant) alive() bool { return m.fate == survived || m.fate == unreached }
