package eval

import (
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/value"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// maxRepeat is how long a repeated text may get.
const maxRepeat = 4096

// joined is what strings.Join makes of a list whose elements are known one by
// one; alternatives are kept apart.
func joined(f *value.Values, c *callsite.Call) term.Term {
	list, sep := f.Inner(c.Args[0], c.Instr), piece(f, c.Args[1], c.Instr)
	if list == nil || sep == nil {
		return term.Why("text in a loop")
	}
	var out []term.Term
	for _, leaf := range term.Leaves(list) {
		out = append(out, joinOne(leaf, sep))
	}
	return term.JoinOf(out...)
}

func joinOne(list, sep term.Term) term.Term {
	if o, ok := list.(*term.Origin); ok && o.Kind == term.Zero {
		return constant("")
	}
	l, ok := list.(*term.List)
	if !ok || l.Open {
		return term.Why("joined list")
	}
	var result term.Term = constant("")
	for i, e := range l.Elems {
		if i > 0 {
			result = algebra.Cat(result, sep)
		}
		result = algebra.Cat(result, text(e))
	}
	return result
}

// repeated is strings.Repeat of a known text.
func repeated(f *value.Values, c *callsite.Call) term.Term {
	t := piece(f, c.Args[0], c.Instr)
	n, ok := f.Number(c.Args[1], c.Instr)
	if !ok {
		n, ok = f.Repetitions(c.Instr)
	}
	k, isConst := t.(*term.Const)
	if !ok || !isConst || n < 0 || n*len(k.Text) > maxRepeat {
		return term.Why("repeated text")
	}
	return constant(strings.Repeat(k.Text, n))
}

// changed is a text after trimming, replacing or a change of case: computed if
// all is known, and the value itself if it is no text that is built here.
func changed(f *value.Values, c *callsite.Call) term.Term {
	t := f.Inner(c.Args[0], c.Instr)
	if t == nil {
		return nil
	}
	var out []term.Term
	pairs := spacing(f, c)
	for _, leaf := range term.Leaves(t) {
		if pairs != nil {
			out = append(out, spaced(pairs, leaf))
			continue
		}
		out = append(out, changeOne(f, c, leaf))
	}
	return term.JoinOf(out...)
}

func changeOne(f *value.Values, c *callsite.Call, t term.Term) term.Term {
	kind := c.Model.Text()
	switch x := t.(type) {
	case *term.Const:
		return changeConst(f, c, x.Text)
	case *term.Concat:
		if kind == library.TrimSpace {
			return trimmed(x)
		}
		return term.Why("call " + c.Symbol)
	}
	switch kind {
	case library.Quote, library.Replacer, library.Replace, library.ReplaceAll:
		return term.Why("call " + c.Symbol)
	case library.TrimSpace:
		return t
	}
	how := c.Symbol
	for _, a := range c.Args[1:] {
		how += " " + a.Name()
	}
	return f.Derived(t, how)
}

func changeConst(f *value.Values, c *callsite.Call, s string) term.Term {
	kind := c.Model.Text()
	switch kind {
	case library.TrimSpace:
		return constant(strings.TrimSpace(s))
	case library.Lower:
		return constant(strings.ToLower(s))
	case library.Upper:
		return constant(strings.ToUpper(s))
	case library.Quote:
		return constant(strconv.Quote(s))
	case library.ReplaceAll:
		return replaced(f, c, s)
	}
	if len(c.Args) != 2 {
		return term.Why("call " + c.Symbol)
	}
	k, ok := piece(f, c.Args[1], c.Instr).(*term.Const)
	if !ok {
		return term.Why("call " + c.Symbol)
	}
	switch kind {
	case library.Trim:
		return constant(strings.Trim(s, k.Text))
	case library.TrimLeft:
		return constant(strings.TrimLeft(s, k.Text))
	case library.TrimRight:
		return constant(strings.TrimRight(s, k.Text))
	case library.TrimPrefix:
		return constant(strings.TrimPrefix(s, k.Text))
	case library.TrimSuffix:
		return constant(strings.TrimSuffix(s, k.Text))
	}
	return term.Why("call " + c.Symbol)
}

// replaced is strings.ReplaceAll of a known text: the new text may be any.
func replaced(f *value.Values, c *callsite.Call, s string) term.Term {
	old, ok := piece(f, c.Args[1], c.Instr).(*term.Const)
	with := piece(f, c.Args[2], c.Instr)
	if !ok || old.Text == "" || with == nil {
		return term.Why("call " + c.Symbol)
	}
	var result term.Term = constant("")
	for i, part := range strings.Split(s, old.Text) {
		if i > 0 {
			result = algebra.Cat(result, with)
		}
		result = algebra.Cat(result, constant(part))
	}
	return result
}

// trimmed trims the ends that are known.
func trimmed(x *term.Concat) term.Term {
	first, ok1 := x.Parts[0].(*term.Const)
	last, ok2 := x.Parts[len(x.Parts)-1].(*term.Const)
	if !ok1 || !ok2 || strings.TrimSpace(first.Text) == "" || strings.TrimSpace(last.Text) == "" {
		return term.Why("trimmed text")
	}
	parts := append([]term.Term{}, x.Parts...)
	parts[0] = constant(strings.TrimLeft(first.Text, " \t\r\n\v\f"))
	parts[len(parts)-1] = constant(strings.TrimRight(last.Text, " \t\r\n\v\f"))
	return term.CatOf(parts...)
}
