package project

import (
	"path"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// bound are the catalogues that a program's statements are read against: those of
// its own module, then those of the modules that it is made of; all where none of
// these has one. Two that say the same database are one, the nearer.
func (p *Project) bound(d *Decision, x Program) []*catalogue.Catalogue {
	if len(p.Modules) < 2 {
		return d.Catalogues
	}
	var dirs []string
	for _, own := range []bool{true, false} {
		for _, u := range x.Units {
			if dir, ok := p.moduleDir(u.Module); ok && (u.Path == x.Path) == own && !slices.Contains(dirs, dir) {
				dirs = append(dirs, dir)
			}
		}
	}
	var out []*catalogue.Catalogue
	for _, dir := range dirs {
		for _, c := range d.Catalogues {
			if p.homeOf(c) == dir {
				out = distinct(out, c)
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, c := range d.Catalogues {
		out = distinct(out, c)
	}
	return out
}

// distinct adds a catalogue of a database that is not there yet.
func distinct(list []*catalogue.Catalogue, c *catalogue.Catalogue) []*catalogue.Catalogue {
	for _, have := range list {
		if have == c || schema.Same(have.Diagram, c.Diagram) {
			return list
		}
	}
	return append(list, c)
}

// moduleDir is the folder of a main module, relative to the root.
func (p *Project) moduleDir(module string) (string, bool) {
	for _, m := range p.Modules {
		if m.Path == module {
			return p.Rel(m.Dir), true
		}
	}
	return "", false
}

// homeOf is the folder of the innermost module that a catalogue's files lie in, ""
// if they lie in none.
func (p *Project) homeOf(c *catalogue.Catalogue) string {
	file := c.Diagram.Name
	if len(c.Diagram.Files) > 0 {
		file = c.Diagram.Files[0]
	}
	best := ""
	for _, m := range p.Modules {
		dir := p.Rel(m.Dir)
		if within := dir == "." || strings.HasPrefix(path.Clean(file), dir+"/"); within && (best == "" || len(dir) > len(best)) {
			best = dir
		}
	}
	return best
}

// withModels is the decision with the tables that the programs' own struct types are: what
// files say, wins. Where files define fewer than half of them, they are a database of their
// own; else those that a program hands to its library are added to the one that has most.
func (p *Project) withModels(d *Decision, programs []Program) *Decision {
	var units []*unit.Unit
	seen := map[string]bool{}
	dir := "."
	for _, x := range programs {
		for _, u := range x.Units {
			if seen[u.Path] {
				continue
			}
			seen[u.Path] = true
			units = append(units, u)
			if found, ok := p.moduleDir(u.Module); ok && len(u.Models) > 0 {
				dir = found
			}
		}
	}
	models := model.New(units)
	out := *d
	out.Diagrams = slices.Clone(d.Diagrams)
	changed := false
	for _, naming := range p.namings(units) {
		of := models.Diagram(naming)
		x := missing(d.Diagrams, of)
		switch {
		case x == nil:
		case 2*len(x.Tables) > len(of.Tables):
			rebase(x, dir)
			out.Diagrams, changed = append(out.Diagrams, x), true
		default:
			handed := models.Handed(naming)
			x.Tables = slices.DeleteFunc(x.Tables, func(t *schema.Table) bool { return !handed[t.Name] })
			rebase(x, dir)
			changed = complete(out.Diagrams, of, x) || changed
		}
	}
	if !changed {
		return d
	}
	out.Catalogues = decided(out.Diagrams, p.relative(d.Settings))
	return &out
}

// namings are those of the libraries that the packages use.
func (p *Project) namings(units []*unit.Unit) []string {
	lib, err := p.libraries()
	if err != nil {
		panic(err) // the built-in data is wrong
	}
	var out []string
	for _, u := range units {
		for _, name := range u.Libraries {
			if k := lib.Package(name); k != nil && k.ORM != nil && !slices.Contains(out, k.ORM.Naming) {
				out = append(out, k.ORM.Naming)
			}
		}
	}
	slices.Sort(out)
	return out
}

func defines(d *schema.Diagram, table string) bool {
	return slices.ContainsFunc(d.Tables, func(t *schema.Table) bool { return t.Name == table })
}

// complete adds the tables of x to the diagram of files that has most of the models' tables,
// and reports whether there is one: migrations that a library's own add to.
func complete(have []*schema.Diagram, models, x *schema.Diagram) bool {
	best, most := -1, 0
	for i, d := range have {
		n := 0
		for _, t := range models.Tables {
			if defines(d, t.Name) {
				n++
			}
		}
		if n > most && len(d.Packages) == 0 {
			best, most = i, n
		}
	}
	if best < 0 || len(x.Tables) == 0 {
		return false
	}
	d := *have[best]
	d.Tables = slices.Concat(d.Tables, x.Tables)
	names := make([]string, len(x.Tables))
	for i, t := range x.Tables {
		names[i] = t.Name
	}
	d.Notes = append(slices.Clone(d.Notes), schema.Note{Position: x.Tables[0].Position, Message: "no file defines " + strings.Join(names, ", ") + ": taken from the program's own struct types"})
	have[best] = &d
	return true
}

// missing is a diagram without the tables that others have, nil if they have all.
func missing(have []*schema.Diagram, x *schema.Diagram) *schema.Diagram {
	if x == nil {
		return nil
	}
	kept := slices.DeleteFunc(slices.Clone(x.Tables), func(t *schema.Table) bool {
		return slices.ContainsFunc(have, func(d *schema.Diagram) bool { return defines(d, t.Name) })
	})
	if len(kept) == 0 {
		return nil
	}
	out := *x
	out.Tables = kept
	return &out
}
