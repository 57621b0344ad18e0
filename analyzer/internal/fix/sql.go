package fix

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// An insertion is text that goes in at an offset.
type insertion struct {
	at   int
	text string
}

// A predicate is what ties a table in a statement: its insertions, and where its value
// goes among the arguments.
type predicate struct {
	edits []insertion
	bind  string // the placeholder
	arg   int    // index among the arguments of the statement
	args  int    // how many the statement has without it
}

// statement is the text of one, as tokens with their depth in parentheses; a closing one is
// as deep as what it closes.
type statement struct {
	text   string
	tokens []sqltext.Lexeme
	depth  []int
}

func read(text string) *statement {
	s := &statement{text: text, tokens: sqltext.Lex(text)}
	depth := 0
	for _, t := range s.tokens {
		s.depth = append(s.depth, depth)
		switch t.Text {
		case "(":
			depth++
		case ")":
			depth--
		}
	}
	return s
}

// add gives the predicate that ties the table by the column. It is not given where the
// table stands in the statement twice, or where the place for it is not plain. Where the
// statement has no placeholder yet, the value gets the first one; where they have names, it
// gets the one that is named, if there is one.
func (s *statement) add(table, column, first, named string) (predicate, bool) {
	at, ok := s.relation(table)
	if !ok {
		return predicate{}, false
	}
	from, to, word := s.condition(at)
	if to < 0 {
		return predicate{}, false
	}
	cond := s.qualifier(at) + column + " = "
	var p predicate
	switch end := s.end(to - 1); {
	case word != "":
		p.edits = []insertion{{end, word + cond}}
	case s.has(from, to, "OR"):
		p.edits = []insertion{{s.tokens[from].Start, "("}, {end, ") AND " + cond}}
	default:
		p.edits = []insertion{{end, " AND " + cond}}
	}
	last := &p.edits[len(p.edits)-1]
	if !s.placeholder(&p, last.at, first, named) {
		return predicate{}, false
	}
	last.text += p.bind
	return p, true
}

// placeholder chooses the placeholder at an offset in the way of the statement's others.
func (s *statement) placeholder(p *predicate, at int, first, named string) bool {
	numbered, marks, before := 0, 0, 0
	for i, t := range s.tokens {
		switch {
		case t.Kind == sqltext.Param:
			n, err := strconv.Atoi(t.Text[1:])
			if err != nil {
				return false
			}
			numbered = max(numbered, n)
		case t.Kind == sqltext.Op && strings.Contains(t.Text, "?"):
			marks += strings.Count(t.Text, "?")
			if t.Start < at {
				before = marks
			}
		case isNamed(s.tokens, i):
			if named == "" {
				return false
			}
			p.bind = named
			return true
		}
	}
	switch {
	case numbered > 0 && marks > 0:
		return false
	case numbered > 0:
		p.bind, p.arg, p.args = "$"+strconv.Itoa(numbered+1), numbered, numbered
	case marks > 0:
		p.bind, p.arg, p.args = "?", before, marks
	default:
		p.bind = first
	}
	return true
}

// isNamed reports whether a placeholder with a name begins at a token: :name, @name, or
// sqlc's arg(name).
func isNamed(tokens []sqltext.Lexeme, i int) bool {
	t := tokens[i]
	if i+1 == len(tokens) || tokens[i+1].Start != t.End {
		return false
	}
	next := tokens[i+1]
	if t.Text == ":" {
		doubled := i > 0 && tokens[i-1].Text == ":" && tokens[i-1].End == t.Start
		return next.Kind == sqltext.Word && !doubled
	}
	return t.Is("SQLC") && next.Text == "." || t.Kind == sqltext.Op && strings.HasSuffix(t.Text, "@") && next.Kind == sqltext.Word
}

// relation is the token that names the table where the statement reads or changes it.
func (s *statement) relation(table string) (at int, ok bool) {
	table = table[strings.LastIndexByte(table, '.')+1:]
	at = -1
	for i, t := range s.tokens {
		if !isName(t) || !strings.EqualFold(strings.Trim(t.Text, `"`), table) || !s.namesRelation(i) {
			continue
		}
		if at >= 0 {
			return 0, false
		}
		at = i
	}
	return at, at >= 0
}

// namesRelation reports whether the name at a token stands where a relation stands whose
// rows a condition can choose.
func (s *statement) namesRelation(i int) bool {
	i--
	if i > 0 && s.tokens[i].Text == "." {
		i -= 2 // the schema
	}
	if i >= 0 && s.tokens[i].Is("ONLY") {
		i--
	}
	if i < 0 {
		return false
	}
	if s.tokens[i].Text == "," {
		return s.inFrom(i)
	}
	return isOneOf(s.tokens[i], "FROM", "JOIN", "UPDATE")
}

// inFrom reports whether the comma at a token separates relations.
func (s *statement) inFrom(i int) bool {
	for j := i - 1; j >= 0 && s.depth[j] >= s.depth[i]; j-- {
		if s.depth[j] > s.depth[i] {
			continue
		}
		if t := s.tokens[j]; t.Is("FROM") {
			return true
		} else if isOneOf(t, "SELECT", "SET", "WHERE", "BY", "VALUES", "RETURNING") {
			return false
		}
	}
	return false
}

// qualifier is how a column of the relation at a token is named there: by its alias, by its
// name where there are other relations beside it, or bare.
func (s *statement) qualifier(at int) string {
	next := at + 1
	if next < len(s.tokens) && s.tokens[next].Is("AS") {
		next++
	}
	if next < len(s.tokens) && isName(s.tokens[next]) && !endsRelation(s.tokens[next]) {
		return s.tokens[next].Text + "."
	}
	from, to := s.block(at)
	for i := from; i < to; i++ {
		if s.depth[i] == s.depth[at] && (s.tokens[i].Is("JOIN") || s.tokens[i].Text == "," && s.inFrom(i)) {
			return s.tokens[at].Text + "."
		}
	}
	return ""
}

// condition is the range of tokens of the condition that chooses the relation's rows: the
// ON of an outer join, the WHERE of anything else. Where there is none it is empty, and
// word begins it. It has no place, and to is -1, where an outer join has no ON.
func (s *statement) condition(at int) (from, to int, word string) {
	_, end := s.block(at)
	d := s.depth[at]
	find := func(from int, is func(sqltext.Lexeme) bool) int {
		for i := from; i < end; i++ {
			if s.depth[i] == d && is(s.tokens[i]) {
				return i
			}
		}
		return end
	}
	if s.outer(at) {
		on := find(at+1, func(t sqltext.Lexeme) bool { return t.Is("ON") || endsJoin(t) })
		if on == end || !s.tokens[on].Is("ON") {
			return 0, -1, ""
		}
		return on + 1, find(on+1, endsJoin), ""
	}
	where := find(at+1, func(t sqltext.Lexeme) bool { return t.Is("WHERE") || endsWhere(t) })
	if where < end && s.tokens[where].Is("WHERE") {
		return where + 1, find(where+1, endsWhere), ""
	}
	return where, where, " WHERE "
}

// outer reports whether the relation at a token is the optional side of a join, or may be.
func (s *statement) outer(at int) bool {
	for i := at - 1; i >= 0 && i >= at-5; i-- {
		if isOneOf(s.tokens[i], "LEFT", "RIGHT", "FULL") {
			return true
		}
		if !isOneOf(s.tokens[i], "JOIN", "OUTER", "ONLY") && s.tokens[i].Text != "." && s.tokens[i+1].Text != "." {
			return false
		}
	}
	return false
}

// block is the range of tokens of the SELECT, UPDATE or DELETE around a token, without its
// neighbours in a set operation.
func (s *statement) block(at int) (from, to int) {
	outside := func(i int) bool {
		t := s.tokens[i]
		return s.depth[i] < s.depth[at] || t.Text == ";" || s.depth[i] == s.depth[at] && (t.Text == ")" || isOneOf(t, "UNION", "EXCEPT", "INTERSECT"))
	}
	for from = at; from > 0 && !outside(from-1); from-- {
	}
	for to = at; to < len(s.tokens) && !outside(to); to++ {
	}
	return from, to
}

// end is the offset behind a token.
func (s *statement) end(i int) int { return s.tokens[i].End }

// has reports whether a word stands in a range, in no parentheses of it.
func (s *statement) has(from, to int, word string) bool {
	for i := from; i < to; i++ {
		if s.tokens[i].Is(word) && s.depth[i] == s.depth[from] {
			return true
		}
	}
	return false
}

// close gives the parentheses that an OR beside the column's comparison lacks: those around
// what stands before or behind it.
func (s *statement) close(column string) ([]insertion, bool) {
	for i, t := range s.tokens {
		if !t.Is("WHERE") {
			continue
		}
		to := i + 1
		for to < len(s.tokens) && s.depth[to] >= s.depth[i] && !(s.depth[to] == s.depth[i] && endsWhere(s.tokens[to])) {
			to++
		}
		if edits, ok := s.around(i+1, to, column); ok {
			return edits, true
		}
	}
	return nil, false
}

// around closes what stands beside the comparison that begins or ends a condition.
func (s *statement) around(from, to int, column string) ([]insertion, bool) {
	if !s.has(from, to, "OR") {
		return nil, false
	}
	if end := s.comparison(from, column); end > 0 && end < to && s.tokens[end].Is("AND") {
		return []insertion{{s.tokens[end+1].Start, "("}, {s.end(to - 1), ")"}}, true
	}
	for i := from + 1; i < to; i++ {
		if s.depth[i] == s.depth[from] && s.tokens[i-1].Is("AND") && s.comparison(i, column) == to {
			return []insertion{{s.tokens[from].Start, "("}, {s.end(i - 2), ")"}}, true
		}
	}
	return nil, false
}

// comparison is the token behind [alias.]column = placeholder that begins at i; 0 for none.
func (s *statement) comparison(i int, column string) int {
	if i+2 < len(s.tokens) && s.tokens[i+1].Text == "." {
		i += 2
	}
	if i+2 >= len(s.tokens) || !strings.EqualFold(strings.Trim(s.tokens[i].Text, `"`), column) || s.tokens[i+1].Text != "=" {
		return 0
	}
	switch v := s.tokens[i+2]; {
	case v.Kind == sqltext.Param || v.Text == "?":
		return i + 3
	case v.Text == ":" || v.Text == "@":
		return i + 4
	case v.Is("SQLC"):
		return i + 8 // sqlc . arg ( name )
	}
	return 0
}

func isName(t sqltext.Lexeme) bool { return t.Kind == sqltext.Word || t.Kind == sqltext.Quoted }

func isOneOf(t sqltext.Lexeme, words ...string) bool {
	return slices.ContainsFunc(words, t.Is)
}

// endsRelation tells the words that follow a relation and are no alias.
func endsRelation(t sqltext.Lexeme) bool {
	return endsJoin(t) || isOneOf(t, "ON", "SET", "TABLESAMPLE", "USE", "FORCE", "IGNORE", "VALUES")
}

// endsJoin tells the words behind a join's condition.
func endsJoin(t sqltext.Lexeme) bool {
	return endsWhere(t) || isOneOf(t, "WHERE", "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "STRAIGHT_JOIN", "USING") || t.Text == ","
}

// endsWhere tells the words behind a WHERE.
func endsWhere(t sqltext.Lexeme) bool {
	return isOneOf(t, "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", "RETURNING", "UNION", "EXCEPT", "INTERSECT") || t.Text == ")" || t.Text == ";"
}
