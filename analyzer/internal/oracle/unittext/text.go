package unittext

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/termtext"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Text is the text form of the unit:
//
//	package PATH NAME MODULE
//	file NAME [generated] [size N]
//	library PATH
//	column FIELD "name"
//	model pkg.T [used] [method] [table "x"] { FIELD KIND TYPE [pointer] [list] [embedded] [tag "x"], … } [hooks [NAME, …]] [sets [NAME, …]]
//	type [*]pkg.T { M = SYMBOL, N = SYMBOL via a.b, O = iface pkg.I via a }
//	convert FROM -> TO
//	entry SYMBOL KIND [1, 2] given 1 TERM next 3
//	directive VERB "reason" line N
//	problem "kind" "message"
//	func SYMBOL(name, name...) results N [recv pkg.T] [exported] [allow "reason"] [over "reason"]
//		runs N VERB LIBRARY [dialect D] TEXT [arg, arg] [sorts ["integer", …]] [spread] [named TERM] [copy TERM TERM]
//		calls N [defer|go] static SYMBOL(arg, arg)
//		calls N iface pkg.I.M(arg, arg)
//		calls N value TERM(arg, arg) [as "signature"]
//		calls N lib SYMBOL(arg, arg) [role "ROLE"]
//		gives TERM, TERM
//		puts KEY TERM
//		stores pkg.T.f TERM
//		reads TERM
//		uses TERM
//		takes SYMBOL "signature" [via pkg.I]
//
// A call and a gives may go on with `after [N, N]`. Every operation may end with
// `if FACT, FACT`, then `@ "file.go":LINE:COLUMN-LINE:COLUMN`, then for a call
// `args @ … @ …`, the sites of its arguments. # begins a comment at the start of
// a line.
func Text(u *unit.Unit) string {
	w := &writer{u: u}
	w.line("package %s %s %s", u.Path, u.Name, orDash(u.Module))
	for _, f := range u.Files {
		w.line("file %q%s", f.Name, flag(f.Generated, " generated"))
	}
	for _, l := range u.Libraries {
		w.line("library %s", l)
	}
	for _, c := range u.Columns {
		w.line("column %s %q", c.Field, c.Name)
	}
	for _, m := range u.Models {
		w.line("model %s%s%s%s { %s }%s%s%s", m.Name, flag(m.Used, " used"), flag(m.Method, " method"), flag(m.Table != "", " table "+strconv.Quote(m.Table)), modelFields(m.Fields), quotedNames(" hooks", m.Hooks), quotedNames(" sets", m.Sets), w.site(m.Site))
	}
	for _, t := range u.Types {
		w.line("type %s%s { %s }", flag(t.Pointer, "*"), t.Name, methods(t.Methods))
	}
	for _, c := range u.Conversions {
		w.line("convert %s -> %s%s", symbol(c.From), symbol(c.To), w.site(c.Site))
	}
	for _, e := range u.Entries {
		w.line("entry %s %q %s%s%s", e.Symbol, e.Kind, ints(e.Request), given(e.Given), flag(e.Next > 0, " next "+strconv.Itoa(e.Next)))
	}
	for _, d := range u.Directives {
		w.line("directive %s %q line %d%s", d.Verb, d.Reason, d.Line, w.site(d.Site))
	}
	for _, p := range u.Problems {
		w.line("problem %q %q%s", p.Kind, p.Message, w.site(p.Site))
	}
	for _, x := range u.Unread {
		w.line("unread %s %q%s", x.Function, x.Why, w.site(x.Site))
	}
	for _, f := range u.Functions {
		w.function(f)
	}
	return w.b.String()
}

// writer writes the lines of one unit.
type writer struct {
	u *unit.Unit
	b strings.Builder
}

// line writes one line.
func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(&w.b, format+"\n", args...)
}

// function writes a function and, indented below it, what it does.
func (w *writer) function(f *unit.Function) {
	params := strings.Join(f.Params, ", ")
	if f.Variadic {
		params += "..."
	}
	w.line("func %s(%s) results %d%s%s%s%s%s%s%s%s", f.Symbol, params, f.Results,
		flag(f.Receiver != "", " recv "+f.Receiver), flag(f.Exported, " exported"),
		flag(len(f.Sends) > 0, " sends "+ints(f.Sends)), flag(f.Left > 0, " leaves "+strconv.Itoa(f.Left)), flag(f.Kept, " kept"), allow(f.Allow), flag(f.Over != "", " over "+strconv.Quote(f.Over)), w.site(f.Site))
	for _, op := range ordered(f) {
		w.operation(op)
	}
}

// ordered gives the statements and calls by number, then the rest.
func ordered(f *unit.Function) []any {
	var out []any
	runs, calls := f.Runs, f.Calls
	for len(runs) > 0 || len(calls) > 0 {
		if len(calls) == 0 || len(runs) > 0 && runs[0].N < calls[0].N {
			out, runs = append(out, &runs[0]), runs[1:]
			continue
		}
		out, calls = append(out, &calls[0]), calls[1:]
	}
	for i := range f.Puts {
		out = append(out, &f.Puts[i])
	}
	for i := range f.Changes {
		out = append(out, &f.Changes[i])
	}
	for i := range f.Stores {
		out = append(out, &f.Stores[i])
	}
	for i := range f.Reads {
		out = append(out, &f.Reads[i])
	}
	for i := range f.Uses {
		out = append(out, &f.Uses[i])
	}
	for i := range f.Keeps {
		out = append(out, &f.Keeps[i])
	}
	for i := range f.Finds {
		out = append(out, &f.Finds[i])
	}
	for i := range f.Takes {
		out = append(out, &f.Takes[i])
	}
	for i := range f.Owners {
		out = append(out, &f.Owners[i])
	}
	for i := range f.Gives {
		out = append(out, &f.Gives[i])
	}
	return out
}

func (w *writer) operation(op any) {
	switch x := op.(type) {
	case *unit.Run:
		w.line("\truns %d %s %s%s %s %s%s%s%s%s%s%s%s%s%s%s%s%s", x.N, x.Verb, symbol(x.Library), flag(x.Dialect != "", " dialect "+x.Dialect),
			x.Text, list(x.Args), flag(len(x.Nulls) > 0, " nulls "+ints(x.Nulls)), sorts(x.Sorts), flag(x.Spread, " spread"), named(x.Named), target(x.Copy), flag(x.Prepared, " prepared"), on(x), flag(x.Unheeded, " unheeded"), ways(x.Ways), facts(x.If), allow(x.Allow), w.site(x.Site))
	case *unit.Call:
		w.line("\tcalls %d %s%s(%s)%s%s%s%s%s%s%s%s", x.N, modes[x.Mode], w.callee(x), terms(x.Args),
			flag(x.Signature != "", " as "+strconv.Quote(x.Signature)), flag(x.Role != "", " role "+strconv.Quote(string(x.Role))), sends(x.Messages)+rows(x.Rows)+typeArgs(x.Types)+ways(x.Ways), after(x.After), facts(x.If), allow(x.Allow), w.site(x.Site), w.argSites(x.ArgSites))
	case *unit.Put:
		w.line("\tputs %s %s%s%s", symbol(x.Key), x.Value, facts(x.If), w.site(x.Site))
	case *unit.Change:
		w.line("\tchanges %s %s%s%s", x.Of, x.Value, facts(x.If), w.site(x.Site))
	case *unit.Store:
		w.line("\tstores %s.%s %s%s%s%s", symbol(x.Type), x.Field, x.Value, owner(x.Of), facts(x.If), w.site(x.Site))
	case *unit.Read:
		w.line("\treads %s%s", x.Origin, w.site(x.Site))
	case *unit.Use:
		w.line("\tuses %s%s%s", x.Value, facts(x.If), w.site(x.Site))
	case *unit.Keep:
		key := ""
		if x.Key != nil {
			key = " by " + x.Key.String()
		}
		w.line("\tkeeps %s in %s%s%s%s%s", x.Value, x.Into, placeText(x.Place), key, facts(x.If), w.site(x.Site))
	case *unit.Find:
		key := ""
		if x.Key != nil {
			key = " by " + x.Key.String()
		}
		w.line("\tfinds %s%s%s%s", x.In, placeText(x.Place), key, w.site(x.Site))
	case *unit.Take:
		w.line("\ttakes %s %q%s", symbol(x.Symbol), x.Signature, flag(x.Interface != "", " via "+symbol(x.Interface)))
	case *unit.Owner:
		w.line("\towns %s %s.%s", x.Value, symbol(x.Type), x.Field)
	case *unit.Give:
		w.line("\tgives%s%s%s%s", flag(len(x.Results) > 0, " "+terms(x.Results)), after(x.After), facts(x.If), w.site(x.Site))
	}
}

// on is what a statement runs on.
func on(r *unit.Run) string {
	if r.On == nil {
		return ""
	}
	return " on " + flag(r.Kind != library.NoType, string(r.Kind)+" ") + r.On.String()
}

func after(calls []int) string { return flag(len(calls) > 0, " after "+ints(calls)) }

var modes = [...]string{unit.Now: "", unit.Deferred: "defer ", unit.Spawned: "go "}

func (w *writer) callee(c *unit.Call) string {
	switch c.Kind {
	case unit.Interface:
		return "iface " + symbol(c.Symbol) + " " + c.Method
	case unit.Dynamic:
		return "value " + c.Value.String()
	case unit.Library:
		return "lib " + symbol(c.Symbol)
	}
	return "static " + symbol(c.Symbol)
}

func (w *writer) site(i int) string {
	if i < 0 || i >= len(w.u.Sites) {
		return ""
	}
	s := w.u.Sites[i]
	text := fmt.Sprintf(" @ %q:%d:%d", w.u.Files[s.File].Name, s.Line, s.Column)
	if s.EndLine > 0 {
		text += fmt.Sprintf("-%d:%d", s.EndLine, s.EndColumn)
	}
	return text
}

func (w *writer) argSites(sites []int) string {
	if len(sites) == 0 {
		return ""
	}
	out := " args"
	for _, s := range sites {
		if text := w.site(s); text != "" {
			out += text
		} else {
			out += " _"
		}
	}
	return out
}

func flag(on bool, text string) string {
	if on {
		return text
	}
	return ""
}

// owner says whose field a store sets.
func owner(of int) string {
	switch {
	case of == unit.Made:
		return " in made"
	case of > 0:
		return " in " + strconv.Itoa(of-1)
	}
	return ""
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// symbol quotes a name that Reader.Symbol would not read as a whole.
func symbol(s string) string {
	r := termtext.NewReader(s)
	if r.Symbol() == s && !r.More() {
		return s
	}
	return strconv.Quote(s)
}

func methods(ms []unit.Method) string {
	parts := make([]string, len(ms))
	for i, m := range ms {
		parts[i] = m.Name + " = " + m.Symbol
		if m.Interface != "" {
			parts[i] = m.Name + " = iface " + symbol(m.Interface)
		}
		if len(m.Path) > 0 {
			parts[i] += " via " + strings.Join(m.Path, ".")
		}
		parts[i] += typeArgs(m.Types)
	}
	return strings.Join(parts, ", ")
}

func ints(xs []int) string {
	parts := make([]string, len(xs))
	for i, x := range xs {
		parts[i] = strconv.Itoa(x)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func terms(ts []term.Term) string {
	parts := make([]string, len(ts))
	for i, t := range ts {
		parts[i] = t.String()
	}
	return strings.Join(parts, ", ")
}

func list(ts []term.Term) string { return "[" + terms(ts) + "]" }

func named(t term.Term) string {
	if t == nil {
		return ""
	}
	return " named " + t.String()
}

func ways(list []unit.Way) string {
	s := ""
	for _, x := range list {
		s += " way " + x.Text.String() + facts(x.If)
	}
	return s
}

func given(list []unit.Given) string {
	s := ""
	for _, x := range list {
		s += fmt.Sprintf(" given %d %s", x.Param, x.Value)
	}
	return s
}

func sends(list []unit.Message) string {
	s := ""
	for _, x := range list {
		s += fmt.Sprintf(" sends %d %d %s %s", x.Arg, x.Elem+1, symbol(x.Type), x.Value)
	}
	return s
}

func typeArgs(list []string) string {
	s := ""
	for _, x := range list {
		if x == "" {
			s += " of -"
		} else {
			s += " of " + symbol(x)
		}
	}
	return s
}

func rows(list []term.Rows) string {
	s := ""
	for _, x := range list {
		s += fmt.Sprintf(" rows %d %s%s", x.Arg, flag(x.Many, "many "), symbol(x.Type))
	}
	return s
}

func target(c *unit.CopyTarget) string {
	if c == nil {
		return ""
	}
	return " copy " + c.Table.String() + " " + c.Columns.String()
}

func facts(fs []term.Fact) string {
	if len(fs) == 0 {
		return ""
	}
	parts := make([]string, len(fs))
	for i, f := range fs {
		parts[i] = f.String()
	}
	return " if " + strings.Join(parts, ", ")
}

func allow(d *unit.Directive) string {
	if d == nil {
		return ""
	}
	return " allow " + strconv.Quote(d.Reason)
}

// quotedNames is a list of names behind a word, nothing if there are none.
func quotedNames(word string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strconv.Quote(n)
	}
	return word + " [" + strings.Join(out, ", ") + "]"
}

func modelFields(list []unit.ModelField) string {
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = f.Name + " " + f.Kind + " " + strconv.Quote(f.Type) + flag(f.Pointer, " pointer") + flag(f.List, " list") +
			flag(f.Embedded, " embedded") + flag(f.Tag != "", " tag "+strconv.Quote(f.Tag))
	}
	return strings.Join(out, ", ")
}

func placeText(place string) string {
	if place == "" {
		return ""
	}
	return " of " + symbol(place)
}

// sorts tells what bind values are.
func sorts(list []string) string {
	if len(list) == 0 {
		return ""
	}
	quoted := make([]string, len(list))
	for i, x := range list {
		quoted[i] = strconv.Quote(x)
	}
	return " sorts [" + strings.Join(quoted, ", ") + "]"
}
