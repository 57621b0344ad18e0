package callgraph

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// AppliedValue is the function value that a call applies, nil if it is no such
// call: a handler is called, or asked to serve.
func AppliedValue(c *unit.Call) term.Term {
	if c.Kind == unit.Dynamic {
		return c.Value
	}
	if c.Kind == unit.Library && c.Role == library.Serves && len(c.Args) > 0 {
		return c.Args[0]
	}
	return nil
}

func CalleeName(c *unit.Call) string {
	if c.Kind == unit.Interface {
		return c.Symbol + "." + c.Method
	}
	return c.Symbol
}

// EachValue calls note for the terms through which f hands on values.
func EachValue(f *Function, note func(term.Term)) {
	for i := range f.Calls {
		for _, a := range f.Calls[i].Args {
			note(a)
		}
	}
	for i := range f.Gives {
		for _, r := range f.Gives[i].Results {
			note(r)
		}
	}
	for i := range f.Stores {
		note(f.Stores[i].Value)
	}
	for i := range f.Puts {
		note(f.Puts[i].Value)
	}
}

// EachKept calls note for what f gives back, stores or puts somewhere.
func EachKept(f *Function, note func(term.Term)) {
	only := *f
	bare := *f.Function
	bare.Calls = nil
	only.Function = &bare
	EachValue(&only, note)
}
