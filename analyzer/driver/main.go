// Package driver is the command line of tenantvet: the stand-alone run, the
// protocol of `go vet -vettool`, and the subcommands.
//
// In go arguments and streams; out come text and an exit code: 0 clean, 1
// errors (with --strict also warnings, unproven calls, unconfirmed assumptions), 2 settings or
// loading failed.
//
// Both ways to run make the same units and the same link. Stand-alone, one
// process compiles all packages of the main modules and links each program;
// under `go vet`, a process compiles one package, takes the units of its
// imports from their facts, and links if the package is a program. That is why
// their errors agree, and it is all that keeps them together: nothing is
// decided here.
package driver

import (
	"io"

	"github.com/tenantvet/tenantvet/analyzer/internal/load"
	"github.com/tenantvet/tenantvet/analyzer/internal/vettool"
)

// subcommand is a word that may stand first.
type subcommand struct {
	name    string
	summary string
	run     func(*command, []string) int
}

// subcommands are all subcommands, in the order in which help lists them. It is a
// function because the entries mention each other.
func subcommands() []subcommand {
	return []subcommand{
		{"explain", "explain a word of a report: a rule, a verdict, an excuse, an assumption, a reason", (*command).explain},
		{"why", "show all that is known of the calls at FILE:LINE", (*command).why},
		{"init", "write a settings file of what is decided, to be reviewed", (*command).initialise},
		{"baseline", "write the file of what is known, so that runs report what is new", (*command).baseline},
		{"schema", "show the tables, whose they are, and why", (*command).schema},
		{"rls", "show row-level security, table by table", (*command).rls},
		{"prove", "show how a statement is tied to a tenant, relation by relation", (*command).prove},
		{"help", "help on a subcommand, or on the settings", (*command).help},
		{"completion", "print the script by which bash, zsh or fish completes words", (*command).completion},
		{"version", "print the version", (*command).version},
	}
}

// Main runs the command with the arguments after its name and returns the exit
// code. The go command speaks first: its protocol is told by the form of the
// arguments alone, because it also calls the tool in folders where there is
// nothing to analyse. Everything that is no subcommand is a package pattern.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := &command{stdin: stdin, stdout: stdout, stderr: stderr, helpOn: (*command).help}
	if len(args) == 0 {
		return c.analyse(nil)
	}
	switch {
	case args[0] == "-V=full" || args[0] == "--V=full":
		if err := vettool.PrintID(stdout); err != nil {
			return c.fail(err)
		}
		return exitClean
	case args[0] == "-flags" || args[0] == "--flags":
		io.WriteString(stdout, vettool.Flags)
		return exitClean
	case args[0] == load.Toolexec:
		return load.Decline(args[1:], stdout, stderr)
	case vettool.IsCall(args):
		return vettool.Run(args, stdout, stderr)
	}
	for _, s := range subcommands() {
		if s.name == args[0] {
			return s.run(c, args[1:])
		}
	}
	return c.analyse(args)
}
