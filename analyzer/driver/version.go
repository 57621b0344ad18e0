package driver

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"github.com/tenantvet/tenantvet/analyzer/internal/project"
)

// The go command replays the results of a vet tool as long as the tool calls
// itself by the same name. So the name holds all that a result depends on and
// that is no input of a unit: this program, and what was decided about the
// tables.

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

// printID answers -V=full, by which the go command keys its cache of vet
// results. Settings and migrations are no inputs of a unit for the go command,
// so what was decided from them is part of the tool's identity.
func (c *command) printID() int {
	h := sha256.New()
	kept := index.User()
	if err := hashSelf(h, kept); err != nil {
		return c.fail(err)
	}
	// The go command asks in the user's folder; units are run in their packages'
	// folders, and find the same project from there.
	io.WriteString(h, decision(".", kept))
	fmt.Fprintf(c.stdout, "tenantvet version devel buildID=%s\n", hex.EncodeToString(h.Sum(nil)))
	return exitClean
}

// decision is a digest of what the files of the project of dir decide. Where
// they cannot be read the error stands for it: the units report it.
func decision(dir string, kept index.Store) string {
	p, err := project.Find(dir, os.Getenv)
	if err != nil {
		return "error " + err.Error()
	}
	p.Index = kept
	d, err := p.Decide()
	if err != nil {
		return "error " + err.Error()
	}
	return d.Digest()
}

// hashSelf writes a digest of the own program, from the index where the program
// has not changed.
func hashSelf(w io.Writer, kept index.Store) error {
	name, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding the own program: %w", err)
	}
	sum, ok := kept.Get(name)
	if !ok {
		disk, since := index.NewDisk(""), time.Now()
		data, err := disk.ReadFile(name)
		if err != nil {
			return fmt.Errorf("hashing the own program: %w", err)
		}
		whole := sha256.Sum256(data)
		sum = whole[:]
		kept.Put(name, sum, disk, since)
	}
	_, err = w.Write(sum)
	return err
}
