package algebra

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Small is t, or unknown if it has too many nodes.
func Small(t term.Term) term.Term {
	if t != nil && nodes(t, 0) > callsite.MaxNodes {
		return term.Why("size")
	}
	return t
}

func nodes(t term.Term, n int) int {
	n++
	if n > callsite.MaxNodes {
		return n
	}
	each := func(ts []term.Term) {
		for _, x := range ts {
			n = nodes(x, n)
		}
	}
	fields := func(fs []term.Field) {
		for _, x := range fs {
			n = nodes(x.Term, n)
		}
	}
	switch x := t.(type) {
	case *term.Struct:
		if x.Base != nil {
			n = nodes(x.Base, n)
		}
		fields(x.Fields)
	case *term.List:
		each(x.Elems)
	case *term.Func:
		fields(x.Bind)
	case *term.Concat:
		each(x.Parts)
	case *term.Join:
		each(x.Terms)
	case *term.Build:
		if x.Base != nil {
			n = nodes(x.Base, n)
		}
		n += len(x.Clauses) // as many as a build may have are not too many
	case *term.Test:
		n = nodes(x.Fact.A, n)
		if x.Fact.B != nil {
			n = nodes(x.Fact.B, n)
		}
	}
	return n
}

// Override is a struct like base but for some fields.
func Override(typ string, base term.Term, fields []term.Field) term.Term {
	b, ok := base.(*term.Struct)
	if !ok {
		return term.StructOf(typ, base, fields)
	}
	if b.Type != "" {
		typ = b.Type
	}
	for _, old := range b.Fields {
		set := false
		for _, f := range fields {
			set = set || f.Name == old.Name
		}
		if !set {
			fields = append(fields, old)
		}
	}
	return term.StructOf(typ, b.Base, fields)
}

// AnyField is what any entry of a map with named entries may be
func AnyField(s *term.Struct) term.Term {
	terms := []term.Term{term.ZeroTerm()}
	for _, f := range s.Fields {
		terms = append(terms, f.Term)
	}
	if s.Base != nil {
		terms = append(terms, term.Why("map entry"))
	}
	return term.JoinOf(terms...)
}

// CommaOK is the value of v, ok := …, or whether there was one.
func CommaOK(t term.Term, index int) term.Term {
	if t == nil {
		return nil
	}
	whole := term.JoinOf(t, term.ZeroTerm())
	if index == 0 {
		return whole
	}
	return &term.Test{Fact: term.Fact{Op: term.NonZero, A: whole}}
}
