package flow

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/builder"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/fact"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/result"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/value"
)

// Frame is one function under evaluation: all floors, and the ways to return. It is
// not safe for concurrent use.
type Frame struct{ *builder.Builders }

// New makes the frame of a function that has a body. Texts gives the meaning of the
// text functions, nil leaves them unknown. Source tells where a call ends in the
// source, for the order of the numbers.
func New(p *callsite.Program, texts value.Evaluator, fn *ssa.Function, source func(ssa.CallInstruction) token.Pos) *Frame {
	values := value.New(memory.New(place.New(p, fn, source)), texts)
	f := &Frame{builder.New(fact.New(&result.Results{Values: values}))}
	values.Above = f
	return f
}
