package unit

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Terms are most of a unit, and most of them occur many times: they are kept in
// one table, as a graph without repetitions.

// The tags of term nodes in the binary form.
const (
	tagPath byte = iota + 1
	tagResult
	tagOrigin
	tagConst
	tagStruct
	tagList
	tagFunc
	tagConcat
	tagTest
	tagJoin
	tagBuild
)

// node enters t and what it consists of into the term table and returns its
// number, from 1; 0 if there is no term. Equal nodes share a number: the receiver,
// the context and the tenant of a function stand in nearly all of its calls, and
// written as trees they are most of a unit.
func (w *encoder) node(t term.Term) int {
	if t == nil {
		return 0
	}
	if n, ok := w.known[t]; ok {
		return n
	}
	// Equal nodes have equal bytes, because their children are numbers already.
	key := string(w.section(func() { w.nodeBytes(t) }))
	n, ok := w.nodes[key]
	if !ok {
		n = len(w.nodes) + 1
		w.nodes[key] = n
		w.terms = append(w.terms, key...)
	}
	w.known[t] = n
	return n
}

// nodeBytes writes a node that has no other nodes in it, or leaves it to compound.
func (w *encoder) nodeBytes(t term.Term) {
	switch x := t.(type) {
	case *term.Path:
		w.tag(tagPath)
		w.tag(byte(x.Root))
		w.num(x.Index)
		w.text(x.Name)
		w.steps(x.Steps)
	case *term.Result:
		w.tag(tagResult)
		w.num(x.Call)
		w.steps(x.Steps)
	case *term.Origin:
		w.tag(tagOrigin)
		w.tag(byte(x.Kind))
		w.text(x.Group)
		w.text(x.Name)
		w.steps(x.Steps)
	case *term.Const:
		w.tag(tagConst)
		w.tag(byte(x.Kind))
		w.text(x.Text)
	default:
		w.compound(t)
	}
}

// compound writes a node that has other nodes in it; node enters those first,
// because the output of an inner section is set aside.
func (w *encoder) compound(t term.Term) {
	switch x := t.(type) {
	case *term.Struct:
		w.tag(tagStruct)
		w.text(x.Type)
		w.term(x.Base)
		w.fields(x.Fields)
	case *term.List:
		w.tag(tagList)
		w.tag(bit(x.Open))
		w.all(x.Elems)
	case *term.Func:
		w.tag(tagFunc)
		w.text(x.Symbol)
		w.fields(x.Bind)
	case *term.Concat:
		w.tag(tagConcat)
		w.all(x.Parts)
	case *term.Test:
		w.tag(tagTest)
		w.tag(byte(x.Fact.Op))
		w.term(x.Fact.A)
		w.term(x.Fact.B)
	case *term.Join:
		w.tag(tagJoin)
		w.all(x.Terms)
	case *term.Build:
		w.tag(tagBuild)
		w.text(x.Style)
		w.term(x.Base)
		w.clauses(x.Clauses)
	}
}

// bit is a boolean as a byte.
func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// steps writes a path into a value.
func (w *encoder) steps(steps []term.Step) {
	w.count(len(steps))
	for _, s := range steps {
		w.tag(byte(s.Kind))
		w.text(s.Name)
		w.num(s.Index)
	}
}

// fields writes named terms in their order, which is sorted by whoever made the
// term.
func (w *encoder) fields(fields []term.Field) {
	w.count(len(fields))
	for _, f := range fields {
		w.text(f.Name)
		w.term(f.Term)
	}
}

// all writes a list of terms.
func (w *encoder) all(ts []term.Term) {
	w.count(len(ts))
	for _, t := range ts {
		w.term(t)
	}
}

// readTerms reads the table; a node may only name earlier ones, so that no input
// can make a term that holds itself. What a node would be as a tree is counted,
// because everything later walks trees: a few bytes could describe one that
// doubles with each node.
func (r *decoder) readTerms() {
	for n := r.count(); n > 0 && r.err == nil; n-- {
		size := 1
		t := r.readNode(&size)
		if size > maxTree {
			r.fail("term too large")
		}
		r.terms = append(r.terms, t)
		r.sizes = append(r.sizes, size)
	}
}

// readNode reads one node and adds up its size.
func (r *decoder) readNode(size *int) term.Term {
	switch r.tag() {
	case tagPath:
		return &term.Path{Root: term.RootKind(r.kind(byte(term.This))), Index: r.num(), Name: r.text(), Steps: r.readSteps()}
	case tagResult:
		return &term.Result{Call: r.num(), Steps: r.readSteps()}
	case tagOrigin:
		return &term.Origin{Kind: term.OriginKind(r.kind(byte(term.Unknown))), Group: r.text(), Name: r.text(), Steps: r.readSteps()}
	case tagConst:
		return &term.Const{Kind: term.ConstKind(r.kind(byte(term.Bool))), Text: r.text()}
	case tagStruct:
		return &term.Struct{Type: r.text(), Base: r.child(size), Fields: r.readFields(size)}
	case tagList:
		return &term.List{Open: r.flag(), Elems: r.readAll(size)}
	case tagFunc:
		return &term.Func{Symbol: r.text(), Bind: r.readFields(size)}
	case tagConcat:
		return &term.Concat{Parts: r.readAll(size)}
	case tagTest:
		return &term.Test{Fact: r.readFact(size)}
	case tagJoin:
		return &term.Join{Terms: r.readAll(size)}
	case tagBuild:
		return &term.Build{Style: r.text(), Base: r.child(size), Clauses: r.readClauses(size)}
	}
	r.fail("term")
	return nil
}

// readFact reads a comparison that is a value, as of a function that returns one.
func (r *decoder) readFact(size *int) term.Fact {
	f := term.Fact{Op: term.FactOp(r.kind(byte(term.Every))), A: r.need(size), B: r.child(size)}
	if r.err == nil && !validFact(f) {
		r.fail("fact")
	}
	return f
}

// kind reads a small enumeration; most is its last member.
func (r *decoder) kind(most byte) byte {
	b := r.tag()
	if b > most {
		r.fail("kind")
		return 0
	}
	return b
}

// child reads a node within a node and adds its size; nil if there is none.
func (r *decoder) child(size *int) term.Term {
	n := r.index(len(r.terms))
	if n == 0 || r.err != nil {
		return nil
	}
	*size += r.sizes[n-1]
	if *size > maxTree {
		r.fail("term too large")
	}
	return r.terms[n-1]
}

// need reads a node within a node that must be there. What it gives after an error
// is a term all the same: no reader of a broken input meets nil.
func (r *decoder) need(size *int) term.Term {
	t := r.child(size)
	if t == nil {
		r.fail("missing term")
		return term.Why("corrupt")
	}
	return t
}

// readSteps reads a path into a value.
func (r *decoder) readSteps() []term.Step {
	var out []term.Step
	for n := r.count(); n > 0 && r.err == nil; n-- {
		out = append(out, term.Step{Kind: term.StepKind(r.kind(byte(term.PseudoStep))), Name: r.text(), Index: r.num()})
	}
	return out
}

// readFields reads named terms.
func (r *decoder) readFields(size *int) []term.Field {
	var out []term.Field
	for n := r.count(); n > 0 && r.err == nil; n-- {
		out = append(out, term.Field{Name: r.text(), Term: r.need(size)})
	}
	return out
}

// readAll reads a list of terms.
func (r *decoder) readAll(size *int) []term.Term {
	var out []term.Term
	for n := r.count(); n > 0 && r.err == nil; n-- {
		out = append(out, r.need(size))
	}
	return out
}
