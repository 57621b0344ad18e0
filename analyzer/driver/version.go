package driver

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/tenantvet/tenantvet/analyzer/internal/project"
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

func (c *command) version([]string) int {
	fmt.Fprintln(c.stdout, "tenantvet", versionText())
	return exitClean
}

// printID answers -V=full, by which the go command keys its cache of vet
// results. Settings and migrations are no inputs of a unit for the go command,
// so what was decided from them is part of the tool's identity.
func (c *command) printID() int {
	h := sha256.New()
	if err := hashSelf(h); err != nil {
		return c.fail(err)
	}
	io.WriteString(h, decision("."))
	fmt.Fprintf(c.stdout, "tenantvet version devel buildID=%s\n", hex.EncodeToString(h.Sum(nil)))
	return exitClean
}

// decision is a digest of what the files of the project of dir decide. Where
// they cannot be read the error stands for it: the units report it.
func decision(dir string) string {
	p, err := project.Find(dir, os.Getenv)
	if err != nil {
		return "error " + err.Error()
	}
	d, err := p.Decide()
	if err != nil {
		return "error " + err.Error()
	}
	return d.Digest()
}

func hashSelf(w io.Writer) error {
	name, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding the own program: %w", err)
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("hashing the own program: %w", err)
	}
	defer f.Close()
	if _, err := io.Copy(w, f); err != nil {
		return fmt.Errorf("hashing the own program: %w", err)
	}
	return nil
}
