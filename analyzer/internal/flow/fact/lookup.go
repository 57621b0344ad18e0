package fact

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// put is what it says that a map has an entry, which the function made: the key is one of
// those that were put in.
func (f *Conditions) put(v *ssa.Lookup) []term.Fact {
	m, ok := callsite.Behind(v.X).(*ssa.MakeMap)
	if !ok {
		return nil
	}
	keys, ok := f.KeysOf(m)
	key := f.Value(v.Index, v)
	if !ok || len(keys) == 0 || key == nil || algebra.HasUnknown(key) {
		return nil
	}
	return []term.Fact{{Op: term.In, A: key, B: &term.List{Elems: keys, Open: true}}}
}

// indexOf is the call whose result is the place of an element of which a function said yes,
// or one before the first if it said so of none.
func (f *Conditions) indexOf(v ssa.Value) (found term.Term, ok bool) {
	call, isCall := v.(*ssa.Call)
	if !isCall || callsite.IsBasic(call.Type(), types.IsBoolean) {
		return nil, false
	}
	c := f.CallOf(call)
	if c.Kind != callsite.Library || c.Model == nil || c.Model.Verb != library.Plays || c.Model.Role() != library.AsksAny {
		return nil, false
	}
	found = f.Value(call, call)
	return found, found != nil && !algebra.HasUnknown(found)
}
