package vettool

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"github.com/tenantvet/tenantvet/analyzer/internal/project"
)

// The go command replays the results of a vet tool as long as the tool calls
// itself by the same name. So the name holds all that a result depends on and
// that is no input of a unit: this program, and what was decided about the
// tables.

// PrintID answers -V=full, by which the go command keys its cache of vet
// results. Settings and migrations are no inputs of a unit for the go command,
// so what was decided from them is part of the tool's identity.
func PrintID(w io.Writer) error {
	h := sha256.New()
	kept := index.User()
	if err := hashSelf(h, kept); err != nil {
		return err
	}
	// The go command asks in the user's folder; units are run in their packages'
	// folders, and find the same project from there.
	io.WriteString(h, decision(".", kept))
	_, err := fmt.Fprintf(w, "tenantvet version devel buildID=%s\n", hex.EncodeToString(h.Sum(nil)))
	return err
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
