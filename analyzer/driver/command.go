package driver

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
)

// The exit codes.
const (
	exitClean  = 0
	exitFound  = 1
	exitFailed = 2
)

// command is one invocation with its streams, so that tests run it without a
// process.
type command struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	helpOn         func(*command, []string) int
}

// fail prints an error and returns the exit code for it. Errors that were joined,
// as those of a settings file, are a line each.
func (c *command) fail(err error) int {
	for _, line := range strings.Split(err.Error(), "\n") {
		fmt.Fprintln(c.stderr, "tenantvet:", plain.Line(line))
	}
	return exitFailed
}

// parse parses flags that may stand before, between and after the operands. If
// done is true the command ends with the code.
func (c *command) parse(fs *flag.FlagSet, args []string) (operands []string, code int, done bool) {
	fs.SetOutput(io.Discard)
	for {
		err := fs.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			return nil, c.helpOn(c, []string{fs.Name()}), true
		}
		if err != nil {
			if _, inner, ok := strings.Cut(err.Error(), " for flag -format: "); ok {
				return nil, c.fail(errors.New(inner)), true
			}
			fmt.Fprintf(c.stderr, "tenantvet: %v\nrun `tenantvet help` for usage\n", err)
			return nil, exitFailed, true
		}
		rest := fs.Args()
		if len(rest) == 0 {
			return operands, 0, false
		}
		// Behind -- nothing is a flag, as the package flag has it, too.
		if ended := len(args) > len(rest) && args[len(args)-len(rest)-1] == "--"; ended {
			return append(operands, rest...), 0, false
		}
		operands, args = append(operands, rest[0]), rest[1:]
	}
}

// isTerminal reports whether a stream is a terminal, where a person looks.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

// colored reports whether a stream takes colours: a terminal does, unless its user says no.
func colored(w io.Writer) bool { return isTerminal(w) && os.Getenv("NO_COLOR") == "" }

// progress says on a terminal what is being done, each word in the place of the one
// before; nil where nobody looks.
func (c *command) progress(o *options) func(string) {
	if o.quiet || !isTerminal(c.stderr) {
		return nil
	}
	return func(what string) {
		fmt.Fprint(c.stderr, "\r\x1b[K")
		if what != "" {
			fmt.Fprint(c.stderr, "tenantvet: "+plain.Line(what)+" …")
		}
	}
}
