package project

import (
	"fmt"

	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// misspelt tells of comments that look like directives and are none, each once:
// what they were to allow is not allowed, and who wrote them should know.
func misspelt(programs []Program) []finding.Setup {
	var out []finding.Setup
	seen := map[string]bool{}
	for _, x := range programs {
		for _, u := range x.Units {
			if seen[u.Path] {
				continue
			}
			seen[u.Path] = true
			for _, d := range u.Directives {
				if m := misspelling(d); m != "" && d.Site != unit.NoSite {
					at := u.Sites[d.Site]
					out = append(out, finding.Setup{File: u.Files[at.File].Name, Line: at.Line, Message: m, Idle: true})
				}
			}
		}
	}
	return out
}

// misspelling says what is wrong with the word of a directive, "" if nothing is.
func misspelling(d unit.Directive) string {
	verbs := []string{"allow"}
	switch {
	case d.Verb == verbs[0]:
		category, words := finding.CategoryIn(d.Reason)
		switch {
		case category == "" && words == d.Reason:
			return ""
		case finding.CategoryOf(category) == nil:
			return fmt.Sprintf("tenantvet:allow: %q is no category; there are %s", category, finding.CategoryNames())
		case words == "":
			return "tenantvet:allow needs a reason in words beside its category"
		}
		return ""
	case d.Verb == unit.Misspelt:
		return fmt.Sprintf("%q has no effect; a directive is written //tenantvet:allow REASON, without blanks before the verb", d.Reason)
	}
	text := fmt.Sprintf("tenantvet:%s is no directive and has no effect", d.Verb)
	if meant := config.Nearest(d.Verb, verbs); meant != "" {
		text += ", did you mean tenantvet:" + meant + "?"
	}
	return text
}
