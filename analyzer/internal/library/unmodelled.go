package library

import (
	"go/types"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Libraries that are not modelled. Of a database's library of which only the name is known,
// each call that may run a statement is one that is not understood. Which may is told by
// the signature: what runs a statement takes a context, or may fail.

// unmodelled is what is known of such a library beside its name.
type unmodelled struct {
	runs  []string // functions and methods that run statements, whatever their signatures
	quiet []string // those that run none: what opens, closes and ends
}

// Below is what is known of a package or, if nothing is, of the nearest one above it.
func (s *Set) Below(path string) *Package {
	for {
		if p := s.packages[path]; p != nil {
			return p
		}
		i := strings.LastIndexByte(path, '/')
		if i < 0 {
			return nil
		}
		path = path[:i]
	}
}

// NotModelled is the library that a package is or is a part of, of which only the name is
// known; nil for any other package.
func (s *Set) NotModelled(path string) *Package {
	if p := s.Below(path); p != nil && p.Unmodelled {
		return p
	}
	return nil
}

// Unread is the library of a function that may run a statement of which nothing is known,
// "" for any other function.
func (s *Set) Unread(f *types.Func) string {
	if f == nil || f.Pkg() == nil {
		return ""
	}
	p := s.NotModelled(f.Pkg().Path())
	switch {
	case p == nil || slices.Contains(p.unmodelled.quiet, f.Name()):
		return ""
	case slices.Contains(p.unmodelled.runs, f.Name()), mayFail(f.Signature()), takesContext(f.Signature()):
		return p.Path
	}
	return ""
}

func mayFail(sig *types.Signature) bool {
	n := sig.Results().Len()
	return n > 0 && types.Identical(sig.Results().At(n-1).Type(), types.Universe.Lookup("error").Type())
}

func takesContext(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		if IsContext(v.Type()) {
			return true
		}
	}
	return false
}

// notModelled reads what is known of a library beside its name: true, or {runs: [Exist], quiet: [Close]}.
func (r *reader) notModelled(n *yaml.Node) error {
	r.pkg.Unmodelled = true
	if n.Kind == yaml.ScalarNode {
		if n.Value != "true" {
			return r.file.Errorf(n, "want true or what runs and what is quiet, have %q", n.Value)
		}
		return nil
	}
	return r.file.Pairs(n, func(key string, k, v *yaml.Node) error {
		switch key {
		case "runs":
			return v.Decode(&r.pkg.unmodelled.runs)
		case "quiet":
			return v.Decode(&r.pkg.unmodelled.quiet)
		}
		return r.file.Errorf(k, "unknown key %s", key)
	})
}
