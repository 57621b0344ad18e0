package flow

import (
	"go/constant"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// A program that runs on several databases writes its statements with question marks,
// and a function of its own makes numbers of them. What it gives is the same statement.
// It is told by what it can write at all: what it was handed, in parts, and dollars with
// numbers. Which parts it looks at is told by the letters that it compares with: marks of
// quotes and comments, and the question mark.
//
// It cannot see that such a function leaves out a part of the text: none has a reason to.

// rebinds tells which parameter of a function is a text that it only numbers the
// question marks of; false if it does anything else.
func rebinds(p *callsite.Program, fn *ssa.Function) (param int, ok bool) {
	r := fn.Signature.Results()
	if r.Len() != 1 || !isText(r.At(0).Type()) || len(fn.Blocks) < 2 {
		return 0, false
	}
	param = -1
	for i, v := range fn.Params {
		if isText(v.Type()) {
			if param >= 0 {
				return 0, false
			}
			param = i
		}
	}
	return param, param >= 0 && numbers(p, fn)
}

func isText(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.String
}

// numbers reports whether a function writes nothing but parts of what it was handed, and
// dollars with numbers in the place of question marks.
func numbers(p *callsite.Program, fn *ssa.Function) bool {
	marks, dollars := false, false
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if !harmless(p, instr) {
				return false
			}
			for _, op := range instr.Operands(nil) {
				c, ok := (*op).(*ssa.Const)
				if !ok || c.Value == nil || isComparison(instr) && isText(c.Type()) {
					continue
				}
				text, letter := letters(c)
				if letter && strings.Trim(text, "?'\"`$\\-/*#:;\n\x00") != "" && text != "$%d" && text != "$%v" {
					return false
				}
				marks = marks || letter && text == "?"
				dollars = dollars || letter && strings.HasPrefix(text, "$")
			}
		}
	}
	return marks && dollars
}

// letters is a constant that is a text, or one letter.
func letters(c *ssa.Const) (string, bool) {
	b, ok := c.Type().Underlying().(*types.Basic)
	switch {
	case !ok:
		return "", false
	case c.Value.Kind() == constant.String:
		return constant.StringVal(c.Value), true
	case c.Value.Kind() == constant.Int && (b.Kind() == types.Uint8 || b.Kind() == types.Int32):
		n, _ := constant.Int64Val(c.Value)
		return string(rune(n)), true
	}
	return "", false
}

func isComparison(instr ssa.Instruction) bool {
	b, ok := instr.(*ssa.BinOp)
	return ok && (b.Op.String() == "==" || b.Op.String() == "!=")
}

// harmless tells the instructions that such a function is made of: it calls what works
// on texts, and keeps nothing anywhere else.
func harmless(p *callsite.Program, instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.Call:
		c := p.Classify(instr)
		if c.Kind == callsite.Builtin {
			return true
		}
		if c.Kind != callsite.Library || c.Model == nil {
			return false
		}
		return c.Model.Verb == library.Text || c.Model.Verb == library.Same || c.Model.Verb == library.Ignore
	case *ssa.Store:
		_, global := instr.Addr.(*ssa.Global)
		return !global
	case *ssa.Go, *ssa.Defer, *ssa.Send, *ssa.MapUpdate, *ssa.MakeClosure, *ssa.Panic, *ssa.Select, *ssa.Lookup:
		return false
	case *ssa.UnOp:
		_, global := instr.X.(*ssa.Global)
		return !global
	}
	return true
}
