package piece

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// ByColumn sorts the entries of a map by their keys. An entry that is set twice is what
// it was set to last.
func ByColumn(entries []term.Clause) ([]term.Clause, error) {
	var out []term.Clause
	for _, c := range entries {
		if c.Word != "entry" {
			return nil, UnknownClause(&c)
		}
		if _, err := Constant(c.Values[0].Term); err != nil {
			return nil, err
		}
		var kept []term.Clause
		for _, x := range out {
			if !term.Same(x.Values[0].Term, c.Values[0].Term) {
				kept = append(kept, x)
			} else if !c.Sure() {
				kept = append(kept, unlessSetAgain(x, &c))
			}
		}
		out = append(kept, c)
	}
	slices.SortStableFunc(out, func(a, b term.Clause) int {
		x, _ := Constant(a.Values[0].Term)
		y, _ := Constant(b.Values[0].Term)
		return strings.Compare(x, y)
	})
	return out, nil
}

// unlessSetAgain is an entry that a later one may replace: it is there where that is not.
func unlessSetAgain(x term.Clause, later *term.Clause) term.Clause {
	if not, ok := opposite(later); ok && !x.Maybe {
		if !slices.ContainsFunc(x.If, func(f term.Fact) bool { return f.String() == not.String() }) {
			x.If = append(slices.Clone(x.If), not)
		}
		return x
	}
	return term.Clause{Word: x.Word, Values: x.Values, Maybe: true}
}

// opposite is the fact that holds exactly where a clause is not there; ok is false if
// there is none.
func opposite(c *term.Clause) (f term.Fact, ok bool) {
	if c.Maybe || len(c.If) != 1 {
		return f, false
	}
	f = c.If[0]
	switch f.Op {
	case term.IsZero:
		f.Op = term.NonZero
	case term.NonZero:
		f.Op = term.IsZero
	default:
		return f, false
	}
	return f, true
}

// EntriesOf are the entries of a map that is given as a whole.
func EntriesOf(c *term.Clause) ([]term.Clause, error) {
	b, ok := c.Values[0].Term.(*term.Build)
	if !ok || b.Base != nil || len(b.Clauses) == 0 {
		return nil, errors.New("a map of columns that is not known")
	}
	return ByColumn(b.Clauses[1:])
}

// UnknownClause is the error of a clause that has no meaning where it stands.
func UnknownClause(c *term.Clause) error {
	return errors.New("a builder's " + c.Word + " where it has no meaning")
}

// Pointers are the clauses of a list.
func Pointers(list []term.Clause) []*term.Clause {
	out := make([]*term.Clause, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}
