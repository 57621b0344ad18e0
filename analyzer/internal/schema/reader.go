package schema

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

var (
	sqlReader   = regexp.MustCompile(`(?is)^\s*select\s+(.*?)\s*;?\s*$`)
	blockReader = regexp.MustCompile(`(?is)^\s*begin\s+return\s+(.*?)\s*;\s*end\s*;?\s*$`)
	plainReader = regexp.MustCompile(`(?is)^(?:nullif\s*\(\s*)?(?:pg_catalog\.)?current_setting\s*\([^()]*\)(?:\s*,\s*'')?(?:\s*\))?(?:\s*::\s*\w+)?$`)
)

// WithoutReaders is a text of SQL in which what a function gives that only reads a variable of
// the session stands in the place of each call of it. Of several functions of one name none
// is: which of them is called the search_path says. Nor is one that is declared IMMUTABLE: a
// plan that is kept has what it gave first.
func (d *Diagram) WithoutReaders(text string) string {
	for _, f := range d.Functions {
		if len(f.Args) > 0 || f.Constant || !strings.Contains(text, f.Name) {
			continue
		}
		body, ok := readerBody(f)
		twin := func(o *Function) bool { return o != f && o.Name == f.Name && len(o.Args) == 0 }
		if !ok || slices.ContainsFunc(d.Functions, twin) {
			continue
		}
		call := regexp.MustCompile(`(?i)(?:\b` + regexp.QuoteMeta(cmp.Or(f.Schema, "public")) + `\.)?"?\b` + regexp.QuoteMeta(f.Name) + `"?\s*\(\s*\)`)
		text = call.ReplaceAllString(text, "("+strings.ReplaceAll(body, "$", "$$")+")")
	}
	return text
}

// readerBody is what a function gives that only reads a variable of the session.
func readerBody(f *Function) (string, bool) {
	if slices.ContainsFunc(f.Sets, func(name string) bool { return strings.Contains(name, ".") }) {
		return "", false // of its own, while it runs
	}
	for _, form := range []*regexp.Regexp{sqlReader, blockReader} {
		if m := form.FindStringSubmatch(f.Body); m != nil && plainReader.MatchString(m[1]) {
			return m[1], true
		}
	}
	return "", false
}
