package goprogram

import (
	"math/rand/v2"
	"slices"
)

// Draw composes a program; it is right in one of two cases.
func Draw(r *rand.Rand) Program {
	g := All()
	p := Program{Context: pick(r, g.Contexts)}
	wrong := r.IntN(2) == 0
	n := 1 + r.IntN(3)
	for i := range n {
		p.Routes = append(p.Routes, route(r, g, wrong && i == n-1))
	}
	return p
}

// pick is one of the list, the first a little more often.
func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// route composes a route, with a fault or without.
func route(r *rand.Rand, g Grammar, wrong bool) Route {
	tie := weighted(r, g.Ties)
	out := Route{Tie: tie.Name, Use: pick(r, g.Uses)}
	if len(tie.Forms) > 0 {
		out.Guard = pick(r, tie.Forms)
	}
	if !tie.Plain {
		out.Source, out.Statement, out.Layer = pick(r, g.Sources), pick(r, g.Statements), pick(r, g.Layers)
		for range r.IntN(3) {
			out.Carriers = append(out.Carriers, Carrier{Kind: pick(r, g.Carriers)})
		}
	}
	if wrong {
		out = broken(r, g, out, pick(r, tie.Faults))
	}
	return repaired(out)
}

// weighted is one of the ties.
func weighted(r *rand.Rand, ties []Tie) Tie {
	var all []Tie
	for _, t := range ties {
		all = append(all, slices.Repeat([]Tie{t}, t.Weight)...)
	}
	return all[r.IntN(len(all))]
}

// broken puts the fault in.
func broken(r *rand.Rand, g Grammar, out Route, fault string) Route {
	out.Fault = fault
	if fault == "carrier" {
		out.Carriers = append(out.Carriers, Carrier{Kind: pick(r, g.Carriers), Write: "late"})
	}
	if fault == "noop" && !slices.Contains([]string{"interfaces", "functionvalues", "embedded", "must"}, out.Guard) {
		out.Guard = pick(r, []string{"interfaces", "functionvalues", "embedded", "must"})
	}
	return out
}

// repaired takes away what does not go together: a check in a middleware sees the path only,
// and is not one that a handler can drop.
func repaired(out Route) Route {
	if out.Guard == "middleware" {
		out.Source = "path"
		if slices.Contains([]string{"after", "inverted", "dropped"}, out.Fault) {
			out.Fault = "logged"
		}
	}
	return out
}
