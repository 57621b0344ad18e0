// Package samekey finds the keys of contexts that have several names: what is put under one of
// them is found under each.
//
//	var orgSlot, filterSlot = newSlot("tenant"), newSlot("tenant")
//	var keyAsked = keyOrg
//
// In goes a call graph, of which it is known which function puts what; out come more puts.
//
// Terms. What a key *is* is the text that it says, in the package of its type or of its
// variable, or the struct of such texts; a variable that is set to another one is that one, too.
//
// It cannot see keys that stand in objects which are not variables of a package, nor variables
// whose values are computed; two texts of one package are taken to be of one type.
package samekey

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxDepth caps the variables and calls by which the value of a key is followed.
const maxDepth = 4

// Puts adds what a program puts under one name of a key to its other names, and to a list by
// function, which it gives back.
func Puts(g *callgraph.Graph, out map[*callgraph.Function][]unit.Put) map[*callgraph.Function][]unit.Put {
	names := named(g)
	added := map[string][]callgraph.Write{}
	for _, from := range sorted(g.Puts) {
		for _, as := range sharing(g, names, from) {
			added[as] = append(added[as], g.Puts[from]...)
		}
	}
	for _, as := range sorted(added) {
		for _, w := range added[as] {
			g.Puts[as] = append(g.Puts[as], w)
			out[w.Fn] = append(out[w.Fn], unit.Put{Key: as, Value: w.Value, Site: w.Site, If: w.Facts})
		}
	}
	return out
}

func sorted(of map[string][]callgraph.Write) []string {
	out := make([]string, 0, len(of))
	for key := range of {
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

// named are the names of keys by what they are: those under which something is put, and the
// variables of packages and their fields, by which it may be read.
func named(g *callgraph.Graph) map[string][]string {
	all := map[string]bool{}
	for key := range g.Puts {
		all[key] = true
	}
	for _, f := range g.Order {
		for i := range f.Stores {
			s := &f.Stores[i]
			if s.Type != "" && s.Type != unit.Sole {
				continue
			}
			all[s.Field] = true
			if x, ok := s.Value.(*term.Struct); ok {
				for _, field := range x.Fields {
					all[s.Field+"."+field.Name] = true
				}
			}
		}
	}
	out := map[string][]string{}
	for name := range all {
		for _, is := range identities(g, name, maxDepth) {
			out[is] = append(out[is], name)
		}
	}
	for _, names := range out {
		slices.Sort(names)
	}
	return out
}

// sharing are the other names of a key.
func sharing(g *callgraph.Graph, names map[string][]string, key string) []string {
	var out []string
	for _, is := range identities(g, key, maxDepth) {
		for _, name := range names[is] {
			if name != key && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// identities are what a key of a name may be.
func identities(g *callgraph.Graph, name string, depth int) []string {
	if term.IsComputedKey(name) || depth == 0 {
		return nil
	}
	if is, ok := written(name); ok {
		return []string{is}
	}
	out := []string{name} // that of another name, if that is set to this one
	for _, w := range g.Stores[unit.Sole+"."+name] {
		out = append(out, of(g, w.Fn, w.Value, unit.PackageOf(name), depth)...)
	}
	variable, steps := name, []term.Step(nil)
	for len(g.Stores[variable]) == 0 {
		at := strings.LastIndexByte(variable, '.')
		if at < 0 || strings.Contains(variable[at:], "/") {
			return out
		}
		variable, steps = variable[:at], append([]term.Step{{Kind: term.FieldStep, Name: variable[at+1:]}}, steps...)
	}
	for _, w := range g.Stores[variable] {
		out = append(out, of(g, w.Fn, term.Select(w.Value, steps...), unit.PackageOf(variable), depth)...)
	}
	return out
}

// written is what a key is that is written out in its name: a text, or a struct of texts.
func written(name string) (string, bool) {
	at := strings.IndexAny(name, `"{`)
	if at < 0 {
		return "", false
	}
	if name[at] == '{' {
		return name, true
	}
	text, err := strconv.Unquote(strings.TrimSuffix(name[at:], ")"))
	return texted(unit.PackageOf(strings.TrimSuffix(name[:at], "(")), text), err == nil
}

func texted(pkg, text string) string { return pkg + " " + strconv.Quote(text) }

// of is what a value may be as a key.
func of(g *callgraph.Graph, f *callgraph.Function, t term.Term, pkg string, depth int) []string {
	var out []string
	for _, leaf := range term.Leaves(t) {
		switch x := leaf.(type) {
		case *term.Const, *term.Concat:
			if text, ok := textOf(leaf); ok {
				out = append(out, texted(pkg, text))
			}
		case *term.Struct:
			whole := &term.Struct{Type: x.Type, Fields: x.Fields} // its other fields are the same by each of its names
			if key := term.KeyOf(x.Type, whole); key != term.ComputedKey && len(x.Fields) > 0 {
				out = append(out, key)
			}
		case *term.Path:
			if key := term.KeyOf("", x); x.Root == term.Global {
				out = append(out, identities(g, key, depth-1)...)
			}
		case *term.Result:
			out = append(out, ofResult(g, f, x, pkg, depth)...)
		}
	}
	return out
}

// ofResult is what a value may be that a function of the program makes.
func ofResult(g *callgraph.Graph, f *callgraph.Function, r *term.Result, pkg string, depth int) []string {
	call := f.Ops[r.Call].Call
	if call == nil || depth == 0 {
		return nil
	}
	targets, known := g.Callees(f, call)
	if !known {
		return nil
	}
	var out []string
	for target, inner := range callgraph.Behind(targets, r) {
		if !term.HoldsResult(inner) {
			out = append(out, of(g, f, target.Frame().Apply(inner), pkg, depth-1)...)
		}
	}
	return out
}

// textOf is the text of a constant, or of several in a row.
func textOf(t term.Term) (string, bool) {
	switch x := t.(type) {
	case *term.Const:
		return x.Text, x.Kind == term.Text
	case *term.Concat:
		whole := ""
		for _, part := range x.Parts {
			text, ok := textOf(part)
			if !ok {
				return "", false
			}
			whole += text
		}
		return whole, true
	}
	return "", false
}
