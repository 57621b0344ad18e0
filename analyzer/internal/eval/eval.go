// Package eval gives the text functions of library data their meaning: which
// texts can fmt.Sprintf, strings.Join or a strings.Builder make?
//
// In goes a classified call in a frame of package flow; out comes a term: a
// constant, a concatenation with pieces that stay symbolic, or a join of several.
// Concatenation with + is flow's own.
//
// Terms. A *piece* is one part of a text. A text is *known* if it consists of
// constants.
//
// Invariant: the texts that a program can build are among those that the term
// denotes, where an unknown piece stands for any text. What is built in a loop is
// unknown from there on.
//
// It cannot see texts that other functions build (they are results of calls,
// which linking puts in), nor what a formatting method prints.
package eval

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/value"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Texts is the evaluator of texts.
type Texts struct{}

// Results are the results of a text function.
func (Texts) Results(f *value.Values, c *callsite.Call) []term.Term {
	var t term.Term
	switch kind := c.Model.Text(); {
	case kind == library.Format:
		t = formatted(f, c, 0)
	case kind == library.Print:
		t = printed(f, c)
	case kind == library.Joined:
		t = joined(f, c)
	case kind == library.Repeated:
		t = repeated(f, c)
	case kind == library.Held:
		t = held(f, c)
	case kind == library.Keyed:
		t = term.Keyed(f.Inner(c.Arg(c.Model.Of), c.Instr))
	case kind.Changes():
		t = changed(f, c)
	default:
		return nil
	}
	out := make([]term.Term, c.Sig.Results().Len())
	for i := range out {
		out[i] = term.Why("call " + c.Symbol)
	}
	out[0] = t
	return out
}

// Written is what a buffer holds after a write.
func (Texts) Written(f *value.Values, c *callsite.Call, before term.Term) term.Term {
	var more term.Term
	switch c.Model.Text() {
	case library.Reset:
		return term.ZeroTerm()
	case library.WriteFmt:
		more = formatted(f, c, 1)
	case library.Write:
		more = piece(f, c.Args[len(c.Args)-1], c.Instr)
	case library.WriteRune:
		more = letter(c.Args[0])
	default:
		more = term.Why("text of " + c.Symbol[strings.LastIndex(c.Symbol, ".")+1:])
	}
	if before == nil || more == nil {
		return term.Why("text in a loop")
	}
	return algebra.Cat(text(before), more)
}

// held is what a buffer holds.
func held(f *value.Values, c *callsite.Call) term.Term {
	t, cut := f.Content(c.Recv, c.Instr)
	if cut {
		if t == nil {
			return term.Why("text in a loop")
		}
		return term.JoinOf(t, term.Why("text in a loop"))
	}
	return t
}

// piece is a text argument; nil if it is being evaluated further out.
func piece(f *value.Values, v ssa.Value, at ssa.Instruction) term.Term {
	t := f.Inner(v, at)
	if t == nil {
		return nil
	}
	return text(t)
}

// text is t as a piece of a text: zero is the empty one.
func text(t term.Term) term.Term {
	if o, ok := t.(*term.Origin); ok && o.Kind == term.Zero {
		return &term.Const{Kind: term.Text}
	}
	return t
}

func letter(v ssa.Value) term.Term {
	if c, ok := v.(*ssa.Const); ok && c.Value != nil {
		if n := c.Int64(); n > 0 && n < 0x110000 {
			return &term.Const{Kind: term.Text, Text: string(rune(n))}
		}
	}
	return term.Why("letter")
}

// shown is a value as %v prints it: a constant as its text, anything else as
// itself, and unknown where a method decides.
func shown(f *value.Values, v ssa.Value, at ssa.Instruction) term.Term {
	v = callsite.Behind(v)
	t := f.Inner(v, at)
	if t == nil {
		return nil
	}
	basic, isBasic := v.Type().Underlying().(*types.Basic)
	leaves := term.Leaves(t)
	out := make([]term.Term, len(leaves))
	for i, leaf := range leaves {
		out[i] = shownOne(leaf, v.Type(), basic, isBasic)
	}
	return term.JoinOf(out...)
}

func shownOne(t term.Term, typ types.Type, basic *types.Basic, isBasic bool) term.Term {
	switch x := t.(type) {
	case *term.Const:
		if !isBasic || hasMethod(typ) {
			return term.Why("printed constant")
		}
		return &term.Const{Kind: term.Text, Text: x.Text}
	case *term.Concat:
		return x
	case *term.Origin:
		if x.Kind != term.Zero {
			if isBasic && basic.Info()&types.IsInteger != 0 && !hasMethod(typ) {
				return term.Why(term.PrintedNumber)
			}
			return x
		}
		return zeroText(typ, basic, isBasic)
	case *term.Path, *term.Result:
		if isBasic && basic.Info()&types.IsInteger != 0 && !hasMethod(typ) {
			return term.Why(term.PrintedNumber)
		}
	case *term.Struct, *term.List, *term.Func, *term.Test:
		return term.Why("printed value")
	}
	return t
}

// zeroText is the zero value as %v prints it.
func zeroText(typ types.Type, basic *types.Basic, isBasic bool) term.Term {
	switch {
	case !isBasic || hasMethod(typ):
		return term.Why("printed zero")
	case basic.Info()&types.IsString != 0:
		return &term.Const{Kind: term.Text}
	case basic.Info()&types.IsInteger != 0:
		return &term.Const{Kind: term.Text, Text: "0"}
	case basic.Info()&types.IsBoolean != 0:
		return &term.Const{Kind: term.Text, Text: "false"}
	}
	return term.Why("printed zero")
}

// hasMethod reports whether a type may print itself.
func hasMethod(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	for m := range n.Methods() {
		switch m.Name() {
		case "String", "Error", "Format", "GoString":
			return true
		}
	}
	return false
}
