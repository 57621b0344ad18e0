package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A suite is a test of the whole command that has a subtest for each archive of a folder.
type suite struct {
	test, folder string
	links        bool // what comes after compilation is tried with it, too: it is not replayed
}

var suites = [...]suite{{"TestShapes", "testdata/shapes", false}, {"TestScripts", "testdata/script", true}}

// tryCases tries what is still alive through the whole command: on the cases that reach
// it alone, because all of them take minutes.
func (l *lab) tryCases(sample []*mutant, o options, overlay string) error {
	for _, s := range suites {
		alive := slices.DeleteFunc(slices.Clone(sample), func(m *mutant) bool { return !m.alive() || m.links && !s.links })
		if len(alive) == 0 {
			continue
		}
		binary, err := l.buildTests(command, overlay)
		if err != nil {
			return err
		}
		k := &kit{pkg: command, binary: binary, cases: true, skip: "^(" + leftOut + ")$", reached: map[int]bool{}}
		reachedBy, err := l.eachCase(k, s)
		if err != nil {
			return err
		}
		for _, m := range alive {
			killed := l.tryWith(m, k, "-test.short", "-test.run", "^"+s.test+"$/^("+strings.Join(reachedBy[m.n], "|")+")$")
			if killed && o.verbose {
				fmt.Printf("%s: %s %s\n", m, m.fate, m.by)
			}
		}
	}
	return nil
}

// eachCase runs each case of a suite without a mutant, and returns which mutants are
// reached by which cases.
func (l *lab) eachCase(k *kit, s suite) (map[int][]string, error) {
	files, err := filepath.Glob(filepath.Join(l.root, s.folder, "*.txtar"))
	if err != nil {
		return nil, err
	}
	out := map[int][]string{}
	began := time.Now()
	for i, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		record := filepath.Join(l.dir, s.test+strconv.Itoa(i)+".reached")
		text, err := l.exec(k, []string{"MUTANT_RECORD=" + record}, 10*time.Minute, verbose, "-test.short", "-test.run", "^"+s.test+"$/^"+name+"$")
		if err != nil {
			fmt.Printf("%s: without a mutant %s fails, and is left out\n%s", s.folder, name, text)
			continue
		}
		reached := map[int]bool{}
		if err := readReached(record, reached); err != nil {
			return nil, err
		}
		for n := range reached {
			k.reached[n], out[n] = true, append(out[n], name)
		}
	}
	k.took = time.Since(began)
	return out, nil
}
