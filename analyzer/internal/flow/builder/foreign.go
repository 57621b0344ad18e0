package builder

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/fact"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Where conditions are texts, a placeholder in one means something to the builder alone
// that was asked for it: in the text of another one it stands for another value.

// ofOther is what is said of such a text.
const ofOther = "a condition that another builder was asked for"

// isForeign reports whether a call hands a builder a text in which another one has put a
// placeholder.
func isForeign(f *fact.Conditions, c *callsite.Call) bool {
	if !library.HasTexts(f.Program.Lib.StyleOf(c.Model)) || c.Model.Verb != library.Builds || c.Recv == nil {
		return false
	}
	of, args := c.Recv, c.Args
	if len(args) > 0 && !isText(args[0].Type()) && !isTexts(args[0].Type()) { // whose placeholders they are, is said
		of, args = args[0], args[1:]
	}
	for _, arg := range args {
		if ofAnother(f, arg, f.Of(of).Base, maxParts) {
			return true
		}
	}
	return false
}

// maxParts caps how deep texts are looked into.
const maxParts = 4

// ofAnother reports whether a text has a placeholder of another builder than that of a
// place.
func ofAnother(f *fact.Conditions, v ssa.Value, owner ssa.Value, depth int) bool {
	if depth == 0 {
		return false
	}
	switch v := callsite.Behind(v).(type) {
	case *ssa.BinOp:
		return ofAnother(f, v.X, owner, depth-1) || ofAnother(f, v.Y, owner, depth-1)
	case *ssa.Slice:
		for _, x := range callsite.Elements(v) {
			if x != nil && isText(callsite.Behind(x).Type()) && ofAnother(f, x, owner, depth-1) {
				return true
			}
		}
	case *ssa.Call:
		c := f.CallOf(v)
		if c.Kind != callsite.Library || c.Model == nil || !isText(v.Type()) {
			return false
		}
		if c.Recv != nil && c.Model.Verb == library.Starts && library.HasTexts(f.Program.Lib.StyleOf(c.Model)) && f.Of(c.Recv).Base != owner {
			return true
		}
		for _, arg := range c.Args {
			if (isText(arg.Type()) || isTexts(arg.Type())) && ofAnother(f, arg, owner, depth-1) {
				return true
			}
		}
	}
	return false
}

func isText(t types.Type) bool { return callsite.IsBasic(t, types.IsString) }

func isTexts(t types.Type) bool {
	list, ok := t.Underlying().(*types.Slice)
	return ok && isText(list.Elem())
}

// foreign is a clause of which nothing is known.
func foreign(word string) *term.Clause {
	return &term.Clause{Word: word, Values: []term.Value{{Term: term.Why(ofOther)}}}
}
