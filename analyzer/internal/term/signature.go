package term

// What is signed is a text that begins with its key: cat({keyed}{key: K}, the parts).
// So the two stay together in whatever form the signature is passed on.

// signedWith is the type of the part of a signed text that says with which key.
const signedWith = "keyed"

// Keyed is the signed text of nothing yet; nil while the key is evaluated further out.
func Keyed(key Term) Term {
	if key == nil {
		return nil
	}
	return StructOf(signedWith, nil, []Field{{Name: "key", Term: key}})
}

// Signature gives the key and the parts of a signed text.
func Signature(t Term) (key Term, parts []Term, ok bool) {
	all := []Term{t}
	if c, isCat := t.(*Concat); isCat {
		all = c.Parts
	}
	for _, x := range all {
		if s, isStruct := x.(*Struct); isStruct && s.Type == signedWith && len(s.Fields) == 1 {
			key, ok = s.Fields[0].Term, true
			continue
		}
		parts = append(parts, x)
	}
	return key, parts, ok
}
