package postgres

import (
	"sort"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/pgnode"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// bound is a text whose placeholders are all written as $N, with the way back.
type bound struct {
	Text   string
	tokens []sqltext.Lexeme // of the original text, without blanks and comments
	edits  []edit
	holes  map[int]sqltree.Hole // by number; only those that are not plain $N
}

// edit is a placeholder: text[at:end] of the new text stood at from of the old
// one and was size bytes long.
type edit struct{ at, end, from, size int }

// old is the offset in the original text. What stands inside a replaced
// placeholder stood at its beginning.
func (b bound) old(at int) sqltree.Pos {
	i := sort.Search(len(b.edits), func(i int) bool { return b.edits[i].at > at })
	if i == 0 {
		return sqltree.Pos(at)
	}
	e := b.edits[i-1]
	if at < e.end {
		return sqltree.Pos(e.from)
	}
	return sqltree.Pos(at - e.end + e.from + e.size)
}

// Bind replaces the placeholders of a text. Its bind values are marked by `$1`, `@name`
// and sqlc.arg(name), and, where a value must stand, by `?` and `:name`: elsewhere these
// are an operator of jsonb and a bound of an array slice.
func Bind(text string) bound {
	b := binder{text: text, tokens: sqltext.Lex(text), numbers: map[string]int{}, holes: map[int]sqltree.Hole{}}
	b.next = b.highest()
	for i := 0; i < len(b.tokens); {
		i = b.token(i)
	}
	out := bound{Text: text, tokens: b.tokens, edits: b.edits, holes: b.holes}
	if len(b.edits) > 0 {
		b.out.WriteString(text[b.done:])
		out.Text = b.out.String()
	}
	return out
}

// binder writes the new text.
type binder struct {
	text    string
	tokens  []sqltext.Lexeme
	out     strings.Builder
	done    int // how much of the old text is written
	edits   []edit
	numbers map[string]int
	next    int // the highest number so far
	holes   map[int]sqltree.Hole
}

// highest is the highest $N of the text; named binds are numbered from there.
func (b *binder) highest() int {
	high := 0
	for _, t := range b.tokens {
		if t.Kind != sqltext.Param {
			continue
		}
		if n, err := strconv.Atoi(t.Text[1:]); err == nil {
			high = max(high, n)
		}
	}
	return high
}

// token looks at token i and returns the index of the next to look at.
func (b *binder) token(i int) int {
	t := b.tokens[i]
	switch {
	case t.Kind == sqltext.Op:
		return b.operator(i)
	case t.Is("sqlc"):
		return b.macro(i)
	case t.Text == ":":
		return b.colon(i)
	}
	if name, wrong := pgnode.Misread(b.tokens, i); wrong {
		b.replace(t.Start, t.End, name)
	}
	return i + 1
}

// operator looks for binds that the lexer took for operator characters: the @
// of `@name`, also in `=@name`, and `?` where a value must stand.
func (b *binder) operator(i int) int {
	t := b.tokens[i]
	if strings.Contains(t.Text, "?") {
		b.questions(i)
	}
	if !strings.HasSuffix(t.Text, "@") || operatorsWithAt(t.Text) || !b.adjacentWord(i) {
		return i + 1
	}
	name := b.tokens[i+1]
	b.replace(t.End-1, name.End, b.named(sqltree.Hole{Name: name.Text}))
	return i + 2
}

// operatorsWithAt tells PostgreSQL's operators that end in @, so that `a <@b`
// is no bind.
func operatorsWithAt(op string) bool {
	switch op {
	case "<@", "@@", "@@@", "@-@", "<<@", "~@", "!@", "^@":
		return true
	}
	return false
}

// questions numbers the question marks of a run of operator characters where a value
// must stand: the lexer takes `=?` and `?||?` for one operator each. Elsewhere they are
// operators. Blanks around the number keep it apart from what it touches.
func (b *binder) questions(i int) {
	t := b.tokens[i]
	operand := b.expectsOperand(i)
	for at := 0; at < len(t.Text); {
		rest := t.Text[at:]
		next := strings.IndexByte(rest[1:], '?') + 1
		switch {
		case operand && rest[0] == '?':
			b.next++
			b.replace(t.Start+at, t.Start+at+1, " $"+strconv.Itoa(b.next)+" ")
			operand = false
			at++
		case next == 0 || !operand && operatorWithQuestion(rest):
			return
		default:
			operand = true
			at += next
		}
	}
}

// operatorWithQuestion tells PostgreSQL's operators that have a question mark.
func operatorWithQuestion(op string) bool {
	switch op {
	case "?", "?|", "?&", "@?", "?-", "?#", "?||", "?-|":
		return true
	}
	return false
}

// expectsOperand reports whether a value must stand at token i: `a ?` asks for a key of
// a, `= ?` and `AND ?` are a bind.
func (b *binder) expectsOperand(i int) bool {
	if i == 0 {
		return false
	}
	switch t := b.tokens[i-1]; t.Kind {
	case sqltext.Word:
		return beforeOperand(strings.ToLower(t.Text))
	case sqltext.Punct:
		return t.Text == "(" || t.Text == "," || t.Text == "[" || t.Text == "="
	case sqltext.Op:
		return true
	}
	return false
}

// beforeOperand tells the words of SQL after which only a value can stand.
func beforeOperand(word string) bool {
	switch word {
	case "and", "any", "array", "between", "by", "case", "distinct", "else", "escape", "from", "having", "ilike", "in", "interval",
		"like", "limit", "not", "offset", "on", "or", "returning", "select", "set", "similar", "symmetric", "then", "to", "values",
		"when", "where", "with":
		return true
	}
	return false
}

// colon reads :name and :name.part where a value must stand, but not the cast a::b nor
// the assignment a := b nor the bounds a[:b].
func (b *binder) colon(i int) int {
	if !b.adjacentWord(i) || !b.expectsOperand(i) || b.tokens[i-1].Text == "[" {
		return i + 1
	}
	last := i + 1
	for last+2 < len(b.tokens) && b.tokens[last+1].Text == "." && b.tokens[last+1].Start == b.tokens[last].End && b.adjacentWord(last+1) {
		last += 2
	}
	name := b.text[b.tokens[i+1].Start:b.tokens[last].End]
	b.replace(b.tokens[i].Start, b.tokens[last].End, b.named(sqltree.Hole{Name: name}))
	return last + 1
}

// adjacentWord tells that a word follows without a blank: `@ x` is an operator
// on a column, `@x` a bind.
func (b *binder) adjacentWord(i int) bool {
	return i+1 < len(b.tokens) && b.tokens[i+1].Kind == sqltext.Word && b.tokens[i+1].Start == b.tokens[i].End
}

// macro reads sqlc.arg(name), sqlc.narg(name), sqlc.slice(name) and
// sqlc.embed(table).
func (b *binder) macro(i int) int {
	m, ok := sqltext.MacroAt(b.tokens, i)
	if !ok {
		return i + 1
	}
	text := m.Name + ".*"
	if m.Kind != "embed" {
		text = b.named(sqltree.Hole{Name: m.Name, Null: m.Kind == "narg", Slice: m.Kind == "slice"})
	}
	b.replace(m.Start, m.End, text)
	return i + m.Tokens
}

// named is the number of a named bind; a name that appears again keeps it, and
// what one appearance says of NULL or lists holds for all.
func (b *binder) named(h sqltree.Hole) string {
	n, seen := b.numbers[h.Name]
	if !seen {
		b.next++
		n = b.next
		b.numbers[h.Name] = n
	}
	before := b.holes[n]
	h.Number, h.Null, h.Slice = n, h.Null || before.Null, h.Slice || before.Slice
	b.holes[n] = h
	return "$" + strconv.Itoa(n)
}

// replace writes text in the place of what stood from start to end.
func (b *binder) replace(start, end int, text string) {
	b.out.WriteString(b.text[b.done:start])
	at := b.out.Len()
	b.out.WriteString(text)
	// A word may follow at once (`@a` before a comment cannot, `?AND` can).
	if end < len(b.text) && sqltext.InWord(b.text[end]) {
		b.out.WriteByte(' ')
	}
	b.edits = append(b.edits, edit{at: at, end: b.out.Len(), from: start, size: end - start})
	b.done = end
}
