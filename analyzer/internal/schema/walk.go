package schema

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// FileStat is a file that a diagram may depend on, as a listing shows it.
type FileStat struct {
	Path    string // relative to the root, with slashes
	Size    int64
	ModTime time.Time
}

// Stat lists the files that [Load] depends on, without reading them, in the
// order of the walk: sqlc configurations, SQL files and migrations in Go; where
// there are none, all Go files, of which some may define tables.
func Stat(root string) ([]FileStat, error) {
	var files, goFiles []FileStat
	err := walkAll(root, func(rel string, d fs.DirEntry) error {
		info, err := d.Info()
		if err != nil {
			return nil // gone since it was listed
		}
		stat := FileStat{Path: rel, Size: info.Size(), ModTime: info.ModTime()}
		if isGo(rel) && !isGoMigration(d.Name()) {
			goFiles = append(goFiles, stat)
			return nil
		}
		files = append(files, stat)
		return nil
	})
	if len(files) == 0 {
		files = goFiles
	}
	return files, err
}

// walkAll walks the module, and where it holds no SQL the folders above it, up
// to the repository's top: a module may lie beside its database's folder.
func walkAll(root string, visit func(rel string, d fs.DirEntry) error) error {
	found := false
	noting := func(rel string, d fs.DirEntry) error {
		found = found || !isGo(rel)
		return visit(rel, d)
	}
	if err := walk(root, noting); err != nil {
		return err
	}
	up := "."
	for range levelsBelowTop(root) {
		if up = path.Join(up, ".."); found {
			break
		}
		if err := walkBeside(root, up, noting); err != nil {
			return err
		}
	}
	return nil
}

// levelsBelowTop is how many folders the top of the repository is above a
// folder; 0 if it is the top, or none is near.
func levelsBelowTop(dir string) int {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return 0
	}
	const near = 4
	for n := range near {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return n
		}
		dir = filepath.Dir(dir)
	}
	return 0
}

// walkBeside looks for sqlc configurations in one folder above the module, and
// for SQL in its folders that are called after databases.
func walkBeside(root, up string, visit func(rel string, d fs.DirEntry) error) error {
	entries, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(up)))
	if err != nil {
		return nil
	}
	for _, e := range entries {
		name := path.Join(up, e.Name())
		switch {
		case e.IsDir() && databaseFolder(e.Name()):
			// A module of its own may hold the migrations of its neighbours.
			if inside, failed := os.ReadDir(filepath.Join(root, filepath.FromSlash(name))); failed == nil {
				err = walkFolder(root, name, inside, visit)
			}
		case isSQLC(e.Name()):
			err = visit(name, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// databaseFolder tells names of folders that hold a database's files.
func databaseFolder(base string) bool {
	switch strings.ToLower(base) {
	case "db", "database", "databases", "migration", "migrations", "sql", "schema", "schemas", "supabase", "prisma", "postgres", "postgresql", "atlas", "flyway", "sqlc":
		return true
	}
	return false
}

// walk calls visit for every file below root that may say something of a
// schema, in lexical order. Folders of other modules, of dependencies and of
// test data are left out. Each folder is read once and nothing else is asked of
// it: this runs whenever a build asks whether the schema changed.
func walk(root string, visit func(rel string, d fs.DirEntry) error) error {
	entries, err := os.ReadDir(root)
	if err != nil {
		return fmt.Errorf("looking for schema files: %w", err)
	}
	return walkFolder(root, "", entries, visit)
}

func walkFolder(root, rel string, entries []fs.DirEntry, visit func(rel string, d fs.DirEntry) error) error {
	for _, e := range entries {
		name := path.Join(rel, e.Name())
		if e.IsDir() {
			if err := descend(root, name, e.Name(), visit); err != nil {
				return err
			}
			continue
		}
		if isSQL(name) || isSQLC(e.Name()) || isGo(e.Name()) {
			if err := visit(name, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// descend walks a folder unless it is none of the module's. An unreadable one
// holds nothing for us.
func descend(root, rel, base string, visit func(rel string, d fs.DirEntry) error) error {
	if skipped(base) {
		return nil
	}
	entries, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(rel)))
	if err != nil || slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "go.mod" && !e.IsDir() }) {
		return nil
	}
	return walkFolder(root, rel, entries, visit)
}

// skipped tells the folders that are not part of a module by their names.
func skipped(name string) bool {
	switch name {
	case "vendor", "node_modules", "testdata":
		return true
	}
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

func isSQL(file string) bool {
	switch strings.ToLower(path.Ext(file)) {
	case ".sql", ".pgsql", ".psql":
		return true
	}
	return false
}

func isSQLC(base string) bool {
	switch base {
	case "sqlc.yaml", "sqlc.yml", "sqlc.json":
		return true
	}
	return false
}

// isGoMigration tells migrations in Go, which are named like SQL ones.
func isGoMigration(base string) bool {
	number, rest, ok := strings.Cut(base, "_")
	return ok && isGo(rest) && len(number) >= 3 && strings.Trim(number, "0123456789") == ""
}

func isGo(base string) bool {
	return strings.HasSuffix(base, ".go") && !strings.HasSuffix(base, "_test.go")
}

// expand lists the SQL files that a path, folder or pattern names, relative to
// root. `**` stands for any number of folders.
func expand(root, pattern string) []string {
	full := filepath.Join(root, filepath.FromSlash(pattern))
	if info, err := os.Stat(full); err == nil {
		if !info.IsDir() {
			return []string{path.Clean(pattern)}
		}
		return sqlIn(root, pattern)
	}
	if before, after, ok := strings.Cut(pattern, "**/"); ok {
		return expandDeep(root, before, after)
	}
	matches, err := filepath.Glob(full)
	if err != nil {
		return nil
	}
	var out []string
	for _, m := range matches {
		rel, err := filepath.Rel(root, m)
		if err != nil {
			continue
		}
		rel = filepath.ToSlash(rel)
		if info, err := os.Stat(m); err == nil && info.IsDir() {
			out = append(out, sqlIn(root, rel)...)
		} else if isSQL(rel) {
			out = append(out, rel)
		}
	}
	return out
}

// expandDeep expands a pattern with `**`: files below a folder whose own names
// match what stands after it.
func expandDeep(root, before, after string) []string {
	var out []string
	base := filepath.Join(root, filepath.FromSlash(before))
	_ = filepath.WalkDir(base, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if ok, _ := path.Match(path.Base(after), d.Name()); !ok {
			return nil
		}
		if rel, err := filepath.Rel(root, name); err == nil {
			out = append(out, filepath.ToSlash(rel))
		}
		return nil
	})
	return out
}

// sqlIn lists the SQL files of a folder, and those of its numbered folders.
func sqlIn(root, dir string) []string {
	entries, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(dir)))
	if err != nil {
		return nil
	}
	n := newNames()
	var out []string
	for _, e := range entries {
		rel := path.Join(dir, e.Name())
		switch {
		case e.IsDir() && (n.number.MatchString(e.Name()) || kindFolder(e.Name()) < otherKind):
			out = append(out, sqlIn(root, rel)...)
		case !e.IsDir() && isSQL(rel):
			out = append(out, rel)
		}
	}
	slices.Sort(out)
	return out
}
