package schema

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/index"
)

// Load finds the schemas of the module at root and replays them: one diagram per
// sqlc entry or migration folder, best first. Globs, where given, replace the
// search: files of one pattern are one database. The error is about root or a
// glob; what is wrong inside a file is a problem of its diagram. No diagram at all
// is no error: a module may have no database.
func Load(root string, globs []string) ([]*Diagram, error) {
	return LoadFrom(index.NewDisk(root), globs)
}

// LoadFrom is Load for who wants to know what was looked at.
func LoadFrom(d *index.Disk, globs []string) ([]*Diagram, error) {
	f := newFinder(d)
	if len(globs) > 0 {
		if err := f.globs(globs); err != nil {
			return nil, err
		}
		return f.replay(), nil
	}
	problems, err := f.search()
	if err != nil {
		return nil, err
	}
	all := f.replay()
	kept := f.bindRest(f.withLoose(chosen(all, f.sources)))
	// A configuration that cannot be read belongs to no diagram, and must be seen.
	if len(problems) > 0 {
		kept = withProblems(kept, problems)
	}
	return kept, nil
}

// search walks the module. sqlc's configurations are read first, because they
// claim files that would otherwise be found again; Go files are looked into only
// where there is no SQL, since every module has many.
func (f *finder) search() ([]Problem, error) {
	var configs, plans, files, goMigrations, goFiles []string
	err := f.disk.walkAll(func(rel string, e fs.DirEntry) error {
		if e.IsDir() || e.Type()&fs.ModeSymlink != 0 && !isSQL(rel) {
			f.unread = append(f.unread, f.linked(rel)...)
			return nil
		}
		switch base := path.Base(rel); {
		case isSQLC(base):
			configs = append(configs, rel)
		case base == sqitchPlan:
			plans = append(plans, rel)
		case isGoMigration(base):
			goMigrations = append(goMigrations, rel)
		case isGo(base):
			goFiles = append(goFiles, rel)
		default:
			files = append(files, rel)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var problems []Problem
	for _, c := range configs {
		problems = append(problems, f.sqlc(c)...)
	}
	for _, p := range plans {
		f.sqitch(p)
	}
	f.folders(files)
	f.joinGo(goMigrations)
	if len(f.sources) == 0 {
		f.inGo(slices.Concat(goMigrations, goFiles))
	} else {
		f.besideSQL(goFiles)
	}
	return slices.Concat(problems, f.unread), nil
}

// joinGo puts migrations in Go between the SQL ones of their folder: what their
// string literals define is read.
func (f *finder) joinGo(files []string) {
	for _, name := range files {
		for _, s := range f.sources {
			if s.numbered && !s.sqlc && s.dialect == postgres && path.Dir(name) == path.Dir(s.files[0]) {
				s.files = append(s.files, name)
				f.names.sort(s.files)
			}
		}
	}
}

// globs makes sources of the settings' patterns. A pattern without a file is an
// error: whoever wrote it believes that it is read.
func (f *finder) globs(globs []string) error {
	for _, g := range globs {
		files := f.up(f.disk.expand(filepath.ToSlash(g)))
		if len(files) == 0 {
			return fmt.Errorf("schema: %q matches no SQL file below the module's root", g)
		}
		f.names.sort(files)
		f.sources = append(f.sources, &source{name: g, files: files, numbered: f.numbered(files), dialect: cmp.Or(pathDialect(files[0]), f.guess(files))})
	}
	return nil
}

// replay makes a diagram of every source, in their order.
func (f *finder) replay() []*Diagram {
	var out []*Diagram
	for _, s := range f.sources {
		out = append(out, f.diagram(s))
	}
	return out
}

// diagram replays one source. A source of another dialect gives a diagram
// without tables, so that a person reads why, and not that nothing was found.
func (f *finder) diagram(s *source) *Diagram {
	// One problem for the whole source: its statements would each give one.
	if s.dialect != postgres {
		d := &Diagram{Name: s.name, Packages: s.packages}
		d.Problems = []Problem{{Position: Position{s.files[0], 1}, Hides: anything(), Message: fmt.Sprintf("dialect not supported yet: %s; %s not read", s.dialect, count(len(s.files), "file is", "files are"))}}
		return d
	}
	var texts []Text
	var unread []Problem
	for _, name := range s.files {
		text, err := f.load(name)
		if err != nil {
			// The files behind it are replayed all the same: most of them stand
			// alone.
			unread = append(unread, Problem{Position: Position{name, 1}, Hides: anything(), Message: "cannot be read: " + cause(err)})
			continue
		}
		if isGo(name) {
			if text, err = goText(text); err != nil {
				unread = append(unread, Problem{Position: Position{name, 1}, Hides: anything(), Message: "a migration in Go that is not read: " + err.Error()})
			}
		} else {
			unread = append(unread, f.tool(name, text, s.files)...)
		}
		texts = append(texts, Text{File: name, Text: text})
	}
	d := Replay(s.name, texts)
	d.Packages = s.packages
	d.Problems = slices.Concat(unread, s.problems, d.Problems)
	return d
}

// cause is an error's reason without the machine's path, which would make two
// machines disagree.
func cause(err error) string {
	text := err.Error()
	return text[strings.LastIndex(text, ": ")+1:]
}

// count is a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// bindRest binds the packages of sqlc entries without a schema of their own to the
// only database there is. With several there is nothing to go by.
func (f *finder) bindRest(kept []*Diagram) []*Diagram {
	if len(kept) != 1 {
		return kept
	}
	for _, e := range f.unbound {
		if e.pkg != "" && !slices.Contains(kept[0].Packages, e.pkg) {
			kept[0].Packages = append(kept[0].Packages, e.pkg)
		}
	}
	return kept
}

// withProblems puts problems of configurations before those of the first diagram,
// or into one without tables: a run that found nothing else still shows them.
func withProblems(kept []*Diagram, problems []Problem) []*Diagram {
	if len(kept) == 0 {
		kept = []*Diagram{{Name: problems[0].File}}
	}
	kept[0].Problems = append(problems, kept[0].Problems...)
	return kept
}
