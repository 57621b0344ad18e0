// Package kept finds the statements whose rows others find than those who asked for them: rows
// that are left in a map or a cache that is older and lasts longer than the request, under a key
// that does not say whose they are, or that whoever looks there need not say.
//
// In go the places of a program where rows are kept and where requests look for them; out comes,
// for a statement, why it is not known who is given its rows. It accuses nobody: what is found
// there may be compared before it is used, which is not followed.
package kept

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/owner"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxHanded caps the functions through which what is kept, or a key, is handed.
const maxHanded = 4

// Kept knows the statements of a program whose rows are kept where others find them.
type Kept struct {
	graph  *callgraph.Graph
	stmts  *statement.Statements
	conds  *pathcond.Conditions
	rows   *rowflow.Rows
	owners *owner.Finder
	solver *solve.Solver

	why map[*unit.Run]string // nil until somebody asks
}

// New makes it for a program.
func New(p solve.Parts, solver *solve.Solver) *Kept {
	return &Kept{graph: p.Graph, stmts: p.Statements, conds: p.Conditions, rows: p.Rows, owners: owner.New(p.Graph, p.Statements), solver: solver}
}

// Why is why it is not known who is given the rows of a statement, "" if they are not kept, or
// only for those whose they are.
func (k *Kept) Why(run *unit.Run) string {
	if k.why == nil {
		k.why = map[*unit.Run]string{}
		k.search()
	}
	return k.why[run]
}

// spot is where a function keeps something, or looks for what was kept.
type spot struct {
	fn    *callgraph.Function
	in    *term.Path
	place string
	key   term.Term
	value term.Term // nil of a look
	facts []term.Fact
	site  int
}

func (k *Kept) search() {
	var kept, found []spot
	places := map[string]bool{}
	for _, f := range k.graph.Order {
		for _, x := range keeps(f) {
			places[x.place] = true
			kept = append(kept, k.lifted(x, maxHanded)...)
		}
	}
	for _, f := range k.graph.Order {
		for _, x := range looks(f) {
			if places[x.place] {
				found = append(found, k.lifted(x, maxHanded)...)
			}
		}
	}
	found = slices.DeleteFunc(found, func(x spot) bool { return k.graph.RootOf(x.fn) != callgraph.RequestRoot })
	for _, x := range kept {
		if why := k.foundBy(x, found); why != "" {
			k.mark(x.fn, x.value, why, rowflow.MaxRowDepth)
		}
	}
}

// foundBy is why it is not known that only those whose it is find what is kept at a spot.
func (k *Kept) foundBy(x spot, found []spot) string {
	if !unit.HoldsRow(x.value) || k.graph.RootOf(x.fn) == callgraph.RequestRoot && !k.rows.Outlives(x.fn, x.in) {
		return ""
	}
	found = slices.DeleteFunc(slices.Clone(found), func(y spot) bool { return !same(x, y) || !k.rows.Outlives(y.fn, y.in) })
	if len(found) == 0 {
		return ""
	}
	if !k.saysWhose(x) {
		if x.key == nil {
			return "a row that is kept where other requests find it: in " + unit.Short(x.place)
		}
		return "a row that is kept where other requests find it: in " + unit.Short(x.place) + ", under a key without its tenant"
	}
	for _, y := range found {
		if !k.ofCaller(y) {
			how := " by a key without the caller's tenant"
			if y.key == nil {
				how = " as a whole"
			}
			return "a row that is kept where other requests find it: " + unit.Short(y.fn.Symbol) + " looks into " + unit.Short(x.place) + how
		}
	}
	return ""
}

// keeps are the spots at which a function itself keeps something: under a key, or as all that
// a field or a package variable holds.
func keeps(f *callgraph.Function) []spot {
	var out []spot
	keyed := map[string]bool{}
	for i := range f.Keeps {
		x := &f.Keeps[i]
		if in, ok := x.Into.(*term.Path); ok && x.Place != "" {
			out = append(out, spot{fn: f, in: in, place: x.Place, key: x.Key, value: x.Value, facts: x.If, site: x.Site})
			keyed[x.Place] = true
		}
	}
	for i := range f.Stores {
		x := &f.Stores[i]
		s := spot{fn: f, place: x.Type + "." + x.Field, value: x.Value, facts: x.If, site: x.Site}
		switch {
		case x.Type == "":
			s.place, s.in = x.Field, &term.Path{Root: term.Global, Name: x.Field}
		case x.Of > 0:
			s.in = &term.Path{Root: term.Param, Index: x.Of - 1, Steps: []term.Step{{Kind: term.FieldStep, Name: x.Field}}}
		}
		if s.in != nil && !keyed[s.place] && unit.MayHoldRow(x.Value) {
			out = append(out, s)
		}
	}
	return out
}

// looks are the spots at which a function itself looks for something.
func looks(f *callgraph.Function) []spot {
	var out []spot
	for i := range f.Finds {
		x := &f.Finds[i]
		if in, ok := x.In.(*term.Path); ok {
			out = append(out, spot{fn: f, in: in, place: x.Place, key: x.Key, site: x.Site})
		}
	}
	return out
}

// lifted is a spot in the functions that say what is kept there, or by which key: a method of a
// cache does what its callers tell it.
func (k *Kept) lifted(x spot, depth int) []spot {
	if depth == 0 || x.value != nil && (unit.HoldsRow(x.value) || !handed(x.value)) || x.value == nil && !handed(x.key) {
		return []spot{x}
	}
	var out []spot
	for _, e := range k.graph.Edges[x.fn] {
		if e.Call == nil || k.graph.Live[e.From] == nil {
			continue
		}
		in := pathIn(e.Apply(x.in))
		if in == nil {
			continue
		}
		up := spot{fn: e.From, in: in, place: x.place, facts: e.Call.If, site: e.Call.Site}
		if x.key != nil {
			up.key = e.Apply(x.key)
		}
		if x.value != nil {
			up.value = e.Apply(x.value)
		}
		out = append(out, k.lifted(up, depth-1)...)
	}
	if len(out) == 0 {
		return []spot{x}
	}
	return out
}

// pathIn is the path that a term is, or may be where something may have been written to it.
func pathIn(t term.Term) *term.Path {
	for _, leaf := range term.Leaves(t) {
		if p, ok := leaf.(*term.Path); ok {
			return p
		}
	}
	return nil
}

// handed reports whether a part of a term is a parameter, or of one, or of what a closure has
// captured.
func handed(t term.Term) bool {
	return t != nil && term.Any(t, func(x term.Term) bool {
		p, ok := x.(*term.Path)
		return ok && (p.Root == term.Param || p.Root == term.Free)
	})
}

// same reports whether what is kept at one spot may be found at another: it is the same field of
// what may be the same object, and the keys do not begin with other words.
func same(x, y spot) bool {
	if x.place != y.place {
		return false
	}
	if x.fn.Receiver == y.fn.Receiver { // only methods of one type see the same object the same way
		if a, b := object(x), object(y); a != "" && b != "" && a != b {
			return false
		}
	}
	a, b := prefix(x.key), prefix(y.key)
	return a == "" || b == "" || strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
}

// object names what the things of a spot are a part of, as the methods of a type see it, "" if
// that is not known.
func object(x spot) string {
	if x.in.Root == term.Param && x.in.Index == 0 && x.fn.Receiver != "" {
		return x.fn.Receiver + "\x00" + (&term.Path{Root: term.Param, Steps: x.in.Steps}).String()
	}
	if x.in.Root == term.Global {
		return x.in.String()
	}
	return ""
}

// prefix is the text that a key begins with, "" if that is not known.
func prefix(key term.Term) string {
	if key == nil {
		return ""
	}
	if cat, ok := key.(*term.Concat); ok && len(cat.Parts) > 0 {
		key = cat.Parts[0]
	}
	if c, ok := key.(*term.Const); ok {
		return c.Text
	}
	return ""
}

// saysWhose reports whether the key of what is kept says whose it is: the caller's tenant is a
// part of it, or the row's own.
func (k *Kept) saysWhose(x spot) bool {
	return k.ofCaller(x) || x.key != nil && term.Any(x.key, func(t term.Term) bool {
		r, ok := t.(*term.Result)
		return ok && slices.ContainsFunc(k.owners.Of(x.fn, r.Call, rowflow.MaxRowDepth), func(o owner.Column) bool {
			return o.Output.Column == o.Output.Table.Column && term.Same(o.Term, t)
		})
	})
}

// ofCaller reports whether a part of a key is the caller's tenant, in all contexts.
func (k *Kept) ofCaller(x spot) bool {
	if x.key == nil {
		return false
	}
	k.solver.Budget = solve.MaxWork
	e := k.conds.At(x.fn, x.facts)
	return term.Any(x.key, func(t term.Term) bool {
		v := k.solver.Closed(e, obligation.Atom{Kind: proof.Tenant, T: t}, x.site)
		_, ok := v.Settled()
		return ok
	})
}

// mark gives a reason to the statements whose rows a value holds, in the function itself and in
// those that gave it.
func (k *Kept) mark(f *callgraph.Function, value term.Term, why string, depth int) {
	term.Visit(value, func(t term.Term) {
		r, ok := t.(*term.Result)
		if !ok {
			return
		}
		if run := k.stmts.RunAt(f, r.Call); run != nil {
			if k.tells(f, run, r) {
				k.why[run] = why
			}
			return
		}
		c := f.Ops[r.Call].Call
		if c == nil || depth == 0 {
			return
		}
		for _, target := range k.behind(f, c) {
			for i := range target.Gives {
				for _, given := range target.Gives[i].Results {
					if unit.HoldsRow(given) {
						k.mark(target, given, why, depth-1)
					}
				}
			}
		}
	})
}

// behind are the functions that a call runs: of the program's own, handed to a library, or to
// the function that calls them.
func (k *Kept) behind(f *callgraph.Function, c *unit.Call) []*callgraph.Function {
	var out []*callgraph.Function
	targets, _ := k.graph.Callees(f, c)
	for _, target := range targets {
		out = append(out, target.Fn)
	}
	add := func(t term.Term) {
		for _, v := range k.graph.FunctionsIn(t) {
			if g := k.graph.Function(v.Symbol); g != nil && !slices.Contains(out, g) {
				out = append(out, g)
			}
		}
	}
	if c.Kind == unit.Library {
		for _, a := range c.Args {
			add(a)
		}
	}
	if c.Kind == unit.Dynamic && handed(c.Value) {
		for _, e := range k.graph.Edges[f] {
			if e.Call != nil && k.graph.Live[e.From] != nil {
				add(e.Apply(c.Value))
			}
		}
	}
	return out
}

// tells reports whether what is kept of a row is more than whose it is and by which key it is
// found.
func (k *Kept) tells(f *callgraph.Function, run *unit.Run, r *term.Result) bool {
	texts := k.stmts.Of(f, run)
	whole := len(r.Steps) == 0 || r.Steps[0].Kind != term.ColumnStep
	return len(texts.List) == 0 || slices.ContainsFunc(texts.List, func(s *statement.Statement) bool {
		if s.Proof == nil {
			return true // what a text that is not understood gives may be anything
		}
		if ofNobody := len(s.Proof.Relations) == 0 && len(s.Proof.Unproven) == 0; ofNobody || whole {
			return !ofNobody
		}
		for i := range s.Proof.Outputs {
			o := &s.Proof.Outputs[i]
			if r.Steps[0].Name == o.Name || r.Steps[0].Name == "" && r.Steps[0].Index == i {
				return o.Table == nil || o.Relation >= 0 && o.Table.Tenancy != catalogue.Shared && !o.Table.Public && !isKey(o)
			}
		}
		return false
	})
}

// isKey reports whether a column says whose a row is, or which.
func isKey(o *proof.Output) bool {
	return o.Column == o.Table.Column || slices.ContainsFunc(o.Table.Unique, func(key *schema.Key) bool { return key.Primary && slices.Contains(key.Columns, o.Column) })
}
