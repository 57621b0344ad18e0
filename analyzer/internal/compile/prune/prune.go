// Package prune drops what is dull of a unit.
//
// Terms. A function is *dull* if it runs nothing, calls nothing of interest, stores
// and reads nothing, and gives nothing that could matter; calls of dull functions are
// dropped, and what they gave is unknown.
package prune

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Known is what is known of the functions of a package beside what their units say.
type Known struct {
	Abstract map[string]bool // methods of interfaces that are taken as values
	Loose    map[string]bool // entries told by a signature with more parameters
	Calls    map[*unit.Function]Calls
}

// Calls are the calls of a function, by number.
type Calls struct {
	Results  map[int]int  // how many results each has
	Answers  map[int]bool // those that give only a bool
	Converts map[int]bool // those that make a text of texts
}

type pruner struct {
	*source.Package
	known Known
	made  map[string]bool // functions that have a body here
}

// Prune drops dull functions and the calls of them, and numbers what is left.
func Prune(src *source.Package, known Known) {
	p := &pruner{Package: src, known: known, made: map[string]bool{}}
	for _, fn := range src.Unit.Functions {
		p.made[fn.Symbol] = true
	}
	live := p.live()
	var kept []*unit.Function
	for _, fn := range p.Unit.Functions {
		if !live[fn.Symbol] {
			continue
		}
		p.dropCalls(fn, live)
		p.dropTakes(fn, live)
		kept = append(kept, fn)
	}
	p.Unit.Functions = kept
	called := p.calledHere()
	var entries []unit.Entry
	for _, e := range p.Unit.Entries {
		if (live[e.Symbol] || unit.PackageOf(e.Symbol) != p.Unit.Path && p.liveSymbol(e.Symbol, live)) && !(p.known.Loose[e.Symbol] && called[e.Symbol]) {
			entries = append(entries, e)
		}
	}
	p.Unit.Entries = entries
}

// calledHere are the functions that the package itself calls: one that looks
// like a handler but for more parameters is then a helper.
func (p *pruner) calledHere() map[string]bool {
	out := map[string]bool{}
	for _, fn := range p.Unit.Functions {
		for i := range fn.Calls {
			if fn.Calls[i].Kind == unit.Static {
				out[fn.Calls[i].Symbol] = true
			}
		}
	}
	return out
}

// live are the functions that are not dull: the smallest set that holds those
// with an operation of their own and those that call one.
func (p *pruner) live() map[string]bool {
	live := map[string]bool{}
	mark := func(sym string) bool {
		if live[sym] {
			return false
		}
		live[sym] = true
		return true
	}
	for _, fn := range p.Unit.Functions {
		if busy(fn) {
			mark(fn.Symbol)
		}
	}
	for changed := true; changed; {
		changed = false
		for _, fn := range p.Unit.Functions {
			if !live[fn.Symbol] && p.callsLive(fn, live) {
				changed = mark(fn.Symbol) || changed
			}
		}
	}
	return live
}

// busy reports whether a function is of interest by its own operations.
func busy(fn *unit.Function) bool {
	if fn.Over != "" || fn.Allow != nil || len(fn.Runs)+len(fn.Puts)+len(fn.Reads)+len(fn.Stores)+len(fn.Changes)+len(fn.Keeps)+len(fn.Finds) > 0 {
		return true
	}
	for _, g := range fn.Gives {
		if telling(fn, g) {
			return true
		}
	}
	return false
}

// telling reports whether a return says something: a value that is known and not
// zero, or an outcome that depends on a comparison.
func telling(fn *unit.Function, g unit.Give) bool {
	for i, r := range g.Results {
		if p, ok := r.(*term.Path); ok && i >= fn.Results && p.String() == term.P(i-fn.Results).String() {
			continue // a parameter that is left as it was
		}
		if o, ok := r.(*term.Origin); ok && i >= fn.Results && o.Kind == term.Unknown {
			return true // it may be left in any way
		}
		if !plainValue(r) {
			return true
		}
	}
	for _, f := range g.If {
		if f.Op == term.Eq || f.Op == term.Ne || f.Op == term.In || answers(g) && asksWhetherNil(f) {
			return true
		}
	}
	return false
}

// answers reports whether a return says yes or no.
func answers(g unit.Give) bool {
	return slices.ContainsFunc(g.Results, func(t term.Term) bool {
		c, ok := t.(*term.Const)
		return ok && c.Kind == term.Bool
	})
}

// asksWhetherNil reports whether a fact is that an argument, such as an error, is nil or is not.
func asksWhetherNil(f term.Fact) bool {
	p, ok := f.A.(*term.Path)
	return ok && p.Root == term.Param && len(p.Steps) == 0 && (f.Op == term.Nil || f.Op == term.NotNil)
}

// plainValue is a value that tells a caller nothing.
func plainValue(t term.Term) bool {
	switch t := t.(type) {
	case *term.Origin:
		return t.Kind == term.Unknown || t.Kind == term.Zero
	case *term.Const:
		return t.Kind != term.Text
	case *term.Result:
		return true // as telling as the call is
	case *term.Join:
		for _, x := range t.Terms {
			if !plainValue(x) {
				return false
			}
		}
		return true
	}
	return false
}

func (p *pruner) callsLive(fn *unit.Function, live map[string]bool) bool {
	for i := range fn.Calls {
		if p.liveCall(&fn.Calls[i], live) {
			return true
		}
	}
	for _, t := range fn.Takes {
		if p.liveSymbol(t.Symbol, live) {
			return true
		}
	}
	return false
}

// liveCall reports whether a call may reach something of interest, or hands it on.
func (p *pruner) liveCall(call *unit.Call, live map[string]bool) bool {
	return call.Kind != unit.Static || p.liveSymbol(call.Symbol, live) || p.handsOn(call, live)
}

// handsOn reports whether a function of interest is among the arguments: a dull
// function may keep it for others to call.
func (p *pruner) handsOn(call *unit.Call, live map[string]bool) bool {
	found := false
	for _, a := range call.Args {
		term.Map(a, func(x term.Term) term.Term {
			if f, ok := x.(*term.Func); ok && p.Ours(f.Symbol) {
				found = found || p.liveSymbol(f.Symbol, live)
			}
			return x
		})
	}
	return found
}

// dropTakes drops what is taken of dull functions.
func (p *pruner) dropTakes(fn *unit.Function, live map[string]bool) {
	fn.Takes = dropped(fn.Takes, func(t unit.Take) bool { return !p.liveSymbol(t.Symbol, live) })
}

// liveSymbol reports whether a function may be of interest.
func (p *pruner) liveSymbol(symbol string, live map[string]bool) bool {
	if live[symbol] || p.known.Abstract[symbol] {
		return true
	}
	if p.made[symbol] {
		return false
	}
	pkg := unit.PackageOf(symbol)
	if pkg == p.Unit.Path {
		return true // has no body here
	}
	if p.Imports == nil {
		return true
	}
	imp := p.Imports(pkg)
	if imp == nil || len(imp.Problems) > 0 {
		return true
	}
	for _, fn := range imp.Functions {
		if fn.Symbol == symbol {
			return true
		}
	}
	return false
}

// dropped is a list without some elements, nil if none is left.
func dropped[T any](list []T, drop func(T) bool) []T {
	if list = slices.DeleteFunc(list, drop); len(list) == 0 {
		return nil
	}
	return list
}
