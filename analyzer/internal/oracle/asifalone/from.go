package asifalone

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// shape is what a query must be like for the place where it stands.
type shape struct {
	first  *catalogue.Table
	items  []string                // exactly these columns of first; nil: any
	where  func(p relation) string // a condition on first that links it to the outside
	single bool                    // at most one row
	loose  bool                    // the block around it ties what this one shows
}

// fromList makes up FROM: one to three relations, comma-separated or joined.
// Conditions that are placed in ON come with the text, the others are for WHERE.
func (g *grammar) fromList(n int, s scope, sh shape) (sql string, rels []relation) {
	if n > 1 && g.chance(0.2) {
		var parts []string
		for i := range n {
			if i > 0 {
				sh = shape{}
			}
			text, some := g.leaf(scope{outer: s.outer, depth: s.depth}, sh)
			parts, rels = append(parts, text), append(rels, some...)
		}
		return strings.Join(parts, ", "), rels
	}
	return g.joined(n, s, sh)
}

// joined makes a tree of joins over n leaves.
func (g *grammar) joined(n int, s scope, sh shape) (string, []relation) {
	if n == 1 {
		return g.leaf(s, sh)
	}
	k := n - 1
	if n > 2 && g.chance(0.3) {
		k = 1
	}
	left, lefts := g.joined(k, s, sh)
	kind := one(g.r, []string{"JOIN", "JOIN", "JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"})
	inside := s
	if (kind == "JOIN" || kind == "LEFT JOIN") && n-k == 1 && g.chance(0.2) {
		inside.peers = append(append([]relation{}, s.peers...), lefts...)
	} else {
		inside.peers = nil
	}
	right, rights := g.joined(n-k, inside, shape{})
	if n-k > 1 {
		right = "(" + right + ")"
	}
	rels := append(append([]relation{}, lefts...), rights...)
	if kind == "CROSS JOIN" {
		return left + " CROSS JOIN " + right, rels
	}
	if shared := usable(lefts, rights); len(shared) > 0 && g.chance(0.2) {
		return g.using(kind, [2]string{left, right}, shared, rels)
	}
	return left + " " + kind + " " + right + " ON " + g.on(lefts, rights, s), rels
}

// on is a join condition: along a foreign key, by tenant, or by anything, with
// some of the ties.
func (g *grammar) on(lefts, rights []relation, s scope) string {
	l, r := one(g.r, lefts), one(g.r, rights)
	var conds []string
	for _, e := range edgesBetween(l, r) {
		conds = append(conds, along(e, l, r))
	}
	for _, e := range edgesBetween(r, l) {
		conds = append(conds, along(e, r, l))
	}
	peers := append(append([]relation{}, lefts...), rights...)
	inside := scope{peers: peers, outer: s.outer, depth: s.depth}
	cond := ""
	switch {
	case len(conds) > 0 && g.chance(0.85):
		cond = one(g.r, conds)
	case g.chance(0.5):
		cond = g.twin(r, one(g.r, r.cols), scope{peers: lefts})
	default:
		cond = g.noise(r, scope{peers: lefts, outer: s.outer})
	}
	list := []string{cond}
	for _, x := range []relation{l, r} {
		if g.chance(0.25) {
			list = append(list, g.tie(x, inside))
		}
	}
	return and(list)
}

// usable lists column names that stand exactly once on either side.
func usable(lefts, rights []relation) []column {
	count := func(rels []relation, name string) int {
		n := 0
		for _, r := range rels {
			for _, c := range r.cols {
				if c.name == name {
					n++
				}
			}
		}
		return n
	}
	var out []column
	for _, c := range lefts[0].cols {
		if theirs, ok := rights[0].find(c.name); ok && theirs.typ == c.typ && count(lefts, c.name) == 1 && count(rights, c.name) == 1 {
			out = append(out, c)
		}
	}
	return out
}

// using joins by equal names. The merged columns stand under no alias.
func (g *grammar) using(kind string, sides [2]string, shared []column, rels []relation) (string, []relation) {
	if len(rels) == 2 && g.chance(0.3) {
		merged := relation{cols: shared}
		return sides[0] + " NATURAL " + kind + " " + sides[1], append(rels, merged)
	}
	merged := relation{cols: []column{one(g.r, shared)}}
	for _, c := range shared {
		if c.kind == tenantColumn && g.chance(0.5) {
			merged.cols = []column{c}
		}
	}
	name := ""
	if g.chance(0.15) {
		merged.alias = g.alias()
		name = " AS " + merged.alias
	}
	return sides[0] + " " + kind + " " + sides[1] + " USING (" + ident(merged.cols[0].name) + ")" + name, append(rels, merged)
}

// leaf is one item of FROM.
func (g *grammar) leaf(s scope, sh shape) (string, []relation) {
	alias := g.alias()
	if sh.first != nil {
		return quotedName(sh.first) + " " + alias, []relation{tableRelation(sh.first, alias)}
	}
	switch n := g.r.IntN(20); {
	case n < 2 && len(g.ctes) > 0:
		r := one(g.r, g.ctes)
		return r.alias + " " + alias, []relation{{alias: alias, cols: r.cols}}
	case n < 3 && len(g.w.Views) > 0:
		r := one(g.r, g.w.Views)
		return ident(r.alias) + " " + alias, []relation{{alias: alias, cols: r.cols}}
	case n < 6 && s.depth > 1:
		return g.derived(alias, s)
	case n < 7:
		return g.unnest(alias)
	}
	t := g.someTable()
	if g.chance(0.04) {
		return g.renamed(t, alias)
	}
	return g.only(t) + quotedName(t) + " " + alias, []relation{tableRelation(t, alias)}
}

// only leaves the rows of heirs out at times, but not those of partitions: a
// partitioned table has no others.
func (g *grammar) only(t *catalogue.Table) string {
	if slices.ContainsFunc(g.w.Cat.Tables, func(o *catalogue.Table) bool { return o.PartitionOf == t.FullName() || o.PartitionOf == t.Name }) {
		return ""
	}
	return one(g.r, []string{"", "", "", "", "", "", "", "", "", "ONLY "})
}

// renamed gives columns of equal type each other's names.
func (g *grammar) renamed(t *catalogue.Table, alias string) (string, []relation) {
	r := tableRelation(t, alias)
	names := make([]string, len(r.cols))
	for i, c := range r.cols {
		names[i] = c.name
	}
	for i, j := range g.r.Perm(len(r.cols)) {
		if r.cols[i].typ == r.cols[j].typ {
			names[i], names[j] = names[j], names[i]
		}
	}
	out := relation{alias: alias}
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = ident(name)
		out.cols = append(out.cols, column{name: name, typ: r.cols[i].typ, kind: r.cols[i].kind})
	}
	return quotedName(t) + " AS " + alias + "(" + strings.Join(quoted, ", ") + ")", []relation{out}
}

// derived is a sub-select in FROM, LATERAL if it may see relations to its left.
func (g *grammar) derived(alias string, s scope) (string, []relation) {
	lateral, outer := "", s.outer
	if len(s.peers) > 0 {
		lateral, outer = "LATERAL ", append(append([]relation{}, s.peers...), s.outer...)
	}
	sql, cols := g.query(s.depth-1, outer, shape{loose: g.chance(0.4)})
	if g.chance(0.12) {
		names := make([]string, len(cols))
		fresh := slices.Clone(cols)
		for i := range cols {
			names[i] = fmt.Sprintf("n%d", i)
			fresh[i].name = names[i]
		}
		return lateral + "(" + sql + ") " + alias + "(" + strings.Join(names, ", ") + ")", []relation{{alias: alias, cols: fresh}}
	}
	return lateral + "(" + sql + ") " + alias, []relation{{alias: alias, cols: cols}}
}

// unnest turns arrays of holes into rows.
func (g *grammar) unnest(alias string) (string, []relation) {
	cols := []column{{name: "a", typ: baseType(g.w.tenantType()), kind: idColumn}, {name: "b", typ: "integer"}}
	first := g.value
	if g.chance(0.5) {
		cols[0].kind = tenantColumn
		first = func() string { return g.hole(proof.Need{Kind: proof.Tenant}) }
	}
	if g.chance(0.3) {
		rows := "(" + first() + "::" + cols[0].typ + ", 1), (" + first() + "::" + cols[0].typ + ", 2)"
		return "(VALUES " + rows + ") AS " + alias + "(a, b)", []relation{{alias: alias, cols: cols}}
	}
	text := "unnest(" + first() + "::" + cols[0].typ + "[], " + g.value() + "::integer[]) AS " + alias + "(a, b)"
	return text, []relation{{alias: alias, cols: cols}}
}
