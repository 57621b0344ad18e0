// Package gclplugin makes tenantvet a module plugin of golangci-lint v2: import
// it into a build of golangci-lint, as .golangci-plugin.yml tells
// `golangci-lint custom` to do.
//
// The plugin takes no settings: they stand in .tenantvet.yml, so that all
// drivers read the same. Because golangci-lint caches issues by package and by
// the names of analyzers, a silent second analyzer carries a digest of settings
// and schema in its name: it changes when what they decide changes.
package gclplugin

import (
	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/tenantvet/tenantvet/analyzer"
)

func init() {
	register.Plugin("tenantvet", func(any) (register.LinterPlugin, error) { return plugin{}, nil })
}

// plugin is the linter as golangci-lint sees it.
type plugin struct{}

// BuildAnalyzers makes the analyzer and the one that carries the digest.
func (plugin) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	s := analyzer.Settings{Dir: "."}
	return []*analysis.Analyzer{analyzer.New(s), analyzer.Digest(s)}, nil
}

// GetLoadMode asks for types.
func (plugin) GetLoadMode() string { return register.LoadModeTypesInfo }
