package plain

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"invoices.organization_id: naïve “text” 日本": "invoices.organization_id: naïve “text” 日本",
		"a\nb\r\tc":               `a\nb\r\tc`,
		"\x1b[31mred\x1b[0m":      `\x1b[31mred\x1b[0m`,
		"user\u202etxt.exe":       `user\u202etxt.exe`,
		"a\u2066b\u200ec":         `a\u2066b\u200ec`,
		"::error::gone":           `\::error::gone`,
		"##[group]x":              `\##[group]x`,
		"##vso[task.complete]":    `\##vso[task.complete]`,
		"pkg::name":               "pkg::name",
		"line\u2028separator\x00": `line\u2028separator\x00`,
		"\xff":                    "\ufffd",
		"":                        "",
	} {
		assert.Equal(t, want, Line(in), "%q", in)
	}
}
