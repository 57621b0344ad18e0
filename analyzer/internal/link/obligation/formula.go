package obligation

import (
	"slices"
	"sort"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

func IsSettled(v Value) bool {
	_, ok := v.Settled()
	return ok
}

// Here is a value as it is: where a place is asked for itself, and not by a caller.
func Here(v Value) Value { return v }

func IsTrue(v Value) bool {
	n, ok := v.Holds()
	return ok && n.Excuse == "" && n.Settled()
}

// maxAlternatives and maxFails cap a value; over the cap it gets weaker, never
// stronger: alternatives are dropped, causes are no proof anyway.
const (
	maxAlternatives = 24
	maxFails        = 8
)

// Atom is a demand on one value.
type Atom struct {
	Kind   proof.NeedKind
	Table  string // Key; Setting of a pool: the library that opens it, or [AnyPool]
	Column string // Key; Setting: the variable
	Null   bool   // Zero: only NULL will do
	Nobody bool   // NonZero: of a value of an insert, whose row is nobody's where it is zero
	Lasts  bool   // Setting: for the session will do, too
	But    string // Key: the references of rows, by table and column, that do not show whose the row is
	T      term.Term
}

var needNames = [...]string{proof.Tenant: "tenant", proof.Principal: "principal", proof.Key: "key", proof.NonZero: "nonzero", proof.Zero: "zero", proof.SecondTenant: "second", proof.Setting: "setting", proof.InTransaction: "transaction"}

// String is empty for an atom of no value: a cause may be about a whole statement.
func (a Atom) String() string {
	if a.T == nil {
		return ""
	}
	name := needNames[a.Kind]
	switch {
	case a.Kind == proof.Setting:
		name += "(" + a.Column + ")"
		if a.Lasts {
			name = "lasting " + name
		}
		if a.Table != "" {
			name += " of each connection of " + a.Table
		}
	case a.Kind == proof.Key:
		name += "(" + a.Table + "." + a.Column + ")"
	case a.Null:
		name = "null"
	case a.Nobody:
		name = "there"
	}
	if a.But != "" {
		name += " but by " + a.But
	}
	return name + "@" + a.T.String()
}

// AnyPool stands for the libraries of all pools of a program.
const AnyPool = "any pool"

// OnPool reports whether it is asked of each connection of a pool when that is taken out.
func (a Atom) OnPool() bool { return a.Kind == proof.Setting && a.Table != "" }

// IsTenant reports whether the value must be a tenant of the caller, of either level.
func (a Atom) IsTenant() bool { return a.Kind == proof.Tenant || a.Kind == proof.SecondTenant }

// OnConnection reports whether what is asked is asked of the connection of a statement, and
// not of a value.
func (a Atom) OnConnection() bool { return a.Kind == proof.Setting || a.Kind == proof.InTransaction }

// WithBut is an atom of which more references do not show whose the row is.
func (a Atom) WithBut(references []string) Atom {
	if len(references) > 0 {
		list := append(strings.Fields(a.But), references...)
		slices.Sort(list)
		a.But = strings.Join(slices.Compact(list), " ")
	}
	return a
}

// LeavesOut reports whether a reference does not show whose the row is that is asked for.
func (a Atom) LeavesOut(reference string) bool {
	return a.But != "" && slices.Contains(strings.Fields(a.But), reference)
}

func (a Atom) On(t term.Term) Atom {
	a.T = t
	return a
}

// Notes are what a proof rests on besides the statement itself.
type Notes struct {
	Excuse  string   // non-empty: fine, but not proved
	Assumes []string // sorted; for people
	Soft    []string // those of them that may be wrong; sorted
	Row     *Row     // the row of which it went through a column, the first one
	// Asks are the checkers and staff tests that nobody has spoken of yet, sorted:
	// with them the proof is no proof, but the error is no sure one either.
	Asks []string
}

func (n Notes) With(m Notes) Notes {
	out := Notes{Excuse: n.Excuse, Row: n.Row}
	if out.Row == nil {
		out.Row = m.Row
	}
	if out.Excuse == "" {
		out.Excuse = m.Excuse
	}
	out.Assumes, out.Soft, out.Asks = Union(n.Assumes, m.Assumes), Union(n.Soft, m.Soft), Union(n.Asks, m.Asks)
	return out
}

// Asked is the one that is asked about first: a checker before a staff test.
func (n Notes) Asked() string {
	for _, a := range n.Asks {
		if !strings.HasPrefix(a, StaffMark) {
			return a
		}
	}
	if n.Settled() {
		return ""
	}
	return n.Asks[0]
}

// Union merges sorted lists.
func Union(a, b []string) []string {
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

// Settled reports whether no answer is waited for.
func (n Notes) Settled() bool { return len(n.Asks) == 0 }

// Conjunction is one alternative: its atoms are open, they must all hold.
type Conjunction struct {
	Atoms []Atom // sorted by text
	Notes Notes
	// Moved tells that a check stands before what is asked, so that the client's choice
	// is no reason any more: what is owed is owed where the check's other side comes
	// from, which another alternative, or another cause, says.
	Moved bool
}

func (c Conjunction) key() string {
	parts := make([]string, len(c.Atoms))
	for i, a := range c.Atoms {
		parts[i] = a.String()
	}
	return strings.Join(parts, " & ")
}

// Value is what is known of a demand in an environment: the alternatives that
// may hold, and why others do not.
type Value struct {
	Alts  []Conjunction
	Fails []Cause
}

func Yes(n Notes) Value { return Value{Alts: []Conjunction{{Notes: n}}} }

func No(c Cause) Value { return Value{Fails: []Cause{c}} }

func Undecided(a Atom) Value { return Value{Alts: []Conjunction{{Atoms: []Atom{a}}}} }

// Holds gives the best alternative that needs nothing more.
func (v Value) Holds() (Notes, bool) {
	best, found := Notes{}, false
	for _, c := range v.Alts {
		if len(c.Atoms) > 0 {
			continue
		}
		if !found || Better(c.Notes, best) {
			best, found = c.Notes, true
		}
	}
	return best, found
}

func Better(a, b Notes) bool {
	if len(a.Asks) != len(b.Asks) {
		return len(a.Asks) < len(b.Asks)
	}
	if (a.Excuse == "") != (b.Excuse == "") {
		return a.Excuse == ""
	}
	if len(a.Soft) != len(b.Soft) {
		return len(a.Soft) < len(b.Soft)
	}
	return len(a.Assumes) < len(b.Assumes)
}

// Settled gives the best alternative that needs nothing more, not even a
// person's answer.
func (v Value) Settled() (Notes, bool) {
	n, ok := v.Holds()
	return n, ok && n.Settled()
}

// Fixed reports whether nothing that callers say can change the value.
func (v Value) Fixed() bool {
	if _, ok := v.Settled(); ok {
		return true
	}
	return !slices.ContainsFunc(v.Alts, func(c Conjunction) bool { return len(c.Atoms) > 0 })
}

func Or(a, b Value) Value {
	if _, ok := a.Holds(); ok {
		if n, _ := a.Holds(); n.Excuse == "" && len(n.Soft) == 0 && n.Settled() {
			return Yes(n)
		}
	}
	return Value{Alts: absorb(append(slices.Clone(a.Alts), b.Alts...)), Fails: JoinCauses(a.Fails, b.Fails)}
}

func And(a, b Value) Value {
	switch {
	case len(a.Alts) == 0 && len(b.Alts) == 0:
		if Definite(a.Fails) && !Definite(b.Fails) {
			return a
		}
		if Definite(b.Fails) && !Definite(a.Fails) {
			return b
		}
		return Value{Fails: JoinCauses(a.Fails, b.Fails)}
	case len(a.Alts) == 0:
		return a
	case len(b.Alts) == 0:
		return b
	}
	var alts []Conjunction
	for _, x := range a.Alts {
		for _, y := range b.Alts {
			alts = append(alts, Conjunction{Atoms: mergeAtoms(x.Atoms, y.Atoms), Notes: x.Notes.With(y.Notes), Moved: x.Moved || y.Moved})
		}
	}
	return Value{Alts: absorb(alts), Fails: JoinCauses(a.Fails, b.Fails)}
}

func mergeAtoms(a, b []Atom) []Atom {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	out := append(slices.Clone(a), b...)
	sort.SliceStable(out, func(i, j int) bool { return out[i].String() < out[j].String() })
	return slices.CompactFunc(out, func(x, y Atom) bool { return x.String() == y.String() })
}

// absorb drops alternatives that contain another, and sorts.
func absorb(alts []Conjunction) []Conjunction {
	sort.SliceStable(alts, func(i, j int) bool {
		if len(alts[i].Atoms) != len(alts[j].Atoms) {
			return len(alts[i].Atoms) < len(alts[j].Atoms)
		}
		ki, kj := alts[i].key(), alts[j].key()
		if ki != kj {
			return ki < kj
		}
		if alts[i].Moved != alts[j].Moved {
			return alts[j].Moved
		}
		return Better(alts[i].Notes, alts[j].Notes)
	})
	var out []Conjunction
	for _, c := range alts {
		if len(out) < maxAlternatives && !slices.ContainsFunc(out, func(d Conjunction) bool {
			return contains(c.Atoms, d.Atoms) && !Better(c.Notes, d.Notes) && (c.Moved || !d.Moved)
		}) {
			out = append(out, c)
		}
	}
	return out
}

func contains(all, part []Atom) bool {
	for _, a := range part {
		if !slices.ContainsFunc(all, func(b Atom) bool { return a.String() == b.String() }) {
			return false
		}
	}
	return true
}

func (v Value) Noted(n Notes) Value {
	if n.Excuse == "" && len(n.Assumes) == 0 && len(n.Soft) == 0 && n.Row == nil && n.Settled() {
		return v
	}
	out := Value{Alts: make([]Conjunction, len(v.Alts)), Fails: v.Fails}
	for i, c := range v.Alts {
		out.Alts[i] = Conjunction{Atoms: c.Atoms, Notes: c.Notes.With(n), Moved: c.Moved}
	}
	return out
}

// OwedBy is a value whose row, or id, a check compares with something else: what is owed
// is what the check needs. That the client chose the id is no reason any more; that
// the check is wrong is.
func (v Value) OwedBy(check Value) Value {
	check = check.without(v)
	if len(check.Alts)+len(check.Fails) == 0 {
		return v
	}
	if _, holds := check.Holds(); holds {
		return Or(v, check) // nothing is owed any more, or a person is asked
	}
	return Or(v.moved(), check)
}

// without drops what another value says as well: that what a row is compared with is
// the caller's because it equals the row.
func (v Value) without(w Value) Value {
	return Value{
		Alts: slices.DeleteFunc(slices.Clone(v.Alts), func(c Conjunction) bool {
			return len(c.Atoms) > 0 && slices.ContainsFunc(w.Alts, func(d Conjunction) bool { return c.key() == d.key() })
		}),
		Fails: slices.DeleteFunc(slices.Clone(v.Fails), func(c Cause) bool {
			return c.Kind == Request && slices.ContainsFunc(w.Fails, func(d Cause) bool { return c.Kind == d.Kind && c.Atom.String() == d.Atom.String() })
		}),
	}
}

// moved drops that the client chose, now and in callers.
func (v Value) moved() Value {
	out := Value{Alts: slices.Clone(v.Alts), Fails: slices.DeleteFunc(slices.Clone(v.Fails), func(c Cause) bool { return c.Kind == Request })}
	for i := range out.Alts {
		out.Alts[i].Moved = len(out.Alts[i].Atoms) > 0
	}
	return out
}

// AsMoved carries over that an alternative is owed elsewhere to what became of it.
func (v Value) AsMoved(c Conjunction) Value {
	if !c.Moved {
		return v
	}
	return v.moved()
}

// ThroughRow marks causes as those of a row's column; a row that was marked
// before stays: it is the one that the others were found by.
func (v Value) ThroughRow(row *Row) Value {
	out := Value{Alts: v.Alts, Fails: slices.Clone(v.Fails)}
	for i := range out.Fails {
		if out.Fails[i].Row == nil {
			out.Fails[i].Row = row
		}
	}
	return out
}

func (v Value) Key() string {
	parts := make([]string, len(v.Alts))
	for i, c := range v.Alts {
		parts[i] = c.key()
		if c.Moved {
			parts[i] += " moved"
		}
		if n := c.Notes; n.Excuse != "" || !n.Settled() || len(n.Assumes)+len(n.Soft) > 0 || n.Row != nil {
			parts[i] += " [" + n.Excuse + strings.Join(n.Asks, ",") + strings.Join(n.Assumes, ",") + strings.Join(n.Soft, ",") + n.Row.String() + "]"
		}
	}
	return strings.Join(parts, " | ")
}

// Assuming are the notes of a premise.
func Assuming(p trust.Premise) Notes {
	n := Notes{Assumes: []string{p.String()}}
	if p.Soft() {
		n.Soft = n.Assumes
	}
	return n
}

// AssumedBy are the notes of what a proof rests on.
func AssumedBy(list []proof.Assumption) Notes {
	n := Notes{}
	for _, a := range list {
		if !a.Hard {
			n = n.With(Assuming(statement.PremiseOf(a)))
		}
	}
	return n
}

// Ask marks a proof that holds if a checker decides access.
func Ask(name string) Notes { return Notes{Asks: []string{name}} }

// Unheeded marks a zero value as what an accessor gives when it fails.
func (v Value) Unheeded() Value {
	out := Value{Alts: v.Alts, Fails: slices.Clone(v.Fails)}
	for i := range out.Fails {
		out.Fails[i].Accessor = out.Fails[i].Accessor || out.Fails[i].Kind == ZeroValue
	}
	return out
}

// StaffMark begins a question about a staff test among those about checkers.
const StaffMark = "staff "
