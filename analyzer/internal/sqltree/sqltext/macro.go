package sqltext

import "strings"

// MaxNesting caps the parentheses of a text whose grammar descends into each of them.
const MaxNesting = 500

// Nesting is an upper bound of the depth of parentheses; it counts those in
// strings, too, which does no harm below the cap.
func Nesting(text string) int {
	depth, deepest := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(', '[':
			depth++
			deepest = max(deepest, depth)
		case ')', ']':
			depth--
		}
	}
	return deepest
}

// Bind is a bind value of a text of MySQL or SQLite that is named by `:name` or
// `:name.part`, or not named at all, `?`.
type Bind struct {
	Name       string
	Start, End int
}

// BindsOf finds the binds of a text in their order; with escapes, as in MySQL, see
// [SplitOther].
func BindsOf(text string, escapes bool) []Bind {
	var out []Bind
	tokens := lex(Lexer{Text: text, other: true, escapes: escapes})
	for i, t := range tokens {
		switch {
		case t.Kind == Op:
			for at := range len(t.Text) {
				if t.Text[at] == '?' {
					out = append(out, Bind{Start: t.Start + at, End: t.Start + at + 1})
				}
			}
		case t.Text == ":" && adjacent(tokens, i) && (i == 0 || tokens[i-1].Text != ":" || tokens[i-1].End != t.Start):
			last := i + 1
			for last+1 < len(tokens) && tokens[last+1].Text == "." && tokens[last+1].Start == tokens[last].End && adjacent(tokens, last+1) {
				last += 2
			}
			out = append(out, Bind{Name: text[t.End:tokens[last].End], Start: t.Start, End: tokens[last].End})
		}
	}
	return out
}

// adjacent tells that a word follows token i without a blank.
func adjacent(tokens []Lexeme, i int) bool {
	return i+1 < len(tokens) && tokens[i+1].Kind == Word && tokens[i+1].Start == tokens[i].End
}

// Macro is a call of sqlc's: Kind is arg, narg, slice or embed.
type Macro struct {
	Kind, Name string
	Start, End int
	Tokens     int
}

// MacroAt reads a macro that begins at a token; its name may be quoted in any way.
func MacroAt(tokens []Lexeme, i int) (Macro, bool) {
	const length = 6 // sqlc . arg ( name )
	if !tokens[i].Is("sqlc") || i+length > len(tokens) {
		return Macro{}, false
	}
	m := tokens[i : i+length]
	name := unquoted(m[4])
	kind := strings.ToLower(m[2].Text)
	known := kind == "arg" || kind == "narg" || kind == "slice" || kind == "embed"
	if m[1].Text != "." || m[3].Text != "(" || m[5].Text != ")" || name == "" || !known {
		return Macro{}, false
	}
	return Macro{Kind: kind, Name: name, Start: m[0].Start, End: m[5].End, Tokens: length}, true
}

// unquoted is the name that a macro of sqlc is given, as a word or in quotes of
// either kind; "" for anything else.
func unquoted(t Lexeme) string {
	switch t.Kind {
	case Word:
		return t.Text
	case Quoted, String:
		return strings.Trim(t.Text, `"'`)
	}
	return ""
}
