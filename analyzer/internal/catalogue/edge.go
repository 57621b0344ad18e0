package catalogue

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue/naming"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// Edges are foreign keys, declared or told by names. Many schemas have none
// declared, for speed or by habit; without those by name their children would
// be nobody's.

// link gives every table its edges: the declared ones, then those by name for
// columns that no foreign key covers. A key to a table that no file defines gives
// none: nothing could be concluded over it.
func (g *graph) link() {
	for _, t := range g.cat.Tables {
		for _, f := range t.ForeignKeys {
			to := g.cat.exact(f.RefSchema, f.RefTable)
			if to == nil || len(f.Columns) != len(f.RefColumns) {
				continue
			}
			t.Edges = append(t.Edges, g.judgeName(&Edge{From: t, Columns: f.Columns, To: to, RefColumns: f.RefColumns, declared: f}))
		}
		for _, c := range t.Columns {
			if e := g.byName(t, c); e != nil {
				t.Edges = append(t.Edges, g.judgeName(e))
			}
		}
	}
}

// byName infers an edge from a column called <table>_id; nil where a foreign
// key covers the column, no table has that name, or the types differ.
func (g *graph) byName(t *Table, c *schema.Column) *Edge {
	noun, isID := g.nounOf(t, c.Name)
	if !isID || slices.ContainsFunc(t.Edges, func(e *Edge) bool { return slices.Contains(e.Columns, c.Name) }) {
		return nil
	}
	to := g.tableOf(noun, t.Schema)
	// A table that refers to itself by name is a tree, which owns nothing.
	if to == nil || to == t {
		return nil
	}
	id := g.keyFor(to, c.Type)
	if id == nil {
		return nil
	}
	return &Edge{From: t, Columns: []string{c.Name}, To: to, RefColumns: []string{id.Name}, Inferred: true}
}

// tableOf finds the table that holds things of a noun: in the same schema, in
// the only one that has it, or the only one with the product's prefix before
// the noun (iam_organizations for "organization").
func (g *graph) tableOf(noun, schemaName string) *Table {
	exact := g.nouns[noun]
	if noun == "" || len(exact) == 0 {
		return sole(g.prefixed[noun])
	}
	var same []*Table
	for _, t := range exact {
		if t.Schema == schemaName {
			same = append(same, t)
		}
	}
	if len(same) == 1 {
		return same[0]
	}
	return sole(exact)
}

// indexNouns lists the tables by what they hold; partitions are left out. A word
// that a fifth of the tables begin with names the product and not a thing.
func (g *graph) indexNouns() {
	g.nouns, g.prefixed = map[string][]*Table{}, map[string][]*Table{}
	g.product = map[string]bool{}
	first := map[string]int{}
	for _, t := range g.cat.Tables {
		if w := trust.Split(t.Name); len(w) > 1 {
			first[w[0]]++
			g.product[w[0]] = first[w[0]] >= 5 && 5*first[w[0]] >= len(g.cat.Tables)
		}
	}
	for _, t := range g.cat.Tables {
		if t.PartitionOf != "" {
			continue
		}
		noun := g.words.Noun(trust.TableNoun(t.Name))
		g.nouns[noun] = append(g.nouns[noun], t)
		if short := g.noun(t); short != noun {
			g.prefixed[short] = append(g.prefixed[short], t)
		}
	}
}

// noun is what a table holds, without the product's prefix.
func (g *graph) noun(t *Table) string {
	name := t.Name
	if w := trust.Split(name); len(w) > 1 && g.product[w[0]] {
		name = strings.Join(w[1:], "_")
	}
	return g.words.Noun(trust.TableNoun(name))
}

// findPrefixes looks for what the columns of each table begin with: in some
// schemas every column repeats its table's name, and org_id of it is user_org_id.
func (g *graph) findPrefixes() {
	g.columns = map[*Table][]string{}
	for _, t := range g.cat.Tables {
		var names []string
		for _, c := range t.Columns {
			names = append(names, c.Name)
		}
		g.columns[t] = naming.Prefix(names)
	}
}

// nounOf is what a column of a table identifies: by its name, or by its name
// without what all columns of the table begin with, if only that means anything.
func (g *graph) nounOf(t *Table, column string) (noun string, isID bool) {
	noun, isID = g.words.ColumnNoun(column)
	if g.words.Class(noun) < trust.Unlisted || g.words.Person(noun) || isID && g.tableOf(noun, t.Schema) != nil {
		return noun, isID
	}
	if short := naming.Bare(column, g.columns[t]); short != column {
		if n, ok := g.words.ColumnNoun(short); ok && (g.words.Class(n) < trust.Unlisted || g.words.Person(n) || g.tableOf(n, t.Schema) != nil) {
			return n, ok
		}
	}
	return noun, isID
}

// sole is the only table of a list; where several fit, none is better than a
// guess, because a wrong edge could own a table.
func sole(tables []*Table) *Table {
	if len(tables) != 1 {
		return nil
	}
	return tables[0]
}

// rowID is the single column that identifies a row: the primary key, or the
// column id where the primary key has more.
func rowID(t *Table) *schema.Column {
	if pk := t.Primary(); pk != nil && len(pk.Columns) == 1 {
		return t.Table.Column(pk.Columns[0])
	}
	return t.Table.Column("id")
}

// keyFor is the column of a table that values of a type can refer to: the row's
// id, or a second id beside it that is unique.
func (g *graph) keyFor(t *Table, typ string) *schema.Column {
	if id := rowID(t); id != nil && naming.Compatible(typ, id.Type) {
		return id
	}
	for _, k := range t.Keys {
		if len(k.Columns) != 1 || k.Where != "" || !g.words.SecondID(naming.Bare(k.Columns[0], g.columns[t])) {
			continue
		}
		if c := t.Table.Column(k.Columns[0]); c != nil && naming.Compatible(typ, c.Type) {
			return c
		}
	}
	return nil
}

// single tells an edge of one column. Names speak only of those.
func (e *Edge) single() bool { return len(e.Columns) == 1 }

// notNull tells that every column of the edge is NOT NULL, so that each row has a
// row at the other end.
func (e *Edge) notNull() bool {
	for _, name := range e.Columns {
		if c := e.From.Table.Column(name); c == nil || !c.NotNull {
			return false
		}
	}
	return true
}

// inKey tells that the edge's columns are part of one key: then the row is
// identified by its parent, and nothing owns it more plainly.
func (e *Edge) keyed() bool { return inKey(e.From, e.Columns) }

// inKey tells that columns are together part of one key.
func inKey(t *Table, columns []string) bool {
	for _, k := range t.Keys {
		if contains(k.Columns, columns) {
			return true
		}
	}
	return false
}

// contains tells that all of some are among the others.
func contains(all, some []string) bool {
	for _, s := range some {
		if !slices.Contains(all, s) {
			return false
		}
	}
	return true
}

// fits tells that a column's type can hold the keys of a table.
func (g *graph) fits(t *Table, column string, to *Table) bool {
	c := t.Table.Column(column)
	return c != nil && g.keyFor(to, c.Type) != nil
}

// edgeOf is the edge of exactly this column; a declared one wins.
func (t *Table) edgeOf(column string) *Edge {
	for _, e := range t.Edges {
		if e.single() && e.Columns[0] == column {
			return e
		}
	}
	return nil
}

// composite tells that a column is part of a key of several columns.
func (g *graph) composite(t *Table, column string) bool {
	for _, k := range t.Keys {
		if len(k.Columns) > 1 && contains(k.Columns, []string{column}) {
			return true
		}
	}
	return false
}

// edgeTo is the edge of a column if it leads to a table.
func (t *Table) edgeTo(column string, to *Table) *Edge {
	if e := t.edgeOf(column); e != nil && e.To == to {
		return e
	}
	return nil
}

// judgeName settles what the name of an edge's column says: that it tells who
// acted, or leads to the users (created_by and user_id own nothing), and that it
// is called after the table that it refers to, as a parent's is, and not after a
// role: file_id, not logo_file_id, and file_pages of the file's pages.
func (g *graph) judgeName(e *Edge) *Edge {
	to := g.words.Noun(trust.TableNoun(e.To.Name))
	noun, _ := g.words.ColumnNoun(e.Columns[0])
	e.ofActor = g.words.Actor(e.Columns[0])
	e.ofPeople = e.ofActor || g.words.Person(to)
	e.parentLike = !e.single() || noun != "" && strings.HasSuffix(to, noun) || e.declared != nil && g.words.NamesChildren(e.Columns[0], to, e.From.Name)
	return e
}

// NamesID reports whether the name of a column says that it holds an id.
func NamesID(column string) bool { return trust.Builtin().NamesID(column) }
