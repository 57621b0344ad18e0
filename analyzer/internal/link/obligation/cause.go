package obligation

import (
	"slices"
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// causeKind is why an alternative does not hold.
type causeKind uint8

// The kinds of causes, from the least to the most telling.
const (
	Unknown   causeKind = iota // the value, the statement or the program is not understood
	ZeroValue                  // the value may be zero where it must not be
	Gap                        // the statement ties the relation to nothing
	Outside                    // policies would hold the rows, and the connection was not given the tenant
	NotHeld                    // no policy holds the rows, where one is asked for
	Request                    // the client chose the value
)

// Cause is why an alternative does not hold, and where that was seen.
type Cause struct {
	Kind   causeKind
	Atom   Atom
	Reason string // unknown, of policies: why

	Origin *term.Origin        // request: the value
	Source *callgraph.Function // request: the function in which it is read
	// Into is the function for which a helper has filled an object with it, nil if none has:
	// each object is a parameter of its own.
	Into *callgraph.Function

	// Fn and site are the place where the value is passed on: an argument in
	// the function where its origin is visible. fn is nil while it is not known.
	Fn   *callgraph.Function
	Site int

	Row      *Row // the row that is not tied and of which the value is a column, nil if it is none
	Accessor bool // zeroValue: the other possible value is the caller's tenant

	Gap   *proof.Gap
	Table string
}

// Row is a row by the statement that gave it.
type Row struct {
	Fn   *callgraph.Function
	Run  *unit.Run
	Stmt *statement.Statement
}

func (r *Row) String() string {
	if r == nil {
		return ""
	}
	return r.Fn.Symbol + "#" + strconv.Itoa(r.Run.N) + r.Stmt.Text
}

func (c Cause) IsDefinite() bool { return c.Kind >= ZeroValue }

// OfPolicies reports whether a cause is that policies do not hold the rows of a statement.
func (c Cause) OfPolicies() bool { return c.Kind == Outside || c.Kind == NotHeld }

func Why(a Atom, reason string) Value { return No(Cause{Kind: Unknown, Atom: a, Reason: reason}) }

// JoinCauses keeps the causes of both, the most telling ones if there are too many.
func JoinCauses(a, b []Cause) []Cause {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	out := slices.Clip(a)
	for _, c := range b {
		if !slices.ContainsFunc(out, c.equal) {
			out = append(out, c)
		}
	}
	if len(out) == len(a) || len(out) <= maxFails {
		return out
	}
	slices.SortStableFunc(out, func(x, y Cause) int { return int(x.Kind) - int(y.Kind) })
	// The undecided ones come first: they keep a finding from being sure.
	return slices.Concat(out[:maxFails/2], out[len(out)-maxFails/2:])
}

func (c Cause) equal(d Cause) bool {
	if c.Kind != d.Kind || c.Reason != d.Reason || c.Fn != d.Fn || c.Site != d.Site || c.Gap != d.Gap {
		return false
	}
	return c.Atom == d.Atom || c.Atom.String() == d.Atom.String()
}

// Placed gives the causes that have no place yet the place of an argument.
func (v Value) Placed(at func(a Atom) (*callgraph.Function, int)) Value {
	var out []Cause
	for i, c := range v.Fails {
		if c.Fn != nil || c.Kind == Gap || c.OfPolicies() {
			continue
		}
		if out == nil {
			out = slices.Clone(v.Fails)
		}
		out[i].Fn, out[i].Site = at(c.Atom)
	}
	if out == nil {
		return v
	}
	return Value{Alts: v.Alts, Fails: out}
}

// FilledFor gives the causes that came of what a helper has filled an object with to the
// function that has the object. What the helper hands on inside is no place of theirs.
func (v Value) FilledFor(f *callgraph.Function) Value {
	fails := slices.Clone(v.Fails)
	for i, c := range fails {
		if c.Kind == Request && c.Row == nil {
			fails[i].Into, fails[i].Fn, fails[i].Site = f, nil, 0
		}
	}
	return Value{Alts: v.Alts, Fails: fails}
}

// OfRows keeps the causes that are rows which are not tied: a row that is compared
// with a value of such a row is wrong because of that one.
func OfRows(fails []Cause) []Cause {
	return slices.DeleteFunc(slices.Clone(fails), func(c Cause) bool { return c.Row == nil || c.Kind != Gap })
}

// OpenReason is the reason of the first cause that leaves it open.
func OpenReason(fails []Cause) string {
	for _, c := range fails {
		if c.Kind == Unknown && c.Reason != "" {
			return c.Reason
		}
	}
	return "recursion"
}
