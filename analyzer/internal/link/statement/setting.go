package statement

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Secured are the full names of the tables whose policies read a variable of the session
// that a live statement of the program sets.
func Secured(p *Statements) map[string]bool {
	var set *settings
	out := map[string]bool{}
	for _, c := range p.Cats {
		for _, t := range c.Tables {
			names := t.Security.Settings(c.Diagram)
			if !t.Security.Enabled || len(names) == 0 {
				continue
			}
			if set == nil {
				set = settingsOf(p)
			}
			if set.any || slices.ContainsFunc(names, func(n string) bool { return set.names[n] }) {
				out[t.FullName()] = true
			}
		}
	}
	return out
}

// Lasting is a live statement that sets a variable which policies read, for as long as the
// connection lives.
type Lasting struct {
	Fn   *callgraph.Function
	Run  *unit.Run
	Name string
}

// LastingSettings lists the live statements of a program that set a variable which the
// policies of its databases read, and not for their transaction alone.
func LastingSettings(p *Statements) []Lasting {
	var names []string
	for _, c := range p.Cats {
		for _, t := range c.Tables {
			names = append(names, t.Security.Settings(c.Diagram)...)
		}
	}
	var out []Lasting
	for _, f := range p.graph.Order {
		for i := 0; i < len(f.Runs) && len(names) > 0; i++ {
			for _, s := range p.Of(f, &f.Runs[i]).List {
				set := &settings{names: map[string]bool{}}
				if text := plain(s.Text); lasts(text) {
					set.read(text, &f.Runs[i])
				}
				if at := slices.IndexFunc(names, func(n string) bool { return set.names[n] }); at >= 0 {
					out = append(out, Lasting{f, &f.Runs[i], names[at]})
					break
				}
			}
		}
	}
	return out
}

// lasts reports whether a text sets a variable for the session.
func lasts(text string) bool {
	if _, call, ok := strings.Cut(text, "set_config("); ok {
		return strings.Contains(strings.ReplaceAll(call, " ", ""), ",false)")
	}
	return strings.HasPrefix(text, "set ") && !strings.HasPrefix(text, "set local ")
}

// plain is a text in lower case with single blanks.
func plain(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// settings are the variables of the session that a program sets, by name, as a part of a
// text or a bind value.
type settings struct {
	names map[string]bool
	any   bool // one whose name is not known
}

func settingsOf(p *Statements) *settings {
	set := &settings{names: map[string]bool{}}
	for _, f := range p.graph.Order {
		for i := range f.Runs {
			for _, s := range p.Of(f, &f.Runs[i]).List {
				set.read(plain(s.Text), &f.Runs[i])
			}
		}
	}
	return set
}

// read notes the variables that a plain text of a run may set.
func (s *settings) read(text string, run *unit.Run) {
	if _, rest, ok := strings.Cut(text, "set_config("); ok {
		s.note(rest, run)
		return
	}
	for _, setter := range []string{"set local ", "set session ", "set "} {
		if rest, ok := strings.CutPrefix(text, setter); ok {
			s.note(rest, run)
			return
		}
	}
}

// note notes the variable whose name a text begins with; where the name is bound, it is
// one of the constants among the bind values, or any.
func (s *settings) note(rest string, run *unit.Run) {
	rest = strings.TrimLeft(rest, " ")
	quoted, isText := strings.CutPrefix(rest, "'")
	switch {
	case isText:
		name, _, _ := strings.Cut(quoted, "'")
		s.names[name] = true
	case strings.HasPrefix(rest, "$"), strings.HasPrefix(rest, "?"):
		s.bound(run)
	default:
		name, _, _ := strings.Cut(rest, " ")
		name, _, _ = strings.Cut(name, "=")
		s.names[strings.Trim(name, `"`)] = true
	}
}

// bound notes the variables that a bind value may name.
func (s *settings) bound(run *unit.Run) {
	known := false
	for _, a := range run.Args {
		if c, ok := a.(*term.Const); ok && strings.Contains(c.Text, ".") {
			s.names[strings.ToLower(c.Text)] = true
			known = true
		}
	}
	s.any = s.any || !known
}
