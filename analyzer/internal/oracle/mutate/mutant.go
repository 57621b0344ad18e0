package main

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// A mutant is one change of one file.
type mutant struct {
	id       string // the same as long as the function and the change are
	n        int    // its switch, from 1; given when the sample is known
	group    string
	pkg      string // folder, from the root of the module
	tests    []string
	links    bool   // of a group that runs after compilation
	file     string // from the root of the module
	line     int
	function string
	kind     string
	was, is  string
	insert   []wrap
	replace  []span

	fate fate
	by   string // the test that killed it
}

// fate is what became of a mutant.
type fate int

const (
	survived fate = iota
	unreached
	killed
	timedOut
)

func (f fate) String() string {
	return [...]string{"survived", "survived, reached by no test", "killed", "killed by the time limit"}[f]
}

func (m *mutant) String() string {
	return fmt.Sprintf("%s:%d [%s] %s in %s: %s → %s", m.file, m.line, m.id, m.kind, m.function, m.was, m.is)
}

// identify gives ids: a hash of what the mutants are, and of how many like them came
// before in the same function.
func identify(list []*mutant) {
	seen := map[string]int{}
	for _, m := range list {
		what := strings.Join([]string{m.pkg, m.function, m.kind, m.was, m.is}, "\x00")
		seen[what]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", what, seen[what]))
		m.id = hex.EncodeToString(sum[:4])
	}
}

// draw chooses n mutants by the hash of seed and id, and keeps their order.
func draw(list []*mutant, seed uint64, n int) []*mutant {
	rank := func(m *mutant) uint64 {
		sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", seed, m.id))
		return binary.BigEndian.Uint64(sum[:])
	}
	drawn := slices.SortedFunc(slices.Values(list), func(a, b *mutant) int { return cmp.Compare(rank(a), rank(b)) })
	drawn = drawn[:min(n, len(drawn))]
	return slices.DeleteFunc(slices.Clone(list), func(m *mutant) bool { return !slices.Contains(drawn, m) })
}

// quotas spreads a sample over groups, the first get what is left over.
func quotas(sample, groups int) []int {
	out := make([]int, groups)
	for i := range out {
		out[i] = sample / groups
		if i < sample%groups {
			out[i]++
		}
	}
	return out
}

func withIDs(list []*mutant, ids map[string]bool) []*mutant {
	return slices.DeleteFunc(slices.Clone(list), func(m *mutant) bool { return !ids[m.id] })
}

func without(list []*mutant, ids map[string]bool) []*mutant {
	return slices.DeleteFunc(slices.Clone(list), func(m *mutant) bool { return ids[m.id] })
}

// equivalents is the list of the mutants that were read and found to change nothing.
//
//go:embed equivalent.txt
var equivalents embed.FS

// readEquivalent reads lines of an id and a reason.
func readEquivalent() (map[string]bool, error) {
	data, err := equivalents.ReadFile("equivalent.txt")
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for i, line := range strings.Split(string(data), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, reason, _ := strings.Cut(line, " ")
		if len(id) != 8 || reason == "" {
			return nil, fmt.Errorf("equivalent.txt:%d: not an id and a reason", i+1)
		}
		out[id] = true
	}
	return out, nil
}
