package driver

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/ci"
)

// output is a format and where it goes, "" for the standard output.
type output struct{ format, file string }

// outputs are the values of --format, in their order; -o gives the last of them that
// has no file of its own one.
type outputs []output

// Set takes NAME, NAME=FILE, or several of both with commas between them.
func (o *outputs) Set(value string) error {
	for _, part := range strings.Split(value, ",") {
		name, file, named := strings.Cut(part, "=")
		if report.FormatOf(name) == nil {
			return fmt.Errorf("--format is %s, not %q", report.FormatNames(), name)
		}
		if named && file == "" {
			return fmt.Errorf("--format %s= names no file", name)
		}
		*o = append(*o, output{name, file})
	}
	return nil
}

// String is the flag as it would be written.
func (o *outputs) String() string {
	var parts []string
	for _, x := range *o {
		if x.file != "" {
			parts = append(parts, x.format+"="+x.file)
		} else {
			parts = append(parts, x.format)
		}
	}
	return strings.Join(parts, ",")
}

// settled are the outputs of a run: text where none is asked for, and with the file of
// -o. Two formats in one stream would be neither.
func (o outputs) settled(file string) (outputs, error) {
	if len(o) == 0 {
		o = outputs{{format: "text"}}
	}
	out := append(outputs{}, o...)
	for i := len(out) - 1; i >= 0 && file != ""; i-- {
		if out[i].file == "" {
			out[i].file, file = file, ""
		}
	}
	if file != "" {
		return nil, fmt.Errorf("-o %s: every format has a file already", file)
	}
	streamed := ""
	for _, x := range out {
		if x.file == "" && streamed != "" {
			return nil, fmt.Errorf("%s and %s would both be printed; give one a file, as --format %s=FILE", streamed, x.format, x.format)
		}
		if x.file == "" {
			streamed = x.format
		}
	}
	return out, nil
}

// render writes the run in each format that was asked for. A format is a pure function
// of the run; nothing is decided here.
func (c *command) render(o *options, run *finding.Run) error {
	for _, x := range o.outputs {
		write := report.FormatOf(x.format).Write
		if x.format == "text" {
			write = report.TextOptions{All: o.all, Quiet: o.quiet, Color: x.file == "" && colored(c.stdout)}.Write
		}
		if err := c.writeTo(x.file, run, write); err != nil {
			return err
		}
		if x.format == "github" {
			if err := c.summarise(run); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeTo writes a format to a file, whole or not at all, or to the standard output.
func (c *command) writeTo(file string, run *finding.Run, write func(io.Writer, *finding.Run) error) error {
	if file == "" {
		return write(c.stdout, run)
	}
	var b bytes.Buffer
	if err := write(&b, run); err != nil {
		return err
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// summarise appends the summary of the job where GitHub wants it.
func (c *command) summarise(run *finding.Run) error {
	name := os.Getenv("GITHUB_STEP_SUMMARY")
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("writing the job summary: %w", err)
	}
	err = ci.GitHubSummary(f, run)
	if closed := f.Close(); err == nil && closed != nil {
		err = fmt.Errorf("writing the job summary: %w", closed)
	}
	return err
}
