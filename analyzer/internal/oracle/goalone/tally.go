package goalone

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/goprogram"
)

// Tally is what a campaign counted.
type Tally struct {
	Programs, Leaking, Requests, Calls, Ran int
	Errors, FalseAlarms                     int
	Verdicts                                map[string]int
	Unproven, Alarms                        map[string]int
	constructs                              map[string]*construct
}

// construct is what programs of one word of the grammar came to.
type construct struct{ programs, leaking, unsound, alarms, unproven int }

// enough requests show that a call does not leak.
const enough = 20

// tally counts a trial.
func tally(t *trial) *Tally {
	out := &Tally{Programs: len(t.programs), Calls: len(t.said), Verdicts: map[string]int{}, Unproven: map[string]int{}, Alarms: map[string]int{}, constructs: map[string]*construct{}}
	for i, p := range t.programs {
		out.program(t, i, p)
	}
	return out
}

// program counts one.
func (y *Tally) program(t *trial, i int, p goprogram.Program) {
	ran, leaked, leaks := map[int]int{}, map[int]bool{}, false
	for _, o := range t.seen[t.files[i].Package] {
		y.Requests += o.Count
		for _, q := range o.Ran {
			ran[q] += o.Count
			leaked[q] = leaked[q] || o.Leak != ""
		}
		leaks = leaks || o.Leak != ""
	}
	one := construct{programs: 1}
	if leaks {
		y.Leaking++
		one.leaking = 1
	}
	if t.unsound(i) != nil {
		one.unsound = 1
	}
	for q := range t.files[i].Queries {
		said := t.said[q]
		y.Verdicts[cmp.Or(said.Verdict, "not listed")]++
		if ran[q] > 0 {
			y.Ran++
		}
		if said.Verdict == "unproven" {
			y.Unproven[said.Reason]++
			one.unproven++
		}
		if said.Error == "" {
			continue
		}
		y.Errors++
		if ran[q] >= enough && !leaked[q] {
			y.FalseAlarms++
			one.alarms++
			y.Alarms[said.Error+": "+t.nameOf(i, q)]++
		}
	}
	for _, word := range words(p) {
		y.add(word, one)
	}
}

// nameOf is what the route of a SQL text is, as far as it explains an alarm.
func (t *trial) nameOf(i, q int) string {
	of, ok := t.files[i].Of[q]
	if !ok {
		return "authentication"
	}
	r := t.programs[i].Routes[of]
	name := r.Tie + " " + r.Guard
	if r.Fault != "" {
		return name + ", fault " + r.Fault
	}
	if r.Layer == "stores" {
		name += ", layer " + r.Layer
	}
	return name
}

// words are what the last route, which has the fault, is composed of.
func words(p goprogram.Program) []string {
	r := p.Routes[len(p.Routes)-1]
	out := []string{"context " + p.Context, "tie " + r.Tie, "use " + r.Use}
	for _, w := range [][2]string{{"guard ", r.Guard}, {"fault ", r.Fault}, {"source ", r.Source}, {"statement ", r.Statement}, {"layer ", r.Layer}} {
		if w[1] != "" {
			out = append(out, w[0]+w[1])
		}
	}
	for _, c := range r.Carriers {
		out = append(out, strings.TrimSuffix("carrier "+c.Kind+" "+c.Write, " "))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (y *Tally) add(word string, o construct) {
	c := y.constructs[word]
	if c == nil {
		c = &construct{}
		y.constructs[word] = c
	}
	c.programs, c.leaking, c.unsound = c.programs+o.programs, c.leaking+o.leaking, c.unsound+o.unsound
	c.alarms, c.unproven = c.alarms+o.alarms, c.unproven+o.unproven
}

// String is the report for people.
func (y *Tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d programs, %d of them leak; %d requests; %d calls, %d ran; %d with an error, %d of them false alarms\n",
		y.Programs, y.Leaking, y.Requests, y.Calls, y.Ran, y.Errors, y.FalseAlarms)
	counts(&b, "verdict", y.Verdicts)
	counts(&b, "unproven", y.Unproven)
	counts(&b, "false alarm", y.Alarms)
	fmt.Fprintf(&b, "%-32s %9s %9s %9s %9s %9s\n", "construct", "programs", "leaking", "unsound", "alarms", "unproven")
	for _, word := range slices.Sorted(maps.Keys(y.constructs)) {
		c := y.constructs[word]
		fmt.Fprintf(&b, "%-32s %9d %9d %9d %9d %9d\n", word, c.programs, c.leaking, c.unsound, c.alarms, c.unproven)
	}
	return b.String()
}

// counts writes the most frequent.
func counts(b *strings.Builder, title string, m map[string]int) {
	keys := slices.SortedFunc(maps.Keys(m), func(x, y string) int { return cmp.Or(m[y]-m[x], cmp.Compare(x, y)) })
	for _, key := range keys[:min(25, len(keys))] {
		fmt.Fprintf(b, "%s: %6d %s\n", title, m[key], key)
	}
}
