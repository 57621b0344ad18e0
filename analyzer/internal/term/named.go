package term

import (
	"strconv"
	"strings"
)

// A part of the request may have the name that a function is handed, or has captured:
// c.Param(name) of a helper that is called with "org", or of a middleware that is made
// for "org". Such a part is written request(path, $p1): who calls or makes the function
// puts the name there.

// namedBy begins the name of a part that is named by a parameter or a captured variable.
const namedBy = "$"

// NameBy is the name of a part of the request that is named by t: the text of a constant,
// and what a parameter or a captured variable says. It is "?" for everything else.
func NameBy(t Term) string {
	switch x := t.(type) {
	case *Const:
		return x.Text
	case *Path:
		if (x.Root == Param || x.Root == Free) && len(x.Steps) == 0 {
			return namedBy + x.String()
		}
	}
	return "?"
}

// IsNamed reports whether a part of the request has a name that is known: neither all of
// its group, nor computed, nor named by what a function is handed.
func IsNamed(o *Origin) bool { return o.Name != "" && o.Name != "?" && !HasHandedName(o) }

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
		if by == "p"+strconv.Itoa(i) && a != nil {
			out.Name = NameBy(a)
		}
	}
	for _, f := range b.Free {
		if by == "fv."+f.Name {
			out.Name = NameBy(f.Term)
		}
	}
	return &out
}

// Renamed are the ways to write a part of the request of the caller in the callee's frame:
// under its name, and under what the callee is handed that says its name.
func (b Substitution) Renamed(o *Origin) []Term {
	out := []Term{o}
	as := func(by, t Term) {
		if c, ok := t.(*Const); ok && IsNamed(o) && c.Kind == Text && c.Text == o.Name {
			same := *o
			same.Name = NameBy(by)
			out = append(out, &same)
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
