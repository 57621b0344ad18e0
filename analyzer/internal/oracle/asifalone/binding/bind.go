package binding

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/fixture"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// Binder chooses bind values for one run.
type Binder struct {
	Rand  *rand.Rand
	World *worlds.World
	Data  fixture.Data
	fixture.Viewer
	Favourite int
	// Near tells what the statement compares a bind value with. Where a
	// difference is looked for, most values are chosen to be found.
	Near map[int]Nearby
}

// Bind meets the needs for the tenant and draws the other values. It fails
// where a need cannot be met, such as a key of a table where the tenant has no row.
func (b *Binder) Bind(types []string, needs []proof.Need) ([]domain.Value, bool) {
	args := make([]domain.Value, len(types))
	for i, typ := range types {
		var mine []proof.Need
		for _, n := range needs {
			if n.Hole == i+1 {
				mine = append(mine, n)
			}
		}
		if len(mine) == 0 {
			if args[i] = b.found(typ, b.Near[i+1]); args[i] == nil {
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
func (b *Binder) any(typ string) domain.Value {
	if b.Rand.IntN(12) == 0 {
		return nil
	}
	if b.Rand.IntN(16) == 0 {
		return domain.Text(domain.ZeroOf(typ))
	}
	if !strings.HasSuffix(typ, "[]") {
		return domain.ValueOf(typ, b.number())
	}
	elements := make([]domain.Value, b.Rand.IntN(4))
	for i := range elements {
		elements[i] = domain.ValueOf(domain.BaseType(typ), b.number())
	}
	return domain.Text(domain.ArrayOf(elements))
}

// number draws the number of a value: often one of the few that every column has.
func (b *Binder) number() int {
	if b.Favourite > 0 && b.Rand.IntN(5) < 3 {
		return b.Favourite
	}
	if b.Rand.IntN(3) > 0 {
		return 1 + b.Rand.IntN(4)
	}
	return 1 + b.Rand.IntN(14)
}

// choose takes one of the choices, or an array of some, which is not empty if
// that counts as zero.
func (b *Binder) choose(typ string, choices []domain.Value, nonZero bool) domain.Value {
	choice := domain.One(b.Rand, choices)
	if !strings.HasSuffix(typ, "[]") || choice == nil || *choice == domain.ZeroOf(typ) {
		return choice
	}
	n := b.Rand.IntN(4)
	if nonZero {
		n = 1 + b.Rand.IntN(3)
	}
	elements := make([]domain.Value, n)
	for i := range elements {
		elements[i] = domain.One(b.Rand, choices)
	}
	return domain.Text(domain.ArrayOf(elements))
}

// choices are the values that meet every need.
func (b *Binder) choices(typ string, needs []proof.Need) []domain.Value {
	var met []domain.Value
	for i, need := range needs {
		values := b.Meeting(typ, need)
		if i == 0 {
			met = values
			continue
		}
		met = intersect(met, values)
	}
	return met
}

// intersect keeps the values of a that are in b, NULL among them.
func intersect(a, b []domain.Value) []domain.Value {
	var out []domain.Value
	for _, v := range a {
		for _, u := range b {
			if v == nil && u == nil || domain.Equal(u, v) {
				out = append(out, v)
				break
			}
		}
	}
	return out
}

// Meeting lists the values that meet one need.
func (b *Binder) Meeting(typ string, need proof.Need) []domain.Value {
	switch need.Kind {
	case proof.Tenant:
		if need.Second {
			return b.secondLevel()
		}
		return []domain.Value{domain.Text(b.Tenant)}
	case proof.Key:
		return b.keys(need)
	case proof.Principal:
		return b.Principals()
	case proof.Zero:
		if need.Null {
			return []domain.Value{nil}
		}
		return []domain.Value{nil, domain.Text(domain.ZeroOf(typ))}
	}
	var all []domain.Value
	for n := 1; n <= 14; n++ {
		if v := domain.ValueOf(domain.BaseType(typ), n); *v != domain.ZeroOf(domain.BaseType(typ)) {
			all = append(all, v)
		}
	}
	return all
}

// keys are the tenant's values of a key column.
func (b *Binder) keys(need proof.Need) []domain.Value {
	if t := b.World.Named(need.Table); t != nil {
		return b.valuesIn(t, need.Column)
	}
	return nil
}

// valuesIn lists what the tenant's rows hold in a column, NULLs left out: a NULL is no key.
func (b *Binder) valuesIn(t *catalogue.Table, column string) []domain.Value {
	var out []domain.Value
	for _, row := range b.Data.RowsOf(t, b.Tenant) {
		if values, ok := fixture.Pick(t, row, []string{column}); ok {
			out = append(out, values[0])
		}
	}
	return out
}

// Principals are the users that are members of the tenant, or the viewer.
func (b *Binder) Principals() []domain.Value {
	if b.User != nil {
		return []domain.Value{b.User}
	}
	var out []domain.Value
	for _, t := range b.World.Order {
		if t.Tenancy == catalogue.Membership {
			out = append(out, b.valuesIn(t, t.User)...)
		}
	}
	return out
}

// secondLevel are the tenant's values of the second-level column.
func (b *Binder) secondLevel() []domain.Value {
	var out []domain.Value
	for _, t := range b.World.Order {
		if t.Level2 == b.World.Cat.Level2 {
			out = append(out, b.valuesIn(t, t.Level2)...)
		}
	}
	return out
}
