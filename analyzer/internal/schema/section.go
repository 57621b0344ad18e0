package schema

import (
	"regexp"
	"strings"
)

// markers of migration tools, as patterns of one line:
//
//	-- +goose Up      -- +migrate Down      -- +goose StatementEnd
//	-- migrate:up     -- rambler down       -- Down Migration
type markers struct{ tool, plain, tern, action, variable *regexp.Regexp }

func newMarkers() *markers {
	return &markers{
		tool:  regexp.MustCompile(`^\s*--\s*\+\s*\w+\s+(\w+)`),
		plain: regexp.MustCompile(`(?i)^\s*--\s*(?:migrate:|rambler\s+|@)?(up|down)(?:\s+migration)?(?:\s+transaction:\w+)?\s*:?\s*$`),
		tern:  regexp.MustCompile(`^\s*---- create above / drop below ----`),
		// Both swallow the dot of a schema that is filled in: `{{.Schema}}.users`.
		action:   regexp.MustCompile(`\{\{-?\s*(?:\.[\w.]*|(?:if|else|end|range|with|define|block|template)\b[^}]*|[a-zA-Z]\w*(?:\s[^},]*)?)\s*-?\}\}\.?`),
		variable: regexp.MustCompile(`\$\{[\w:.-]+\}\.?`),
	}
}

// upText keeps what a migration tool runs on the way up and blanks the rest,
// line for line, so that line numbers stay those of the file: down sections and
// the actions of templates. What psql reads by itself is left to sqltree.
func (m *markers) upText(text string) string {
	if strings.Contains(text, "{{") {
		text = m.action.ReplaceAllStringFunc(text, keepLines)
	}
	if strings.Contains(text, "${") {
		text = m.variable.ReplaceAllString(text, "")
	}
	lines := strings.Split(text, "\n")
	up := true
	for i, line := range lines {
		dir, end := m.direction(line)
		switch {
		case m.tern.MatchString(line):
			return strings.Join(lines[:i], "\n")
		case dir != "":
			up, lines[i] = dir == "up", ";"
		case !up:
			lines[i] = ""
		case end:
			lines[i] = ";"
		}
	}
	return strings.Join(lines, "\n")
}

// direction reads a marker line: dir is "up", "down" or ""; end tells that a
// statement ends here although no semicolon may stand before.
func (m *markers) direction(line string) (dir string, end bool) {
	if !strings.Contains(line, "--") {
		return "", false
	}
	found := m.tool.FindStringSubmatch(line)
	if found == nil {
		found = m.plain.FindStringSubmatch(line)
	}
	if found == nil {
		return "", false
	}
	switch word := strings.ToLower(found[1]); word {
	case "up", "down":
		return word, false
	case "statementend":
		return "", true
	}
	return "", false
}

// keepLines replaces a matched text by its line breaks.
func keepLines(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) }
