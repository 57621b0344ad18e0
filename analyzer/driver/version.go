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

// version prints the version of this program, and the commit that it was built from where
// that is known.
func (c *command) version([]string) int {
	fmt.Fprintf(c.stdout, "tenantvet %s%s\n", versionText(), commitText())
	return exitClean
}

// commitText is the commit in parentheses, "" if a build does not know it.
func commitText() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	known := map[string]string{}
	for _, s := range info.Settings {
		known[s.Key] = s.Value
	}
	text := known["vcs.revision"]
	if text == "" {
		return ""
	}
	if known["vcs.modified"] == "true" {
		text += ", modified"
	}
	return " (" + text + ")"
}
