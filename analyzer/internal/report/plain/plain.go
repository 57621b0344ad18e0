// Package plain makes texts from elsewhere safe to print: names of tables, files and
// settings, and the words of other programs' errors reach a terminal or the log of a CI
// service only escaped.
//
// In goes any text; out comes one line of it. Control characters, those that turn the
// direction of text, and line breaks are written as Go escapes, and what would begin a
// command of a CI service does not stand at the beginning.
//
// It cannot see what a terminal does with the characters that are left.
package plain

import (
	"strconv"
	"strings"
	"unicode"
)

// Line is the text as one line that can be printed.
func Line(s string) string {
	var b strings.Builder
	if strings.HasPrefix(s, "::") || strings.HasPrefix(s, "##[") || strings.HasPrefix(s, "##vso[") {
		b.WriteByte('\\')
	}
	for _, r := range s {
		if r == ' ' || unicode.IsGraphic(r) && !unicode.Is(unicode.Bidi_Control, r) && r != '\u2028' && r != '\u2029' {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}
