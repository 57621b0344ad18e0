package eval

import (
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/value"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// formatted is what Sprintf makes of the format at argument position at.
func formatted(f *value.Values, c *callsite.Call, at int) term.Term {
	format := f.Inner(c.Args[at], c.Instr)
	if format == nil {
		return term.Why("text in a loop")
	}
	operands := callsite.Spread(c, at+1)
	var out []term.Term
	for _, leaf := range term.Leaves(format) {
		k, ok := text(leaf).(*term.Const)
		if !ok {
			return term.Why("format")
		}
		t := fill(f, c, k.Text, operands)
		if t == nil {
			return term.Why("text in a loop")
		}
		out = append(out, t)
	}
	return term.JoinOf(out...)
}

// fill puts the operands into a format; nil if one is being evaluated.
func fill(f *value.Values, c *callsite.Call, format string, operands []ssa.Value) term.Term {
	var result term.Term = &term.Const{Kind: term.Text}
	next := 0
	for format != "" {
		i := strings.IndexByte(format, '%')
		if i < 0 {
			return algebra.Cat(result, constant(format))
		}
		result = algebra.Cat(result, constant(format[:i]))
		verb, index, rest := directive(format[i+1:])
		format = rest
		if verb == "%" {
			result = algebra.Cat(result, constant("%"))
			continue
		}
		if index > 0 {
			next = index - 1
		}
		p := term.Why("format")
		if next < len(operands) && operands[next] != nil {
			if p = directed(f, c, verb, operands[next]); p == nil {
				return nil
			}
		}
		next++
		result = algebra.Cat(result, p)
	}
	return result
}

func constant(s string) term.Term { return &term.Const{Kind: term.Text, Text: s} }

// directive reads what follows a %: the verb with its flags, and an explicit
// operand index, from 1.
func directive(s string) (verb string, index int, rest string) {
	i := strings.IndexFunc(s, func(r rune) bool { return r == '%' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
	if i < 0 {
		return "!", 0, ""
	}
	verb, rest = s[:i+1], s[i+1:]
	if open := strings.IndexByte(verb, '['); open >= 0 {
		if end := strings.IndexByte(verb, ']'); end > open {
			index, _ = strconv.Atoi(verb[open+1 : end])
			verb = verb[:open] + verb[end+1:]
		}
	}
	return verb, index, rest
}

// directed is an operand under a verb.
func directed(f *value.Values, c *callsite.Call, verb string, v ssa.Value) term.Term {
	switch verb {
	case "s", "v", "d", "+v":
		t := shown(f, v, c.Instr)
		if t != nil && verb == "d" && !integer(v) || verb == "s" && integer(v) {
			return term.Why("format")
		}
		return t
	case "q":
		return quoted(shown(f, v, c.Instr), v)
	case "t":
		return shown(f, v, c.Instr)
	}
	return term.Why("format %" + strings.Map(plain, verb))
}

func plain(r rune) rune {
	if r > ' ' && r < 127 && r != '(' && r != ')' {
		return r
	}
	return -1
}

func integer(v ssa.Value) bool {
	switch t := callsite.Behind(v).Type().Underlying().String(); t {
	case "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr":
		return true
	}
	return false
}

// quoted is a text in Go quotes: one that is not known yet as it stands, which is the same
// for what a quoted identifier is called.
func quoted(t term.Term, v ssa.Value) term.Term {
	if t == nil {
		return nil
	}
	k, ok := t.(*term.Const)
	switch text := callsite.Behind(v).Type().Underlying().String() == "string"; {
	case !text:
		return term.Why("quoted text")
	case !ok:
		return term.CatOf(constant(`"`), t, constant(`"`))
	}
	return constant(strconv.Quote(k.Text))
}

// printed is what Sprint makes: a space between operands that are both no texts.
func printed(f *value.Values, c *callsite.Call) term.Term {
	operands := callsite.Spread(c, 0)
	if operands == nil {
		return term.Why("printed list")
	}
	var result term.Term = &term.Const{Kind: term.Text}
	spaced := false
	for i, v := range operands {
		if v == nil {
			return term.Why("printed list")
		}
		t := shown(f, v, c.Instr)
		if t == nil {
			return term.Why("text in a loop")
		}
		isText := callsite.Behind(v).Type().Underlying().String() == "string"
		if i > 0 && spaced && !isText {
			result = algebra.Cat(result, constant(" "))
		}
		spaced = !isText
		result = algebra.Cat(result, t)
	}
	return result
}
