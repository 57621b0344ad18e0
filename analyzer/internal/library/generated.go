package library

import (
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Generated code. A library may write code into the program that uses it: types and
// functions for each entity of a schema, in a *root* package, and a *part* package for each
// entity. Their names follow patterns, in which {T} stands for an entity, {F} for a field
// and {E} for an edge of it, and {S} for an edge in the singular. What the patterns name is
// known by its shape, and needs no compiling.

// Generator is the code that a library generates.
type Generator struct {
	Library string
	Style   string

	root, part   []string   // what a package of the kind declares, each
	alias        string     // of them, the alias of a type of the library's own
	entity       string     // the pattern of the type that says that {T} is an entity
	edges        string     // that of the struct type that has the edges of {T} as its fields
	field, edge  string     // those of the constants of a part
	objects      []string   // types of builders, by patterns
	inRoot       []*pattern // functions
	inPart       []*pattern
	skipped      []*pattern // functions that only generated code calls
	conditionsOf string     // functions of a pointer to this type are conditions
	narrows      string     // the method of interfaces by which conditions are added to a query of any entity
	anyQuery     string     // the interface that every query is
}

// pattern is the model of the functions with names of one form.
type pattern struct {
	text  string
	name  *regexp.Regexp
	model *Model
}

// Generated is a package that a generator wrote.
type Generated struct {
	*Generator
	Part bool // it is the package of one entity
	pkg  *types.Package

	mu     sync.Mutex
	models map[string]*Model
}

// generated keeps what is known of packages that have been asked about.
type generated struct {
	generators []*Generator
	packages   sync.Map // *types.Package -> *Generated, nil for one of hand
}

// Generated is what a package is that a generator wrote, nil if none did.
func (s *Set) Generated(pkg *types.Package) *Generated {
	if pkg == nil || len(s.generated.generators) == 0 || s.packages[pkg.Path()] != nil {
		return nil
	}
	if known, ok := s.generated.packages.Load(pkg); ok {
		return known.(*Generated)
	}
	var out *Generated
	for _, g := range s.generated.generators {
		switch {
		case g.isRoot(pkg):
			out = &Generated{Generator: g, pkg: pkg, models: map[string]*Model{}}
		case declares(pkg, g.part):
			out = &Generated{Generator: g, Part: true, pkg: pkg, models: map[string]*Model{}}
		}
	}
	known, _ := s.generated.packages.LoadOrStore(pkg, out)
	return known.(*Generated)
}

func declares(pkg *types.Package, names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return pkg.Scope().Lookup(name) == nil })
}

func (g *Generator) isRoot(pkg *types.Package) bool {
	if !declares(pkg, g.root) {
		return false
	}
	tn, ok := pkg.Scope().Lookup(g.alias).(*types.TypeName)
	if !ok || !tn.IsAlias() {
		return false
	}
	n, ok := types.Unalias(tn.Type()).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == g.Library
}

// Generators are those whose code is known.
func (s *Set) Generators() []*Generator { return s.generated.generators }

// Wrote reports whether a generator that is known wrote a file: its package is one of the
// generator's, or it uses the library, and the header says that it is generated, in whose
// words ever, for programs give their own.
func (s *Set) Wrote(f *ast.File, pkg *Generated) bool {
	if !ast.IsGenerated(f) {
		return false
	}
	return pkg != nil || slices.ContainsFunc(s.generated.generators, func(g *Generator) bool { return g.usedBy(f) })
}

// usedBy reports whether a file imports the library or a part of it.
func (g *Generator) usedBy(f *ast.File) bool {
	return slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool {
		path, err := strconv.Unquote(i.Path.Value)
		return err == nil && (path == g.Library || strings.HasPrefix(path, g.Library+"/"))
	})
}

// Skips reports whether a function of generated code is known by its name, or only called
// by such.
func (g *Generated) Skips(f *types.Func) bool {
	if g.Part || g.model(f) != nil {
		return true
	}
	key := short(f)
	return slices.ContainsFunc(g.skipped, func(p *pattern) bool { return g.matches(p, key) != nil })
}

// Entities are the entities of a root, sorted.
func (g *Generated) Entities() []string {
	var out []string
	before, after, _ := strings.Cut(g.entity, "{T}")
	for _, name := range g.pkg.Scope().Names() {
		t, ok := strings.CutPrefix(name, before)
		if t, whole := strings.CutSuffix(t, after); ok && whole && g.isEntity(t) {
			out = append(out, t)
		}
	}
	return out
}

func (g *Generated) isEntity(t string) bool {
	_, marked := g.pkg.Scope().Lookup(strings.ReplaceAll(g.entity, "{T}", t)).(*types.TypeName)
	_, declared := g.pkg.Scope().Lookup(t).(*types.TypeName)
	return t != "" && marked && declared
}

// EdgesOf is the struct type whose fields are the edges of an entity, nil if it has none.
func (g *Generated) EdgesOf(t string) *types.Struct {
	return structIn(g.pkg, strings.ReplaceAll(g.edges, "{T}", t))
}

// StructOf is the struct type that an entity is.
func (g *Generated) StructOf(t string) *types.Struct { return structIn(g.pkg, t) }

func structIn(pkg *types.Package, name string) *types.Struct {
	tn, ok := pkg.Scope().Lookup(name).(*types.TypeName)
	if !ok {
		return nil
	}
	st, _ := tn.Type().Underlying().(*types.Struct)
	return st
}

// PartOf is the package of an entity, nil if it is not imported.
func (g *Generated) PartOf(t string) *types.Package {
	want := PartPath(g.pkg.Path() + "." + t)
	for _, imp := range g.pkg.Imports() {
		if imp.Path() == want {
			return imp
		}
	}
	return nil
}

// PartPath is the path of the package of an entity.
func PartPath(entity string) string {
	at := strings.LastIndexByte(entity, '.')
	return entity[:at] + "/" + strings.ToLower(entity[at+1:])
}

// Column is the constant by which a part names the column of a field, "" if it has none.
func (g *Generator) Column(part *types.Package, field string) string {
	return constantText(part, strings.ReplaceAll(g.field, "{F}", field))
}

// HasEdge reports whether a part has an edge.
func (g *Generator) hasEdge(part *types.Package, edge string) bool {
	return constantText(part, strings.ReplaceAll(g.edge, "{E}", edge)) != ""
}

// model is the model of a function of generated code, nil if it is no such.
func (g *Generated) model(f *types.Func) *Model {
	key := short(f)
	g.mu.Lock()
	defer g.mu.Unlock()
	if m, ok := g.models[key]; ok {
		return m
	}
	list := g.inRoot
	if g.Part {
		list = g.inPart
	}
	var out *Model
	for _, p := range list {
		if names := g.matches(p, key); names != nil {
			out = g.instance(p, f, names)
			break
		}
	}
	g.models[key] = out
	return out
}

// short is a function's key without its package.
func short(f *types.Func) string { return strings.TrimPrefix(Key(f), f.Pkg().Path()+".") }

// matches are the names that a pattern's letters stand for, nil if it does not match.
func (g *Generated) matches(p *pattern, key string) map[string]string {
	m := p.name.FindStringSubmatch(key)
	if m == nil {
		return nil
	}
	out := map[string]string{"": key}
	for i, letter := range p.name.SubexpNames() {
		if letter != "" {
			out[letter] = m[i]
		}
	}
	for letter, name := range out {
		if !g.stands(letter, name, out["T"]) {
			return nil
		}
	}
	return out
}

// stands reports whether a name may stand for a letter of a pattern.
func (g *Generated) stands(letter, name, entity string) bool {
	switch letter {
	case "T":
		return g.isEntity(name)
	case "F":
		if g.Part {
			return g.Column(g.pkg, name) != ""
		}
		return hasField(g.StructOf(entity), name)
	case "E":
		if g.Part {
			return g.hasEdge(g.pkg, name)
		}
		return hasField(g.EdgesOf(entity), name)
	case "S":
		return g.EdgesOf(entity) != nil
	}
	return true
}

func hasField(st *types.Struct, name string) bool {
	if st == nil {
		return false
	}
	for v := range st.Fields() {
		if v.Name() == name {
			return v.Exported() && !v.Embedded()
		}
	}
	return false
}

// constantText is a constant text of a package, "" if there is none.
func constantText(pkg *types.Package, name string) string {
	c, ok := pkg.Scope().Lookup(name).(*types.Const)
	if !ok {
		return ""
	}
	if c.Val().Kind() != constant.String {
		return ""
	}
	return constant.StringVal(c.Val())
}

// instance is the model of one function, with the constants that stand for what it is of:
// in a root the entity, then the field or edge; in a part the column, or the part's path
// and the edge.
func (g *Generated) instance(p *pattern, f *types.Func, names map[string]string) *Model {
	m := *p.model
	m.Key = Key(f)
	m.Constants = slices.Clone(p.model.Constants)
	if !g.Part && names["T"] != "" {
		m.Constants = append(m.Constants, g.pkg.Path()+"."+names["T"])
	}
	switch field, edge := names["F"], names["E"]+names["S"]; {
	case field != "" && g.Part:
		m.Constants = append(m.Constants, g.Column(g.pkg, field))
	case field != "":
		m.Constants = append(m.Constants, field)
	case edge != "" && g.Part:
		m.Constants = append(m.Constants, g.pkg.Path(), edge)
	case edge != "":
		m.Constants = append(m.Constants, edge)
	}
	return &m
}

// builder is what a type of generated code builds, nil if it builds nothing.
func (g *Generated) builder(name string) *Builder {
	for _, text := range g.objects {
		before, after, _ := strings.Cut(text, "{T}")
		if t, ok := strings.CutPrefix(name, before); ok {
			if t, ok := strings.CutSuffix(t, after); ok && (text == name || g.isEntity(t)) {
				b := &Builder{Style: g.Style, Object: true, pointer: true}
				if text != name {
					b.Entity = g.pkg.Path() + "." + t
				}
				return b
			}
		}
	}
	return nil
}

// condition tells a type of functions that are conditions.
func (s *Set) condition(t types.Type) *Builder {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || sig.Params().Len() != 1 || sig.Results().Len() != 0 {
		return nil
	}
	p, ok := types.Unalias(sig.Params().At(0).Type()).(*types.Pointer)
	if !ok {
		return nil
	}
	for _, g := range s.generated.generators {
		if nameOf(p.Elem()) == g.conditionsOf {
			return &Builder{Style: g.Style}
		}
	}
	return nil
}

// generator reads the patterns of the code that a library generates.
func (r *reader) generator(n *yaml.Node) error {
	g := &Generator{Library: r.pkg.Path, Style: r.pkg.Style}
	r.set.generated.generators = append(r.set.generated.generators, g)
	return r.file.Pairs(n, func(key string, k, v *yaml.Node) error {
		switch key {
		case "alias":
			g.alias = v.Value
		case "root":
			return v.Decode(&g.root)
		case "part":
			return v.Decode(&g.part)
		case "entity":
			g.entity = v.Value
		case "edges":
			g.edges = v.Value
		case "field":
			g.field = v.Value
		case "edge":
			g.edge = v.Value
		case "conditions of":
			g.conditionsOf = v.Value
		case "narrows":
			g.narrows = v.Value
		case "any query":
			g.anyQuery = v.Value
		case "objects":
			return v.Decode(&g.objects)
		case "in root":
			return r.patterns(v, &g.inRoot)
		case "in part":
			return r.patterns(v, &g.inPart)
		case "skipped":
			return r.file.Each(v, "a list", func(x *yaml.Node) error {
				g.skipped = append(g.skipped, &pattern{text: x.Value, name: compiled(x.Value)})
				return nil
			})
		default:
			return r.file.Errorf(k, "unknown key %s", key)
		}
		return nil
	})
}

// patterns reads models under patterns of names; several are separated by bars.
func (r *reader) patterns(n *yaml.Node, into *[]*pattern) error {
	read := map[string]*Model{}
	if err := r.models(n, read); err != nil {
		return err
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		recv, names, isMethod := strings.Cut(key, ").")
		if !isMethod {
			recv, names = "", key
		} else {
			recv += ")."
		}
		for name := range strings.SplitSeq(names, "|") {
			text := recv + strings.TrimSpace(name)
			*into = append(*into, &pattern{text: text, name: compiled(text), model: read[r.pkg.Path+"."+key]})
		}
	}
	return nil
}

var letters = regexp.MustCompile(`\\\{([A-Z])\\\}`)

// compiled is a pattern as a regular expression: each letter is a part of a name, and the
// same letter is the same part.
func compiled(text string) *regexp.Regexp {
	return regexp.MustCompile("^" + letters.ReplaceAllString(strings.NewReplacer(`\*any`, `\w*`, `\*lower`, `[a-z]\w*`).Replace(regexp.QuoteMeta(text)), `(?P<$1>\w+)`) + "$")
}

// AnyQuery is how the conditions of what an interface stands for are written, if that is a query
// of any entity of generated code, "" otherwise.
func (s *Set) AnyQuery(t types.Type) string {
	iface, ok := t.Underlying().(*types.Interface)
	if !ok {
		return ""
	}
	for _, g := range s.generated.generators {
		if n, ok := types.Unalias(t).(*types.Named); ok && nameOf(n) == g.anyQuery {
			return g.Style
		}
		for m := range iface.Methods() {
			if s.Narrows(m) {
				return g.Style
			}
		}
	}
	return ""
}

// Narrows reports whether a method of an interface adds conditions to a query of any entity.
func (s *Set) Narrows(m *types.Func) bool {
	params := m.Signature().Params()
	if !m.Signature().Variadic() || params.Len() != 1 || m.Signature().Results().Len() > 0 {
		return false
	}
	list, ok := params.At(0).Type().(*types.Slice)
	return ok && s.condition(list.Elem()) != nil && slices.ContainsFunc(s.generated.generators, func(g *Generator) bool { return g.narrows == m.Name() })
}
