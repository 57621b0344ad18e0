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
	format  string
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
	fs.StringVar(&o.format, "format", "text", "")
	fs.StringVar(&o.tags, "tags", "", "")
	fs.BoolVar(&o.strict, "strict", false, "")
	fs.BoolVar(&o.all, "all", false, "")
	fs.BoolVar(&o.version, "version", false, "")
	return fs
}

// check refuses values that mean nothing, before anything is loaded. The error
// names the flag.
func (o *options) check() error {
	if o.format != "text" && o.format != "json" {
		return fmt.Errorf("--format is text or json, not %q", o.format)
	}
	if info, err := os.Stat(o.dir); err != nil || !info.IsDir() {
		return fmt.Errorf("-C %s: no such folder", o.dir)
	}
	return nil
}
