package goalone

import (
	"context"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/goprogram"
)

// smaller are the programs that have one thing less, the smallest first.
func smaller(p goprogram.Program) []goprogram.Program {
	var out []goprogram.Program
	if len(p.Routes) > 1 {
		for _, r := range p.Routes {
			out = append(out, goprogram.Program{Context: p.Context, Routes: []goprogram.Route{r}})
		}
		return out
	}
	r := p.Routes[0]
	with := func(change func(*goprogram.Route)) {
		less := r
		less.Carriers = slices.Clone(r.Carriers)
		change(&less)
		if kindOf(goprogram.Program{Context: p.Context, Routes: []goprogram.Route{less}}) != kindOf(p) {
			out = append(out, goprogram.Program{Context: p.Context, Routes: []goprogram.Route{less}})
		}
	}
	with(func(l *goprogram.Route) {
		l.Use = "print"
		if l.Source != "" {
			l.Layer, l.Source, l.Statement = "direct", "path", "one"
		}
		l.Carriers = slices.DeleteFunc(l.Carriers, func(c goprogram.Carrier) bool { return c.Write == "" })
	})
	for i := range r.Carriers {
		with(func(l *goprogram.Route) { l.Carriers = slices.Delete(l.Carriers, i, i+1) })
		with(func(l *goprogram.Route) { l.Carriers[i].Write = "" })
	}
	if r.Source != "" {
		with(func(l *goprogram.Route) { l.Layer = "direct" })
		with(func(l *goprogram.Route) { l.Source = "path" })
		with(func(l *goprogram.Route) { l.Statement = "one" })
	}
	if r.Guard != "" && r.Tie == "guarded" {
		with(func(l *goprogram.Route) { l.Guard = "inline" })
		with(func(l *goprogram.Route) { l.Guard = "error" })
	}
	with(func(l *goprogram.Route) { l.Fault = "" })
	with(func(l *goprogram.Route) { l.Use = "print" })
	if p.Context != "plain" {
		out = append(out, goprogram.Program{Context: "plain", Routes: p.Routes})
	}
	return out
}

// shrink makes each case smaller while it stays one: all cases in one run a round.
func (b *Bench) shrink(ctx context.Context, cases []*Case, rounds int) ([]*Case, error) {
	for range rounds {
		var tried []goprogram.Program
		var of []int
		for i, c := range cases {
			for _, p := range smaller(c.Program) {
				tried, of = append(tried, p), append(of, i)
			}
		}
		if len(tried) == 0 {
			break
		}
		t, err := b.try(ctx, tried)
		if err != nil {
			return nil, err
		}
		next := make([]*Case, len(cases))
		for j, i := range of {
			if next[i] == nil {
				next[i] = t.unsound(j)
			}
		}
		progress := false
		for i, c := range next {
			if c != nil {
				cases[i], progress = c, true
			}
		}
		cases = byKind(cases)
		if !progress {
			break
		}
	}
	return cases, nil
}

// byKind keeps the first case of each mechanism.
func byKind(cases []*Case) []*Case {
	var out []*Case
	for _, c := range cases {
		if !slices.ContainsFunc(out, func(o *Case) bool { return o.Mechanism() == c.Mechanism() }) {
			out = append(out, c)
		}
	}
	return out
}
