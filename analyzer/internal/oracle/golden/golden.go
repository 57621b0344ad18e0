// Package golden compares what tests make with what files say that they should.
// It is for tests only.
//
// In goes a text, and a file or an archive (txtar) of testdata; a difference is a
// failure of the test. `go test -update` writes what was made, for a person to
// read the difference and to commit it.
//
// Terms. The *case* is an archive: what goes in, as files, and in its file "want"
// what must come out.
//
// It cannot see whether a new text is right: that is why it is never written
// without the flag.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// update is a flag of the test binary.
var update = flag.Bool("update", false, "write the goldens anew")

// want is the file of a case that says what must come out.
const want = "want"

// Cases runs f on every case that the pattern names, as a test of the case's
// name, and compares what it makes with the case's want. There must be a case.
func Cases(t *testing.T, pattern string, f func(t *testing.T, in *txtar.Archive) string) {
	names, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), filepath.Ext(name)), func(t *testing.T) {
			in, err := txtar.ParseFile(name)
			require.NoError(t, err)
			wanted := cut(in)
			have := f(t, in)
			if *update {
				in.Files = append(in.Files, txtar.File{Name: want, Data: []byte(have)})
				require.NoError(t, os.WriteFile(name, txtar.Format(in), 0o644))
				return
			}
			assert.Equal(t, wanted, have)
		})
	}
}

// cut takes the want out of a case.
func cut(in *txtar.Archive) string {
	text := ""
	in.Files = slices.DeleteFunc(in.Files, func(f txtar.File) bool {
		if f.Name == want {
			text = string(f.Data)
		}
		return f.Name == want
	})
	return text
}

// File compares a text with a whole file.
func File(t *testing.T, name, have string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(have), 0o644))
	}
	wanted, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, string(wanted), have, "%s is stale: run go test with -update, and read the difference", name)
}

// Unpack writes the files of a case into a folder of the test.
func Unpack(t *testing.T, in *txtar.Archive) string {
	root := t.TempDir()
	for _, f := range in.Files {
		full := filepath.Join(root, filepath.FromSlash(f.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(t, os.WriteFile(full, f.Data, 0o644))
	}
	return root
}
