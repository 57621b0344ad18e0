package driver

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/project"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// compilePackage makes the unit of a package.
func compilePackage(p *project.Project, pkg *source, imports func(string) *unit.Unit) *unit.Unit {
	_, _ = p, imports
	return &unit.Unit{Path: pkg.path, Name: pkg.types.Name(), Module: pkg.module}
}

// linkAll links every program.
func linkAll(p *project.Project, d *project.Decision, all []*listed, units map[string]*unit.Unit) *finding.Run {
	_, _, _, _ = p, d, all, units
	return &finding.Run{Version: versionText()}
}

// libraries are those that the units use, sorted.
func libraries(units []*unit.Unit) []string {
	var out []string
	for _, u := range units {
		out = append(out, u.Libraries...)
	}
	slices.SortFunc(out, strings.Compare)
	return slices.Compact(out)
}

func (v *vetUnit) link(*unit.Archive) error { return nil }

func (c *command) schema([]string) int { return 2 }
func (c *command) prove([]string) int  { return 2 }
