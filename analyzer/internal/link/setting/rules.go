package setting

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Findings are what is wrong with how the program sets the variables that policies read.
func (p *Settings) Findings() []finding.Finding {
	policies := p.OfPolicies()
	if len(policies) == 0 {
		return nil
	}
	out := p.fixed(policies)
	for _, f := range p.graph.Order {
		for i := range f.Runs {
			run := &f.Runs[i]
			for _, s := range p.Sets(f, run) {
				if s.Unread || s.ByObject {
					continue
				}
				if !policies[s.Name] {
					out = append(out, p.unread(f, run, s, policies)...)
					continue
				}
				for _, r := range rules {
					if message := r.says(p, f, run, s); message != "" {
						out = append(out, at(r.name, f, run, message))
					}
				}
			}
		}
	}
	return out
}

// at is a finding at a statement.
func at(rule string, f *callgraph.Function, run *unit.Run, message string) finding.Finding {
	return finding.Finding{
		Rule: rule, Tier: finding.Warning, Place: callgraph.Place(f, run.Site),
		Statement: f.Symbol, Function: f.Symbol, Package: f.Unit.Path, Message: message,
	}
}

// A rule says what is wrong with a statement that sets a variable which policies read, ""
// if nothing is.
type rule struct {
	name string
	says func(p *Settings, f *callgraph.Function, run *unit.Run, s Setting) string
}

var rules = []rule{
	{finding.RLSHookOnce, onceForConnection},
	{finding.RLSHookReset, keptByHook},
	{finding.RLSSessionSetting, lastingOf},
	{finding.RLSNoTransaction, withoutTransaction},
	{finding.RLSSplicedSetting, splicedInto},
	{finding.RLSBoundSetting, bound},
	{finding.RLSUnheededSetting, unheeded},
	{finding.RLSSettingType, misfit},
	{finding.RLSLateSetting, late},
}

// lastingOf: it outlives the request. What a hook does with each connection is another
// rule's.
func lastingOf(p *Settings, f *callgraph.Function, _ *unit.Run, s Setting) string {
	unclear := s.Value == nil && !s.Sure // in a routine of the database, for how long is not known
	if s.Local || unclear || p.reset(s.Name) || p.Hooked(f, library.Connected) || p.beforeUse(f) || p.Hooked(f, library.Released) {
		return ""
	}
	return s.Name + " is set for the session: on a pooled connection it outlives the request, and whoever gets the connection next has this tenant until it is set again; set it in a transaction, with SET LOCAL or set_config(…, true)"
}

// onceForConnection: a connection keeps the tenant of whoever was the first to need it.
func onceForConnection(p *Settings, f *callgraph.Function, _ *unit.Run, s Setting) string {
	if _, constant := s.Value.(*term.Const); constant || !p.Hooked(f, library.Connected) || p.setAgain(s.Name) {
		return ""
	}
	return s.Name + " is set when a connection is made: every request that gets the connection later has the tenant of the first one; set it in the transaction of each request"
}

// setAgain reports whether a hook sets a variable before a connection is used once more.
func (p *Settings) setAgain(name string) bool {
	return slices.ContainsFunc(p.graph.Order, func(f *callgraph.Function) bool {
		return p.Hooked(f, library.Resets) && slices.ContainsFunc(f.Runs, func(r unit.Run) bool {
			return slices.ContainsFunc(p.Sets(f, &r), func(s Setting) bool { return s.Name == name })
		})
	})
}

// beforeUse reports whether a pool calls a function before a connection is used, itself or
// through others.
func (p *Settings) beforeUse(f *callgraph.Function) bool {
	return p.Hooked(f, library.Prepares) || p.Hooked(f, library.Resets)
}

// keptByHook: the hook lets a connection pass without setting the variable.
func keptByHook(p *Settings, f *callgraph.Function, run *unit.Run, s Setting) string {
	switch {
	case s.Local || p.reset(s.Name):
		return ""
	case p.Hooked(f, library.Resets) && saysError(f, run):
		return s.Name + " is set before a connection is used once more, and where that fails the connection is used all the same, with the tenant of the request before: database/sql drops it for driver.ErrBadConn alone; return that"
	case !p.Hooked(f, library.Prepares) || !letsPass(f, run):
		return ""
	}
	return s.Name + " is set where a connection is taken out of the pool, on some ways only: on the others it keeps the tenant of the request before; set it to an empty text there, or reset it when the connection is released"
}

// letsPass reports whether a hook says yes on a way on which a statement did not run.
func letsPass(f *callgraph.Function, run *unit.Run) bool {
	return slices.ContainsFunc(f.Gives, func(g unit.Give) bool {
		if len(g.Results) == 0 || refused(g.Results) {
			return false
		}
		return !slices.ContainsFunc(g.If, func(x term.Fact) bool { return isError(x.A, run.N) }) &&
			!slices.ContainsFunc(g.Results, func(t term.Term) bool { return tells(t, run.N) })
	})
}

// saysError reports whether a hook that only driver.ErrBadConn stops gives no error, or that of
// a statement, on a way on which the statement did not run.
func saysError(f *callgraph.Function, run *unit.Run) bool {
	return slices.ContainsFunc(f.Gives, func(g unit.Give) bool {
		if len(g.Results) != 1 || slices.ContainsFunc(g.If, func(x term.Fact) bool { return x.Op == term.Nil && isError(x.A, run.N) }) {
			return false
		}
		zero, known := term.Zeroness(g.Results[0])
		return known && zero || isError(g.Results[0], run.N)
	})
}

// tells reports whether a result says whether a statement ran: its error, or a test of that.
func tells(t term.Term, n int) bool {
	if x, ok := t.(*term.Test); ok {
		t = x.Fact.A
	}
	return isError(t, n)
}

// refused tells a return that lets a connection not pass: false, or an error.
func refused(results []term.Term) bool {
	if c, ok := results[0].(*term.Const); ok && c.Text == "false" {
		return true
	}
	zero, known := term.Zeroness(results[0])
	return known && zero
}

// reset reports whether a hook sets a variable, or all of them, anew when a connection is
// released, and keeps none where that failed.
func (p *Settings) reset(name string) bool {
	for _, f := range p.graph.Order {
		if !p.Hooked(f, library.Released) {
			continue
		}
		for i := range f.Runs {
			run := &f.Runs[i]
			sets := slices.ContainsFunc(p.Sets(f, run), func(s Setting) bool { return s.Name == name })
			if (sets || Resets(p.stmts, f, run, name)) && !letsPass(f, run) {
				return true
			}
		}
	}
	return false
}

// Resets reports whether a statement takes a variable away from the session, as if nobody had
// set it.
func Resets(stmts *statement.Statements, f *callgraph.Function, run *unit.Run, name string) bool {
	resets := func(text string) bool {
		m := resetAll.FindStringSubmatch(text)
		return m != nil && (m[1] == "" || strings.EqualFold(m[1], name))
	}
	texts := stmts.Written(f, run)
	return len(texts) > 0 && !slices.ContainsFunc(texts, func(t term.Term) bool {
		c, ok := t.(*term.Const)
		return !ok || !resets(c.Text)
	})
}

// resetAll is a statement that takes away every variable of the session, or the one that it
// names.
var resetAll = regexp.MustCompile(`(?i)^\s*(?:discard\s+all|reset\s+all|reset\s+([\w.]+))\s*;?\s*$`)

// maxHook caps the functions between a hook and what it runs.
const maxHook = 3

// Hooked reports whether a pool calls a function, itself or through others, as a hook.
func (p *Settings) Hooked(f *callgraph.Function, role library.Role) bool {
	return p.hookedWithin(f, role, maxHook)
}

func (p *Settings) hookedWithin(f *callgraph.Function, role library.Role, depth int) bool {
	return slices.ContainsFunc(p.graph.Edges[f], func(e *callgraph.Edge) bool {
		if e.Call == nil {
			return false
		}
		if e.Call.Kind == unit.Library {
			return e.Call.Role == role
		}
		return depth > 0 && p.hookedWithin(e.From, role, depth-1)
	})
}

// withoutTransaction: it ends with the statement that sets it.
func withoutTransaction(p *Settings, f *callgraph.Function, run *unit.Run, s Setting) string {
	taken := p.takenOut(f, run)
	byHook := run.Kind == library.Connection && (p.beforeUse(f) || p.Hooked(f, library.Connected))
	if !s.Local || run.Kind != library.Pool && !byHook && !taken {
		return ""
	}
	if taken {
		return s.Name + " is set for its transaction, and there is none: on a connection of the pool each statement is a transaction by itself, and the variable is gone when it ends; begin one on the connection, and run what needs the tenant on it"
	}
	if byHook {
		return s.Name + " is set for its transaction, and there is none: in a hook of the pool the statement is a transaction by itself, and the variable is gone when it ends; set it for the session there, on every way, or in the transaction of each request"
	}
	return s.Name + " is set for its transaction, and there is none: on the pool the statement is a transaction by itself, and the variable is gone when it ends; begin one, and run what needs the tenant on it"
}

// takenOut reports whether a statement runs on a connection that its function has taken out of
// the pool, and on which it begins no transaction by a text.
func (p *Settings) takenOut(f *callgraph.Function, run *unit.Run) bool {
	r, ok := run.On.(*term.Result)
	if !ok || f.Ops[r.Call].Call == nil || f.Ops[r.Call].Call.Role != library.Connects {
		return false
	}
	return !slices.ContainsFunc(f.Runs, func(x unit.Run) bool {
		return x.On != nil && term.Same(x.On, run.On) && slices.ContainsFunc(p.stmts.Written(f, &x), func(t term.Term) bool {
			c, ok := t.(*term.Const)
			return !ok || beginText.MatchString(c.Text)
		})
	})
}

// beginText begins a transaction by a text.
var beginText = regexp.MustCompile(`(?i)^\s*(?:begin|start)\b`)

// splicedInto: the value is a part of the text.
func splicedInto(_ *Settings, _ *callgraph.Function, _ *unit.Run, s Setting) string {
	if _, constant := s.Value.(*term.Const); !s.Spliced || constant {
		return ""
	}
	return s.Name + " is put together with the text of the statement: a quote in it ends the value, and what follows is run; bind it: SELECT set_config('" + s.Name + "', $1, true)"
}

// bound: SET takes no bind value.
func bound(_ *Settings, _ *callgraph.Function, _ *unit.Run, s Setting) string {
	if !s.Bound {
		return ""
	}
	return s.Name + " is set by a SET with a bind value, which PostgreSQL refuses: SET takes constants alone; SELECT set_config('" + s.Name + "', $1, true)"
}

// unheeded: nobody looks at the error.
func unheeded(_ *Settings, _ *callgraph.Function, run *unit.Run, s Setting) string {
	if !run.Unheeded {
		return ""
	}
	return "whether " + s.Name + " was set is not looked at: where it was not, what follows runs with no tenant, or with the one that was on the connection before; end the request where the error is not nil"
}

// late: a statement of the transaction runs before it.
func late(p *Settings, f *callgraph.Function, run *unit.Run, s Setting) string {
	if !s.Local || run.On == nil || run.Kind == library.Pool {
		return ""
	}
	for i := range f.Runs {
		x := &f.Runs[i]
		if x.N >= run.N || x.On == nil || !term.Same(x.On, run.On) || !ranBefore(x, run) || p.given(f, x, s.Name) {
			continue
		}
		if table := p.heldIn(f, x, s.Name); table != "" {
			return fmt.Sprintf("%s is set after a statement on %s that needs it (line %d): the policies show that one no row, or those of whoever was on the connection before; set it first", s.Name, table, callgraph.Place(f, x.Site).Line)
		}
	}
	return ""
}

// ranBefore reports whether a statement has run wherever another one does.
func ranBefore(first, then *unit.Run) bool {
	for _, x := range first.If {
		if !slices.ContainsFunc(then.If, func(y term.Fact) bool { return term.SameFact(x, y) }) {
			return false
		}
	}
	return true
}

// given reports whether a statement stands behind one that sets the variable on the same
// connection.
func (p *Settings) given(f *callgraph.Function, x *unit.Run, name string) bool {
	for i := range f.Runs {
		run := &f.Runs[i]
		if run.N < x.N && run.On != nil && term.Same(run.On, x.On) && slices.ContainsFunc(p.Sets(f, run), func(s Setting) bool { return s.Name == name }) {
			return true
		}
	}
	return slices.ContainsFunc(f.Calls, func(c unit.Call) bool {
		return c.N < x.N && slices.ContainsFunc(c.Args, func(t term.Term) bool { return term.Any(t, func(y term.Term) bool { return term.Same(y, x.On) }) })
	})
}

// heldIn is a table of a statement that policies hold by a variable, "" if there is none.
func (p *Settings) heldIn(f *callgraph.Function, x *unit.Run, name string) string {
	for _, s := range p.stmts.Of(f, x).List {
		if s.Broken != "" || s.Proof == nil {
			continue
		}
		for i := range s.Proof.Relations {
			if t := s.Proof.Relations[i].Table; t.Held != nil && t.Held.Setting == name {
				return t.FullName()
			}
		}
	}
	return ""
}

// isError tells the error of a statement.
func isError(t term.Term, n int) bool {
	r, ok := t.(*term.Result)
	return ok && r.Call == n && len(r.Steps) == 1 && r.Steps[0].Kind == term.PseudoStep
}

// unread tells of a variable that no policy reads, where it is likely meant to be one that
// policies read and nobody sets.
func (p *Settings) unread(f *callgraph.Function, run *unit.Run, s Setting, policies map[string]bool) []finding.Finding {
	if s.Name == "" || !strings.Contains(s.Name, ".") {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(policies)) {
		if alike(name, s.Name) && !p.Given(name) {
			return []finding.Finding{at(finding.RLSUnreadSetting, f, run, fmt.Sprintf("%s is set, and no policy reads it; the policies read %s, which nobody sets", s.Name, name))}
		}
	}
	return nil
}

// alike reports whether two names are likely meant to be one: one is a part of the other but
// for what stands before the dot and separators.
func alike(a, b string) bool {
	bare := func(name string) string {
		return strings.ReplaceAll(name[strings.LastIndexByte(name, '.')+1:], "_", "")
	}
	return strings.Contains(bare(a), bare(b)) || strings.Contains(bare(b), bare(a))
}
