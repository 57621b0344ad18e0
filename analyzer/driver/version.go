package driver

import (
	"fmt"
	"runtime/debug"
)

// versionText is the version of this program, "devel" for a build from a
// checkout.
func versionText() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

// version prints the version of this program.
func (c *command) version([]string) int {
	fmt.Fprintln(c.stdout, "tenantvet", versionText())
	return exitClean
}
