package term

import (
	"strconv"
	"strings"
)

// ComputedKey is the text of a context key of which nothing is known. The text of a key
// that a function was handed begins with it, too: ?T|p1.Name is the key that the field Name
// of its parameter 1 is, a value of the type T ("" for an interface); a substitution puts
// the caller's in its place.
const ComputedKey = "?"

// IsComputedKey reports whether it is not known, or not yet, which key a text stands for.
func IsComputedKey(key string) bool { return strings.HasPrefix(key, ComputedKey) }

// IsOpenKey reports whether the key is one that a function was handed.
func IsOpenKey(key string) bool { return len(key) > len(ComputedKey) && IsComputedKey(key) }

// KeyOf is the canonical text of the context key that a value of a type is: a Go-quoted
// text, pkg.T("x") of a named type, pkg.V of a variable or a field of one, pkg.T{"x"} of a
// struct of texts. A number is none: where it is written out, the name of the constant counts.
func KeyOf(typ string, t Term) string {
	switch x := t.(type) {
	case *Const:
		switch {
		case x.Kind != Text || typ == "":
			return ComputedKey
		case typ == "string":
			return strconv.Quote(x.Text)
		}
		return typ + "(" + strconv.Quote(x.Text) + ")"
	case *Struct:
		return structKey(typ, x)
	case *Path:
		return pathKey(typ, x)
	}
	return ComputedKey
}

// structKey is none behind a pointer: each variable is a key of its own.
func structKey(typ string, x *Struct) string {
	if x.Base != nil || x.Type == "" || x.Type != typ {
		return ComputedKey
	}
	var fields []string
	for _, f := range x.Fields {
		c, ok := f.Term.(*Const)
		if !ok || c.Kind != Text {
			return ComputedKey
		}
		fields = append(fields, f.Name+": "+strconv.Quote(c.Text))
	}
	return x.Type + "{" + strings.Join(fields, ", ") + "}"
}

func pathKey(typ string, x *Path) string {
	var steps strings.Builder
	for _, s := range x.Steps {
		if s.Kind != FieldStep {
			return ComputedKey
		}
		steps.WriteString("." + s.Name)
	}
	switch x.Root {
	case Global:
		return x.Name + steps.String()
	case Param:
		return ComputedKey + typ + "|p" + strconv.Itoa(x.Index) + steps.String()
	case Free:
		return ComputedKey + typ + "|fv." + x.Name + steps.String()
	}
	return ComputedKey
}

// OfComputedKey is the reason of a value that comes out of a context by a key that is not known.
const OfComputedKey = "computed context key"

// InContext is a part of the value under a context key.
func InContext(key string, steps ...Step) Term {
	if key == ComputedKey {
		return Why(OfComputedKey)
	}
	return &Path{Root: Context, Name: key, Steps: steps}
}

// Key moves a context key from the callee's frame into the caller's.
func (b Substitution) Key(key string) string {
	if !IsOpenKey(key) {
		return key
	}
	typ, handed, _ := strings.Cut(key[len(ComputedKey):], "|")
	names := strings.Split(handed, ".")
	of := &Path{Root: Free}
	if names[0] == "fv" {
		of.Name, names = names[1], names[1:]
	} else {
		of.Root = Param
		of.Index, _ = strconv.Atoi(names[0][1:]) // as pathKey writes it
	}
	for _, name := range names[1:] {
		of.Steps = append(of.Steps, Step{Kind: FieldStep, Name: name})
	}
	return KeyOf(typ, b.path(of))
}
