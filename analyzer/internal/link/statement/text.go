package statement

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/entwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/undecided"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxTexts caps the texts that one statement may have.
const maxTexts = 192

// Texts are the statements that a run may be.
type Texts struct {
	List   []*Statement
	Open   bool   // the text depends on parameters: the function is a wrapper
	Reason string // why it is not resolved
}

// Given are the statements whose rows the run gives: not those that a library runs beside.
func (t *Texts) Given() []*Statement {
	if !slices.ContainsFunc(t.List, func(s *Statement) bool { return s.beside }) {
		return t.List
	}
	return slices.DeleteFunc(slices.Clone(t.List), func(s *Statement) bool { return s.beside })
}

// Of resolves the text of a run in its function, once.
func (p *Statements) Of(f *callgraph.Function, r *unit.Run) *Texts {
	if t, ok := p.resolved[r]; ok {
		return t
	}
	t := &Texts{}
	p.resolved[r] = t
	depth := maxTextDepth
	if entwrite.IsBuilt(r.Text) { // each call that adds to it is one deeper
		depth *= 2
	}
	list := p.textsOf(f, runText(r), depth)
	if r.Prepared && len(list) == 1 {
		list = p.prepared(f, list[0])
	}
	if builderBinds(r) {
		list = p.heldBuilders(f, list, depth)
	}
	for _, x := range p.anywhere(list) {
		part := undecided.In(x)
		switch c, _ := x.(*term.Const); {
		case part == nil && c != nil:
			t.List = append(t.List, p.prepare(c.Text, r.Dialect))
		case part == nil && term.Built(x):
			p.write(f, t, x, r)
		case part == nil: // the columns of a row
			t.unresolved("a value that is no text")
		case term.IsOpen(part):
			t.Open = true
		default:
			t.unresolved(unresolvedPart(part))
		}
	}
	if ofORM(r.Text) {
		p.asHandled(t)
	}
	t.List = runnable(t.List)
	if len(t.List) > maxTexts {
		t.List, t.Reason = nil, "text not resolved: "+tooMany
	}
	return t
}

// Written lists what the text of a run of f may be, with what is not known of it.
func (p *Statements) Written(f *callgraph.Function, r *unit.Run) []term.Term {
	return p.textsOf(f, runText(r), maxTextDepth)
}

// unresolved notes why a text is not known, the first reason only.
func (t *Texts) unresolved(why string) {
	if t.Reason == "" {
		t.Reason = "text not resolved: " + why
	}
}

// runText is the text of a run; a copy into a table is written as an insert of
// one row.
func runText(r *unit.Run) term.Term {
	if r.Copy == nil {
		return r.Text
	}
	table := copyName(r.Copy.Table)
	columns, ok := r.Copy.Columns.(*term.List)
	if table == nil || !ok || columns.Open {
		return term.Why("copy target")
	}
	parts := []term.Term{text("INSERT INTO "), table, text(" (")}
	holes := ""
	for i, c := range columns.Elems {
		if i > 0 {
			parts, holes = append(parts, text(", ")), holes+", "
		}
		parts, holes = append(parts, c), holes+"$"+strconv.Itoa(i+1)
	}
	return term.CatOf(append(parts, text(") VALUES ("+holes+")"))...)
}

// copyName joins the parts of an identifier.
func copyName(t term.Term) term.Term {
	l, ok := t.(*term.List)
	if !ok {
		return t
	}
	if len(l.Elems) == 0 || l.Open {
		return nil
	}
	parts := []term.Term{l.Elems[0]}
	for _, x := range l.Elems[1:] {
		parts = append(parts, text("."), x)
	}
	return term.CatOf(parts...)
}

func text(s string) term.Term { return &term.Const{Kind: term.Text, Text: s} }

// Why a text is not resolved that is put together in more ways, or in more functions, than
// are followed.
const (
	tooMany = "it has more forms than are followed"
	tooDeep = "more functions hand it on than are followed"
)

// textsOf lists what a text may be: constants, or terms with what is not known.
func (p *Statements) textsOf(f *callgraph.Function, t term.Term, depth int) []term.Term {
	if depth == 0 {
		return []term.Term{term.Why(tooDeep)}
	}
	switch x := t.(type) {
	case *term.Origin:
		if x.Kind == term.Zero {
			return []term.Term{text("")}
		}
	case *term.Join:
		var out []term.Term
		for _, leaf := range x.Terms {
			out = append(out, p.textsOf(f, leaf, depth)...)
		}
		return distinct(out)
	case *term.Concat:
		return p.concatenated(f, x, depth)
	case *term.Result:
		return p.textResults(f, x, depth)
	case *term.Path:
		return p.textAt(f, x, depth)
	case *term.Build:
		if undecided.Clauses(x) == nil && !appliesFunctions(x) {
			return []term.Term{x} // as it is
		}
		return p.built(f, x, depth)
	}
	return []term.Term{t}
}

func distinct(ts []term.Term) []term.Term {
	if len(ts) < 2 {
		return ts
	}
	var out []term.Term
	seen := map[string]bool{}
	for _, t := range ts {
		if text := t.String(); !seen[text] {
			seen[text] = true
			out = append(out, t)
		}
	}
	return out
}

// concatenated is every combination of the parts.
func (p *Statements) concatenated(f *callgraph.Function, x *term.Concat, depth int) []term.Term {
	out := []term.Term{text("")}
	for i, part := range x.Parts {
		if number, ok := placeholder(x.Parts, i); ok {
			part = number
		}
		var next []term.Term
		for _, tail := range p.textsOf(f, part, depth) {
			for _, head := range out {
				next = append(next, term.CatOf(head, tail))
			}
		}
		if len(next) > maxTexts {
			return []term.Term{term.Why("the text may be built in too many ways; build it in fewer branches")}
		}
		out = next
	}
	return distinct(out)
}

// placeholder gives a counted placeholder ("$" + n) a number that no bind value
// has: which value it is stays unknown, and the statement can still be read. A
// number that is printed elsewhere is such a placeholder, too, or, in quotes,
// some number.
func placeholder(parts []term.Term, i int) (term.Term, bool) {
	o, ok := parts[i].(*term.Origin)
	if !ok || o.Kind != term.Unknown || i == 0 {
		return nil, false
	}
	before, ok := parts[i-1].(*term.Const)
	if !ok {
		return nil, false
	}
	if i+1 < len(parts) {
		if after, ok := parts[i+1].(*term.Const); !ok || partOfName(after.Text[0]) && !quotes(parts[:i]) {
			return nil, false
		}
	}
	switch {
	case strings.HasSuffix(before.Text, "$"):
		return text(strconv.Itoa(uncounted + i)), true
	case o.Name != term.PrintedNumber:
		return nil, false
	case quotes(parts[:i]):
		return text("1"), true
	case partOfName(before.Text[len(before.Text)-1]):
		return nil, false
	}
	return text("$" + strconv.Itoa(uncounted+i)), true
}

// partOfName tells the characters that would make a number part of a name.
func partOfName(c byte) bool {
	return c == '_' || c == '"' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// quotes reports whether the parts end within a quoted text.
func quotes(parts []term.Term) bool {
	n := 0
	for _, x := range parts {
		if c, ok := x.(*term.Const); ok {
			n += strings.Count(c.Text, "'")
		}
	}
	return n%2 == 1
}

// uncounted is the first number of a placeholder whose number is not known.
const uncounted = 9000

// textResults is what the functions that give a fragment may give.
func (p *Statements) textResults(f *callgraph.Function, r *term.Result, depth int) []term.Term {
	o := f.Ops[r.Call]
	if o.Call == nil || len(r.Steps) == 0 {
		return []term.Term{r}
	}
	targets, known := p.graph.Callees(f, o.Call)
	if !known {
		return []term.Term{term.Why("call " + called(o.Call))}
	}
	key := operation{f, r.Call}
	if p.open[key] {
		p.cuts++
		return nil // another turn of a loop adds nothing of another kind
	}
	p.open[key] = true
	defer delete(p.open, key)
	var out []term.Term
	for c, t := range behind(targets, r) {
		for _, inner := range p.givenTexts(c.Fn, t, depth-1) {
			if ofOther(p, inner) {
				continue
			}
			out = append(out, p.textsOf(f, c.Frame().Apply(p.withoutResults(c.Fn, inner, depth-1)), depth-1)...)
		}
		if len(out) > maxTexts {
			return []term.Term{term.Why(tooMany)}
		}
	}
	if slices.ContainsFunc(out, term.Built) { // the nothing that is given beside an error
		out = slices.DeleteFunc(out, func(t term.Term) bool { return term.Same(t, text("")) })
	}
	return distinct(term.AllChosen(out))
}

// ofOther tells what is built of another entity than is asked for: of the functions that one
// call may run, those of it are meant.
func ofOther(p *Statements, t term.Term) bool {
	b, ok := t.(*term.Build)
	if !ok || p.entity == "" {
		return false
	}
	entity := entwrite.EntityOf(b)
	return entity != "" && entity != p.entity
}

// givenKey is a text that a function gives.
type givenKey struct {
	fn     *callgraph.Function
	text   string
	entity string
	depth  int
}

// givenTexts is what a text may be that a function gives: the same whoever calls it.
func (p *Statements) givenTexts(f *callgraph.Function, t term.Term, depth int) []term.Term {
	key := givenKey{f, t.String(), p.entity, depth}
	if known, ok := p.given[key]; ok {
		return known
	}
	before := p.cuts
	out := p.textsOf(f, t, depth)
	if p.cuts == before { // all of it
		p.given[key] = out
	}
	return out
}

// called names what a call calls.
func called(c *unit.Call) string {
	if c.Symbol == "" {
		return "of a function value"
	}
	return c.Symbol
}

// unresolvedPart names the first part of a text that is not a constant.
func unresolvedPart(t term.Term) string {
	reason := ""
	term.Visit(t, func(x term.Term) {
		if reason != "" {
			return
		}
		switch x := x.(type) {
		case *term.Origin:
			reason = x.String()
			if x.Kind == term.Unknown {
				reason = x.Name
			}
		case *term.Const:
		case *term.Func:
			reason = "what " + unit.Short(x.Symbol) + " adds"
		default:
			reason = x.String()
		}
	})
	return reason
}

// Inlined is a run as a caller of its wrapper sees it: text and bind values are
// the caller's, and it is the call that is judged.
func (p *Statements) Inlined(e *callgraph.Edge, r *unit.Run) *unit.Run {
	out := *r
	text, args := p.known(e.To, r)
	out.N, out.Site, out.If, out.Text = e.Call.N, e.Call.Site, e.Facts, e.Apply(text)
	out.Args, out.Ways = e.Substitution.ApplyAll(args), e.Call.Ways
	if r.On != nil {
		out.On = e.Apply(r.On)
	}
	if r.Named != nil {
		out.Named = e.Apply(r.Named)
	}
	if r.Copy != nil {
		out.Copy = &unit.CopyTarget{Table: e.Apply(r.Copy.Table), Columns: e.Apply(r.Copy.Columns)}
	}
	if out.Allow == nil {
		out.Allow = e.Call.Allow
	}
	return &out
}

// A text may be kept before it is run: in a package variable, in a variable that a
// closure has captured, or, as a statement that a constructor prepared, in a field. What is run there is told by what is stored there; where
// it runs is the statement's place.

// textAt is what a text that is kept somewhere may be. A path that is not
// understood stays as it is: it may be a text that the caller gives.
func (p *Statements) textAt(f *callgraph.Function, t *term.Path, depth int) []term.Term {
	var out []term.Term
	switch {
	case t.Root == term.Global:
		out = p.textWrites(t.Name, t.Steps, depth)
		if len(out) == 0 {
			return []term.Term{term.Why("variable " + unit.Short(t.Name))}
		}
		return out
	case t.Root == term.Free:
		if out = p.capturedText(f, t, depth); len(t.Steps) == 0 && slices.ContainsFunc(out, term.Built) && p.runsWithin(f) {
			return []term.Term{t} // its bind values are those of the maker's frame
		}
	}
	if len(out) == 0 || slices.ContainsFunc(out, Unresolved) {
		return []term.Term{t}
	}
	return out
}

// runsWithin reports whether a function literal runs while its maker does: it is no entry,
// and nobody keeps it.
func (p *Statements) runsWithin(f *callgraph.Function) bool {
	return !p.graph.IsEntry(f) && !slices.ContainsFunc(p.graph.Edges[f], func(e *callgraph.Edge) bool {
		return e.Kept || e.Creates || e.Library != "" || e.Call != nil && e.Call.Mode == unit.Spawned
	})
}

// prepared is what a prepared statement may be that a field of the receiver holds:
// what the program stores there. Other texts in fields are those of the object
// that a caller made, and stay open.
func (p *Statements) prepared(f *callgraph.Function, t term.Term) []term.Term {
	path, ok := t.(*term.Path)
	if !ok || path.Root != term.Param || path.Index != 0 || f.Receiver == "" || len(path.Steps) == 0 || path.Steps[0].Kind != term.FieldStep {
		return []term.Term{t}
	}
	out := p.textWrites(f.Receiver+"."+path.Steps[0].Name, path.Steps[1:], maxTextDepth)
	if len(out) == 0 || slices.ContainsFunc(out, Unresolved) {
		return []term.Term{term.Why("a prepared statement in " + unit.Short(f.Receiver))}
	}
	return out
}

// Unresolved tells a term that is neither a text nor a build of which the structure is
// known.
func Unresolved(t term.Term) bool { return undecided.In(t) != nil }

// textWrites is what the program stores into a package variable or a field, or
// the part of it that the steps lead to.
func (p *Statements) textWrites(name string, steps []term.Step, depth int) []term.Term {
	var out []term.Term
	for _, w := range p.graph.Stores[name] {
		for _, t := range p.textsOf(w.Fn, entry(w.Value, steps), depth-1) {
			out = append(out, foreign(t))
		}
	}
	return distinct(out)
}

// entry is a part of a value; an element of a map with named entries is any of
// them.
func entry(t term.Term, steps []term.Step) term.Term {
	for _, s := range steps {
		if st, ok := t.(*term.Struct); ok && s.Kind == term.ElemStep && st.Base == nil {
			values := make([]term.Term, len(st.Fields))
			for i, f := range st.Fields {
				values[i] = f.Term
			}
			t = term.JoinOf(values...)
			continue
		}
		t = term.Select(t, s)
	}
	return t
}

func captures(free []term.Field, name string) bool {
	return slices.ContainsFunc(free, func(x term.Field) bool { return x.Name == name })
}

// capturedText is what a closure has captured, where its maker knows it.
func (p *Statements) capturedText(f *callgraph.Function, t *term.Path, depth int) []term.Term {
	var out []term.Term
	for _, e := range p.graph.Edges[f] {
		maker := e
		if e.Closure != nil {
			maker = e.Closure
		}
		if p.graph.Live[maker.From] == nil || !captures(maker.Free, t.Name) {
			continue // it is handed on there, not made
		}
		captured := term.Substitution{Free: maker.Free}.Apply(t)
		for _, t := range p.givenTexts(maker.From, captured, depth-1) {
			out = append(out, foreign(t))
		}
	}
	return distinct(out)
}
