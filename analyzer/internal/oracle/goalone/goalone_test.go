package goalone

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/goprogram"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/gorun"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
)

var (
	programs = flag.Int("goalone.n", 40, "how many programs are drawn, read and run")
	seed     = flag.Uint64("goalone.seed", 1, "the seed of the programs")
	keep     = flag.String("goalone.dir", "", "where the programs are written and kept; empty for a temporary folder")
	update   = flag.Bool("update", false, "keep the unsound programs that are found in testdata")
	rounds   = flag.Int("goalone.shrink", 8, "how often unsound programs are made smaller")
)

// bench starts a PostgreSQL and builds tenantvet, or ends the test: with a sentence where there is
// no server, as a failure where TENANTVET_REQUIRE_PG says that there must be one.
func bench(t *testing.T) *Bench {
	s, err := pgserver.StartServer()
	if errors.Is(err, pgserver.ErrNoServer) && os.Getenv("TENANTVET_REQUIRE_PG") != "1" {
		t.Skipf("not run: no program was run, because there is %v", err)
	}
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	root, err := filepath.Abs("../../../..")
	require.NoError(t, err)
	b := &Bench{Root: root, Dir: t.TempDir(), DSN: func(ctx context.Context) (string, error) { return s.DSN(ctx, "programs") }}
	if *keep != "" {
		b.Dir = *keep
	}
	b.Tool = filepath.Join(b.Dir, "tenantvet.exe")
	build := exec.Command("go", "build", "-o", b.Tool, "./cmd/tenantvet")
	build.Dir = root
	text, err := build.CombinedOutput()
	require.NoError(t, err, string(text))
	return b
}

// TestGoAlone draws programs, and holds what tenantvet says of them against what they do.
func TestGoAlone(t *testing.T) {
	start := time.Now()
	b := bench(t)
	r := rand.New(rand.NewPCG(*seed, 0))
	var drawn []goprogram.Program
	for range *programs {
		drawn = append(drawn, goprogram.Draw(r))
	}
	known := knownKinds()
	for _, k := range known {
		drawn = append(drawn, k.Program)
	}
	tried, err := b.try(context.Background(), drawn)
	require.NoError(t, err)
	t.Logf("%s%v", tally(tried), time.Since(start).Round(time.Second))
	found := map[string]int{}
	var cases []*Case
	for i := range drawn[:*programs] {
		c := tried.unsound(i)
		switch {
		case c == nil:
		case slices.ContainsFunc(known, func(k Known) bool { return k.Mechanism() == c.Mechanism() }):
			found[c.Mechanism()]++
		default:
			cases = append(cases, c)
		}
	}
	for i, k := range known {
		t.Logf("known to be unsound: %3d programs: %s: %s", found[k.Mechanism()], k.Mechanism(), k.Why)
		assert.NotNilf(t, tried.unsound(*programs+i), "%s is unsound no more: take it off the list", k.Mechanism())
	}
	cases, err = b.shrink(context.Background(), byKind(cases), *rounds)
	require.NoError(t, err)
	for _, c := range cases {
		t.Errorf("%s", c)
		store(t, c)
	}
}

// store keeps a case under -update: its program, and what was said.
func store(t *testing.T, c *Case) {
	if !*update {
		return
	}
	archive := &txtar.Archive{Comment: []byte(c.Kind() + ": " + c.Leak + "\n" + c.Example + "\n" + strings.Join(c.Said, "\n") + "\n"), Files: []txtar.File{
		{Name: "go.mod", Data: []byte("module " + modulePath + "\n\ngo 1.26.0\n")}, {Name: "schema.sql", Data: []byte(gorun.Schema)}, {Name: "app.go", Data: []byte(c.Text)},
	}}
	require.NoError(t, os.MkdirAll("testdata", 0o755))
	name := strings.NewReplacer(" ", "-", ":", "-").Replace(c.Mechanism())
	require.NoError(t, os.WriteFile(filepath.Join("testdata", name+".txtar"), txtar.Format(archive), 0o644))
}

// TestFindsWrongProofs shows that the oracle can fail: where every call counts as proved,
// what leaks is found.
func TestFindsWrongProofs(t *testing.T) {
	b := bench(t)
	r := rand.New(rand.NewPCG(7, 0))
	var drawn []goprogram.Program
	for range 30 {
		drawn = append(drawn, goprogram.Draw(r))
	}
	tried, err := b.try(context.Background(), drawn)
	require.NoError(t, err)
	for q := range tried.said {
		tried.said[q] = Said{Verdict: "proved"}
	}
	wrong := 0
	for i := range drawn {
		if tried.unsound(i) != nil {
			wrong++
		}
	}
	assert.Greater(t, wrong, 8)
}
