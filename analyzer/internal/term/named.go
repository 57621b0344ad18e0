package term

import (
	"net/textproto"
	"slices"
	"strconv"
	"strings"
)

// A part of the request may have the name that a function is handed, or has captured:
// c.Param(name) of a helper that is called with "org", or of a middleware that is made
// for "org". Such a part is written request(path, $p1): who calls or makes the function
// puts the name there.

// namedBy begins the name of a part that is named by a parameter or a captured variable.
const namedBy = "$"

// NameBy is the name of a part of the request, of a group, that is named by t: the text of a
// constant, and what a parameter or a captured variable says, or a field of one. It is "?" for
// everything else. Headers are named without regard to case.
func NameBy(group string, t Term) string {
	switch x := t.(type) {
	case *Const:
		if group == "header" {
			return textproto.CanonicalMIMEHeaderKey(x.Text)
		}
		return x.Text
	case *Path:
		other := func(s Step) bool { return s.Kind != FieldStep }
		if (x.Root == Param || x.Root == Free) && !slices.ContainsFunc(x.Steps, other) {
			return namedBy + x.String()
		}
	}
	return "?"
}

// IsNamed reports whether a part of the request has a name that is known: neither all of
// its group, nor computed, nor named by what a function is handed.
func IsNamed(o *Origin) bool { return o.Name != "" && o.Name != "?" && !HasHandedName(o) }

// IsRepeatable reports whether a value is a named part of the request that is the same however
// often it is read.
func IsRepeatable(t Term) bool {
	o, ok := t.(*Origin)
	return ok && o.Kind == Request && IsNamed(o) && o.Group != "body" && o.Group != "argument" && o.Group != "message"
}

// HasHandedName reports whether a value is a part of the request that is named by what its
// function is handed, or has captured.
func HasHandedName(t Term) bool {
	o, ok := t.(*Origin)
	return ok && o.Kind == Request && strings.HasPrefix(o.Name, namedBy)
}

// KeepNames are the captured variables that name parts of the request in t, as they are.
func KeepNames(t Term) []Field {
	var out []Field
	Visit(t, func(x Term) {
		if HasHandedName(x) {
			if name, ok := strings.CutPrefix(x.(*Origin).Name, namedBy+"fv."); ok {
				name, _, _ = strings.Cut(name, ".")
				out = append(out, Field{Name: name, Term: &Path{Root: Free, Name: name}})
			}
		}
	})
	return out
}

// named is a part of the request in the caller's frame: what names it is known there.
func (b Substitution) named(o *Origin) *Origin {
	by, ok := strings.CutPrefix(o.Name, namedBy)
	if !ok || o.Kind != Request {
		return o
	}
	out := *o
	out.Name = "?"
	for i, a := range b.Args {
		if steps, ok := fieldsOf(by, "p"+strconv.Itoa(i)); ok && a != nil {
			out.Name = NameBy(o.Group, Select(a, steps...))
		}
	}
	for _, f := range b.Free {
		if steps, ok := fieldsOf(by, "fv."+f.Name); ok {
			out.Name = NameBy(o.Group, Select(f.Term, steps...))
		}
	}
	return &out
}

// fieldsOf are the steps to the field of a root that names a part, none to the root itself.
func fieldsOf(by, root string) ([]Step, bool) {
	rest, ok := strings.CutPrefix(by, root)
	if !ok || rest != "" && rest[0] != '.' {
		return nil, false
	}
	var out []Step
	for _, name := range strings.Split(rest, ".")[1:] {
		out = append(out, Step{Kind: FieldStep, Name: name})
	}
	return out, true
}

// Renamed are the ways to write a part of the request of the caller in the callee's frame:
// under its name, and under what the callee is handed that says its name.
func (b Substitution) Renamed(o *Origin) []Term {
	out := []Term{o}
	var as func(by, t Term)
	as = func(by, t Term) {
		switch x := t.(type) {
		case *Const:
			if IsNamed(o) && x.Kind == Text && NameBy(o.Group, x) == o.Name {
				same := *o
				same.Name = NameBy(o.Group, by)
				out = append(out, &same)
			}
		case *Path:
			if namedBy+x.String() == o.Name {
				same := *o
				same.Name = NameBy(o.Group, by)
				out = append(out, &same)
			}
		case *Struct:
			for _, f := range x.Fields {
				as(Select(by, Step{Kind: FieldStep, Name: f.Name}), f.Term)
			}
		}
	}
	for i, a := range b.Args {
		as(&Path{Root: Param, Index: i}, a)
	}
	for _, f := range b.Free {
		as(&Path{Root: Free, Name: f.Name}, f.Term)
	}
	return out
}
