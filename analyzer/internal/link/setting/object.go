package setting

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
)

// A statement sets what the objects set that it touches: a view, a policy, a default or a
// trigger may call set_config, or a routine that does.

// An object is a table or a view that sets something by itself.
type object struct {
	name   *regexp.Regexp
	writes bool // only where rows are written
	sets   []Setting
}

// byObjects is what a statement sets by the objects that it names: any variable.
func (p *Settings) byObjects(c *catalogue.Catalogue, text string) []Setting {
	list, known := p.objects[c]
	if !known {
		list = p.objectsOf(c)
		p.objects[c] = list
	}
	var out []Setting
	for _, o := range list {
		if o.name.MatchString(text) && (!o.writes || writes.MatchString(text)) {
			out = append(out, o.sets...)
		}
	}
	return out
}

var writes = regexp.MustCompile(`(?i)\b(?:insert|update|delete|merge|copy|truncate)\b`)

// objectsOf finds the tables and views of a database that set a variable.
func (p *Settings) objectsOf(c *catalogue.Catalogue) []object {
	d, routines := c.Diagram, p.setters(c)
	sets := func(text string) bool { return setsSomething(text, routines) }
	var out []object
	add := func(name string, writes bool, text string) {
		out = append(out, object{regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(name) + `\b`), writes, setIn(text)})
	}
	for _, t := range d.Tables {
		for _, x := range t.Security.Policies {
			if text := x.Using + " " + x.Check; sets(text) {
				add(t.Name, false, text)
			}
		}
		for _, x := range t.Columns {
			if sets(x.Default) {
				add(t.Name, true, x.Default)
			}
		}
	}
	for _, t := range d.Triggers {
		for _, f := range d.Functions {
			if f.Name == bareName(t.Function) && slices.ContainsFunc(routines, func(name string) bool { return strings.EqualFold(f.Name, name) }) {
				add(bareName(t.Table), true, f.Body)
			}
		}
	}
	for _, r := range d.Rules { // what it runs is not kept
		add(bareName(r.Table), true, "")
	}
	for grown := true; grown; {
		grown = false
		for _, v := range d.Views {
			named := slices.ContainsFunc(out, func(o object) bool { return !o.writes && o.name.MatchString(v.Query) })
			if (named || sets(v.Query)) && !slices.ContainsFunc(out, func(o object) bool { return o.name.MatchString(v.Name) && !o.writes }) {
				add(v.Name, false, v.Query)
				grown = true
			}
		}
	}
	return out
}

// setIn are the variables that a text sets, of unknown values; any where they are not written out.
func setIn(text string) []Setting {
	var out []Setting
	for _, name := range setNames(text) {
		out = append(out, Setting{Name: name, ByObject: true})
	}
	if len(out) == 0 {
		return []Setting{{ByObject: true}}
	}
	return out
}

// setsSomething reports whether an expression or a query calls set_config, or a routine that
// does.
func setsSomething(text string, routines []string) bool {
	text = strings.ToLower(text)
	return calls(text, setConfig) || slices.ContainsFunc(routines, func(name string) bool { return calls(text, name) })
}

// bareName is a name without its schema.
func bareName(name string) string { return name[strings.LastIndex(name, ".")+1:] }
