package setting

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A variable of the session is a text, of which a policy makes a value of another type: of a
// text that is none the server makes an error.

// misfit: no policy that reads it can make of it what it needs.
func misfit(p *Settings, _ *callgraph.Function, _ *unit.Run, s Setting) string {
	for _, c := range p.stmts.Cats {
		for _, r := range rls.Readings(c) {
			if v, ok := s.Value.(*term.Const); r.Setting != s.Name || ok && strings.Contains(r.Text, "'"+v.Text+"'") { // it asks for that itself
				continue
			}
			if is := unlike(r, s); is != "" {
				return fmt.Sprintf("%s is set to %s, and policy %s of %s makes a value of type %s of it, which fails, or is no tenant's; set it to the tenant's id as it is in %s",
					s.Name, is, r.Policy, r.Table, r.Type, r.Table)
			}
		}
	}
	return ""
}

var (
	uuidText    = regexp.MustCompile(`^\s*\{?[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\}?\s*$`)
	uuidPart    = regexp.MustCompile(`^[0-9a-fA-F{}\-\s]*$`)
	integerText = regexp.MustCompile(`^\s*[-+]?[0-9]+\s*$`)
	integerPart = regexp.MustCompile(`^[0-9+\-\s]*$`)
)

// unlike is what a variable is set to where that is surely no value that a policy can make of
// it, "" if it may be one. An empty text takes the tenant away.
func unlike(r rls.Reading, s Setting) string {
	whole, part := integerText, integerPart
	switch r.Sort {
	case "":
		return ""
	case "uuid":
		whole, part = uuidText, uuidPart
	}
	if s.Sort != "" && s.Sort != r.Sort {
		return inWords(s.Sort)
	}
	switch v := s.Value.(type) {
	case *term.Const:
		if v.Text != "" && !whole.MatchString(v.Text) {
			return fmt.Sprintf("%q", v.Text)
		}
	case *term.Concat:
		wrong := func(x term.Term) bool { c, ok := x.(*term.Const); return ok && !part.MatchString(c.Text) }
		if i := slices.IndexFunc(v.Parts, wrong); i >= 0 {
			return fmt.Sprintf("a text with %q in it", strings.TrimSpace(v.Parts[i].(*term.Const).Text))
		}
	}
	return ""
}

// inWords says what a bind value is.
func inWords(sort string) string {
	switch sort {
	case "uuid":
		return "a UUID"
	case "truth":
		return "true or false"
	}
	return "a number"
}
