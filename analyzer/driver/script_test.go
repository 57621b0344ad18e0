package driver_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tenantvet/tenantvet/analyzer/driver"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// TestMain makes the test binary the command, too: scripts run it as tenantvet,
// and the go command runs it as vet tool.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "decline" { // run by go list for a test that calls driver.Main
		os.Exit(driver.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	testscript.Main(m, map[string]func(){
		"tenantvet": func() { os.Exit(driver.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "../../testdata/script",
		Setup: setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"module": copyModule,
			"edit":   edit,
			"go-vet": goVet,

			"same-errors": sameErrors,
		},
	})
}

// setup lets scripts use the machine's build cache and modules, but nothing of
// its go settings.
func setup(env *testscript.Env) error {
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN"} {
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			return err
		}
		env.Setenv(name, strings.TrimSpace(string(out)))
	}
	env.Setenv("GOFLAGS", "")
	env.Setenv("GOWORK", "")
	return nil
}

// copyModule copies a module of testdata: module NAME [DIR].
func copyModule(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: module NAME [DIR]")
	}
	to := "."
	if len(args) == 2 {
		to = args[1]
	}
	from, err := filepath.Abs(filepath.Join("..", "..", "testdata", args[0]))
	ts.Check(err)
	ts.Check(os.CopyFS(ts.MkAbs(to), os.DirFS(from)))
}

// edit replaces a text that occurs once: edit FILE OLD NEW; \n is a new line.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	lines := strings.NewReplacer(`\n`, "\n", `\t`, "\t")
	old, new := lines.Replace(args[1]), lines.Replace(args[2])
	file := ts.MkAbs(args[0])
	text := ts.ReadFile(args[0])
	if strings.Count(text, old) != 1 {
		ts.Fatalf("%s has %d times %q", args[0], strings.Count(text, old), old)
	}
	ts.Check(os.WriteFile(file, []byte(strings.Replace(text, old, new, 1)), 0o644))
}

// goVet runs go vet -x with this very program as tool: go-vet [FLAGS] PACKAGES.
func goVet(ts *testscript.TestScript, neg bool, args []string) {
	tool, err := exec.LookPath("tenantvet")
	ts.Check(err)
	err = ts.Exec("go", append([]string{"vet", "-vettool=" + tool}, args...)...)
	if neg && err == nil {
		ts.Fatalf("go vet found nothing")
	}
	if !neg && err != nil {
		ts.Fatalf("go vet failed")
	}
}

// vetLine is a finding as go vet prints it; the lines of its steps are indented.
var vetLine = regexp.MustCompile(`(?m)^(\S+\.go:\d+:\d+: )(\S.*)$`)

// sameErrors compares the errors of a JSON document with what go vet printed:
// same-errors JSON VET.
func sameErrors(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: same-errors JSON VET")
	}
	run := &finding.Run{}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), run))
	vet := []string{}
	for _, m := range vetLine.FindAllStringSubmatch(ts.ReadFile(args[1]), -1) {
		vet = append(vet, m[1]+m[2])
	}
	slices.Sort(vet)
	vet = slices.Compact(vet)
	if len(vet) == 0 || !slices.Equal(vet, errorLines(run)) {
		ts.Fatalf("the command says\n%s\ngo vet says\n%s", strings.Join(errorLines(run), "\n"), strings.Join(vet, "\n"))
	}
}
