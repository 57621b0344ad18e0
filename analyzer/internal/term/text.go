package term

import (
	"strconv"
	"strings"
)

// The text form of terms:
//
//	p0 p2.Org fv.req.ID global(pkg.V) ctx(org).ID this(pkg.T).org     paths
//	#1.r0.OrgID  #2.col(0)  #2.col(org_id)  #2.!scan                     results
//	tenant principal zero fresh config request(path, id) unknown(why)    origins
//	"text" 42 true                                                       constants
//	{.A: t, .B: t}  pkg.T{.A: t}  pkg.T{base t, .A: t}                   structs
//	[t, t]  [t...]                                                       lists
//	fn(pkg.F$1){x: t}                                                    functions
//	cat(t, t)                                                            concatenation
//	test(eq(a, b))                                                       booleans
//	(t | t)                                                              join
//	build(bare on t; where(t, t as list) if nonzero(t); limit(t) maybe)  builds
//
// Names in parentheses are quoted unless they consist of letters, digits and
// the characters _ . / * ( ) - $ with balanced parentheses.
func (p *Path) String() string {
	var b strings.Builder
	switch p.Root {
	case Param:
		b.WriteString("p" + strconv.Itoa(p.Index))
	case Free:
		b.WriteString("fv." + p.Name)
	case Global:
		b.WriteString("global(" + name(p.Name) + ")")
	case Context:
		b.WriteString("ctx(" + name(p.Name) + ")")
	case This:
		b.WriteString("this(" + name(p.Name) + ")")
	}
	writeSteps(&b, p.Steps)
	return b.String()
}

func (r *Result) String() string {
	var b strings.Builder
	b.WriteString("#" + strconv.Itoa(r.Call))
	writeSteps(&b, r.Steps)
	return b.String()
}

func writeSteps(b *strings.Builder, steps []Step) {
	for _, s := range steps {
		switch s.Kind {
		case ElemStep:
			b.WriteString("[")
			if s.Index != 0 {
				b.WriteString(strconv.Itoa(s.Index))
			}
			b.WriteString("]")
		case ResultStep:
			b.WriteString(".r" + strconv.Itoa(s.Index))
		case ColumnStep:
			if s.Name != "" {
				b.WriteString(".col(" + name(s.Name) + ")")
			} else {
				b.WriteString(".col(" + strconv.Itoa(s.Index) + ")")
			}
		case PseudoStep:
			b.WriteString(".!" + s.Name)
		default:
			b.WriteString("." + s.Name)
		}
	}
}

var originNames = [...]string{Tenant: "tenant", Principal: "principal", Request: "request", Zero: "zero", Fresh: "fresh", Config: "config", Unknown: "unknown"}

// String is the word for the kind in the text form.
func (k OriginKind) String() string { return originNames[k] }

func (o *Origin) String() string {
	var b strings.Builder
	b.WriteString(o.Kind.String())
	switch o.Kind {
	case Request:
		b.WriteString("(" + name(o.Group) + ", " + name(o.Name) + ")")
	case Unknown:
		b.WriteString("(" + name(o.Name) + ")")
	}
	writeSteps(&b, o.Steps)
	return b.String()
}

func (c *Const) String() string {
	if c.Kind == Text {
		return strconv.Quote(c.Text)
	}
	return c.Text
}

func (s *Struct) String() string {
	var b strings.Builder
	b.WriteString(s.Type + "{")
	sep := ""
	if s.Base != nil {
		b.WriteString("base " + s.Base.String())
		sep = ", "
	}
	for _, f := range s.Fields {
		b.WriteString(sep + "." + f.Name + ": " + f.Term.String())
		sep = ", "
	}
	b.WriteString("}")
	return b.String()
}

func (l *List) String() string {
	s := "[" + joined(l.Elems, ", ")
	if l.Open {
		s += "..."
	}
	return s + "]"
}

func (f *Func) String() string {
	var b strings.Builder
	b.WriteString("fn(" + name(f.Symbol) + ")")
	if len(f.Bind) == 0 {
		return b.String()
	}
	b.WriteString("{")
	for i, x := range f.Bind {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(x.Name + ": " + x.Term.String())
	}
	b.WriteString("}")
	return b.String()
}

func (c *Concat) String() string { return "cat(" + joined(c.Parts, ", ") + ")" }
func (t *Test) String() string   { return "test(" + t.Fact.String() + ")" }
func (j *Join) String() string   { return "(" + joined(j.Terms, " | ") + ")" }

func joined(ts []Term, sep string) string {
	parts := make([]string, len(ts))
	for i, t := range ts {
		parts[i] = t.String()
	}
	return strings.Join(parts, sep)
}

var factNames = [...]string{Eq: "eq", Ne: "ne", In: "in", NonZero: "nonzero", IsZero: "iszero", Nil: "nil", NotNil: "notnil", True: "true", False: "false", Positive: "positive", Null: "null", Checked: "checked", Implies: "implies", Met: "met", Ran: "ran", Left: "left", Every: "every"}

// String is the word for the kind in the text form.
func (o FactOp) String() string { return factNames[o] }

// String is the text form of a fact: eq(a, b), nil(#1.r1).
func (f Fact) String() string {
	if f.B != nil {
		return f.Op.String() + "(" + f.A.String() + ", " + f.B.String() + ")"
	}
	return f.Op.String() + "(" + f.A.String() + ")"
}

// name writes a name inside parentheses, quoted where it must be.
func name(s string) string {
	if plainName(s) {
		return s
	}
	return strconv.Quote(s)
}

func plainName(s string) bool {
	depth := 0
	for _, r := range s {
		switch {
		case r == '(':
			depth++
		case r == ')':
			if depth--; depth < 0 {
				return false
			}
		case r == '_' || r == '.' || r == '/' || r == '*' || r == '-' || r == '$' ||
			r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
		default:
			return false
		}
	}
	return s != "" && depth == 0
}
