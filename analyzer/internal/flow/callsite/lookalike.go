package callsite

import (
	"go/types"
	"sort"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// Lookalike is a library method by which methods of the user's interfaces are
// recognised.
type Lookalike struct {
	Func  *types.Func
	Model *library.Model
}

// LookalikesOf finds the methods of the database libraries that the package
// imports, directly or not, whose name and signature identify them, by name.
func LookalikesOf(lib *library.Set, pkg *types.Package) map[string][]Lookalike {
	out := map[string][]Lookalike{}
	seen := map[*types.Package]bool{}
	var visit func(p *types.Package)
	visit = func(p *types.Package) {
		if seen[p] {
			return
		}
		seen[p] = true
		if known := lib.Package(p.Path()); known != nil && known.Database {
			addLookalikes(out, lib, p)
		}
		for _, imp := range p.Imports() {
			visit(imp)
		}
	}
	visit(pkg)
	for _, list := range out {
		sort.Slice(list, func(i, j int) bool { return list[i].Model.Key < list[j].Model.Key })
	}
	return out
}

func addLookalikes(out map[string][]Lookalike, lib *library.Set, p *types.Package) {
	for _, name := range p.Scope().Names() {
		tn, ok := p.Scope().Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		n, ok := types.Unalias(tn.Type()).(*types.Named)
		if !ok {
			continue
		}
		for _, f := range methodsOf(n) {
			m := lib.Find(f)
			if m == nil || m.Verb != library.Runs && m.Verb != library.Scans && m.Verb != library.Row && m.Verb != library.Writes || m.Of == library.Recv {
				continue
			}
			out[f.Name()] = append(out[f.Name()], Lookalike{Func: f, Model: m})
		}
	}
}

func methodsOf(n *types.Named) []*types.Func {
	var out []*types.Func
	for f := range n.Methods() {
		out = append(out, f)
	}
	if i, ok := n.Underlying().(*types.Interface); ok {
		for f := range i.ExplicitMethods() {
			out = append(out, f)
		}
	}
	return out
}
