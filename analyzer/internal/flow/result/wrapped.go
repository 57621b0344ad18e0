package result

import (
	"regexp"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// verb matches a verb of fmt, without an index.
var verb = regexp.MustCompile(`%[-+# 0]*\d*(?:\.\d+)?(\[|\*|\w|%)`)

// wrapsBad is the error for which a connection is dropped, where a call wraps that: errors.Is, by
// which it is asked for, finds it. It is nil of a call that wraps another one, or prints it.
func (f *Results) wrapsBad(c *callsite.Call) term.Term {
	if c.Model.By == library.Joins {
		for _, v := range f.Joined(c) {
			if bad := f.bad(v, c); bad != nil {
				return bad
			}
		}
		return nil
	}
	if c.Model.By != library.Wraps {
		return nil
	}
	format, ok := f.Value(c.Arg(c.Model.Of), c.Instr).(*term.Const)
	if !ok {
		return nil
	}
	elems, n := callsite.Elements(c.Arg(c.Model.Args)), 0
	for _, m := range verb.FindAllStringSubmatch(format.Text, -1) {
		switch {
		case m[1] == "%":
			continue
		case m[1] == "[", m[1] == "*", n >= len(elems), elems[n] == nil:
			return nil
		case m[1] == "w":
			if bad := f.bad(elems[n], c); bad != nil {
				return bad
			}
		}
		n++
	}
	return nil
}

// bad is a value at a call if it is the error for which a connection is dropped, else nil.
func (f *Results) bad(v ssa.Value, c *callsite.Call) term.Term {
	if x, ok := f.Value(v, c.Instr).(*term.Path); ok && x.Root == term.Global && x.Name == library.BadConnection && len(x.Steps) == 0 {
		return x
	}
	return nil
}

// Joined are the errors that a call makes one of, which is nil where all of them are; nil if not
// all are known.
func (f *Results) Joined(c *callsite.Call) []ssa.Value {
	if c == nil || c.Model == nil || c.Model.By != library.Joins {
		return nil
	}
	out := callsite.Elements(c.Arg(c.Model.At))
	if slices.Contains(out, nil) {
		return nil
	}
	return out
}
