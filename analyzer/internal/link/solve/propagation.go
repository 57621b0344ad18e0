package solve

import (
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// keyAnswer is what the writers of a context key are worth; not ok while they are
// being asked.
type keyAnswer struct {
	notes  obligation.Notes
	ok     bool
	chosen []obligation.Cause // why what they put there never satisfies it: nil if it may
}

// Populators. A middleware that goes through the parameters of the path, loads what
// each of them names, and stores it under that name: c.Set(node.Key, node.Row). No
// unit tells which parameters are meant, nor what is checked on the way, so neither
// the loads are findings nor the parameters whose rows handlers read: both rest on
// an assumption that is named.

// paramLoader is such a middleware: the function that reads the parameters.
type paramLoader struct {
	found map[*callgraph.Function]bool
	keys  map[string]bool // names of context keys that are read
}

// Demand is what a function asks of its callers.
type Demand struct {
	Fn    *callgraph.Function
	Value obligation.Value
	// Root, if forced, is what kind of root the contexts count as: the fields
	// of a handler matter to its requests, wherever they are set.
	Root    callgraph.RootKind
	Forced  bool
	Library string // who was handed a function value on the way
	// Row is the operation of fn whose result holds the row that goal speaks
	// of, 0 if it has gone out of sight.
	Row  int
	Goal *rowflow.Goal
	// Within is the call that the maker of a closure made, while the climb is inside of
	// it: nil if it is inside of none.
	Within *callgraph.Edge
	// As is of which type a value is on this way, by a method that was chosen by it.
	As Typed
}

// Typed is a value of a function that has a type; the value is nil if nothing is known.
type Typed struct {
	Value term.Term
	Type  string
}

// Context is one way in which the program comes to a demand, with the answer.
type Context struct {
	Ok    bool
	Notes obligation.Notes
	Fails []obligation.Cause
	At    *callgraph.Function // the function in which it was decided
	Root  callgraph.RootKind
	Hops  []*callgraph.Edge // from at down to the function that asked; empty if it is at
	Idle  bool              // only the existence of the row matters there

	Library string // unknown root: who was handed the function value
}

func (d Demand) Key() string {
	key := d.Fn.Symbol + "\x00" + d.Value.Key() + "\x00" + strconv.Itoa(d.Row)
	if d.Forced {
		key += "\x00" + strconv.Itoa(int(d.Root)) + d.Library
	}
	if w := d.Within; w != nil {
		key += "\x00in " + w.From.Symbol + strconv.Itoa(w.Call.N)
	}
	if d.As.Value != nil {
		key += "\x00" + d.As.Value.String() + " is " + d.As.Type
	}
	if d.Goal != nil && d.Row > 0 {
		key += "\x00" + d.Goal.Fn.Symbol + strconv.Itoa(d.Goal.Run.N) + "." + strconv.Itoa(d.Goal.Relation)
	}
	return "rise\x00" + key
}

// Key tells contexts apart: by answer, by root, and by the places of the causes.
func (c Context) Key() string {
	var b strings.Builder
	b.WriteString(strconv.FormatBool(c.Ok) + c.Notes.Excuse + strings.Join(c.Notes.Assumes, ",") + strings.Join(c.Notes.Asks, ",") + strconv.Itoa(int(c.Root)))
	if !c.Ok || !c.Notes.Settled() {
		b.WriteString(c.At.Symbol)
		for _, h := range c.Hops {
			b.WriteString("<" + h.From.Symbol + strconv.Itoa(h.Site))
		}
		for _, f := range c.Fails {
			b.WriteString("|" + strconv.Itoa(int(f.Kind)) + f.Reason + strconv.Itoa(f.Site))
			if f.Fn != nil {
				b.WriteString(f.Fn.Symbol)
			}
		}
	}
	return b.String()
}
