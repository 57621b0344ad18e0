package baseline

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

const (
	one   = "1111111111111111"
	two   = "2222222222222222"
	three = "3333333333333333"
	four  = "4444444444444444"
)

func run() *finding.Run {
	at := func(file string, line int) finding.Place { return finding.Place{File: file, Line: line} }
	r := &finding.Run{
		Findings: []finding.Finding{
			{Rule: "missing-filter", Tier: finding.Error, Place: at("b.go", 100), Fingerprint: one},
			{Rule: "missing-filter", Tier: finding.Error, Place: at("b.go", 20), Fingerprint: two, Excluded: "generated"},
		},
		Calls: []finding.Call{
			{Verdict: finding.Unproven, Reached: true, Reason: "text not resolved: nobody calls it", Place: at("a b.go", 9), Fingerprint: three},
			{Verdict: finding.Proved, Reached: true, Place: at("a b.go", 8), Fingerprint: four},
		},
	}
	r.Count()
	return r
}

var text = fmt.Sprintf(header, noTables) + `3333333333333333  unproven/text-not-resolved  a b.go:9
1111111111111111  missing-filter  b.go:100
`

func TestFirst(t *testing.T) {
	next, dropped, fresh := (&Baseline{}).Update(run(), true)
	assert.Equal(t, strings.Replace(text, "baseline 1", "baseline 2", 1), next.Text())
	assert.Empty(t, dropped)
	assert.Len(t, fresh, 2)
	back, err := Read("f", text)
	require.NoError(t, err)
	assert.Equal(t, text, back.Text(), "what was written reads back")
}

// TestRatchet: without leave the file only gets shorter.
func TestRatchet(t *testing.T) {
	b, err := Read("f", "1111111111111111 missing-filter b.go:7 category=staff owner=@core # ask Ann\n4444444444444444 missing-filter c.go:1\n")
	require.NoError(t, err)
	next, dropped, fresh := b.Update(run(), false)
	assert.Equal(t, fmt.Sprintf(header, noTables)+"1111111111111111  missing-filter  b.go:100  category=staff  owner=@core  # ask Ann\n", next.Text())
	assert.Equal(t, four, dropped[0].Fingerprint, "a call that is proved needs no entry")
	assert.Equal(t, three, fresh[0].Fingerprint)

	next, _, _ = b.Update(run(), true)
	assert.Len(t, next.Entries, 2)
	assert.True(t, next.Tables, "what is accepted has the tables among it")
	again, err := Read("f", next.Text())
	require.NoError(t, err)
	assert.True(t, again.Tables)
	next, _, _ = again.Update(run(), false)
	assert.True(t, next.Tables)
}

func TestMark(t *testing.T) {
	b, err := Read("f", "1111111111111111 x b.go:7 category=staff\n4444444444444444 x c.go:1\n")
	require.NoError(t, err)
	r := run()
	b.Mark(r)
	r.Count()
	assert.True(t, r.Findings[0].Known)
	assert.Equal(t, "staff", r.Findings[0].Category)
	assert.False(t, r.Calls[0].Known)
	assert.False(t, r.Calls[1].Known, "an entry holds what is unproven, not what is proved")
	assert.Equal(t, 1, r.Summary.Known)
	assert.Zero(t, r.Summary.Errors)
	assert.Equal(t, 1, r.Summary.Unproven)
	assert.Zero(t, r.Summary.KnownUnproven)
	assert.Equal(t, "f", r.Baseline)
	gone := b.Gone(r)
	require.Len(t, gone, 1)
	assert.Equal(t, 2, gone[0].Line)
}

func TestWrong(t *testing.T) {
	for in, want := range map[string]string{
		"x missing-filter a.go:1":                                   "f:1: an entry is FINGERPRINT RULE PLACE [category=NAME] [owner=NAME] [# NOTE]",
		"# tenantvet baseline 3: x":                                 "f:1: baseline 3 was written by another version of tenantvet",
		"\n1111111111111111 missing-filter":                         "f:2: an entry is FINGERPRINT RULE PLACE [category=NAME] [owner=NAME] [# NOTE]",
		"1111111111111111 r a.go:1\n\n1111111111111111 r a.go:1":    "f:3: 1111111111111111 stands twice, first in line 1",
		"1111111111111111 r a.go:1 category=unimportant # it is so": `f:1: "unimportant" is no category; there are ` + finding.CategoryNames(),
	} {
		_, err := Read("f", in)
		assert.EqualError(t, err, want, in)
	}
	b, err := Read("f", "# only words\n\n")
	require.NoError(t, err)
	assert.Empty(t, b.Entries)
	assert.Equal(t, fmt.Sprintf(header, noTables), b.Text())
}

func TestNotesWithMarks(t *testing.T) {
	line := "1111111111111111  r  a=b c.go:1  owner=x  # see #12, category=staff"
	b, err := Read("f", line)
	require.NoError(t, err)
	assert.Equal(t, Entry{Fingerprint: one, Rule: "r", Place: "a=b c.go:1", Owner: "x", Note: "see #12, category=staff", Line: 1}, b.Entries[0])
	assert.Equal(t, line, strings.Split(b.Text(), "\n")[1])
}
