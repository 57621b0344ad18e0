// Command golangci is golangci-lint with the tenantvet plugin: what
// `golangci-lint custom` builds from .golangci-plugin.yml.
package main

import (
	"os"

	"github.com/golangci/golangci-lint/v2/pkg/commands"
	"github.com/golangci/golangci-lint/v2/pkg/exitcodes"

	_ "github.com/tenantvet/tenantvet/analyzer/gclplugin"
)

func main() {
	if err := commands.Execute(commands.BuildInfo{Version: "test"}); err != nil {
		os.Exit(exitcodes.Failure)
	}
}
