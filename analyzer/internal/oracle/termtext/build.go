package termtext

import (
	"text/scanner"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// build reads build(style on base; clause; clause).
func (p *Reader) build() term.Term {
	p.Want('(')
	b := &term.Build{}
	if p.tok == scanner.Ident && p.text() != "on" {
		b.Style = p.Word()
	}
	if p.At("on") {
		p.advance()
		b.Base = p.Term()
	}
	for p.Got(';') {
		b.Clauses = append(b.Clauses, p.clause())
	}
	p.Want(')')
	return b
}

// clause reads word(value as form, …) if fact and fact maybe.
func (p *Reader) clause() term.Clause {
	c := term.Clause{Word: p.Word()}
	for p.tok == scanner.Ident { // where all(…)
		c.Word += " " + p.Word()
	}
	p.Want('(')
	p.Listed(')', func() {
		v := term.Value{Term: p.Term()}
		if p.At("as") {
			p.advance()
			v.Form = p.form(p.Word())
			if (v.Form == term.AsModel || v.Form == term.AsModels) && p.tok != ',' && p.tok != ')' {
				v.Type = p.Symbol()
			}
		}
		c.Values = append(c.Values, v)
	})
	if p.At("if") {
		p.advance()
		c.If = append(c.If, p.Fact())
		for p.At("and") {
			p.advance()
			c.If = append(c.If, p.Fact())
		}
	}
	if p.At("maybe") {
		p.advance()
		c.Maybe = true
	}
	return c
}

func (p *Reader) form(word string) term.Form {
	for f := term.AsNullable; f <= term.LastForm; f++ {
		if f.String() == word {
			return f
		}
	}
	p.fail("the form of a value")
	return term.AsValue
}
