package goalone

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/goprogram"
)

var (
	programs = flag.Int("goalone.n", 40, "how many programs are drawn, read and run")
	seed     = flag.Uint64("goalone.seed", 1, "the seed of the programs")
	keep     = flag.String("goalone.dir", "", "where the programs are written and kept; empty for a temporary folder")
	rounds   = flag.Int("goalone.shrink", 8, "how often unsound programs are made smaller")
)

// bench starts a PostgreSQL and builds tenantvet, or ends the test: with a sentence where there is
// no server, as a failure where TENANTVET_REQUIRE_PG says that there must be one.
func bench(t *testing.T) *Bench {
	s, err := asifalone.StartServer()
	if errors.Is(err, asifalone.ErrNoServer) && os.Getenv("TENANTVET_REQUIRE_PG") != "1" {
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
	tried, err := b.try(context.Background(), drawn)
	require.NoError(t, err)
	t.Logf("%s%v", tally(tried), time.Since(start).Round(time.Second))
	var cases []*Case
	for i := range drawn {
		if c := tried.unsound(i); c != nil {
			cases = append(cases, c)
		}
	}
	cases, err = b.shrink(context.Background(), byKind(cases), *rounds)
	require.NoError(t, err)
	for _, c := range cases {
		t.Errorf("%s", c)
	}
}
