package link

import "regexp"

// hollow is where a clause or list has nothing in it. Every database refuses such
// a text, so what comes of it does not matter: it is built where a list that is
// mostly filled is empty.
var hollow = regexp.MustCompile(`(?is)\bIN\s*\(\s*\)|\bVALUES\s*(;|\bON\b.*|\bRETURNING\b.*)?$|\bSET\s*(\bWHERE\b.*)?$|\b(WHERE|AND|OR)\s*$|\bSET\s+WHERE\b|\b(AND|WHERE|OR)\s*(\)|ORDER\b|GROUP\b|LIMIT\b|RETURNING\b)`)

// runnable drops the texts that no database runs, if there are others.
func runnable(list []*stmt) []*stmt {
	var out []*stmt
	for _, s := range list {
		if s.broken == "" || !hollow.MatchString(s.text) {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return list
	}
	return out
}
