// Package result gives the results of calls their terms: those of libraries by their
// models, those of the module as symbols.
package result

import (
	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/value"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// appended is the list that append gives. A list that is being evaluated further
// out grows in a loop: open.
func (f *Results) appended(c *callsite.Call) term.Term {
	if len(c.Args) < 2 {
		return f.Value(c.Args[0], c.Instr)
	}
	have, cut := f.Tracked(c.Args[0], c.Instr)
	more := f.Value(c.Args[1], c.Instr)
	if more == nil {
		return nil
	}
	if cut || have == nil {
		return algebra.Opened(have, more)
	}
	var out []term.Term
	for _, a := range term.Leaves(have) {
		for _, b := range term.Leaves(more) {
			out = append(out, algebra.ConcatLists(a, b))
		}
	}
	return term.JoinOf(out...)
}

// Messages of protocol buffers are read by generated methods: GetID gives the field
// ID, or its zero value if there is no message. Two calls of one give the same, so
// they are the field itself.

// messageField is the field that a generated getter gives, nil if a call is none.
func (f *Results) messageField(c *callsite.Call) term.Term {
	if c.Recv == nil || len(c.Args) > 0 || c.Kind != callsite.Static && c.Kind != callsite.Library || c.Sig.Results().Len() != 1 {
		return nil
	}
	fn := c.Instr.Common().StaticCallee()
	if fn == nil {
		return nil
	}
	name, ok := callsite.GetterOf(f.Program.Lib.Messages(), c.Recv.Type(), fn.Name())
	if !ok || !callsite.HasField(c.Recv.Type(), name, c.Sig.Results().At(0).Type()) {
		return nil
	}
	t := f.Value(c.Recv, c.Instr)
	if t == nil {
		return nil
	}
	return term.Select(t, term.Step{Kind: term.FieldStep, Name: name})
}

// Results are the results of calls, over the values of a function.
type Results struct{ *value.Values }

// First is the result of a call that has one.
func (f *Results) First(v *ssa.Call) term.Term {
	c := f.CallOf(v)
	if c.Kind == callsite.Builtin {
		return f.builtin(c)
	}
	if t := f.messageField(c); t != nil {
		return t
	}
	results := f.ResultsOf(c)
	if len(results) == 0 {
		return term.Why("no result")
	}
	return results[0]
}

func (f *Results) builtin(c *callsite.Call) term.Term {
	switch c.Symbol {
	case "append":
		return f.appended(c)
	case "len":
		if n := f.Counted(c); n != nil {
			return n
		}
	case "min", "max":
		var terms []term.Term
		for _, a := range c.Args {
			if t := f.Value(a, c.Instr); t != nil {
				terms = append(terms, t)
			}
		}
		return term.JoinOf(terms...)
	}
	return term.Why(c.Symbol)
}

// ResultsOf are the results of a call, one term each; nil while it is being
// evaluated further out.
func (f *Results) ResultsOf(c *callsite.Call) []term.Term {
	n := c.Sig.Results().Len()
	if c.Model == nil || c.Kind != callsite.Library {
		return f.plain(c, n)
	}
	out := make([]term.Term, n)
	for i := range out {
		out[i] = f.modelled(c, i)
	}
	if c.Model.Verb == library.Text && f.Texts != nil {
		if got := f.Texts.Results(f.Values, c); got != nil {
			copy(out, got)
		}
	}
	return out
}

// withValue is a context into which a call has put something. Of constants it says so: they
// are flags, for whoever asks the context for them.
func (f *Results) withValue(c *callsite.Call) term.Term {
	t := f.Value(c.Args[0], c.Instr)
	v := callsite.Behind(c.Arg(c.Model.Of))
	key := f.Key(c.Arg(c.Model.At), c.Instr)
	if t != nil && !term.IsComputedKey(key) && callsite.IsConstant(v) {
		return term.StructOf("", t, []term.Field{{Name: term.UnderKey + key, Term: f.Value(v, c.Instr)}})
	}
	if o, ok := t.(*term.Origin); ok && o.Kind == term.Unknown && o.Name == term.EmptyContext {
		return term.Why("a context that holds something")
	}
	return t
}

// plain are the results of a call without a model: of the module, they are
// symbols; of a library, they are unknown, or the one argument in another form.
func (f *Results) plain(c *callsite.Call, n int) []term.Term {
	out := make([]term.Term, n)
	for i := range out {
		switch {
		case c.Kind != callsite.Library || callsite.HandsFunc(c) || f.Program.Decides(c):
			out[i] = &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.ResultStep, Index: i}}}
		case i == 0 && callsite.Wraps(c) && callsite.Converts(c):
			out[i] = f.Value(callsite.Only(c), c.Instr)
		case library.IsError(c.Sig.Results().At(i).Type()) && callsite.Wraps(c):
			out[i] = term.Why("conversion error")
		default:
			out[i] = term.Why("call " + c.Symbol)
		}
	}
	return out
}

// modelled is result i of a library function that is known.
func (f *Results) modelled(c *callsite.Call, i int) term.Term {
	m := c.Model
	isErr := library.IsError(c.Sig.Results().At(i).Type())
	if i == 0 && m.Call.GivesConnection() {
		return &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.ResultStep}}}
	}
	switch m.Verb {
	case library.Runs:
		return f.ran(c, i)
	case library.Binds:
		return f.bindsOf(c, i)
	case library.Starts, library.Builds:
		if !isErr {
			return f.Above.Constructed(c)
		}
	case library.Writes:
		if !isErr {
			return f.Value(c.Recv, c.Instr)
		}
	case library.Scans:
		return f.scanned(c, i)
	case library.Row:
		return f.row(c, i)
	case library.Rows:
		return f.collected(c, i)
	case library.Same:
		if bad := f.wrapsBad(c); bad != nil {
			return bad
		}
		return f.same0(c, i)
	case library.Request:
		return f.request(c, i)
	case library.Gets:
		return f.got(c, i)
	case library.Tests:
		return f.stated(c)
	case library.Gives:
		if bad := f.wrapsBad(c); bad != nil {
			return bad
		}
		if isErr && m.Kind == "claims" { // whether the token is verified
			return &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.ResultStep, Index: i}}}
		}
		if isErr && c.Sig.Results().Len() > 1 {
			return term.Why("error of " + m.Key)
		}
		if m.Kind == "claims" {
			return f.Above.Claims(c)
		}
		return algebra.Gives(m.Kind)
	case library.Plays:
		if m.Role() == library.Reflects || m.Role() == library.Keeps || m.Role() == library.Finds {
			break
		}
		return &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.ResultStep, Index: i}}}
	case library.Puts:
		if library.IsContext(c.Sig.Results().At(i).Type()) && len(c.Args) > 0 {
			return f.withValue(c)
		}
	}
	if isErr {
		return term.Why("error of " + m.Key)
	}
	return term.Why("call " + m.Key)
}
