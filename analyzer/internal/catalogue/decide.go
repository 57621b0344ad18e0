package catalogue

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// The decision is a guess about a program that nobody here has seen. So it is
// made from many weak signs, says how sure it is, and asks rather than floods
// where two answers are about as good.

// Decide makes a catalogue of every diagram, in their order. Settings that no
// diagram can follow become notes of the first catalogue; a setting that one of
// several databases follows is none. It is a pure function: equal diagrams and
// settings give equal catalogues, on every machine and in every process.
func Decide(diagrams []*schema.Diagram, s Settings) []*Catalogue {
	var out []*Catalogue
	var decisions []*decision
	missing := map[absent]int{}
	var order []absent
	for _, dia := range diagrams {
		d := decideOne(dia, s)
		for _, m := range d.missing {
			if missing[m]++; missing[m] == 1 {
				order = append(order, m)
			}
		}
		out, decisions = append(out, d.cat), append(decisions, d)
	}
	for i, d := range decisions {
		d.undecide(problemsOf(diagrams, i))
	}
	if !slices.ContainsFunc(decisions, func(d *decision) bool { return d.winner != nil }) {
		for _, d := range decisions {
			d.undecideAll("no tenant column is known")
		}
	}
	for _, m := range order {
		if missing[m] == len(diagrams) {
			out[0].Notes = append(out[0].Notes, schema.Note{Position: settingAt(s, m.key, m.name), Message: m.key + ": " + m.name + " is in no schema that was found"})
			out[0].Missing = append(out[0].Missing, Missing{m.key, m.name, config.Nearest(m.name, names(out, m.key))})
		}
	}
	return out
}

// names are what a setting could have meant: columns, or tables.
func names(cats []*Catalogue, key string) []string {
	var out []string
	for _, c := range cats {
		for _, t := range c.Tables {
			if key != "tenant_column" && key != "second_level" {
				out = append(out, t.FullName())
				continue
			}
			for _, col := range t.Columns {
				out = append(out, col.Name)
			}
		}
	}
	return out
}

// problemsOf are the problems of a diagram, and those of others that name a table
// which they do not have themselves: a folder may change the tables of another.
func problemsOf(diagrams []*schema.Diagram, i int) []schema.Problem {
	out := slices.Clone(diagrams[i].Problems)
	for k, other := range diagrams {
		for _, p := range other.Problems {
			if k != i && (p.Any && len(other.Tables) == 0 || !p.Any && !slices.ContainsFunc(other.Tables, p.Covers)) {
				out = append(out, p)
			}
		}
	}
	return out
}

// undecideAll leaves all tables undecided but those that the settings call shared.
func (d *decision) undecideAll(why string) {
	for _, t := range d.cat.Tables {
		if t.Undecided == "" && !d.declared(d.settings.Shared, t) {
			t.Undecided = why
		}
	}
}

// decideOne decides one schema. The order of the steps matters: edges need the
// nouns of all tables, candidates need to know who the users are, and children
// need what the settings made shared or owned.
func decideOne(dia *schema.Diagram, s Settings) *decision {
	d := &decision{graph: &graph{cat: &Catalogue{Diagram: dia}, settings: s, words: s.Words()}}
	for _, t := range dia.Tables {
		d.cat.Tables = append(d.cat.Tables, &Table{Table: t})
		if t.PartitionOf == "" {
			d.size++
		}
	}
	slices.SortFunc(d.cat.Tables, func(a, b *Table) int {
		return cmp.Or(strings.Compare(a.Schema, b.Schema), strings.Compare(a.Name, b.Name))
	})
	d.cat.buildIndex()
	d.checkSettings()
	d.indexNouns()
	d.findPrefixes()
	d.link()
	d.findPrincipal()
	d.collect()
	d.choose()
	d.assign()
	d.finish()
	return d
}
