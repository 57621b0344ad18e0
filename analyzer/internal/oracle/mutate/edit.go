package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A wrap puts text around a part of a file, [start, end). What is empty stands before
// everything that begins where it does. Wraps nest as the parts do, so the mutants of
// a file need not know of each other.
type wrap struct {
	start, end    int
	before, after string // %d is the switch
}

// A span is a part of a file that is replaced, an operator.
type span struct {
	start, end int
	text       string
}

// mutated is the file with all mutants, behind their switches.
func mutated(src []byte, list []*mutant) string {
	type piece struct {
		at, skip int
		text     string
		order    [3]int
	}
	var pieces []piece
	for i, m := range list {
		for _, w := range m.insert {
			width := w.end - w.start
			before := [3]int{1, -width, i} // the outermost first
			if width == 0 {
				before = [3]int{1, -len(src) - 1, i}
			}
			pieces = append(pieces,
				piece{at: w.start, text: numbered(w.before, m.n), order: before},
				piece{at: w.end, text: numbered(w.after, m.n), order: [3]int{0, width, -i}})
		}
		for _, s := range m.replace {
			pieces = append(pieces, piece{at: s.start, skip: s.end - s.start, text: s.text, order: [3]int{2, 0, i}})
		}
	}
	slices.SortStableFunc(pieces, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.at, b.at), slices.Compare(a.order[:], b.order[:]))
	})
	var b strings.Builder
	at := 0
	for _, p := range pieces {
		b.Write(src[at:p.at])
		b.WriteString(p.text)
		at = p.at + p.skip
	}
	b.Write(src[at:])
	return b.String()
}

func numbered(text string, n int) string {
	if !strings.Contains(text, "%d") {
		return text
	}
	return fmt.Sprintf(text, n)
}

// switches is the file that each mutated package gets: which mutant is on, and, in the
// first run, a record of those that were asked for.
const switches = `package %s

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"sync"
)

var (
	mutantActive, _ = strconv.Atoi(os.Getenv("MUTANT"))
	mutantRecord    = os.Getenv("MUTANT_RECORD")
	mutantSeen      sync.Map
)

func mutantOn(n int) bool {
	if mutantRecord != "" {
		mutantReached(n)
	}
	return n == mutantActive
}

func mutantReached(n int) {
	if _, seen := mutantSeen.LoadOrStore(n, true); seen {
		return
	}
	f, err := os.OpenFile(mutantRecord, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	fmt.Fprintln(f, n)
}

func mutantOne(n int) int {
	if mutantOn(n) {
		return 1
	}
	return 0
}

func mutantOr(n int, x bool, y func() bool) bool {
	if mutantOn(n) {
		return x && y()
	}
	return x || y()
}

func mutantAnd(n int, x bool, y func() bool) bool {
	if mutantOn(n) {
		return x || y()
	}
	return x && y()
}

func mutantLess[T cmp.Ordered](n int, x, y T) bool {
	if mutantOn(n) {
		return x <= y
	}
	return x < y
}

func mutantAtMost[T cmp.Ordered](n int, x, y T) bool {
	if mutantOn(n) {
		return x < y
	}
	return x <= y
}
`
