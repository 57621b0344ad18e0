// Package index keeps results that were made from files, and gives them back as
// long as the files look as they did: it is what keeps `go vet` from replaying
// all migrations in each of its processes.
//
// In go a name, the bytes of a result, and what was looked at to make it; out
// come the bytes, or nothing. A [Disk] reads files and notes what it was asked
// for; a [Store] is a folder of results.
//
// Terms. A *look* is one question to the file system and its answer from outside:
// of a path whether there is something, of a folder also its names, of a file
// also its size and time. A result is *fresh* if all its looks have the same
// answers again.
//
// Invariant: without a store, or with one that cannot be written, everything is
// the same, only slower. What cannot be told from outside counts as changed: a
// file that changed in the seconds before it was looked at may change again
// within the same tick of its clock.
//
// It cannot see a change that keeps a file's size and sets its time back, as
// `touch -r` does. Hashing the files would, and costs what replaying them costs.
package index

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// how a path was looked at, each way seeing more than the one before.
type how uint8

const (
	whether how = iota // is there something, and is it a folder?
	names              // which names does the folder hold?
	content            // what does the file say?
)

// look is what a path looked like.
type look struct {
	Path   string
	How    how
	There  bool
	Folder bool
	Size   int64
	Time   int64 // nanoseconds
	Names  [sha256.Size]byte
}

// Disk reads files below a folder and notes what it was asked for, what is not
// there included. It is for one goroutine.
type Disk struct {
	root  string
	asked map[string]look // by absolute path
}

// NewDisk makes a disk whose relative paths begin at root.
func NewDisk(root string) *Disk { return &Disk{root: root, asked: map[string]look{}} }

// Below is the same disk for paths that begin at another folder.
func (d *Disk) Below(root string) *Disk { return &Disk{root: root, asked: d.asked} }

// ReadDir lists a folder, sorted by name; rel is relative to the root, with
// slashes.
func (d *Disk) ReadDir(rel string) ([]fs.DirEntry, error) {
	name := d.note(rel, names)
	entries, err := os.ReadDir(name)
	l := d.asked[name]
	l.Names = namesOf(entries)
	d.asked[name] = l
	return entries, err
}

// maxFile caps a text that is read; real dumps stay under a tenth.
const maxFile = 64 << 20

// The errors of files that are not read.
var (
	errIrregular = errors.New("it is no regular file")
	errLarge     = errors.New("it is larger than 64 MB")
	errOutside   = errors.New("it lies outside of the repository")
)

// ReadFile reads a file.
func (d *Disk) ReadFile(rel string) ([]byte, error) { return os.ReadFile(d.note(rel, content)) }

// ReadText reads a file of the project: a regular one, of a size that fits, which no link moved
// out of the repository. Anything else could wait for ever, fill the memory, or
// print what is nobody's business.
func (d *Disk) ReadText(rel string) ([]byte, error) {
	name := d.note(rel, content)
	data, err := ReadRegular(name)
	if err == nil && !d.Inside(rel) {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errOutside}
	}
	return data, err
}

// ReadRegular reads a file that is regular and of a size that fits.
func ReadRegular(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "read", Path: name, Err: errIrregular}
	case info.Size() > maxFile:
		return nil, &fs.PathError{Op: "read", Path: name, Err: errLarge}
	}
	return os.ReadFile(name)
}

// Inside reports whether a path, links followed, is in the repository of the root:
// below the root, or below the folder above it that holds .git.
func (d *Disk) Inside(rel string) bool {
	name := filepath.FromSlash(rel)
	if !filepath.IsAbs(name) {
		name = filepath.Join(d.root, name)
	}
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return false
	}
	top, err := filepath.EvalSymlinks(d.top())
	if err != nil {
		return false
	}
	below, err := filepath.Rel(top, real)
	return err == nil && below != ".." && !strings.HasPrefix(below, ".."+string(filepath.Separator))
}

// top is the folder at or above the root that holds .git, the root without one.
func (d *Disk) top() string {
	for dir := d.root; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return d.root
		}
	}
}

// Stat reports whether there is something; of its answer only that and IsDir may be
// used.
func (d *Disk) Stat(rel string) (fs.FileInfo, error) { return os.Stat(d.note(rel, whether)) }

// note looks before anything is read, so that what changes meanwhile does not
// look the same later.
func (d *Disk) note(rel string, h how) string {
	name := filepath.FromSlash(rel)
	if !filepath.IsAbs(name) {
		name = filepath.Join(d.root, name)
	}
	if have, known := d.asked[name]; !known || have.How < h {
		d.asked[name] = lookAt(name, h)
	}
	return name
}

// looks are all looks, sorted by path.
func (d *Disk) looks() []look {
	return slices.SortedFunc(maps.Values(d.asked), func(a, b look) int { return cmp.Compare(a.Path, b.Path) })
}

// Looked are the paths that were asked for, sorted.
func (d *Disk) Looked() []string { return slices.Sorted(maps.Keys(d.asked)) }

func lookAt(name string, h how) look {
	l := look{Path: name, How: h}
	if info, err := os.Stat(name); err == nil {
		l.There, l.Folder = true, info.IsDir()
		l.Size, l.Time = info.Size(), info.ModTime().UnixNano()
	}
	return l
}

// namesOf is a digest of the names in a folder and of which are folders.
func namesOf(entries []fs.DirEntry) [sha256.Size]byte {
	var text []byte
	for _, e := range entries {
		text = append(text, e.Name()...)
		if e.IsDir() {
			text = append(text, '/')
		}
		text = append(text, 0)
	}
	return sha256.Sum256(text)
}

// tick is how long a file's time may stand still while the file changes.
const tick = 2 * time.Second

// fresh reports whether the path looks as it did; at is when looking began.
func (l look) fresh(at time.Time) bool {
	now := lookAt(l.Path, l.How)
	switch {
	case now.There != l.There || now.Folder != l.Folder:
		return false
	case l.How == whether || !l.There:
		return true
	case !time.Unix(0, l.Time).Add(tick).Before(at):
		return false
	case l.Folder && now.Time != l.Time: // what leaves its names the same changes its time, too
		entries, err := os.ReadDir(l.Path)
		return err == nil && namesOf(entries) == l.Names
	case l.Folder:
		return true
	}
	return now.Size == l.Size && now.Time == l.Time
}
