package run

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// Callbacks. A function that a library runs with each statement may change all of them, and
// then none is known. One that only looks at what it is handed, to count or to log it, changes
// nothing.

// maxCallbackCalls is how deep a callback is followed into functions of its package.
const maxCallbackCalls = 3

// OnlyLooks reports whether all functions that a call hands to a library are seen, and only
// look at what the library hands to them.
func (s *Statements) OnlyLooks(c *callsite.Call) bool {
	seen := false
	for _, arg := range c.Args {
		if _, is := arg.Type().Underlying().(*types.Signature); !is {
			continue
		}
		fn := literal(arg)
		if fn == nil || len(fn.Blocks) == 0 {
			return false
		}
		for _, p := range fn.Params {
			if s.Frame.Program.Lib.Handle(p.Type()) != "" && !s.looks(p, 0) {
				return false
			}
		}
		seen = true
	}
	return seen
}

// literal is the function that a value is, nil if it may be another.
func literal(v ssa.Value) *ssa.Function {
	switch v := v.(type) {
	case *ssa.ChangeType:
		return literal(v.X)
	case *ssa.Function:
		return v
	case *ssa.MakeClosure:
		fn, _ := v.Fn.(*ssa.Function)
		if obj, ok := fn.Object().(*types.Func); ok && fn.Synthetic != "" { // a method value
			return fn.Prog.FuncValue(obj)
		}
		return fn
	}
	return nil
}

// looks reports whether nothing is done with a handle, or with the statement in it, that may
// change it.
func (s *Statements) looks(v ssa.Value, depth int) bool {
	if v.Referrers() == nil || depth > maxCallbackCalls {
		return false
	}
	return !slices.ContainsFunc(*v.Referrers(), func(instr ssa.Instruction) bool { return !s.lookedAt(v, instr, depth) })
}

func (s *Statements) lookedAt(v ssa.Value, instr ssa.Instruction, depth int) bool {
	switch x := instr.(type) {
	case *ssa.DebugRef:
		return true
	case *ssa.FieldAddr:
		part, reads := s.parts(v)
		switch name := fieldName(x); {
		case part == "":
			return slices.Contains(reads, name) && loaded(x, nil) || s.printed(x)
		case name == part:
			return loaded(x, func(stmt ssa.Value) bool { return s.looks(stmt, depth) })
		default: // of the connection, beside the statement
			return loaded(x, nil)
		}
	case ssa.CallInstruction:
		return s.asked(v, x, depth)
	}
	return false
}

// parts are the field of a handle that is the statement, "" if the value is the statement, and
// the fields of that which only tell something.
func (s *Statements) parts(v ssa.Value) (part string, reads []string) {
	n := callsite.Named(v.Type())
	if n == nil || n.Obj().Pkg() == nil {
		return "", nil
	}
	part, reads = s.Frame.Program.Lib.HookPart(n.Obj().Pkg().Path())
	if s.Frame.Program.Lib.Handle(v.Type()) == "" {
		part = ""
	}
	return part, reads
}

// loaded reports whether a field is only read, and, where that is asked, what is read.
func loaded(addr *ssa.FieldAddr, each func(ssa.Value) bool) bool {
	return !slices.ContainsFunc(*addr.Referrers(), func(instr ssa.Instruction) bool {
		load, ok := instr.(*ssa.UnOp)
		return !ok || each != nil && !each(load)
	})
}

// printed reports whether the text in a buffer is asked for, and nothing else.
func (s *Statements) printed(addr *ssa.FieldAddr) bool {
	return s.Frame.Program.IsBuffer(addr) && !slices.ContainsFunc(*addr.Referrers(), func(instr ssa.Instruction) bool {
		call, ok := instr.(ssa.CallInstruction)
		if !ok {
			return true
		}
		m := s.Frame.Program.Classify(call).Model
		return m == nil || m.Text() != library.Held
	})
}

// fieldName is the name of the field that an address is of.
func fieldName(addr *ssa.FieldAddr) string {
	st, ok := callsite.Deref(addr.X.Type()).Underlying().(*types.Struct)
	if !ok {
		return ""
	}
	return st.Field(addr.Field).Name()
}

// asked reports whether a call with a value asks it something, or keeps something beside the
// statement; a function of the package is looked at.
func (s *Statements) asked(v ssa.Value, instr ssa.CallInstruction, depth int) bool {
	c := s.Frame.Program.Classify(instr)
	if fn := instr.Common().StaticCallee(); fn != nil && len(fn.Blocks) > 0 {
		for i, a := range instr.Common().Args {
			if a == v && (i >= len(fn.Params) || !s.looks(fn.Params[i], depth+1)) {
				return false
			}
		}
		return true
	}
	m := c.Model
	if c.Kind != callsite.Library || m == nil || c.Recv != v {
		return false
	}
	switch {
	case m.Verb == library.Builds && slices.Contains([]string{library.Session, library.Setting, library.InContext}, m.Kind):
		made, ok := instr.(ssa.Value)
		return ok && s.looks(made, depth+1)
	case m.Verb == library.Same && m.At == 0: // an error is added: it can only stop the statement
		return true
	}
	return (m.Verb == library.Ignore || m.Verb == library.Starts) && s.Frame.Program.Lib.Handle(v.Type()) != ""
}
