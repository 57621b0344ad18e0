package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/load"
)

// TestMain makes the test binary what the go command runs in the place of a compiler, too.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == load.Toolexec {
		os.Exit(load.Decline(os.Args[2:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// TestReplay: a module says the same from its units as when it is compiled, and one of
// which a line wants something else differs both times.
func TestReplay(t *testing.T) {
	t.Setenv("GOWORK", "off")
	dir := t.TempDir()
	good := "../../../../../testdata/shapes/trap55-two-rows.txtar"
	data, err := os.ReadFile(good)
	require.NoError(t, err)
	bad := filepath.Join(dir, "bad.txtar")
	require.NoError(t, os.WriteFile(bad, append(data, "-- more/more.go --\npackage more // want error missing-filter \"x\"\n"...), 0o600))
	for _, from := range []string{"the module", "units"} {
		assert.Empty(t, replay(dir, good), from)
		assert.Equal(t, []string{"more/more.go:1: nothing found: want ^(?:missing-filter)$ x"}, replay(dir, bad), from)
		assert.True(t, replayAll(dir, []string{good}), from)
		assert.False(t, replayAll(dir, []string{good, bad}), from)
	}
	assert.FileExists(t, filepath.Join(dir, "trap55-two-rows.units"))
}
