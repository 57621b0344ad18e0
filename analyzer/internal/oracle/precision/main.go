// Command precision runs tenantvet on programs that are checked out and says how its
// findings stand against what people who read them said.
//
//	go run ./analyzer/internal/oracle/precision -tool tenantvet -programs DIR [PROGRAM …]
//
// In go a tool, a folder with one checkout a program (DIR/fider), and labels.tsv beside
// this file; out comes for each program: how many errors are true, arguable, false or not
// read yet, the share that is true or arguable, the share of reached calls that is
// proved, why calls are unproven, seconds and memory, and which findings are new or gone.
//
// Terms. A *label* is what a reader said of one finding: *true* (a row of another tenant
// comes to be seen or changed), *arguable* (a maintainer might want it said), or *false*,
// with a line that says why. It names the program, the commit that was read, the place
// and the rule, and no code. A label of an error that is none any more is *gone*: good
// where it was false, and a leak that was lost where it was true and nothing is said at
// its place.
//
// It does not fetch anything, and it cannot see that a checkout is another commit than
// the one that was read: lines move, so the labels of another commit are not found.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"os"
	"slices"
)

//go:embed labels.tsv
var labelled string

func main() {
	tool := flag.String("tool", "tenantvet", "the command that is run")
	programs := flag.String("programs", "", "folder of the checkouts, one a program")
	flag.Parse()
	if *programs == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := measure(*tool, *programs, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "precision:", err)
		os.Exit(1)
	}
}

// measure runs the tool on each program that has labels, or on those that are named.
func measure(tool, folder string, only []string) error {
	labels, err := parseLabels(labelled)
	if err != nil {
		return err
	}
	var all tally
	for _, p := range programsOf(labels) {
		if len(only) > 0 && !slices.Contains(only, p.name) {
			continue
		}
		m, err := run(tool, folder, p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		t := compare(m.doc, labels[p.name])
		all.add(t)
		fmt.Print(summary(p, m, t))
	}
	fmt.Println("all:", all.line())
	return nil
}
