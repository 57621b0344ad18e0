package rls

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// A Bypass tells of the objects of a database through which a statement reads rows past
// their policies.
type Bypass struct{ names *regexp.Regexp }

// BypassOf finds them: materialized views, which have no policies, views and routines whose
// owner no policy holds, and what names these.
func BypassOf(d *schema.Diagram) Bypass {
	if d == nil {
		return Bypass{}
	}
	past := func(role string) bool {
		return slices.ContainsFunc(d.Roles, func(r *schema.Role) bool { return r.Name == role && (r.Bypass || r.Superuser) })
	}
	var kept []string
	for _, f := range d.Functions {
		if f.Definer && past(f.OwnedBy) {
			kept = append(kept, f.Name)
		}
	}
	for grown := true; grown; {
		grown = false
		for _, v := range d.Views {
			if !slices.Contains(kept, v.Name) && (v.Materialized || !v.Invoker && past(v.OwnedBy) || wordsOf(kept).in(v.Query)) {
				kept, grown = append(kept, v.Name), true
			}
		}
		for _, f := range d.Functions {
			if !slices.Contains(kept, f.Name) && wordsOf(kept).in(f.Body) {
				kept, grown = append(kept, f.Name), true
			}
		}
	}
	return wordsOf(kept)
}

// wordsOf finds any of some names as a word.
func wordsOf(names []string) Bypass {
	if len(names) == 0 {
		return Bypass{}
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = regexp.QuoteMeta(n)
	}
	return Bypass{regexp.MustCompile(`(?i)\b(?:` + strings.Join(quoted, "|") + `)\b`)}
}

func (b Bypass) in(text string) bool { return b.names != nil && b.names.MatchString(text) }

// Takes reports whether a statement on some tables may read past their policies: it names
// such an object, or a table has a policy for whoever ran the migration.
func (b Bypass) Takes(tables []*catalogue.Table, text string) bool {
	return b.in(text) || slices.ContainsFunc(tables, func(t *catalogue.Table) bool {
		return t.Held != nil && slices.ContainsFunc(t.Held.Past, isSessionRole)
	})
}
