package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
)

// TestRun makes all mutants of a small module at once, runs its tests against each,
// and compares what becomes of them with what the case says. That one build has all of
// them shows that they nest.
func TestRun(t *testing.T) {
	golden.Cases(t, "testdata/*.txtar", func(t *testing.T, in *txtar.Archive) string {
		root := module(t, in)
		list, err := mutantsOf(root, group{"all", []string{"m"}, nil, false})
		require.NoError(t, err)
		lab, err := build(root, list)
		require.NoError(t, err)
		defer lab.close()
		lab.slack = 3 * time.Second
		require.NoError(t, lab.tryAll(list, options{}))
		var b strings.Builder
		for _, m := range list {
			fmt.Fprintf(&b, "%d %s in %s: %s → %s: %s\n", m.line, m.kind, m.function, m.was, m.is, m.fate)
		}
		return b.String()
	})
}

// module writes the files of a case where the packages of groups lie.
func module(t *testing.T, in *txtar.Archive) string {
	root := t.TempDir()
	dir := filepath.Join(root, internal, "m")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "go.mod"), []byte("module example.com/m\n\ngo 1.24\n"), 0o600))
	for _, f := range in.Files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600))
	}
	return root
}

// TestDraw: a sample is fixed by its seed, and does not change with what is beside it.
func TestDraw(t *testing.T) {
	list := []*mutant{}
	for i := range 50 {
		list = append(list, &mutant{id: fmt.Sprintf("%08x", i*i)})
	}
	first := draw(list, 1, 10)
	assert.Len(t, first, 10)
	assert.Equal(t, first, draw(list, 1, 10))
	assert.NotEqual(t, first, draw(list, 2, 10))
	assert.Subset(t, draw(list, 1, 11), first)
	assert.Subset(t, draw(append([]*mutant{{id: "beside"}}, list...), 1, 11), first)
	assert.Len(t, draw(list, 1, 100), 50)
	assert.Equal(t, []int{4, 3, 3}, quotas(10, 3))
}

// TestIdentify: an id is of the change and its function, not of its line.
func TestIdentify(t *testing.T) {
	a := &mutant{function: "f", was: "x", line: 1}
	b := &mutant{function: "f", was: "x", line: 2}
	c := &mutant{function: "g", was: "x", line: 3}
	identify([]*mutant{a, b, c})
	assert.NotEqual(t, a.id, b.id)
	assert.NotEqual(t, a.id, c.id)
	again := &mutant{function: "f", was: "x", line: 9}
	identify([]*mutant{again})
	assert.Equal(t, a.id, again.id)
}

func TestSummarise(t *testing.T) {
	var b strings.Builder
	share := summarise(&b, []*mutant{
		{pkg: "a", file: "a/x.go", line: 1, id: "1", kind: "k", function: "f", was: "p", is: "q"},
		{pkg: "a", fate: killed}, {pkg: "b", fate: timedOut},
		{pkg: "b", file: "b/y.go", line: 2, id: "2", kind: "k", function: "g", was: "p", is: "q", fate: unreached},
	})
	assert.Equal(t, `a: 1 of 2 survive
  a/x.go:1 [1] k in f: p → q
b: 1 of 2 survive
  b/y.go:2 [2] k in g: p → q (reached by no test)
2 of 4 survive: 50 %
`, b.String())
	assert.InDelta(t, 50, share, 0.1)
}

// TestEquivalent: the list of equivalent mutants can be read, and names mutants that
// there are.
func TestEquivalent(t *testing.T) {
	listed, err := readEquivalent()
	require.NoError(t, err)
	for _, g := range groups {
		list, err := mutantsOf("../../../..", g)
		require.NoError(t, err)
		assert.NotEmpty(t, list, g.name)
		for _, m := range list {
			delete(listed, m.id)
		}
	}
	assert.Empty(t, listed, "no such mutants any more: drop the lines")
}
