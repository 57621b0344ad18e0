package rowflow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/access"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/termtext"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/unittext"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// TestRows compares what each function does with rows: which values it uses, which
// calls only map, whose rows it gives back, and the facts that hold of rows behind
// mapping functions.
func TestRows(t *testing.T) {
	golden.Cases(t, "../../../../testdata/rowflow/*.txtar", func(t *testing.T, in *txtar.Archive) string {
		units, err := unittext.Parse("units", string(in.Files[0].Data))
		require.NoError(t, err)
		diagram := schema.Replay("schema.sql", []schema.Text{{File: "schema.sql", Text: string(in.Files[1].Data)}})
		cats := catalogue.Decide([]*schema.Diagram{diagram}, config.Settings{})
		g := callgraph.New("ex/main", units, callgraph.NewIndex(), nil)
		stmts := statement.New(g, cats, statement.Proofs{})
		p := rowflow.New(g, stmts, pathcond.New(g, stmts), access.New(g, access.NewNames(cats, nil), nil))
		var b strings.Builder
		for _, u := range g.Units {
			for _, x := range u.Functions {
				if f := g.Function(x.Symbol); g.Live[f] != nil {
					fmt.Fprintf(&b, "%s\n", unit.Short(f.Symbol))
					writeFlow(&b, p, f)
				}
			}
		}
		return b.String()
	})
}

func writeFlow(b *strings.Builder, p *rowflow.Rows, f *callgraph.Function) {
	for i := range f.Calls {
		c := &f.Calls[i]
		if p.IsMapping(f, c, rowflow.MaxRowDepth) {
			fmt.Fprintf(b, "  call %d maps\n", c.N)
		}
		for _, fact := range p.WithoutMappers(f, c.If)[len(c.If):] {
			fmt.Fprintf(b, "  call %d under %s\n", c.N, fact)
		}
	}
	for _, u := range p.UsesOf(f) {
		fmt.Fprintf(b, "  uses %s%s\n", u.Value, under(u.Facts))
	}
	goal := &rowflow.Goal{Fn: f}
	for i := range f.Gives {
		g := &f.Gives[i]
		if rows := p.RowsIn(f, g, goal, rowflow.MaxRowDepth); len(rows) > 0 {
			fmt.Fprintf(b, "  gives the rows of %v%s\n", rows, under(g.If))
		}
		for n := 1; n <= len(f.Ops); n++ {
			if p.GivesRow(f, g, n, goal) {
				fmt.Fprintf(b, "  gives the row of %d\n", n)
			}
		}
	}
}

func under(facts []term.Fact) string {
	if len(facts) == 0 {
		return ""
	}
	var list []string
	for _, f := range facts {
		list = append(list, f.String())
	}
	return " under " + strings.Join(list, ", ")
}

// TestExcludes: lists of facts that cannot hold together, either of which may alone.
func TestExcludes(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"nil(#1.r0)", "notnil(#1.r0)", true}, {"nil(#1.r0)", "nil(#1.r0)", false}, {"nil(#1.r0)", "notnil(#2.r0)", false},
		{"eq(p0, tenant)", "ne(p0, tenant)", true},
	} {
		a, err := termtext.ParseFact(c.a)
		require.NoError(t, err)
		b, err := termtext.ParseFact(c.b)
		require.NoError(t, err)
		assert.Equal(t, c.want, rowflow.Excludes([]term.Fact{a}, []term.Fact{b}), "%s, %s", c.a, c.b)
	}
}

// TestFromRun: a value of the very row, wherever it stands in a term.
func TestFromRun(t *testing.T) {
	for text, want := range map[string]bool{"#1.col(0)": true, "{.A: [#1.col(0)]}": true, "#2.col(0)": false, "p0": false} {
		x, err := termtext.Parse(text)
		require.NoError(t, err)
		assert.Equal(t, want, rowflow.FromRun(x, 1), text)
	}
}
