package discover

import (
	"path"
	"slices"
	"strings"
)

// Patterns come from settings and from sqlc's configurations. Both name files
// that a search would pass over, such as those of testdata or of a neighbour.

// expand lists the SQL files that a path, folder or pattern names, relative to the
// root. `**` stands for any number of folders. It goes by folders and not by
// filepath.Glob, so that the disk notes each folder whose content decides: a new
// file in it changes the result.
func (d disk) expand(pattern string) []string {
	if info, err := d.Stat(pattern); err == nil {
		if !info.IsDir() {
			return []string{path.Clean(pattern)}
		}
		return d.sqlIn(pattern)
	}
	if before, after, ok := strings.Cut(pattern, "**/"); ok {
		return d.filesBelow(path.Clean(before), path.Base(after))
	}
	var out []string
	for _, name := range d.matches(path.Clean(pattern)) {
		if info, err := d.Stat(name); err == nil && info.IsDir() {
			out = append(out, d.sqlIn(name)...)
		} else if isSQL(name) {
			out = append(out, name)
		}
	}
	return out
}

// matches are the files and folders that a pattern names, part by part: what is
// in the folders on the way decides which they are.
func (d disk) matches(pattern string) []string {
	dir, base := path.Split(pattern)
	dir = path.Clean(dir)
	if !strings.ContainsAny(pattern, `*?[\`) {
		if _, err := d.Stat(pattern); err == nil {
			return []string{pattern}
		}
		return nil
	}
	folders := []string{dir}
	if strings.ContainsAny(dir, `*?[\`) {
		folders = d.matches(dir)
	}
	var out []string
	for _, folder := range folders {
		entries, err := d.ReadDir(folder)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if ok, _ := path.Match(base, e.Name()); ok {
				out = append(out, path.Join(folder, e.Name()))
			}
		}
	}
	return out
}

// filesBelow are the files anywhere below a folder whose own names match. Hidden
// folders count: who writes `**` means all.
func (d disk) filesBelow(folder, pattern string) []string {
	entries, err := d.ReadDir(folder)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		if e.IsDir() {
			out = append(out, d.filesBelow(name, pattern)...)
		} else if ok, _ := path.Match(pattern, e.Name()); ok {
			out = append(out, name)
		}
	}
	return out
}

// sqlIn lists the SQL files of a folder, and those of its numbered folders and of
// folders that each hold one kind of object.
func (d disk) sqlIn(dir string) []string {
	entries, err := d.ReadDir(dir)
	if err != nil {
		return nil
	}
	n := newNames()
	var out []string
	for _, e := range entries {
		rel := path.Join(dir, e.Name())
		switch {
		case e.IsDir() && (n.number.MatchString(e.Name()) || kindFolder(e.Name()) < otherKind):
			out = append(out, d.sqlIn(rel)...)
		case !e.IsDir() && isSQL(rel):
			out = append(out, rel)
		}
	}
	slices.Sort(out)
	return out
}
