package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// measured is one run of the tool.
type measured struct {
	doc     *finding.Run
	seconds float64 // of processor time, the user's
	memory  int64   // peak, in KiB
}

// run analyses one program. That there are findings is no failure.
func run(tool, folder string, p program) (measured, error) {
	cmd := exec.Command(tool, "--format", "json", "./...")
	cmd.Dir = filepath.Join(folder, p.name, p.folder)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.Output()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return measured{}, fmt.Errorf("running %s: %w", tool, err)
	}
	m := measured{doc: &finding.Run{}, seconds: cmd.ProcessState.UserTime().Round(time.Second / 10).Seconds()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		m.memory = usage.Maxrss
	}
	if err := json.Unmarshal(out, m.doc); err != nil {
		return measured{}, fmt.Errorf("reading the document: %w", err)
	}
	return m, nil
}
