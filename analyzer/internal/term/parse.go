package term

import (
	"fmt"
	"strconv"
	"strings"
	"text/scanner"
)

// Parse reads the text form of one term. The error tells the column, from 1.
func Parse(text string) (Term, error) {
	p := newReader(text)
	t := p.term()
	p.end()
	return t, p.err
}

// ParseFact reads the text form of one fact.
func ParseFact(text string) (Fact, error) {
	p := newReader(text)
	f := p.fact()
	p.end()
	return f, p.err
}

// Reader reads terms, facts and words from a line; the text form of units is
// built on it. After the first error every method returns a zero value.
type reader struct {
	scan scanner.Scanner
	tok  rune
	err  error
}

func newReader(text string) *reader {
	p := &reader{}
	p.scan.Init(strings.NewReader(text))
	p.scan.Mode = scanner.ScanIdents | scanner.ScanInts | scanner.ScanStrings | scanner.ScanRawStrings
	p.scan.IsIdentRune = func(r rune, i int) bool {
		return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127 || i > 0 && (r == '$' || r >= '0' && r <= '9')
	}
	p.scan.Error = func(*scanner.Scanner, string) {}
	p.next()
	return p
}

func (p *reader) next()        { p.tok = p.scan.Scan() }
func (p *reader) text() string { return p.scan.TokenText() }

func (p *reader) fail(want string) {
	if p.err == nil {
		p.err = fmt.Errorf("column %d: want %s, have %q", p.scan.Position.Column, want, p.text())
	}
	p.tok = scanner.EOF
}

func (p *reader) end() {
	if p.err == nil && p.tok != scanner.EOF {
		p.fail("the end")
	}
}

func (p *reader) got(r rune) bool {
	if p.tok == r {
		p.next()
		return true
	}
	return false
}

func (p *reader) want(r rune) {
	if !p.got(r) {
		p.fail(strconv.QuoteRune(r))
	}
}

func (p *reader) word() string {
	s := p.text()
	if p.tok != scanner.Ident {
		p.fail("a name")
		return ""
	}
	p.next()
	return s
}

// name reads a name in parentheses up to the comma or parenthesis that ends it.
func (p *reader) name() string {
	if p.tok == scanner.String {
		s, _ := strconv.Unquote(p.text())
		p.next()
		return s
	}
	var b strings.Builder
	for depth := 0; p.tok != scanner.EOF; p.next() {
		if p.tok == '(' {
			depth++
		}
		if depth == 0 && (p.tok == ',' || p.tok == ')') {
			break
		}
		if p.tok == ')' {
			depth--
		}
		b.WriteString(p.text())
	}
	return b.String()
}

func (p *reader) int() int {
	n, err := strconv.Atoi(p.text())
	if p.tok != scanner.Int || err != nil {
		p.fail("a number")
		return 0
	}
	p.next()
	return n
}

func (p *reader) steps() []Step {
	var out []Step
	for p.err == nil {
		switch {
		case p.got('['):
			p.want(']')
			out = append(out, Step{Kind: ElemStep})
		case p.tok == '.' && p.scan.Peek() != '.':
			p.next()
			out = append(out, p.step())
		default:
			return out
		}
	}
	return out
}

func (p *reader) step() Step {
	if p.got('!') {
		return Step{Kind: PseudoStep, Name: p.word()}
	}
	w := p.word()
	if w == "col" && p.got('(') {
		defer p.want(')')
		if p.tok == scanner.Int {
			return Step{Kind: ColumnStep, Index: p.int()}
		}
		return Step{Kind: ColumnStep, Name: p.name()}
	}
	if n, ok := numbered(w, "r"); ok {
		return Step{Kind: ResultStep, Index: n}
	}
	return Step{Kind: FieldStep, Name: w}
}

func numbered(w, prefix string) (int, bool) {
	rest, ok := strings.CutPrefix(w, prefix)
	if !ok || rest == "" {
		return 0, false
	}
	n, err := strconv.Atoi(rest)
	return n, err == nil
}

func (p *reader) term() Term {
	switch p.tok {
	case scanner.String, scanner.RawString:
		s, _ := strconv.Unquote(p.text())
		p.next()
		return &Const{Kind: Text, Text: s}
	case scanner.Int, '-':
		return p.number()
	case '#':
		p.next()
		n := p.int()
		return &Result{Call: n, Steps: p.steps()}
	case '{':
		return p.structure("")
	case '[':
		return p.list()
	case '(':
		return p.join()
	case scanner.Ident:
		return p.named()
	}
	p.fail("a term")
	return Why("syntax")
}

func (p *reader) number() Term {
	s := ""
	if p.got('-') {
		s = "-"
	}
	s += p.text()
	p.next()
	if p.got('.') {
		s += "." + p.text()
		p.next()
	}
	return &Const{Kind: Number, Text: s}
}

func (p *reader) list() Term {
	p.want('[')
	l := &List{}
	for p.err == nil && p.tok != ']' {
		l.Elems = append(l.Elems, p.term())
		if p.got('.') {
			p.want('.')
			p.want('.')
			l.Open = true
		}
		if !p.got(',') {
			break
		}
	}
	p.want(']')
	return l
}

func (p *reader) join() Term {
	p.want('(')
	terms := []Term{p.term()}
	for p.got('|') {
		terms = append(terms, p.term())
	}
	p.want(')')
	return JoinOf(terms...)
}

func (p *reader) structure(typ string) Term {
	p.want('{')
	var base Term
	if p.tok == scanner.Ident && p.text() == "base" {
		p.next()
		base = p.term()
		p.got(',')
	}
	var fields []Field
	for p.err == nil && p.got('.') {
		name := p.word()
		p.want(':')
		fields = append(fields, Field{Name: name, Term: p.term()})
		if !p.got(',') {
			break
		}
	}
	p.want('}')
	return StructOf(typ, base, fields)
}

func (p *reader) named() Term {
	w := p.word()
	if w == "true" || w == "false" {
		return &Const{Kind: Bool, Text: w}
	}
	if n, ok := numbered(w, "p"); ok {
		return &Path{Root: Param, Index: n, Steps: p.steps()}
	}
	for kind, name := range originNames {
		if w == name {
			return p.origin(OriginKind(kind))
		}
	}
	switch w {
	case "fv":
		p.want('.')
		name := p.word()
		return &Path{Root: Free, Name: name, Steps: p.steps()}
	case "global":
		return p.rooted(Global)
	case "ctx":
		return p.rooted(Context)
	case "this":
		return p.rooted(This)
	case "fn":
		return p.function()
	case "cat":
		return p.concat()
	case "test":
		p.want('(')
		f := p.fact()
		p.want(')')
		return &Test{Fact: f}
	}
	return p.structure(p.typeName(w))
}

func (p *reader) rooted(kind RootKind) Term {
	p.want('(')
	name := p.name()
	p.want(')')
	return &Path{Root: kind, Name: name, Steps: p.steps()}
}

func (p *reader) origin(kind OriginKind) Term {
	o := &Origin{Kind: kind}
	if kind == Request || kind == Unknown {
		p.want('(')
		o.Name = p.name()
		if kind == Request {
			p.want(',')
			o.Group, o.Name = o.Name, p.name()
		}
		p.want(')')
	}
	o.Steps = p.steps()
	return o
}

func (p *reader) function() Term {
	p.want('(')
	f := &Func{Symbol: p.name()}
	p.want(')')
	if !p.got('{') {
		return f
	}
	for p.err == nil && p.tok != '}' {
		name := p.word()
		p.want(':')
		f.Bind = append(f.Bind, Field{Name: name, Term: p.term()})
		if !p.got(',') {
			break
		}
	}
	p.want('}')
	return f
}

func (p *reader) concat() Term {
	p.want('(')
	var parts []Term
	for p.err == nil {
		parts = append(parts, p.term())
		if !p.got(',') {
			break
		}
	}
	p.want(')')
	return &Concat{Parts: parts}
}

// typeName reads the rest of a type's name, pkg/path.T, up to its brace.
func (p *reader) typeName(first string) string {
	var b strings.Builder
	b.WriteString(first)
	for p.tok != '{' && p.tok != scanner.EOF {
		b.WriteString(p.text())
		p.next()
	}
	return b.String()
}

func (p *reader) fact() Fact {
	w := p.word()
	for op, name := range factNames {
		if w != name {
			continue
		}
		f := Fact{Op: FactOp(op)}
		p.want('(')
		f.A = p.term()
		if f.Op == Eq || f.Op == Ne || f.Op == In {
			p.want(',')
			f.B = p.term()
		}
		p.want(')')
		return f
	}
	p.fail("a fact")
	return Fact{A: Why("syntax")}
}
