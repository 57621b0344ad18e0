package plain

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"invoices.organization_id: naïve “text” 日本": "invoices.organization_id: naïve “text” 日本",
		"a\nb\r\tc":               `a\nb\r\tc`,
		"\x1b[31mred\x1b[0m":      `\x1b[31mred\x1b[0m`,
		"user\u202etxt.exe":       `user\u202etxt.exe`,
		"a\u2066b\u200ec":         `a\u2066b\u200ec`,
		"::error::gone":           `\::error::gone`,
		"   ::error::gone":        `   \::error::gone`,
		"##[group]x":              `##\[group]x`,
		"a ##[error]x":            `a ##\[error]x`,
		"##vso[task.complete]":    `##vso\[task.complete]`,
		"pkg::name":               "pkg::name",
		"line\u2028separator\x00": `line\u2028separator\x00`,
		"\xff":                    "\ufffd",
		"":                        "",
	} {
		assert.Equal(t, want, Line(in), "%q", in)
	}
}

func TestLines(t *testing.T) {
	assert.Equal(t, "a\n  \\::warning::b\n\nc\\x1b", Lines("a\n  ::warning::b\n\nc\x1b"))
	assert.Empty(t, Lines(""))
}

func TestPrintf(t *testing.T) {
	type name string
	var b strings.Builder
	Printf(&b, "%s is %s, %d\n", "::error::x\n", name("y\x1b"), 3)
	assert.Equal(t, "\\::error::x\\n is y\\x1b, 3\n", b.String())
}

// TestWriteJSON: the text says the same, and a terminal or a log sees nothing in it.
func TestWriteJSON(t *testing.T) {
	in := []string{"user\u202etxt", "naïve 日本 😀", "##[error]x", "##vso[x]", "a\u2028b", "\x7f\u0085"}
	var safe strings.Builder
	require.NoError(t, WriteJSON(&safe, in))
	var out []string
	require.NoError(t, json.Unmarshal([]byte(safe.String()), &out))
	assert.Equal(t, in, out)
	assert.Equal(t, safe.String(), Lines(safe.String()))
}
