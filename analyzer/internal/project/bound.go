package project

import (
	"path"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
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
