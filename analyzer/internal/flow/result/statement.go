package result

import (
	"go/types"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// ran is a result of running a statement: its handle, the number of rows, or its
// error.
func (f *Results) ran(c *callsite.Call, i int) term.Term {
	name := "rows"
	t := c.Sig.Results().At(i).Type()
	switch {
	case callsite.IsError(t):
		name = "err"
	case callsite.IsBasic(t, types.IsInteger):
		name = "count"
	}
	return &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.PseudoStep, Name: name}}}
}

// pseudo is a property of the rows that the receiver stands for.
func (f *Results) pseudo(c *callsite.Call, name string) term.Term {
	if c.Recv == nil {
		return term.Why("call " + c.Symbol)
	}
	return algebra.Column(f.Value(c.Recv, c.Instr), term.Step{Kind: term.PseudoStep, Name: name})
}

func (f *Results) row(c *callsite.Call, i int) term.Term {
	if i > 0 {
		return term.Why("error of " + c.Model.Key)
	}
	if c.Model.Kind == "rows" {
		return f.Value(c.Recv, c.Instr)
	}
	return f.pseudo(c, c.Model.Kind)
}

// collected are the rows of a statement as structs.
func (f *Results) collected(c *callsite.Call, i int) term.Term {
	rows := f.Value(c.Arg(c.Model.At), c.Instr)
	t := c.Sig.Results().At(i).Type()
	slice, many := t.Underlying().(*types.Slice)
	if callsite.IsError(t) {
		if _, first := c.Sig.Results().At(0).Type().Underlying().(*types.Slice); first {
			return algebra.Column(rows, term.Step{Kind: term.PseudoStep, Name: "err"})
		}
		return algebra.Column(rows, term.Step{Kind: term.PseudoStep, Name: "scan"})
	}
	by := c.Model.By
	if by == "func" {
		by = f.Program.RowFunc(c)
	}
	if many {
		t = slice.Elem()
	}
	one := algebra.Columns(rows, by, t)
	if many && one != nil {
		return &term.List{Elems: []term.Term{one}, Open: true}
	}
	return one
}
