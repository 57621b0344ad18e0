package link

import (
	"slices"
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// causeKind is why an alternative does not hold.
type causeKind uint8

// The kinds of causes, from the least to the most telling.
const (
	unknown   causeKind = iota // the value, the statement or the program is not understood
	zeroValue                  // the value may be zero where it must not be
	gap                        // the statement ties the relation to nothing
	request                    // the client chose the value
)

// cause is why an alternative does not hold, and where that was seen.
type cause struct {
	kind   causeKind
	atom   atom
	reason string // unknown: why

	origin *term.Origin // request: the value
	source *fn          // request: the function in which it is read

	// fn and site are the place where the value is passed on: an argument in
	// the function where its origin is visible. fn is nil while it is not known.
	fn   *fn
	site int

	row      *loaded // the row that is not tied and of which the value is a column, nil if it is none
	accessor bool    // zeroValue: the other possible value is the caller's tenant

	gap   *proof.Gap
	table string
}

// loaded is a row by the statement that gave it.
type loaded struct {
	fn   *fn
	run  *unit.Run
	stmt *stmt
}

func (r *loaded) String() string {
	if r == nil {
		return ""
	}
	return r.fn.Symbol + "#" + strconv.Itoa(r.run.N) + r.stmt.text
}

func (c cause) definite() bool { return c.kind >= zeroValue }

func why(a atom, reason string) value { return no(cause{kind: unknown, atom: a, reason: reason}) }

// joinCauses keeps the causes of both, the most telling ones if there are too many.
func joinCauses(a, b []cause) []cause {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	out := slices.Clone(a)
	for _, c := range b {
		if !slices.ContainsFunc(out, c.equal) {
			out = append(out, c)
		}
	}
	if len(out) > maxFails {
		slices.SortStableFunc(out, func(x, y cause) int { return int(x.kind) - int(y.kind) })
		// The undecided ones come first: they keep a finding from being sure.
		out = slices.Delete(out, maxFails/2, len(out)-maxFails/2)
	}
	return out
}

func (c cause) equal(d cause) bool {
	if c.kind != d.kind || c.reason != d.reason || c.fn != d.fn || c.site != d.site || c.gap != d.gap {
		return false
	}
	return c.atom.String() == d.atom.String()
}

// placed gives the causes that have no place yet the place of an argument.
func (v value) placed(at func(a atom) (*fn, int)) value {
	var out []cause
	for i, c := range v.fails {
		if c.fn != nil || c.kind == gap {
			continue
		}
		if out == nil {
			out = slices.Clone(v.fails)
		}
		out[i].fn, out[i].site = at(c.atom)
	}
	if out == nil {
		return v
	}
	return value{alts: v.alts, fails: out}
}

// argumentSite is the site of the argument that a parameter of the callee has.
func argumentSite(t term.Term, call *unit.Call, sites []int, fallback int) int {
	if p, ok := t.(*term.Path); ok && p.Root == term.Param && p.Index < len(sites) && sites[p.Index] >= 0 {
		return sites[p.Index]
	}
	if call != nil {
		return call.Site
	}
	return fallback
}

// ofRows keeps the causes that are rows which are not tied: a row that is compared
// with a value of such a row is wrong because of that one.
func ofRows(fails []cause) []cause {
	return slices.DeleteFunc(slices.Clone(fails), func(c cause) bool { return c.row == nil || c.kind != gap })
}
