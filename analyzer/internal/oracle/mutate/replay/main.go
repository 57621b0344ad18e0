// Command replay links the modules of testdata/shapes from units that were compiled before,
// and says where a run differs from what the lines of a module want. It is how the lab of
// mutants asks the shapes about the half of the analyzer that comes after compilation: all
// of them in seconds, since nothing is listed, type-checked or compiled again.
//
//	replay DIR SHAPE...
//
// DIR keeps the modules and their units; a shape that it lacks is compiled first. The exit
// code is 1 where a run differs, and the first shapes that do are printed.
//
// It cannot see what a mutant changes in compilation.
package main

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/load"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/shape"
	"github.com/tenantvet/tenantvet/analyzer/internal/project"
	"github.com/tenantvet/tenantvet/analyzer/internal/standalone"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == load.Toolexec {
		os.Exit(load.Decline(os.Args[2:], os.Stdout, os.Stderr))
	}
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: replay DIR SHAPE...")
		os.Exit(2)
	}
	if !replayAll(os.Args[1], os.Args[2:]) {
		os.Exit(1)
	}
}

// replayAll replays the shapes until one differs, and reports whether none does.
func replayAll(dir string, shapes []string) bool {
	work := make(chan string, len(shapes))
	for _, s := range shapes {
		work <- s
	}
	close(work)
	var wait sync.WaitGroup
	var one sync.Mutex
	good := true
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for file := range work {
				differ := replay(dir, file)
				one.Lock()
				if len(differ) > 0 {
					good = false
					fmt.Printf("--- FAIL: %s\n%s\n", name(file), strings.Join(differ, "\n"))
				}
				stop := !good
				one.Unlock()
				if stop {
					return
				}
			}
		})
	}
	wait.Wait()
	return good
}

// name is what a shape is called.
func name(file string) string { return strings.TrimSuffix(filepath.Base(file), ".txtar") }

// replay is what differs in one shape.
func replay(dir, file string) []string {
	s, err := shape.Unpack(file, filepath.Join(dir, name(file)))
	if err != nil {
		return []string{err.Error()}
	}
	c, err := compiled(s.Dir)
	if err != nil {
		return []string{err.Error()}
	}
	return s.Differences(c.Link(func(string) {}).Run)
}

// kept is what is kept of a module: what was listed and compiled. What is decided about it
// is decided anew.
type kept struct {
	Packages []*load.Listed
	Units    map[string][]byte
	Clauses  map[string]finding.Place
}

// compiled is the module in dir, compiled now if it was not before.
func compiled(dir string) (*standalone.Compiled, error) {
	data, err := os.ReadFile(dir + ".units")
	if os.IsNotExist(err) {
		c, err := standalone.Compile(standalone.Options{Dir: dir})
		if err != nil {
			return nil, err
		}
		return c, keep(c, dir+".units")
	}
	if err != nil {
		return nil, err
	}
	var k kept
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&k); err != nil {
		return nil, err
	}
	return k.restored(dir)
}

// keep writes what was compiled to a file.
func keep(c *standalone.Compiled, file string) error {
	k := kept{c.Packages, map[string][]byte{}, c.Clauses}
	for path, u := range c.Units {
		k.Units[path] = unit.Encode(u)
	}
	var out bytes.Buffer
	if err := gob.NewEncoder(&out).Encode(k); err != nil {
		return err
	}
	return os.WriteFile(file, out.Bytes(), 0o600)
}

// restored is what was kept, with what is decided about the module.
func (k *kept) restored(dir string) (*standalone.Compiled, error) {
	p, err := project.Find(dir, os.Getenv)
	if err != nil {
		return nil, err
	}
	decision, err := p.Decide()
	if err != nil {
		return nil, err
	}
	c := &standalone.Compiled{Project: p, Decision: decision, Packages: k.Packages, Units: map[string]*unit.Unit{}, Clauses: k.Clauses}
	for path, data := range k.Units {
		if c.Units[path], err = unit.Decode(data); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return c, nil
}
