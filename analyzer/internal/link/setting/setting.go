// Package setting finds what the statements of a program set of the variables of a session.
//
// In go statements; out comes, for each run, the variables that it sets, with the values, and
// whether it sets them for its transaction alone. What sets a variable in a way that is not
// understood sets any of them, to a value that is not known.
//
// Of the functions of the database it reads those that do nothing else; of others it tells
// only that they may.
package setting

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema/setter"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Setting is a variable of the session that a statement sets.
type Setting struct {
	Name  string    // in lower case, "" where it is not known: it may be any
	Value term.Term // nil where it is not known
	// Sure tells that the statement sets it whenever it runs, and Local that it does so for
	// its transaction alone. Where Spliced is set the value is a part of the text.
	Sure, Local, Spliced bool
	// Sort is what the value is by its Go type, as of [unit.Run], "" where that is not known.
	Sort string
	// Bound tells of a SET with a bind value, which the server refuses.
	Bound bool
	// Unread tells that a text is not known, or what a function in it does: it may set any.
	Unread bool
	// ByObject tells that a table or a view which the statement names sets it.
	ByObject bool
	// Past is why the policies may not hold what comes after it on the connection, "" of a
	// variable that only they read.
	Past string
}

// Settings are what the statements of a program set.
type Settings struct {
	graph  *callgraph.Graph
	stmts  *statement.Statements
	known  map[*unit.Run][]Setting
	inside map[*catalogue.Catalogue]*setter.Setters
	names  map[string]bool // that are set; nil until asked
	gone   map[string]bool // that are set, and gone with the statement
	begins map[string]Begin
	// Lasting lists what is set of the variables that policies read for as long as the
	// connection lives.
	Lasting func() []Lasting
	// Loose is why the connections of the program may pass by the policies whatever is done
	// on them: a request does something that lasts. It is "" if none does.
	Loose func() string
	// Driver names what of the program's own makes connections, "" if nothing does.
	Driver string
}

// New makes the settings of a program.
func New(graph *callgraph.Graph, stmts *statement.Statements) *Settings {
	p := &Settings{graph: graph, stmts: stmts, known: map[*unit.Run][]Setting{}, inside: map[*catalogue.Catalogue]*setter.Setters{}, begins: map[string]Begin{}}
	p.Lasting, p.Loose = sync.OnceValue(p.lasting), sync.OnceValue(p.loose)
	return p
}

// Sets lists the variables of the session that a run of f sets, or, of a call of a wrapper,
// that the wrapper's statement does.
func (p *Settings) Sets(f *callgraph.Function, r *unit.Run) []Setting {
	if known, ok := p.known[r]; ok {
		return known
	}
	var out []Setting
	of := p.stmts.Of(f, r)
	for _, s := range of.List {
		out = append(append(out, p.setBy(f, r, s)...), p.past(s.Text)...)
		out = append(out, p.byRoutine(f, r, s)...)
	}
	if of.Reason != "" || of.Open {
		texts := p.stmts.Written(f, r)
		for _, t := range texts {
			found := spliced(t)
			if c, ok := t.(*term.Const); ok {
				found = append(found, p.past(c.Text)...)
			}
			if len(found) == 0 && !isData(t) {
				found = []Setting{{Unread: true}}
			}
			out = append(out, found...)
		}
		if len(texts) == 0 {
			out = append(out, Setting{Unread: true})
		}
	}
	if len(of.List) > 1 { // of several texts each may be the one
		for i := range out {
			out[i].Sure = out[i].Sure && len(out) == len(of.List) && out[i].Name == out[0].Name
		}
	}
	p.known[r] = out
	return out
}

// dataWord begins a text that reads or changes rows.
var dataWord = regexp.MustCompile(`(?is)^\s*(select|insert|update|delete|with)\s`)

// isData reports whether a text sets nothing, as far as it is known: it is written out, or
// begins with what reads or changes rows, and what is left out of it is a condition, a list
// or an order.
func isData(t term.Term) bool {
	if c, ok := t.(*term.Const); ok {
		return !strings.Contains(strings.ToLower(c.Text), setter.Config)
	}
	if cat, ok := t.(*term.Concat); ok && len(cat.Parts) > 0 {
		for _, x := range cat.Parts {
			if c, ok := x.(*term.Const); ok && strings.Contains(c.Text, ";") {
				return false // another statement may follow
			}
		}
		t = cat.Parts[0]
	}
	c, ok := t.(*term.Const)
	return ok && dataWord.MatchString(c.Text) && !strings.Contains(strings.ToLower(c.Text), setter.Config)
}

// byRoutine lists what the routines set that a statement calls. One that does nothing but set
// variables to its arguments sets them; another any that its body names, to a value that is
// not known.
func (p *Settings) byRoutine(f *callgraph.Function, r *unit.Run, s *statement.Statement) []Setting {
	var out []Setting
	if s.Proof != nil && slices.ContainsFunc(s.Proof.Unproven, func(why string) bool { return strings.HasPrefix(why, "function ") && !p.understood(s, why) }) {
		out = append(out, Setting{Unread: true})
	}
	if s.Cat == nil || s.Cat.Diagram == nil {
		return out
	}
	in := p.insideOf(s.Cat)
	for _, name := range in.ByObjects(s.Text).Sorted() {
		out = append(out, Setting{Name: name, ByObject: true})
	}
	text := strings.ToLower(s.Text)
	for _, name := range in.Routines() {
		if setter.Calls(text, name) {
			out = append(out, p.setByCall(f, r, s, name)...)
		}
	}
	return out
}

// understood reports whether a routine at the end of a reason does nothing but set variables.
func (p *Settings) understood(s *statement.Statement, why string) bool {
	return slices.ContainsFunc(s.Cat.Diagram.Functions, func(f *schema.Function) bool {
		_, ok := assigns(f)
		return ok && strings.HasSuffix(why, " "+f.Name)
	})
}

// setByCall is what a statement sets that calls a routine of a name.
func (p *Settings) setByCall(f *callgraph.Function, r *unit.Run, s *statement.Statement, name string) []Setting {
	of := slices.DeleteFunc(slices.Clone(s.Cat.Diagram.Functions), func(x *schema.Function) bool { return !strings.EqualFold(x.Name, name) })
	tree, err := sqlparse.Parse(s.Text, sqltree.Postgres)
	if len(of) == 1 && err == nil && !of[0].Trigger {
		if list, ok := assigns(of[0]); ok {
			return p.assignedBy(f, r, s, tree, name, list)
		}
	}
	var out []Setting
	for _, n := range p.insideOf(s.Cat).By(name).Sorted() {
		out = append(out, Setting{Name: n, Past: p.pastBy(n, nil)})
	}
	return out
}

// assignedBy is what the calls of a routine in a statement set that sets variables to its
// arguments.
func (p *Settings) assignedBy(f *callgraph.Function, r *unit.Run, s *statement.Statement, tree sqltree.Statement, name string, list []assignment) []Setting {
	alone := isBare(tree)
	var out []Setting
	sqltree.Walk(tree, func(n sqltree.Node) bool {
		c, ok := n.(*sqltree.Call)
		if !ok || !strings.EqualFold(c.Name, name) {
			return true
		}
		for _, a := range list {
			set := Setting{Name: a.name, Local: a.local, Sure: alone, Past: p.pastBy(a.name, nil)}
			if a.arg >= 0 && a.arg < len(c.Args) {
				set.Value = p.valueOf(f, r, s, c.Args[a.arg])
			}
			out = append(out, set)
		}
		return true
	})
	if len(out) == 0 {
		return []Setting{{}}
	}
	return out
}

// insideOf is what of a database sets a variable when a statement touches it.
func (p *Settings) insideOf(c *catalogue.Catalogue) *setter.Setters {
	if p.inside[c] == nil {
		p.inside[c] = setter.Of(c.Diagram)
	}
	return p.inside[c]
}

// setBy lists what a text sets that is known.
func (p *Settings) setBy(f *callgraph.Function, r *unit.Run, s *statement.Statement) []Setting {
	if !strings.Contains(strings.ToLower(s.Text), setter.Config) {
		return plainSet(s.Text)
	}
	tree, err := sqlparse.Parse(s.Text, sqltree.Postgres)
	if err != nil || s.Proof == nil {
		return []Setting{{}}
	}
	value := func(e sqltree.Expr) term.Term { return p.valueOf(f, r, s, e) }
	alone := isBare(tree)
	var out []Setting
	sqltree.Walk(tree, func(n sqltree.Node) bool {
		c, ok := n.(*sqltree.Call)
		if !ok || c.Name != setter.Config {
			return true
		}
		set := Setting{Sure: alone}
		if len(c.Args) == 3 {
			if name, ok := value(c.Args[0]).(*term.Const); ok {
				set.Name = strings.ToLower(name.Text)
			}
			set.Value, set.Sort = value(c.Args[1]), sortOf(r, c.Args[1])
			set.Past = p.pastBy(set.Name, valuesOf(set.Value))
			local, known := value(c.Args[2]).(*term.Const)
			set.Local = known && slices.Contains([]string{"true", "t", "on", "1"}, strings.ToLower(local.Text))
		}
		out = append(out, set)
		return false
	})
	return out
}

// valueOf is a bind value or a constant of a statement, nil for anything else.
func (p *Settings) valueOf(f *callgraph.Function, r *unit.Run, s *statement.Statement, e sqltree.Expr) term.Term {
	switch x := uncast(e).(type) {
	case *sqltree.Hole:
		return p.stmts.Bind(f, r, s, x.Number)
	case *sqltree.Literal:
		if x.Kind != sqltree.Null {
			return written(x.Text)
		}
		return term.ZeroTerm()
	}
	return nil
}

// sortOf is what a bind value of a statement is by its Go type.
func sortOf(r *unit.Run, e sqltree.Expr) string {
	if x, ok := uncast(e).(*sqltree.Hole); ok && x.Number > 0 && x.Number <= len(r.Sorts) {
		return r.Sorts[x.Number-1]
	}
	return ""
}

// isBare tells a query without a table and a condition: it gives one row.
func isBare(s sqltree.Statement) bool {
	q, ok := s.(*sqltree.Query)
	if !ok || q.With != nil || q.Limit != nil || q.Offset != nil {
		return false
	}
	b, ok := q.Body.(*sqltree.Select)
	if !ok || len(b.From) > 0 || b.Where != nil || b.Having != nil {
		return false
	}
	return !slices.ContainsFunc(b.Items, func(i sqltree.Item) bool {
		_, call := uncast(i.Expr).(*sqltree.Call)
		return !call
	})
}

// uncast takes casts off a value.
func uncast(e sqltree.Expr) sqltree.Expr {
	for {
		c, ok := e.(*sqltree.Cast)
		if !ok {
			return e
		}
		e = c.X
	}
}

var (
	setStatement = regexp.MustCompile(`(?is)^\s*set\s+(?:(local|session)\s+)?([\w."]+)\s*(?:=|\bto\b)\s*(.*?)\s*;?\s*$`)
	splicedSet   = regexp.MustCompile(`(?is)^\s*set\s+(?:(local|session)\s+)?([\w."]+)\s*(?:=|\bto\b)\s*['"]?$`)
	splicedCall  = regexp.MustCompile(`(?is)^\s*select\s+(?:pg_catalog\.)?set_config\s*\(\s*'([\w.]+)'\s*,\s*'?$`)
	restOfSet    = regexp.MustCompile(`^['"]?\s*;?\s*$`)
	restOfCall   = regexp.MustCompile(`(?i)^'?(?:::\w+)?\s*,\s*(true|false)\s*\)\s*;?\s*$`)
)

// plainSet is what a SET sets.
func plainSet(s string) []Setting {
	m := setStatement.FindStringSubmatch(s)
	if words := sqltext.Lex(s); m == nil && len(words) > 0 && words[0].Is("SET") && strings.Contains(s, ".") {
		return []Setting{{}} // in a form that is not read
	}
	if m == nil || !strings.Contains(m[2], ".") {
		return nil // no variable of the program's own
	}
	out := Setting{Name: variable(m[2]), Sure: true, Local: strings.EqualFold(m[1], "local")}
	switch v := strings.Trim(m[3], `'"`); {
	case strings.EqualFold(m[3], "default"):
		out.Value = term.ZeroTerm()
	case strings.ContainsAny(m[3], "$?"): // SET takes no bind value: the server refuses it
		out.Sure, out.Bound = false, strings.Contains(m[3], "$")
	default:
		out.Value = written(v)
	}
	return []Setting{out}
}

// variable is the name of a variable as it was written.
func variable(written string) string { return strings.ToLower(strings.ReplaceAll(written, `"`, "")) }

// spliced is what a text sets of which the value is a part.
func spliced(t term.Term) []Setting {
	cat, ok := t.(*term.Concat)
	if !ok || len(cat.Parts) == 0 {
		return nil
	}
	begin, ok := cat.Parts[0].(*term.Const)
	if !ok {
		return nil
	}
	end := ""
	if last, ok := cat.Parts[len(cat.Parts)-1].(*term.Const); ok && len(cat.Parts) > 1 {
		end = last.Text
	}
	whole := len(cat.Parts) == 3 || len(cat.Parts) == 2 && end == ""
	if m := splicedSet.FindStringSubmatch(begin.Text); m != nil {
		return []Setting{{
			Name: variable(m[2]), Value: splicedValue(cat, whole), Local: strings.EqualFold(m[1], "local"),
			Sure: whole && restOfSet.MatchString(end), Spliced: true,
		}}
	}
	if m := splicedCall.FindStringSubmatch(begin.Text); m != nil {
		rest := restOfCall.FindStringSubmatch(end)
		return []Setting{{
			Name: strings.ToLower(m[1]), Value: splicedValue(cat, whole && rest != nil), Local: rest != nil && strings.EqualFold(rest[1], "true"),
			Sure: whole && rest != nil, Spliced: true,
		}}
	}
	lower := strings.ToLower(begin.Text)
	if strings.Contains(lower, setter.Config) || strings.HasPrefix(strings.TrimSpace(lower), "set ") {
		return []Setting{{Spliced: true}}
	}
	return nil
}

// splicedValue is the one part of a text that is not written out, nil if there are more.
func splicedValue(cat *term.Concat, whole bool) term.Term {
	if !whole {
		return nil
	}
	return cat.Parts[1]
}

// Given reports whether a live statement of the program sets a variable, or one whose name
// is not known, so that another statement may see it; or that its own driver may, or that connections begin
// with it.
func (p *Settings) Given(name string) bool {
	p.seekNames()
	b, begins := p.Begins(name)
	return p.names[name] || p.names[""] || p.Driver != "" || begins && !b.Unsure
}

// InVain reports whether the program sets a variable, and only so that it is gone at once: its
// policies are meant to hold what they read, and do not.
func (p *Settings) InVain(name string) bool { return !p.Given(name) && p.gone[name] }

func (p *Settings) seekNames() {
	if p.names != nil {
		return
	}
	p.names, p.gone = map[string]bool{}, map[string]bool{}
	for _, f := range p.graph.Order {
		for i := range f.Runs {
			for _, s := range p.Sets(f, &f.Runs[i]) {
				switch {
				case s.Unread, s.ByObject:
				case p.vanishes(f, &f.Runs[i], s):
					p.gone[s.Name] = true
				default:
					p.names[s.Name] = true
				}
			}
		}
	}
}

// vanishes reports whether what a statement sets is gone with itself: it is a transaction of
// its own, and asks for no row.
func (p *Settings) vanishes(f *callgraph.Function, run *unit.Run, s Setting) bool {
	return s.Sure && s.Local && run.Kind == library.Pool && !slices.ContainsFunc(p.stmts.Of(f, run).List, func(x *statement.Statement) bool {
		return x.Broken != "" || x.Proof == nil || len(x.Proof.Relations) > 0 || len(sqltext.Split(x.Text)) > 1
	})
}

// Secured are the full names of the tables whose policies read a variable of the session
// that a live statement of the program sets, and on which no proof may rest.
func (p *Settings) Secured() map[string]bool {
	out := map[string]bool{}
	for _, c := range p.stmts.Cats {
		for _, t := range c.Tables {
			if t.Security.Enabled && t.Held == nil && slices.ContainsFunc(t.Security.Settings(c.Diagram), p.Given) {
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

// lasting lists the live statements that set a variable which policies read, and not for
// their transaction alone.
func (p *Settings) lasting() []Lasting {
	names := p.OfPolicies()
	var out []Lasting
	for _, f := range p.graph.Order {
		for i := 0; i < len(f.Runs) && len(names) > 0; i++ {
			for _, s := range p.Sets(f, &f.Runs[i]) {
				if !s.Local && names[s.Name] {
					out = append(out, Lasting{f, &f.Runs[i], s.Name})
					break
				}
			}
		}
	}
	return out
}

// OfPolicies are the variables of the session that policies of the databases read.
func (p *Settings) OfPolicies() map[string]bool {
	out := map[string]bool{}
	for _, c := range p.stmts.Cats {
		for _, t := range c.Tables {
			for _, n := range t.Security.Settings(c.Diagram) {
				out[n] = true
			}
		}
	}
	return out
}

func written(s string) term.Term { return &term.Const{Kind: term.Text, Text: s} }
