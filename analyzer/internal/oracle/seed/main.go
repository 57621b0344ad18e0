// Command seed puts known faults into a Go program whose statements are built by calls, and
// says how many of them a tool finds.
//
//	go run ./analyzer/internal/oracle/seed -column org_id [-tool tenantvet] [-every 3] [-from 0] DIR
//
// In go a folder with a checkout and the column of its tenants; out comes for each fault
// where it is and whether it was found, and the share that was. The faults are put into a
// copy.
//
// Terms. A *site* is a condition on the column that a program hands to a builder: an entry
// of a map, a text with its bind values, or what a call gives that names the column. The
// fault is that it is gone: the entry from its map, the condition from its list, or the
// whole call from its chain. It is *found* if the tool reports its function, or a path
// through it, after the change and did not before; it is *out of reach* if the tool has no
// proved call in that function or behind it before, so that nothing rests on it.
//
// It needs the go command and the modules of the program, no network. It cannot see
// conditions whose column is not written where the condition is.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	column := flag.String("column", "", "the column of the tenants")
	tool := flag.String("tool", "tenantvet", "the command that is run")
	every := flag.Int("every", 3, "one site of so many is changed")
	from := flag.Int("from", 0, "the first of them")
	list := flag.Bool("list", false, "list the sites, and change nothing")
	flag.Parse()
	if *column == "" || flag.NArg() != 1 || *every < 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *column, *tool, *every, *from, *list); err != nil {
		fmt.Fprintln(os.Stderr, "seed:", err)
		os.Exit(1)
	}
}

func run(dir, column, tool string, every, from int, list bool) error {
	all, err := sitesIn(dir, column)
	if err != nil {
		return err
	}
	if list {
		for _, s := range all {
			fmt.Printf("%s:%d %s\n", s.file, s.line, s.kind)
		}
		return nil
	}
	var chosen []site
	for i, s := range all {
		if i%every == from%every {
			chosen = append(chosen, s)
		}
	}
	before, err := ask(tool, dir)
	if err != nil {
		return err
	}
	changed, err := changedCopy(dir, chosen)
	if err != nil {
		return err
	}
	defer os.RemoveAll(changed)
	after, err := ask(tool, changed)
	if err != nil {
		return err
	}
	return tell(os.Stdout, chosen, before, after)
}
