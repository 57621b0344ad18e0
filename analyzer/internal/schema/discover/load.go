// Package discover finds the schemas of a module and has them replayed.
//
// In goes the folder of a module, or globs of the settings; out comes one diagram
// per database, best first, with problems for what could not be read.
//
// Terms. A *source* is a set of files that say one database: the schema of a sqlc
// entry, a folder of migrations, a dump. Its files run in the order of their
// tool. Two sources that say the same database are one: sqlc's, the program's own
// rather than a test's, the larger; a note tells what was left out. A *loose*
// source only changes tables of another.
//
// Invariant: the same files give the same diagrams, and all that was looked at is
// noted by the disk.
//
// It reads no configuration of a migration tool but sqlc's and Sqitch's plan: the
// names of files tell the order.
package discover

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// Load finds the schemas of the module at root and replays them: one diagram per
// sqlc entry or migration folder, best first. Globs, where given, replace the
// search: files of one pattern are one database. The error is about root or a
// glob; what is wrong inside a file is a problem of its diagram. No diagram at all
// is no error: a module may have no database.
func Load(root string, globs []string) ([]*schema.Diagram, error) {
	return LoadFrom(index.NewDisk(root), globs)
}

// LoadFrom is Load for who wants to know what was looked at.
func LoadFrom(d *index.Disk, globs []string) ([]*schema.Diagram, error) {
	f := newFinder(d)
	if len(globs) > 0 {
		if err := f.globs(globs); err != nil {
			return nil, err
		}
		return f.diagrams(), nil
	}
	problems, err := f.search()
	if err != nil {
		return nil, err
	}
	all := f.diagrams()
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
func (f *finder) search() ([]schema.Problem, error) {
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
	var problems []schema.Problem
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

// diagrams makes a diagram of every source, in their order.
func (f *finder) diagrams() []*schema.Diagram {
	var out []*schema.Diagram
	for _, s := range f.sources {
		out = append(out, f.diagram(s))
	}
	return out
}

// bindRest binds the packages of sqlc entries without a schema of their own to the
// only database there is. With several there is nothing to go by.
func (f *finder) bindRest(kept []*schema.Diagram) []*schema.Diagram {
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
func withProblems(kept []*schema.Diagram, problems []schema.Problem) []*schema.Diagram {
	if len(kept) == 0 {
		kept = []*schema.Diagram{{Name: problems[0].File}}
	}
	kept[0].Problems = append(problems, kept[0].Problems...)
	return kept
}
