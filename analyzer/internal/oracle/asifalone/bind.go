package asifalone

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// binder chooses bind values for one run.
type binder struct {
	r    *rand.Rand
	w    *World
	data Data
	viewer
	favourite int
	// near tells what the statement compares a bind value with. Where a
	// difference is looked for, most values are chosen to be found.
	near map[int]nearby
}

// bind meets the needs for the tenant and draws the other values. It fails
// where a need cannot be met, such as a key of a table where the tenant has no row.
func (b *binder) bind(types []string, needs []proof.Need) ([]Value, bool) {
	args := make([]Value, len(types))
	for i, typ := range types {
		var mine []proof.Need
		for _, n := range needs {
			if n.Hole == i+1 {
				mine = append(mine, n)
			}
		}
		if len(mine) == 0 {
			if args[i] = b.found(typ, b.near[i+1]); args[i] == nil {
				args[i] = b.any(typ)
			}
			continue
		}
		choices := b.choices(typ, mine)
		if len(choices) == 0 {
			return nil, false
		}
		args[i] = b.choose(typ, choices, slices.ContainsFunc(mine, func(n proof.Need) bool { return n.Kind == proof.NonZero }))
	}
	return args, true
}

// any draws a value of the type: often one that is in the data, sometimes NULL.
func (b *binder) any(typ string) Value {
	if b.r.IntN(12) == 0 {
		return nil
	}
	if b.r.IntN(16) == 0 {
		return text(zeroOf(typ))
	}
	if !strings.HasSuffix(typ, "[]") {
		return valueOf(typ, b.number())
	}
	elements := make([]Value, b.r.IntN(4))
	for i := range elements {
		elements[i] = valueOf(baseType(typ), b.number())
	}
	return text(arrayOf(elements))
}

// number draws the number of a value: often one of the few that every column has.
func (b *binder) number() int {
	if b.favourite > 0 && b.r.IntN(5) < 3 {
		return b.favourite
	}
	if b.r.IntN(3) > 0 {
		return 1 + b.r.IntN(4)
	}
	return 1 + b.r.IntN(14)
}

// choose takes one of the choices, or an array of some, which is not empty if
// that counts as zero.
func (b *binder) choose(typ string, choices []Value, nonZero bool) Value {
	choice := one(b.r, choices)
	if !strings.HasSuffix(typ, "[]") || choice == nil || *choice == zeroOf(typ) {
		return choice
	}
	n := b.r.IntN(4)
	if nonZero {
		n = 1 + b.r.IntN(3)
	}
	elements := make([]Value, n)
	for i := range elements {
		elements[i] = one(b.r, choices)
	}
	return text(arrayOf(elements))
}

// choices are the values that meet every need.
func (b *binder) choices(typ string, needs []proof.Need) []Value {
	var met []Value
	for i, need := range needs {
		values := b.meeting(typ, need)
		if i == 0 {
			met = values
			continue
		}
		met = intersect(met, values)
	}
	return met
}

// intersect keeps the values of a that are in b, NULL among them.
func intersect(a, b []Value) []Value {
	var out []Value
	for _, v := range a {
		for _, u := range b {
			if v == nil && u == nil || equal(u, v) {
				out = append(out, v)
				break
			}
		}
	}
	return out
}

// meeting lists the values that meet one need.
func (b *binder) meeting(typ string, need proof.Need) []Value {
	switch need.Kind {
	case proof.Tenant:
		if need.Second {
			return b.secondLevel()
		}
		return []Value{text(b.tenant)}
	case proof.Key:
		return b.keys(need)
	case proof.Principal:
		return b.principals()
	case proof.Zero:
		if need.Null {
			return []Value{nil}
		}
		return []Value{nil, text(zeroOf(typ))}
	}
	var all []Value
	for n := 1; n <= 14; n++ {
		if v := valueOf(baseType(typ), n); *v != zeroOf(baseType(typ)) {
			all = append(all, v)
		}
	}
	return all
}

// keys are the tenant's values of a key column.
func (b *binder) keys(need proof.Need) []Value {
	if t := b.w.named(need.Table); t != nil {
		return b.valuesIn(t, need.Column)
	}
	return nil
}

// valuesIn lists what the tenant's rows hold in a column, NULLs left out: a NULL is no key.
func (b *binder) valuesIn(t *catalogue.Table, column string) []Value {
	var out []Value
	for _, row := range b.data.rowsOf(t, b.tenant) {
		if values, ok := pick(t, row, []string{column}); ok {
			out = append(out, values[0])
		}
	}
	return out
}

// principals are the users that are members of the tenant, or the viewer.
func (b *binder) principals() []Value {
	if b.user != nil {
		return []Value{b.user}
	}
	var out []Value
	for _, t := range b.w.Order {
		if t.Tenancy == catalogue.Membership {
			out = append(out, b.valuesIn(t, t.User)...)
		}
	}
	return out
}

// secondLevel are the tenant's values of the second-level column.
func (b *binder) secondLevel() []Value {
	var out []Value
	for _, t := range b.w.Order {
		if t.Level2 == b.w.Cat.Level2 {
			out = append(out, b.valuesIn(t, t.Level2)...)
		}
	}
	return out
}
