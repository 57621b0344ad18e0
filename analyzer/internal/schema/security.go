package schema

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Security is what a table says of row-level security, as the migrations leave it.
type Security struct {
	Enabled, Forced bool
	// EnabledAt is where it was switched on last.
	EnabledAt Position
	Policies  []*Policy // in source order
}

// Policy is a policy of a table. Command is "ALL", "SELECT", "INSERT", "UPDATE" or
// "DELETE"; no roles are everybody. An expression is "" where there is none.
type Policy struct {
	Position
	Name         string
	Restrictive  bool
	Command      string
	Roles        []string
	Using, Check string
}

// Covers reports whether a policy is asked for a command.
func (p *Policy) Covers(command string) bool { return p.Command == "ALL" || p.Command == command }

// Role is a role that the files define, with what lets it past policies.
type Role struct {
	Position
	Name                     string
	Bypass, Superuser, Login bool
	Of                       []string // the roles that it is a member of
}

// Default is the value of a variable with which the sessions of a role, or of all roles,
// begin.
type Default struct {
	Position
	Role, Database string // "": of all
	Name, Value    string
}

// DefaultsOf are the values of a variable with which sessions begin, but of roles that no
// policy holds, and empty ones: those are as if there was none.
func (d *Diagram) DefaultsOf(name string) []*Default {
	if d == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(d.Defaults), func(x *Default) bool {
		return x.Name != name || x.Value == "" || slices.ContainsFunc(d.Roles, func(r *Role) bool { return r.Name == x.Role && (r.Bypass || r.Superuser) })
	})
}

// Grant is what a role may do with a table, with all tables of a schema, or with tables
// that come later.
type Grant struct {
	Position
	Role       string
	Privileges []string // in upper case; none are all of them
	Table      string   // by its full name, "" for all tables
	Default    bool     // of tables that come later
}

// Allows reports whether a grant is of a privilege.
func (g *Grant) Allows(privilege string) bool {
	return len(g.Privileges) == 0 || slices.Contains(g.Privileges, privilege)
}

// alter gives a routine another owner, a variable that it sets while it runs, or what it is
// declared as.
func (f *Function) alter(c *sqltree.OwnRoutine) {
	if c.Role != "" {
		f.OwnedBy = c.Role
	}
	if c.Sets != "" {
		f.Sets = append(f.Sets, c.Sets)
		f.FixedPath = f.FixedPath || c.Sets == "search_path"
	}
	for _, x := range []struct{ now, field *bool }{{c.Definer, &f.Definer}, {c.Strict, &f.Strict}, {c.Steady, &f.Steady}, {c.Constant, &f.Constant}} {
		if x.now != nil {
			*x.field = *x.now
		}
	}
}

func (t *Table) dropPolicy(name string) {
	t.Security.Policies = slices.DeleteFunc(t.Security.Policies, func(p *Policy) bool { return p.Name == name })
}

// calls reports whether an expression of a policy calls a function, under a name that it has
// or had.
func (p *Policy) calls(f *Function) bool {
	text := p.Using + " " + p.Check
	return slices.ContainsFunc(append(slices.Clone(f.Was), f.Name), func(name string) bool {
		return regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(name) + `"?\s*\(`).MatchString(text)
	})
}

// renameColumn renames a column in the expressions of the policies, which the server
// keeps by number.
func (s *Security) renameColumn(old, now string) {
	word := regexp.MustCompile(`\b` + regexp.QuoteMeta(old) + `\b`)
	for _, p := range s.Policies {
		p.Using, p.Check = word.ReplaceAllString(p.Using, now), word.ReplaceAllString(p.Check, now)
	}
}

// settingReader is the function that reads a variable of the session, with its first
// argument.
var settingReader = regexp.MustCompile(`(?i)current_setting\s*\(\s*'([^']+)'`)

// SettingsIn are the names of the variables of the session that a text of SQL reads.
func SettingsIn(text string) []string {
	var out []string
	for _, m := range settingReader.FindAllStringSubmatch(text, -1) {
		if name := strings.ToLower(m[1]); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// Settings are the variables of the session that the policies of a table read, by
// themselves or by functions of the diagram, and those that these call.
func (s *Security) Settings(d *Diagram) []string {
	if len(s.Policies) == 0 {
		return nil
	}
	var text strings.Builder
	for _, p := range s.Policies {
		text.WriteString(p.Using + " " + p.Check + " ")
	}
	called := map[*Function]bool{}
	for grown := true; grown; {
		grown = false
		for _, f := range d.Functions {
			if !called[f] && strings.Contains(text.String(), f.Name+"(") {
				called[f], grown = true, true
				text.WriteString(" " + f.Body)
			}
		}
	}
	return SettingsIn(text.String())
}
