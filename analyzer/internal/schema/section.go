package schema

import (
	"regexp"
	"strings"
)

// markers of migration tools, as patterns of one line:
//
//	-- +goose Up      -- +migrate Down      -- +goose StatementEnd
//	-- migrate:up     -- rambler down       -- Down Migration
type markers struct{ tool, plain, named, tern, up, action, variable *regexp.Regexp }

// newMarkers compiles the patterns. Actions of templates are told from JSON in a
// statement by their first word.
func newMarkers() *markers {
	return &markers{
		tool:     regexp.MustCompile(`^\s*--\s*\+\s*\w+\s+(\w+)`),
		plain:    regexp.MustCompile(`(?i)^\s*--\s*(?:migrate:|rambler\s+|@)?(up|down)(?:\s+migration)?(?:\s+transaction:\w+)?\s*:?\s*$`),
		named:    regexp.MustCompile(`(?i)^\s*--\s*(?:\+\s*\w+\s+\w+|(?:migrate:|rambler\s+|@)(?:up|down)\b)`),
		up:       regexp.MustCompile(`(?i)\.up\.(?:sql|pgsql|psql)$`),
		tern:     regexp.MustCompile(`^\s*---- create above / drop below ----`),
		action:   regexp.MustCompile(`\{\{-?\s*(?:\.[\w.]*|(?:if|else|end|range|with|define|block|template)\b[^}]*|[a-zA-Z]\w*(?:\s[^},]*)?)\s*-?\}\}`),
		variable: regexp.MustCompile(`\$\{[\w:.-]+\}`),
	}
}

// upText keeps what a migration tool runs on the way up and blanks the rest,
// line for line, so that line numbers stay those of the file: down sections and
// the actions of templates. What psql reads by itself is left to sqltree. unsure
// are the lines behind a plain "-- down" that no "-- up" stands before: it may be
// a comment.
func (m *markers) upText(file, text string) (kept, unsure string) {
	if strings.Contains(text, "{{") {
		text = filled(text, m.action)
	}
	if strings.Contains(text, "${") {
		text = filled(text, m.variable)
	}
	lines := strings.Split(text, "\n")
	// In a file for one way only, a tool reads no marker of the other.
	oneWay := m.up.MatchString(file)
	up, begun, doubt := true, false, false
	for i, line := range lines {
		dir, end, sure := m.direction(line)
		switch {
		case m.tern.MatchString(line):
			return strings.Join(lines[:i], "\n"), unsure
		case dir != "" && oneWay && !sure:
		// A marker ends what stands before it, semicolon or not.
		case dir != "":
			doubt = dir == "down" && !sure && !begun
			up, begun, lines[i] = dir == "up", begun || dir == "up", ";"
		case !up:
			if doubt {
				unsure += line + "\n"
			}
			lines[i] = ""
		case end:
			lines[i] = ";"
		}
	}
	return strings.Join(lines, "\n"), unsure
}

// direction reads a marker line: dir is "up", "down" or ""; end tells that a
// statement ends here although no semicolon may stand before; sure that the line
// is a tool's and can be no comment.
func (m *markers) direction(line string) (dir string, end, sure bool) {
	if !strings.Contains(line, "--") {
		return "", false, false
	}
	sure = m.named.MatchString(line)
	found := m.tool.FindStringSubmatch(line)
	if found == nil {
		found = m.plain.FindStringSubmatch(line)
	}
	if found == nil {
		return "", false, false
	}
	switch word := strings.ToLower(found[1]); word {
	case "up", "down":
		return word, false, sure
	case "statementend":
		return "", true, true
	}
	return "", false, false
}

// filledIn stands where a template puts a name.
const filledIn = "filled_in"

// filled takes out what a template would fill in, with the dot behind a schema
// (`{{.Schema}}.users`) and the quotes around one (`"{{.Schema}}".users`). Where a whole
// name is filled in, a name is put.
func filled(text string, action *regexp.Regexp) string {
	var b strings.Builder
	last := 0
	for _, at := range action.FindAllStringIndex(text, -1) {
		start, end := at[0], at[1]
		quoted := strings.HasSuffix(text[last:start], `"`) && strings.HasPrefix(text[end:], `"`)
		if quoted {
			start, end = start-1, end+1
		}
		b.WriteString(text[last:start])
		last = end
		if strings.HasPrefix(text[last:], ".") {
			last++
			continue
		}
		b.WriteString(strings.Repeat("\n", strings.Count(text[start:end], "\n")))
		if quoted || wholeName(text, start, end) {
			b.WriteString(filledIn)
		}
	}
	b.WriteString(text[last:])
	return b.String()
}

// wholeName tells an action that stands where a name must: alone between blanks on
// a line with other words. Anywhere else nothing can be put without changing what
// the statement says.
func wholeName(text string, start, end int) bool {
	line := strings.TrimSpace(text[strings.LastIndex(text[:start], "\n")+1 : start])
	if line == "" || !strings.HasSuffix(text[:start], " ") {
		return false
	}
	return end == len(text) || strings.ContainsRune(" \t\n;,()", rune(text[end]))
}
