package driver

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tenantvet/tenantvet/analyzer/internal/baseline"
	"github.com/tenantvet/tenantvet/analyzer/internal/project"
)

// options are the flags of the stand-alone run. They say where to look and how to
// print; what is found is up to the settings, which all drivers read, so that no
// flag makes two of them disagree.
type options struct {
	dir     string
	outputs outputs
	file    string // of -o
	tags    string

	baseline    string // a file, "" for the one at the root
	noBaseline  bool
	askTables   bool   // for tables that belong to no tenant, whatever the settings say
	newFrom     string // a revision
	maxUnproven int    // -1 for any number

	fix      bool
	overlay  map[string][]byte // texts of files that are read from there in the place of the disk
	progress func(string)      // nil for nobody

	strict  bool
	all     bool
	quiet   bool
	version bool
}

// flags declares the flags. They have no usage texts of their own: help has one
// page, written for people.
func (o *options) flags() *flag.FlagSet {
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.StringVar(&o.dir, "C", ".", "")
	fs.Var(&o.outputs, "format", "")
	fs.StringVar(&o.file, "o", "", "")
	fs.StringVar(&o.tags, "tags", "", "")
	fs.StringVar(&o.baseline, "baseline", "", "")
	fs.BoolVar(&o.noBaseline, "no-baseline", false, "")
	fs.StringVar(&o.newFrom, "new-from", "", "")
	fs.IntVar(&o.maxUnproven, "max-unproven", -1, "")
	fs.BoolVar(&o.fix, "fix", false, "")
	fs.BoolVar(&o.strict, "strict", false, "")
	fs.BoolVar(&o.all, "all", false, "")
	fs.BoolVar(&o.quiet, "q", false, "")
	fs.BoolVar(&o.version, "version", false, "")
	return fs
}

// check refuses values that mean nothing, before anything is loaded, and settles where
// the report goes. The error names the flag.
func (o *options) check() error {
	var err error
	if o.outputs, err = o.outputs.settled(o.file); err != nil {
		return err
	}
	if o.quiet && o.all {
		return errors.New("-q and --all ask for less and for more")
	}
	if o.maxUnproven < -1 {
		return fmt.Errorf("--max-unproven %d: fewer than none", o.maxUnproven)
	}
	if o.noBaseline && o.baseline != "" {
		return errors.New("--no-baseline and --baseline ask for none and for one")
	}
	return isFolder(o.dir)
}

// isFolder is the error of a -C that is no folder.
func isFolder(dir string) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("-C %s: no such folder", dir)
	}
	return nil
}

// baselineFile is the file of the baseline: the one that is named, or that at the root.
func (o *options) baselineFile() (string, error) {
	if o.baseline != "" {
		return o.baseline, nil
	}
	p, err := project.Find(o.dir, os.Getenv)
	if err != nil {
		return "", err
	}
	return filepath.Join(p.Root, baseline.Name), nil
}

// choose puts the baseline that the flags name in the place of the one at the root.
func (o *options) choose(d *project.Decision) error {
	switch {
	case o.noBaseline:
		d.Baseline = nil
		d.Settings.AskNewTables = d.Settings.AskNewTables || o.askTables
	case o.baseline != "":
		b, err := project.ReadBaseline(o.baseline, filepath.ToSlash(o.baseline))
		if err != nil {
			return err
		}
		if b == nil {
			return fmt.Errorf("--baseline %s: no such file; `tenantvet baseline write --baseline %s` makes it", o.baseline, o.baseline)
		}
		d.Baseline = b
	}
	return nil
}
