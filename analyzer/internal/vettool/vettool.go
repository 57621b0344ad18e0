// Package vettool answers the go command as a vet tool: one unit of `go vet -vettool`
// in, its facts and findings out.
//
// It is our own instead of x/tools' unitchecker, because a unit that is not of the main
// module must be answered before it is type-checked, and because the facts are one
// archive per package, not objects.
//
// It cannot see flags that the go command does not hand on to a vet tool (-tags, -mod,
// -overlay); those of the environment it can.
package vettool

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// The protocol is that of cmd/go/internal/work: the tool is asked for its flags
// and its name, and then run once for each package, with a file that describes
// the package, in the order of imports.

// Flags are the flags that `go vet` may hand on to the tool, in the form in
// which it asks for them. Everything else comes from the settings file, which
// all drivers read.
const Flags = `[{"Name":"json","Bool":true,"Usage":"print findings as JSON"}]` + "\n"

// IsCall reports whether the arguments are those with which the go command
// runs a vet tool: flags, and the configuration of one unit.
func IsCall(args []string) bool {
	return len(args) > 0 && strings.HasSuffix(args[len(args)-1], ".cfg")
}

// Run answers one unit of `go vet -vettool`. The facts are always written: a
// unit without facts would leave its importers blind. The exit code is 0 with
// findings, too, where the go command reads them as JSON: a unit that fails is
// neither cached nor handed on.
func Run(args []string, stdout, stderr io.Writer) int {
	c, err := readVetConfig(args[len(args)-1])
	if err != nil {
		fmt.Fprintln(stderr, "tenantvet:", err)
		return 2
	}
	v := &vetUnit{vetConfig: c, env: os.Getenv}
	facts := v.analyse()
	if err := os.WriteFile(c.VetxOutput, facts, 0o666); err != nil {
		fmt.Fprintln(stderr, "tenantvet: writing facts:", err)
		return 2
	}
	// Nobody asked for findings: the unit is a dependency of one that was named.
	if c.VetxOnly {
		return 0
	}
	if fixes(args) {
		return v.writeFixes(args, stderr)
	}
	if asked(args, "json") {
		return v.writeJSON(stdout, stderr)
	}
	return v.writeText(stderr)
}

// asked reports whether the boolean flag is among the arguments.
func asked(args []string, name string) bool {
	for _, a := range args {
		a = "-" + strings.TrimLeft(a, "-")
		if a == "-"+name || a == "-"+name+"=true" {
			return true
		}
	}
	return false
}

// fixes reports whether the go command asks for fixes in the place of findings.
func fixes(args []string) bool { return asked(args, "fix") || asked(args, "diff") }

// diagnostic is a finding in the form that `go vet` reads. Positions are texts, so
// that one may lie in a file that the process never opened. What the go command does
// not know it passes on with -json, and leaves out of its lines; it would print a
// `related` as a line of its own.
type diagnostic struct {
	Posn        string `json:"posn"`
	End         string `json:"end,omitempty"`
	Category    string `json:"category,omitempty"` // the rule
	Tier        string `json:"tier,omitempty"`
	Fingerprint string `json:"fingerprint,omitempty"`
	Message     string `json:"message"`
	Steps       []step `json:"steps,omitempty"`
}

// step is a place on the way to the query.
type step struct {
	Posn    string `json:"posn"`
	Message string `json:"message"`
}

// writeJSON writes the tree unit -> analyzer -> findings, or an error in their
// place; the go command prints it, now and when it replays the unit. Without
// findings nothing is written: that is how the protocol says "none".
func (v *vetUnit) writeJSON(stdout, stderr io.Writer) int {
	var result any
	switch {
	case v.failure != nil:
		result = map[string]string{"error": v.failure.Error()}
	case len(v.found) > 0:
		result = v.found
	default:
		return 0
	}
	data, err := json.MarshalIndent(map[string]map[string]any{v.ID: {"tenantvet": result}}, "", "\t")
	if err == nil {
		data = append(data, '\n')
		if v.Stdout == "" {
			_, err = stdout.Write(data)
		} else {
			err = os.WriteFile(v.Stdout, data, 0o666)
		}
	}
	if err != nil {
		fmt.Fprintln(stderr, "tenantvet: writing findings:", err)
		return 2
	}
	return 0
}

// writeText is for versions of the go command that do not ask for JSON: findings
// as lines, and exit code 1 if there are any.
func (v *vetUnit) writeText(stderr io.Writer) int {
	if v.failure != nil {
		fmt.Fprintln(stderr, "tenantvet:", v.failure)
		return 1
	}
	for _, d := range v.found {
		fmt.Fprintf(stderr, "%s: %s\n", d.Posn, d.Message)
	}
	if len(v.found) > 0 {
		return 1
	}
	return 0
}
