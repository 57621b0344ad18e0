package link

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/unittext"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// largeModule has queries statements in packages packages: a store, a service
// behind an interface and handlers in each; every tenth handler forgets the
// tenant.
func largeModule(tb testing.TB, packages, queries int) []*unit.Unit {
	tb.Helper()
	var b strings.Builder
	var handlers []string
	for i := range packages {
		pkg := fmt.Sprintf("ex/p%d", i)
		fmt.Fprintf(&b, "package %s p%d ex\n", pkg, i)
		fmt.Fprintf(&b, "type *%s.pg { ", pkg)
		n := queries / packages
		for j := range n {
			fmt.Fprintf(&b, "Get%d = %s.(*pg).Get%d, ", j, pkg, j)
		}
		fmt.Fprintf(&b, "X = %s.(*pg).X }\nconvert *%s.pg -> %s.Store\n", pkg, pkg, pkg)
		for j := range n {
			fmt.Fprintf(&b, "entry %s.H%d \"net/http\" [1]\n", pkg, j)
		}
		for j := range n {
			fmt.Fprintf(&b, "func %s.(*pg).Get%d(s, ctx, org, id) results 2 recv %s.pg\n", pkg, j, pkg)
			fmt.Fprintf(&b, "\truns 1 queryrow database/sql.(*DB).QueryRowContext \"SELECT id, number FROM invoices WHERE id = $1 AND organization_id = $2 AND number <> '%d-%d'\" [p3, p2]\n", i, j)
			b.WriteString("\tgives {.ID: #1.col(0)}, #1.!scan\n")
			fmt.Fprintf(&b, "func %s.Serve%d(s, ctx, org, id) results 2\n\tcalls 1 iface %s.Store Get%d(p0, p1, p2, p3)\n\tgives #1.r0, #1.r1\n", pkg, j, pkg, j)
			org := `ctx("\"org\"")`
			if (i+j)%10 == 0 {
				org = "request(body, org)"
			}
			fmt.Fprintf(&b, "func %s.H%d(w, r) results 0\n\tcalls 1 static %s.Serve%d(global(%s.s), unknown(ctx), %s, request(path, id))\n\tuses #1.r0 if nil(#1.r1)\n", pkg, j, pkg, j, pkg, org)
			handlers = append(handlers, fmt.Sprintf("%s.H%d", pkg, j))
		}
	}
	b.WriteString("package ex/main main ex\nfunc ex/main.main() results 0\n")
	for i, h := range handlers {
		fmt.Fprintf(&b, "\tcalls %d lib net/http.HandleFunc(\"/\", fn(%s)) role \"registers\"\n", i+1, h)
	}
	b.WriteString("package ex/tool main ex\nfunc ex/tool.main() results 0\n\tcalls 1 static ex/p0.Serve0(unknown(s), unknown(ctx), config, config)\n")
	units, err := unittext.Parse("large", b.String())
	require.NoError(tb, err)
	for _, u := range units {
		giveSites(u)
	}
	return units
}

func largeSchema(tb testing.TB) string {
	tb.Helper()
	archive, err := txtar.ParseFile("../../../testdata/link/guards.txtar")
	require.NoError(tb, err)
	return string(fileOf(archive, "schema.sql"))
}

func TestLargeModule(t *testing.T) {
	run := linkAll(largeModule(t, 40, 400), schemaOf(largeSchema(t)), Settings{})
	require.Equal(t, 400, run.Summary.Calls)
	require.Equal(t, 40, run.Summary.Found)
	require.Equal(t, 360, run.Summary.Proved)
	require.Len(t, run.Findings, 40)
	require.Equal(t, finding.RequestTenant, run.Findings[0].Rule)
}

// BenchmarkLargeModule links a program of 10,000 queries in 800 packages that
// reaches all of them, proofs included.
func BenchmarkLargeModule(b *testing.B) {
	units, cats := largeModule(b, 800, 10000), schemaOf(largeSchema(b))
	b.ReportAllocs()
	for b.Loop() {
		linkAll(units, cats, Settings{})
	}
}

// BenchmarkTool links, over the same packages, a program that reaches one query:
// the index and the proofs are there.
func BenchmarkTool(b *testing.B) {
	units, cats := largeModule(b, 800, 10000), schemaOf(largeSchema(b))
	shared := NewShared()
	tool := units[len(units)-1]
	in := Input{Program: tool.Path, Units: closure(tool, units), Catalogues: cats, Shared: shared}
	Program(in)
	b.ReportAllocs()
	for b.Loop() {
		Program(in)
	}
}

// TestDecoders links a program whose decoder has many implementations that each call it again,
// as generated code does: what they give is asked once, not once for each way through them.
func TestDecoders(t *testing.T) {
	const decoders = 300
	var b strings.Builder
	b.WriteString("package ex/d d ex\n")
	for i := range decoders {
		fmt.Fprintf(&b, "type *ex/d.t%d { Decode = ex/d.(*t%d).Decode }\nconvert *ex/d.t%d -> ex/d.Decoder\n", i, i, i)
	}
	b.WriteString("entry ex/d.H \"net/http\" [1]\n")
	for i := range decoders {
		fmt.Fprintf(&b, "func ex/d.(*t%d).Decode(t, ctx, v) results 2 recv ex/d.t%d\n\tcalls 1 iface ex/d.Decoder Decode(p0.inner, p1, p2)\n\tgives #1.r0, #1.r1\n", i, i)
	}
	b.WriteString(`func ex/d.Get(ctx, id) results 2
	runs 1 queryrow database/sql.(*DB).QueryRowContext "SELECT id, number FROM invoices WHERE id = $1" [p1]
	gives {.ID: #1.col(0)}, #1.!scan
func ex/d.Check(ctx, v, who) results 1
	runs 1 queryrow database/sql.(*DB).QueryRowContext "SELECT role FROM users WHERE id = $1 AND email = $2" [p1, p2]
	gives #1.!scan
func ex/d.H(w, r) results 0
	calls 1 iface ex/d.Decoder Decode(global(ex/d.root), unknown(ctx), request(path, id))
	changes #1.r0 {.ID: request(body, id)}
	calls 2 static ex/d.Check(unknown(ctx), #1.r0, principal)
	calls 3 static ex/d.Get(unknown(ctx), request(path, id)) if nil(#2.r0)
	uses #3.r0 if nil(#3.r1)
package ex/main main ex
func ex/main.main() results 0
	calls 1 lib net/http.HandleFunc("/", fn(ex/d.H)) role "registers"
`)
	units, err := unittext.Parse("decoders", b.String())
	require.NoError(t, err)
	done := make(chan int)
	go func() {
		done <- linkAll(units, schemaOf(largeSchema(t)), Settings{}).Summary.Calls
	}()
	select {
	case calls := <-done:
		require.Equal(t, 2, calls)
	case <-time.After(30 * time.Second):
		t.Fatal("it asks along every way through the decoders")
	}
}
