package asifalone

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/vary"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

var (
	statements = flag.Int("asifalone.n", 2000, "how many statements are held against PostgreSQL")
	seed       = flag.Uint64("asifalone.seed", 1, "the seed of schemas, data and statements")
	dataSets   = flag.Int("asifalone.data", 8, "how many data sets a tied statement runs on")
	world      = flag.Int("asifalone.world", -1, "the one world to run, as a counterexample names it; -1 for all")
	examples   = flag.Int("asifalone.examples", 5, "how many needlessly rejected statements of each reason are printed")
	strict     = flag.Int("asifalone.strict", 4, "run every n-th rejected statement to find needless strictness; 0 for none")
)

// server starts a PostgreSQL or ends the test: with a sentence where there is
// none, as a failure where TENANTVET_REQUIRE_PG says that there must be one.
func server(t *testing.T) *pgserver.Server {
	s, err := pgserver.StartServer()
	if errors.Is(err, pgserver.ErrNoServer) && os.Getenv("TENANTVET_REQUIRE_PG") != "1" {
		t.Skipf("not run: no statement was held against a database, because there is %v", err)
	}
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	return s
}

// ran runs a campaign, and tells the cases that it has found.
func ran(t *testing.T, c *Campaign) *Tally {
	t.Helper()
	start := time.Now()
	if testing.Verbose() {
		c.Progress = progress(t, *statements)
	}
	tally, err := c.Run(context.Background())
	require.NoError(t, err)
	t.Logf("%s%v", tally, time.Since(start).Round(time.Second))
	for i, found := range tally.Cases {
		if i < 20 {
			t.Errorf("%s", found)
		}
	}
	return tally
}

func TestAsIfAlone(t *testing.T) {
	c := &Campaign{Server: server(t), Prove: proof.Prove, Seeds: seeds(t), Seed: *seed, N: *statements, DataSets: *dataSets, Strict: 50, StrictEvery: *strict, Shrink: 3, Only: *world, Examples: *examples}
	tally := ran(t, c)
	assert.Greater(t, tally.Seen*10, tally.Trials*5, "too many statements give no row")
}

// TestAsIfAloneUnderPolicies holds what policies are said to hold against a server on which
// they are.
func TestAsIfAloneUnderPolicies(t *testing.T) {
	c := &Campaign{Server: server(t), Prove: proof.Prove, Seeds: seeds(t), Seed: *seed, N: *statements, DataSets: *dataSets, Shrink: 3, Only: *world, Policies: true}
	tally := ran(t, c)
	assert.Greater(t, tally.Tied*20, tally.Statements, "too few statements are held")
	assert.Greater(t, tally.Seen*10, tally.Trials*3, "too many statements give no row")
}

// TestFindsWrongPolicies: a proof that believes every secured table to be held is caught.
func TestFindsWrongPolicies(t *testing.T) {
	c := &Campaign{Server: server(t), Seed: 1, N: 400, DataSets: 6, Only: -1, Policies: true}
	c.Prove = func(sqltree.Statement, *catalogue.Catalogue) *proof.Result {
		return &proof.Result{Alternatives: []proof.Alternative{{Needs: []proof.Need{{Kind: proof.Setting, Column: "app.tenant"}}}}}
	}
	tally, err := c.Run(context.Background())
	require.NoError(t, err)
	assert.Greater(t, len(tally.Cases), 20)
}

// progress prints a line now and then in a long run.
func progress(t *testing.T, n int) func(*Tally) {
	last, shown := 0, 0
	return func(sum *Tally) {
		for ; shown < min(20, len(sum.Cases)); shown++ { // now, not hours later
			t.Logf("%s", sum.Cases[shown])
		}
		if done := sum.Statements + sum.Refused; done-last >= max(n/20, 2000) {
			last = done
			t.Logf("%d of %d statements, %d differences", done, n, len(sum.Cases))
		}
	}
}

// TestFindsWrongProofs shows that the oracle can fail: a proof that believes
// every statement is caught again and again.
func TestFindsWrongProofs(t *testing.T) {
	c := &Campaign{Server: server(t), Seed: 1, N: 100, DataSets: 6, Only: -1}
	c.Prove = func(sqltree.Statement, *catalogue.Catalogue) *proof.Result {
		return &proof.Result{Alternatives: []proof.Alternative{{}}}
	}
	tally, err := c.Run(context.Background())
	require.NoError(t, err)
	assert.Greater(t, len(tally.Cases), 20)
}

// acting are the cases whose schema acts by itself, or is refused: rules and triggers
// would take rows away while they are loaded. TestEffects holds them against the server.
var acting = map[string]bool{"effects.txtar": true, "unknown.txtar": true}

// seeds reads the cases of the proof: what the generator mutates.
func seeds(t *testing.T) []vary.Seed {
	files, err := filepath.Glob("../../../../testdata/proof/*.txtar")
	require.NoError(t, err)
	var out []vary.Seed
	for _, name := range files {
		if acting[filepath.Base(name)] {
			continue
		}
		archive, err := txtar.ParseFile(name)
		require.NoError(t, err)
		out = append(out, seedsIn(t, name, archive)...)
	}
	require.NotEmpty(t, out)
	return out
}

func seedsIn(t *testing.T, name string, archive *txtar.Archive) []vary.Seed {
	common := vary.Seed{}
	var out []vary.Seed
	for _, f := range archive.Files {
		switch f.Name {
		case "schema.sql":
			common.DDL = string(f.Data)
		case "settings.yml":
			settings, err := config.Read(f.Name, f.Data)
			require.NoError(t, err)
			common.Settings = *settings
		default:
			one := common
			one.Name = filepath.Base(name) + ": " + f.Name
			one.SQL, _, _ = strings.Cut(string(f.Data), "----\n")
			out = append(out, one)
		}
	}
	return out
}
