package compile

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// prune drops dull functions and the calls of them, and numbers what is left.
func (c *compiler) prune() {
	live := c.live()
	var kept []*unit.Function
	for _, fn := range c.u.Functions {
		if !live[fn.Symbol] {
			continue
		}
		c.dropCalls(fn, live)
		c.dropTakes(fn, live)
		kept = append(kept, fn)
	}
	c.u.Functions = kept
	called := c.calledHere()
	var entries []unit.Entry
	for _, e := range c.u.Entries {
		if (live[e.Symbol] || packageOf(e.Symbol) != c.u.Path && c.liveSymbol(e.Symbol, live)) && !(c.loose[e.Symbol] && called[e.Symbol]) {
			entries = append(entries, e)
		}
	}
	c.u.Entries = entries
}

// calledHere are the functions that the package itself calls: one that looks
// like a handler but for more parameters is then a helper.
func (c *compiler) calledHere() map[string]bool {
	out := map[string]bool{}
	for _, fn := range c.u.Functions {
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
func (c *compiler) live() map[string]bool {
	live := map[string]bool{}
	mark := func(sym string) bool {
		if live[sym] {
			return false
		}
		live[sym] = true
		return true
	}
	for _, fn := range c.u.Functions {
		if busy(fn) {
			mark(fn.Symbol)
		}
	}
	for changed := true; changed; {
		changed = false
		for _, fn := range c.u.Functions {
			if !live[fn.Symbol] && c.callsLive(fn, live) {
				changed = mark(fn.Symbol) || changed
			}
		}
	}
	return live
}

// busy tells whether a function is of interest by its own operations.
func busy(fn *unit.Function) bool {
	if fn.Over != "" || fn.Allow != nil || len(fn.Runs)+len(fn.Puts)+len(fn.Reads)+len(fn.Stores) > 0 {
		return true
	}
	for _, g := range fn.Gives {
		if telling(fn, g) {
			return true
		}
	}
	return false
}

// telling tells whether a return says something: a value that is known and not
// zero, or an outcome that depends on a comparison.
func telling(fn *unit.Function, g unit.Give) bool {
	for i, r := range g.Results {
		if p, ok := r.(*term.Path); ok && i >= fn.Results && p.String() == term.P(i-fn.Results).String() {
			continue // a parameter that is left as it was
		}
		if !plainValue(r) {
			return true
		}
	}
	for _, f := range g.If {
		if f.Op == term.Eq || f.Op == term.Ne || f.Op == term.In {
			return true
		}
	}
	return false
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

func (c *compiler) callsLive(fn *unit.Function, live map[string]bool) bool {
	for i := range fn.Calls {
		if c.liveCall(&fn.Calls[i], live) {
			return true
		}
	}
	for _, t := range fn.Takes {
		if c.liveSymbol(t.Symbol, live) {
			return true
		}
	}
	return false
}

// liveCall tells whether a call may reach something of interest, or hands it on.
func (c *compiler) liveCall(call *unit.Call, live map[string]bool) bool {
	return call.Kind != unit.Static || c.liveSymbol(call.Symbol, live) || c.handsOn(call, live)
}

// handsOn tells whether a function of interest is among the arguments: a dull
// function may keep it for others to call.
func (c *compiler) handsOn(call *unit.Call, live map[string]bool) bool {
	found := false
	for _, a := range call.Args {
		term.Map(a, func(x term.Term) term.Term {
			if f, ok := x.(*term.Func); ok && c.ours(f.Symbol) {
				found = found || c.liveSymbol(f.Symbol, live)
			}
			return x
		})
	}
	return found
}

// dropTakes drops what is taken of dull functions.
func (c *compiler) dropTakes(fn *unit.Function, live map[string]bool) {
	fn.Takes = dropped(fn.Takes, func(t unit.Take) bool { return !c.liveSymbol(t.Symbol, live) })
}

// liveSymbol tells whether a function may be of interest.
func (c *compiler) liveSymbol(symbol string, live map[string]bool) bool {
	if live[symbol] || c.abstract[symbol] {
		return true
	}
	if c.made[symbol] != nil {
		return false
	}
	pkg := packageOf(symbol)
	if pkg == c.u.Path {
		return true // has no body here
	}
	if c.in.Imports == nil {
		return true
	}
	imp := c.in.Imports(pkg)
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

// packageOf is the import path in a symbol.
func packageOf(symbol string) string {
	slash := strings.LastIndex(symbol, "/") + 1
	if dot := strings.Index(symbol[slash:], "."); dot >= 0 {
		return symbol[:slash+dot]
	}
	return symbol
}

// dropCalls drops the calls of dull functions; what they gave is unknown.
func (c *compiler) dropCalls(fn *unit.Function, live map[string]bool) {
	numbers, dropped := map[int]int{}, map[int]unit.Call{}
	order := 0
	runs, calls := fn.Runs, fn.Calls
	fn.Calls = nil
	for len(runs)+len(calls) > 0 {
		if len(calls) == 0 || len(runs) > 0 && runs[0].N < calls[0].N {
			order++
			numbers[runs[0].N] = order
			runs = runs[1:]
			continue
		}
		if c.liveCall(&calls[0], live) {
			order++
			numbers[calls[0].N] = order
			fn.Calls = append(fn.Calls, calls[0])
		} else {
			dropped[calls[0].N] = calls[0]
			c.usedBy(fn, &calls[0])
		}
		calls = calls[1:]
	}
	(&renumbering{numbers: numbers, dropped: dropped, results: c.results[fn], known: map[argument]term.Term{}}).function(fn)
}

// usedBy notes the rows that a dropped call gets: a dull function may still send
// them to the client.
func (c *compiler) usedBy(fn *unit.Function, call *unit.Call) {
	if c.answers[fn][call.N] {
		return
	}
	for _, a := range call.Args {
		if holdsRow(a) {
			fn.Uses = append(fn.Uses, unit.Use{Value: a, Site: call.Site, If: call.If})
		}
	}
}

// renumbering gives calls their final numbers.
type renumbering struct {
	numbers map[int]int
	dropped map[int]unit.Call
	results map[int]int // how many results a call has
	known   map[argument]term.Term
}

// argument is an argument of a dropped call, by the call's number.
type argument struct{ call, at int }

func (r *renumbering) term(t term.Term) term.Term {
	if t == nil {
		return nil
	}
	return term.Map(t, func(x term.Term) term.Term {
		res, ok := x.(*term.Result)
		if !ok {
			return x
		}
		if n, ok := r.numbers[res.Call]; ok {
			return &term.Result{Call: n, Steps: res.Steps}
		}
		if call, ok := r.dropped[res.Call]; ok {
			return r.droppedResult(call, res)
		}
		return term.Why("call")
	})
}

// droppedResult is what the call of a dull function gave: nothing that is known,
// and its arguments as they were.
func (r *renumbering) droppedResult(call unit.Call, res *term.Result) term.Term {
	if len(res.Steps) > 0 && res.Steps[0].Kind == term.ResultStep {
		if k := res.Steps[0].Index - r.results[call.N]; k >= 0 && k < len(call.Args) {
			return term.Select(r.argument(argument{call.N, k}), res.Steps[1:]...)
		}
	}
	return term.Why("call " + call.Symbol)
}

// argument is an argument of a dropped call. In a loop, or where one map is handed to
// several calls, what one call leaves is what another was given, and the other way
// round: there it is not known.
func (r *renumbering) argument(a argument) term.Term {
	if t, ok := r.known[a]; ok {
		return t
	}
	r.known[a] = term.Why("loop")
	r.known[a] = r.term(r.dropped[a.call].Args[a.at])
	return r.known[a]
}

// facts renumbers facts and drops those that became unknown.
func (r *renumbering) facts(facts []term.Fact) []term.Fact {
	var out []term.Fact
	for _, f := range facts {
		f.A = r.term(f.A)
		if f.B != nil {
			f.B = r.term(f.B)
		}
		if !isUnknown(f.A) && !(f.B != nil && isUnknown(f.B)) {
			out = append(out, f)
		}
	}
	return out
}

func isUnknown(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && o.Kind == term.Unknown
}

// function renumbers what a function holds, and drops what says nothing any more: a
// way without a condition, the use of what is no row, the owner of what is unknown.
func (r *renumbering) function(fn *unit.Function) {
	all := unit.Rewrite{Term: r.term, Facts: r.facts, Number: func(n int) (int, bool) {
		to, ok := r.numbers[n]
		return to, ok
	}}
	all.Function(fn)
	for i := range fn.Runs {
		fn.Runs[i].Ways = dropped(fn.Runs[i].Ways, unconditional)
	}
	for i := range fn.Calls {
		fn.Calls[i].Ways = dropped(fn.Calls[i].Ways, unconditional)
	}
	fn.Uses = dropped(fn.Uses, func(u unit.Use) bool { return !holdsRow(u.Value) })
	fn.Owners = dropped(fn.Owners, func(o unit.Owner) bool { return isUnknown(o.Value) })
}

func unconditional(w unit.Way) bool { return w.If == nil }

// dropped is a list without some elements, nil if none is left.
func dropped[T any](list []T, drop func(T) bool) []T {
	if list = slices.DeleteFunc(list, drop); len(list) == 0 {
		return nil
	}
	return list
}
