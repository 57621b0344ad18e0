package read

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// emptiness recognises a condition on bind values alone that an optional filter
// turns on: `$1 IS NULL`, `$1 = ”`, `$1 IS NOT NULL`, `@all::bool`. nil if e is
// none. In an arm of an OR, a caller that meets a need makes the arm impossible.
func (p *conditions) emptiness(en *bind.Env, e sqltree.Expr) *formula.Conj {
	if !p.OwnHoles() {
		return nil
	}
	switch e := e.(type) {
	case *sqltree.IsNull:
		return nullTest(e)
	case *sqltree.Binary:
		return p.zeroTest(e)
	case *sqltree.Hole, *sqltree.Cast:
		if h, ok := bind.PlainHole(e); ok {
			return formula.One(formula.Atom{Kind: formula.SetAtom, Holes: []int{h.Number}, Cite: e})
		}
	}
	return nil
}

// nullTest recognises h IS [NOT] NULL, also of NULLIF(h, zero) and
// array_length(h, 1), which are NULL for the empty value, too.
func nullTest(e *sqltree.IsNull) *formula.Conj {
	h, whole := bind.PlainHole(e.X)
	if !whole {
		h = emptyAsNull(e.X)
	}
	if h == nil {
		return nil
	}
	kind := formula.ZeroAtom
	if e.Not {
		kind = formula.SetAtom
	}
	return formula.One(formula.Atom{Kind: kind, Holes: []int{h.Number}, NullOnly: whole, Cite: e})
}

// emptyAsNull is the bind value in an expression that is NULL exactly if the
// value is NULL or empty; nil for any other.
func emptyAsNull(e sqltree.Expr) *sqltree.Hole {
	switch x := formula.Uncast(e).(type) {
	case *sqltree.Other:
		if x.Kind == "NULLIF" && len(x.Args) == 2 && isZero(x.Args[1]) {
			h, _ := bind.PlainHole(x.Args[0])
			return h
		}
	case *sqltree.Call:
		if x.Name == "array_length" && len(x.Args) == 2 {
			h, _ := bind.PlainHole(x.Args[0])
			return h
		}
	}
	return nil
}

// measured is the bind value in an expression that equals zero, or is NULL,
// only if the value is NULL, empty or zero.
func measured(e sqltree.Expr) *sqltree.Hole {
	if h, ok := bind.PlainHole(e); ok {
		return h
	}
	switch x := formula.Uncast(e).(type) {
	case *sqltree.Coalesce:
		if len(x.Args) == 2 && isZero(x.Args[1]) {
			h, _ := bind.PlainHole(x.Args[0])
			return h
		}
	case *sqltree.Call:
		if len(x.Args) == 1 && measures(x.Name) {
			h, _ := bind.PlainHole(x.Args[0])
			return h
		}
	}
	return emptyAsNull(e)
}

// measures tells the functions that are 0 or NULL exactly for an empty value.
func measures(name string) bool {
	switch name {
	case "length", "char_length", "octet_length", "cardinality":
		return true
	}
	return false
}

// zeroTest recognises h = zero and h <> zero, with the sides either way, and
// that a length is above zero.
func (p *conditions) zeroTest(e *sqltree.Binary) *formula.Conj {
	for _, side := range [][2]sqltree.Expr{{e.L, e.R}, {e.R, e.L}} {
		if !isZero(side[1]) {
			continue
		}
		h := measured(side[0])
		if h == nil {
			continue
		}
		switch e.Op {
		case "=", "IS NOT DISTINCT FROM":
			return formula.One(formula.Atom{Kind: formula.ZeroAtom, Holes: []int{h.Number}, Cite: e})
		case "<>", "!=":
			return formula.One(formula.Atom{Kind: formula.SetAtom, Holes: []int{h.Number}, Cite: e})
		case ">":
			if _, whole := bind.PlainHole(side[0]); !whole && side[0] == e.L { // a length, which is not negative
				return formula.One(formula.Atom{Kind: formula.SetAtom, Holes: []int{h.Number}, Cite: e})
			}
		}
	}
	return nil
}

// distinctFromZero is NOT (h = zero).
func (p *conditions) distinctFromZero(en *bind.Env, e *sqltree.Binary) *formula.Conj {
	if !p.OwnHoles() {
		return &formula.Conj{}
	}
	if c := p.zeroTest(&sqltree.Binary{Pos: e.Pos, Op: "<>", L: e.L, R: e.R}); c != nil {
		return c
	}
	return &formula.Conj{}
}

// zeroUUID is what the zero value of a UUID type prints.
const zeroUUID = "00000000-0000-0000-0000-000000000000"

// isZero tells the literals that are the zero value of a type.
func isZero(e sqltree.Expr) bool {
	l, ok := formula.Uncast(e).(*sqltree.Literal)
	if !ok {
		return false
	}
	switch l.Kind {
	case sqltree.Number:
		return l.Text == "0"
	case sqltree.Bool:
		return l.Text == "false"
	case sqltree.String:
		c, isCast := e.(*sqltree.Cast)
		return l.Text == "" || l.Text == zeroUUID || l.Text == "{}" && isCast && strings.HasSuffix(c.Type, "[]")
	}
	return false
}
