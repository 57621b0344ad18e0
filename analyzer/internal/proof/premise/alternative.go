package premise

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// MaxAlternatives bounds those of one relation, and of the statement.
const MaxAlternatives = 12

// Both is the alternatives under which two things hold: each with each.
func Both(a, b []Alternative) []Alternative {
	var out []Alternative
	for _, x := range a {
		for _, y := range b {
			if z, ok := merge(x, y); ok {
				out = append(out, z)
			}
		}
	}
	return Minimal(out)
}

// merge joins two alternatives; false if no values can meet both.
func merge(x, y Alternative) (Alternative, bool) {
	out := Alternative{
		Needs:   append(append([]Need(nil), x.Needs...), y.Needs...),
		Assumes: append(append([]Assumption(nil), x.Assumes...), y.Assumes...),
		Cites:   append([]sqltree.Expr(nil), x.Cites...),
		Rules:   append([]string(nil), x.Rules...),
		Excuse:  weaker(x.Excuse, y.Excuse),
	}
	for _, c := range y.Cites {
		out.Cites = CiteAlso(out.Cites, c)
	}
	for _, r := range y.Rules {
		if !slices.Contains(out.Rules, r) {
			out.Rules = append(out.Rules, r)
		}
	}
	out = out.tidy()
	return out, !contradicts(out.Needs)
}

// weaker is the excuse of two things together: one that needs none does not
// lift the other's.
func weaker(a, b Excuse) Excuse {
	if a == NoExcuse {
		return b
	}
	if b == NoExcuse || a == b {
		return a
	}
	return max(a, b)
}

// contradicts tells needs that no value meets: empty and not empty.
func contradicts(needs []Need) bool {
	for _, a := range needs {
		if a.Kind != Zero {
			continue
		}
		for _, b := range needs {
			if b.Hole == a.Hole && b.Kind != Zero {
				return true
			}
		}
	}
	return false
}

// tidy sorts needs, assumptions and cited predicates, and drops repetitions.
func (a Alternative) tidy() Alternative {
	slices.SortStableFunc(a.Needs, compareNeeds)
	a.Needs = slices.CompactFunc(a.Needs, func(x, y Need) bool { return needKey(x) == needKey(y) })
	slices.SortStableFunc(a.Assumes, compareAssumptions)
	a.Assumes = slices.CompactFunc(a.Assumes, func(x, y Assumption) bool { return compareAssumptions(x, y) == 0 })
	slices.SortStableFunc(a.Cites, func(x, y sqltree.Expr) int { return cmp.Compare(x.At(), y.At()) })
	return a
}

// needIdentity is what tells needs apart: the column that a tenant was compared with is for people.
type needIdentity struct {
	kind          NeedKind
	hole          int
	table, column string
	element       bool
	second, null  bool
}

// needKey is the identity of a need.
func needKey(n Need) needIdentity {
	k := needIdentity{kind: n.Kind, hole: n.Hole, element: n.Element, second: n.Second, null: n.Null}
	if n.Kind == Key || n.Kind == Setting {
		k.table, k.column = n.Table, n.Column
	}
	return k
}

// compareNeeds orders needs by bind value, then by kind.
func compareNeeds(a, b Need) int {
	x, y := needKey(a), needKey(b)
	return cmp.Or(cmp.Compare(x.hole, y.hole), cmp.Compare(x.kind, y.kind), strings.Compare(x.table, y.table),
		strings.Compare(x.column, y.column), compareBool(x.element, y.element), compareBool(x.second, y.second), compareBool(x.null, y.null))
}

// compareBool puts false first.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// compareAssumptions orders by kind, table and columns; hardness follows from those.
func compareAssumptions(a, b Assumption) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Table, b.Table), strings.Compare(a.To, b.To),
		strings.Compare(strings.Join(a.Columns, ","), strings.Join(b.Columns, ",")))
}

// Minimal sorts alternatives and drops each that another one makes needless.
func Minimal(list []Alternative) []Alternative {
	if len(list) == 0 {
		return nil
	}
	for i := range list {
		list[i] = list[i].tidy()
	}
	slices.SortStableFunc(list, compareAlternatives)
	var out []Alternative
	for _, a := range list {
		if !slices.ContainsFunc(out, func(b Alternative) bool { return b.Covers(a) }) {
			out = append(out, a)
		}
	}
	if len(out) > MaxAlternatives {
		out = out[:MaxAlternatives]
	}
	return out
}

// compareAlternatives puts the lighter demands first, so that an alternative
// stands behind all that may cover it.
func compareAlternatives(a, b Alternative) int {
	return cmp.Or(
		cmp.Compare(len(a.Needs), len(b.Needs)),
		compareBool(a.Excuse != NoExcuse, b.Excuse != NoExcuse),
		cmp.Compare(len(a.Assumes), len(b.Assumes)),
		slices.CompareFunc(a.Needs, b.Needs, compareNeeds),
		slices.CompareFunc(a.Assumes, b.Assumes, compareAssumptions),
		cmp.Compare(len(a.Cites), len(b.Cites)),
		slices.Compare(a.Rules, b.Rules),
	)
}

// Covers reports whether a demands and assumes no more than b.
func (a Alternative) Covers(b Alternative) bool {
	if a.Excuse != NoExcuse && a.Excuse != b.Excuse {
		return false
	}
	for _, n := range a.Needs {
		if !slices.ContainsFunc(b.Needs, func(m Need) bool { return needKey(m) == needKey(n) }) {
			return false
		}
	}
	for _, x := range a.Assumes {
		if !slices.ContainsFunc(b.Assumes, func(y Assumption) bool { return compareAssumptions(x, y) == 0 }) {
			return false
		}
	}
	return true
}

// SameAlternatives compares needs and assumptions only.
func SameAlternatives(a, b []Alternative) bool {
	a, b = Minimal(slices.Clone(a)), Minimal(slices.Clone(b))
	return slices.EqualFunc(a, b, func(x, y Alternative) bool { return x.Covers(y) && y.Covers(x) })
}

// fewCites is up to where a list is searched without an index.
const fewCites = 12

// CiteAll adds predicates to a list, each once, and leaves the list alone.
func CiteAll(cites []sqltree.Expr, more []sqltree.Expr) []sqltree.Expr {
	if len(more) == 0 {
		return cites
	}
	out := append(make([]sqltree.Expr, 0, len(cites)+len(more)), cites...)
	if len(cites)+len(more) <= fewCites {
		for _, e := range more {
			if e != nil && !slices.Contains(out, e) {
				out = append(out, e)
			}
		}
		return out
	}
	have := make(map[sqltree.Expr]bool, len(out))
	for _, e := range cites {
		have[e] = true
	}
	for _, e := range more {
		if e != nil && !have[e] {
			have[e] = true
			out = append(out, e)
		}
	}
	return out
}

// CiteAlso adds a predicate to a list, once, and leaves the list alone.
func CiteAlso(cites []sqltree.Expr, e sqltree.Expr) []sqltree.Expr {
	if e == nil || slices.Contains(cites, e) {
		return cites
	}
	return append(cites[:len(cites):len(cites)], e)
}
