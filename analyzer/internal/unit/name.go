package unit

import (
	"slices"
	"strings"
	"unicode"
)

// Words splits a name at case changes and separators, in lower case.
func Words(name string) []string {
	var out []string
	var cur []rune
	flush := func() {
		if len(cur) > 0 {
			out = append(out, strings.ToLower(string(cur)))
		}
		cur = nil
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case unicode.IsUpper(r) && i > 0 && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			flush()
		}
		cur = append(cur, r)
	}
	flush()
	return out
}

// accessWords are words of names that speak of access, and of nothing else.
var accessWords = []string{
	"can", "may", "allow", "allowed", "allows", "authorize", "authorise", "authorized", "authorised", "authorizer", "authz",
	"enforce", "enforcer", "permit", "permitted", "permission", "permissions", "access", "policy", "acl", "rbac",
}

// testWords are words of names that test something, perhaps access.
var testWords = []string{
	"check", "checks", "verify", "ensure", "require", "has", "guard", "owns", "owner", "belongs", "member", "validate", "decide",
}

// formWords are words of names of functions that look at the form of a value.
var formWords = []string{"parse", "validator", "validation", "struct", "bind", "regexp", "password", "hash", "strings", "signature", "jwt", "token", "captcha"}

// SpeaksOfAccess tells by its name a function that decides access, whatever it
// is handed.
func SpeaksOfAccess(symbol string) bool { return nameHas(symbol, accessWords) }

// MayDecide tells by its name a function that may decide access to what it is
// handed. Compile keeps the calls of such functions of libraries that have no
// model; link asks a person about them.
func MayDecide(symbol string) bool { return SpeaksOfAccess(symbol) || nameHas(symbol, testWords) }

// nameHas tells whether the name without its path has one of the words, and none
// by which it looks at form.
func nameHas(symbol string, list []string) bool {
	words := Words(symbol[strings.LastIndexByte(symbol, '/')+1:])
	has := func(list []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
	}
	return has(list) && !has(formWords)
}
