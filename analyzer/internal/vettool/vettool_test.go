package vettool

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMissingFacts: a package of the project without facts is a failure, and one of a
// dependency is not, even where its path begins like the project's.
func TestMissingFacts(t *testing.T) {
	for _, c := range []struct {
		name, imported string
		facts          string // "" for no file
		fails          bool
	}{
		{"empty", "example.com/m/store", "empty", true},
		{"no file", "example.com/m/store", "", true},
		{"dependency", "example.org/other", "empty", false},
		{"module below", "example.com/m/below", "empty", false},
		{"dependency of the same beginning", "example.com/m/elsewhere", "empty", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write := func(name, text string) string {
				file := filepath.Join(dir, name)
				require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
				require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
				return file
			}
			write("go.mod", "module example.com/m\n")
			write("store/store.go", "package store\n")
			write("below/go.mod", "module example.com/m/below\n")
			source := write("api/api.go", "package api\n")
			facts := filepath.Join(dir, "none")
			if c.facts != "" {
				facts = write("facts", "")
			}
			config := vetConfig{
				ID: "example.com/m/api", Dir: filepath.Join(dir, "api"), ImportPath: "example.com/m/api", ModulePath: "example.com/m",
				GoFiles: []string{source}, PackageVetx: map[string]string{c.imported: facts}, VetxOutput: filepath.Join(dir, "out"),
			}
			data, err := json.Marshal(config)
			require.NoError(t, err)
			var stdout, stderr bytes.Buffer
			code := Run([]string{write("vet.cfg", string(data))}, &stdout, &stderr)
			if c.fails {
				assert.Equal(t, 1, code)
				assert.Contains(t, stderr.String(), "facts of example.com/m/store: there are none")
			} else {
				assert.Zero(t, code, stderr.String())
			}
		})
	}
}
