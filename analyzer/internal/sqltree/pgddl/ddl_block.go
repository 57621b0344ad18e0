package pgddl

import (
	"regexp"
	"strings"

	pg "github.com/sqlc-dev/oliphant"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// doBlock reads DO: the definitions in its body are taken as if every
// condition around them held, which is what a migration means by them.
func (r *ddlReader) doBlock(s *pg.DoStmt) {
	body := ""
	for _, n := range s.Args {
		if e := n.GetDefElem(); e.GetDefname() == "as" {
			body = e.Arg.GetString_().GetSval()
		}
	}
	b := &sqltree.DoBlock{Pos: 0}
	base := strings.Index(r.text, body)
	b.Parts, b.Opaque = blockParts(body)
	for i := range b.Parts {
		if base < 0 {
			b.Parts[i].Offset = sqltree.NoPos
			continue
		}
		b.Parts[i].Offset += sqltree.Pos(base)
	}
	// A function that is called may change tables, which who knows its body tells.
	if len(b.Parts) > 0 || b.Opaque || strings.Contains(body, "(") {
		r.add(b)
	}
}

// blockParts finds the definitions that a PL/pgSQL body runs: written as
// statements, as EXECUTE of one literal, or of a text that a loop over a list of constants
// puts together. Opaque tells of text that is put
// together at run time and mentions a table's definition.
func blockParts(body string) (parts []sqltree.BlockPart, opaque bool) {
	tokens := words(body)
	known := loops(tokens)
	for i := 0; i < len(tokens); i++ {
		if !startsStatement(tokens, i) {
			continue
		}
		end := statementEnd(tokens, i)
		switch strings.ToUpper(tokens[i].text) {
		case "CREATE", "ALTER", "DROP":
			parts = append(parts, sqltree.BlockPart{Text: body[tokens[i].start:endOffset(tokens, end, body)], Offset: sqltree.Pos(tokens[i].start)})
		case "EXECUTE":
			if part, ok := executed(tokens[i+1 : end]); ok {
				parts = append(parts, part)
			} else if texts, ok := turns(known, i, tokens[i+1:end]); ok {
				for _, text := range texts {
					parts = append(parts, sqltree.BlockPart{Text: text, Offset: sqltree.Pos(tokens[i].start)})
				}
			} else if text := builtText(tokens[i+1 : end]); beginsSessions.MatchString(text) {
				parts = append(parts, sqltree.BlockPart{Text: text, Offset: sqltree.Pos(tokens[i].start)})
			} else if definesTable(body[tokens[i].start:endOffset(tokens, end, body)]) {
				opaque = true
			}
		default:
			continue
		}
		i = end
	}
	if tokens == nil {
		opaque = definesTable(body)
	}
	return parts, opaque
}

// startsStatement tells that token i begins a statement of the body.
func startsStatement(tokens []word, i int) bool {
	if i == 0 {
		return true
	}
	switch strings.ToUpper(tokens[i-1].text) {
	case ";", "BEGIN", "THEN", "ELSE", "LOOP":
		return true
	}
	return false
}

// statementEnd is the index of the semicolon that ends the statement at i.
func statementEnd(tokens []word, i int) int {
	for ; i < len(tokens); i++ {
		if tokens[i].text == ";" {
			break
		}
	}
	return i
}

func endOffset(tokens []word, end int, body string) int {
	if end < len(tokens) {
		return tokens[end].start
	}
	return len(body)
}

// executed is the text of EXECUTE 'literal'; ok is false for anything built.
func executed(args []word) (sqltree.BlockPart, bool) {
	if len(args) != 1 {
		return sqltree.BlockPart{}, false
	}
	text, quote := args[0].text, 0
	switch {
	case strings.HasPrefix(text, "'"):
		quote = 1
	case strings.HasPrefix(text, "$"):
		quote = strings.Index(text[1:], "$") + 2
	}
	if quote == 0 || len(text) < 2*quote {
		return sqltree.BlockPart{}, false
	}
	inner := text[quote : len(text)-quote]
	if quote == 1 {
		inner = strings.ReplaceAll(inner, "''", "'")
	}
	return sqltree.BlockPart{Text: inner, Offset: sqltree.Pos(args[0].start + quote)}, true
}

// beginsSessions matches what sets a variable for each session that begins.
var beginsSessions = regexp.MustCompile(`(?is)^\s*ALTER\s+(?:ROLE|USER|DATABASE)\s.*\sSET\s+"?\w+"?\."?\w+"?\s*(?:=|\sTO\s)`)

// computed stands for what a block puts into a text at run time.
const computed = "computed"

// builtText is a text that EXECUTE is handed in parts, or by format, with a word in the place of
// what is not written out.
func builtText(args []word) string {
	if len(args) > 2 && strings.EqualFold(args[0].text, "format") && args[1].text == "(" {
		var parts []string
		for _, part := range split(args[2:], ",") {
			parts = append(parts, written(part))
		}
		text, _ := formatted(parts[0], parts[1:])
		return text
	}
	var b strings.Builder
	for _, part := range split(args, "||") {
		b.WriteString(written(part))
	}
	return b.String()
}

// split cuts words at a separator that stands in no parentheses, and ends where those end that
// are around all of them.
func split(args []word, at string) [][]word {
	var out [][]word
	begin, depth := 0, 0
	for i, w := range args {
		switch {
		case w.text == "(":
			depth++
		case w.text == ")" && depth == 0:
			return append(out, args[begin:i])
		case w.text == ")":
			depth--
		case w.text == at && depth == 0:
			out, begin = append(out, args[begin:i]), i+1
		}
	}
	return append(out, args[begin:])
}

// written is the text of a literal, or a word in the place of something else.
func written(part []word) string {
	if text, ok := executed(part); ok {
		return text.Text
	}
	return computed
}

// definesTable tells by words that a text defines or changes a table. An index that is renamed
// leaves its table as it was.
func definesTable(text string) bool {
	up := strings.Join(strings.Fields(strings.ToUpper(text)), " ")
	return strings.Contains(up, "ALTER TABLE") || strings.Contains(up, "CREATE TABLE") ||
		strings.Contains(up, "DROP TABLE") || strings.Count(up, "RENAME") > strings.Count(up, "ALTER INDEX")
}
