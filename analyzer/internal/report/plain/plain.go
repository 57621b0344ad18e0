// Package plain makes texts from elsewhere safe to print: names of tables, files and
// settings, and the words of other programs' errors reach a terminal or the log of a CI
// service only escaped.
//
// In goes any text; out comes one line of it. Control characters, those that turn the
// direction of text, and line breaks are written as Go escapes, and nothing is a command of a
// CI service.
//
// It cannot see what a terminal does with the characters that are left.
package plain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// commands breaks up what a CI service reads as a command wherever it stands in a line.
var commands = strings.NewReplacer("##[", `##\[`, "##vso[", `##vso\[`)

// Line is the text as one line that can be printed. GitHub reads a command after blanks, too.
func Line(s string) string {
	var b strings.Builder
	if rest := strings.TrimLeft(s, " "); strings.HasPrefix(rest, "::") {
		b.WriteString(s[:len(s)-len(rest)] + `\`)
		s = rest
	}
	for _, r := range commands.Replace(s) {
		if printable(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// printable reports whether a character only stands for itself.
func printable(r rune) bool {
	return r == ' ' || unicode.IsGraphic(r) && !unicode.Is(unicode.Bidi_Control, r) && r != '\u2028' && r != '\u2029'
}

// Lines is a text of several lines, each of which can be printed.
func Lines(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		text, broken := strings.CutSuffix(line, "\n")
		b.WriteString(Line(text))
		if broken {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// Printf writes lines of our own that hold texts from elsewhere: every text among the arguments
// is escaped, the format is not.
func Printf(w io.Writer, format string, args ...any) {
	escaped := make([]any, len(args))
	for i, a := range args {
		escaped[i] = a
		if v := reflect.ValueOf(a); v.Kind() == reflect.String {
			escaped[i] = Line(v.String())
		}
	}
	fmt.Fprintf(w, format, escaped...)
}

// WriteJSON writes a value as indented JSON that can be printed. The error is that of the value
// or of the writer.
func WriteJSON(w io.Writer, value any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(value); err != nil {
		return err
	}
	_, err := w.Write(escapedJSON(b.Bytes()))
	return err
}

// escapedJSON is a JSON text that says the same: what is not printable in its strings is
// written as escapes of JSON.
func escapedJSON(text []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(text) {
		if r == '\n' || printable(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	out := bytes.ReplaceAll(b.Bytes(), []byte("##["), []byte(`##\u005b`))
	return bytes.ReplaceAll(out, []byte("##vso["), []byte(`##vso\u005b`))
}
