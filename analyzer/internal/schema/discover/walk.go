package discover

import (
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/index"
)

// disk is the module's folder, and what can be looked for in it.
type disk struct{ *index.Disk }

// walkAll walks the module, and where it holds no SQL the folders above it, up
// to the repository's top: a module may lie beside its database's folder.
func (d disk) walkAll(visit func(rel string, d fs.DirEntry) error) error {
	found := false
	noting := func(rel string, e fs.DirEntry) error {
		found = found || isSQL(rel) || isSQLC(path.Base(rel))
		return visit(rel, e)
	}
	if err := d.walk(noting); err != nil {
		return err
	}
	up := "."
	for range d.levelsBelowTop() {
		// SQL of its own is nearer than that of its neighbours.
		if up = path.Join(up, ".."); found {
			break
		}
		if err := d.walkBeside(up, noting); err != nil {
			return err
		}
	}
	return nil
}

// levelsBelowTop is how many folders the top of the repository is above the
// root; 0 if the root is the top, or none is near.
func (d disk) levelsBelowTop() int {
	const near = 4
	up := "."
	for n := range near {
		if _, err := d.Stat(path.Join(up, ".git")); err == nil {
			return n
		}
		up = path.Join(up, "..")
	}
	return 0
}

// walkBeside looks for sqlc configurations in one folder above the module, and
// for SQL in its folders that are called after databases, or in such ones of a folder
// that is for all modules.
func (d disk) walkBeside(up string, visit func(rel string, d fs.DirEntry) error) error {
	entries, err := d.ReadDir(up)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		name := path.Join(up, e.Name())
		switch {
		case e.IsDir() && databaseFolder(e.Name()):
			// A module of its own may hold the migrations of its neighbours.
			if inside, failed := d.ReadDir(name); failed == nil {
				err = d.walkFolder(name, inside, visit)
			}
		case e.IsDir() && forAll(e.Name()) && !forAll(path.Base(up)):
			err = d.walkBeside(name, visit)
		case isSQLC(e.Name()):
			err = visit(name, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// walk calls visit for every file below root that may say something of a
// schema, in lexical order. Folders of other modules, of dependencies and of
// test data are left out. Each folder is read once and nothing else is asked of
// it: this runs whenever a build asks whether the schema changed.
func (d disk) walk(visit func(rel string, d fs.DirEntry) error) error {
	entries, err := d.ReadDir(".")
	if err != nil {
		return fmt.Errorf("looking for schema files: %w", err)
	}
	return d.walkFolder("", entries, visit)
}

// walkFolder visits the files of a folder and descends into its folders, by what
// one listing says: nothing is asked of a file that does not matter.
func (d disk) walkFolder(rel string, entries []fs.DirEntry, visit func(rel string, d fs.DirEntry) error) error {
	for _, e := range entries {
		name := path.Join(rel, e.Name())
		if e.IsDir() {
			if err := d.descend(name, e.Name(), visit); err != nil {
				return err
			}
			continue
		}
		if isSQL(name) || packed(name) || isSQLC(e.Name()) || isGo(e.Name()) || e.Name() == sqitchPlan || e.Type()&fs.ModeSymlink != 0 {
			if err := visit(name, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// unreadable stands for a folder that cannot be listed.
type unreadable struct{ name string }

func (u unreadable) Name() string { return u.name }

func (u unreadable) IsDir() bool { return true }

func (u unreadable) Type() fs.FileMode { return fs.ModeDir }

func (u unreadable) Info() (fs.FileInfo, error) { return nil, fs.ErrPermission }

// descend walks a folder unless it is none of the module's. An unreadable one
// holds nothing for us, unless it is called after a database: then visit is told.
func (d disk) descend(rel, base string, visit func(rel string, d fs.DirEntry) error) error {
	if skipped(base) {
		return nil
	}
	entries, err := d.ReadDir(rel)
	if err != nil && databaseFolder(base) {
		return visit(rel, unreadable{base})
	}
	if err != nil || slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "go.mod" && !e.IsDir() }) {
		return nil
	}
	return d.walkFolder(rel, entries, visit)
}
