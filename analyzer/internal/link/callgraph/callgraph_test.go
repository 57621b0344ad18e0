package callgraph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/unittext"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// TestGraphs compares the call graphs of units with what the cases say: each live
// function with the roots that come to it and the edges that lead to it, then what is
// not live, then the calls of which nobody knows all that they run.
func TestGraphs(t *testing.T) {
	golden.Cases(t, "../../../../testdata/callgraph/*.txtar", func(t *testing.T, in *txtar.Archive) string {
		units, err := unittext.Parse("units", string(in.Files[0].Data))
		require.NoError(t, err)
		program := "ex/main"
		if in.Files[0].Name == "library" {
			program = callgraph.Library
		}
		return graphText(callgraph.New(program, units, callgraph.NewIndex(), (*trust.Words)(nil)))
	})
}

var rootNames = map[callgraph.RootKind]string{
	callgraph.JobRoot: "job", callgraph.RequestRoot: "request", callgraph.UnknownRoot: "unknown",
}

func graphText(g *callgraph.Graph) string {
	var b strings.Builder
	for _, f := range g.Order {
		fmt.Fprintf(&b, "%s: %s", unit.Short(f.Symbol), rootsOf(g, f))
		if g.IsEntry(f) {
			b.WriteString(", an entry")
		}
		b.WriteByte('\n')
		for _, e := range g.Edges[f] {
			if g.Live[e.From] != nil {
				fmt.Fprintf(&b, "  %s\n", edgeText(e))
			}
		}
	}
	for _, f := range g.Order {
		if g.Function(f.Symbol) == nil { // a dispatch
			for i := range f.Gives {
				fmt.Fprintf(&b, "%s gives %s\n", unit.Short(f.Symbol), giveText(&f.Gives[i]))
			}
		}
	}
	for _, u := range g.Units {
		for _, f := range u.Functions {
			if g.Live[g.Function(f.Symbol)] == nil {
				fmt.Fprintf(&b, "%s: not live\n", unit.Short(f.Symbol))
			}
		}
	}
	for _, f := range g.Order {
		for i := range f.Calls {
			c := &f.Calls[i]
			if _, known := g.Callees(f, c); !known && c.Kind != unit.Library {
				fmt.Fprintf(&b, "not known: call %d of %s\n", c.N, unit.Short(f.Symbol))
			}
		}
	}
	return b.String()
}

// rootsOf are the kinds of roots that come to a function, the worst one with a star.
func rootsOf(g *callgraph.Graph, f *callgraph.Function) string {
	var list []string
	l := g.Live[f]
	for _, kind := range []callgraph.RootKind{callgraph.JobRoot, callgraph.RequestRoot, callgraph.UnknownRoot} {
		if !l.By[kind] {
			continue
		}
		name := rootNames[kind]
		if g.RootOf(f) == kind {
			name += "*"
		}
		list = append(list, name)
	}
	text := strings.Join(list, " ")
	if l.Library != "" {
		text += " (" + callgraph.LibraryName(l.Library) + ")"
	}
	return text
}

func giveText(g *unit.Give) string {
	var list []string
	for _, r := range g.Results {
		list = append(list, r.String())
	}
	text := strings.Join(list, ", ")
	for _, f := range g.If {
		text += " if " + f.String()
	}
	return text
}

func edgeText(e *callgraph.Edge) string {
	text := "from " + unit.Short(e.From.Symbol)
	if e.Call != nil {
		text += fmt.Sprintf(" call %d", e.Call.N)
	}
	args := make([]string, len(e.Args))
	for i, a := range e.Args {
		args[i] = "?"
		if a != nil {
			args[i] = a.String()
		}
	}
	text += " (" + strings.Join(args, ", ") + ")"
	for _, free := range e.Free {
		text += " " + free.Name + "=" + free.Term.String()
	}
	for _, f := range e.Facts {
		text += " if " + f.String()
	}
	for _, flag := range []struct {
		on   bool
		name string
	}{
		{e.Creates, "creates"}, {e.Kept, "kept"}, {e.ByPointer, "by pointer"}, {e.Explained, "explained"},
		{e.Soft != "", "soft: " + string(e.Soft)}, {e.Library != "", "library: " + callgraph.LibraryName(e.Library)},
		{e.Closure != nil, "closure"},
	} {
		if flag.on {
			text += ", " + flag.name
		}
	}
	return text
}

// TestAlignSites: a bound receiver has no site of its own; without as many parameters
// as arguments nothing is known.
func TestAlignSites(t *testing.T) {
	for _, c := range []struct {
		sites  []int
		params int
		want   []int
	}{
		{[]int{7, 8}, 2, []int{7, 8}}, {[]int{7, 8}, 3, []int{unit.NoSite, 7, 8}}, {[]int{7, 8}, 1, nil}, {nil, 2, nil},
	} {
		assert.Equal(t, c.want, callgraph.AlignSites(&unit.Call{ArgSites: c.sites}, c.params), "%v of %d", c.sites, c.params)
	}
}
