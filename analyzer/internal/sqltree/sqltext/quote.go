package sqltext

import "strings"

// QuoteName writes an identifier, in quotes where PostgreSQL would fold it or
// take it for a keyword.
func QuoteName(name string) string {
	if plainName(name) {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func QuotePath(path []string) string {
	quoted := make([]string, len(path))
	for i, name := range path {
		quoted[i] = QuoteName(name)
	}
	return strings.Join(quoted, ".")
}

// plainName tells a name that comes back as it is when it stands bare.
func plainName(name string) bool {
	if name == "" || !(name[0] == '_' || 'a' <= name[0] && name[0] <= 'z') {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if !(c == '_' || c == '$' || 'a' <= c && c <= 'z' || isDigit(c)) {
			return false
		}
	}
	return !IsKeyword(name) && name != "operator" // OPERATOR( is no call
}

// QuoteString writes a string constant; with a backslash it needs E”.
func QuoteString(s string) string {
	quoted := strings.ReplaceAll(s, "'", "''")
	if !strings.Contains(s, `\`) {
		return "'" + quoted + "'"
	}
	return "E'" + strings.ReplaceAll(quoted, `\`, `\\`) + "'"
}
