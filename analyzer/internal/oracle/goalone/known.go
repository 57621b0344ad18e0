package goalone

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/goprogram"
)

// Known is a mechanism that is unsound today: its smallest program, and what is missed. An
// entry whose program is unsound no more must go.
type Known struct {
	Program goprogram.Program
	Why     string
}

// Mechanism is the name under which what is found counts as known.
func (k Known) Mechanism() string { return mechanism(k.Program.Routes[0]) }

// mechanism is what of a route makes it leak: the tie, the fault, and the second write.
func mechanism(r goprogram.Route) string {
	words := []string{r.Tie, r.Fault}
	if r.Tie != "guarded" || r.Fault == "noop" {
		words = append(words, r.Guard)
	}
	for _, c := range r.Carriers {
		if c.Write != "" {
			words = append(words, c.Kind)
		}
	}
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " ")
}

// knownKinds are all that is known to be unsound.
func knownKinds() []Known {
	var out []Known
	add := func(r goprogram.Route, why string) {
		r.Use = "print"
		out = append(out, Known{goprogram.Program{Context: "plain", Routes: []goprogram.Route{r}}, why})
	}
	add(goprogram.Route{Tie: "cached", Guard: "field", Fault: "untenanted"}, "a value that another tenant's request left is no row of this request")
	return out
}
