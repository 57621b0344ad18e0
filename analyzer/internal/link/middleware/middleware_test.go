package middleware_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/unittext"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// parts are the parts of a request of which the cases tell whether a step sees them
// under their names.
var parts = []*term.Origin{
	{Kind: term.Request, Group: "path", Name: "org"}, {Kind: term.Request, Group: "path", Name: "id"},
}

// TestChains compares, for each entry of a program, the chains of its registrations:
// each step with what holds where it goes on, and the path parameters that it cannot
// see.
func TestChains(t *testing.T) {
	golden.Cases(t, "../../../../testdata/middleware/*.txtar", func(t *testing.T, in *txtar.Archive) string {
		units, err := unittext.Parse("units", string(in.Files[0].Data))
		require.NoError(t, err)
		g := callgraph.New("ex/main", units, callgraph.NewIndex(), nil)
		p := middleware.New(g)
		var b strings.Builder
		for _, u := range g.Units {
			for i := range u.Entries {
				f := g.Function(u.Entries[i].Symbol)
				fmt.Fprintf(&b, "%s\n", unit.Short(f.Symbol))
				for _, c := range p.ChainsOf(f) {
					fmt.Fprintf(&b, "  %s\n", chainText(c))
				}
			}
		}
		for _, o := range parts {
			fmt.Fprintf(&b, "%s is read by a middleware: %v\n", o, p.ReadByMiddleware(o))
		}
		return b.String()
	})
}

func chainText(c middleware.Chain) string {
	if len(c) == 0 {
		return "nothing before it"
	}
	var steps []string
	for _, s := range c {
		text := unit.Short(s.Name)
		for _, w := range s.Ways {
			var facts []string
			for _, f := range w.Facts {
				facts = append(facts, f.String())
			}
			text += fmt.Sprintf(" [%s]", strings.Join(facts, ", "))
		}
		for _, o := range parts {
			if s.Hides(o) {
				text += " blind to " + o.String()
			}
		}
		if s.Assumes != "" {
			text += " assumed: " + string(s.Assumes)
		}
		steps = append(steps, text)
	}
	return strings.Join(steps, "; ")
}
