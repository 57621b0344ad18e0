package project

import (
	"fmt"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"golang.org/x/mod/modfile"
)

// LeftOut says which code of the project a run does not see: files that build
// constraints leave out, and modules in folders below that are none of the
// project's. Only what could hold a call of a database is worth a word.
func (p *Project) LeftOut(ignored []string) []finding.Setup {
	var out []finding.Setup
	var files []string
	for _, f := range ignored {
		if p.matters(f) {
			files = append(files, p.Rel(f))
		}
	}
	if len(files) > 0 {
		slices.Sort(files)
		out = append(out, finding.Setup{File: files[0], Line: 1, Hollow: true, Message: fmt.Sprintf("%s left out by build constraints and not looked at: %s; run once more with their tags",
			amount(len(files), "file is", "files are"), strings.Join(files, ", "))})
	}
	for _, dir := range p.foreign() {
		out = append(out, finding.Setup{File: dir + "/go.mod", Line: 1, Hollow: true, Message: "this folder is a module of its own and not looked at; run tenantvet there, too, or name both in go.work"})
	}
	return out
}

// amount is a number with its noun.
func amount(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// matters reports whether a file imports something that a run knows of: a database
// or request library, or a package of the project. Scripts that are never built
// with the rest (//go:build ignore) and tests do not count.
func (p *Project) matters(file string) bool {
	if strings.HasSuffix(file, "_test.go") {
		return false
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return f != nil && f.Name != nil
	}
	for _, g := range f.Comments {
		for _, c := range g.List {
			if x, err := constraint.Parse(c.Text); err == nil && constraint.IsGoBuild(c.Text) && x.String() == "ignore" {
				return false
			}
		}
	}
	lib, err := p.libraries()
	if err != nil {
		panic(err) // the built-in data is wrong
	}
	for _, spec := range f.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		own := slices.ContainsFunc(p.Modules, func(m Module) bool { return path == m.Path || strings.HasPrefix(path, m.Path+"/") })
		// A file for another system has what this one has elsewhere; its own calls it
		// makes by itself.
		if known := lib.Package(path); own && !platform(file) || known != nil && (strings.Contains(path, ".") || known.BackEnd) {
			return true
		}
	}
	return false
}

// platform reports whether a file's name is that of one for a single system.
func platform(file string) bool {
	base := strings.TrimSuffix(filepath.Base(file), ".go")
	switch base[strings.LastIndex(base, "_")+1:] {
	case "windows", "darwin", "linux", "freebsd", "netbsd", "openbsd", "plan9", "js", "wasm", "unix", "arm64", "amd64", "android", "ios":
		return true
	}
	return false
}

// foreign are the folders below the root with a module that is none of the
// project's and whose code matters, relative to the root.
func (p *Project) foreign() []string {
	var out []string
	in, used := "", p.replaced()
	_ = filepath.WalkDir(p.Root, func(name string, e fs.DirEntry, err error) error {
		rel := p.Rel(name)
		switch {
		case err != nil:
			return nil
		case e.IsDir() && name != p.Root && passedOver(e.Name()):
			return filepath.SkipDir
		case e.IsDir():
			if in != "" && !strings.HasPrefix(rel, in+"/") {
				in = ""
			}
			if _, err := readModule(name); err == nil && name != p.Root && !used[name] && !slices.ContainsFunc(p.Modules, func(m Module) bool { return m.Dir == name }) {
				in = rel
			}
		case in != "" && !slices.Contains(out, in) && strings.HasSuffix(name, ".go") && p.matters(name):
			out = append(out, in)
		}
		return nil
	})
	return out
}

// replaced are the folders that the project's modules have in place of a
// dependency: they are looked at as far as they are used.
func (p *Project) replaced() map[string]bool {
	out := map[string]bool{}
	for _, m := range p.Modules {
		file := filepath.Join(m.Dir, "go.mod")
		data, err := index.ReadRegular(file)
		if err != nil {
			continue
		}
		mod, err := modfile.Parse(file, data, nil)
		if err != nil {
			continue
		}
		for _, r := range mod.Replace {
			if r.New.Version == "" {
				out[filepath.Join(m.Dir, filepath.FromSlash(r.New.Path))] = true
			}
		}
	}
	return out
}

// passedOver tells the folders that the go command passes over, and those of
// dependencies and of examples.
func passedOver(name string) bool {
	switch name {
	case "vendor", "node_modules", "testdata", "examples", "example", "tools", "hack":
		return true
	}
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}
