package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A lab holds the test binaries of a run, with all mutants in them.
type lab struct {
	root string
	dir  string // of what is built
	kits map[string]*kit
	// slack is what a mutant may take beside five times what the tests take.
	slack time.Duration
}

// A kit is the test binary of one package.
type kit struct {
	pkg     string
	binary  string        // none where the package has no tests
	took    time.Duration // without a mutant
	skip    string        // tests that fail anyway, or are left out
	replay  []string      // arguments of the command that replays shapes; none of a package's tests
	cases   bool          // its tests run in parallel, so failfast does not stop them
	reached map[int]bool
}

// build writes the mutated files as an overlay, builds the tests that consume them,
// and runs these once without a mutant.
func build(root string, sample []*mutant) (*lab, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return nil, err
	}
	l := &lab{root: root, dir: dir, kits: map[string]*kit{}, slack: 20 * time.Second}
	overlay, err := l.overlay(sample)
	if err != nil {
		return nil, err
	}
	for _, m := range sample {
		for _, pkg := range m.tests {
			if l.kits[pkg] != nil {
				continue
			}
			if l.kits[pkg], err = l.assemble(pkg, overlay); err != nil {
				return nil, err
			}
		}
	}
	return l, nil
}

func (l *lab) close() { _ = os.RemoveAll(l.dir) }

// overlay writes the mutated files and the file of switches of each package.
func (l *lab) overlay(sample []*mutant) (string, error) {
	files := map[string][]*mutant{}
	for i, m := range sample {
		m.n = i + 1
		files[m.file] = append(files[m.file], m)
	}
	replace := map[string]string{}
	put := func(name, text string) error {
		copied := filepath.Join(l.dir, strconv.Itoa(len(replace))+".go")
		replace[filepath.Join(l.root, name)] = copied
		return os.WriteFile(copied, []byte(text), 0o600)
	}
	clause := regexp.MustCompile(`(?m)^package (\w+)`)
	for name, list := range files {
		src, err := os.ReadFile(filepath.Join(l.root, name))
		if err != nil {
			return "", err
		}
		if err := put(name, mutated(src, list)); err != nil {
			return "", err
		}
		own := filepath.Join(filepath.Dir(name), "zz_mutants.go")
		if replace[filepath.Join(l.root, own)] != "" {
			continue
		}
		if err := put(own, fmt.Sprintf(switches, clause.FindSubmatch(src)[1])); err != nil {
			return "", err
		}
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(l.dir, "overlay.json")
	return name, os.WriteFile(name, data, 0o600)
}

// assemble builds the tests of a package and runs them without a mutant.
func (l *lab) assemble(pkg, overlay string) (*kit, error) {
	k := &kit{pkg: pkg, skip: "^(" + leftOut + ")$", reached: map[int]bool{}}
	tests, err := filepath.Glob(filepath.Join(l.root, pkg, "*_test.go"))
	if err != nil || len(tests) == 0 {
		return k, err
	}
	if k.binary, err = l.buildTests(pkg, overlay); err != nil {
		return nil, err
	}
	return k, l.first(k)
}

// buildTests builds the tests of a package.
func (l *lab) buildTests(pkg, overlay string) (binary string, err error) {
	binary = filepath.Join(l.dir, strings.ReplaceAll(pkg, "/", "-")+".test")
	cmd := exec.Command("go", "test", "-c", "-overlay", overlay, "-o", binary, "./"+pkg)
	cmd.Dir = l.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the tests of %s: %w\n%s", pkg, err, out)
	}
	return binary, nil
}

// first runs a kit without a mutant: how long it takes, what it reaches, what fails.
func (l *lab) first(k *kit) error {
	record := k.binary + ".reached"
	began := time.Now()
	out, err := l.exec(k, []string{"MUTANT_RECORD=" + record}, 10*time.Minute, verbose)
	k.took = time.Since(began)
	if failing := failures(out); err != nil && len(failing) > 0 {
		fmt.Printf("%s: without a mutant these fail, and are left out: %s\n", k.pkg, strings.Join(failing, ", "))
		k.skip = "^(" + leftOut + "|" + strings.Join(failing, "|") + ")$"
	} else if err != nil {
		return fmt.Errorf("the tests of %s do not run: %w\n%s", k.pkg, err, out)
	}
	return readReached(record, k.reached)
}

// readReached adds the mutants of a record to those that are reached.
func readReached(record string, reached map[int]bool) error {
	data, err := os.ReadFile(record)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, line := range strings.Fields(string(data)) {
		n, err := strconv.Atoi(line)
		if err != nil {
			return err
		}
		reached[n] = true
	}
	return err
}

// failedTest is what a test binary says of a test at the top, or of one case.
var failedTest = regexp.MustCompile(`(?m)^(?:--- FAIL: |\s+--- FAIL: \w+/)([\w-]+)`)

func failures(out []byte) []string {
	var list []string
	for _, m := range failedTest.FindAllSubmatch(out, -1) {
		list = append(list, string(m[1]))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// verbose is the flag with which all tests run, and not up to the first that fails.
const verbose = "-test.v"

// exec runs a kit where go test would. A mutant may take all memory before its time
// is over, so that is limited where the shell can.
func (l *lab) exec(k *kit, env []string, limit time.Duration, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	out := &output{}
	if k.cases && !slices.Contains(args, verbose) {
		out.failed = cancel
		args = append(args, verbose) // else it prints at the end
	}
	args = append([]string{"-c", `ulimit -v 8000000 2>/dev/null; exec "$0" "$@"`, k.binary}, k.arguments(args)...)
	cmd := exec.CommandContext(ctx, "sh", args...)
	cmd.Dir = filepath.Join(l.root, k.pkg)
	cmd.Env = append(os.Environ(), env...)
	cmd.WaitDelay = time.Second
	cmd.Stdout, cmd.Stderr = out, out
	err := cmd.Run()
	if ctx.Err() == context.DeadlineExceeded {
		return out.Bytes(), ctx.Err()
	}
	return out.Bytes(), err
}

// arguments are those that the binary takes; more come from who runs it.
func (k *kit) arguments(more []string) []string {
	if k.replay != nil {
		return k.replay
	}
	args := append([]string{"-test.skip", k.skip}, more...)
	if !slices.Contains(more, verbose) {
		args = append(args, "-test.failfast")
	}
	return args
}

// An output keeps what a kit prints, and tells when the first test in it fails.
type output struct {
	bytes.Buffer
	failed func() // nil where nobody asks
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.Buffer.Write(p)
	if o.failed != nil && bytes.Contains(o.Bytes(), []byte("--- FAIL: ")) {
		o.failed()
	}
	return n, err
}

// tryAll runs the tests against each mutant.
func (l *lab) tryAll(sample []*mutant, o options) error {
	for _, m := range sample {
		l.try(m)
		if o.verbose {
			fmt.Printf("%s: %s %s\n", m, m.fate, m.by)
		}
	}
	overlay := filepath.Join(l.dir, "overlay.json")
	if err := l.tryReplayed(sample, o, overlay); err != nil || !o.shapes {
		return err
	}
	return l.tryCases(sample, o, overlay)
}

// tryReplayed tries what is still alive of what comes after compilation on the shapes.
func (l *lab) tryReplayed(sample []*mutant, o options, overlay string) error {
	alive := slices.DeleteFunc(slices.Clone(sample), func(m *mutant) bool { return !m.alive() || !m.links })
	if len(alive) == 0 {
		return nil
	}
	k, err := l.replay(overlay)
	if err != nil {
		return err
	}
	for _, m := range alive {
		if l.tryWith(m, k) && o.verbose {
			fmt.Printf("%s: %s %s\n", m, m.fate, m.by)
		}
	}
	return nil
}

// replay builds the command that links the shapes from their units, and runs it twice
// without a mutant: to compile them, and to see what it reaches and how long it takes.
func (l *lab) replay(overlay string) (*kit, error) {
	k := &kit{pkg: replayer, binary: filepath.Join(l.dir, "replay"), reached: map[int]bool{}}
	cmd := exec.Command("go", "build", "-overlay", overlay, "-o", k.binary, "./"+replayer)
	cmd.Dir = l.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building %s: %w\n%s", replayer, err, out)
	}
	modules, err := filepath.Glob(filepath.Join(l.root, "testdata/shapes/*.txtar"))
	if err != nil {
		return nil, err
	}
	k.replay = append([]string{filepath.Join(l.dir, "modules")}, modules...)
	if out, err := l.exec(k, nil, 10*time.Minute); err != nil {
		return nil, fmt.Errorf("without a mutant: %w\n%s", err, out)
	}
	return k, l.first(k)
}

// try runs the tests that reach a mutant until one kills it.
func (l *lab) try(m *mutant) {
	m.fate = unreached
	for _, pkg := range m.tests {
		if l.tryWith(m, l.kits[pkg]) {
			return
		}
	}
}

// tryWith reports whether the tests of a kit kill a mutant.
func (l *lab) tryWith(m *mutant, k *kit, args ...string) bool {
	if k.binary == "" || !k.reached[m.n] {
		return false
	}
	out, err := l.exec(k, []string{"MUTANT=" + strconv.Itoa(m.n)}, 5*k.took+l.slack, args...)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		m.fate, m.by = timedOut, k.pkg
	case err != nil:
		m.fate, m.by = killed, strings.Join(append(failures(out), k.pkg), " ")
	default:
		m.fate = survived
	}
	return err != nil
}
