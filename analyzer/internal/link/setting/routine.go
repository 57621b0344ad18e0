package setting

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// assignment is a variable that a routine sets whenever it is called, to one of its arguments.
type assignment struct {
	name  string
	arg   int // -1 if the value is none
	local bool
}

var (
	// bodyBlock is the inside of a routine in PL/pgSQL.
	bodyBlock = regexp.MustCompile(`(?is)^\s*begin\b(.*)\bend\s*;?\s*$`)
	bodySet   = regexp.MustCompile(`(?is)^(?:perform|select)\s+(?:pg_catalog\.)?set_config\s*\(\s*'([\w.]+)'(?:::text)?\s*,\s*"?([\w$]+)"?(?:\s*::\s*\w+)?\s*,\s*(true|false)\s*\)$`)
	bodyCast  = regexp.MustCompile(`(?is)^(perform|select)\s+((?:pg_catalog\.)?set_config\s*\(\s*'[\w.]+'\s*,)\s*cast\s*\(\s*("?[\w$]+"?)\s+as\s+\w+\s*\)\s*,`)
	bodyRun   = regexp.MustCompile(`(?is)^execute\s+format\s*\(\s*'set\s+(local\s+|session\s+)?([\w.]+)\s*(?:=|to)\s*%L'\s*,\s*"?([\w$]+)"?(?:\s*::\s*\w+)?\s*\)$`)
	bodyPlain = regexp.MustCompile(`(?is)^(?:return|null)$`)
)

// assigns reads a routine that does nothing but set variables to its arguments.
func assigns(f *schema.Function) ([]assignment, bool) {
	body := f.Body
	if m := bodyBlock.FindStringSubmatch(body); m != nil {
		body = m[1]
	} else if !strings.EqualFold(f.Language, "sql") {
		return nil, false
	}
	var out []assignment
	for _, text := range strings.Split(body, ";") {
		text = strings.TrimSpace(text)
		if text == "" || bodyPlain.MatchString(text) {
			continue
		}
		a, ok := assigned(f, bodyCast.ReplaceAllString(text, "$1 $2 $3,"))
		if !ok {
			return nil, false
		}
		out = append(out, a)
	}
	return out, len(out) > 0
}

// assigned reads one statement of a body.
func assigned(f *schema.Function, text string) (assignment, bool) {
	if m := bodySet.FindStringSubmatch(text); m != nil {
		return assignment{strings.ToLower(m[1]), argument(f, m[2]), strings.EqualFold(m[3], "true")}, true
	}
	if m := bodyRun.FindStringSubmatch(text); m != nil {
		return assignment{strings.ToLower(m[2]), argument(f, m[3]), strings.EqualFold(strings.TrimSpace(m[1]), "local")}, true
	}
	return assignment{}, false
}

// argument is the argument of a routine that a word of its body is, by name or by number,
// -1 if it is none.
func argument(f *schema.Function, word string) int {
	for i := range f.Args {
		if word == fmt.Sprintf("$%d", i+1) {
			return i
		}
	}
	return slices.IndexFunc(f.Args, func(name string) bool { return name != "" && strings.EqualFold(name, word) })
}
