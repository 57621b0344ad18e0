package memory

import (
	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Where the rows of a statement go that an object builds: into what the call that runs it
// is given, or else into the model that the statement was given before.

// WantsOne reports whether a call that runs such a statement fails where it finds no row:
// what it fills is no list.
func (f *Memory) WantsOne(c *callsite.Call) bool {
	if !isDelivery(c) || c.Model.Kind != "query" {
		return false
	}
	dests := destinations(f, c)
	for _, d := range dests {
		if d == nil || callsite.Many(callsite.Behind(d).Type()) || !callsite.PointerArg(d) {
			return false
		}
	}
	return len(dests) > 0
}

// isDelivery tells a call whose last arguments are where the rows go of what an object
// builds.
func isDelivery(c *callsite.Call) bool {
	return c.Model.Verb == library.Runs && c.Model.Built && c.Sig.Variadic() && c.Model.Into == len(c.Args)-1
}

// destinations are what a call is given to be filled, or the models of its statement.
func destinations(f *Memory, c *callsite.Call) []ssa.Value {
	dests := callsite.Spread(c, c.Model.Into)
	if _, some := c.Args[c.Model.Into].(*ssa.Slice); !some && dests == nil {
		return modelsOf(f, c)
	}
	return dests
}

// delivers records where the rows of such a statement go.
func delivers(f *Memory, c *callsite.Call) {
	if len(callsite.Spread(c, c.Model.Into)) > 1 {
		f.scans(c, c.Model.Into, rowsOf(c))
		return
	}
	for _, d := range destinations(f, c) {
		if d != nil {
			many := callsite.Many(callsite.Behind(d).Type())
			loadsInto(f, c, d, many, !many && c.Model.Kind == "exec" && changesRows(f, c), rowsOf(c))
		}
	}
}

// changesRows reports whether a call runs a statement that changes rows, and may find none:
// then it gives none back, and no error.
func changesRows(f *Memory, c *callsite.Call) bool {
	s := &given{Memory: f, seen: map[ssa.Value]bool{}}
	s.back(c.Recv)
	return s.changes
}

func rowsOf(c *callsite.Call) func(evaluation) term.Term {
	return func(evaluation) term.Term {
		return &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.PseudoStep, Name: "rows"}}}
	}
}

// modelsOf are the models that the statement of a call was given. What only writes rows
// leaves them as they are, unless it gives rows back.
func modelsOf(f *Memory, c *callsite.Call) []ssa.Value {
	s := &given{Memory: f, seen: map[ssa.Value]bool{}}
	s.back(c.Recv)
	if c.Model.Kind == "exec" && !s.returns {
		return nil
	}
	return s.models
}

// given is what the calls have added that lead to a statement, and those that stand beside
// them.
type given struct {
	*Memory
	seen    map[ssa.Value]bool
	models  []ssa.Value
	returns bool
	changes bool // it began as one that changes rows
}

func (s *given) back(v ssa.Value) {
	if v == nil || s.seen[v] || !s.isObject(v) {
		return
	}
	s.seen[v] = true
	if refs := v.Referrers(); refs != nil {
		for _, ref := range *refs {
			if call, ok := ref.(*ssa.Call); ok {
				s.adds(s.CallOf(call), v)
			}
		}
	}
	switch v := v.(type) {
	case *ssa.Phi:
		for _, e := range v.Edges {
			s.back(e)
		}
	case *ssa.Call:
		s.call(s.CallOf(v))
	case *ssa.MakeInterface:
		s.back(v.X)
	case *ssa.UnOp:
		s.stored(v)
	}
}

// call goes on with what a call adds to, or notes the model that it begins with.
func (s *given) call(c *callsite.Call) {
	if c != nil && c.Model != nil && c.Model.Verb == library.Starts {
		s.changes = s.changes || c.Model.Kind == "update" || c.Model.Kind == "delete"
	}
	switch {
	case c == nil || c.Model == nil:
	case c.Model.Verb == library.Starts && c.Model.Kind == library.ModelOf:
		if list := callsite.Spread(c, len(c.Args)-1); len(list) == 1 {
			s.model(list[0])
		}
	case c.Recv != nil:
		s.back(c.Recv)
	}
}

// model notes a model; a pointer to nothing only says which type its rows have.
func (s *given) model(v ssa.Value) {
	if nothing, ok := callsite.Behind(v).(*ssa.Const); v != nil && (!ok || !nothing.IsNil()) {
		s.models = append(s.models, v)
	}
}

// stored goes on with what is put into the variable that a value is read from.
func (s *given) stored(load *ssa.UnOp) {
	refs := load.X.Referrers()
	if _, local := load.X.(*ssa.Alloc); !local || refs == nil {
		return
	}
	for _, ref := range *refs {
		switch ref := ref.(type) {
		case *ssa.Store:
			s.back(ref.Val)
		case *ssa.UnOp:
			s.back(ref)
		}
	}
}

// adds notes what a call adds to a statement.
func (s *given) adds(c *callsite.Call, to ssa.Value) {
	if c == nil || c.Recv != to || c.Model == nil || c.Model.Verb != library.Builds {
		return
	}
	switch c.Model.Kind {
	case library.ModelOf:
		s.model(c.Args[0])
	case library.Returning:
		s.returns = true
	}
}

// loadsInto stores a row, or all of them, where a value points; quiet says that there may be
// none without an error.
func loadsInto(f *Memory, c *callsite.Call, dest ssa.Value, many, quiet bool, rows func(evaluation) term.Term) {
	t := callsite.Behind(dest).Type()
	many = many && !callsite.IsMap(dest)
	orm := f.Program.Lib.Rows(c.Model)
	p := f.Of(dest)
	silent := quiet || c.Runs() && c.Model.Kind == "query" && !many && !callsite.IsMap(dest)
	f.write(p.Base, Event{Instr: c.Instr, Path: p.Path, Try: &Attempt{Call: c, Failed: algebra.Untouched, Silent: silent}, Gives: func(x evaluation, _ term.Term) term.Term {
		return algebra.Loaded(rows(x), t, many, orm)
	}})
}
