package goalone

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/goprogram"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/gorun"
)

// Bench is where programs are written, read and run.
type Bench struct {
	Root string // of our module
	Dir  string // a folder of its own, empty
	Tool string // tenantvet, built
	DSN  func(context.Context) (string, error)
	runs int
}

// written are programs in a module.
type written struct {
	dir, run string
	files    []*goprogram.File
}

const modulePath = "example.com/programs"

// runnerPath is below our own path, so that it may import what is internal.
const runnerPath = "github.com/tenantvet/tenantvet/analyzer/internal/oracle/goalone/process"

// write makes the module of the programs and the one of the process beside it.
func (b *Bench) write(programs []goprogram.Program) (*written, error) {
	b.runs++
	base := filepath.Join(b.Dir, fmt.Sprint("run", b.runs))
	w := &written{dir: filepath.Join(base, "programs"), run: filepath.Join(base, "process")}
	texts := map[string]string{
		filepath.Join(w.dir, "go.mod"):     "module " + modulePath + "\n\ngo 1.26.0\n",
		filepath.Join(w.dir, "schema.sql"): gorun.Schema,
	}
	next := 1
	for i, p := range programs {
		f, err := goprogram.Render(p, fmt.Sprint("p", i), next)
		if err != nil {
			return nil, err
		}
		next += len(f.Queries)
		w.files = append(w.files, f)
		texts[filepath.Join(w.dir, f.Package, "app.go")] = f.Text
		texts[filepath.Join(w.dir, "cmd", f.Package, "main.go")] = mainOf(f.Package)
	}
	if err := b.process(w, texts); err != nil {
		return nil, err
	}
	return w, writeAll(texts)
}

// mainOf is the program as a person would start it.
func mainOf(name string) string {
	return strings.ReplaceAll(`package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"

	"example.com/programs/NAME"
)

func main() {
	db, err := sql.Open("pgx", os.Getenv("DSN"))
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(":8080", NAME.New(db)))
}
`, "NAME", name)
}

// process adds the runner, which imports all programs.
func (b *Bench) process(w *written, texts map[string]string) error {
	mod, err := os.ReadFile(filepath.Join(b.Root, "go.mod"))
	if err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(b.Root, "go.sum"))
	if err != nil {
		return err
	}
	head, rest, _ := strings.Cut(string(mod), "\n")
	ours := strings.TrimPrefix(head, "module ")
	texts[filepath.Join(w.run, "go.sum")] = string(sum)
	texts[filepath.Join(w.run, "go.mod")] = "module " + runnerPath + "\n" + rest +
		fmt.Sprintf("\nrequire (\n%s v0.0.0\n%s v0.0.0\n)\n\nreplace %s => %s\n\nreplace %s => %s\n", ours, modulePath, ours, b.Root, modulePath, w.dir)
	var imports, list strings.Builder
	for _, f := range w.files {
		fmt.Fprintf(&imports, "\t\"%s/%s\"\n", modulePath, f.Package)
		fmt.Fprintf(&list, "\t\t\"%s\": %s.New,\n", f.Package, f.Package)
	}
	texts[filepath.Join(w.run, "main.go")] = "package main\n\nimport (\n\t\"database/sql\"\n\t\"net/http\"\n\n\t\"github.com/tenantvet/tenantvet/analyzer/internal/oracle/gorun\"\n" + imports.String() +
		")\n\nfunc main() {\n\tgorun.Main(map[string]func(*sql.DB) http.Handler{\n" + list.String() + "\t})\n}\n"
	routes, err := json.Marshal(w.files)
	texts[filepath.Join(w.run, "routes.json")] = string(routes)
	return err
}

// writeAll makes the files.
func writeAll(texts map[string]string) error {
	for name, text := range texts {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// observe builds the process and runs it.
func (b *Bench) observe(ctx context.Context, w *written) ([]gorun.Observation, error) {
	binary := filepath.Join(w.run, "process.exe")
	build := exec.CommandContext(ctx, "go", "build", "-mod=mod", "-ldflags=-s -w", "-o", binary, ".")
	build.Dir = w.run
	if text, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("the programs do not build: %w\n%s", err, text)
	}
	dsn, err := b.DSN(ctx)
	if err != nil {
		return nil, err
	}
	var out []gorun.Observation
	return out, output(exec.CommandContext(ctx, binary, filepath.Join(w.run, "routes.json"), dsn), w.run, &out)
}

// output runs a command that writes JSON.
func output(c *exec.Cmd, dir string, to any) error {
	var errs strings.Builder
	c.Dir, c.Stderr = dir, &errs
	text, err := c.Output()
	if len(text) == 0 {
		return fmt.Errorf("%s: %v\n%s", c.Path, err, errs.String())
	}
	if err := json.Unmarshal(text, to); err != nil {
		return fmt.Errorf("%s: %w\n%s", c.Path, err, errs.String())
	}
	return nil
}
