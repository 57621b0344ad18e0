package algebra

import (
	"go/constant"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Claims is what a verified token holds.
func Claims() term.Term { return &term.Path{Root: term.Context, Name: term.ClaimsKey} }

// ConstTerm is the term of a constant.
func ConstTerm(c *ssa.Const) term.Term {
	if c.Value == nil {
		return term.ZeroTerm()
	}
	switch c.Value.Kind() {
	case constant.String:
		if s := constant.StringVal(c.Value); s != "" {
			return &term.Const{Kind: term.Text, Text: s}
		}
	case constant.Bool:
		if constant.BoolVal(c.Value) {
			return &term.Const{Kind: term.Bool, Text: "true"}
		}
	case constant.Int:
		if constant.Sign(c.Value) != 0 {
			return &term.Const{Kind: term.Number, Text: c.Value.ExactString()}
		}
	default:
		if constant.Sign(c.Value) != 0 {
			return term.Why("number")
		}
	}
	return term.ZeroTerm()
}

// Gives is the term of a model's "gives".
func Gives(kind string) term.Term {
	switch kind {
	case "error", "fresh":
		return term.Of(term.Fresh)
	case "config":
		return term.Of(term.Config)
	case "zero", "false":
		return term.ZeroTerm()
	case "true":
		return &term.Const{Kind: term.Bool, Text: "true"}
	case "claims":
		return Claims()
	case "context":
		return term.Why("context")
	case "empty context":
		return term.Why(term.EmptyContext)
	}
	return term.Why(kind)
}
