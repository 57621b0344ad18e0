package signature

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// signs is what values say of the body if one of them is as it should be: they were made
// with a key, of the body and whatever else, or they were not.
func (p *Signatures) signs(f *callgraph.Function, values []term.Term, used *term.Origin) Standing {
	worst := Signed
	for _, v := range values {
		if v == nil {
			return Unsigned
		}
		key, parts, ok := term.Signature(v)
		if !ok {
			return Unsigned
		}
		if worst = min(worst, keeps(key), ofBody(parts, used)); p.known(f, key, maxDepth) {
			worst = min(worst, Known)
		}
	}
	if len(values) == 0 {
		return Unsigned
	}
	return worst
}

// brought is what it is worth that values are equal to a signature: all if the client
// brought them, nothing if they were made with a key as it was.
func brought(values []term.Term) Standing {
	got := Signed
	for _, v := range values {
		if v == nil {
			got = min(got, Unclear)
			continue
		}
		if _, _, keyed := term.Signature(v); keyed {
			return Unsigned
		}
		if !term.Any(v, term.IsRequest) {
			got = min(got, Unclear)
		}
	}
	return got
}

// keeps reports of a key whether it is the installation's: not the client's, and no row's,
// which may be a tenant's.
func keeps(key term.Term) Standing {
	got := Signed
	term.Visit(key, func(t term.Term) {
		switch t := t.(type) {
		case *term.Origin:
			switch t.Kind {
			case term.Request:
				got = Unsigned
			case term.Unknown, term.Zero:
				got = min(got, Unclear)
			}
		case *term.Result:
			got = min(got, Unclear)
		case *term.Path:
			if slices.ContainsFunc(t.Steps, func(s term.Step) bool { return s.Kind == term.ElemStep }) {
				got = min(got, Unclear) // whoever chooses the element may choose one that is not there
			}
			if t.Root == term.Param || t.Root == term.Free || t.Root == term.Context {
				if t.Root != term.Param || t.Index != 0 || len(t.Steps) == 0 { // but for a field of the receiver
					got = min(got, Unclear)
				}
			}
		}
	})
	return got
}

// known reports whether a key of a function is no secret, as far as is seen: it is written out,
// or left empty, wherever the program sets it. A configuration may be read over it.
func (p *Signatures) known(f *callgraph.Function, key term.Term, depth int) bool {
	leaves := term.Leaves(key)
	return len(leaves) > 0 && depth > 0 && !slices.ContainsFunc(leaves, func(t term.Term) bool {
		switch t := t.(type) {
		case *term.Const:
			return false
		case *term.Origin:
			return t.Kind != term.Zero
		case *term.Path:
			writes := p.graph.Stores[placeOf(f, t)]
			return len(writes) == 0 || slices.ContainsFunc(writes, func(w callgraph.Write) bool { return !p.known(w.Fn, w.Value, depth-1) })
		}
		return true
	})
}

// placeOf is the place of what is stored in a package variable, or in a field of the receiver
// of a method, "" of anything else.
func placeOf(f *callgraph.Function, t *term.Path) string {
	switch {
	case t.Root == term.Global && len(t.Steps) == 0:
		return t.Name
	case t.Root == term.Param && t.Index == 0 && f.Receiver != "" && len(t.Steps) == 1 && t.Steps[0].Kind == term.FieldStep:
		return f.Receiver + "." + t.Steps[0].Name
	}
	return ""
}

// ofBody reports whether a part of the body, any if it is nil, is among the parts that
// were signed.
func ofBody(parts []term.Term, used *term.Origin) Standing {
	best := Unsigned
	for _, t := range parts {
		worst := Signed
		for _, leaf := range term.Leaves(t) {
			worst = min(worst, within(leaf, used))
		}
		best = max(best, worst)
	}
	return best
}

// within is ofBody of one signed value, or of what it is put together of.
func within(t term.Term, used *term.Origin) Standing {
	best := Unsigned
	switch t := t.(type) {
	case *term.Origin:
		if isPartLike(t, used) {
			return covers(t, used)
		}
	case *term.Concat:
		best = ofBody(t.Parts, used)
	case *term.List:
		best = ofBody(t.Elems, used)
	case *term.Struct:
		for _, f := range t.Fields {
			best = max(best, ofBody([]term.Term{f.Term}, used))
		}
	}
	if best == Unsigned && (isOpaque(t) || term.Any(t, isBody)) {
		return Unclear
	}
	return best
}

// covers reports whether a part of the body that was signed holds the one that is used:
// the whole message holds its fields; a field, or some of the bytes, not the others.
func covers(signed, used *term.Origin) Standing {
	switch {
	case used == nil:
		return Signed
	case signed.Name == "":
	case signed.Name == "?" || used.Name == "?" || used.Name == "":
		return Unclear
	case signed.Name != used.Name:
		return Unsigned
	}
	for i, s := range signed.Steps {
		switch {
		case i >= len(used.Steps):
			return Unclear // all is used, and a part of it was signed
		case s == used.Steps[i] && !term.IsPicked(signed):
		case s.Kind == term.FieldStep && used.Steps[i].Kind == term.FieldStep && s != used.Steps[i]:
			return Unsigned
		default:
			return Unclear
		}
	}
	return Signed
}

// isOpaque reports whether a value is not known, or known to another function only.
func isOpaque(t term.Term) bool {
	return term.Any(t, func(x term.Term) bool {
		switch x := x.(type) {
		case *term.Origin:
			return x.Kind == term.Unknown
		case *term.Result:
			return true
		case *term.Path:
			return x.Root == term.Param || x.Root == term.Free
		}
		return false
	})
}

// isPartLike reports whether a value comes from where another one does: the body, if that is
// nil.
func isPartLike(o, used *term.Origin) bool {
	if used == nil {
		return isBody(o)
	}
	return o.Kind == term.Request && o.Group == used.Group
}

func isBody(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && o.Kind == term.Request && o.Group == "body"
}
