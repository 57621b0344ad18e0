package driver

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tenantvet/tenantvet/analyzer/internal/baseline"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"github.com/tenantvet/tenantvet/analyzer/internal/revision"
)

// What a change adds is not what stands on changed lines: a middleware that is dropped
// makes findings in files that nobody touched. So both sides are analysed whole.

// markOld marks what is there in the base of the revision that the options name, too.
func markOld(o *options, run *finding.Run) error {
	if o.newFrom == "" {
		return nil
	}
	commit, err := revision.Base(o.dir, o.newFrom)
	if err != nil {
		return fmt.Errorf("--new-from: %w", err)
	}
	base, err := baseOf(o, commit)
	if err != nil {
		return fmt.Errorf("--new-from %s: %w", o.newFrom, err)
	}
	shown := run.Baseline
	old := &baseline.Baseline{File: o.newFrom + " (" + commit[:min(12, len(commit))] + ")", Entries: base.Entries}
	old.Mark(run)
	if shown != "" {
		run.Baseline = shown + ", " + run.Baseline
	}
	if base.Hollow != "" {
		run.Setup = append(run.Setup, finding.Setup{Message: "the base " + old.File + " could not be judged whole, so what is old may look new: " + base.Hollow})
	}
	run.Count()
	return nil
}

// kept is what is kept of a base.
type kept struct {
	Entries []baseline.Entry
	Hollow  string // what hid something there, "" for nothing
}

// baseOf analyses a commit, or takes what was kept when it was analysed before by the
// same program in the same way.
func baseOf(o *options, commit string) (*kept, error) {
	top, err := revision.Top(o.dir)
	if err != nil {
		return nil, err
	}
	below, err := belowTop(top, o.dir)
	if err != nil {
		return nil, err
	}
	store, name := index.User(), nameOf(commit, below, o.tags)
	if data, ok := store.Get(name); ok {
		old := &kept{}
		if json.Unmarshal(data, old) == nil {
			return old, nil
		}
	}
	tree, remove, err := revision.CheckOut(o.dir, commit)
	if err != nil {
		return nil, err
	}
	defer remove()
	dir := filepath.Join(tree, below)
	if _, err := os.Stat(dir); err != nil {
		return &kept{}, nil // the folder is new, and so is all in it
	}
	run, err := whole(&options{dir: dir, tags: o.tags, noBaseline: true})
	if err != nil {
		return nil, fmt.Errorf("analysing the base: %w", err)
	}
	old := &kept{Entries: baseline.Of(run)}
	for _, s := range run.Setup {
		if s.Hollow && old.Hollow == "" {
			old.Hollow = s.Message
		}
	}
	keep(store, name, old)
	return old, nil
}

// belowTop is the folder below the top of the work tree.
func belowTop(top, dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err == nil {
		top, err = filepath.EvalSymlinks(top)
	}
	if err != nil {
		return "", fmt.Errorf("finding the folder: %w", err)
	}
	return filepath.Rel(top, dir)
}

// nameOf is the name under which what is known of a commit is kept.
func nameOf(commit, below, tags string) string {
	return strings.Join([]string{"base", commit, below, tags, os.Getenv("GOFLAGS"), os.Getenv("GOWORK")}, "\x00")
}

// keep keeps it, as well as it can: it is a matter of speed only. A commit does not change.
func keep(store index.Store, name string, old *kept) {
	if data, err := json.Marshal(old); err == nil {
		store.Put(name, data, index.NewDisk(""), time.Now())
	}
}
