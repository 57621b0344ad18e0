package term

import (
	"slices"
	"strings"
	"sync/atomic"
)

// Build is a statement, a condition or another fragment that the builder of a library
// makes: what it is built upon, and the clauses that were added, in order. It stands
// where a text stands that is not written yet.
type Build struct {
	Style   string // by which it will be written: the word of the library's data
	Base    Term   // nil where the first clause begins it
	Clauses []Clause

	text atomic.Pointer[string] // what String has given
}

// Clause is one step of a build. It is there if and only if the facts hold; Maybe tells
// of one that may be missing whatever is known.
type Clause struct {
	Word   string
	Values []Value
	If     []Fact
	Maybe  bool
}

// Sure tells a clause that is always there.
func (c *Clause) Sure() bool { return len(c.If) == 0 && !c.Maybe }

// Value is a value of a clause with the form in which it was handed over: builders write
// a list, a nil and a plain value in different ways. Type is that of the rows of a model.
type Value struct {
	Term Term
	Form Form
	Type string
}

// Handed is the parameter that a value is whose type its function does not know.
func (v Value) Handed() (p *Path, ok bool) {
	p, ok = v.Term.(*Path)
	return p, ok && v.Form == AsAny && p.Root == Param && len(p.Steps) == 0
}

// Form is the form of a value, told by its type in Go.
type Form uint8

// The forms of values.
const (
	AsValue    Form = iota // one value, which may be zero
	AsNullable             // one value that is NULL where it is zero
	AsList                 // any number of values
	AsNil                  // nil as it is written
	AsAny                  // in any form: its type is not known
	AsPart                 // a fragment that another builder makes
	AsRest                 // the values of a list that is handed on as a whole
	AsText                 // a text, where one that is SQL and another value are told apart
	AsModel                // a struct, or a pointer to one, that stands for a row
	AsModels               // any number of these
	LastForm   = AsModels
)

var formNames = [...]string{AsValue: "", AsNullable: "nullable", AsList: "list", AsNil: "nil", AsAny: "any", AsPart: "part", AsRest: "rest", AsText: "text", AsModel: "model", AsModels: "models"}

// String is the word for the form in the text form of terms.
func (f Form) String() string { return formNames[f] }

// MaxClauses is how many clauses a build may have; a longer one is Unknown("builder too
// long").
const MaxClauses = 96

func (*Build) term() {}

// BuildOf puts clauses on a base. What is built on something that is built is one
// build; clauses that cannot be there fall away, and those whose facts are not known
// may be missing.
func BuildOf(style string, base Term, clauses ...Clause) Term {
	out := &Build{Style: style, Base: base}
	if b, ok := base.(*Build); ok {
		out.Base, out.Clauses = b.Base, slices.Clone(b.Clauses)
		if out.Style == "" {
			out.Style = b.Style
		}
	}
	for _, c := range clauses {
		if c, there := reduced(c); there {
			out.Clauses = append(out.Clauses, c)
		}
	}
	if len(out.Clauses) > MaxClauses {
		return Why("builder too long")
	}
	if len(out.Clauses) == 0 && out.Base != nil {
		return out.Base
	}
	return out
}

// reduced is a clause without the facts that are known to hold; there is false if one is
// known not to.
func reduced(c Clause) (out Clause, there bool) {
	var open []Fact
	for _, f := range c.If {
		switch holds, known := f.decided(); {
		case known && !holds:
			return c, false
		case known:
		case unknown(f.A) || f.B != nil && unknown(f.B):
			c.Maybe = true
		default:
			open = append(open, f)
		}
	}
	c.If = open
	if c.Maybe {
		c.If = nil
	}
	return c, true
}

// decided reports whether a fact holds of what is known: a value that is zero or not.
func (f Fact) decided() (holds, known bool) {
	if f.Op != IsZero && f.Op != NonZero {
		return false, false
	}
	zero, known := Zeroness(f.A)
	return zero == (f.Op == IsZero), known
}

func unknown(t Term) bool {
	o, ok := t.(*Origin)
	return ok && o.Kind == Unknown
}

func (b *Build) String() string {
	if text := b.text.Load(); text != nil {
		return *text
	}
	text := b.written()
	b.text.Store(&text)
	return text
}

func (b *Build) written() string {
	var s strings.Builder
	s.WriteString("build(" + b.Style)
	if b.Base != nil {
		if b.Style != "" {
			s.WriteString(" ")
		}
		s.WriteString("on " + b.Base.String())
	}
	for i := range b.Clauses {
		s.WriteString("; " + b.Clauses[i].String())
	}
	s.WriteString(")")
	return s.String()
}

// String is the text form of a clause: where("a = ?", p2 as list) if nonzero(p2).
func (c *Clause) String() string {
	var s strings.Builder
	s.WriteString(c.Word + "(")
	for i, v := range c.Values {
		if i > 0 {
			s.WriteString(", ")
		}
		s.WriteString(v.Term.String())
		if v.Form != AsValue {
			s.WriteString(" as " + v.Form.String())
			if v.Type != "" {
				s.WriteString(" " + v.Type)
			}
		}
	}
	s.WriteString(")")
	for i, f := range c.If {
		if i == 0 {
			s.WriteString(" if ")
		} else {
			s.WriteString(" and ")
		}
		s.WriteString(f.String())
	}
	if c.Maybe {
		s.WriteString(" maybe")
	}
	return s.String()
}

// mapped is a build with f applied to what its terms and facts consist of.
func (b *Build) mapped(f func(Term) Term) Term {
	var base Term
	if b.Base != nil {
		base = Map(b.Base, f)
	}
	clauses := make([]Clause, len(b.Clauses))
	for i, c := range b.Clauses {
		out := Clause{Word: c.Word, Maybe: c.Maybe}
		for _, v := range c.Values {
			out.Values = append(out.Values, Value{Term: Map(v.Term, f), Form: v.Form, Type: v.Type})
		}
		for _, x := range c.If {
			out.If = append(out.If, MapFact(x, f))
		}
		clauses[i] = out
	}
	return BuildOf(b.Style, base, clauses...)
}

// Built reports whether a term is a build, or has one among its leaves or the parts of a
// text.
func Built(t Term) bool {
	switch x := t.(type) {
	case *Build:
		return true
	case *Join:
		return slices.ContainsFunc(x.Terms, Built)
	case *Concat:
		return slices.ContainsFunc(x.Parts, Built)
	}
	return false
}
