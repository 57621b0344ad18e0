package fact

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/local"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// A list is named by the rows that it holds, and two lists of rows of one statement are
// told apart by nothing else. What a loop has found of each element of one of them holds of
// the rows of the statement only where no row stands in another list alone.
//
//	for rows.Next() { …; if v.Old { old = append(old, v); continue }; all = append(all, v) }
//	for _, v := range all { if v.Org != org { return } }
//	encode(all, old)                   // nothing was found of what is in old

// standsAside reports whether rows of which the elements of a list are made may be kept
// elsewhere without being in the list.
func (f *Conditions) standsAside(list ssa.Value, elem term.Term) bool {
	by, ok := f.Grown(list)
	if !ok {
		return false
	}
	rows := rowsIn(elem)
	if len(rows) == 0 {
		return false
	}
	kept := func(v ssa.Value, at ssa.Instruction) bool {
		if f.isMadeHere(v) || f.elementOfGrown(v, by) || slices.ContainsFunc(by, func(c *callsite.Call) bool { return c.Instr.Block().Dominates(at.Block()) }) {
			return false
		}
		t := f.Value(v, at)
		return t != nil && slices.ContainsFunc(rowsIn(t), func(n int) bool { return slices.Contains(rows, n) })
	}
	for _, b := range f.Fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.MapUpdate:
				if kept(instr.Value, instr) {
					return true
				}
			case *ssa.Send:
				if kept(instr.X, instr) {
					return true
				}
			case *ssa.Call:
				if c := f.CallOf(instr); c.Kind == callsite.Builtin && c.Symbol == "append" && !slices.Contains(by, c) && f.appends(c, kept) {
					return true
				}
			}
		}
	}
	return false
}

// isMadeHere reports whether a value is a map or list of which all that it holds was put in
// here: each time that was done is looked at by itself.
func (f *Conditions) isMadeHere(v ssa.Value) bool {
	v = callsite.Behind(v)
	if _, isMap := v.(*ssa.MakeMap); isMap {
		return true
	}
	_, grown := f.Grown(v)
	return grown
}

// appends reports whether a call of append keeps one of its elements, or the list that it
// is handed.
func (f *Conditions) appends(c *callsite.Call, kept func(v ssa.Value, at ssa.Instruction) bool) bool {
	if len(c.Args) != 2 {
		return false
	}
	elems := callsite.Elements(c.Args[1])
	if elems == nil {
		elems = c.Args[1:]
	}
	return slices.ContainsFunc(elems, func(v ssa.Value) bool { return v != nil && kept(v, c.Instr) })
}

// elementOfGrown reports whether a value is an element of a list that some calls of append
// have made.
func (f *Conditions) elementOfGrown(v ssa.Value, by []*callsite.Call) bool {
	for range maxWay {
		switch x := v.(type) {
		case *ssa.UnOp:
			v = x.X
		case *ssa.FieldAddr:
			v = x.X
		case *ssa.Field:
			v = x.X
		case *ssa.IndexAddr:
			return f.grownBy(x.X, by)
		case *ssa.Alloc:
			only := local.OnlyStore(x)
			if only == nil {
				return false
			}
			v = only.Val
		default:
			return false
		}
	}
	return false
}

// maxWay is how many steps an element is followed back.
const maxWay = 8

// grownBy reports whether all that a list holds was appended by some calls.
func (f *Conditions) grownBy(list ssa.Value, by []*callsite.Call) bool {
	made, ok := f.Grown(list)
	return ok && !slices.ContainsFunc(made, func(c *callsite.Call) bool { return !slices.Contains(by, c) })
}

// rowsIn are the calls of which a term holds rows.
func rowsIn(t term.Term) []int {
	var out []int
	term.Visit(t, func(x term.Term) {
		if r, ok := x.(*term.Result); ok && term.IsColumn(r) && !slices.Contains(out, r.Call) {
			out = append(out, r.Call)
		}
	})
	return out
}
