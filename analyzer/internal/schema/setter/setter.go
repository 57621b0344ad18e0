// Package setter finds what of a database sets a variable of the session when a statement
// touches it.
//
// In goes a diagram; out come the routines, tables, views and domains of which something sets
// a variable: whatever expression the server evaluates for a statement may call set_config, or
// a routine that does. It may stand in a view, a policy, a default, a generated column, a
// check, an index, a partition key, a trigger or its condition, an operator or a cast, and a
// row that is written may write others: by a foreign key, a trigger, a partition.
//
// Invariant: what is not read of a name may be any.
//
// It sees no extension, and no text that a routine puts together of parts.
package setter

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Config is the function that sets a variable of the session.
const Config = "set_config"

var (
	setInBody   = regexp.MustCompile(`(?is)\bset_config\s*\(\s*'([\w.]+)'(?:\s*::\s*text)?\s*,|\bset\s+(?:local\s+|session\s+)?(\w+\.\w+)\s*(?:=|to\b)`)
	namedConfig = regexp.MustCompile(`\bset_config\s*\(\s*'[\w.]+'(?:\s*::\s*text)?\s*,`)
	// setsInBody finds a SET of a variable of the program's own, also as a text of EXECUTE.
	setsInBody = regexp.MustCompile(`\bset\s+(?:local\s+|session\s+)?"?\w+"?\."?\w+"?\s*(?:=|to\b)`)
	pastInBody = regexp.MustCompile(`\bset\s+(?:local|session)\s+role\b|\bset\s+role\s+[^=\s]|\bset\s+(?:(?:local|session)\s+)?session\s+authorization\b|\b(?:disable|no\s+force)\s+row\s+level\s+security\b|\bupdate\s+(?:pg_catalog\.)?pg_settings\b`)
	writes     = regexp.MustCompile(`(?i)\b(?:insert|update|delete|merge|copy|truncate)\b`)
)

// InBody reports whether a body may set a variable of the program's own, or change what the
// policies hold after it, also as a text of EXECUTE.
func InBody(body string) bool {
	body = strings.ToLower(body)
	return strings.Contains(body, Config) || setsInBody.MatchString(body) || pastInBody.MatchString(body)
}

// Names are variables that something may set; "" is any.
type Names map[string]bool

// Sorted are the variables in their order.
func (n Names) Sorted() []string { return slices.Sorted(maps.Keys(n)) }

// Setters are what of a database sets a variable when a statement touches it.
type Setters struct {
	diagram  *schema.Diagram
	routines map[string]Names // by their names in lower case
	objects  []*object
	grown    bool
}

// An object is a table, a view or a domain that sets something by itself.
type object struct {
	name   string
	match  *regexp.Regexp
	writes bool // only where rows are written
	sets   Names
}

// touchedBy reports whether a text may touch an object.
func (o *object) touchedBy(text string) bool {
	return o.match.MatchString(text) && (!o.writes || writes.MatchString(text))
}

// Of finds what of a database sets a variable: what says so, and what touches that.
func Of(d *schema.Diagram) *Setters {
	p := &Setters{diagram: d, routines: map[string]Names{}, grown: true}
	for p.grown {
		p.grown = false
		for _, f := range d.Functions {
			p.routine(f)
		}
		for _, t := range d.Tables {
			p.table(t)
		}
		for _, x := range d.Domains {
			p.add(x.Name, false, p.In(x.Text))
		}
		for _, t := range d.Triggers {
			sets := p.In(t.When)
			maps.Copy(sets, p.routines[strings.ToLower(bareName(t.Function))])
			p.add(bareName(t.Table), true, sets)
		}
		for _, r := range d.Rules { // what it runs is not kept
			p.add(bareName(r.Table), r.Event != "SELECT", Names{"": true})
		}
		for _, v := range d.Views {
			p.view(v)
		}
	}
	return p
}

// routine adds a routine that sets something.
func (p *Setters) routine(f *schema.Function) {
	sets := p.In(f.Body)
	if f.Language == sqltree.OperatorLanguage || f.Aggregate { // the body lists what it calls
		for _, called := range strings.Fields(f.Body) {
			maps.Copy(sets, p.routines[strings.ToLower(called)])
		}
	}
	for _, name := range append(slices.Clone(f.Was), f.Name) {
		name = strings.ToLower(name)
		if len(sets) > 0 && p.routines[name] == nil {
			p.routines[name] = Names{}
		}
		p.union(p.routines[name], sets)
	}
}

// table adds a table of which something that is evaluated sets a variable.
func (p *Setters) table(t *schema.Table) {
	for _, x := range t.Security.Policies {
		p.add(t.Name, false, p.In(x.Using+" "+x.Check))
	}
	written := p.In(t.PartitionBy)
	for _, x := range t.Columns {
		maps.Copy(written, p.In(x.Default+" "+x.Computed))
		if x.Domain != "" {
			maps.Copy(written, p.setsOf(x.Domain, false))
		}
	}
	for _, x := range t.Checks {
		maps.Copy(written, p.In(x.Text))
	}
	for _, x := range t.Indexes {
		maps.Copy(written, p.In(x.Text))
	}
	p.add(t.Name, true, written)
	for _, f := range t.ForeignKeys { // what is deleted there, or changed, may be so here
		if f.OnDelete != sqltree.NoAction || f.OnUpdate != sqltree.NoAction {
			p.add(f.RefTable, true, p.setsOf(t.Name, true))
		}
	}
	for _, parent := range append(slices.Clone(t.Inherits), t.PartitionOf) {
		if parent != "" { // a row of the one is a row of the other
			p.add(bareName(parent), true, p.setsOf(t.Name, true))
			p.add(t.Name, true, p.setsOf(bareName(parent), true))
		}
	}
}

// view adds a view that sets something, or that shows what does.
func (p *Setters) view(v *schema.View) {
	sets, written := p.In(v.Query), Names{}
	for _, o := range p.objects {
		if o.match.MatchString(v.Query) {
			maps.Copy(written, o.sets)
		}
	}
	p.add(v.Name, false, sets)
	p.add(v.Name, true, written)
}

// add adds an object that sets something; nothing is added that is known.
func (p *Setters) add(name string, writes bool, sets Names) {
	if len(sets) == 0 {
		return
	}
	i := slices.IndexFunc(p.objects, func(o *object) bool { return o.name == name && o.writes == writes })
	if i < 0 {
		i = len(p.objects)
		p.objects = append(p.objects, &object{name, regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(name) + `\b`), writes, Names{}})
	}
	p.union(p.objects[i].sets, sets)
}

// union adds variables to others, and notes whether there were more.
func (p *Setters) union(to, more Names) {
	for name := range more {
		if !to[name] {
			to[name], p.grown = true, true
		}
	}
}

// setsOf is what an object of a name sets.
func (p *Setters) setsOf(name string, writes bool) Names {
	for _, o := range p.objects {
		if o.name == name && o.writes == writes {
			return o.sets
		}
	}
	return nil
}

// In are the variables that an expression, a query or a body may set.
func (p *Setters) In(text string) Names {
	out := Names{}
	lower := strings.ToLower(text)
	if strings.Contains(lower, Config) || setsInBody.MatchString(lower) {
		for _, name := range setNames(text) {
			out[name] = true
		}
	}
	if strings.Count(lower, Config) > len(namedConfig.FindAllString(lower, -1)) || setsInBody.MatchString(lower) && len(out) == 0 || pastInBody.MatchString(lower) {
		out[""] = true // one whose name is not written out
	}
	for name, sets := range p.routines {
		if Calls(lower, name) {
			maps.Copy(out, sets)
		}
	}
	maps.Copy(out, p.ByObjects(text))
	return out
}

// casts are what the casts of a database may set, which no text shows.
func (p *Setters) casts() Names {
	out := Names{}
	for _, f := range p.diagram.Casts {
		maps.Copy(out, p.routines[strings.ToLower(f)])
	}
	return out
}

// Routines are the names of the routines that set something, in lower case and sorted.
func (p *Setters) Routines() []string { return slices.Sorted(maps.Keys(p.routines)) }

// By are the variables that a routine may set.
func (p *Setters) By(routine string) Names { return p.routines[routine] }

// ByObjects are the variables that a statement may set by the objects that it names, and by
// what no text shows.
func (p *Setters) ByObjects(text string) Names {
	out := p.casts()
	for _, o := range p.objects {
		if o.touchedBy(text) {
			maps.Copy(out, o.sets)
		}
	}
	return out
}

// bareName is a name without its schema.
func bareName(name string) string { return name[strings.LastIndex(name, ".")+1:] }

// Calls reports whether a text in lower case calls a routine, or has an operator.
func Calls(text, name string) bool {
	if !isWord.MatchString(name) {
		return strings.Contains(text, name)
	}
	for rest := text; ; {
		_, after, found := strings.Cut(rest, name)
		if !found {
			return false
		}
		after = strings.TrimLeft(after, "\" \t\r\n")
		if strings.HasPrefix(after, "(") || strings.HasPrefix(after, "/*") || strings.HasPrefix(after, "--") {
			return true
		}
		rest = after
	}
}

var isWord = regexp.MustCompile(`\w`)

// setNames are the variables that a body may set, none where they are not written out.
func setNames(body string) []string {
	var out []string
	for _, m := range setInBody.FindAllStringSubmatch(body, -1) {
		out = append(out, strings.ToLower(m[1]+m[2]))
	}
	return out
}
