package link

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/unittext"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// TestOnePackageIsManyPackages: how functions are spread over packages changes
// no verdict, in any case.
func TestOnePackageIsManyPackages(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/link/*.txtar")
	require.NoError(t, err)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		settings := Settings{TenantSource: strings.TrimSpace(string(fileOf(archive, "tenant_source")))}
		compareSplit(t, file, string(fileOf(archive, "units")), string(fileOf(archive, "schema.sql")), settings)
	}
}

// TestGeneratedProgramsSplit does the same with programs that are put together
// at random from handlers, services and stores.
func TestGeneratedProgramsSplit(t *testing.T) {
	archive, err := txtar.ParseFile("../../../testdata/link/guards.txtar")
	require.NoError(t, err)
	schema := string(fileOf(archive, "schema.sql"))
	verdicts := map[string]int{}
	for seed := range 200 {
		text := generate(rand.New(rand.NewPCG(uint64(seed), 7)))
		for _, line := range compareSplit(t, fmt.Sprintf("seed %d", seed), text, schema, Settings{}) {
			if _, rest, ok := strings.Cut(line, ": "); ok {
				verdicts[strings.Fields(rest)[0]]++
			}
		}
	}
	// The generator is of use only if it makes programs of every verdict.
	for _, v := range []string{"proved", "excused:", "finding:", "unproven:"} {
		assert.Greater(t, verdicts[v], 10, v)
	}
}

func compareSplit(t *testing.T, name, text, schema string, settings Settings) []string {
	t.Helper()
	linkText := func(join func([]*unit.Unit) []*unit.Unit) []string {
		units, err := unittext.Parse(name, text)
		require.NoError(t, err)
		units = join(units)
		for _, u := range units {
			giveSites(u)
		}
		out := strings.Split(strings.TrimSpace(lines(linkAll(units, schemaOf(schema), settings))), "\n")
		sort.Strings(out)
		return out
	}
	many := linkText(func(units []*unit.Unit) []*unit.Unit { return units })
	one := linkText(joinUnits)
	assert.Equal(t, many, one, name)
	return many
}

// joinUnits puts everything but the programs into one unit.
func joinUnits(units []*unit.Unit) []*unit.Unit {
	all := &unit.Unit{Path: "all", Name: "all", Module: "ex"}
	out := []*unit.Unit{all}
	for _, u := range units {
		if u.Name == "main" {
			out = append(out, u)
			continue
		}
		shift := len(all.Sites)
		for _, s := range u.Sites {
			s.File += len(all.Files)
			all.Sites = append(all.Sites, s)
		}
		all.Files = append(all.Files, u.Files...)
		shiftSites(u, shift)
		all.Functions = append(all.Functions, u.Functions...)
		all.Types = append(all.Types, u.Types...)
		all.Conversions = append(all.Conversions, u.Conversions...)
		all.Entries = append(all.Entries, u.Entries...)
		all.Directives = append(all.Directives, u.Directives...)
	}
	return out
}

func shiftSites(u *unit.Unit, by int) {
	move := func(site *int) {
		if *site != unit.NoSite {
			*site += by
		}
	}
	for i := range u.Directives {
		move(&u.Directives[i].Site)
	}
	for _, f := range u.Functions {
		move(&f.Site)
		for i := range f.Runs {
			move(&f.Runs[i].Site)
		}
		for i := range f.Calls {
			move(&f.Calls[i].Site)
		}
	}
}

// generate makes a program: stores with and without the tenant in their
// statements, services that check or do not, handlers whose ids come from
// anywhere, some of them reached by a job, too.
func generate(r *rand.Rand) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	var b strings.Builder
	b.WriteString(`package ex/store store ex
type *ex/store.pg { Own = ex/store.(*pg).Own, Get = ex/store.(*pg).Get, Del = ex/store.(*pg).Del, All = ex/store.(*pg).All }
convert *ex/store.pg -> ex/service.Store
func ex/store.(*pg).Own(s, ctx, id, org) results 2 recv ex/store.pg
	runs 1 queryrow database/sql.(*DB).QueryRowContext "SELECT EXISTS (SELECT 1 FROM invoices WHERE id = $1 AND organization_id = $2)" [p2, p3]
	gives #1.col(0), #1.!scan
func ex/store.(*pg).Get(s, ctx, id) results 2 recv ex/store.pg
	runs 1 queryrow database/sql.(*DB).QueryRowContext "SELECT id, organization_id FROM invoices WHERE id = $1" [p2]
	gives {.ID: #1.col(0), .Org: #1.col(1)}, #1.!scan
func ex/store.(*pg).Del(s, ctx, id) results 1 recv ex/store.pg
	runs 1 exec database/sql.(*DB).ExecContext "DELETE FROM invoices WHERE id = $1" [p2]
	gives #1.!err
func ex/store.(*pg).All(s, ctx, org) results 1 recv ex/store.pg
	runs 1 query database/sql.(*DB).QueryContext "SELECT id FROM invoices WHERE organization_id = $1" [p2]
	gives #1.!err
package ex/service service ex
`)
	n := 1 + r.IntN(4)
	for i := range n {
		fmt.Fprintf(&b, "func ex/service.F%d(s, ctx, org, id) results 1\n", i)
		switch r.IntN(4) {
		case 0:
			fmt.Fprintf(&b, "\tcalls 1 iface ex/service.Store Own(p0, p1, p3, p2)\n")
			fmt.Fprintf(&b, "\tcalls 2 iface ex/service.Store Del(p0, p1, p3) if nil(#1.r1)%s\n", pick("", ", true(#1.r0)", ", false(#1.r0)"))
		case 1:
			fmt.Fprintf(&b, "\tcalls 1 iface ex/service.Store Get(p0, p1, p3)\n")
			fmt.Fprintf(&b, "\tcalls 2 iface ex/service.Store Del(p0, p1, #1.r0.ID) if nil(#1.r1)%s\n", pick("", ", eq(#1.r0.Org, p2)", ", ne(#1.r0.Org, p2)"))
		case 2:
			fmt.Fprintf(&b, "\tcalls 2 iface ex/service.Store All(p0, p1, p2)\n")
		case 3:
			fmt.Fprintf(&b, "\tcalls 2 static ex/service.F%d(p0, p1, %s, p3)\n", r.IntN(n), pick("p2", "p3"))
		}
		b.WriteString("\tgives #2.r0\n")
	}
	b.WriteString("package ex/api api ex\n")
	handlers := 1 + r.IntN(3)
	for i := range handlers {
		fmt.Fprintf(&b, "entry ex/api.H%d \"net/http\" [1]\n", i)
	}
	for i := range handlers {
		fmt.Fprintf(&b, "func ex/api.H%d(w, r) results 0\n\tcalls 1 static ex/service.F%d(global(ex/api.s), unknown(ctx), %s, %s)\n", i, r.IntN(n),
			pick(`ctx("\"org\"")`, `ctx("\"org\"")`, "request(body, org)", "unknown(somewhere)"), pick("request(path, id)", "fresh", "config"))
	}
	b.WriteString("package ex/main main ex\nfunc ex/main.main() results 0\n")
	for i := range handlers {
		fmt.Fprintf(&b, "\tcalls %d lib net/http.HandleFunc(\"/\", fn(ex/api.H%d)) role \"registers\"\n", i+1, i)
	}
	if r.IntN(2) == 0 {
		fmt.Fprintf(&b, "package ex/job main ex\nfunc ex/job.main() results 0\n\tcalls 1 static ex/service.F%d(global(ex/api.s), unknown(ctx), zero, config)\n", r.IntN(n))
	}
	return b.String()
}
