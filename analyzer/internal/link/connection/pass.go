package connection

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// passesBy reports whether a statement may read rows past their policies: out of a
// materialized view, which has none, through a view or a routine whose owner no policy holds,
// or under a policy for whoever ran the migration.
func passesBy(s *statement.Statement) bool {
	for i := range s.Proof.Relations {
		held := s.Proof.Relations[i].Table.Held
		if held != nil && slices.ContainsFunc(held.Past, func(role string) bool {
			return slices.Contains([]string{"current_user", "session_user", "current_role"}, strings.ToLower(role))
		}) {
			return true
		}
	}
	if s.Cat == nil || s.Cat.Diagram == nil {
		return false
	}
	past := func(role string) bool {
		return slices.ContainsFunc(s.Cat.Diagram.Roles, func(r *schema.Role) bool { return r.Name == role && (r.Bypass || r.Superuser) })
	}
	var kept []string
	for _, f := range s.Cat.Diagram.Functions {
		if f.Definer && past(f.OwnedBy) {
			kept = append(kept, f.Name)
		}
	}
	for grown := true; grown; {
		grown = false
		for _, v := range s.Cat.Diagram.Views {
			if !slices.Contains(kept, v.Name) && (v.Materialized || !v.Invoker && past(v.OwnedBy) || namesOne(v.Query, kept)) {
				kept, grown = append(kept, v.Name), true
			}
		}
		for _, f := range s.Cat.Diagram.Functions {
			if !slices.Contains(kept, f.Name) && namesOne(f.Body, kept) {
				kept, grown = append(kept, f.Name), true
			}
		}
	}
	return namesOne(s.Text, kept)
}

// namesOne reports whether a text has one of some names as a word.
func namesOne(text string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(name) + `\b`).MatchString(text)
	})
}
