package library

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBuiltInDataLoads(t *testing.T) {
	s, err := Load()
	require.NoError(t, err)
	assert.NotEmpty(t, s.Models())
	m := s.models["database/sql.(*DB).QueryContext"]
	require.NotNil(t, m)
	assert.Equal(t, Runs, m.Verb)
	assert.Equal(t, "query", m.Kind)
	assert.Equal(t, 1, m.Of)
	assert.Equal(t, 2, m.Args)
}

func TestDataIsReadStrictly(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown key", "package: p\nfuncs: {}\n", "x.yaml:2: unknown key funcs"},
		{"unknown verb", "package: p\nfunctions:\n  F: {runz: query}\n", "x.yaml:3: unknown verb or word runz"},
		{"unknown kind", "package: p\nfunctions:\n  F: {runs: ask, text: 0}\n", `x.yaml:3: want one of query, queryrow, exec, prepare, batch, copy, have "ask"`},
		{"two verbs", "package: p\nfunctions:\n  F: {same: 0, gets: 1}\n", "x.yaml:3: second verb gets"},
		{"twice", "package: p\nfunctions:\n  F: ignore\n  F: ignore\n", "x.yaml:4: F stands here twice"},
		{"missing text", "package: p\nfunctions:\n  F: {runs: query}\n", "x.yaml:3: p.F lacks text or built"},
		{"position", "package: p\nfunctions:\n  F: {same: x}\n", `x.yaml:3: want the position of an argument or recv, have "x"`},
		{"no package", "functions: {}\n", "x.yaml:1: want package first, have functions"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := empty()
			assert.EqualError(t, s.Add("x.yaml", []byte(c.text)), c.want)
		})
	}
}

func TestDescribedTwiceAcrossFiles(t *testing.T) {
	s, err := Load()
	require.NoError(t, err)
	assert.ErrorContains(t, s.Add("mine.yaml", []byte("package: net/http\n")), "package net/http was described already")
}
