// Command mutate asks whether the tests would miss a change: it makes mutants of the
// analyzer's middle, a fixed sample of them, runs the tests against each, and prints
// those that no test notices.
//
//	go run ./analyzer/internal/oracle/mutate [flags]
//
// Terms. A mutant is one small change of the code (a condition negated, a conjunct
// dropped, …). It is killed by a test that fails, hangs or crashes with it, and
// survives otherwise. A survivor that no test even reaches is said to be so.
//
// All mutants of a run are in one build, each behind a switch that an environment
// variable throws: the changed copies of the files are given to the go command as an
// overlay, so the tree stays as it is, every test binary is built once and run once a
// mutant. A first run without a mutant says which tests reach which mutants (only
// those are run), how long they take, and which fail anyway (they are left out, and
// named).
//
// The sample is fixed by its seed: mutants are ranked by a hash of what they are
// (package, function, change), not of where, so an edit elsewhere does not change
// which are drawn.
//
// What survives the tests of packages is tried on the modules of testdata/shapes: by
// what comes after compilation, from their units (see replay). With -shapes, flow and
// compilation are tried on them, and all on the scripts, through the whole command.
//
// It needs the go command and the modules that the tests need, no network. It cannot
// see that a mutant is equivalent (that it changes nothing that a caller could
// notice); those that were read and found so are listed, with the reason, in
// equivalent.txt, and are not drawn.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

// options are the flags of the command.
type options struct {
	sample  int
	seed    uint64
	groups  string
	only    string
	list    bool
	shapes  bool
	verbose bool
	atMost  float64
}

func main() {
	var o options
	flag.IntVar(&o.sample, "sample", 100, "number of mutants, spread evenly over the groups")
	flag.Uint64Var(&o.seed, "seed", 1, "draws the sample")
	flag.StringVar(&o.groups, "packages", "", "run only these groups of the sample, by comma: flow, compile, callgraph, solve, proof, verdict")
	flag.StringVar(&o.only, "only", "", "run only these mutants, by comma: the ids in brackets")
	flag.BoolVar(&o.list, "list", false, "print the sample and run nothing")
	flag.BoolVar(&o.shapes, "shapes", false, "run the whole command on testdata/shapes and testdata/script against what survives everything else; slow")
	flag.BoolVar(&o.verbose, "v", false, "say of each mutant what became of it")
	flag.Float64Var(&o.atMost, "max", 15, "fail when more than this share survives, in percent")
	flag.Parse()
	failed, err := run(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	}
	if failed {
		os.Exit(1)
	}
}

// run makes the sample, runs it, and reports whether too many survive.
func run(o options) (failed bool, err error) {
	sample, all, err := sampleOf(o)
	if err != nil {
		return false, err
	}
	if o.list {
		for _, m := range sample {
			fmt.Println(m)
		}
		return false, nil
	}
	lab, err := build(".", sample)
	if err != nil {
		return false, err
	}
	defer lab.close()
	if err := lab.tryAll(sample, o); err != nil {
		return false, err
	}
	fmt.Printf("%d of %d mutants, seed %d\n", len(sample), all, o.seed)
	return summarise(os.Stdout, sample) > o.atMost, nil
}

// sampleOf draws the mutants that the flags ask for, and counts all that there are.
func sampleOf(o options) (sample []*mutant, all int, err error) {
	equivalent, err := readEquivalent()
	if err != nil {
		return nil, 0, err
	}
	chosen := split(o.groups)
	share := quotas(o.sample, len(groups))
	for i, g := range groups {
		list, err := mutantsOf(".", g)
		if err != nil {
			return nil, 0, err
		}
		all += len(list)
		list = without(list, equivalent)
		switch {
		case o.only != "":
			list = withIDs(list, split(o.only))
		case len(chosen) > 0 && !chosen[g.name]:
			list = nil
		default:
			list = draw(list, o.seed, share[i])
		}
		sample = append(sample, list...)
	}
	return sample, all, nil
}

// split reads a list by commas.
func split(list string) map[string]bool {
	out := map[string]bool{}
	for _, name := range strings.Split(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			out[name] = true
		}
	}
	return out
}
