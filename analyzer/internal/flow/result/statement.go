package result

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// ran is a result of running a statement: its handle, the number of rows, or its
// error.
func (f *Results) ran(c *callsite.Call, i int) term.Term {
	if c.Model.By != "" && i == 0 {
		if orm := f.Program.Lib.Rows(c.Model); orm != nil && orm.Tag != "" && c.Model.By == "model" {
			rows := &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.PseudoStep, Name: "rows"}}}
			return algebra.Loaded(rows, c.Sig.Results().At(0).Type(), c.Model.Kind == "query", orm)
		}
		return scalars(c)
	}
	name := "rows"
	failed := "err"
	found := callsite.SaysFound(c)
	if found && i == 0 {
		return &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.PseudoStep, Name: "some"}}}
	}
	if !found && (c.Model.Into != library.None || c.Model.By != "") && c.Model.Kind == "queryrow" || f.WantsOne(c) {
		failed = "scan"
	}
	t := c.Sig.Results().At(i).Type()
	switch {
	case library.IsError(t) && c.Model.Dest != library.None:
		name = "scan"
	case library.IsError(t):
		name = failed
	case callsite.IsBasic(t, types.IsInteger):
		name = "count"
	}
	return &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.PseudoStep, Name: name}}}
}

// scalars is what stands in the first column: of the one row, or of all.
func scalars(c *callsite.Call) term.Term {
	rows := &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.PseudoStep, Name: "rows"}}}
	t := c.Sig.Results().At(0).Type()
	slice, many := t.Underlying().(*types.Slice)
	if !many {
		return algebra.Columns(rows, c.Model.By, t)
	}
	return &term.List{Elems: []term.Term{algebra.Columns(rows, c.Model.By, slice.Elem())}, Open: true}
}

// scanned is whether there was a row that could be scanned, or, of all rows, whether
// they could be read.
func (f *Results) scanned(c *callsite.Call, i int) term.Term {
	rows := callsite.RowsOf(c)
	if rows == nil || i > 0 {
		return term.Why("call " + c.Symbol)
	}
	name := "scan"
	if c.Model.By == "all" {
		name = "err"
	}
	return algebra.Column(f.Value(rows, c.Instr), term.Step{Kind: term.PseudoStep, Name: name})
}

// bindsOf is the text that a call gives, or the list of what is bound to it: values by
// their places, or one struct of them by their names.
func (f *Results) bindsOf(c *callsite.Call, i int) term.Term {
	switch {
	case i == 0:
		return f.Value(c.Arg(c.Model.At), c.Instr)
	case i > 1:
		return term.Why("error of " + c.Model.Key)
	case c.Model.Named == library.None:
		return f.Value(c.Arg(c.Model.Args), c.Instr)
	}
	named := f.NamedBinds(c.Arg(c.Model.Named), c.Instr)
	if named == nil {
		return nil
	}
	return &term.List{Elems: []term.Term{named}}
}

// NamedBinds is a struct or map that holds bind values, as a struct of them by the
// names that the text calls them by.
func (f *Results) NamedBinds(v ssa.Value, at ssa.Instruction) term.Term {
	t := f.Value(v, at)
	if t == nil {
		return nil
	}
	return algebra.NamedBinds(t, callsite.Behind(v).Type())
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
	if library.IsError(t) {
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
	if !many || one == nil {
		return one
	}
	list := &term.List{Elems: []term.Term{one}, Open: true}
	before := c.Arg(c.Model.Args)
	if before == nil {
		return list
	}
	var out []term.Term
	for _, have := range term.Leaves(f.Value(before, c.Instr)) {
		out = append(out, algebra.ConcatLists(have, list))
	}
	return term.JoinOf(out...)
}
