package driver_test

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/driver"
)

// unitConfig is what the go command hands to a vet tool, as far as ours reads it.
type unitConfig struct {
	ID, Dir, ImportPath, ModulePath, GoVersion, VetxOutput, Stdout string
	GoFiles                                                        []string
	ImportMap, PackageFile, PackageVetx                            map[string]string
	VetxOnly                                                       bool
}

// goPackage is what go list says.
type goPackage struct {
	ImportPath, Name, Dir, Export string
	GoFiles, Imports              []string
	Module                        *struct{ Path, GoVersion string }
	Standard, DepOnly             bool
}

// vet hands the packages of the module to the vet tool one by one, as go vet
// does, but without the hundreds of units of the standard library, whose
// answers go vet cannot share between modules with different schemas. Scripts
// run the real go vet. It returns the findings as lines, each once, sorted.
func (s *shape) vet(t *testing.T) []string {
	out, problems, err := s.command("go", "list", "-export", "-deps", "-json=ImportPath,Name,Dir,Export,GoFiles,Imports,Module,Standard,DepOnly", "./...")
	require.NoError(t, err, problems)
	exports, facts := map[string]string{}, map[string]string{}
	work := t.TempDir()
	lines := []string{}
	for d := json.NewDecoder(strings.NewReader(out)); ; {
		var p goPackage
		err := d.Decode(&p)
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		exports[p.ImportPath] = p.Export
		if p.DepOnly || p.Standard {
			continue
		}
		c := s.unit(&p, filepath.Join(work, fmt.Sprint(len(facts))), exports, facts)
		lines = append(lines, s.runUnit(t, c)...)
		facts[p.ImportPath] = c.VetxOutput
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

func (s *shape) unit(p *goPackage, base string, exports, facts map[string]string) *unitConfig {
	c := &unitConfig{
		ID: p.ImportPath, ImportPath: p.ImportPath, Dir: p.Dir, ModulePath: p.Module.Path, GoVersion: "go" + p.Module.GoVersion,
		VetxOutput: base + ".vetx", Stdout: base + ".stdout", VetxOnly: p.Name != "main",
		ImportMap: map[string]string{}, PackageFile: map[string]string{}, PackageVetx: map[string]string{},
	}
	for _, f := range p.GoFiles {
		c.GoFiles = append(c.GoFiles, filepath.Join(p.Dir, f))
	}
	for _, i := range p.Imports {
		c.ImportMap[i], c.PackageFile[i] = i, exports[i]
		if facts[i] != "" {
			c.PackageVetx[i] = facts[i]
		}
	}
	return c
}

func (s *shape) runUnit(t *testing.T, c *unitConfig) []string {
	data, err := json.Marshal(c)
	require.NoError(t, err)
	file := c.VetxOutput + ".cfg"
	require.NoError(t, os.WriteFile(file, data, 0o644))
	var problems strings.Builder
	require.Zero(t, driver.Main([]string{"-json", file}, nil, io.Discard, &problems), problems.String())
	assert.FileExists(t, c.VetxOutput, "facts are always written")
	return s.readFindings(t, c.Stdout)
}

// readFindings reads the tree that go vet would print; no file is no findings.
func (s *shape) readFindings(t *testing.T, file string) []string {
	data, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	var tree map[string]map[string][]struct{ Posn, Message string }
	require.NoError(t, json.Unmarshal(data, &tree), "%s", data)
	var lines []string
	for _, analyzers := range tree {
		for _, d := range analyzers["tenantvet"] {
			lines = append(lines, strings.TrimPrefix(d.Posn, s.Dir+"/")+": "+d.Message)
		}
	}
	return lines
}
