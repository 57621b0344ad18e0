package driver

import (
	"flag"
	"fmt"
	"os"
)

// options are the flags of the stand-alone run. They say where to look and how to
// print; what is found is up to the settings, which all drivers read, so that no
// flag makes two of them disagree.
type options struct {
	dir     string
	outputs outputs
	file    string // of -o
	tags    string
	strict  bool
	all     bool
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
	fs.BoolVar(&o.strict, "strict", false, "")
	fs.BoolVar(&o.all, "all", false, "")
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
	return isFolder(o.dir)
}

// isFolder is the error of a -C that is no folder.
func isFolder(dir string) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("-C %s: no such folder", dir)
	}
	return nil
}
