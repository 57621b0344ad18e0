package run

import (
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// numbered is a text whose placeholders have the given numbers: placeholder i
// becomes number numbers[i-1]. It is nil if the text cannot run with so many bind
// values, and does not fit if it may have placeholders that are not seen.
//
// Question marks are counted, and written as numbers if several texts share one
// list of bind values.
func numbered(t term.Term, numbers []int, shared bool) (out term.Term, fits bool) {
	c, known := t.(*term.Const)
	same := true
	for i, n := range numbers {
		same = same && n == i+1
	}
	if !known {
		return renumberedParts(t, numbers, same)
	}
	text, highest := renumber(c.Text, numbers)
	if highest > len(numbers) {
		return nil, true
	}
	if marks := questions(c.Text); highest == 0 && len(marks) > 0 && len(numbers) > 0 {
		if len(marks) != len(numbers) {
			return nil, true
		}
		if shared {
			text = answered(c.Text, marks, numbers)
		}
	}
	return &term.Const{Kind: term.Text, Text: text}, true
}

// renumberedParts covers a text of which a part is not known: the placeholders of
// that part keep their numbers (see agreed), so question marks cannot be counted.
func renumberedParts(t term.Term, numbers []int, same bool) (term.Term, bool) {
	if same {
		return t, true
	}
	x, ok := t.(*term.Concat)
	if !ok {
		return t, true
	}
	parts := make([]term.Term, len(x.Parts))
	for i, p := range x.Parts {
		parts[i] = p
		c, ok := p.(*term.Const)
		if !ok {
			continue
		}
		if len(questions(c.Text)) > 0 {
			return nil, false
		}
		s, _ := renumber(c.Text, numbers)
		parts[i] = &term.Const{Kind: term.Text, Text: s}
	}
	return term.CatOf(parts...), true
}

// renumber gives each $n of a text its new number. It does not look for quotes:
// what stands in a literal is no placeholder under any number.
func renumber(s string, numbers []int) (out string, highest int) {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '$')
		if i < 0 {
			b.WriteString(s)
			return b.String(), highest
		}
		end := i + 1
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		b.WriteString(s[:i+1])
		n, err := strconv.Atoi(s[i+1 : end])
		switch {
		case err != nil || n == 0:
			b.WriteString(s[i+1 : end])
		case n <= len(numbers):
			b.WriteString(strconv.Itoa(numbers[n-1]))
			highest = max(highest, n)
		default:
			b.WriteString(s[i+1 : end])
			highest = max(highest, n)
		}
		s = s[end:]
	}
}

// questions are the places of the question marks of a text that are outside
// literals and comments.
func questions(s string) []int {
	var out []int
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\'' || s[i] == '"' || s[i] == '`':
			if end := strings.IndexByte(s[i+1:], s[i]); end >= 0 {
				i += end + 1
			}
		case strings.HasPrefix(s[i:], "--"):
			if end := strings.IndexByte(s[i:], '\n'); end >= 0 {
				i += end
			} else {
				i = len(s)
			}
		case s[i] == '?':
			out = append(out, i)
		}
	}
	return out
}

// answered writes numbers for question marks.
func answered(s string, marks, numbers []int) string {
	var b strings.Builder
	done := 0
	for i, at := range marks {
		b.WriteString(s[done:at] + "$" + strconv.Itoa(numbers[i]))
		done = at + 1
	}
	b.WriteString(s[done:])
	return b.String()
}
