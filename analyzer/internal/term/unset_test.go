package term_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// TestRefilled: what was set stays, what was not is unknown, and so is what a struct does not
// name.
func TestRefilled(t *testing.T) {
	zero, set := &term.Origin{Kind: term.Zero}, &term.Path{Root: term.Context, Name: "org"}
	object := &term.Struct{Type: "a.T", Fields: []term.Field{{Name: "ID", Term: zero}, {Name: "Org", Term: set}}}
	for want, x := range map[string]term.Term{
		`unknown(why)`:              zero,
		`ctx(org)`:                  set,
		`(ctx(org) | unknown(why))`: term.JoinOf(zero, set),
		`a.T{base unknown(why), .ID: unknown(why), .Org: ctx(org)}`: object,
	} {
		assert.Equal(t, want, term.Refilled(x, "why").String())
	}
	below := &term.Struct{Type: "a.T", Base: set, Fields: object.Fields}
	assert.Equal(t, `a.T{base ctx(org), .ID: unknown(why), .Org: ctx(org)}`, term.Refilled(below, "why").String())
}
