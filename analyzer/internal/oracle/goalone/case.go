package goalone

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/goprogram"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/gorun"
)

// Case is a program that leaks, and that nothing was said against.
type Case struct {
	Program goprogram.Program
	Text    string
	Leak    string
	Example string
	Said    []string // of each call that ran
	Ran     []int
	route   goprogram.Route // that ran
}

// Mechanism is what of the program makes it leak.
func (c *Case) Mechanism() string { return mechanism(c.route) }

// Kind names the mechanism: what is left of the composition.
func (c *Case) Kind() string { return kindOf(c.Program) }

// kindOf is the last route without what is plainest.
func kindOf(p goprogram.Program) string {
	r := p.Routes[len(p.Routes)-1]
	words := []string{r.Tie, r.Guard, r.Fault}
	for _, c := range r.Carriers {
		words = append(words, strings.TrimSuffix(c.Kind+":"+c.Write, ":"))
	}
	g := goprogram.All()
	for _, w := range []struct {
		word  string
		plain []string
	}{{r.Source, g.Sources}, {r.Statement, g.Statements}, {r.Layer, g.Layers}, {r.Use, g.Uses}, {p.Context, g.Contexts}} {
		if w.word != w.plain[0] {
			words = append(words, w.word)
		}
	}
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " ")
}

// String is the case for people.
func (c *Case) String() string {
	return fmt.Sprintf("unsound: %s: %s\n%s\n%s\n%s", c.Kind(), c.Leak, c.Example, strings.Join(c.Said, "\n"), c.Text)
}

// trial is one round: programs, what they did, and what was said.
type trial struct {
	programs []goprogram.Program
	files    []*goprogram.File
	seen     map[string][]gorun.Observation
	said     map[int]Said
}

// try writes, runs and reads programs.
func (b *Bench) try(ctx context.Context, programs []goprogram.Program) (*trial, error) {
	w, err := b.write(programs)
	if err != nil {
		return nil, err
	}
	said, err := b.judge(ctx, w)
	if err != nil {
		return nil, err
	}
	seen, err := b.observe(ctx, w)
	if err != nil {
		return nil, err
	}
	t := &trial{programs: programs, files: w.files, said: said, seen: map[string][]gorun.Observation{}}
	for _, o := range seen {
		t.seen[o.Program] = append(t.seen[o.Program], o)
	}
	return t, nil
}

// unsound is the case of a program, nil if there is none.
func (t *trial) unsound(i int) *Case {
	for _, o := range t.seen[t.files[i].Package] {
		fine := !slices.ContainsFunc(o.Ran, func(q int) bool { return !t.said[q].fine() })
		leak := o.Leak
		if never := slices.IndexFunc(o.Ran, func(q int) bool { return t.said[q].never() }); never >= 0 && leak == "" {
			fine, leak = true, "a call that no request should run ran"
		}
		if !fine || leak == "" {
			continue
		}
		c := &Case{Program: t.programs[i], Text: t.files[i].Text, Leak: leak, Example: o.Example, Ran: o.Ran}
		c.route = c.Program.Routes[len(c.Program.Routes)-1]
		for _, q := range o.Ran {
			if of, ok := t.files[i].Of[q]; ok {
				c.route = c.Program.Routes[of]
			}
			s := t.said[q]
			c.Said = append(c.Said, fmt.Sprintf("q%d, line %d: %s %s %v", q, t.files[i].Queries[q], s.Verdict, s.Reason, s.Assumes))
		}
		return c
	}
	return nil
}
