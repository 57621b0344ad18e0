package queries

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// Shape is what a query must be like for the place where it stands.
type Shape struct {
	First  *catalogue.Table
	items  []string                       // exactly these columns of first; nil: any
	where  func(p worlds.Relation) string // a condition on first that links it to the outside
	single bool                           // at most one row
	loose  bool                           // the block around it ties what this one shows
}

// FromList makes up FROM: one to three relations, comma-separated or joined.
// Conditions that are placed in ON come with the text, the others are for WHERE.
func (g *Grammar) FromList(n int, s Scope, sh Shape) (sql string, rels []worlds.Relation) {
	if n > 1 && g.Chance(0.2) {
		var parts []string
		for i := range n {
			if i > 0 {
				sh = Shape{}
			}
			text, some := g.Leaf(Scope{outer: s.outer, Depth: s.Depth}, sh)
			parts, rels = append(parts, text), append(rels, some...)
		}
		return strings.Join(parts, ", "), rels
	}
	return g.joined(n, s, sh)
}

// joined makes a tree of joins over n leaves.
func (g *Grammar) joined(n int, s Scope, sh Shape) (string, []worlds.Relation) {
	if n == 1 {
		return g.Leaf(s, sh)
	}
	k := n - 1
	if n > 2 && g.Chance(0.3) {
		k = 1
	}
	left, lefts := g.joined(k, s, sh)
	kind := domain.One(g.Rand, []string{"JOIN", "JOIN", "JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"})
	inside := s
	if (kind == "JOIN" || kind == "LEFT JOIN") && n-k == 1 && g.Chance(0.2) {
		inside.Peers = append(append([]worlds.Relation{}, s.Peers...), lefts...)
	} else {
		inside.Peers = nil
	}
	right, rights := g.joined(n-k, inside, Shape{})
	if n-k > 1 {
		right = "(" + right + ")"
	}
	rels := append(append([]worlds.Relation{}, lefts...), rights...)
	if kind == "CROSS JOIN" {
		return left + " CROSS JOIN " + right, rels
	}
	if shared := usable(lefts, rights); len(shared) > 0 && g.Chance(0.2) {
		return g.using(kind, [2]string{left, right}, shared, rels)
	}
	return left + " " + kind + " " + right + " ON " + g.on(lefts, rights, s), rels
}

// on is a join condition: along a foreign key, by tenant, or by anything, with
// some of the ties.
func (g *Grammar) on(lefts, rights []worlds.Relation, s Scope) string {
	l, r := domain.One(g.Rand, lefts), domain.One(g.Rand, rights)
	var conds []string
	for _, e := range worlds.EdgesBetween(l, r) {
		conds = append(conds, worlds.Along(e, l, r))
	}
	for _, e := range worlds.EdgesBetween(r, l) {
		conds = append(conds, worlds.Along(e, r, l))
	}
	peers := append(append([]worlds.Relation{}, lefts...), rights...)
	inside := Scope{Peers: peers, outer: s.outer, Depth: s.Depth}
	cond := ""
	switch {
	case len(conds) > 0 && g.Chance(0.85):
		cond = domain.One(g.Rand, conds)
	case g.Chance(0.5):
		cond = g.twin(r, domain.One(g.Rand, r.Cols), Scope{Peers: lefts})
	default:
		cond = g.Noise(r, Scope{Peers: lefts, outer: s.outer})
	}
	list := []string{cond}
	for _, x := range []worlds.Relation{l, r} {
		if g.Chance(0.25) {
			list = append(list, g.Tie(x, inside))
		}
	}
	return And(list)
}

// usable lists column names that stand exactly once on either side.
func usable(lefts, rights []worlds.Relation) []worlds.Column {
	count := func(rels []worlds.Relation, name string) int {
		n := 0
		for _, r := range rels {
			for _, c := range r.Cols {
				if c.Name == name {
					n++
				}
			}
		}
		return n
	}
	var out []worlds.Column
	for _, c := range lefts[0].Cols {
		if theirs, ok := rights[0].Find(c.Name); ok && theirs.Typ == c.Typ && count(lefts, c.Name) == 1 && count(rights, c.Name) == 1 {
			out = append(out, c)
		}
	}
	return out
}

// using joins by equal names. The merged columns stand under no alias.
func (g *Grammar) using(kind string, sides [2]string, shared []worlds.Column, rels []worlds.Relation) (string, []worlds.Relation) {
	if len(rels) == 2 && g.Chance(0.3) {
		merged := worlds.Relation{Cols: shared}
		return sides[0] + " NATURAL " + kind + " " + sides[1], append(rels, merged)
	}
	merged := worlds.Relation{Cols: []worlds.Column{domain.One(g.Rand, shared)}}
	for _, c := range shared {
		if c.Kind == worlds.TenantColumn && g.Chance(0.5) {
			merged.Cols = []worlds.Column{c}
		}
	}
	name := ""
	if g.Chance(0.15) {
		merged.Alias = g.Alias()
		name = " AS " + merged.Alias
	}
	return sides[0] + " " + kind + " " + sides[1] + " USING (" + domain.Ident(merged.Cols[0].Name) + ")" + name, append(rels, merged)
}

// Leaf is one item of FROM.
func (g *Grammar) Leaf(s Scope, sh Shape) (string, []worlds.Relation) {
	alias := g.Alias()
	if sh.First != nil {
		return domain.QuotedName(sh.First) + " " + alias, []worlds.Relation{worlds.TableRelation(sh.First, alias)}
	}
	switch n := g.Rand.IntN(20); {
	case n < 2 && len(g.Ctes) > 0:
		r := domain.One(g.Rand, g.Ctes)
		return r.Alias + " " + alias, []worlds.Relation{{Alias: alias, Cols: r.Cols}}
	case n < 3 && len(g.World.Views) > 0:
		r := domain.One(g.Rand, g.World.Views)
		return domain.Ident(r.Alias) + " " + alias, []worlds.Relation{{Alias: alias, Cols: r.Cols}}
	case n < 6 && s.Depth > 1:
		return g.derived(alias, s)
	case n < 7:
		return g.unnest(alias)
	}
	t := g.SomeTable()
	if g.Chance(0.04) {
		return g.renamed(t, alias)
	}
	return g.only(t) + domain.QuotedName(t) + " " + alias, []worlds.Relation{worlds.TableRelation(t, alias)}
}

// only leaves the rows of heirs out at times, but not those of partitions: a
// partitioned table has no others.
func (g *Grammar) only(t *catalogue.Table) string {
	if slices.ContainsFunc(g.World.Cat.Tables, func(o *catalogue.Table) bool { return o.PartitionOf == t.FullName() || o.PartitionOf == t.Name }) {
		return ""
	}
	return domain.One(g.Rand, []string{"", "", "", "", "", "", "", "", "", "ONLY "})
}

// renamed gives columns of equal type each other's names.
func (g *Grammar) renamed(t *catalogue.Table, alias string) (string, []worlds.Relation) {
	r := worlds.TableRelation(t, alias)
	names := make([]string, len(r.Cols))
	for i, c := range r.Cols {
		names[i] = c.Name
	}
	for i, j := range g.Rand.Perm(len(r.Cols)) {
		if r.Cols[i].Typ == r.Cols[j].Typ {
			names[i], names[j] = names[j], names[i]
		}
	}
	out := worlds.Relation{Alias: alias}
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = domain.Ident(name)
		out.Cols = append(out.Cols, worlds.Column{Name: name, Typ: r.Cols[i].Typ, Kind: r.Cols[i].Kind})
	}
	return domain.QuotedName(t) + " AS " + alias + "(" + strings.Join(quoted, ", ") + ")", []worlds.Relation{out}
}

// derived is a sub-select in FROM, LATERAL if it may see relations to its left.
func (g *Grammar) derived(alias string, s Scope) (string, []worlds.Relation) {
	lateral, outer := "", s.outer
	if len(s.Peers) > 0 {
		lateral, outer = "LATERAL ", append(append([]worlds.Relation{}, s.Peers...), s.outer...)
	}
	sql, cols := g.Query(s.Depth-1, outer, Shape{loose: g.Chance(0.4)})
	if g.Chance(0.12) {
		names := make([]string, len(cols))
		fresh := slices.Clone(cols)
		for i := range cols {
			names[i] = fmt.Sprintf("n%d", i)
			fresh[i].Name = names[i]
		}
		return lateral + "(" + sql + ") " + alias + "(" + strings.Join(names, ", ") + ")", []worlds.Relation{{Alias: alias, Cols: fresh}}
	}
	return lateral + "(" + sql + ") " + alias, []worlds.Relation{{Alias: alias, Cols: cols}}
}

// unnest turns arrays of holes into rows.
func (g *Grammar) unnest(alias string) (string, []worlds.Relation) {
	cols := []worlds.Column{{Name: "a", Typ: domain.BaseType(g.World.TenantType()), Kind: worlds.IdColumn}, {Name: "b", Typ: "integer"}}
	first := g.Value
	if g.Chance(0.5) {
		cols[0].Kind = worlds.TenantColumn
		first = func() string { return g.hole(proof.Need{Kind: proof.Tenant}) }
	}
	if g.Chance(0.3) {
		rows := "(" + first() + "::" + cols[0].Typ + ", 1), (" + first() + "::" + cols[0].Typ + ", 2)"
		return "(VALUES " + rows + ") AS " + alias + "(a, b)", []worlds.Relation{{Alias: alias, Cols: cols}}
	}
	text := "unnest(" + first() + "::" + cols[0].Typ + "[], " + g.Value() + "::integer[]) AS " + alias + "(a, b)"
	return text, []worlds.Relation{{Alias: alias, Cols: cols}}
}
