package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// What packages there are is the go command's answer and nobody else's: it
// knows build tags, workspaces, vendoring and replacements. It is asked once,
// for everything, and never to build.

// Listed is what `go list` says of a package.
type Listed struct {
	ImportPath string
	Name       string
	Dir        string
	Export     string // file with export data, "" if it is not in the build cache
	GoFiles    []string
	CgoFiles   []string
	// IgnoredGoFiles are those that build constraints leave out.
	IgnoredGoFiles []string
	Imports        []string
	ImportMap      map[string]string
	Standard       bool
	DepOnly        bool
	Module         *struct {
		Path      string
		Main      bool
		GoVersion string
	}
	Error *struct {
		Pos string
		Err string
	}
}

// Main reports whether p belongs to a main module.
func (p *Listed) Main() bool { return p.Module != nil && p.Module.Main }

// fields are the fields of Listed; go list computes only what is asked for.
const listFields = "ImportPath,Name,Dir,Export,GoFiles,CgoFiles,IgnoredGoFiles,Imports,ImportMap,Standard,DepOnly,Module,Error"

// goCommand runs the go command in dir and returns what it prints. The error is
// what it printed elsewhere: it is the user's go command, and says best what is
// wrong with the user's module.
func goCommand(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	// The error of the go command is the user's: its text is shown as it is.
	cmd.Dir = dir
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		text := strings.TrimSpace(problems.String())
		if text == "" {
			text = err.Error()
		}
		return nil, fmt.Errorf("go %s: %s", args[0], text)
	}
	return out.Bytes(), nil
}

// List lists the packages of the patterns and everything they import,
// dependencies first. Nothing is compiled: export data comes from the build
// cache where a build left it, because the go command is told to use this very
// program to run the compiler, and the program declines.
func List(dir string, tags string, patterns []string) ([]*Listed, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding the own program: %w", err)
	}
	args := []string{"list", "-e", "-export", "-deps", "-json=" + listFields, "-toolexec=" + quoted(self) + " " + Toolexec}
	if tags != "" {
		args = append(args, "-tags="+tags)
	}
	out, err := goCommand(dir, append(append(args, "--"), patterns...)...)
	if err != nil {
		return nil, err
	}
	return decodeList(out)
}

// decodeList reads the stream of documents that go list prints, in its order:
// dependencies come first.
func decodeList(data []byte) ([]*Listed, error) {
	var all []*Listed
	for d := json.NewDecoder(bytes.NewReader(data)); ; {
		p := &Listed{}
		err := d.Decode(p)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading go list: %w", err)
		}
		all = append(all, p)
	}
}

// quoted protects a path with blanks from being split: -Toolexec takes a line of
// words.
func quoted(path string) string {
	if strings.ContainsAny(path, " \t") {
		return "'" + path + "'"
	}
	return path
}

// Toolexec is the hidden first argument with which the go command runs this
// program instead of a compiler.
const Toolexec = "decline"

// Decline stands between the go command and its tools: it lets them tell their
// version (the C compiler does with -###), which makes the keys of the build
// cache, and refuses to build.
func Decline(args []string, stdout, stderr io.Writer) int {
	if !slices.Contains(args, "-V=full") && !slices.Contains(args, "-###") {
		return 1
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	if cmd.Run() != nil {
		return 1
	}
	return 0
}
