package early

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnswersOnlyUnitsOfOtherModules(t *testing.T) {
	for _, c := range []struct {
		name, path, version string
		want                bool
	}{
		{"standard library", "", "", true},
		{"dependency", "example.com/lib", "v1.2.3", true},
		{"main module", "example.com/app", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			facts := filepath.Join(t.TempDir(), "facts")
			file := filepath.Join(t.TempDir(), "vet.cfg")
			text := fmt.Sprintf(`{"ModulePath": %q, "ModuleVersion": %q, "VetxOutput": %q}`, c.path, c.version, facts)
			require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
			assert.Equal(t, c.want, answered([]string{"tenantvet", "-json", file}))
			_, err := os.Stat(facts)
			assert.Equal(t, c.want, err == nil)
		})
	}
}

func TestLeavesTheRestToTheDriver(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "vet.cfg")
	require.NoError(t, os.WriteFile(broken, []byte("{"), 0o644))
	for _, args := range [][]string{nil, {"tenantvet"}, {"tenantvet", "./..."}, {"tenantvet", "nowhere.cfg"}, {"tenantvet", broken}} {
		assert.False(t, answered(args), args)
	}
}
