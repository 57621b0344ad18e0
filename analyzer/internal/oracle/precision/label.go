package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// opinion is what a reader said of a finding.
type opinion string

const (
	isTrue   opinion = "true"
	arguable opinion = "arguable"
	isFalse  opinion = "false"
)

// label is one line of labels.tsv: program, folder in it, commit, place, rule, what was
// said of it at first (error or warning), the opinion, why.
type label struct {
	program, folder, commit string
	file                    string
	line                    int
	rule, tier              string
	opinion                 opinion
	why                     string
}

// program is a checkout with labels: the folder in it that is analysed, and the commit
// that was read.
type program struct{ name, folder, commit string }

// columns is how many fields a line has.
const columns = 8

// parseLabels reads the labels by program. Lines that begin with # are comments.
func parseLabels(text string) (map[string][]label, error) {
	out := map[string][]label{}
	for i, row := range strings.Split(text, "\n") {
		if row == "" || strings.HasPrefix(row, "#") {
			continue
		}
		x, err := parseLabel(strings.Split(row, "\t"))
		if err != nil {
			return nil, fmt.Errorf("labels.tsv:%d: %w", i+1, err)
		}
		out[x.program] = append(out[x.program], x)
	}
	return out, nil
}

func parseLabel(f []string) (label, error) {
	if len(f) != columns {
		return label{}, fmt.Errorf("%d fields, not %d", len(f), columns)
	}
	file, number, ok := strings.Cut(f[3], ":")
	line, err := strconv.Atoi(number)
	if !ok || err != nil {
		return label{}, fmt.Errorf("%q is no place", f[3])
	}
	x := label{
		program: f[0], folder: f[1], commit: f[2], file: file, line: line, rule: f[4], tier: f[5], opinion: opinion(f[6]), why: f[7],
	}
	if !slices.Contains([]opinion{isTrue, arguable, isFalse}, x.opinion) {
		return label{}, fmt.Errorf("%q is no opinion", f[6])
	}
	return x, nil
}

// programsOf lists the programs, by name.
func programsOf(labels map[string][]label) []program {
	var out []program
	for name, list := range labels {
		out = append(out, program{name, list[0].folder, list[0].commit})
	}
	slices.SortFunc(out, func(a, b program) int { return strings.Compare(a.name, b.name) })
	return out
}
