package result

import (
	"regexp"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// verb matches a verb of fmt, without an index.
var verb = regexp.MustCompile(`%[-+# 0]*\d*(?:\.\d+)?(\[|\*|\w|%)`)

// wrapsBad is the error for which a connection is dropped, where a call wraps that: errors.Is, by
// which it is asked for, finds it. It is nil of a call that wraps another one, or prints it.
func (f *Results) wrapsBad(c *callsite.Call) term.Term {
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
			if x, ok := f.Value(elems[n], c.Instr).(*term.Path); ok && x.Root == term.Global && x.Name == library.BadConnection && len(x.Steps) == 0 {
				return x
			}
		}
		n++
	}
	return nil
}
