package vettool

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// Only what is read here is an input of a unit.

// vetConfig is what the go command tells a vet tool about one unit of work.
type vetConfig struct {
	ID            string
	Dir           string
	ImportPath    string
	GoFiles       []string
	ModulePath    string            // "" in the standard library
	ModuleVersion string            // "" in a main module
	ImportMap     map[string]string // path in source -> ID of the package
	PackageFile   map[string]string // ID -> export data
	PackageVetx   map[string]string // ID -> facts
	VetxOnly      bool              // facts only: the unit was not asked for by name
	VetxOutput    string            // where the facts go
	Stdout        string            // where the findings go; "" before Go 1.26: the standard output
	FixArchive    string            // where files with fixes go, as a zip archive; "" if none are asked for
	GoVersion     string
}

// readVetConfig reads what the go command wrote for one unit. Fields that are not
// needed are not read: the protocol grows by fields.
func readVetConfig(file string) (*vetConfig, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the unit of go vet: %w", err)
	}
	c := &vetConfig{}
	if err := json.Unmarshal(data, c); err != nil {
		return nil, fmt.Errorf("reading the unit of go vet in %s: %w", file, err)
	}
	return c, nil
}

// own reports whether the unit belongs to a main module; all others are answered
// without being parsed. Modules of a workspace have no version either, and are
// ours, too.
func (c *vetConfig) own() bool { return c.ModulePath != "" && c.ModuleVersion == "" }

// path is the import path without the variant: "p [p.test]" is p. Variants differ
// in test files, which are no part of a unit.
func path(id string) string {
	p, _, _ := strings.Cut(id, " [")
	return p
}

// sources are the files of the package without its tests. A package and its
// test variant have the same ones, so both make the same facts.
func (c *vetConfig) sources() []string {
	var out []string
	for _, f := range c.GoFiles {
		if !strings.HasSuffix(f, "_test.go") {
			out = append(out, f)
		}
	}
	return out
}
