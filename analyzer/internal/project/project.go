// Package project finds what a run is about: the main module or the modules of
// a workspace, where they lie, and how their files are named.
//
// In goes a directory and the go command's environment; out comes a [Project].
// It reads go.work and go.mod and runs nothing, because under `go vet` it is
// asked once for every package.
//
// Terms. The root is the folder of go.work, or of go.mod where there is no
// workspace; every file name that tenantvet shows, stores or hashes is relative
// to the root, with slashes, so that results do not depend on the checkout.
//
// It cannot see flags of the go command line (-modfile, -overlay).
package project

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/modfile"

	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// ErrNone is the error of a directory that is in no module.
var ErrNone = errors.New("no go.mod here or above; run tenantvet inside a Go module, or name one with -C")

// Module is a main module: one whose packages are analysed, not only used.
type Module struct {
	Path string
	Dir  string // absolute
}

// Project is a main module, or a workspace of several, which are analysed as one:
// a handler of one may call the store of another.
type Project struct {
	Root    string   // absolute
	Modules []Module // sorted by path
	// Index keeps what the schema files say between processes; the zero Store
	// keeps nothing.
	Index index.Store

	libraries func() (*library.Set, error) // read once, when asked for
}

// Find finds the project of a directory; env gives the variables of the go
// command.
func Find(dir string, env func(string) string) (*Project, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("finding the module: %w", err)
	}
	work, err := workspace(dir, env("GOWORK"))
	if err != nil {
		return nil, err
	}
	if work != "" {
		return readWork(work)
	}
	file := upward(dir, "go.mod")
	if file == "" {
		return nil, ErrNone
	}
	m, err := readModule(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	return newProject(m.Dir, m), nil
}

// newProject makes a project. The library data is read when a package is compiled,
// which most processes of a vet run never do.
func newProject(root string, modules ...Module) *Project {
	return &Project{Root: root, Modules: modules, libraries: sync.OnceValues(library.Load)}
}

// workspace is the go.work file that is in force, "" if there is none, by the
// rules of the go command: GOWORK names one, turns it off, or leaves it to be
// found.
func workspace(dir, setting string) (string, error) {
	switch setting {
	case "off":
		return "", nil
	case "":
		return upward(dir, "go.work"), nil
	}
	if _, err := os.Stat(setting); err != nil {
		return "", fmt.Errorf("reading the workspace of GOWORK: %w", err)
	}
	return setting, nil
}

// upward is the nearest file of that name in dir or above, "" if there is none.
func upward(dir, name string) string {
	for {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && !info.IsDir() {
			return file
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// readModule reads the path of the module in a folder, and nothing else of go.mod:
// the rest is the go command's. The error of a folder without one is
// fs.ErrNotExist.
func readModule(dir string) (Module, error) {
	file := filepath.Join(dir, "go.mod")
	data, err := index.ReadRegular(file)
	if err != nil {
		return Module{}, fmt.Errorf("reading the module: %w", err)
	}
	path := modfile.ModulePath(data)
	if path == "" {
		return Module{}, fmt.Errorf("%s: no module line", file)
	}
	return Module{Path: path, Dir: dir}, nil
}

// readWork reads the modules of a workspace, sorted by path. A folder that is
// named and has no module is left out.
func readWork(file string) (*Project, error) {
	data, err := index.ReadRegular(file)
	if err != nil {
		return nil, fmt.Errorf("reading the workspace: %w", err)
	}
	work, err := modfile.ParseWork(file, data, nil)
	if err != nil {
		return nil, fmt.Errorf("reading the workspace: %w", err)
	}
	p := newProject(filepath.Dir(file))
	for _, use := range work.Use {
		dir := filepath.FromSlash(use.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(p.Root, dir)
		}
		m, err := readModule(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue // the go command complains, and says it better
		}
		if err != nil {
			return nil, err
		}
		p.Modules = append(p.Modules, m)
	}
	slices.SortFunc(p.Modules, func(a, b Module) int { return strings.Compare(a.Path, b.Path) })
	return p, nil
}

// Own reports whether the module of that path is one of the project's. It is how a
// driver passes over a dependency before anything of it is read.
func (p *Project) Own(module string) bool {
	return slices.ContainsFunc(p.Modules, func(m Module) bool { return m.Path == module })
}

// Rel is the name of a file below the root, with slashes: what is shown, stored
// and hashed. A file elsewhere, such as a schema beside the module, is reached by
// dots.
func (p *Project) Rel(file string) string {
	rel, err := filepath.Rel(p.Root, file)
	if err != nil {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}

// Abs is the path of the file that Rel named, on this machine, for who has to open
// or to print it.
func (p *Project) Abs(name string) string {
	if filepath.IsAbs(filepath.FromSlash(name)) {
		return filepath.FromSlash(name)
	}
	return filepath.Join(p.Root, filepath.FromSlash(name))
}

// base is the root's folder below the top of the repository, with slashes; "" where it
// is the top, or where there is none.
func (p *Project) base() string {
	for dir := p.Root; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			rel, err := filepath.Rel(dir, p.Root)
			if err != nil || rel == "." {
				return ""
			}
			return filepath.ToSlash(rel)
		}
		if filepath.Dir(dir) == dir {
			return ""
		}
	}
}
