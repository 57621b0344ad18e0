package link

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// maxAlternatives and maxFails cap a value; over the cap it gets weaker, never
// stronger: alternatives are dropped, causes are no proof anyway.
const (
	maxAlternatives = 24
	maxFails        = 8
)

// atom is a demand on one value.
type atom struct {
	kind   proof.NeedKind
	table  string // Key
	column string // Key
	null   bool   // Zero: only NULL will do
	t      term.Term
}

var needNames = [...]string{proof.Tenant: "tenant", proof.Principal: "principal", proof.Key: "key", proof.NonZero: "nonzero", proof.Zero: "zero"}

func (a atom) String() string {
	name := needNames[a.kind]
	switch {
	case a.kind == proof.Key:
		name += "(" + a.table + "." + a.column + ")"
	case a.null:
		name = "null"
	}
	return name + "@" + a.t.String()
}

func (a atom) on(t term.Term) atom {
	a.t = t
	return a
}

// notes are what a proof rests on besides the statement itself.
type notes struct {
	excuse  string   // non-empty: fine, but not proved
	assumes []string // sorted; for people
	soft    []string // those of them that may be wrong; sorted
	row     *loaded  // the row of which it went through a column, the first one
	// asks are the checkers and staff tests that nobody has spoken of yet, sorted:
	// with them the proof is no proof, but the error is no sure one either.
	asks []string
}

func (n notes) with(m notes) notes {
	out := notes{excuse: n.excuse, row: n.row}
	if out.row == nil {
		out.row = m.row
	}
	if out.excuse == "" {
		out.excuse = m.excuse
	}
	out.assumes, out.soft, out.asks = union(n.assumes, m.assumes), union(n.soft, m.soft), union(n.asks, m.asks)
	return out
}

// asked is the one that is asked about first: a checker before a staff test.
func (n notes) asked() string {
	for _, a := range n.asks {
		if !strings.HasPrefix(a, staffMark) {
			return a
		}
	}
	if n.settled() {
		return ""
	}
	return n.asks[0]
}

// union merges sorted lists.
func union(a, b []string) []string {
	if len(b) == 0 {
		return a
	}
	out := slices.Clone(a)
	for _, x := range b {
		if i, found := slices.BinarySearch(out, x); !found {
			out = slices.Insert(out, i, x)
		}
	}
	return out
}

// settled tells whether no answer is waited for.
func (n notes) settled() bool { return len(n.asks) == 0 }

// conj is one alternative: its atoms are open, they must all hold.
type conj struct {
	atoms []atom // sorted by text
	notes notes
}

func (c conj) key() string {
	parts := make([]string, len(c.atoms))
	for i, a := range c.atoms {
		parts[i] = a.String()
	}
	return strings.Join(parts, " & ")
}

// value is what is known of a demand in an environment: the alternatives that
// may hold, and why others do not.
type value struct {
	alts  []conj
	fails []cause
}

func yes(n notes) value      { return value{alts: []conj{{notes: n}}} }
func no(c cause) value       { return value{fails: []cause{c}} }
func undecided(a atom) value { return value{alts: []conj{{atoms: []atom{a}}}} }

// holds gives the best alternative that needs nothing more.
func (v value) holds() (notes, bool) {
	best, found := notes{}, false
	for _, c := range v.alts {
		if len(c.atoms) > 0 {
			continue
		}
		if !found || better(c.notes, best) {
			best, found = c.notes, true
		}
	}
	return best, found
}

func better(a, b notes) bool {
	if len(a.asks) != len(b.asks) {
		return len(a.asks) < len(b.asks)
	}
	if (a.excuse == "") != (b.excuse == "") {
		return a.excuse == ""
	}
	if len(a.soft) != len(b.soft) {
		return len(a.soft) < len(b.soft)
	}
	return len(a.assumes) < len(b.assumes)
}

// settled gives the best alternative that needs nothing more, not even a
// person's answer.
func (v value) settled() (notes, bool) {
	n, ok := v.holds()
	return n, ok && n.settled()
}

// fixed tells whether nothing that callers say can change the value.
func (v value) fixed() bool {
	if _, ok := v.settled(); ok {
		return true
	}
	return !slices.ContainsFunc(v.alts, func(c conj) bool { return len(c.atoms) > 0 })
}

// definite tells whether every alternative failed for a reason that is known.
func definite(fails []cause) bool {
	for _, c := range fails {
		if !c.definite() {
			return false
		}
	}
	return len(fails) > 0
}

func or(a, b value) value {
	if _, ok := a.holds(); ok {
		if n, _ := a.holds(); n.excuse == "" && len(n.soft) == 0 && n.settled() {
			return yes(n)
		}
	}
	return value{alts: absorb(append(slices.Clone(a.alts), b.alts...)), fails: joinCauses(a.fails, b.fails)}
}

func and(a, b value) value {
	switch {
	case len(a.alts) == 0 && len(b.alts) == 0:
		if definite(a.fails) && !definite(b.fails) {
			return a
		}
		if definite(b.fails) && !definite(a.fails) {
			return b
		}
		return value{fails: joinCauses(a.fails, b.fails)}
	case len(a.alts) == 0:
		return a
	case len(b.alts) == 0:
		return b
	}
	var alts []conj
	for _, x := range a.alts {
		for _, y := range b.alts {
			alts = append(alts, conj{atoms: mergeAtoms(x.atoms, y.atoms), notes: x.notes.with(y.notes)})
		}
	}
	return value{alts: absorb(alts), fails: joinCauses(a.fails, b.fails)}
}

func mergeAtoms(a, b []atom) []atom {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	out := append(slices.Clone(a), b...)
	sort.SliceStable(out, func(i, j int) bool { return out[i].String() < out[j].String() })
	return slices.CompactFunc(out, func(x, y atom) bool { return x.String() == y.String() })
}

// absorb drops alternatives that contain another, and sorts.
func absorb(alts []conj) []conj {
	sort.SliceStable(alts, func(i, j int) bool {
		if len(alts[i].atoms) != len(alts[j].atoms) {
			return len(alts[i].atoms) < len(alts[j].atoms)
		}
		ki, kj := alts[i].key(), alts[j].key()
		if ki != kj {
			return ki < kj
		}
		return better(alts[i].notes, alts[j].notes)
	})
	var out []conj
	for _, c := range alts {
		if len(out) < maxAlternatives && !slices.ContainsFunc(out, func(d conj) bool { return contains(c.atoms, d.atoms) && !better(c.notes, d.notes) }) {
			out = append(out, c)
		}
	}
	return out
}

func contains(all, part []atom) bool {
	for _, a := range part {
		if !slices.ContainsFunc(all, func(b atom) bool { return a.String() == b.String() }) {
			return false
		}
	}
	return true
}

func (v value) noted(n notes) value {
	if n.excuse == "" && len(n.assumes) == 0 && len(n.soft) == 0 && n.row == nil && n.settled() {
		return v
	}
	out := value{alts: make([]conj, len(v.alts)), fails: v.fails}
	for i, c := range v.alts {
		out.alts[i] = conj{atoms: c.atoms, notes: c.notes.with(n)}
	}
	return out
}

// throughRow marks causes as those of a row's column; a row that was marked
// before stays: it is the one that the others were found by.
func (v value) throughRow(row *loaded) value {
	out := value{alts: v.alts, fails: slices.Clone(v.fails)}
	for i := range out.fails {
		if out.fails[i].row == nil {
			out.fails[i].row = row
		}
	}
	return out
}

func (v value) key() string {
	parts := make([]string, len(v.alts))
	for i, c := range v.alts {
		parts[i] = c.key()
		if n := c.notes; n.excuse != "" || !n.settled() || len(n.soft) > 0 || n.row != nil {
			parts[i] += " [" + n.excuse + strings.Join(n.asks, ",") + strconv.Itoa(len(n.soft)) + n.row.String() + "]"
		}
	}
	return strings.Join(parts, " | ")
}

// assume are the notes of a premise.
func assume(p trust.Premise) notes {
	n := notes{assumes: []string{p.String()}}
	if p.Soft() {
		n.soft = n.assumes
	}
	return n
}

// ask marks a proof that holds if a checker decides access.
func ask(name string) notes { return notes{asks: []string{name}} }
