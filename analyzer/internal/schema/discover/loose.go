package discover

import (
	"path"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// Not all definitions stand in one place: a second folder that only changes tables
// of the first, statements that the program runs when it starts. They belong to
// the database that there is.

// besideSQL makes loose sources of Go files that define or change tables, where
// there is SQL, too: the program may make some of its tables by itself.
func (f *finder) besideSQL(files []string) {
	groups := map[string][]string{}
	var order []string
	for _, name := range files {
		raw := f.read(name)
		if trust.Aside(path.Dir(name)) || !mentionsTables(raw) {
			continue
		}
		if text, err := goText(raw); err != nil || !mentionsTables(text) {
			continue
		}
		dir := path.Dir(name)
		if groups[dir] == nil {
			order = append(order, dir)
		}
		groups[dir] = append(groups[dir], name)
	}
	for _, dir := range order {
		f.sources = append(f.sources, &source{name: dir, files: groups[dir], dialect: postgres, loose: true})
	}
}

// mentionsTables tells by its words that a text may define or change tables.
func mentionsTables(text string) bool {
	up := strings.ToUpper(text)
	return strings.Contains(up, "CREATE TABLE") || strings.Contains(up, "ALTER TABLE")
}

// withLoose puts what loose sources say into the diagram that they belong to. With
// several there is no telling, and what they change is a problem of each.
func (f *finder) withLoose(kept []*schema.Diagram) []*schema.Diagram {
	for _, s := range f.sources {
		if !s.loose {
			continue
		}
		d := f.diagram(s)
		if len(kept) == 0 {
			kept = append(kept, d)
			continue
		}
		for _, k := range kept {
			f.join(k, d, len(kept) == 1)
		}
	}
	return kept
}

// join adds the tables of a loose diagram that are not known, and its problems where
// they are about tables that are. A table that both define is compared like one of
// a schema that is left out.
func (f *finder) join(d, loose *schema.Diagram, only bool) {
	// The tables that migrations change may have been made by the program before.
	if only && len(loose.Tables) > 0 && slices.ContainsFunc(d.Problems, func(p schema.Problem) bool { return slices.ContainsFunc(loose.Tables, p.Covers) && !p.Any }) {
		f.replayTogether(d, loose)
		return
	}
	d.NoteDifferences(loose)
	for _, p := range loose.Problems {
		if !p.Any && slices.ContainsFunc(d.Tables, p.Covers) {
			// What the program runs, or a folder of scripts, need not be what made the
			// database.
			p.Strong = false
			d.Problems = append(d.Problems, p)
		}
	}
	if !only {
		return
	}
	for _, t := range loose.Tables {
		if d.Find(t.FullName()) == nil {
			d.Tables = append(d.Tables, t)
		}
	}
	d.Files = append(d.Files, loose.Files...)
}

// replayTogether replays the loose files before those of the diagram.
func (f *finder) replayTogether(d, loose *schema.Diagram) {
	both := f.diagram(&source{name: d.Name, files: slices.Concat(loose.Files, d.Files), packages: d.Packages, dialect: postgres})
	// Notes of its own files were made again.
	for _, n := range d.Notes {
		if !slices.Contains(d.Files, n.File) {
			both.Notes = append(both.Notes, n)
		}
	}
	*d = *both
}
