package term_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// TestKeyOf: a context key has one text, and what may be several keys has none.
func TestKeyOf(t *testing.T) {
	text := &term.Const{Kind: term.Text, Text: "org"}
	name := term.Step{Kind: term.FieldStep, Name: "Org"}
	for _, c := range []struct {
		typ  string
		of   term.Term
		want string
	}{
		{"string", text, `"org"`},
		{"a.key", text, `a.key("org")`},
		{"", text, "?"},
		{"a.key", &term.Const{Kind: term.Number, Text: "1"}, "?"},
		{"a.key", &term.Origin{Kind: term.Request, Group: "form", Name: "k"}, "?"},
		{"a.key", &term.Path{Root: term.Global, Name: "a.Keys", Steps: []term.Step{name}}, "a.Keys.Org"},
		{"a.key", &term.Path{Root: term.Global, Name: "a.Keys", Steps: []term.Step{{Kind: term.ElemStep}}}, "?"},
		{"a.key", &term.Path{Root: term.Context, Name: "k"}, "?"},
		{"a.key", &term.Struct{Type: "a.key", Fields: []term.Field{{Name: "n", Term: text}}}, `a.key{n: "org"}`},
		{"", &term.Struct{Type: "a.key", Fields: []term.Field{{Name: "n", Term: text}}}, "?"},
		{"a.key", &term.Struct{Type: "a.key", Fields: []term.Field{{Name: "n", Term: &term.Path{}}}}, "?"},
		{"a.key", &term.Path{Root: term.Param, Index: 2, Steps: []term.Step{name}}, "?a.key|p2.Org"},
		{"a.key", &term.Path{Root: term.Free, Name: "k"}, "?a.key|fv.k"},
	} {
		assert.Equal(t, c.want, term.KeyOf(c.typ, c.of), c.of.String())
	}
}

// TestHandedKey: a key that a function was handed is, in a caller, the one that the caller
// hands it; which that is, may be its own caller's to say.
func TestHandedKey(t *testing.T) {
	handed := &term.Path{Root: term.Context, Name: "?a.key|p1", Steps: []term.Step{{Kind: term.FieldStep, Name: "OrgID"}}}
	assert.True(t, term.IsOpen(handed))
	for _, c := range []struct {
		arg  term.Term
		want string
	}{
		{&term.Const{Kind: term.Text, Text: "org"}, `ctx("a.key(\"org\")").OrgID`},
		{&term.Path{Root: term.Param, Index: 0}, `ctx("?a.key|p0").OrgID`},
		{&term.Path{Root: term.Free, Name: "k"}, `ctx("?a.key|fv.k").OrgID`},
		{&term.Origin{Kind: term.Request, Group: "form"}, `unknown("computed context key")`},
		{nil, `unknown("computed context key")`},
	} {
		assert.Equal(t, c.want, term.Substitution{Args: []term.Term{nil, c.arg}}.Apply(handed).String())
	}
	captured := &term.Path{Root: term.Context, Name: "?a.key|fv.k.Org"}
	keys := term.Field{Name: "k", Term: &term.Path{Root: term.Global, Name: "a.Keys"}}
	assert.Equal(t, `ctx(a.Keys.Org)`, term.Substitution{Free: []term.Field{keys}}.Apply(captured).String())
}
