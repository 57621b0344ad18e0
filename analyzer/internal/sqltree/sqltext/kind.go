package sqltext

import "strings"

// LeadingWords takes the leading words of a statement without those that only modify.
func LeadingWords(text string) string {
	fields := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' || r == '(' || r == ';' })
	if len(fields) == 0 {
		return ""
	}
	kind := strings.ToUpper(fields[0])
	if !hasObject(kind) {
		return kind
	}
	for _, f := range fields[1:] {
		word := strings.ToUpper(f)
		if isModifier(word) {
			continue
		}
		kind += " " + word
		if !isHalf(word) {
			break
		}
	}
	return kind
}

// hasObject tells the verbs that name a kind of object after them.
func hasObject(verb string) bool {
	switch verb {
	case "CREATE", "ALTER", "DROP", "REFRESH", "REASSIGN", "IMPORT":
		return true
	}
	return false
}

func isModifier(word string) bool {
	switch word {
	case "OR", "REPLACE", "TEMP", "TEMPORARY", "UNLOGGED", "UNIQUE", "RECURSIVE", "GLOBAL", "LOCAL", "CONSTRAINT":
		return true
	}
	return false
}

// isHalf tells the first words of kinds with two.
func isHalf(word string) bool {
	switch word {
	case "MATERIALIZED", "FOREIGN", "EVENT", "DEFAULT", "TEXT", "ACCESS", "LARGE":
		return true
	}
	return false
}
