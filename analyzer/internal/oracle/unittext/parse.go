// Package unittext is the text form of units: [Text] writes it, [Parse] reads it.
// It is for tests and for people; what travels between packages is the binary form.
//
// In goes a unit, out comes a line for each thing that it says, and back.
//
// It does not check that a unit means anything, so that a test may say what no
// compiler would.
package unittext

import (
	"fmt"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/termtext"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// The text form is for tests and for people, and so is its parser: it stops at
// the first mistake, with its line.

// Parse reads units in text form; each begins with its package line. The error
// carries name and line, counted in the text as it is given. It takes more freedom
// than [Text] uses: sites, facts and flags may be left out, so that a test
// says what it is about and no more.
func Parse(name, text string) ([]*unit.Unit, error) {
	p := &parser{}
	for i, line := range strings.Split(text, "\n") {
		if s := strings.TrimSpace(line); s == "" || strings.HasPrefix(s, "#") {
			continue
		}
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
	}
	return p.units, nil
}

// parser reads line by line; what a line says belongs to the last package, or to
// the last function, that a line began.
type parser struct {
	*termtext.Reader
	units []*unit.Unit
	u     *unit.Unit
	f     *unit.Function
}

// line reads one line. A word that begins no declaration must be an operation of
// the function above it.
func (p *parser) line(text string) error {
	p.Reader = termtext.NewReader(text)
	word := p.Word()
	switch {
	case word == "package":
		p.u, p.f = &unit.Unit{Path: p.Symbol(), Name: p.Word(), Module: p.dash()}, nil
		p.units = append(p.units, p.u)
	case p.u == nil:
		return fmt.Errorf("%s before the first package line", word)
	case !p.declaration(word):
		if p.f == nil {
			return fmt.Errorf("%s outside a function", word)
		}
		if !p.operation(word) {
			return fmt.Errorf("unknown operation %s", word)
		}
	}
	p.End()
	return p.Err()
}

// dash reads a symbol that may be absent, written as a dash or left out.
func (p *parser) dash() string {
	if p.Got('-') || !p.More() {
		return ""
	}
	return p.Symbol()
}

// take reads the word if it is next.
func (p *parser) take(word string) bool {
	if !p.At(word) {
		return false
	}
	p.Word()
	return true
}

// declaration reads what stands in a package; false if the word begins no such
// line.
func (p *parser) declaration(word string) bool {
	switch word {
	case "file":
		p.u.Files = append(p.u.Files, unit.File{Name: p.Quoted(), Generated: p.take("generated")})
	case "library":
		p.u.Libraries = append(p.u.Libraries, p.Symbol())
	case "column":
		p.u.Columns = append(p.u.Columns, unit.Column{Field: p.Word(), Name: p.Quoted()})
	case "model":
		p.u.Models = append(p.u.Models, p.model())
	case "type":
		p.u.Types = append(p.u.Types, p.typ())
	case "convert":
		c := unit.Conversion{From: p.Symbol()}
		p.Want('-')
		p.Want('>')
		c.To, c.Site = p.Symbol(), p.site()
		p.u.Conversions = append(p.u.Conversions, c)
	case "entry":
		e := unit.Entry{Symbol: p.Symbol(), Kind: p.Quoted(), Request: p.ints()}
		for p.take("given") {
			e.Given = append(e.Given, unit.Given{Param: p.Int(), Value: p.Term()})
		}
		if p.take("next") {
			e.Next = p.Int()
		}
		p.u.Entries = append(p.u.Entries, e)
	case "directive":
		d := unit.Directive{Verb: p.Word(), Reason: p.Quoted()}
		p.take("line")
		d.Line, d.Site = p.Int(), p.site()
		p.u.Directives = append(p.u.Directives, d)
	case "problem":
		p.u.Problems = append(p.u.Problems, unit.Problem{Kind: p.Quoted(), Message: p.Quoted(), Site: p.site()})
	case "unread":
		p.u.Unread = append(p.u.Unread, unit.Unread{Function: p.Symbol(), Why: p.Quoted(), Site: p.site()})
	case "func":
		p.f = p.function()
		p.u.Functions = append(p.u.Functions, p.f)
	default:
		return false
	}
	return true
}

// typ reads a type with the functions behind its methods.
func (p *parser) typ() unit.Type {
	t := unit.Type{Pointer: p.Got('*'), Name: p.Symbol()}
	p.Want('{')
	p.Listed('}', func() {
		m := unit.Method{Name: p.Word()}
		p.Want('=')
		if p.take("iface") {
			m.Interface = p.Symbol()
		} else {
			m.Symbol = p.Symbol()
		}
		if p.take("via") {
			m.Path = strings.Split(p.Symbol(), ".")
		}
		m.Types = p.typeArgs()
		t.Methods = append(t.Methods, m)
	})
	return t
}

// typeArgs reads the types of type parameters.
func (p *parser) typeArgs() []string {
	var out []string
	for p.take("of") {
		out = append(out, p.dash())
	}
	return out
}

// model reads a struct type that stands for rows.
func (p *parser) model() unit.Model {
	m := unit.Model{Name: p.Symbol(), Used: p.take("used"), Method: p.take("method")}
	if p.take("table") {
		m.Table = p.Quoted()
	}
	p.Want('{')
	p.Listed('}', func() {
		f := unit.ModelField{Name: p.Word(), Kind: p.Word(), Type: p.Quoted(), Pointer: p.take("pointer"), List: p.take("list"), Embedded: p.take("embedded")}
		if p.take("tag") {
			f.Tag = p.Quoted()
		}
		m.Fields = append(m.Fields, f)
	})
	if p.take("hooks") {
		m.Hooks = p.quotedNames()
	}
	if p.take("sets") {
		m.Sets = p.quotedNames()
	}
	m.Site = p.site()
	return m
}

// quotedNames reads a list of names.
func (p *parser) quotedNames() []string {
	var out []string
	p.Want('[')
	p.Listed(']', func() { out = append(out, p.Quoted()) })
	return out
}

// ints reads a list of numbers.
func (p *parser) ints() []int {
	var out []int
	p.Want('[')
	p.Listed(']', func() { out = append(out, p.Int()) })
	return out
}

// function reads the head of a function; its operations follow in lines of their
// own.
func (p *parser) function() *unit.Function {
	f := &unit.Function{Symbol: p.Symbol()}
	p.Want('(')
	p.Listed(')', func() {
		f.Params = append(f.Params, p.Word())
		if p.Got('.') {
			p.Want('.')
			p.Want('.')
			f.Variadic = true
		}
	})
	if p.take("results") {
		f.Results = p.Int()
	}
	if p.take("recv") {
		f.Receiver = p.Symbol()
	}
	f.Exported = p.take("exported")
	if p.take("sends") {
		f.Sends = p.ints()
	}
	if p.take("leaves") {
		f.Left = p.Int()
	}
	f.Kept = p.take("kept")
	f.Allow = p.allow()
	if p.take("over") {
		f.Over = p.Quoted()
	}
	f.Site = p.site()
	return f
}

// operation reads what a function does; false if there is no such operation.
func (p *parser) operation(word string) bool {
	switch word {
	case "runs":
		p.f.Runs = append(p.f.Runs, p.run())
	case "calls":
		p.f.Calls = append(p.f.Calls, p.call())
	case "gives":
		g := unit.Give{}
		if p.More() && !p.At("after") && !p.At("if") && !p.At("@") {
			g.Results = p.terms()
		}
		g.After, g.If, g.Site = p.after(), p.facts(), p.site()
		p.f.Gives = append(p.f.Gives, g)
	case "puts":
		p.f.Puts = append(p.f.Puts, unit.Put{Key: p.Symbol(), Value: p.Term(), If: p.facts(), Site: p.site()})
	case "changes":
		p.f.Changes = append(p.f.Changes, unit.Change{Of: p.Term(), Value: p.Term(), If: p.facts(), Site: p.site()})
	case "keeps":
		k := unit.Keep{Value: p.Term()}
		p.take("in")
		k.Into = p.Term()
		if p.take("of") {
			k.Place = p.Symbol()
		}
		if p.take("by") {
			k.Key = p.Term()
		}
		k.If, k.Site = p.facts(), p.site()
		p.f.Keeps = append(p.f.Keeps, k)
	case "finds":
		x := unit.Find{In: p.Term()}
		if p.take("of") {
			x.Place = p.Symbol()
		}
		if p.take("by") {
			x.Key = p.Term()
		}
		x.Site = p.site()
		p.f.Finds = append(p.f.Finds, x)
	case "stores":
		s := unit.Store{}
		s.Type, s.Field = fieldOf(p.Symbol())
		s.Value, s.Of = p.Term(), p.owner()
		s.If, s.Site = p.facts(), p.site()
		p.f.Stores = append(p.f.Stores, s)
	case "reads":
		p.f.Reads = append(p.f.Reads, unit.Read{Origin: p.Term(), Site: p.site()})
	case "uses":
		p.f.Uses = append(p.f.Uses, unit.Use{Value: p.Term(), If: p.facts(), Site: p.site()})
	case "takes":
		t := unit.Take{Symbol: p.Symbol(), Signature: p.Quoted()}
		if p.take("via") {
			t.Interface = p.Symbol()
		}
		p.f.Takes = append(p.f.Takes, t)
	case "owns":
		o := unit.Owner{Value: p.Term()}
		o.Type, o.Field = fieldOf(p.Symbol())
		p.f.Owners = append(p.f.Owners, o)
	default:
		return false
	}
	return true
}

// fieldOf divides a field from its type, by the last dot: paths have dots, too. A
// package variable is written as the field of no type.
func fieldOf(name string) (typ, field string) {
	if variable, ok := strings.CutPrefix(name, "."); ok {
		return "", variable
	}
	i := strings.LastIndex(name, ".")
	if i < 0 {
		return name, ""
	}
	return name[:i], name[i+1:]
}

// ways reads when each of the texts is built.
func (p *parser) ways() []unit.Way {
	var out []unit.Way
	for p.take("way") {
		out = append(out, unit.Way{Text: p.Term(), If: p.facts()})
	}
	return out
}

// run reads a statement that is run. The order of its parts is that of
// [Text].
func (p *parser) run() unit.Run {
	r := unit.Run{N: p.Int(), Verb: p.Word(), Library: p.Symbol()}
	if p.take("dialect") {
		r.Dialect = p.Word()
	}
	r.Text, r.Args = p.Term(), p.list()
	if p.take("nulls") {
		r.Nulls = p.ints()
	}
	if p.take("sorts") {
		p.Want('[')
		p.Listed(']', func() { r.Sorts = append(r.Sorts, p.Quoted()) })
	}
	r.Spread = p.take("spread")
	if p.take("named") {
		r.Named = p.Term()
	}
	if p.take("copy") {
		r.Copy = &unit.CopyTarget{Table: p.Term(), Columns: p.Term()}
	}
	r.Prepared = p.take("prepared")
	if p.take("on") {
		for _, k := range []library.TypeKind{library.Pool, library.Connection, library.Transaction} {
			if p.take(string(k)) {
				r.Kind = k
			}
		}
		r.On = p.Term()
	}
	r.Unheeded = p.take("unheeded")
	r.Ways = p.ways()
	r.If, r.Allow, r.Site = p.facts(), p.allow(), p.site()
	return r
}

// call reads a call, by the kind of its callee.
func (p *parser) call() unit.Call {
	c := unit.Call{N: p.Int()}
	switch {
	case p.take("defer"):
		c.Mode = unit.Deferred
	case p.take("go"):
		c.Mode = unit.Spawned
	}
	switch {
	case p.take("iface"):
		c.Kind, c.Symbol, c.Method = unit.Interface, p.Symbol(), p.Word()
	case p.take("value"):
		c.Kind, c.Value = unit.Dynamic, p.Term()
	case p.take("lib"):
		c.Kind, c.Symbol = unit.Library, p.Symbol()
	default:
		p.take("static")
		c.Symbol = p.Symbol()
	}
	p.Want('(')
	if !p.At(")") {
		c.Args = p.terms()
	}
	p.Want(')')
	if p.take("as") {
		c.Signature = p.Quoted()
	}
	if p.take("role") {
		c.Role = library.Role(p.Quoted())
	}
	for p.take("sends") {
		m := unit.Message{Arg: p.Int()}
		m.Elem = p.Int() - 1
		m.Type, m.Value = p.Symbol(), p.Term()
		c.Messages = append(c.Messages, m)
	}
	for p.take("rows") {
		c.Rows = append(c.Rows, term.Rows{Arg: p.Int(), Many: p.take("many"), Type: p.Symbol()})
	}
	c.Types = p.typeArgs()
	c.Ways = p.ways()
	c.After = p.after()
	c.If, c.Allow, c.Site = p.facts(), p.allow(), p.site()
	if p.take("args") {
		c.ArgSites = p.argSites()
	}
	return c
}

// after reads the calls that an operation comes after.
// owner reads whose field a store sets.
func (p *parser) owner() int {
	switch {
	case !p.take("in"):
		return unit.Elsewhere
	case p.take("made"):
		return unit.Made
	}
	return p.Int() + 1
}

func (p *parser) after() []int {
	if !p.take("after") {
		return nil
	}
	return p.ints()
}

// argSites reads the places of arguments, _ for one that has none of its own.
func (p *parser) argSites() []int {
	var out []int
	for p.More() {
		if p.take("_") {
			out = append(out, unit.NoSite)
			continue
		}
		out = append(out, p.site())
	}
	return out
}

// terms reads terms up to the last comma; there is at least one.
func (p *parser) terms() []term.Term {
	out := []term.Term{p.Term()}
	for p.Got(',') {
		out = append(out, p.Term())
	}
	return out
}

// list reads terms in brackets, also none.
func (p *parser) list() []term.Term {
	var out []term.Term
	p.Want('[')
	if !p.At("]") {
		out = p.terms()
	}
	p.Want(']')
	return out
}

// facts reads what holds whenever the operation happens.
func (p *parser) facts() []term.Fact {
	if !p.take("if") {
		return nil
	}
	out := []term.Fact{p.Fact()}
	for p.Got(',') {
		out = append(out, p.Fact())
	}
	return out
}

// allow reads the reason of a directive. In the text form it needs no place.
func (p *parser) allow() *unit.Directive {
	if !p.take("allow") {
		return nil
	}
	return &unit.Directive{Verb: "allow", Reason: p.Quoted(), Site: unit.NoSite}
}

// site reads a place and gives its index; NoSite if there is none.
func (p *parser) site() int {
	if !p.Got('@') {
		return unit.NoSite
	}
	s := unit.Site{File: p.file(p.Quoted())}
	p.Want(':')
	s.Line = p.Int()
	p.Want(':')
	s.Column = p.Int()
	if p.Got('-') {
		s.EndLine = p.Int()
		p.Want(':')
		s.EndColumn = p.Int()
	}
	return addSite(p.u, s)
}

// file finds a file by name, or adds it: tests need not list their files.
func (p *parser) file(name string) int {
	for i, f := range p.u.Files {
		if f.Name == name {
			return i
		}
	}
	p.u.Files = append(p.u.Files, unit.File{Name: name})
	return len(p.u.Files) - 1
}

// addSite adds a site, or finds the equal one, and gives its index.
func addSite(u *unit.Unit, s unit.Site) int {
	for i, have := range u.Sites {
		if have == s {
			return i
		}
	}
	u.Sites = append(u.Sites, s)
	return len(u.Sites) - 1
}
