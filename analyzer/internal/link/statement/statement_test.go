package statement_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/unittext"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// TestTexts compares the statements that the runs of a program may be, with what is
// bound to their holes, and the calls that stand for the run of a wrapper.
func TestTexts(t *testing.T) {
	golden.Cases(t, "../../../../testdata/statement/*.txtar", func(t *testing.T, in *txtar.Archive) string {
		units, err := unittext.Parse("units", string(in.Files[0].Data))
		require.NoError(t, err)
		g := callgraph.New("ex/main", units, callgraph.NewIndex(), nil)
		p := statement.New(g, catalogues(in.Files[1:]), statement.Proofs{})
		var b strings.Builder
		for _, u := range g.Units {
			for _, x := range u.Functions {
				if f := g.Function(x.Symbol); g.Live[f] != nil {
					writeRuns(&b, p, f)
				}
			}
		}
		return b.String()
	})
}

// catalogues decides each schema by itself.
func catalogues(files []txtar.File) []*catalogue.Catalogue {
	var diagrams []*schema.Diagram
	for _, f := range files {
		diagrams = append(diagrams, schema.Replay(f.Name, []schema.Text{{File: f.Name, Text: string(f.Data)}}))
	}
	return catalogue.Decide(diagrams, config.Settings{})
}

func writeRuns(b *strings.Builder, p *statement.Statements, f *callgraph.Function) {
	for n := 1; n <= len(f.Ops); n++ {
		r := p.RunAt(f, n)
		if r == nil {
			continue
		}
		texts := p.Of(f, r)
		kind := "run"
		if f.Ops[n].Run == nil {
			kind = "call of a wrapper"
		}
		fmt.Fprintf(b, "%s %d: %s", unit.Short(f.Symbol), n, kind)
		if texts.Open {
			b.WriteString(", the text is given")
		}
		if texts.Reason != "" {
			fmt.Fprintf(b, ", %s", texts.Reason)
		}
		b.WriteByte('\n')
		for _, s := range texts.List {
			fmt.Fprintf(b, "  %q%s\n", s.Text, remarks(p, f, r, s))
		}
	}
}

// remarks say why a text is not judged, or what is bound to its holes.
func remarks(p *statement.Statements, f *callgraph.Function, r *unit.Run, s *statement.Statement) string {
	if s.Broken != "" {
		return ": " + s.Broken
	}
	var out []string
	for n := 1; strings.Contains(s.Text, fmt.Sprintf("$%d", n)); n++ {
		out = append(out, fmt.Sprintf("$%d = %s", n, p.Bind(f, r, s, n)))
	}
	for _, n := range slices.Sorted(maps.Keys(s.Proof.Shape.Named)) {
		if name := s.Proof.Shape.Named[n]; name != "" {
			out = append(out, fmt.Sprintf("%s = %s", name, p.Bind(f, r, s, n)))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return ": " + strings.Join(out, ", ")
}
