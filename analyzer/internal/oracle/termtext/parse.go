// Package termtext reads the text form of terms and facts, which term.Term.String
// and term.Fact.String write. It is for tests only.
//
// In goes a text, out come terms; [Reader] reads word by word, for text forms that
// hold terms. It stops at the first mistake, with its column.
//
// It does not check that a term means anything: it reads what tests write.
package termtext

import (
	"fmt"
	"strconv"
	"strings"
	"text/scanner"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Parse reads the text form of one term. The error tells the column, from 1.
func Parse(text string) (term.Term, error) {
	p := NewReader(text)
	t := p.Term()
	p.End()
	return t, p.err
}

// ParseFact reads the text form of one fact.
func ParseFact(text string) (term.Fact, error) {
	p := NewReader(text)
	f := p.Fact()
	p.End()
	return f, p.err
}

// Reader reads terms, facts and words from a text; the text form of units is
// built on it. After the first error every method returns a zero value.
type Reader struct {
	scan scanner.Scanner
	tok  rune
	end  int // where the token before ended
	err  error
}

// NewReader makes a reader of the text.
func NewReader(text string) *Reader {
	p := &Reader{}
	p.scan.Init(strings.NewReader(text))
	p.scan.Mode = scanner.ScanIdents | scanner.ScanInts | scanner.ScanStrings | scanner.ScanRawStrings
	p.scan.IsIdentRune = func(r rune, i int) bool {
		return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127 || i > 0 && (r == '$' || r >= '0' && r <= '9')
	}
	p.scan.Error = func(*scanner.Scanner, string) {}
	p.advance()
	return p
}

func (p *Reader) advance() {
	p.end = p.scan.Pos().Offset
	p.tok = p.scan.Scan()
}

func (p *Reader) text() string { return p.scan.TokenText() }

func (p *Reader) fail(want string) {
	if p.err == nil {
		p.err = fmt.Errorf("column %d: want %s, have %q", p.scan.Position.Column, want, p.text())
	}
	p.tok = scanner.EOF
}

// Err is the first error, with its column.
func (p *Reader) Err() error { return p.err }

// End fails unless everything was read.
func (p *Reader) End() {
	if p.err == nil && p.tok != scanner.EOF {
		p.fail("the end")
	}
}

// At reports whether the next token is r, or the word, and reads nothing.
func (p *Reader) At(word string) bool { return p.tok != scanner.EOF && p.text() == word }

// More reports whether there is anything left to read.
func (p *Reader) More() bool { return p.err == nil && p.tok != scanner.EOF }

// Got reads r if it is next.
func (p *Reader) Got(r rune) bool {
	if p.tok == r {
		p.advance()
		return true
	}
	return false
}

// Want reads r, or fails.
func (p *Reader) Want(r rune) {
	if !p.Got(r) {
		p.fail(strconv.QuoteRune(r))
	}
}

// Listed reads elements with commas between them, up to end, which it reads, too.
func (p *Reader) Listed(end rune, element func()) {
	for p.err == nil && p.tok != end {
		element()
		if !p.Got(',') {
			break
		}
	}
	p.Want(end)
}

// Word reads a name of letters, digits, _ and $.
func (p *Reader) Word() string {
	s := p.text()
	if p.tok != scanner.Ident {
		p.fail("a name")
		return ""
	}
	p.advance()
	return s
}

// name reads a name in parentheses up to the comma or parenthesis that ends it.
func (p *Reader) name() string {
	if p.tok == scanner.String {
		s, _ := strconv.Unquote(p.text())
		p.advance()
		return s
	}
	var b strings.Builder
	for depth := 0; p.tok != scanner.EOF; p.advance() {
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

// Quoted reads a quoted text.
func (p *Reader) Quoted() string {
	s, err := strconv.Unquote(p.text())
	if p.tok != scanner.String || err != nil {
		p.fail("a quoted text")
		return ""
	}
	p.advance()
	return s
}

// Int reads a number.
func (p *Reader) Int() int {
	n, err := strconv.Atoi(p.text())
	if p.tok != scanner.Int || err != nil {
		p.fail("a number")
		return 0
	}
	p.advance()
	return n
}

func (p *Reader) steps() []term.Step {
	var out []term.Step
	for p.err == nil {
		switch {
		case p.tok == '[' && p.scan.Position.Offset == p.end: // p1 [p2] is two things
			p.advance()
			s := term.Step{Kind: term.ElemStep}
			if p.tok == scanner.Int {
				s.Index = p.Int()
			}
			p.Want(']')
			out = append(out, s)
		case p.tok == '.' && p.scan.Peek() != '.':
			p.advance()
			out = append(out, p.step())
		default:
			return out
		}
	}
	return out
}

func (p *Reader) step() term.Step {
	if p.Got('!') {
		return term.Step{Kind: term.PseudoStep, Name: p.Word()}
	}
	w := p.Word()
	if w == "col" && p.Got('(') {
		defer p.Want(')')
		if p.tok == scanner.Int {
			return term.Step{Kind: term.ColumnStep, Index: p.Int()}
		}
		return term.Step{Kind: term.ColumnStep, Name: p.name()}
	}
	if n, ok := numbered(w, "r"); ok {
		return term.Step{Kind: term.ResultStep, Index: n}
	}
	return term.Step{Kind: term.FieldStep, Name: w}
}

func numbered(w, prefix string) (int, bool) {
	rest, ok := strings.CutPrefix(w, prefix)
	if !ok || rest == "" {
		return 0, false
	}
	n, err := strconv.Atoi(rest)
	return n, err == nil
}

// Term reads a term.
func (p *Reader) Term() term.Term {
	switch p.tok {
	case scanner.String, scanner.RawString:
		s, _ := strconv.Unquote(p.text())
		p.advance()
		return &term.Const{Kind: term.Text, Text: s}
	case scanner.Int, '-':
		return p.number()
	case '#':
		p.advance()
		n := p.Int()
		return &term.Result{Call: n, Steps: p.steps()}
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
	return term.Why("syntax")
}

func (p *Reader) number() term.Term {
	s := ""
	if p.Got('-') {
		s = "-"
	}
	s += p.text()
	p.advance()
	if p.Got('.') {
		s += "." + p.text()
		p.advance()
	}
	return &term.Const{Kind: term.Number, Text: s}
}

func (p *Reader) list() term.Term {
	p.Want('[')
	l := &term.List{}
	p.Listed(']', func() {
		l.Elems = append(l.Elems, p.Term())
		if p.Got('.') {
			p.Want('.')
			p.Want('.')
			l.Open = true
		}
	})
	return l
}

func (p *Reader) join() term.Term {
	p.Want('(')
	terms := []term.Term{p.Term()}
	for p.Got('|') {
		terms = append(terms, p.Term())
	}
	p.Want(')')
	return term.JoinOf(terms...)
}

func (p *Reader) structure(typ string) term.Term {
	p.Want('{')
	var base term.Term
	if p.tok == scanner.Ident && p.text() == "base" {
		p.advance()
		base = p.Term()
		p.Got(',')
	}
	var fields []term.Field
	for p.err == nil && p.Got('.') {
		name := p.Word()
		p.Want(':')
		fields = append(fields, term.Field{Name: name, Term: p.Term()})
		if !p.Got(',') {
			break
		}
	}
	p.Want('}')
	return term.StructOf(typ, base, fields)
}

func (p *Reader) named() term.Term {
	w := p.Word()
	if w == "true" || w == "false" {
		return &term.Const{Kind: term.Bool, Text: w}
	}
	if n, ok := numbered(w, "p"); ok {
		return &term.Path{Root: term.Param, Index: n, Steps: p.steps()}
	}
	for kind := term.Tenant; kind <= term.Unknown; kind++ {
		if w == kind.String() {
			return p.origin(kind)
		}
	}
	switch w {
	case "fv":
		p.Want('.')
		name := p.Word()
		return &term.Path{Root: term.Free, Name: name, Steps: p.steps()}
	case "global":
		return p.rooted(term.Global)
	case "ctx":
		return p.rooted(term.Context)
	case "this":
		return p.rooted(term.This)
	case "fn":
		return p.function()
	case "cat":
		return p.concat()
	case "build":
		return p.build()
	case "test":
		p.Want('(')
		f := p.Fact()
		p.Want(')')
		return &term.Test{Fact: f}
	}
	return p.structure(p.typeName(w))
}

func (p *Reader) rooted(kind term.RootKind) term.Term {
	p.Want('(')
	name := p.name()
	p.Want(')')
	return &term.Path{Root: kind, Name: name, Steps: p.steps()}
}

func (p *Reader) origin(kind term.OriginKind) term.Term {
	o := &term.Origin{Kind: kind}
	if kind == term.Request || kind == term.Unknown {
		p.Want('(')
		o.Name = p.name()
		if kind == term.Request {
			p.Want(',')
			o.Group, o.Name = o.Name, p.name()
		}
		p.Want(')')
	}
	o.Steps = p.steps()
	return o
}

func (p *Reader) function() term.Term {
	p.Want('(')
	f := &term.Func{Symbol: p.name()}
	p.Want(')')
	if !p.Got('{') {
		return f
	}
	p.Listed('}', func() {
		name := p.Word()
		p.Want(':')
		f.Bind = append(f.Bind, term.Field{Name: name, Term: p.Term()})
	})
	return f
}

func (p *Reader) concat() term.Term {
	p.Want('(')
	var parts []term.Term
	for p.err == nil {
		parts = append(parts, p.Term())
		if !p.Got(',') {
			break
		}
	}
	p.Want(')')
	return &term.Concat{Parts: parts}
}

// Symbol reads a symbol, up to the parenthesis of its arguments, a space being
// no part of it: pkg/path.(*T).M, pkg.F$1, *pkg.T, or a quoted name.
func (p *Reader) Symbol() string {
	if p.tok == scanner.String {
		return p.name()
	}
	var b strings.Builder
	depth := 0
	for end := p.scan.Position.Offset; p.tok != scanner.EOF && p.scan.Position.Offset == end; p.advance() {
		if p.tok == '(' && p.scan.Peek() != '*' || p.tok == ')' && depth == 0 || p.tok == ',' {
			break
		}
		switch p.tok {
		case '(':
			depth++
		case ')':
			depth--
		}
		b.WriteString(p.text())
		end = p.scan.Position.Offset + len(p.text())
	}
	if b.Len() == 0 {
		p.fail("a symbol")
	}
	return b.String()
}

// typeName reads the rest of a type's name, pkg/path.T, up to its brace.
func (p *Reader) typeName(first string) string {
	var b strings.Builder
	b.WriteString(first)
	for p.tok != '{' && p.tok != scanner.EOF {
		b.WriteString(p.text())
		p.advance()
	}
	return b.String()
}

// Fact reads a fact.
func (p *Reader) Fact() term.Fact {
	w := p.Word()
	for op := term.Eq; op <= term.Every; op++ {
		if w != op.String() {
			continue
		}
		f := term.Fact{Op: op}
		p.Want('(')
		f.A = p.Term()
		if f.Op == term.Eq || f.Op == term.Ne || f.Op == term.In || f.Op == term.Checked || f.Op == term.Implies || f.Op == term.Every || f.Op == term.Left {
			p.Want(',')
			f.B = p.Term()
		}
		p.Want(')')
		return f
	}
	p.fail("a fact")
	return term.Fact{A: term.Why("syntax")}
}
